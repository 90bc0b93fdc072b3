"""Dimensions, levels and findings add up as the design says."""

from datetime import UTC, date, datetime
from time import process_time

import pytest

from remit.definition.levels import Level
from remit.definition.positions import SourceMap
from remit.items import ExecutorKind
from remit.readiness import Dimension, Facts, Severity, State
from remit.readiness.catalogue import CATALOGUE
from remit.readiness.facts import ExecutorFact, GrantFact, ProjectFacts, Waiver
from remit.readiness.judge import NOT_MEASURED_MEND, counts, judge
from remit.readiness.rules import RULES

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SVM = ExecutorFact(name="svm", kind=ExecutorKind.MODEL, digest="d-svm", author="Ada", gives_confidence=True)


def granted(level, executor="svm"):
    return GrantFact(executor=executor, level=level, granted_at=NOW)


def waiver(rule, **more):
    values = {
        "rule": rule,
        "work": None,
        "reason": "the desk moves in March",
        "by": "Head of Customer Support",
        "until": date(2026, 12, 31),
    }
    return Waiver(**(values | more))


def test_every_rule_of_the_catalogue_answers_in_its_order(work):
    assert [one.rule for one in work.judge().results] == [one.id for one in CATALOGUE]


def test_what_nobody_measures_is_unknown_and_says_what_would_be_measured(work):
    silent = [one for one in work.judge().results if one.rule not in RULES]
    assert {one.rule for one in silent} >= {"WD14", "FM07", "FM12"}
    for one in silent:
        assert one.state is State.UNKNOWN
        (finding,) = one.findings
        assert finding.message.startswith("not measured yet: ")
        assert finding.mend == NOT_MEASURED_MEND
        assert "in this release" in finding.message, "it says why nobody measures it"
    assert work.unknown("WD14").startswith("not measured yet: ≥ 80 % of log variants")


@pytest.mark.parametrize(
    ("grants", "executor", "level"),
    [
        ((), None, Level.SHADOW),
        ((granted(Level.SHADOW),), None, Level.SUGGEST),
        ((granted(Level.SHADOW), granted(Level.SUGGEST, "knn")), None, Level.SUPERVISED),
        ((granted(Level.SHADOW), granted(Level.SUGGEST, "knn")), "svm", Level.SUGGEST),
        ((granted(Level.SHADOW),), "knn", Level.SHADOW),
    ],
)
def test_the_level_asked_about_is_the_next_above_the_granted_one(work, grants, executor, level):
    work.executor = executor
    found = work.with_facts(grants=grants).judge()
    assert found.for_level is level
    assert found.executor == executor


@pytest.mark.parametrize(
    ("ceiling", "held", "level"),
    [
        ("supervised", Level.SUPERVISED, Level.SUPERVISED),
        ("supervised", Level.AUTONOMOUS, Level.SUPERVISED),
        ("autonomous", Level.AUTONOMOUS, Level.AUTONOMOUS),
        ("manual", Level.MANUAL, Level.MANUAL),
        (None, Level.SUPERVISED, Level.AUTONOMOUS),
    ],
)
def test_no_level_above_the_ceiling_is_asked_about_unless_it_is_named(work, ceiling, held, level):
    if ceiling is None:
        work.drop("autonomy.ceiling")
    else:
        work.put("autonomy.ceiling.level", ceiling)
    assert work.with_facts(grants=(granted(held),)).judge().for_level is level
    work.level = Level.AUTONOMOUS
    assert work.judge().for_level is Level.AUTONOMOUS


def test_a_work_that_is_not_to_be_automated_is_ready_and_says_why(work):
    found = work.put("autonomy.ceiling", {"level": "manual", "because": "people answer for it"}).judge()
    assert (found.reached, found.ceiling, found.ceiling_because) == (True, Level.MANUAL, "people answer for it")


def test_the_example_has_no_static_finding_at_its_own_ceiling_but_the_levels_before_it(work):
    work.level = Level.SUPERVISED
    found = work.judge()
    static = {one.id for one in CATALOGUE if one.id in RULES and one.kind.value != "E"}
    assert {one.rule for one in found.results if one.rule in static and one.state is State.FAIL} == {"AU01"}
    work.with_facts(project=ProjectFacts(), grants=(granted(Level.SUGGEST),))
    failed = [one for one in work.judge().results if one.rule in static and one.state is State.FAIL]
    assert [(one.rule, one.since) for one in failed] == [("AU01", Level.AUTONOMOUS)]


