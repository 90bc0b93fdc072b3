"""Are the targets met, on every slice, better than what is simple, and lately."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from remit.items import ExecutorKind
from remit.readiness.facts import (
    CalibrationFact,
    ComparisonFact,
    ExecutorFact,
    SharedFailures,
    TargetFact,
    TargetVerdict,
)
from remit.readiness.rules.proofs import _binomial_tail

PROOF_RULES = ("TT11", "TT12", "TT13", "TT14", "FM10", "IO13", "OB10", "OB11", "AX01")
SVM = ExecutorFact(name="svm", kind=ExecutorKind.MODEL, digest="d-svm", author="Ada", gives_confidence=True)
MET, MISSED, UNPROVEN = TargetVerdict.MET, TargetVerdict.MISSED, TargetVerdict.UNPROVEN


def fact(id_="Q1", verdict=MET, **more):
    values = {
        "metric": "accuracy",
        "limit": 0.9,
        "at_least": True,
        "value": 0.91,
        "lower": 0.88,
        "upper": 0.93,
        "n": 600,
    }
    return TargetFact(id=id_, verdict=verdict, **(values | more))


def against(name, better):
    return ComparisonFact(
        against=name, baseline=True, better=better, only_this_wrong=1, only_other_wrong=2, p_value=0.5
    )


@pytest.mark.parametrize("rule", PROOF_RULES)
def test_without_a_proof_the_rule_is_unknown_and_says_how_to_get_one(work, rule):
    work.with_cases().with_executors(SVM)
    assert work.unknown(rule) == "no executor was proved yet"
    assert work.result(rule).findings[0].mend == "remit prove triage-email --executor X"
    work.executor = "svm"
    assert work.unknown(rule) == "svm was not proved yet"
    assert work.result(rule).findings[0].mend == "remit prove triage-email --executor svm"


@pytest.mark.parametrize("rule", PROOF_RULES)
def test_a_sound_proof_passes(work, rule):
    work.with_proof(calibration=CalibrationFact(error=0.02, upper=0.05, n=600))
    assert work.passes(rule)


@pytest.mark.parametrize("rule", [*PROOF_RULES, "AX02"])
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"evidence_digest": "other"}, "the definition changed in what the evidence is about"),
        ({"case_set_digest": "other"}, "the prove set changed"),
    ],
)
def test_a_proof_of_something_else_is_stale(work, rule, change, why):
    work.with_proof(**change).with_facts(
        shared_failures=SharedFailures(
            **({"evidence_digest": work.facts.cases.evidence_digest, "case_set_digest": "p1"} | change),
            executors=("svm", "table"),
            n_shared=0,
            n_fewest_wrong=10,
        )
    )
    assert work.unknown(rule).startswith("stale: ")
    assert work.unknown(rule).endswith(why)


@pytest.mark.parametrize(
    ("executors", "why"),
    [
        ((replace(SVM, digest="d2"),), "svm changed"),
        ((replace(SVM, name="other"),), "svm is not described in the project"),
    ],
)
def test_a_proof_of_another_executor_is_stale(work, executors, why):
    work.with_proof().with_executors(*executors)
    assert work.unknown("TT12") == f"stale: the proof of svm is not about what is there now: {why}"
    assert work.result("TT12").findings[0].mend == "remit prove triage-email --executor svm"
    assert work.with_facts(project=None).unknown("TT12").endswith("svm is not described in the project")


def test_the_own_table_need_not_be_described(work):
    work.executor = "table"
    assert work.with_proof(executor="table", is_own_table=True).passes("IO13")


def test_a_proof_is_stale_where_there_is_no_prove_set_to_compare_with(work):
    work.with_proof().with_cases(prove_digest=None)
    assert work.unknown("TT12").endswith("there is no prove set to compare with")
    assert work.with_facts(cases=None).unknown("TT12").endswith("there is no prove set to compare with")


def test_the_latest_proof_of_an_executor_counts(work):
    work.with_proof(n_invalid_outputs=3).with_proof(proved_at=datetime(2026, 11, 21, tzinfo=UTC))
    assert work.passes("IO13")
    work.with_proof(proved_at=datetime(2026, 11, 2, tzinfo=UTC), n_invalid_outputs=9)
    assert work.passes("IO13")


def test_the_newest_stale_proof_says_why(work):
    work.with_proof(executor="a", evidence_digest="x").with_proof(
        executor="b", case_set_digest="x", proved_at=datetime(2026, 11, 21, tzinfo=UTC)
    )
    assert "the proof of b is not about what is there now: the prove set changed" in work.unknown("TT12")


def test_without_a_named_executor_the_best_that_is_no_baseline_is_judged(work):
    work.with_executors(SVM, replace(SVM, name="knn"), replace(SVM, name="none"))
    work.with_proof(n_wrong=20).with_proof(executor="knn", n_wrong=30, n_invalid_outputs=7)
    work.with_proof(executor="majority", is_baseline=True, n_wrong=0, n_invalid_outputs=7)
    work.with_proof(executor="none", n_cases=10, n_kept=10, n_wrong=0, n_invalid_outputs=7)
    assert work.passes("IO13")
    work.executor = "knn"
    assert work.fails("IO13") == ["7 outputs did not parse."]


def test_cases_that_people_keep_do_not_make_an_executor_look_better(work):
    work.with_executors(SVM, replace(SVM, name="knn"))
    work.with_proof(n_wrong=20).with_proof(executor="knn", n_wrong=19, n_kept=400, n_invalid_outputs=7)
    assert work.passes("IO13")


# What TT11 says of the prove set.


def test_a_prove_set_that_is_not_frozen_is_unknown(work):
    work.with_proof().with_cases(frozen_digest=None)
    assert work.unknown("TT11") == "the prove set is not frozen yet"
    assert work.result("TT11").findings[0].mend == "remit cases freeze triage-email"


def test_a_prove_set_that_changed_since_it_was_frozen_is_refused(work):
    work.with_proof().with_cases(frozen_digest="before")
    assert work.fails("TT11") == ["The prove set is not the one that was frozen; it is no longer proof."]


@pytest.mark.parametrize("frozen_at", [datetime(2026, 11, 21, tzinfo=UTC), None])
def test_a_prove_set_frozen_after_the_first_run_is_refused(work, frozen_at):
    work.with_proof().with_cases(frozen_at=frozen_at)
    assert work.fails("TT11") == ["The first run came before the prove set was frozen; it is no longer proof."]


def test_a_prove_set_is_used_up_after_three_attempts(work):
    assert work.with_proof(attempt=3).passes("TT11")
    later = datetime(2026, 11, 21, tzinfo=UTC)
    work.with_proof(attempt=4, proved_at=later)
    assert work.fails("TT11") == ["This set has been used 4 times; it is no longer proof."]


def test_baselines_use_nothing_up(work):
    work.executor = "table"
    assert work.with_proof(executor="table", attempt=9, is_baseline=True).passes("TT11")


# What TT12 and TT13 say of targets.


def test_a_missed_target_fails_on_its_bound(work):
    work.with_proof(targets=(fact(verdict=MISSED), fact("Q2"), fact("Q3", UNPROVEN)))
    assert work.fails("TT12") == [
        "Q1: accuracy 0.91 on 600 cases; the lower bound is 0.88, the target 0.9.",
        "Q3: accuracy 0.91 on 600 cases; the lower bound is 0.88, the target 0.9.",
    ]
    assert work.places("TT12") == ["quality.targets.0", "quality.targets.2"]


def test_an_unproven_target_is_unknown_and_says_how_many_cases_would_decide(work):
    work.with_proof(
        targets=(
            fact("Q1", UNPROVEN, n_more=140, about="team = fraud"),
            fact("Q2"),
            fact("Q3", UNPROVEN, at_least=False, upper=None, why="no case was reviewed"),
        )
    )
    assert work.unknown("TT12") == (
        "Q1: accuracy of team = fraud 0.91 on 600 cases; the lower bound is 0.88, the target 0.9. / "
        "Q3: accuracy 0.91 on 600 cases; the upper bound is not known, the target 0.9."
    )
    first, second = work.result("TT12").findings
    assert first.mend == "140 more cases would decide it, if the rate stays what it is."
    assert second.mend == "Improve the work on it."
    assert second.expected == "upper bound at most 0.9"
    assert second.found == "not known (no case was reviewed)"


def test_a_target_about_time_speaks_of_late_answers(work):
    late = fact("Q3", MISSED, metric="seconds_p95", at_least=False, limit=2.0, value=0.08, lower=0.06, upper=0.1)
    work.with_proof(targets=(fact(), fact("Q2"), late))
    assert work.fails("TT12") == ["Q3: 0.08 of 600 answers took longer than 2 s; the upper bound of that share is 0.1."]
    assert work.result("TT12").findings[0].expected == "upper bound at most 0.05 of them"


def test_a_target_that_was_not_judged_is_unknown(work):
    work.with_proof(targets=(fact(), fact("Q9")))
    assert work.unknown("TT12") == "the proof of svm did not judge Q2, Q3"


def test_a_verdict_on_a_slice_is_none_on_the_whole(work):
    work.with_proof(targets=(fact(), fact("Q2"), fact("Q3", slice_column="country", slice_value="DE")))
    assert work.unknown("TT12") == "the proof of svm did not judge Q3"


def test_targets_are_not_asked_where_there_are_none(work):
    work.put("quality.targets", []).with_proof()
    assert work.not_applicable("TT12") == "there are no targets yet"
    assert work.drop("quality").with_facts(cases=None, proofs=()).with_proof().not_applicable("TT12")


def slice_of(n, verdict, **more):
    return fact(verdict=verdict, n=n, slice_column="country", slice_value="DE", **more)


def test_a_slice_that_is_worse_is_named(work):
    work.with_proof(slices=(slice_of(30, MISSED), slice_of(29, MISSED), slice_of(90, MET)))
    assert work.fails("TT13") == [
        "Good on average, not for country = DE: accuracy 0.91 on 30 cases, lower bound 0.88, target 0.9."
    ]
    late = slice_of(30, MISSED, metric="seconds_p95", limit=2.0)
    work.with_facts(proofs=()).with_proof(slices=(late,))
    assert work.fails("TT13") == ["Fast on average, not for country = DE: 0.91 of 30 answers took longer than 2 s."]


def test_a_slice_nothing_is_proven_of_is_unknown(work):
    late = slice_of(30, UNPROVEN, metric="seconds_p95", limit=2.0)
    assert work.with_proof(slices=(slice_of(30, UNPROVEN), late)).unknown("TT13") == (
        "Not shown for country = DE: accuracy 0.91 on 30 cases, lower bound 0.88, target 0.9. / "
        "Not shown for country = DE: 0.91 of 30 answers took longer than 2 s."
    )


def test_small_slices_are_unknown(work):
    assert work.with_proof(slices=(slice_of(29, MET),)).unknown("TT13") == "no slice has 30 cases"


def test_slices_are_not_asked_where_none_is_named(work):
    assert work.put("quality.slices", []).with_proof().not_applicable("TT13") == "no slices are named"
    assert work.drop("quality").with_facts(cases=None, proofs=()).with_proof().not_applicable("TT13")


# What TT14 says of simple ways.


def test_a_simple_way_that_does_as_well_is_named(work):
    work.with_proof(comparisons=(against("majority", MET), against("table", MISSED), against("x", UNPROVEN)))
    assert work.fails("TT14") == ["A simple way does as well (table)."]
    assert work.result("TT14").findings[0].found == "20 wrong of 600"


def test_a_simple_way_that_may_do_as_well_is_unknown(work):
    work.with_proof(comparisons=(against("majority", UNPROVEN),))
    assert work.unknown("TT14") == "Not shown to make fewer errors than majority."


def test_without_a_baseline_the_comparison_is_unknown(work):
    other = replace(against("knn", MET), baseline=False)
    assert work.with_proof(comparisons=(other,)).unknown("TT14") == "no simple baseline ran along"


@pytest.mark.parametrize("kind", ["is_own_table", "is_baseline"])
def test_the_simple_way_need_not_beat_itself(work, kind):
    work.executor = "svm"
    assert work.with_proof(**{kind: True}).not_applicable("TT14") == "this is the simple way itself"


@pytest.mark.parametrize(
    ("rate", "state"), [(0.06, "pass"), (0.04, "unknown"), (0.01, "fail"), (0.0, "fail"), (1.0, "pass")]
)
def test_people_today_have_to_be_beaten_where_their_rate_is_known(work, rate, state):
    result = work.put("today.error_rate", rate).with_proof(n_wrong=20).result("TT14")
    assert result.state.value == state
    if state == "fail":
        assert result.findings[0].message == "A simple way does as well (people today)."
        assert result.findings[0].mend == "Ask people."
    if state == "unknown":
        assert result.findings[0].message == "Not shown to make fewer errors than people today."


def test_a_rate_nobody_knows_is_left_out(work):
    assert work.drop("today").with_proof().passes("TT14")


@pytest.mark.parametrize(
    ("k", "n", "p", "tail"),
    [(0, 59, 0.05, 0.0485), (2, 10, 0.5, 0.0547), (10, 10, 0.3, 1.0), (3, 9, 0.0, 1.0), (3, 9, 1.0, 0.0)],
)
def test_the_binomial_tail_has_its_known_values(k, n, p, tail):
    assert _binomial_tail(k, n, p) == pytest.approx(tail, abs=5e-5)


# What is left of the rules about proofs


def test_errors_that_no_mode_notices_may_be_one_percent(work):
    assert work.with_proof(n_unlisted=6).passes("FM10")
    work.with_facts(proofs=()).with_proof(n_unlisted=7, unlisted_sample=("c1", "c2"))
    assert work.fails("FM10") == ["7 errors fit no written mode: c1, c2."]


def test_outputs_that_break_the_schema_are_counted(work):
    assert work.with_proof(n_invalid_outputs=1).fails("IO13") == ["1 outputs did not parse."]


def test_confidence_has_to_mean_something(work):
    assert work.with_proof(calibration=CalibrationFact(error=0.05, upper=0.1, n=600)).passes("OB10")
    work.with_facts(proofs=()).with_proof(calibration=CalibrationFact(error=0.09, upper=0.11, n=600))
    assert work.fails("OB10") == [
        "On average its confidence is 0.090 away from how often it is right (at most 0.110, 600 cases)."
    ]


def test_calibration_nobody_measured_is_unknown_and_without_confidence_not_asked(work):
    assert work.with_proof().unknown("OB10") == "not measured yet: the calibration error"
    work.with_executors(replace(SVM, gives_confidence=False))
    assert work.not_applicable("OB10") == "svm gives no confidence"
    work.executor = "majority"
    work.with_proof(executor="majority", is_baseline=True)
    assert work.unknown("OB10") == "not measured yet: the calibration error"


def test_a_proof_is_fresh_for_ninety_days(work):
    work.with_proof()
    work.now = datetime(2027, 2, 18, tzinfo=UTC)
    assert work.passes("OB11")
    work.now = datetime(2027, 2, 19, tzinfo=UTC)
    assert work.fails("OB11") == ["The proof of svm is 91 days old."]
    assert work.result("OB11").findings[0].mend == "Prove again: remit prove triage-email --executor svm"


def test_one_way_alone_is_refused(work):
    assert work.with_proof(comparisons=()).fails("AX01") == ["Only one way was tried."]


def test_two_ways_of_which_none_is_simple_are_refused(work):
    work.with_executors(SVM, replace(SVM, name="knn"))
    work.with_proof(comparisons=()).with_proof(executor="knn", comparisons=())
    assert work.fails("AX01")
    work.with_executors(SVM, replace(SVM, name="knn"), replace(SVM, name="table"))
    work.with_proof(executor="table", comparisons=(), is_own_table=True, n_wrong=90)
    assert work.passes("AX01")


def test_a_simple_way_alone_is_one_way(work):
    work.executor = "majority"
    work.with_proof(executor="majority", is_baseline=True, comparisons=())
    assert work.fails("AX01")


def shared(work, **numbers):
    work.with_cases()
    return work.with_facts(
        shared_failures=SharedFailures(
            evidence_digest=work.facts.cases.evidence_digest,
            case_set_digest="p1",
            executors=("svm", "knn"),
            **numbers,
        )
    )


def test_failures_that_all_share_point_at_the_definition(work):
    assert shared(work, n_shared=9, n_fewest_wrong=20).passes("AX02")
    assert shared(work, n_shared=0, n_fewest_wrong=0).passes("AX02")
    assert shared(work, n_shared=10, n_fewest_wrong=20, sample=("c1", "c2")).fails("AX02") == [
        "All of them fail on the same 10: the definition, not the tool, is unclear."
    ]
    assert work.result("AX02").findings[0].found == "c1, c2"
    assert shared(work, n_shared=10, n_fewest_wrong=20).result("AX02").findings[0].found == "10"


def test_shared_failures_nobody_measured_are_unknown(work):
    assert work.unknown("AX02").startswith("not measured yet: fewer than two executors")


def test_cost_and_time_are_asked_only_where_a_target_is_about_them(work):
    assert work.with_cases().with_executors(SVM).unknown("AX04") == "no executor was proved yet"
    assert work.with_proof().not_applicable("AX04") == "no target is about cost or time"


def cost(verdict, **more):
    values = {"metric": "cost_per_item", "limit": 0.01, "at_least": False, "value": 0.03}
    return fact("Q4", verdict, **(values | more))


def test_cost_and_time_that_keep_their_targets_pass(work):
    late = cost(MET, metric="seconds_p95", limit=0.5, value=0.01)
    assert work.with_proof(targets=(cost(MET), late)).passes("AX04")


def test_cost_above_its_target_names_a_cheaper_executor_where_there_is_one(work):
    work.with_executors(SVM, replace(SVM, name="knn", digest="d-knn")).with_proof(targets=(cost(MISSED),), n_wrong=1)
    assert work.fails("AX04") == ["0.03 per item, limit 0.01."]
    (finding,) = work.result("AX04").findings
    assert finding.mend == "Find a cheaper or faster executor, or raise the limit."
    assert (finding.expected, finding.found) == ("at most 0.01", "0.03")
    work.with_proof(executor="knn", executor_digest="d-knn", targets=(cost(MET, value=0.005),))
    assert work.fails("AX04") == ["0.03 per item, limit 0.01."]
    assert work.result("AX04").findings[0].mend == "Another executor meets the target: knn."


def test_answers_that_come_too_late_are_told_as_a_share(work):
    late = cost(MISSED, metric="seconds_p95", limit=0.5, value=0.12)
    assert work.with_proof(targets=(late, cost(UNPROVEN))).fails("AX04") == [
        "0.12 of the answers take longer than 0.5 s."
    ]
    assert work.result("AX04").findings[0].expected == "at most 0.05"


def test_cost_or_time_that_is_not_proven_is_unknown(work):
    assert (
        work.with_proof(targets=(cost(MET), replace(cost(UNPROVEN), id="Q5"))).unknown("AX04") == "Q5 is not proven yet"
    )
