"""Slices are claimed singly: Holm's steps, worked out by hand, and only where there are cases enough."""

from math import comb, isclose

import pytest
from tests.unit.proof.works import case, quality, refunds, said, tally_of, target

from remit.proof.targets import SMALLEST_SLICE, judge_slices
from remit.readiness.facts import TargetVerdict

MET, MISSED, UNPROVEN = TargetVerdict.MET, TargetVerdict.MISSED, TargetVerdict.UNPROVEN


def at_most_k(k, n, p):
    return sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1))


def judged(one, delta=0.05, *, slow=False, **regions):
    """``regions`` are slices by name: how many right, how many wrong."""
    definition = refunds(quality=quality(one, slices=("region",)))
    answered = [
        (case(f"{name}{i}", slices={"region": name}), said("yes" if i < right else "no", seconds=9.0 if slow else 0.1))
        for name, (right, wrong) in regions.items()
        for i in range(right + wrong)
    ]
    tally = tally_of(definition, answered).targets[0]
    return {fact.slice_value: fact for fact in judge_slices(tally, delta)}


def verdicts(*args, **parts):
    return {name: fact.verdict for name, fact in judged(*args, **parts).items()}


AT_LEAST_90 = target("accuracy", at_least=0.9)


def test_one_slice_alone_has_the_whole_delta():
    assert verdicts(AT_LEAST_90, a=(30, 0)) == {"a": MET}  # 0.9^30 = .0424 <= .05
    assert verdicts(AT_LEAST_90, delta=0.04, a=(30, 0)) == {"a": UNPROVEN}


def test_two_slices_by_the_steps_of_holm():
    # p: a .9^60 = .0018 <= .05/2; then b .9^30 = .0424 <= .05/1. By Bonferroni b would not do.
    assert verdicts(AT_LEAST_90, a=(60, 0), b=(30, 0)) == {"a": MET, "b": MET}


def test_a_first_step_that_fails_ends_all_of_them():
    # p: .9^30 = .0424 twice; the first has to be <= .025.
    assert verdicts(AT_LEAST_90, a=(30, 0), b=(30, 0)) == {"a": UNPROVEN, "b": UNPROVEN}


def test_three_slices_stop_at_the_step_that_fails():
    # p: .0018 <= .05/3; .0424 > .05/2, so the second and all after it stay open.
    found = verdicts(AT_LEAST_90, a=(60, 0), b=(30, 0), c=(38, 2))
    assert found == {"a": MET, "b": UNPROVEN, "c": UNPROVEN}


def test_a_slice_that_is_worse_is_missed_with_a_correction_of_its_own():
    p = at_most_k(23, 30, 0.9)  # .0258
    assert 0.025 < p < 0.05
    assert verdicts(AT_LEAST_90, a=(23, 7)) == {"a": MISSED}
    assert verdicts(AT_LEAST_90, a=(23, 7), b=(60, 0)) == {"a": UNPROVEN, "b": MET}
    assert verdicts(AT_LEAST_90, a=(23, 7), b=(10, 30)) == {"a": MISSED, "b": MISSED}


def test_from_the_other_side_it_is_the_mirror():
    at_most_10 = target("error_rate", at_most=0.1)
    assert verdicts(at_most_10, a=(60, 0), b=(30, 0)) == {"a": MET, "b": MET}
    assert verdicts(at_most_10, a=(30, 0), b=(30, 0)) == {"a": UNPROVEN, "b": UNPROVEN}
    assert verdicts(at_most_10, a=(23, 7)) == {"a": MISSED}


@pytest.mark.parametrize(
    ("one", "found"),
    [
        (target("accuracy", at_least=1.0), {"a": UNPROVEN, "b": MISSED}),
        (target("accuracy", at_least=0.0), {"a": MET, "b": MET}),
        (target("accuracy", at_most=1.0), {"a": MET, "b": MET}),
        (target("error_rate", at_most=0.0), {"a": UNPROVEN, "b": MISSED}),
    ],
)
def test_limits_of_zero_and_one(one, found):
    assert verdicts(one, a=(40, 0), b=(39, 1)) == found


def test_slices_with_fewer_cases_are_not_judged_and_do_not_cost_the_others():
    assert SMALLEST_SLICE == 30
    assert verdicts(AT_LEAST_90, a=(30, 0), b=(29, 0)) == {"a": MET}
    assert judged(AT_LEAST_90, a=(29, 0)) == {}


def test_the_bounds_shown_are_at_the_share_of_one_slice():
    found = judged(AT_LEAST_90, a=(60, 0), b=(30, 0))
    assert isclose(found["a"].lower, 0.025 ** (1 / 60))
    assert isclose(found["b"].lower, 0.025 ** (1 / 30))
    assert (found["b"].verdict, found["b"].lower < 0.9) == (MET, True)  # Holm's steps gain on the shown bound
    assert (found["a"].value, found["a"].n, found["a"].slice_column) == (1.0, 60, "region")


def test_an_open_slice_says_how_many_more_cases_would_decide_it():
    found = judged(AT_LEAST_90, a=(30, 0), b=(30, 0))
    assert found["a"].n_more == 6  # .9^36 = .0225 <= .025 < .9^35
    assert 0.9**36 <= 0.025 < 0.9**35


def test_f1_of_a_class_is_judged_by_slice_in_its_own_unit():
    one = target("f1", class_="yes", at_least=0.9)
    found = judged(one, a=(60, 0))["a"]
    j = 0.05 ** (1 / 60)
    assert (found.verdict, found.limit) == (MET, 0.9)
    assert isclose(found.lower, 2 * j / (1 + j))
    # An F1 of at least .9 is an overlap of at least 9/11.
    assert verdicts(one, a=(30, 0), b=(14, 0)) == {"a": MET}
    assert (9 / 11) ** 30 < 0.05


def test_recall_by_slice_counts_only_its_class():
    found = judged(target("recall", class_="yes", at_least=0.9), a=(30, 10), b=(25, 4))
    assert found["a"].n == 40
    assert "b" not in found
    assert judged(target("recall", class_="no", at_least=0.9), a=(60, 0)) == {}


def test_speed_is_no_question_between_slices():
    assert judged(target("seconds_p95", at_most=1.0), slow=True, a=(60, 0)) == {}


@pytest.mark.parametrize("metric", ["expected_cost", "cost_per_item", "review_rate"])
def test_what_is_no_share_of_cases_is_not_judged_by_slice(metric):
    assert judged(target(metric, at_most=0.5), a=(60, 0)) == {}


def test_each_slice_says_what_the_target_is_of():
    assert judged(target("recall", class_="yes", at_least=0.9), a=(30, 0))["a"].about == "refund = yes"
