"""Is there a number for good enough, can it be computed, and can it be shown?"""

import pytest

from remit.proof.conclude import delta_of_attempt
from remit.readiness.rules.testing import n_faultless
from remit.stats import binomial_lower


def targets(work, *found):
    return work.put("quality.targets", [{"id": f"Q{i}", **one} for i, one in enumerate(found, 1)])


def test_a_target_of_the_whole_item_is_one_for_every_decision(work):
    assert work.passes("TT01")


def test_a_target_of_the_decision_is_enough(work):
    assert targets(work, {"metric": "recall", "of": "team", "class": "fraud", "at_least": 0.9}).passes("TT01")


@pytest.mark.parametrize(
    "other", [{"metric": "review_rate", "at_most": 0.3}, {"metric": "accuracy", "of": "topic", "at_least": 0.9}]
)
def test_a_decision_without_a_number_for_good_enough_is_refused(work, other):
    assert targets(work, other).fails("TT01") == ["team has no number for good enough."]
    assert work.places("TT01") == ["decisions.0"]


def test_targets_of_decisions_are_not_asked_where_nothing_is_decided(work):
    assert work.drop("decisions").not_applicable("TT01") == "no decision is written yet"
    assert work.drop("quality").not_applicable("TT01") == "no decision is written yet"


def test_work_without_quality_has_no_number(work):
    assert work.drop("quality").fails("TT01") == ["team has no number for good enough."]


@pytest.mark.parametrize(
    "target",
    [
        {"metric": "accuracy", "at_least": 0.9},
        {"metric": "recall", "class": "fraud", "at_least": 0.9},
        {"metric": "precision", "of": "team", "class": "other", "at_least": 0.9},
        {"metric": "f1", "at_least": 0.9},
        {"metric": "f1", "of": "team", "class": "fraud", "at_least": 0.9},
        {"metric": "field_match", "at_least": 0.9},
        {"metric": "expected_cost", "at_most": 12},
        {"metric": "seconds_p95", "at_most": 30},
        {"metric": "cost_per_item", "at_most": 3},
        {"metric": "error_rate", "at_most": 0},
    ],
)
def test_a_metric_that_can_be_computed_passes(work, target):
    assert targets(work, target).passes("TT02")


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (
            {"metric": "recall", "of": "team", "at_least": 0.9},
            "recall can't be computed for all answers at once.",
        ),
        (
            {"metric": "recall", "class": "frud", "at_least": 0.9},
            "recall can't be computed for an answer that is not allowed (frud).",
        ),
        (
            {"metric": "accuracy", "class": "fraud", "at_least": 0.9},
            "accuracy can't be computed for one class.",
        ),
        (
            {"metric": "recall", "of": "topic", "class": "fraud", "at_least": 0.9},
            "recall can't be computed for an item with several answers.",
        ),
        ({"metric": "accuracy"}, "accuracy has no limit, so nothing can meet it."),
        ({"metric": "accuracy", "at_most": 0.9}, "accuracy with at_most 0.9 asks for bad work."),
        ({"metric": "error_rate", "at_least": 0.1}, "error_rate with at_least 0.1 asks for bad work."),
        ({"metric": "accuracy", "at_least": 95}, "accuracy is a share: 95 is not between 0 and 1."),
    ],
)
def test_a_metric_that_does_not_fit_is_refused(work, target, message):
    assert targets(work, target).fails("TT02") == [message]


def test_a_class_of_a_number_is_refused(work):
    work.put("outputs.fields.team", "integer 0..3")
    assert targets(work, {"metric": "recall", "class": 2, "at_least": 0.9}).fails("TT02") == [
        "recall can't be computed for a number or free text."
    ]


def test_yes_and_one_are_different_classes(work):
    work.put("outputs.fields.team", "yes/no")
    assert targets(work, {"metric": "recall", "class": True, "at_least": 0.9}).passes("TT02")
    assert targets(work, {"metric": "recall", "class": 1, "at_least": 0.9}).fails("TT02")


def test_many_answers_are_shown_as_a_few(work):
    work.put("outputs.fields.team", [f"t{i}" for i in range(20)])
    (finding,) = targets(work, {"metric": "recall", "class": "x", "at_least": 0.9}).result("TT02").findings
    assert finding.expected == "one of t0, t1, t2, t3, t4, t5, t6, t7, ..."


def test_a_cost_target_without_costs_is_refused(work):
    targets(work, {"metric": "expected_cost", "at_most": 12}).drop("quality.error_costs")
    assert work.fails("TT02") == ["expected_cost can't be computed for errors without a cost."]


def test_metrics_are_not_asked_where_there_are_no_targets(work):
    assert work.drop("quality.targets").not_applicable("TT02") == "there are no targets yet"


@pytest.mark.parametrize(("limit", "n"), [(0.95, 59), (0.98, 149), (0.99, 299), (0.995, 598), (0.5, 5), (0.0, 0)])
def test_the_fewest_faultless_cases_are_the_known_numbers(limit, n):
    assert n_faultless(limit, 0.05) == n


def test_no_number_of_cases_shows_perfection():
    assert n_faultless(1.0, 0.05) is None


@pytest.mark.parametrize(("minimum", "passes"), [(72, True), (71, False)])
def test_the_planned_cases_have_to_reach_the_target_when_none_is_wrong(work, minimum, passes):
    targets(work, {"metric": "accuracy", "at_least": 0.95}).put("cases.minimum", minimum)
    if passes:
        assert work.passes("TT03")
    else:
        assert work.fails("TT03") == ["Even 71 perfect cases can only show 0.9494; you ask 0.95."]
        (finding,) = work.result("TT03").findings
        assert finding.mend == "Plan at least 72 cases, or lower the target."


