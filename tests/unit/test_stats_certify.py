"""Certifying a threshold: ties, starts, slices, coverage, warnings, and what is missing."""

import math

import numpy as np
import pytest

from remit import stats
from remit.errors import ArgumentInvalid

METHODS = ("step_down", "single_step", "fixed_sequence")


def falling(n, seed=0, n_values=None):
    rng = np.random.default_rng(seed)
    confidence = rng.random(n)
    wrong = rng.random(n) < 0.4 * (1 - confidence) ** 3
    if n_values:
        confidence = np.floor(confidence * n_values) / n_values
    return confidence, wrong


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("n_values", [None, 6, 200])
def test_the_certificate_counts_what_lies_at_or_above_its_threshold(method, n_values):
    confidence, wrong = falling(1000, n_values=n_values)
    found = stats.certify(confidence, wrong, alpha=0.05, method=method)
    acted = confidence >= found.threshold
    assert found.n_acted == acted.sum()
    assert found.n_wrong == wrong[acted].sum()
    assert found.coverage == found.n_acted / 1000
    assert 0 < found.level <= found.delta
    assert found.n_wrong / found.n_acted < found.upper_bound <= found.alpha
    assert found.method == method


def test_step_down_certifies_more_than_the_others():
    confidence, wrong = falling(1000, seed=3)
    n_acted = [stats.certify(confidence, wrong, alpha=0.05, method=method).n_acted for method in METHODS]
    assert n_acted[0] > n_acted[1]
    assert n_acted[0] >= n_acted[2]


def test_the_fixed_sequence_stops_at_its_first_failure():
    wrong = np.zeros(300, dtype=int)
    wrong[100:108] = 1  # recovers later, which must not count
    found = stats.certify(-np.arange(300.0), wrong, alpha=0.05, method="fixed_sequence")
    assert found.n_acted < 108
    assert stats.binomial_p_value(int(wrong.sum()), 300, 0.05) <= 0.05


def test_answers_have_no_say_in_where_the_fixed_sequence_starts():
    # The first 60 faultless cases would pass at 59, but 300 cases start at 100 whatever the answers are.
    wrong = np.zeros(300, dtype=int)
    wrong[60:100] = 1
    found = stats.certify(-np.arange(300.0), wrong, alpha=0.05, method="fixed_sequence")
    assert isinstance(found, stats.NotEnoughEvidence)


@pytest.mark.parametrize("method", METHODS)
def test_a_tie_is_never_split(method):
    confidence, wrong = falling(2000, n_values=5)
    found = stats.certify(confidence, wrong, alpha=0.05, method=method)
    assert found.n_acted in {(confidence >= value).sum() for value in np.unique(confidence)}


@pytest.mark.parametrize("method", METHODS)
def test_the_order_within_a_tie_does_not_matter(method):
    confidence, wrong = falling(2000, n_values=7)
    order = np.random.default_rng(2).permutation(2000)
    assert stats.certify(confidence, wrong, alpha=0.05, method=method) == stats.certify(
        confidence[order], wrong[order], alpha=0.05, method=method
    )


def test_few_distinct_confidences_are_certified_block_by_block():
    # Five blocks of 200: the first three pass a test at full delta each, the fourth does not.
    confidence = np.repeat([5, 4, 3, 2, 1], 200)
    wrong = np.concatenate([np.arange(200) < k for k in (1, 3, 8, 90, 100)])
    assert stats.certify(confidence, wrong, alpha=0.05).n_acted == 600


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("confidence", [None, [0.7] * 59])
def test_without_a_confidence_that_tells_cases_apart_it_is_all_or_nothing(confidence, method):
    found = stats.certify(confidence, [0] * 59, alpha=0.05, method=method)
    assert found.n_acted == 59
    assert found.threshold == (None if confidence is None else 0.7)
    assert not any("band" in assumption for assumption in found.assumptions)
    nothing = stats.certify(confidence, [0] * 58 + [1], alpha=0.05, method=method)
    assert nothing.needed_error_free == 93 - 59


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("n", [10, 58])
def test_too_few_cases_say_how_many_more_are_needed(method, n):
    found = stats.certify(np.arange(n), [0] * n, alpha=0.05, method=method)
    assert isinstance(found, stats.NotEnoughEvidence)
    assert found.needed_error_free == 59 - n
    assert found.n_cases == n
    assert found.needed_error_free == 59 - n


def test_what_is_missing_is_said_of_the_threshold_that_comes_closest():
    wrong = np.zeros(400, dtype=int)
    wrong[[50, 70, 90]] = 1
    wrong[100:] = 1
    found = stats.certify(-np.arange(400.0), wrong, alpha=0.05)
    assert found.needed_error_free == 59 - 50
    assert found.why.startswith("no error among the 50 most confident cases does not show")
    one = stats.certify(None, [1] + [0] * 59, alpha=0.05)
    assert one.why.startswith("1 error among the 60 cases does not show an error rate of at most 5 %")
    assert one.needed_error_free == 33


