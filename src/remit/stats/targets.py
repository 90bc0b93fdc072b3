"""The verdict on a target from its bounds, and how many cases would decide an open one."""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

from remit.stats.arguments import count, number, open_share, refuse
from remit.stats.bounds import binomial_lower, binomial_upper

__all__ = ["Verdict", "further_cases", "judge"]

Verdict: TypeAlias = Literal["met", "missed", "unproven"]

MOST_CASES = 10_000_000


def judge(lower: float | None, upper: float | None, limit: float, *, at_least: bool) -> Verdict:
    """What a target came to, from the bounds of its metric.

    Args:
        lower: one-sided lower bound of the metric, in its unit; None where there is none.
        upper: one-sided upper bound of the metric; None where there is none.
        limit: what the target asks for, in the same unit.
        at_least: True where the metric has to be at least ``limit``, False where at most.

    Returns:
        ``met`` where the bound on the side of the limit keeps it, ``missed`` where the other bound rules it out,
        else ``unproven``.

    Raises:
        ArgumentInvalid: NaN or infinite, or lower above upper.

    **Guarantee**: a target that is not kept is called met with probability <= delta of the lower bound (of the upper
    one for "at most"), and the mirror. "All targets met" is wrong with probability <= delta too, when each is judged at
    full delta (an intersection needs no correction).
    **Assumes**: each bound is valid by itself, at full delta.
    **Source**: test by confidence bound; intersection-union test, Berger 1982, Technometrics 24, 295-300.
    **Cost**: none.

    >>> judge(0.951, 0.99, 0.95, at_least=True), judge(0.90, 0.97, 0.95, at_least=True)
    ('met', 'unproven')
    """
    limit = number("limit", limit)
    low = -math.inf if lower is None else number("lower", lower)
    high = math.inf if upper is None else number("upper", upper)
    if low > high:
        raise refuse("lower", lower, f"at most upper, which is {upper}")
    if not at_least:
        low, high, limit = -high, -low, -limit
    if low >= limit:
        return "met"
    return "missed" if high < limit else "unproven"


def further_cases(k_success: int, n: int, limit: float, *, at_least: bool, delta: float) -> int | None:
    """How many more cases would decide a target on a proportion, if the rate stays what was seen.

    Args:
        k_success: how often it happened, whole, 0 <= k_success <= n.
        n: of how many, whole, >= 0.
        limit: what the target asks for, in [0, 1].
        at_least: True where the proportion has to be at least ``limit``, False where at most.
        delta: allowed failure probability of each side, in (0, 1).

    Returns:
        The further cases until ``judge`` would say met or missed, 0 where it does so already; None where nothing was
        seen, where the rate equals the limit, or where more than ten million would be needed.

    Raises:
        ArgumentInvalid: outside the domain.

    **Guarantee**: none; an outlook, not a claim.
    **Assumes**: the rate seen is the true one. Further cases are a new look and spend their own delta.
    **Source**: Clopper-Pearson bounds, inverted in n by bisection.
    **Cost**: about 50 incomplete beta inverses.

    >>> further_cases(98, 100, 0.95, at_least=True, delta=0.05)
    81
    """
    total = count("n", n)
    seen = count("k_success", k_success, most=total)
    limit = number("limit", limit, least=0.0, most=1.0)
    delta = open_share("delta", delta)
    if total == 0:
        return None

    def decided(size: int) -> bool:
        # Whole successes, rounded away from the verdict that the rate points to.
        scaled = seen * size / total
        k = math.floor(scaled + 1e-9) if seen / total > limit else math.ceil(scaled - 1e-9)
        bounds = binomial_lower(k, size, delta), binomial_upper(k, size, delta)
        return judge(*bounds, limit, at_least=at_least) != "unproven"

    if decided(total):
        return 0
    if seen == limit * total:
        return None
    last_open, first_decided = total, 2 * total
    while not decided(first_decided):
        last_open, first_decided = first_decided, 2 * first_decided
        if last_open > MOST_CASES:
            return None
    while first_decided - last_open > 1:
        middle = (last_open + first_decided) // 2
        last_open, first_decided = (last_open, middle) if decided(middle) else (middle, first_decided)
    further = first_decided - total
    return further if further <= MOST_CASES else None
