"""Paired comparison and calibration."""

import numpy as np
import pytest
from scipy.stats import mannwhitneyu  # noqa: TID251

import remit.stats
from remit import stats
from remit.errors import ArgumentInvalid


def test_only_the_cases_that_one_alone_got_wrong_decide():
    a = np.array([1] * 50 + [0] * 10 + [1] * 2)
    b = np.array([1] * 50 + [1] * 10 + [0] * 2)
    found = stats.compare_paired(a, b)
    assert (found.n_only_a, found.n_only_b, found.n_wrong_a, found.n_wrong_b) == (2, 10, 52, 60)
    assert found.p_value == pytest.approx(79 / 4096)
    assert found.p_value_two_sided == pytest.approx(158 / 4096)
    assert found.verdict == "a_better"
    assert stats.compare_paired(b, a).verdict == "b_better"


def test_equal_executors_are_undecided():
    found = stats.compare_paired([1, 0, 1], [1, 0, 1])
    assert (found.p_value, found.p_value_two_sided, found.verdict) == (1.0, 1.0, "undecided")


def test_a_confidence_that_means_what_it_says_has_a_small_error():
    rng = np.random.default_rng(1)
    confidence = rng.random(20_000)
    honest = stats.calibration_error(confidence, rng.random(20_000) < confidence, rng=rng, n_boot=50)
    boasting = stats.calibration_error(confidence, rng.random(20_000) < confidence**2, rng=rng, n_boot=50)
    assert honest.error < 0.02
    assert boasting.error == pytest.approx(1 / 6, abs=0.01)
    assert boasting.error <= boasting.upper < 0.2


def test_every_public_name_is_found_and_an_unknown_one_is_not():
    assert sorted(remit.stats.__all__) == remit.stats.__all__ == dir(remit.stats)
    assert all(getattr(remit.stats, name) is not None for name in remit.stats.__all__)
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = remit.stats.no_such_name


def test_a_rank_test_is_small_where_the_second_sample_is_larger_and_not_the_other_way():
    rng = np.random.default_rng(5)
    first, second = rng.normal(0, 1, 80), rng.normal(1, 1, 80)
    assert stats.rank_test(first, second, rng=rng).p_value <= 0.001
    assert stats.rank_test(second, first, rng=rng).p_value > 0.9
    assert stats.rank_test(first, first, rng=rng).share == pytest.approx(0.5)


def test_a_rank_test_of_equal_values_shows_nothing():
    found = stats.rank_test([1.0] * 30, [1.0] * 40, rng=np.random.default_rng(1), n_permutations=99)
    assert (found.share, found.p_value) == (0.5, 1.0)


def test_a_rank_test_rejects_as_often_as_it_says_with_ties_too():
    rng = np.random.default_rng(11)
    small = sum(
        stats.rank_test(rng.integers(0, 4, 15), rng.integers(0, 4, 25), rng=rng, n_permutations=99).p_value <= 0.1
        for _ in range(400)
    )
    assert stats.binomial_lower(small, 400, 0.001) <= 0.1
    assert small > 10


def test_the_share_is_that_of_mann_and_whitney():
    rng = np.random.default_rng(2)
    first, second = rng.integers(0, 9, 50), rng.integers(2, 11, 70)
    theirs = mannwhitneyu(second, first, alternative="greater", method="asymptotic")
    ours = stats.rank_test(first, second, rng=rng, n_permutations=1999)
    assert ours.share == pytest.approx(theirs.statistic / (50 * 70))
    assert ours.p_value == pytest.approx(theirs.pvalue, abs=0.03)


def test_a_rank_test_refuses_empty_and_infinite():
    for bad in ([], [float("inf")]):
        with pytest.raises(ArgumentInvalid, match="first"):
            stats.rank_test(bad, [1.0], rng=np.random.default_rng(1))
