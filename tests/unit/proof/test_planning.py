"""What each claim takes: planned from the definition, and from the proof where there is one."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.proof.works import refunds
from tests.unit.report.samples import NOT_CERTIFIED, PROOF

from remit import stats
from remit.definition.levels import Level
from remit.definition.model import (
    Autonomy,
    Cap,
    CaseSource,
    Ceiling,
    Decision,
    Metric,
    Observe,
    Promote,
    Quality,
    Target,
    Today,
)
from remit.errors import UsageError
from remit.proof.planning import Basis, Known, KnownCases, plan_work
from remit.readiness.facts import TargetVerdict

CASES = KnownCases(n_prove=400, is_frozen=True, classes={"refund": {"yes": 90, "no": 310}})
BUDGET = Autonomy(error_budget=0.05)
WORK = {
    "autonomy": BUDGET,
    "today": Today(volume_per_day=1000),
    "observe": Observe(audit_share=0.1),
    "quality": Quality(targets=(Target(id="Q1", metric=Metric.ACCURACY, at_least=0.95),)),
}


def planned(known=None, *, rate=None, coverage=None, **changes):
    known = known if known is not None else Known(cases=CASES)
    definition = refunds(**{**WORK, **changes})
    return plan_work(definition, known, rng=np.random.default_rng(1), rate=rate, coverage=coverage)


def target(**given):
    return planned(quality=Quality(targets=(Target(id="Q1", **given),))).targets[0]


def test_a_target_takes_what_the_exact_test_takes_at_the_delta_of_the_attempt():
    found = target(metric=Metric.ACCURACY, at_least=0.95)
    expected = stats.plan(0.05, 0.025)
    assert (found.n_min, found.n_likely, found.n_now) == (expected.n_min, expected.n_cases, 400)
    assert [one.delta for one in found.by_attempt] == [0.025, 0.0125, 0.00625]
    assert [one.n_min for one in found.by_attempt] == [72, 86, 99]


def test_a_second_attempt_is_planned_with_what_is_left_for_it():
    first, second = (planned(Known(cases=CASES, executor="desk", attempt=n)) for n in (1, 2))
    assert (first.delta, second.delta) == (0.025, 0.0125)
    assert second.targets[0].n_likely > first.targets[0].n_likely
    assert second.budget.n_min > first.budget.n_min


def test_the_definitions_own_table_spends_no_attempt():
    assert planned(Known(cases=CASES, executor="table", attempt=0)).delta == 0.05


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        ({"metric": Metric.ERROR_RATE, "at_most": 0.02}, 0.02),
        ({"metric": Metric.F1, "of": "refund", "class_": "yes", "at_least": 0.9}, round(1 - 0.9 / 1.1, 12)),
        ({"metric": Metric.SECONDS_P95, "at_most": 3.0}, 0.05),
        ({"metric": Metric.REVIEW_RATE, "at_most": 0.4}, 0.4),
    ],
)
def test_every_target_about_a_share_is_planned_by_what_may_fail(given, allowed):
    found = target(**given)
    assert found.allowed == allowed
    assert found.n_min == stats.plan(allowed, 0.025).n_min


@pytest.mark.parametrize(
    "given",
    [
        {"metric": Metric.COST_PER_ITEM, "at_most": 0.02},
        {"metric": Metric.EXPECTED_COST, "at_most": 2.0},
        {"metric": Metric.CONSISTENCY, "at_least": 0.9},
        {"metric": Metric.F1, "at_least": 0.9},
        {"metric": Metric.SECONDS_P95, "at_least": 3.0},
        {"metric": Metric.ACCURACY, "at_least": 1.0},
        {"metric": Metric.REVIEW_RATE, "at_most": 1.0},
    ],
)
def test_a_target_that_no_number_of_cases_is_known_for_says_why_and_gives_none(given):
    found = target(**given)
    assert (found.allowed, found.n_min, found.n_likely, found.by_attempt) == (None, None, None, ())
    assert found.why


@pytest.mark.parametrize("metric", [Metric.RECALL, Metric.PRECISION, Metric.F1])
def test_a_target_of_one_of_several_decisions_has_to_name_it(metric):
    asked = Quality(targets=(Target(id="Q1", metric=metric, class_="yes", at_least=0.9),))
    two = (Decision(id="refund"), Decision(id="days"))
    assert "must name the decision" in planned(quality=asked, decisions=two).targets[0].why


def test_a_recall_counts_the_cases_that_expect_its_class():
    found = target(metric=Metric.RECALL, class_="yes", at_least=0.9)
    assert (found.n_now, found.about) == (90, "refund = yes")


@pytest.mark.parametrize(
    "given",
    [
        {"metric": Metric.PRECISION, "class_": "yes", "at_least": 0.9},
        {"metric": Metric.ACCURACY, "where": "case.vip == true", "at_least": 0.9},
    ],
)
def test_how_many_cases_count_is_not_guessed_where_only_a_proof_tells(given):
    assert target(**given).n_now is None


def test_without_a_proof_the_rate_is_half_the_budget_and_every_item_the_best_case_and_both_say_so():
    found = planned().budget
    assert (found.rate.value, found.rate.basis) == (0.025, Basis.ASSUMED)
    assert (found.coverage.value, found.coverage.basis) == (1.0, Basis.ASSUMED)
    assert "least" in found.coverage.why


def test_labelled_cases_are_the_acted_on_ones_divided_by_the_coverage():
    found = planned(coverage=0.5, rate=0.01).budget
    needed = stats.plan(0.05, 0.025, true_rate=0.01)
    assert (found.n_min, found.n_min_cases) == (72, 144)
    assert (found.n_likely, found.n_likely_cases) == (needed.n_cases, 2 * needed.n_cases)
    assert found.n_acted_now == 200
    assert found.chance_now == stats.chance_of_claim(200, 0.05, 0.025, true_rate=0.01)
    assert (found.rate.basis, found.coverage.basis) == (Basis.GIVEN, Basis.GIVEN)


def test_a_certificate_gives_the_rate_and_the_coverage_that_were_measured():
    certificate = PROOF.certificate
    found = planned(Known(cases=CASES, executor="clf-v3", proof=PROOF)).budget
    assert found.is_certified
    assert found.coverage.value == certificate.coverage
    assert found.rate.value == (certificate.n_wrong + 0.5) / (certificate.n_acted + 1)
    assert {found.rate.basis, found.coverage.basis} == {Basis.MEASURED}


def test_a_measured_rate_is_not_made_better_than_it_was():
    certificate = replace(PROOF.certificate, n_wrong=47, n_acted=1265)
    found = planned(Known(cases=CASES, executor="clf-v3", proof=replace(PROOF, certificate=certificate))).budget
    assert 0.037 < found.rate.value < 0.038


def test_no_error_seen_is_not_planned_with_as_a_rate_of_0():
    certificate = replace(PROOF.certificate, n_wrong=0)
    found = planned(Known(cases=CASES, executor="clf-v3", proof=replace(PROOF, certificate=certificate)))
    assert found.budget.rate.value == 0.5 / (certificate.n_acted + 1)


def test_without_a_certificate_the_coverage_is_where_half_of_the_budget_was_wrong():
    known = Known(cases=CASES, executor="clf-v3", proof=NOT_CERTIFIED)
    budget = 0.05
    good = [p for p in NOT_CERTIFIED.curve if (p.n_wrong + 0.5) / (p.n_acted + 1) <= budget / 2]
    found = planned(known).budget
    assert found.coverage.value == max((p.coverage for p in good), default=1.0)
    assert found.rate.value == budget / 2


def test_a_bad_executor_has_no_coverage_to_plan_with():
    curve = tuple(replace(point, n_wrong=point.n_acted) for point in NOT_CERTIFIED.curve)
    found = planned(Known(cases=CASES, executor="clf-v3", proof=replace(NOT_CERTIFIED, curve=curve))).budget
    assert (found.coverage.value, found.coverage.basis) == (1.0, Basis.ASSUMED)
    assert "as few as half of the budget" in found.coverage.why


def test_an_executor_without_confidence_acts_on_all_or_nothing():
    proof = replace(NOT_CERTIFIED, curve=(), executor=replace(NOT_CERTIFIED.executor, gives_confidence=False))
    found = planned(Known(cases=CASES, executor="clf-v3", proof=proof)).budget
    assert (found.coverage.value, "all or on nothing" in found.coverage.why) == (1.0, True)


def test_the_verdicts_of_the_proof_stand_beside_what_a_target_takes():
    asked = tuple(
        Target(
            id=fact.id,
            metric=Metric(fact.metric),
            at_least=fact.limit if fact.at_least else None,
            at_most=None if fact.at_least else fact.limit,
        )
        for fact in PROOF.targets
    )
    found = planned(Known(cases=CASES, executor="clf-v3", proof=PROOF), quality=Quality(targets=asked)).targets
    assert [(one.verdict, one.n_now, one.n_more) for one in found] == [
        (one.verdict, one.n, one.n_more) for one in PROOF.targets
    ]
    assert TargetVerdict.UNPROVEN in {one.verdict for one in found}


def test_a_verdict_on_another_limit_does_not_count():
    fact = PROOF.targets[0]
    asked = Target(id=fact.id, metric=Metric(fact.metric), at_least=fact.limit - 0.01)
    found = planned(Known(cases=CASES, executor="clf-v3", proof=PROOF), quality=Quality(targets=(asked,))).targets[0]
    assert (found.verdict, found.n_more, found.n_now) == (None, None, fact.n)


def test_a_certificate_for_a_looser_budget_does_not_count():
    budget = PROOF.certificate.alpha / 10
    known = Known(cases=CASES, executor="clf-v3", proof=PROOF)
    found = planned(known, autonomy=Autonomy(error_budget=budget)).budget
    assert (found.is_certified, found.threshold, found.rate.basis) == (False, None, Basis.ASSUMED)


def test_levels_take_what_the_promotion_test_takes_at_its_first_try():
    supervised, autonomous = planned(rate=0.01).levels
    assert (supervised.level, autonomous.level) == (Level.SUPERVISED, Level.AUTONOMOUS)
    delay = stats.promotion_delay(0.05, 0.01, delta=0.05, attempt=1)
    for one in (supervised, autonomous):
        assert one.by_errors == tuple(stats.items_to_promotion(k, 0.05, attempt=1) for k in range(4))
        assert (one.median, one.likely) == (delay.median, delay.likely)


def test_days_are_items_by_what_is_checked_a_day():
    supervised, autonomous = planned(coverage=0.5, autonomy=replace(BUDGET, promote=Promote(hidden_share=0.04))).levels
    assert supervised.checked_per_day == 1000 * 0.5 * 0.04
    assert autonomous.checked_per_day == 1000 * 0.5 * 0.1
    assert supervised.days_likely == supervised.likely / 20
    assert autonomous.days_fewest == 102 / 50


def test_the_floors_of_the_definition_are_in_the_days():
    many = planned(autonomy=replace(BUDGET, promote=Promote(min_items=5000, hidden_share=0.5))).levels[0]
    assert many.days_fewest == 5000 / 500
    long = planned(autonomy=replace(BUDGET, promote=Promote(min_days=30))).levels[0]
    assert long.days_fewest == 30


def test_a_level_above_the_ceiling_is_marked():
    autonomy = replace(BUDGET, ceiling=Ceiling(level=Level.SUPERVISED))
    assert [one.above_ceiling for one in planned(autonomy=autonomy).levels] == [False, True]


def test_no_more_is_acted_on_a_day_than_the_caps_let_through():
    caps = (Cap(per="hour", items=5), Cap(per="day", items=400), Cap(per="day", of="amount", sum=9.0))
    found = planned(autonomy=replace(BUDGET, caps=caps)).watching
    assert (found.acted_per_day, found.audits_per_day) == (120.0, 12.0)


def test_a_break_is_noticed_after_what_the_monitor_takes():
    found = planned().watching
    assert [one.multiple for one in found.breaks] == [2.0, 3.0]
    twofold, threefold = found.breaks
    assert threefold.audits_to_stop < twofold.audits_to_stop < twofold.audits_to_stop_p90
    assert threefold.audits_to_warning < threefold.audits_to_stop
    assert threefold.days_to_stop == threefold.audits_to_stop / 100
    assert threefold.n_wrong_by_stop == pytest.approx(threefold.audits_to_stop / 0.1 * 0.15, abs=1)


def test_a_rate_that_is_no_rate_is_not_planned_as_a_break():
    found = planned(autonomy=Autonomy(error_budget=0.4)).watching
    assert [one.rate for one in found.breaks] == [0.8]


def test_the_same_plan_reads_the_same():
    assert planned() == planned()


def test_without_a_volume_there_are_no_days_and_it_says_what_to_write():
    for volume, said in ((None, "none"), ("unknown", "unknown"), (0.0, "0")):
        found = planned(today=Today(volume_per_day=volume))
        assert {one.days_likely for one in found.levels} == {None}
        assert {one.days_to_stop for one in found.watching.breaks} == {None}
        assert [one.what for one in found.not_known] == [f"no days: the volume is {said}"]


def test_without_an_audit_share_only_audits_are_counted():
    found = planned(observe=None)
    assert (found.watching.audits_per_day, found.levels[1].days_likely) == (None, None)
    assert {(one.days_to_stop, one.n_wrong_by_stop) for one in found.watching.breaks} == {(None, None)}
    assert found.levels[0].days_likely is not None
    assert [one.write.split(":")[0] for one in found.not_known] == ["observe"]


def test_without_a_budget_nothing_is_planned_for_acting_alone():
    found = planned(autonomy=None)
    assert (found.budget, found.levels, found.watching) == (None, (), None)
    assert [one.what for one in found.not_known] == ["no error budget"]
    assert len(found.targets) == 1


def test_without_targets_and_cases_it_says_so():
    found = planned(Known(), quality=None)
    assert (found.targets, found.n_prove, found.budget.chance_now) == ((), None, None)
    assert [one.what for one in found.not_known] == ["no quality target", "no cases"]


def test_cases_without_a_use_are_none_to_prove_on():
    found = planned(Known(cases=KnownCases(n_prove=0, is_frozen=False)))
    assert [one.what for one in found.not_known] == ["no case to prove on"]
    assert found.budget.chance_now == 0.0


@pytest.mark.parametrize("rate", [0.05, 0.2, 1.0])
def test_a_rate_that_is_not_below_the_budget_is_refused(rate):
    with pytest.raises(UsageError, match="not below the error budget"):
        planned(rate=rate)


@pytest.mark.parametrize("rate", [-0.1, 1.5, float("inf"), float("nan")])
def test_a_rate_that_is_no_share_is_refused(rate):
    with pytest.raises(UsageError, match="is no share"):
        planned(rate=rate)


def test_acted_on_cases_are_counted_not_reckoned_from_a_rounded_share():
    certificate = replace(PROOF.certificate, n_acted=497, n_cases=912, coverage=497 / 912, n_wrong=2)
    proof = replace(PROOF, certificate=certificate, n_cases=912)
    found = planned(Known(cases=KnownCases(n_prove=912, is_frozen=True), executor="x", proof=proof)).budget
    assert found.n_acted_now == 497
    assert planned(coverage=0.29).budget.n_acted_now == 116  # of 400
    assert planned(Known(cases=KnownCases(n_prove=100, is_frozen=True)), coverage=0.29).budget.n_acted_now == 29


def test_a_case_file_that_is_named_and_missing_is_named():
    found = planned(Known(), cases=CaseSource(path="cases/mine.csv"))
    assert [one.write for one in found.not_known if one.what == "no cases"] == [
        "the file cases/mine.csv, which `cases.path` names, or correct the path"
    ]


@pytest.mark.parametrize("coverage", [0.0, 1e-320, 1.01, -0.5, float("nan")])
def test_a_coverage_that_is_no_share_is_refused(coverage):
    with pytest.raises(UsageError, match="is no share"):
        planned(coverage=coverage)


@pytest.mark.parametrize("given", [{"rate": 0.01}, {"coverage": 0.5}])
def test_an_option_that_there_is_nothing_for_is_refused(given):
    with pytest.raises(UsageError, match="has no error budget"):
        planned(autonomy=None, **given)
