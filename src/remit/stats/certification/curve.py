"""The risk-coverage curve: what acting alone above each confidence would have brought."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from remit.stats.arguments import count, open_share
from remit.stats.bounds import binomial_upper
from remit.stats.certification.blocks import blocks_of

__all__ = ["RiskPoint", "risk_coverage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskPoint:
    """Acting alone at confidence >= ``threshold``: how much, how wrong, and the exact upper bound of the rate."""

    threshold: float | None
    n_acted: int
    n_wrong: int
    coverage: float
    rate: float
    upper: float


def risk_coverage(
    confidence: ArrayLike | None, wrong: ArrayLike, *, delta: float, points: int = 200, n_cases: int | None = None
) -> tuple[RiskPoint, ...]:
    """The risk-coverage curve at the ends of tie blocks, from the most confident down.

    Args:
        confidence: shape (n,), any finite numbers, larger is surer; None for one point.
        wrong: shape (n,), 0 or 1.
        delta: failure probability of the upper bound of each point, in (0, 1).
        points: how many points at most, evenly spread over the acted-on cases, whole, >= 2.
        n_cases: all cases, also those that may never be acted on; n when not given.

    Returns:
        At most ``points`` points; the last one acts on everything.

    Raises:
        ArgumentInvalid: outside the domain, or arrays of unequal length.

    **Guarantee**: each point alone: P(error rate above this threshold > upper) <= delta. Not for a point that was
    picked by looking at the curve; that is what ``certify`` is for.
    **Assumes**: independent cases, n fixed in advance.
    **Source**: El-Yaniv & Wiener 2010, JMLR 11; Clopper-Pearson.
    **Cost**: one sort and one incomplete beta inverse a point.

    >>> curve = risk_coverage([0.9, 0.8, 0.8, 0.1], [0, 0, 1, 1], delta=0.05)
    >>> [(point.threshold, point.n_acted, point.n_wrong) for point in curve]
    [(0.9, 1, 0), (0.8, 3, 1), (0.1, 4, 2)]
    """
    blocks = blocks_of(confidence, wrong)
    delta = open_share("delta", delta)
    points = count("points", points, least=2)
    total = blocks.n_eligible if n_cases is None else count("n_cases", n_cases, least=blocks.n_eligible)
    wanted = np.linspace(blocks.n_acted[0], blocks.n_eligible, min(points, blocks.n_acted.size))
    shown = np.unique(np.searchsorted(blocks.n_acted, np.floor(wanted)))
    acted, errors = blocks.n_acted[shown], blocks.n_wrong[shown]
    uppers = binomial_upper(errors, acted, delta)
    return tuple(
        RiskPoint(
            threshold=blocks.threshold(int(index)),
            n_acted=int(k),
            n_wrong=int(e),
            coverage=float(k / total),
            rate=float(e / k),
            upper=float(upper),
        )
        for index, k, e, upper in zip(shown, acted, errors, uppers, strict=True)
    )
