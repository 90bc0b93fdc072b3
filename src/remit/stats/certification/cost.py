"""Certify a confidence threshold by what errors cost instead of how many there are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from remit.stats.arguments import FloatArray, number, numbers, open_share, refuse, same_length
from remit.stats.betting import mean_upper

__all__ = ["CertifiedCost", "NotEnoughCostEvidence", "certify_cost"]

_MOST_FURTHER = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CertifiedCost:
    """Acting alone at confidence >= ``threshold`` is certified to cost at most ``budget`` an item on average."""

    threshold: float
    n_acted: int
    n_cases: int
    coverage: float
    mean_cost: float
    upper_bound: float
    budget: float
    delta: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NotEnoughCostEvidence:
    """Not even the first threshold is certified.

    ``needed_free`` is how many further cases above it, none of them costing anything, would do at least; None where a
    million would not.
    """

    needed_free: int | None
    n_cases: int
    budget: float
    delta: float
    why: str


def certify_cost(
    confidence: ArrayLike,
    cost: ArrayLike,
    *,
    budget: float,
    highest: float,
    grid: ArrayLike,
    delta: float = 0.05,
    rng: np.random.Generator,
) -> CertifiedCost | NotEnoughCostEvidence:
    """Find the lowest confidence at which acting alone costs at most ``budget`` an item on average.

    Args:
        confidence: shape (n,), any finite numbers, larger is surer.
        cost: shape (n,), what acting on each case costs, in [0, highest], any currency.
        budget: the highest mean cost that is acceptable, in (0, highest).
        highest: the most that one case can cost, known beforehand, above 0.
        grid: shape (g,), thresholds in the order in which they are tested, falling; frozen without these cases.
        delta: allowed failure probability, in (0, 1).
        rng: puts the cases in random order for the bets.

    Returns:
        CertifiedCost for the last threshold that passed, or NotEnoughCostEvidence.

    Raises:
        ArgumentInvalid: outside the domain, arrays of unequal length, a grid that does not fall.

    **Guarantee**: P(certified, and the mean cost above the threshold is > budget) <= delta, for every distribution of
    costs on [0, highest] and every shape of the risk, n fixed in advance.
    **Assumes**: independent cases; grid and limits were fixed without them; one attempt.
    **Source**: Learn-then-Test with a fixed sequence, Angelopoulos et al. 2021, arXiv 2110.01052; betting p-values of
    Waudby-Smith & Ramdas 2024.
    **Cost**: 40 passes over the acted-on cases for each threshold until the first failure.

    >>> rng = np.random.default_rng(1)
    >>> confidence = np.linspace(1.0, 0.0, 1000)
    >>> cost = np.where(confidence > 0.4, 0.0, 10.0)
    >>> certify_cost(confidence, cost, budget=1.0, highest=10.0, grid=[0.8, 0.6, 0.4, 0.2], rng=rng).threshold
    0.4
    """
    given = numbers("confidence", confidence)
    highest = number("highest", highest, above=0.0)
    budget = number("budget", budget, above=0.0, below=highest)
    costs = numbers("cost", cost, least=0.0, most=highest)
    same_length("confidence", given.size, "cost", costs.size)
    thresholds = numbers("grid", grid)
    rising = np.flatnonzero(np.diff(thresholds) >= 0)
    if rising.size:
        index = int(rising[0]) + 1
        raise refuse("grid", thresholds[index], f"below {thresholds[index - 1]}, the one before", index=index)
    delta = open_share("delta", delta)
    passed: CertifiedCost | None = None
    for threshold in thresholds:
        acted = costs[given >= threshold]
        upper = mean_upper(acted, low=0.0, high=highest, delta=delta, rng=rng) if acted.size else highest
        if upper > budget:
            break
        passed = CertifiedCost(
            threshold=float(threshold),
            n_acted=acted.size,
            n_cases=costs.size,
            coverage=acted.size / costs.size,
            mean_cost=float(acted.mean()),
            upper_bound=upper,
            budget=budget,
            delta=delta,
        )
    return (
        passed if passed is not None else _not_enough(costs[given >= thresholds[0]], costs.size, budget, highest, delta)
    )


def _not_enough(acted: FloatArray, n_cases: int, budget: float, highest: float, delta: float) -> NotEnoughCostEvidence:
    needed = _needed_free(acted, budget, highest, delta)
    missing = "more than a million" if needed is None else f"at least {needed}"
    return NotEnoughCostEvidence(
        needed_free=needed,
        n_cases=n_cases,
        budget=budget,
        delta=delta,
        why=(
            f"the {acted.size} cases above the first threshold do not show a mean cost of at most {budget:g}: "
            f"{missing} further ones without a cost would be needed"
        ),
    )


def _needed_free(acted: FloatArray, budget: float, highest: float, delta: float) -> int | None:
    """By bisection; the order is a fixed one, because this is an outlook and no claim."""

    def enough(further: int) -> bool:
        values = np.concatenate([acted, np.zeros(further)])
        order = np.random.default_rng(0)
        return values.size > 0 and mean_upper(values, low=0.0, high=highest, delta=delta, rng=order) <= budget

    short, further = 0, 16
    while not enough(further):
        short, further = further, 2 * further
        if short >= _MOST_FURTHER:
            return None
    while further - short > 1:
        middle = (short + further) // 2
        short, further = (short, middle) if enough(middle) else (middle, further)
    return further
