"""Our figures beside published ones and those of other packages."""

import math

import numpy as np
import pytest
from scipy.stats import binomtest, ks_2samp  # noqa: TID251
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from remit import stats

# Geifman & El-Yaniv 2017, arXiv 1705.08500, tables 1 to 6: cases, then what was asked for, training risk, coverage,
# printed bound.
PRINTED = {
    "1 CIFAR-10": (
        5000,
        [
            (0.01, 0.0079, 0.7822, 0.0099),
            (0.02, 0.0160, 0.8482, 0.0199),
            (0.03, 0.0260, 0.8988, 0.0298),
            (0.04, 0.0362, 0.9348, 0.0399),
            (0.05, 0.0454, 0.9610, 0.0491),
            (0.06, 0.0526, 0.9778, 0.0600),
        ],
    ),
    "2 CIFAR-100": (
        5000,
        [
            (0.02, 0.0119, 0.2010, 0.0197),
            (0.05, 0.0425, 0.4286, 0.0499),
            (0.10, 0.0927, 0.5736, 0.0998),
            (0.15, 0.1363, 0.6546, 0.1498),
            (0.20, 0.1872, 0.7650, 0.1999),
            (0.25, 0.2380, 0.8716, 0.2499),
        ],
    ),
    "3 ImageNet, VGG, top 1": (
        25000,
        [
            (0.02, 0.0161, 0.2355, 0.0200),
            (0.05, 0.0462, 0.4292, 0.0500),
            (0.10, 0.0964, 0.5968, 0.1000),
            (0.15, 0.1466, 0.7164, 0.15),
            (0.2, 0.1937, 0.8131, 0.2),
            (0.25, 0.2441, 0.9117, 0.25),
        ],
    ),
    "4 ImageNet, VGG, top 5": (
        25000,
        [
            (0.01, 0.0080, 0.3391, 0.01),
            (0.02, 0.0181, 0.5360, 0.02),
            (0.03, 0.0281, 0.6768, 0.03),
            (0.04, 0.0381, 0.7610, 0.04),
            (0.05, 0.0481, 0.8263, 0.05),
            (0.06, 0.0563, 0.8654, 0.06),
            (0.07, 0.0663, 0.9093, 0.07),
        ],
    ),
    "5 ImageNet, ResNet, top 1": (
        25000,
        [
            (0.02, 0.0161, 0.2613, 0.0199),
            (0.05, 0.0462, 0.4906, 0.05),
            (0.10, 0.0965, 0.6544, 0.1),
            (0.15, 0.1466, 0.7711, 0.15),
            (0.2, 0.1937, 0.8688, 0.2),
            (0.25, 0.2441, 0.9634, 0.25),
        ],
    ),
    "6 ImageNet, ResNet, top 5": (
        25000,
        [
            (0.01, 0.0080, 0.3796, 0.0099),
            (0.02, 0.0181, 0.5938, 0.02),
            (0.03, 0.0281, 0.7122, 0.03),
            (0.04, 0.0381, 0.8180, 0.04),
            (0.05, 0.0481, 0.8856, 0.05),
            (0.06, 0.0581, 0.9256, 0.06),
            (0.07, 0.0663, 0.9508, 0.07),
        ],
    ),
}
ROWS = [(name, n, *row) for name, (n, rows) in PRINTED.items() for row in rows]


def exact_bound(n, risk, coverage, delta):
    acted = round(n * coverage)
    return stats.binomial_upper(round(risk * acted), acted, delta)


def test_there_are_38_printed_bounds():
    assert len(ROWS) == 38


@pytest.mark.parametrize(("table", "n", "asked", "risk", "coverage", "printed"), ROWS)
def test_the_printed_bounds_of_sgr_are_below_what_their_own_formula_gives(table, n, asked, risk, coverage, printed):
    # delta = .001, shared by ceil(log2 n) steps of the search: the bound that algorithm 2 of the paper asks for.
    exact = exact_bound(n, risk, coverage, 0.001 / math.ceil(math.log2(n)))
    assert exact > printed + 1e-4
    assert printed <= asked


def test_exact_bounds_are_those_of_scipy():
    for k, n in ((0, 10), (3, 50), (49, 50), (50, 50), (7, 2000)):
        theirs = binomtest(k, n).proportion_ci(confidence_level=0.9, method="exact")
        assert stats.binomial_lower(k, n, 0.05) == pytest.approx(theirs.low, abs=1e-9)
        assert stats.binomial_upper(k, n, 0.05) == pytest.approx(theirs.high, abs=1e-9)
        p_value = binomtest(k, n, 0.1, alternative="less").pvalue
        assert stats.binomial_p_value(k, n, 0.1) == pytest.approx(p_value, rel=1e-9)


def test_the_paired_comparison_is_mcnemars_exact_test():
    a = np.array([1] * 5 + [0] * 14 + [1] * 30)
    b = np.array([0] * 5 + [1] * 14 + [1] * 30)
    theirs = binomtest(5, 19, 0.5)
    assert stats.compare_paired(a, b).p_value_two_sided == pytest.approx(theirs.pvalue)


def test_bounds_comparison_and_holm_are_those_of_statsmodels():
    rng = np.random.default_rng(3)
    for k, n in ((0, 7), (4, 59), (59, 59), (31, 4000)):
        low, high = proportion_confint(k, n, alpha=0.05, method="beta")
        assert stats.binomial_lower(k, n, 0.025) == pytest.approx(low, abs=1e-9)
        assert stats.binomial_upper(k, n, 0.025) == pytest.approx(high, abs=1e-9)
    a, b = rng.random(300) < 0.1, rng.random(300) < 0.2
    table = [[np.sum(a & b), np.sum(a & ~b)], [np.sum(~a & b), np.sum(~a & ~b)]]
    assert stats.compare_paired(a, b).p_value_two_sided == pytest.approx(mcnemar(table, exact=True).pvalue)
    for _ in range(50):
        p_values = rng.random(8) ** 4
        assert stats.holm(p_values, 0.05).tolist() == multipletests(p_values, 0.05, method="holm")[0].tolist()


def test_kappa_is_that_of_scikit_learn():
    rng = np.random.default_rng(1)
    first, second = rng.choice(["a", "b", "c"], 200).tolist(), rng.choice(["a", "b", "c"], 200).tolist()
    assert stats.cohen_kappa(first, second, rng=rng).value == pytest.approx(cohen_kappa_score(first, second))


def test_the_distance_of_two_samples_is_that_of_scipy():
    rng = np.random.default_rng(1)
    first, second = rng.normal(size=300), rng.normal(0.2, 1, size=400)
    theirs = ks_2samp(first, second, method="exact")
    ours = stats.kolmogorov_smirnov(first, second)
    assert ours.distance == pytest.approx(theirs.statistic)
    assert ours.p_value == pytest.approx(theirs.pvalue, abs=0.02)
