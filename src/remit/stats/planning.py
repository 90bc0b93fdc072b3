"""How many cases it takes before a claim can be made, and how many more where the first ones did not do."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc

from remit.stats.arguments import FloatArray, IntArray, count, counts, number, open_share

__all__ = ["Plan", "cases_for", "chance_of_claim", "further_for_certificate", "plan"]

MOST_CASES = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many acted-on cases a claim takes.

    ``n_min`` without any error is the least before any claim; with ``n_cases`` the claim comes with the power asked
    for, if the true rate is ``true_rate``. ``n_cases`` is None where more than ten million would be needed.
    """

    n_min: int
    n_cases: int | None
    alpha: float
    delta: float
    true_rate: float
    power: float


def plan(alpha: float, delta: float = 0.05, *, true_rate: float | None = None, power: float = 0.8) -> Plan:
    """How many acted-on cases it takes to show that the error rate is below ``alpha``.

    Divide by the coverage that you expect to get the number of labelled cases.

    Args:
        alpha: the error budget, in (0, 1).
        delta: allowed failure probability, in (0, 1).
        true_rate: the error rate that you expect, in [0, alpha); half of ``alpha`` when not given.
        power: with which probability the claim shall succeed at the true rate, in (0, 1).

    Returns:
        A Plan.

    Raises:
        ArgumentInvalid: outside the domain.

    **Guarantee**: for every n >= ``n_cases`` the exact test succeeds with probability >= ``power`` (the last crossing
    of the saw-tooth); below ``n_min`` no test at this alpha and delta can succeed.
    **Assumes**: independent cases; one threshold chosen beforehand. Searching the threshold on the same cases takes
    some per cent more.
    **Source**: the exact binomial test; ``n_min`` = ceil(ln delta / ln(1 - alpha)).
    **Cost**: about a millisecond.

    >>> plan(0.02).n_min, plan(0.02).n_cases
    (149, 1091)
    """
    alpha, delta = open_share("alpha", alpha), open_share("delta", delta)
    rate = alpha / 2 if true_rate is None else number("true_rate", true_rate, least=0.0, below=alpha)
    power = open_share("power", power)
    least = int(cases_for(0, alpha, delta)[0])
    further = _further(0, 0, rate, alpha, delta, power)
    return Plan(n_min=least, n_cases=further, alpha=alpha, delta=delta, true_rate=rate, power=power)


def cases_for(n_wrong: ArrayLike, alpha: float, delta: float) -> IntArray:
    """The least number of cases with which ``n_wrong`` errors still show that the rate is below ``alpha``.

    Args:
        n_wrong: whole, >= 0; a scalar or shape (m,).
        alpha: the error budget, in (0, 1).
        delta: allowed failure probability, in (0, 1).

    Returns:
        Shape (m,) (m = 1 for a scalar): for each the least n with P(Binomial(n, alpha) <= n_wrong) <= delta.

    Raises:
        ArgumentInvalid: outside the domain.

    **Guarantee**: exact.
    **Assumes**: independent cases, n fixed in advance.
    **Source**: the exact binomial test, inverted in n.
    **Cost**: about 30 incomplete betas an element.

    >>> cases_for([0, 1, 2], 0.05, 0.05).tolist()
    [59, 93, 124]
    """
    wrong = np.atleast_1d(counts("n_wrong", n_wrong)).astype(np.float64)
    alpha, delta = open_share("alpha", alpha), open_share("delta", delta)
    fails, succeeds = wrong.copy(), np.ceil((wrong + 30.0) / alpha * 2.0)
    while (short := _tail(wrong, succeeds, alpha) > delta).any():
        succeeds[short] *= 2.0
    while (succeeds - fails > 1.0).any():
        middle = np.floor(0.5 * (fails + succeeds))
        enough = _tail(wrong, middle, alpha) <= delta
        succeeds, fails = np.where(enough, middle, succeeds), np.where(enough, fails, middle)
    return succeeds.astype(np.int64)


