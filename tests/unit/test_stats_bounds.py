"""Exact bounds of proportions and what is judged by them."""

import math

import numpy as np
import pytest
from scipy.special import bdtr

from remit import stats


def test_an_upper_bound_is_the_rate_at_which_so_few_are_just_possible():
    for k, n, delta in ((0, 10, 0.05), (3, 50, 0.01), (49, 50, 0.1), (120, 10_000, 0.05)):
        assert bdtr(k, n, stats.binomial_upper(k, n, delta)) == pytest.approx(delta, rel=1e-9)


def test_a_lower_bound_mirrors_the_upper_bound_of_the_opposite():
    k = np.arange(0, 21)
    assert stats.binomial_lower(k, 20, 0.05) == pytest.approx(1 - stats.binomial_upper(20 - k, 20, 0.05), abs=1e-12)


def test_nothing_seen_gives_bounds_that_claim_nothing():
    assert stats.binomial_upper(0, 0, 0.05) == 1.0
    assert stats.binomial_lower(0, 0, 0.05) == 0.0
    assert stats.binomial_upper(7, 7, 0.05) == 1.0
    assert stats.binomial_lower(0, 7, 0.05) == 0.0
    assert stats.binomial_p_value(0, 0, 0.05) == 1.0
    assert stats.f1_bounds(0, 0, 0, 0.05) == stats.Bounds(lower=0.0, upper=1.0)


def test_bounds_of_arrays_are_the_bounds_of_their_elements():
    found = stats.binomial_upper([0, 1, 2], [0, 10, 2], 0.05)
    assert found.tolist() == [stats.binomial_upper(k, n, 0.05) for k, n in ((0, 0), (1, 10), (2, 2))]
    assert isinstance(stats.binomial_lower(1, 2, 0.05), float)


def test_a_p_value_is_small_exactly_when_the_bound_is_below_the_rate():
    for k in range(8):
        for n in range(8, 200, 7):
            assert (stats.binomial_p_value(k, n, 0.05) <= 0.05) == (stats.binomial_upper(k, n, 0.05) <= 0.05)


def test_the_only_proportion_behind_an_f1_score_is_the_intersection_over_the_union():
    found = stats.f1_bounds(45, 3, 2, 0.05)
    low, high = stats.binomial_lower(45, 50, 0.05), stats.binomial_upper(45, 50, 0.05)
    assert found.lower == 2 * low / (1 + low)
    assert found.upper == 2 * high / (1 + high)
    assert found.lower < 90 / 95 < found.upper


def test_holm_stops_at_the_first_claim_that_fails():
    assert stats.holm([0.9, 0.001, 0.02, 0.026], 0.05).tolist() == [False, True, False, False]
    assert stats.holm([0.01, 0.01], 0.05).tolist() == [True, True]
    assert stats.holm([0.05], 0.05).tolist() == [True]


def test_a_target_is_met_by_its_near_bound_and_missed_by_its_far_one():
    assert stats.judge(0.95, 0.99, 0.95, at_least=True) == "met"
    assert stats.judge(0.94, 0.95, 0.95, at_least=True) == "unproven"
    assert stats.judge(0.90, 0.949, 0.95, at_least=True) == "missed"
    assert stats.judge(0.01, 0.05, 0.05, at_least=False) == "met"
    assert stats.judge(0.05, 0.09, 0.05, at_least=False) == "unproven"
    assert stats.judge(0.051, 0.09, 0.05, at_least=False) == "missed"
    assert stats.judge(None, None, 0.05, at_least=False) == "unproven"
    assert stats.judge(None, 0.04, 0.05, at_least=False) == "met"


