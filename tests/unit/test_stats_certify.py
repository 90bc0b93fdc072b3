"""Certifying a threshold: ties, starts, coverage, warnings, and what is missing."""

import numpy as np
import pytest

from remit import stats


def falling(n, seed=0, n_values=None):
    rng = np.random.default_rng(seed)
    confidence = rng.random(n)
    wrong = rng.random(n) < 0.4 * (1 - confidence) ** 3
    if n_values:
        confidence = np.floor(confidence * n_values) / n_values
    return confidence, wrong


def test_the_certificate_counts_what_lies_at_or_above_its_threshold():
    confidence, wrong = falling(1000)
    found = stats.certify(confidence, wrong, alpha=0.05, method="fixed_sequence")
    acted = confidence >= found.threshold
    assert found.n_acted == acted.sum()
    assert found.n_wrong == wrong[acted].sum()
    assert found.coverage == found.n_acted / 1000
    assert found.upper_bound <= found.alpha


def test_the_fixed_sequence_stops_at_its_first_failure():
    wrong = np.zeros(300, dtype=int)
    wrong[100:108] = 1  # recovers later, which must not count
    found = stats.certify(-np.arange(300.0), wrong, alpha=0.05, method="fixed_sequence")
    assert found.n_acted < 108
    assert stats.binomial_p_value(int(wrong.sum()), 300, 0.05) <= 0.05


def test_a_tie_is_never_split():
    confidence, wrong = falling(2000, n_values=5)
    found = stats.certify(confidence, wrong, alpha=0.05, method="fixed_sequence")
    assert found.n_acted in {(confidence >= value).sum() for value in np.unique(confidence)}


def test_the_order_within_a_tie_does_not_matter():
    confidence, wrong = falling(2000, n_values=7)
    order = np.random.default_rng(2).permutation(2000)
    assert stats.certify(confidence, wrong, alpha=0.05) == stats.certify(confidence[order], wrong[order], alpha=0.05)


@pytest.mark.parametrize("confidence", [None, [0.7] * 59])
def test_without_a_confidence_that_tells_cases_apart_it_is_all_or_nothing(confidence):
    found = stats.certify(confidence, [0] * 59, alpha=0.05, method="fixed_sequence")
    assert found.n_acted == 59
    assert found.threshold == (None if confidence is None else 0.7)
    nothing = stats.certify(confidence, [0] * 58 + [1], alpha=0.05, method="fixed_sequence")
    assert nothing.needed_error_free == 93 - 59


def test_too_few_cases_say_how_many_more_are_needed():
    found = stats.certify(None, [0] * 40, alpha=0.05)
    assert isinstance(found, stats.NotEnoughEvidence)
    assert found.needed_error_free == 19
    assert found.n_cases == 40
    assert "19 further" in found.why


def test_coverage_counts_the_cases_that_may_never_be_acted_on():
    found = stats.certify(None, [0] * 60, alpha=0.05, n_cases=120)
    assert found.coverage == 0.5
    assert found.n_cases == 120


def test_answers_have_no_say_in_where_the_fixed_sequence_starts():
    # The first 100 faultless cases pass at 59, but 300 cases start at 100 whatever the answers are.
    wrong = np.zeros(300, dtype=int)
    wrong[60:100] = 1
    assert isinstance(
        stats.certify(-np.arange(300.0), wrong, alpha=0.05, method="fixed_sequence"), stats.NotEnoughEvidence
    )


def test_a_bad_tip_is_warned_about():
    wrong = np.zeros(1000, dtype=int)
    wrong[:9] = 1
    found = stats.certify(-np.arange(1000.0), wrong, alpha=0.05)
    assert found.warnings == ("the 30 most confident cases are wrong 30 % of the time",)
    assert stats.certify(-np.arange(1000.0), np.zeros(1000, dtype=int), alpha=0.05).warnings == ()


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