def chance_of_claim(n_acted: int, alpha: float, delta: float, *, true_rate: float) -> float:
    """With which probability ``n_acted`` cases show that the error rate is below ``alpha``.

    Args:
        n_acted: acted-on cases, whole, >= 0.
        alpha: the error budget, in (0, 1).
        delta: allowed failure probability, in (0, 1).
        true_rate: the error rate that you expect, in [0, 1].

    Returns:
        The probability; 0 where there are too few cases for any claim.

    Raises:
        ArgumentInvalid: outside the domain.

    **Guarantee**: exact.
    **Assumes**: independent cases; one threshold chosen beforehand.
    **Source**: the power of the exact binomial test.
    **Cost**: about a millisecond.

    >>> round(chance_of_claim(1091, 0.02, 0.05, true_rate=0.01), 2)
    0.86
    """
    acted = count("n_acted", n_acted, most=MOST_CASES)
    alpha, delta = open_share("alpha", alpha), open_share("delta", delta)
    rate = number("true_rate", true_rate, least=0.0, most=1.0)
    allowed, too_many = -1, acted + 1
    while too_many - allowed > 1:
        middle = (allowed + too_many) // 2
        passes = float(_tail(np.array([float(middle)]), np.array([float(acted)]), alpha)[0]) <= delta
        allowed, too_many = (middle, too_many) if passes else (allowed, middle)
    if allowed < 0:
        return 0.0
    return float(_tail(np.array([float(allowed)]), np.array([float(acted)]), rate)[0])


def further_for_certificate(
    n_wrong: int, n_acted: int, n_cases: int, alpha: float, delta: float, power: float = 0.8
) -> int | None:
    """How many more cases would probably bring a certificate, if error rate and coverage stay what they were.

    Args:
        n_wrong: errors among the acted-on cases so far, whole, 0 <= n_wrong <= n_acted.
        n_acted: acted-on cases so far, whole, >= 0.
        n_cases: all cases so far, whole, >= n_acted.
        alpha: the error budget, in (0, 1).
        delta: allowed failure probability, in (0, 1).
        power: with which probability the further cases shall do, in (0, 1).

    Returns:
        The number of further cases of any kind, 0 where those at hand do; None where the rate seen is not below
        ``alpha``, where nothing was acted on, or where more than ten million would be needed.

    Raises:
        ArgumentInvalid: outside the domain.

    **Guarantee**: none; an outlook, not a claim. No error so far is read as a rate of 0, so the answer is then the
    least possible number.
    **Assumes**: the rate seen is the true one; the further cases are judged together with these, by a test that
    spends delta anew.
    **Source**: the exact binomial test, inverted in n.
    **Cost**: about a millisecond.

    >>> further_for_certificate(1, 60, 100, 0.05, 0.05)
    247
    """
    acted = count("n_acted", n_acted)
    wrong = count("n_wrong", n_wrong, most=acted)
    total = count("n_cases", n_cases, least=acted)
    alpha, delta, power = open_share("alpha", alpha), open_share("delta", delta), open_share("power", power)
    if acted == 0 or wrong / acted >= alpha:
        return None
    further = _further(wrong, acted, wrong / acted, alpha, delta, power)
    return None if further is None else math.ceil(further * total / acted)


@lru_cache(maxsize=1024)
def _further(n_wrong: int, n_acted: int, rate: float, alpha: float, delta: float, power: float) -> int | None:
    """The least m so that from m further acted-on cases on the exact test succeeds with this power.

    With c errors allowed between ``cases_for(c)`` and ``cases_for(c + 1) - 1`` cases the power falls within each
    tooth, so the last failure is at the end of a tooth and the answer is the start of the next one.
    """
    most = int(MOST_CASES * alpha)
    if _reached(np.array([most]), n_wrong, n_acted, rate, alpha, delta)[0] < power:
        return None
    # Tooth by tooth the power rises but for small steps back, so bisect first and then look at every tooth around.
    short, enough = -1, most
    while enough - short > 1:
        middle = (short + enough) // 2
        if _reached(np.array([middle]), n_wrong, n_acted, rate, alpha, delta)[0] < power:
            short = middle
        else:
            enough = middle
    margin = 64 + 4 * math.isqrt(enough)
    near = np.arange(max(0, enough - margin), enough + margin)
    failing = near[_reached(near, n_wrong, n_acted, rate, alpha, delta) < power]
    first = int(failing[-1]) + 1 if failing.size else 0
    further = max(0, int(cases_for(n_wrong + first, alpha, delta)[0]) - n_acted)
    return further if further <= MOST_CASES else None


def _reached(allowed: IntArray, n_wrong: int, n_acted: int, rate: float, alpha: float, delta: float) -> FloatArray:
    """The power at the end of the tooth in which ``allowed`` further errors still pass."""
    ends = cases_for(allowed + n_wrong + 1, alpha, delta) - 1 - n_acted
    return np.where(ends < 0, 0.0, _tail(allowed.astype(np.float64), np.maximum(ends, 0).astype(np.float64), rate))


def _tail(k: FloatArray, n: FloatArray, rate: float) -> FloatArray:
    """P(Binomial(n, rate) <= k); 1 where n <= k."""
    inside = n > k
    found = np.asarray(betainc(np.where(inside, n - k, 1.0), k + 1.0, 1.0 - rate))
    return np.where(inside, found, 1.0)
