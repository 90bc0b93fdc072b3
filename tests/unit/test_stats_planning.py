"""How many cases a claim takes."""

import math

import numpy as np
import pytest
from scipy.special import bdtr

from remit import stats


@pytest.mark.parametrize(
    ("alpha", "delta", "n_min"),
    [
        (0.01, 0.05, 299),
        (0.02, 0.05, 149),
        (0.05, 0.05, 59),
        (0.10, 0.05, 29),
        (0.005, 0.05, 598),
        (0.01, 0.01, 459),
        (0.02, 0.01, 228),
        (0.05, 0.01, 90),
        (0.10, 0.01, 44),
    ],
)
def test_the_least_number_of_faultless_cases_is_the_known_one(alpha, delta, n_min):
    assert stats.plan(alpha, delta).n_min == n_min == math.ceil(math.log(delta) / math.log1p(-alpha))


@pytest.mark.parametrize(("alpha", "n_cases"), [(0.01, 2185), (0.02, 1091), (0.05, 434), (0.10, 203)])
def test_eighty_per_cent_power_at_half_the_budget_takes_the_known_number(alpha, n_cases):
    assert stats.plan(alpha).n_cases == n_cases


@pytest.mark.parametrize(("alpha", "delta", "rate", "power"), [(0.1, 0.05, 0.03, 0.8), (0.2, 0.1, 0.1, 0.95)])
def test_from_the_planned_number_on_the_power_is_never_below(alpha, delta, rate, power):
    planned = stats.plan(alpha, delta, true_rate=rate, power=power).n_cases
    allowed = [max([k for k in range(n) if bdtr(k, n, alpha) <= delta], default=-1) for n in range(1, planned + 200)]
    reached = np.array([0.0 if k < 0 else bdtr(k, n, rate) for n, k in enumerate(allowed, start=1)])
    assert (reached[planned - 1 :] >= power).all()
    assert reached[planned - 2] < power


def test_a_faultless_executor_needs_only_the_least_number():
    assert stats.plan(0.05, true_rate=0.0).n_cases == 59


def test_a_plan_beyond_ten_million_cases_is_no_number():
    assert stats.plan(0.05, true_rate=0.04999).n_cases is None


def test_cases_for_some_errors_is_the_least_number_that_shows_the_budget():
    for wrong, n in enumerate(stats.cases_for(np.arange(40), 0.05, 0.05).tolist()):
        assert bdtr(wrong, n, 0.05) <= 0.05 < bdtr(wrong, n - 1, 0.05)


def test_a_very_small_delta_needs_the_cases_of_its_formula():
    for delta in (1e-30, 1e-300):
        assert stats.cases_for(0, 0.05, delta).tolist() == [math.ceil(math.log(delta) / math.log1p(-0.05))]


def test_further_cases_bring_a_certificate_as_often_as_promised():
    wrong, acted, alpha, delta = 1, 60, 0.05, 0.05
    further = stats.further_for_certificate(wrong, acted, acted, alpha, delta)
    allowed = max(k for k in range(acted) if bdtr(k, acted + further, alpha) <= delta)
    assert bdtr(allowed - wrong, further, wrong / acted) >= 0.8


def test_further_cases_count_those_that_are_not_acted_on():
    alone = stats.further_for_certificate(1, 60, 60, 0.05, 0.05)
    assert stats.further_for_certificate(1, 60, 120, 0.05, 0.05) == 2 * alone


def test_no_number_of_further_cases_helps_at_or_above_the_budget():
    assert stats.further_for_certificate(3, 60, 60, 0.05, 0.05) is None
    assert stats.further_for_certificate(0, 0, 60, 0.05, 0.05) is None
    assert stats.further_for_certificate(4999, 100_000, 100_000, 0.05, 0.05) is None


def test_enough_evidence_needs_no_further_case():
    assert stats.further_for_certificate(0, 59, 100, 0.05, 0.05) == 0
    assert stats.further_for_certificate(0, 40, 80, 0.05, 0.05) == 38


def test_the_chance_of_a_claim_is_the_power_that_the_plan_promises():
    for alpha in (0.01, 0.02, 0.05, 0.10):
        found = stats.plan(alpha)
        assert stats.chance_of_claim(found.n_cases, alpha, 0.05, true_rate=alpha / 2) >= 0.8
        assert stats.chance_of_claim(found.n_cases - 1, alpha, 0.05, true_rate=alpha / 2) < 0.8
        assert stats.chance_of_claim(found.n_min - 1, alpha, 0.05, true_rate=0.0) == 0.0
        assert stats.chance_of_claim(found.n_min, alpha, 0.05, true_rate=0.0) == 1.0


def test_the_chance_of_a_claim_at_the_budget_itself_is_at_most_delta():
    chances = [stats.chance_of_claim(n, 0.05, 0.05, true_rate=0.05) for n in range(0, 1000, 7)]
    assert 0.03 < max(chances) <= 0.05