@pytest.mark.parametrize(
    ("k", "n", "limit", "at_least"),
    [(98, 100, 0.95, True), (2, 100, 0.05, False), (92, 100, 0.95, True), (6, 100, 0.05, False), (10, 10, 0.98, True)],
)
def test_further_cases_at_the_rate_seen_decide_the_target(k, n, limit, at_least):
    more = stats.further_cases(k, n, limit, at_least=at_least, delta=0.05)
    assert more is not None
    assert more > 0

    def verdict(size):
        scaled = k * size / n
        seen = math.floor(scaled + 1e-9) if k / n > limit else math.ceil(scaled - 1e-9)
        return stats.judge(
            stats.binomial_lower(seen, size, 0.05), stats.binomial_upper(seen, size, 0.05), limit, at_least=at_least
        )

    assert verdict(n + more) != "unproven"
    assert verdict(n + more - 1) == "unproven"


def test_a_faultless_start_needs_what_the_plan_says():
    assert stats.further_cases(10, 10, 0.98, at_least=True, delta=0.05) == 149 - 10


def test_further_cases_are_none_where_no_number_would_do_and_zero_where_these_do():
    assert stats.further_cases(95, 100, 0.95, at_least=True, delta=0.05) is None
    assert stats.further_cases(0, 0, 0.95, at_least=True, delta=0.05) is None
    assert stats.further_cases(950_001, 1_000_000, 0.95, at_least=True, delta=0.05) is None
    assert stats.further_cases(1000, 1000, 0.95, at_least=True, delta=0.05) == 0


def test_bets_bound_a_mean_in_its_own_unit():
    rng = np.random.default_rng(3)
    values = rng.beta(2, 5, 500)
    unit = stats.mean_upper(values, low=0, high=1, delta=0.05, rng=np.random.default_rng(4))
    euros = stats.mean_upper(values * 50 - 10, low=-10, high=40, delta=0.05, rng=np.random.default_rng(4))
    assert euros == pytest.approx(unit * 50 - 10, abs=1e-6)
    assert values.mean() < unit < values.mean() + 0.03
    low = stats.mean_lower(values, low=0, high=1, delta=0.05, rng=np.random.default_rng(4))
    assert values.mean() - 0.03 < low < values.mean()


def test_a_single_value_does_not_end_a_bet():
    values = np.zeros(2000)
    values[0] = 1.0
    assert stats.mean_upper(values, low=0, high=1, delta=0.05, rng=np.random.default_rng(4)) < 0.02


def test_f1_over_fields_is_a_ratio_of_sums_and_not_a_mean_of_ratios():
    rng = np.random.default_rng(5)
    tp = rng.integers(0, 5, 3000)
    wrong = np.minimum(rng.random(3000) < 0.4, 4 - tp)
    f1 = 2 * tp.sum() / (2 * tp + 2 * wrong).sum()
    found = stats.f1_bounds_fields(tp, wrong, wrong, n_fields=4, delta=0.05, rng=rng)
    assert f1 - 0.05 < found.lower < f1 < found.upper < f1 + 0.05


def test_a_bound_of_a_mean_never_contradicts_the_mean_it_is_shown_with():
    """Rare large losses that the random order puts at the end: an early bet would claim that there are none."""
    losses = np.zeros(700)
    losses[:24] = 1.0
    for seed in (39, 62, 73, 92, 159):
        upper = stats.mean_upper(losses, low=0, high=1, delta=0.05, rng=np.random.default_rng(seed))
        lower = stats.mean_lower(1 - losses, low=0, high=1, delta=0.05, rng=np.random.default_rng(seed))
        assert upper >= losses.mean()
        assert lower <= (1 - losses).mean()


def test_bounds_of_f1_never_contradict_the_score_they_are_shown_with():
    wrong = np.zeros(700, dtype=int)
    wrong[:24] = 1
    for seed in (39, 62, 73, 92, 159):
        rng = np.random.default_rng(seed)
        bounds = stats.f1_bounds_fields(1 - wrong, wrong, wrong, n_fields=1, delta=0.05, rng=rng)
        assert bounds.lower <= 676 / 700 <= bounds.upper


def test_cases_without_any_field_say_nothing_of_f1():
    none = np.zeros(50, dtype=int)
    bounds = stats.f1_bounds_fields(none, none, none, n_fields=3, delta=0.05, rng=np.random.default_rng(5))
    assert (bounds.lower, bounds.upper) == (0.0, 1.0)
