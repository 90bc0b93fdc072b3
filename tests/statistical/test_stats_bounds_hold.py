"""Bounds fail no more often than they promise: seeded, with the tolerance of the binomial."""

import numpy as np

from remit import stats

TRIALS = 1000
# The 99.9 % quantile of Binomial(1000, .05) / 1000.
AT_MOST = 0.073


def test_a_betting_bound_fails_no_more_often_than_delta():
    rng = np.random.default_rng(10)
    high = low = 0
    for _ in range(TRIALS):
        values = rng.beta(0.3, 6.0, 150)
        high += stats.mean_upper(values, low=0, high=1, delta=0.05, rng=rng) < 0.3 / 6.3
        low += stats.mean_lower(values, low=0, high=1, delta=0.05, rng=rng) > 0.3 / 6.3
    assert high / TRIALS <= AT_MOST
    assert low / TRIALS <= AT_MOST


def test_the_bounds_of_f1_over_dependent_fields_fail_no_more_often_than_delta():
    rng = np.random.default_rng(11)
    high = low = 0
    for _ in range(TRIALS):
        hard = rng.random(120) < 0.2
        tp = np.where(hard, rng.binomial(3, 0.5, 120), 3)
        wrong = 3 - tp
        found = stats.f1_bounds_fields(tp, wrong, wrong, n_fields=3, delta=0.05, rng=rng)
        low += found.lower > 0.9
        high += found.upper < 0.9
    assert high / TRIALS <= AT_MOST
    assert low / TRIALS <= AT_MOST


def test_a_certificate_at_the_edge_of_its_budget_is_wrong_no_more_often_than_delta():
    rng = np.random.default_rng(12)
    wrong_claims = 0
    for _ in range(2000):
        found = stats.certify(rng.random(400), rng.random(400) < 0.05001, alpha=0.05, method="fixed_sequence")
        wrong_claims += isinstance(found, stats.Certified)
    assert wrong_claims / 2000 <= 0.066