def test_a_limit_on_errors_needs_cases_like_a_limit_on_what_is_right(work):
    targets(work, {"metric": "error_rate", "at_most": 0.01}).put("cases.minimum", 367)
    assert work.fails("TT03")
    assert work.put("cases.minimum", 368).passes("TT03")


def test_a_higher_assurance_needs_more_cases(work):
    targets(work, {"metric": "accuracy", "at_least": 0.95}).put("cases.minimum", 72).put("quality.assurance", 0.99)
    assert work.fails("TT03") == ["Even 72 perfect cases can only show 0.9291; you ask 0.95."]


def test_targets_without_a_planned_number_of_cases_are_refused(work):
    targets(work, {"metric": "accuracy", "at_least": 0.9})
    assert work.drop("cases.minimum").fails("TT03") == ["Nobody planned how many cases show Q1."]
    assert work.result("TT03").findings[0].mend == "Plan at least 36 cases."
    targets(work, {"metric": "accuracy", "at_least": 1})
    assert work.drop("cases").fails("TT03") == ["Nobody planned how many cases show Q1."]


@pytest.mark.parametrize(("assurance", "needed"), [(0.95, 368), (0.9, 299), (0.99, 528)])
def test_the_planned_cases_are_enough_for_the_first_attempt_to_prove_the_target(work, assurance, needed):
    targets(work, {"metric": "accuracy", "at_least": 0.99}).put("quality.assurance", assurance)
    assert work.put("cases.minimum", needed - 1).fails("TT03")
    assert work.put("cases.minimum", needed).passes("TT03")
    spends = delta_of_attempt(1 - assurance, 1)
    shown = [binomial_lower(n, n, spends) for n in (needed - 1, needed)]
    assert shown[0] < 0.99 <= shown[1]


def test_perfection_can_be_shown_by_no_number_of_cases(work):
    assert targets(work, {"metric": "accuracy", "at_least": 1}).fails("TT03") == [
        "No number of cases can show Q1: it asks for perfection."
    ]
    mends = []
    for assurance in (0.95, 0.9):
        work.put("quality.assurance", assurance)
        mends += [finding.mend for finding in work.result("TT03").findings]
    assert mends == [f"Write a limit below perfection: 0.99 takes {n} faultless cases here." for n in (368, 299)]


@pytest.mark.parametrize(
    "target",
    [
        {"metric": "seconds_p95", "at_most": 3},
        {"metric": "accuracy", "at_least": 95},
        {"metric": "accuracy", "at_most": 0.9},
        {"metric": "review_rate", "at_most": 1},
    ],
)
def test_what_no_count_of_cases_judges_needs_no_planned_cases(work, target):
    assert targets(work, target).not_applicable("TT03") == "no target is judged by counting cases"


def test_a_costly_error_with_a_target_of_its_own_passes(work):
    assert work.passes("TT04")


@pytest.mark.parametrize(
    "target",
    [
        {"metric": "accuracy", "at_least": 0.9},
        {"metric": "recall", "of": "team", "class": "orders", "at_least": 0.9},
        {"metric": "recall", "of": "topic", "class": "fraud", "at_least": 0.9},
    ],
)
def test_a_costly_error_that_no_target_guards_is_refused(work, target):
    assert targets(work, target).fails("TT04") == ["'missed fraud' costs 400 each time; no target guards it."]
    assert work.places("TT04") == ["quality.error_costs.1"]


def test_a_costly_error_written_with_double_quotes_or_about_yes_and_no_is_guarded_too(work):
    work.put("quality.error_costs.1.when", 'expected.team == "fraud" && output.team != "fraud"')
    assert work.passes("TT04")
    work.put("quality.error_costs.1.when", "expected.team && !output.team")
    assert targets(work, {"metric": "recall", "class": True, "at_least": 0.9}).passes("TT04")


def test_errors_that_cost_nearly_the_same_need_no_guard(work):
    work.put("quality.error_costs.1.cost", 64)
    assert targets(work, {"metric": "accuracy", "at_least": 0.9}).passes("TT04")
    work.put("quality.error_costs.0.cost", 0).put("quality.error_costs.1.cost", 0)
    assert work.passes("TT04")


def test_costs_are_not_compared_where_there_are_none(work):
    work.drop("quality.error_costs.1")
    assert work.not_applicable("TT04") == "there are no error costs to compare"
    assert work.drop("quality").not_applicable("TT04") == "there are no error costs to compare"


def test_targets_that_can_hold_together_pass(work):
    assert work.passes("TT05")


def test_perfection_without_reviews_is_a_contradiction(work):
    targets(
        work,
        {"metric": "recall", "class": "fraud", "at_least": 1},
        {"metric": "review_rate", "at_most": 0},
        {"metric": "accuracy", "at_least": 0.9},
    )
    assert work.fails("TT05") == ["Q1 and Q2 can't both hold unless the work is perfect."]
    (finding,) = work.result("TT05").findings
    assert finding.found == "recall at least 1 with review_rate at most 0"


def test_limits_that_cross_are_a_contradiction(work):
    targets(
        work,
        {"metric": "review_rate", "at_least": 0.4},
        {"metric": "accuracy", "at_least": 0.9},
        {"metric": "review_rate", "at_most": 0.3},
    )
    assert work.fails("TT05") == ["Q1 and Q3 can't both hold: review_rate at least 0.4 with review_rate at most 0.3."]
    targets(work, {"metric": "review_rate", "at_least": 0.2}, {"metric": "review_rate", "at_most": 0.3})
    assert work.passes("TT05")


def test_one_target_contradicts_nothing(work):
    targets(work, {"metric": "accuracy", "at_least": 0.9})
    assert work.not_applicable("TT05") == "there are no two targets to compare"