def test_further_error_free_cases_are_never_fewer_than_one():
    # At full delta the whole set would pass, but the search over thresholds has its price.
    wrong = np.zeros(60, dtype=int)
    wrong[0] = 1
    n = int(stats.cases_for(1, 0.05, 0.05)[0])
    found = stats.certify(-np.arange(float(n)), [1] + [0] * (n - 1), alpha=0.05, shape=stats.Shape.flat())
    assert found.needed_error_free == 1


def test_coverage_counts_the_cases_that_may_never_be_acted_on():
    found = stats.certify(None, [0] * 60, alpha=0.05, n_cases=120)
    assert found.coverage == 0.5
    assert found.n_cases == 120


def test_a_bad_tip_is_warned_about():
    wrong = np.zeros(1000, dtype=int)
    wrong[:9] = 1
    found = stats.certify(-np.arange(1000.0), wrong, alpha=0.05)
    assert found.warnings == ("the 30 most confident cases are wrong 30 % of the time",)
    assert stats.certify(-np.arange(1000.0), np.zeros(1000, dtype=int), alpha=0.05).warnings == ()
    assert stats.certify(-np.arange(40.0), [1] * 10 + [0] * 30, alpha=0.05).warnings == ()


def test_each_slice_has_a_certificate_and_all_of_them_share_delta():
    confidence, wrong = falling(900, seed=4)
    names = np.array(["north", "south", "west"])[np.arange(900) % 3]
    wrong = wrong | ((names == "west") & (np.random.default_rng(1).random(900) < 0.3))
    found = stats.certify(confidence, wrong, alpha=0.05, slices=names)
    by_name = {each.name: each.result for each in found.slices}
    assert list(by_name) == ["north", "south", "west"]
    assert isinstance(by_name["west"], stats.NotEnoughEvidence)
    assert by_name["north"] == stats.certify(
        confidence[names == "north"], wrong[names == "north"], alpha=0.05, delta=0.05 / 3
    )
    assert isinstance(found, stats.NotEnoughEvidence)
    assert "holds overall, not for each slice" in by_name["north"].assumptions


def test_a_slice_certified_whole_hands_its_delta_on():
    names = ["faultless"] * 400 + ["narrow"] * 93
    wrong = [0] * 400 + [1] + [0] * 92
    found = stats.certify(None, wrong, alpha=0.05, slices=names)
    results = {each.name: each.result for each in found.slices}
    assert results["faultless"].delta == 0.025
    # 93 cases with one error are enough at .05, not at .025.
    assert results["narrow"].delta == 0.05
    assert isinstance(results["narrow"], stats.Certified)


def test_a_slice_too_small_for_any_certificate_takes_no_share_from_the_others():
    parts = {"large": np.arange(160) < 100, "small": np.arange(160) >= 100}
    found = {one.name: one.result for one in stats.certify_slices(None, np.zeros(160), parts, alpha=0.05, delta=0.025)}
    assert (found["large"].delta, found["large"].n_acted) == (0.025, 100)
    assert isinstance(found["small"], stats.NotEnoughEvidence)
    assert found["small"].needed_error_free == 86 - 60  # at half of delta: .95^86 <= .0125


def test_a_slice_that_is_too_small_at_its_share_is_not_tried_at_a_larger_one():
    # 60 would do alone (.95^59 <= .05), and beside one other only 72 or more would.
    parts = {"large": np.arange(160) < 100, "small": np.arange(160) >= 100}
    found = {one.name: one.result for one in stats.certify_slices(None, np.zeros(160), parts, alpha=0.05)}
    assert (found["large"].delta, isinstance(found["small"], stats.NotEnoughEvidence)) == (0.05, True)


def test_slices_may_overlap_and_share_delta_all_the_same():
    confidence, wrong = falling(600, seed=4)
    parts = {"even": np.arange(600) % 2 == 0, "all": np.ones(600)}
    found = stats.certify_slices(confidence, wrong, parts, alpha=0.05)
    assert [one.name for one in found] == ["even", "all"]
    assert [one.result.delta for one in found] == [0.025, 0.025]


@pytest.mark.parametrize(
    ("part", "why"), [(np.zeros(60), "empty"), (np.ones(59), "as long as wrong"), ([2] * 60, "0 or 1")]
)
def test_a_slice_is_of_these_cases_and_not_empty(part, why):
    with pytest.raises(ArgumentInvalid, match=why):
        stats.certify_slices(None, np.zeros(60), {"a": part}, alpha=0.05)


def test_slices_must_name_every_case():
    with pytest.raises(ArgumentInvalid, match="as long as wrong"):
        stats.certify(None, [0] * 60, alpha=0.05, slices=["a"])