def test_a_level_is_missing_what_counts_from_it_or_from_below(work):
    work.drop("scope.unit").drop("escalation.stop").drop("intent.stop_if")
    missing = work.judge().missing
    assert missing[Level.MANUAL] == ()
    assert "WD01" in missing[Level.SHADOW]
    assert "HE04" not in missing[Level.SHADOW]
    assert {"WD01", "HE04"} <= set(missing[Level.SUGGEST])
    assert "WD09" not in missing[Level.SUGGEST]
    assert {"WD01", "HE04", "WD09"} <= set(missing[Level.SUPERVISED])
    assert set(missing[Level.SUPERVISED]) <= set(missing[Level.AUTONOMOUS])


def test_minor_rules_are_shown_and_hold_nothing_up(work):
    work.put("obligations.eu_ai_act", "high-risk").put("observe.retain", "60d")
    work.level = Level.AUTONOMOUS
    found = work.judge()
    assert work.result("OB05").state is State.FAIL
    assert not any("OB05" in rules for rules in found.missing.values())


def test_a_level_is_reached_when_nothing_that_counts_is_missing(work):
    work.level = Level.MANUAL
    assert work.judge().reached
    work.level = Level.SHADOW
    assert not work.judge().reached  # nobody read the executors
    assert work.judge().missing[Level.SHADOW] == ("AX03",)


def test_fail_comes_before_unknown_and_unknown_before_pass(work):
    work.level = Level.SUPERVISED
    found = work.judge().dimensions
    assert found[Dimension.WORK] is State.UNKNOWN
    assert found[Dimension.IO] is State.UNKNOWN
    work.drop("scope.unit")
    assert work.judge().dimensions[Dimension.WORK] is State.FAIL
    work.level = Level.SHADOW
    assert work.judge().dimensions[Dimension.IO] is State.PASS


def test_a_dimension_of_which_the_level_asks_nothing_is_not_applicable(work):
    work.level = Level.SHADOW
    found = work.judge().dimensions
    assert found[Dimension.ESCALATION] is State.NOT_APPLICABLE
    assert set(found) == set(Dimension)


def test_a_minor_rule_that_fails_leaves_its_dimension_as_it_is(work):
    work.put("quality.targets.0", {"id": "Q1", "metric": "review_rate", "at_least": 0.9})
    work.level = Level.AUTONOMOUS
    assert work.result("TT05").state is State.FAIL
    assert not counts(work.result("TT05"), Level.AUTONOMOUS)


def test_a_waived_major_does_not_count_and_is_shown(work):
    work.drop("intent.stop_if").with_facts(waivers=(waiver("WD09"),))
    result = work.result("WD09")
    assert result.state is State.FAIL
    assert result.findings
    assert (result.waived_until, result.waived_because) == ("2026-12-31", "the desk moves in March")
    assert "WD09" not in work.judge().missing[Level.SUPERVISED]


def test_an_unknown_major_may_be_waived_too(work):
    assert "WD15" in work.judge().missing[Level.SUPERVISED]
    assert "WD15" not in work.with_facts(waivers=(waiver("WD15"),)).judge().missing[Level.SUPERVISED]


def test_a_waiver_of_what_passes_is_not_shown(work):
    result = work.with_facts(waivers=(waiver("WD09"),)).result("WD09")
    assert (result.state, result.waived_until, result.waiver_refused) == (State.PASS, None, None)


@pytest.mark.parametrize("rule", [one.id for one in CATALOGUE if one.severity is Severity.BLOCKER])
def test_no_blocker_can_be_waived(work, rule):
    work.data = {"remit": 1, "id": "draft"}
    work.put("accountable", {"role": "Head of Customer Support"}).with_facts(waivers=(waiver(rule),))
    result = work.result(rule)
    if result.state in (State.FAIL, State.UNKNOWN):
        assert result.waiver_refused == f"{rule} is a blocker: it has no waiver"
    assert result.waived_until is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"until": date(2026, 11, 21)}, "the waiver of WD09 expired on 2026-11-21"),
        ({"by": "Ada"}, "the waiver of WD09 is by Ada; only Head of Customer Support may give it"),
        ({"reason": "  "}, "the waiver of WD09 gives no reason"),
    ],
)
def test_a_waiver_that_does_not_count_says_why(work, change, why):
    work.drop("intent.stop_if").with_facts(waivers=(waiver("WD09", **change),))
    result = work.result("WD09")
    assert result.waived_until is None
    assert result.waiver_refused == why
    assert "WD09" in work.judge().missing[Level.SUPERVISED]


