"""Paired comparison and calibration."""

import numpy as np
import pytest

import remit.stats
from remit import stats


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
