"""Bad numbers are refused with the argument, the index and the domain."""

import math

import numpy as np
import pytest

from remit import stats
from remit.errors import ArgumentInvalid

RNG = np.random.default_rng(1)


@pytest.mark.parametrize(
    ("call", "where", "domain"),
    [
        (lambda: stats.certify([0.9, math.nan], [0, 1], alpha=0.05), "confidence[1]", "a finite number"),
        (lambda: stats.certify([0.9, math.inf], [0, 1], alpha=0.05), "confidence[1]", "a finite number"),
        (lambda: stats.certify([0.9, 0.8], [0, 2], alpha=0.05), "wrong[1]", "0 or 1"),
        (lambda: stats.certify([0.9, 0.8], [math.nan, 0], alpha=0.05), "wrong[0]", "0 or 1"),
        (lambda: stats.certify([], [], alpha=0.05), "wrong", "at least one value"),
        (lambda: stats.certify([[0.9]], [[1]], alpha=0.05), "wrong", "one dimension"),
        (lambda: stats.certify([0.9], [0, 1], alpha=0.05), "wrong", "as long as confidence"),
        (lambda: stats.certify([0.9], ["no"], alpha=0.05), "wrong", "0 or 1"),
        (lambda: stats.certify([0.9], [0], alpha=0.0), "alpha", "above 0 and below 1"),
        (lambda: stats.certify([0.9], [0], alpha=0.05, delta=1.0), "delta", "above 0 and below 1"),
        (lambda: stats.certify([0.9], [0], alpha=math.nan), "alpha", "above 0 and below 1"),
        (lambda: stats.certify([0.9], [0], alpha=0.05, method="best_of_many"), "method", "'fixed_sequence'"),
        (lambda: stats.certify([0.9], [0], alpha=0.05, n_cases=0), "n_cases", "at least 1"),
        (lambda: stats.binomial_upper(3, 2, 0.05), "k", "at most n"),
        (lambda: stats.binomial_upper([1, 3], [2, 2], 0.05), "k[1]", "at most n"),
        (lambda: stats.binomial_lower(-1, 2, 0.05), "k", "a whole number of at least 0"),
        (lambda: stats.binomial_lower([1, 1.5], 2, 0.05), "k[1]", "a whole number"),
        (lambda: stats.binomial_lower([1, 1], [2, 2, 2], 0.05), "n", "fits k"),
        (lambda: stats.binomial_p_value(1, 2, 0.0), "rate", "above 0 and below 1"),
        (lambda: stats.mean_upper([0.5, 2], low=0, high=1, delta=0.1, rng=RNG), "values[1]", "at most 1"),
        (lambda: stats.mean_upper([0.5], low=1, high=1, delta=0.1, rng=RNG), "high", "above 1"),
        (lambda: stats.mean_lower([-1], low=0, high=1, delta=0.1, rng=RNG), "values[0]", "at least 0"),
        (lambda: stats.f1_bounds(-1, 0, 0, 0.05), "tp", "at least 0"),
        (lambda: stats.f1_bounds_fields([1, 2], [0, 1], [0, 0], n_fields=2, delta=0.1, rng=RNG), "fp[1]", "n_fields"),
        (lambda: stats.f1_bounds_fields([1], [0], [2], n_fields=2, delta=0.1, rng=RNG), "fn[0]", "n_fields"),
        (lambda: stats.f1_bounds_fields([], [], [], n_fields=2, delta=0.1, rng=RNG), "tp", "at least one value"),
        (lambda: stats.holm([0.1, 1.2], 0.05), "p_values[1]", "at most 1"),
        (lambda: stats.judge(0.9, 0.8, 0.5, at_least=True), "lower", "at most upper"),
        (lambda: stats.judge(math.nan, None, 0.5, at_least=True), "lower", "a finite number"),
        (lambda: stats.further_cases(3, 2, 0.5, at_least=True, delta=0.1), "k_success", "at most 2"),
        (lambda: stats.further_cases(1.0, 2, 0.5, at_least=True, delta=0.1), "k_success", "a whole number"),
        (lambda: stats.further_for_certificate(3, 2, 9, 0.05, 0.05), "n_wrong", "at most 2"),
        (lambda: stats.further_for_certificate(1, 2, 1, 0.05, 0.05), "n_cases", "at least 2"),
        (lambda: stats.plan(0.02, true_rate=0.02), "true_rate", "below 0.02"),
        (lambda: stats.plan(0.02, power=1.0), "power", "below 1"),
        (lambda: stats.compare_paired([0, 1], [0]), "wrong_b", "as long as wrong_a"),
        (lambda: stats.calibration_error([0.5, 1.5], [0, 1], rng=RNG), "confidence[1]", "at most 1"),
        (lambda: stats.calibration_error([0.5], [0], bins=0, rng=RNG), "bins", "at least 1"),
        (lambda: stats.risk_coverage([0.5], [0], delta=0.05, points=1), "points", "at least 2"),
        (lambda: stats.plan("many"), "alpha", "a finite number"),
    ],
)
def test_an_argument_outside_its_domain_is_named_with_index_and_domain(call, where, domain):
    with pytest.raises(ArgumentInvalid) as caught:
        call()
    problem = caught.value.problems[0]
    assert problem.where.path == where
    assert domain in problem.expected
    assert where in problem.message
    assert problem.found
    assert problem.mend