def test_a_waiver_counts_on_its_last_day_and_by_contact_too(work):
    work.drop("intent.stop_if")
    work.with_facts(waivers=(waiver("WD09", until=date(2026, 11, 22), by="Support@shop.example"),))
    assert work.result("WD09").waived_until == "2026-11-22"


def test_a_waiver_of_other_work_or_of_another_rule_is_none(work):
    work.drop("intent.stop_if")
    work.with_facts(waivers=(waiver("WD09", work="refunds"), waiver("WD10")))
    result = work.result("WD09")
    assert (result.waived_until, result.waiver_refused) == (None, None)
    work.with_facts(waivers=(waiver("WD09", by="Ada"), waiver("WD09", work="triage-email")))
    assert work.result("WD09").waived_until == "2026-12-31"


def test_where_nobody_is_accountable_nobody_can_waive(work):
    work.drop("intent.stop_if").drop("accountable").with_facts(waivers=(waiver("WD09"),))
    assert "who is not named yet" in work.result("WD09").waiver_refused
    work.put("accountable", {"role": "Head of Customer Support"})
    assert work.result("WD09").waived_until is not None


def test_findings_carry_their_place_in_the_file(work):
    work.drop("scope.unit").put("constraints.0.expr", "input.boddy == ''").drop("decisions.0.kind")
    source = SourceMap(
        file="work/triage-email.yaml",
        lines=("scope:", "  trigger: x", 'expr: "input.boddy"'),
        positions={(): (1, 1), ("scope",): (1, 1), ("constraints", 0, "expr"): (3, 7)},
        text_starts={("constraints", 0, "expr"): (3, 8)},
    )
    found = judge(work.definition, Facts(), now=NOW, source=source)
    places = {one.rule: one.findings[0].where for one in found.results if one.findings}
    assert (places["WD01"].file, places["WD01"].line) == ("work/triage-email.yaml", 1)
    assert places["WD01"].path == "scope.unit"
    assert (places["IO06"].line, places["IO06"].column) == (3, 14)
    assert places["IO06"].excerpt == 'expr: "input.boddy"'
    assert str(places["AU01"]) == ""
    assert str(places["TT12"]) == ""
    work.put("intent.outcome.baseline", "unknown")
    unknown = judge(work.definition, Facts(), now=NOW, source=source).results
    assert next(one for one in unknown if one.rule == "WD08").findings[0].where.line == 1


def ready_for(work, level):
    """All the facts that `shadow` and `suggest` ask for, with waivers of what nobody measures yet."""
    work.level = level
    work.with_executors(SVM).with_proof().with_facts(
        grants=(granted(Level.SHADOW),), waivers=(waiver("IO12"), waiver("AU07"))
    )
    return work


@pytest.mark.parametrize("level", [Level.SHADOW, Level.SUGGEST])
def test_a_level_can_be_reached(work, level):
    found = ready_for(work, level).judge()
    assert found.missing[level] == ()
    assert found.reached


@pytest.mark.parametrize("section", ["accountable", "scope", "inputs", "outputs", "decisions"])
def test_no_level_is_reached_by_leaving_out_what_a_draft_needs(work, section):
    work.drop(section)
    assert not ready_for(work, Level.SHADOW).judge().reached


@pytest.mark.parametrize("section", ["quality", "failure_modes", "escalation", "observe"])
def test_suggest_is_not_reached_by_leaving_out_what_proving_needs(work, section):
    work.drop(section)
    assert not ready_for(work, Level.SUGGEST).judge().reached
    work.level = Level.SHADOW
    assert work.judge().reached


def test_a_definition_of_nothing_is_judged_without_a_fault_of_ours(work):
    work.data = {"remit": 1, "id": "draft"}
    for level in Level:
        work.level = level
        assert work.judge().reached is (level is Level.MANUAL)


def test_all_static_rules_of_a_full_definition_take_less_than_50_ms(work):
    definition = work.definition
    judge(definition, Facts(), now=NOW)
    best = min(_seconds(lambda: judge(definition, Facts(), now=NOW)) for _ in range(5))
    assert best < 0.05


def _seconds(run):
    start = process_time()
    run()
    return process_time() - start
