"""The share of right answers that a confidence lets expect."""

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression

from remit.errors import ArgumentInvalid
from remit.stats import expected_right


def pairs(found):
    return [(one.at, one.n, one.n_right) for one in found]


def test_it_is_isotonic_regression_where_cases_are_many():
    rng = np.random.default_rng(3)
    confidence = np.round(rng.random(20_000), 2)
    right = rng.random(20_000) < 0.3 + 0.6 * confidence
    blocks = expected_right(confidence, right)
    at = np.searchsorted([one.at for one in blocks], confidence, side="right") - 1
    found = np.array([one.right for one in blocks])[at]
    fitted = IsotonicRegression().fit_transform(confidence, right)
    assert np.abs(found - fitted).mean() < 0.005


def test_expected_shares_grow_strictly_and_stay_inside_zero_and_one():
    rng = np.random.default_rng(4)
    for n in (1, 2, 7, 60, 400):
        found = expected_right(rng.random(n), rng.random(n) < 0.8)
        shares = [one.right for one in found]
        assert shares == sorted(set(shares))
        assert all(0.0 < one < 1.0 for one in shares)
        assert sum(one.n for one in found) == n


def test_cases_with_the_same_confidence_stay_together():
    assert pairs(expected_right([0.5, 0.5, 0.9, 0.9], [1, 0, 1, 1])) == [(0.5, 2, 1), (0.9, 2, 2)]


def test_a_few_right_answers_at_the_top_are_no_certainty():
    confidence = [0.5] * 100 + [0.9] * 3
    assert pairs(expected_right(confidence, [1] * 96 + [0] * 4 + [1] * 3)) == [(0.5, 103, 99)]
    assert len(expected_right([0.5] * 100 + [0.9] * 100, [1] * 96 + [0] * 4 + [1] * 100)) == 2


def test_less_right_with_more_confidence_is_pooled():
    assert pairs(expected_right([0.1, 0.9], [1, 0])) == [(0.1, 2, 1)]


@pytest.mark.parametrize(("confidence", "right"), [([1.2], [1]), ([0.5], [2]), ([0.5, 0.6], [1]), ([], [])])
def test_what_is_no_share_is_refused(confidence, right):
    with pytest.raises(ArgumentInvalid):
        expected_right(confidence, right)
