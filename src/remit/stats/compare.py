"""Who makes fewer errors on the same cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from remit.stats.arguments import FloatArray, binary, count, number, numbers, open_share, same_length
from remit.stats.betting import mean_lower, mean_upper
from remit.stats.bounds import binomial_p_value

__all__ = [
    "Comparison",
    "ComparisonVerdict",
    "CostDifference",
    "NotWorse",
    "RankTest",
    "compare_costs",
    "compare_paired",
    "not_worse",
    "rank_test",
]

ComparisonVerdict: TypeAlias = Literal["a_better", "b_better", "undecided"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two executors on the same cases.

    ``n_only_a`` cases were wrong in a alone, ``n_only_b`` in b alone; the others say nothing about who is better.
    ``p_value`` tests "a is no better than b", ``p_value_two_sided`` "both are equally good".
    """

    n_cases: int
    n_wrong_a: int
    n_wrong_b: int
    n_only_a: int
    n_only_b: int
    p_value: float
    p_value_two_sided: float
    delta: float
    verdict: ComparisonVerdict


def compare_paired(wrong_a: ArrayLike, wrong_b: ArrayLike, *, delta: float = 0.05) -> Comparison:
    """Compare two executors on the same cases, exactly.

    Args:
        wrong_a: shape (n,), 0 or 1: was a wrong in case i?
        wrong_b: shape (n,), 0 or 1: was b wrong in case i?
        delta: allowed failure probability of each verdict, in (0, 1).

    Returns:
        A Comparison; ``a_better`` where a's advantage is shown at ``delta``, ``b_better`` the mirror.

    Raises:
        ArgumentInvalid: outside the domain, or arrays of unequal length.

    **Guarantee**: P(verdict a_better) <= delta whenever a is no better than b, and the mirror; n fixed in advance.
    **Assumes**: independent cases.
    **Source**: McNemar 1947, Psychometrika 12, 153-157, exact: given the discordant cases, those wrong in a alone are
    Binomial(discordant, 1/2) when both are equally good.
    **Cost**: one pass and two incomplete betas.

    >>> found = compare_paired([0, 0, 0, 0, 0, 0, 1], [1, 1, 1, 1, 1, 1, 1])
    >>> found.n_only_a, found.n_only_b, found.p_value, found.verdict
    (0, 6, 0.015625, 'a_better')
    """
    first, second = binary("wrong_a", wrong_a), binary("wrong_b", wrong_b)
    same_length("wrong_a", first.size, "wrong_b", second.size)
    delta = open_share("delta", delta)
    only_a = int(np.count_nonzero(first & ~second))
    only_b = int(np.count_nonzero(second & ~first))
    p_a = binomial_p_value(only_a, only_a + only_b, 0.5)
    p_b = binomial_p_value(only_b, only_a + only_b, 0.5)
    return Comparison(
        n_cases=first.size,
        n_wrong_a=int(np.count_nonzero(first)),
        n_wrong_b=int(np.count_nonzero(second)),
        n_only_a=only_a,
        n_only_b=only_b,
        p_value=p_a,
        p_value_two_sided=min(1.0, 2.0 * min(p_a, p_b)),
        delta=delta,
        verdict="a_better" if p_a <= delta else "b_better" if p_b <= delta else "undecided",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NotWorse:
    """Whether a makes at most ``margin`` more errors than b.

    ``difference`` is error rate of a minus that of b; ``lower`` and ``upper`` are one-sided bounds of it. The verdict
    is ``not_worse`` where the upper bound is within the margin, ``worse`` where the lower one is beyond it.
    """

    difference: float
    lower: float
    upper: float
    margin: float
    delta: float
    verdict: Literal["not_worse", "worse", "undecided"]


def not_worse(
    wrong_a: ArrayLike, wrong_b: ArrayLike, *, margin: float, delta: float = 0.05, rng: np.random.Generator
) -> NotWorse:
    """Test whether a is at most ``margin`` worse than b, on the same cases.

    Args:
        wrong_a: shape (n,), 0 or 1: was a wrong in case i?
        wrong_b: shape (n,), 0 or 1: was b wrong in case i?
        margin: the difference of error rates that is acceptable, in [0, 1), fixed beforehand.
        delta: allowed failure probability of each verdict, in (0, 1).
        rng: puts the cases in random order for the bets.

    Returns:
        NotWorse.

    Raises:
        ArgumentInvalid: outside the domain, or arrays of unequal length.

    **Guarantee**: P(not_worse) <= delta whenever a is worse by more than the margin, and the mirror; n fixed in
    advance.
    **Assumes**: independent cases.
    **Source**: betting bounds of the mean of (1 + e_a - e_b) / 2, Waudby-Smith & Ramdas 2024.
    **Cost**: 80 passes.

    >>> a, b = np.arange(2000) % 50 == 0, np.arange(2000) % 50 == 1
    >>> not_worse(a, b, margin=0.02, rng=np.random.default_rng(1)).verdict
    'not_worse'
    """
    first, second = binary("wrong_a", wrong_a), binary("wrong_b", wrong_b)
    same_length("wrong_a", first.size, "wrong_b", second.size)
    margin = number("margin", margin, least=0.0, below=1.0)
    delta = open_share("delta", delta)
    gaps = first.astype(np.float64) - second
    lower = mean_lower(gaps, low=-1.0, high=1.0, delta=delta, rng=rng)
    upper = mean_upper(gaps, low=-1.0, high=1.0, delta=delta, rng=rng)
    return NotWorse(
        difference=float(gaps.mean()),
        lower=lower,
        upper=upper,
        margin=margin,
        delta=delta,
        verdict="not_worse" if upper <= margin else "worse" if lower > margin else "undecided",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CostDifference:
    """Mean cost of a minus that of b on the same cases, with a bootstrap interval: shown, never a verdict."""

    difference: float
    lower: float
    upper: float
    n_cases: int


def compare_costs(
    cost_a: ArrayLike, cost_b: ArrayLike, *, rng: np.random.Generator, delta: float = 0.05, n_boot: int = 1000
) -> CostDifference:
    """How much more a costs than b, on the same cases.

    Args:
        cost_a: shape (n,), what a cost in case i, >= 0, any currency.
        cost_b: shape (n,), what b cost in case i, >= 0, the same currency.
        rng: draws the bootstrap samples.
        delta: half of it lies outside the interval on each side, in (0, 1).
        n_boot: number of bootstrap samples, whole, >= 20.

    Returns:
        CostDifference.

    Raises:
        ArgumentInvalid: negative costs, outside the domain, arrays of unequal length.

    **Guarantee**: none; the interval is approximate. Rare large costs need a bound of the mean with a known limit.
    **Assumes**: independent cases.
    **Source**: paired percentile bootstrap, Efron 1979.
    **Cost**: ``n_boot`` passes.

    >>> compare_costs([1.0, 2.0, 3.0], [2.0, 3.0, 4.0], rng=np.random.default_rng(1)).difference
    -1.0
    """
    first, second = numbers("cost_a", cost_a, least=0.0), numbers("cost_b", cost_b, least=0.0)
    same_length("cost_a", first.size, "cost_b", second.size)
    delta, n_boot = open_share("delta", delta), count("n_boot", n_boot, least=20)
    gaps = first - second
    drawn = np.array([gaps[rng.integers(0, gaps.size, gaps.size)].mean() for _ in range(n_boot)])
    lower, upper = np.quantile(drawn, [delta / 2.0, 1.0 - delta / 2.0])
    return CostDifference(difference=float(gaps.mean()), lower=float(lower), upper=float(upper), n_cases=gaps.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankTest:
    """What a rank test came to.

    ``share`` is how often a value of the second sample is above one of the first, ties counted half: .5 where they do
    not differ. ``p_value`` is one-sided: small where the second sample tends to be larger.
    """

    share: float
    p_value: float


def rank_test(first: ArrayLike, second: ArrayLike, *, rng: np.random.Generator, n_permutations: int = 1999) -> RankTest:
    """Whether ``second`` tends to be larger than ``first``, by ranks and random permutations.

    Args:
        first: shape (m,), finite.
        second: shape (n,), finite.
        rng: draws the permutations.
        n_permutations: how many, whole, >= 19.

    Returns:
        A RankTest.

    Raises:
        ArgumentInvalid: outside the domain, empty.

    **Guarantee**: P(p_value <= x) <= x for every x where both samples come from one distribution, ties or not.
    **Assumes**: independent values; one look.
    **Source**: Mann & Whitney 1947; Phipson & Smyth 2010 for the p-value of random permutations.
    **Cost**: n_permutations * (m + n) random draws: 1 s for 5,000 and 5,000.

    >>> rank_test([1, 2, 3], [4, 5, 6], rng=np.random.default_rng(1)).share
    1.0
    """
    a, b = numbers("first", first), numbers("second", second)
    n_permutations = count("n_permutations", n_permutations, least=19)
    ranks = _mid_ranks(np.concatenate([a, b]))
    seen = float(ranks[a.size :].sum())
    # A little slack: sums of the same ranks in another order may differ in the last digit.
    least = seen - 1e-9 * ranks.sum()
    as_large = sum(float(rng.permutation(ranks)[: b.size].sum()) >= least for _ in range(n_permutations))
    above = seen - b.size * (b.size + 1) / 2.0
    return RankTest(share=above / (a.size * b.size), p_value=(1 + as_large) / (1 + n_permutations))


def _mid_ranks(values: FloatArray) -> FloatArray:
    """Ranks from 1, the mean rank for ties."""
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2.0)[which], dtype=np.float64)