def test_levels_for_something_else_are_refused():
    confidence, wrong = falling(300)
    table = stats.levels_for(0.05, 0.05, 200)
    for alpha, levels, shape, why in (
        (0.04, stats.levels_for(0.05, 0.05, 300), None, "for 0.04 and 0.05"),
        (0.05, table, None, "for at least 300 cases"),
        (0.05, stats.levels_for(0.05, 0.05, 300), stats.Shape.flat(), "of the shape"),
    ):
        with pytest.raises(ArgumentInvalid, match=why):
            stats.certify(confidence, wrong, alpha=alpha, levels=levels, shape=shape)


def test_levels_are_looked_up_and_kept_in_the_cache_given():
    confidence, wrong = falling(300)
    kept = {}
    first = stats.certify(confidence, wrong, alpha=0.05, cache=kept)
    (key,) = kept
    assert "0.05-0.05-306" in key  # shared by 292 to 306 cases
    kept[key] = stats.Levels.from_json(kept[key].to_json())
    assert stats.certify(confidence, wrong, alpha=0.05, cache=kept) == first
    assert stats.certify(confidence, wrong, alpha=0.05, levels=kept[key]) == first


def test_a_table_for_more_cases_is_valid_for_fewer():
    confidence, wrong = falling(300)
    found = stats.certify(confidence, wrong, alpha=0.05, levels=stats.levels_for(0.05, 0.05, 350))
    own = stats.certify(confidence, wrong, alpha=0.05)
    assert 0.8 * own.n_acted < found.n_acted < 1.2 * own.n_acted


def test_a_shape_comes_from_other_cases_and_has_its_limits():
    confidence, wrong = falling(400, seed=9)
    shape = stats.shape_from(confidence, wrong, alpha=0.05)
    assert 0.3 < shape.centre < 0.8
    assert stats.shape_from(np.arange(100.0), [1] * 100, alpha=0.05).centre == 0.05
    for bad in ({"centre": 0.0}, {"centre": 1.1}, {"width": 0.0}, {"floor": 0.001}, {"width": math.nan}):
        with pytest.raises(ArgumentInvalid):
            stats.Shape(**bad)


def test_the_curve_ends_with_acting_on_everything_and_keeps_to_block_ends():
    confidence, wrong = falling(5000)
    curve = stats.risk_coverage(confidence, wrong, delta=0.05, points=50)
    assert len(curve) == 50
    assert curve[-1].n_acted == 5000
    assert curve[-1].n_wrong == wrong.sum()
    for point in curve:
        assert point.n_acted == (confidence >= point.threshold).sum()
        assert point.rate == point.n_wrong / point.n_acted <= point.upper
    assert [point.n_acted for point in curve] == sorted({point.n_acted for point in curve})


def test_without_confidence_the_curve_is_one_point():
    (point,) = stats.risk_coverage(None, [0, 0, 0, 1], delta=0.05, n_cases=8)
    assert (point.threshold, point.coverage, point.rate) == (None, 0.5, 0.25)


def test_costs_are_certified_down_a_frozen_grid_until_the_first_failure():
    rng = np.random.default_rng(1)
    confidence = rng.random(4000)
    cost = np.where(rng.random(4000) < 0.3 * (1 - confidence) ** 2, rng.random(4000) * 20, 0.0)
    grid = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1]
    found = stats.certify_cost(confidence, cost, budget=0.5, highest=20.0, grid=grid, rng=rng)
    acted = confidence >= found.threshold
    assert found.threshold in grid
    assert found.n_acted == acted.sum()
    assert found.mean_cost == pytest.approx(cost[acted].mean())
    assert found.mean_cost < found.upper_bound <= 0.5
    assert found.coverage == acted.mean()


def test_costs_that_are_not_shown_to_be_low_say_how_many_further_cases_would_do():
    rng = np.random.default_rng(1)
    found = stats.certify_cost([0.9] * 30, [0.0] * 30, budget=0.5, highest=10.0, grid=[0.5], rng=rng)
    assert isinstance(found, stats.NotEnoughCostEvidence)
    assert 20 < found.needed_free < 200
    assert f"at least {found.needed_free} further" in found.why
    nothing = stats.certify_cost([0.1] * 30, [0.0] * 30, budget=1e-6, highest=10.0, grid=[0.5], rng=rng)
    assert nothing.needed_free is None
    assert "more than a million" in nothing.why


def test_a_grid_that_passes_to_its_end_is_certified_to_its_end():
    rng = np.random.default_rng(1)
    found = stats.certify_cost(rng.random(500), np.zeros(500), budget=1, highest=10, grid=[0.5, 0.0], rng=rng)
    assert (found.threshold, found.coverage) == (0.0, 1.0)


def test_a_cost_grid_has_to_fall():
    with pytest.raises(ArgumentInvalid, match=r"grid\[2\] is 0.8"):
        stats.certify_cost([0.1], [0.0], budget=1, highest=10, grid=[0.9, 0.8, 0.8], rng=np.random.default_rng(1))
