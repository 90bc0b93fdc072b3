"""Exact bounds of a proportion, and what is built on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr, betaincinv

from remit.stats.arguments import BoolArray, FloatArray, counts, number, numbers, open_share, refuse

__all__ = ["Bounds", "binomial_lower", "binomial_p_value", "binomial_upper", "f1_bounds", "holm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """A lower and an upper bound, one-sided each: each one alone fails with a chance of at most delta."""

    lower: float
    upper: float


@overload
def binomial_upper(k: int, n: int, delta: float) -> float: ...
@overload
def binomial_upper(k: ArrayLike, n: ArrayLike, delta: float) -> FloatArray: ...
def binomial_upper(k: ArrayLike, n: ArrayLike, delta: float) -> float | FloatArray:
    """Exact upper bound of a proportion of which ``k`` of ``n`` were seen (Clopper-Pearson, one-sided).

    Args:
        k: how often it happened, whole, 0 <= k <= n; a scalar or an array of any shape.
        n: of how many, whole, >= 0; broadcast against ``k``. n = 0 gives 1, the bound that claims nothing.
        delta: allowed failure probability, in (0, 1).

    Returns:
        A float for scalars, else an array of the broadcast shape, in [0, 1]; 1 where k = n.

    Raises:
        ArgumentInvalid: outside the domain.

    **Guarantee**: P(proportion > bound) <= delta, for every proportion, every n fixed in advance, every delta.
    **Assumes**: independent draws with one probability; n was not chosen by looking at k.
    **Source**: Clopper & Pearson 1934, Biometrika 26, 404-413; by the beta quantile.
    **Cost**: one incomplete beta inverse an element, about a microsecond.

    >>> round(binomial_upper(0, 59, 0.05), 5)
    0.04951
    >>> binomial_upper(0, 0, 0.05)
    1.0
    """
    seen, total, delta = _successes(k, n, delta)
    open_end = seen < total
    # betaincinv wants positive parameters; where k = n the bound is 1 anyway.
    bound = betaincinv(seen + 1.0, np.where(open_end, total - seen, 1.0), 1.0 - delta)
    return _scalar_or_array(np.where(open_end, bound, 1.0))


@overload
def binomial_lower(k: int, n: int, delta: float) -> float: ...
@overload
def binomial_lower(k: ArrayLike, n: ArrayLike, delta: float) -> FloatArray: ...
def binomial_lower(k: ArrayLike, n: ArrayLike, delta: float) -> float | FloatArray:
    """Exact lower bound of a proportion of which ``k`` of ``n`` were seen (Clopper-Pearson, one-sided).

    Args:
        k: how often it happened, whole, 0 <= k <= n; a scalar or an array of any shape.
        n: of how many, whole, >= 0; broadcast against ``k``. n = 0 gives 0, the bound that claims nothing.
        delta: allowed failure probability, in (0, 1).

    Returns:
        A float for scalars, else an array of the broadcast shape, in [0, 1]; 0 where k = 0.

    Raises:
        ArgumentInvalid: outside the domain.

    **Guarantee**: P(proportion < bound) <= delta, for every proportion, every n fixed in advance, every delta.
    **Assumes**: independent draws with one probability; n was not chosen by looking at k.
    **Source**: Clopper & Pearson 1934, Biometrika 26, 404-413; by the beta quantile.
    **Cost**: one incomplete beta inverse an element, about a microsecond.

    >>> round(binomial_lower(59, 59, 0.05), 5)
    0.95049
    >>> binomial_lower(0, 10, 0.05)
    0.0
    """
    seen, total, delta = _successes(k, n, delta)
    some = seen > 0
    bound = betaincinv(np.where(some, seen, 1.0), total - seen + 1.0, delta)
    return _scalar_or_array(np.where(some, bound, 0.0))


@overload
def binomial_p_value(k: int, n: int, rate: float) -> float: ...
@overload
def binomial_p_value(k: ArrayLike, n: ArrayLike, rate: float) -> FloatArray: ...
def binomial_p_value(k: ArrayLike, n: ArrayLike, rate: float) -> float | FloatArray:
    """How likely so few as ``k`` of ``n`` are, if the true rate is ``rate`` or more.

    For "so many as k" ask for ``binomial_p_value(n - k, n, 1 - rate)``.

    Args:
        k: how often it happened, whole, 0 <= k <= n; a scalar or an array of any shape.
        n: of how many, whole, >= 0; n = 0 gives 1.
        rate: the rate of the hypothesis that is tested, in (0, 1).

    Returns:
        P(Binomial(n, rate) <= k), the exact p-value of the hypothesis "true rate >= rate".

    Raises:
        ArgumentInvalid: outside the domain.

    **Guarantee**: P(p-value <= delta) <= delta for every delta whenever the true rate is at least ``rate``.
    **Assumes**: independent draws; n was not chosen by looking at k.
    **Source**: the exact binomial test.
    **Cost**: one incomplete beta an element.

    >>> round(binomial_p_value(0, 59, 0.05), 5)
    0.04849
    """
    seen, total, rate = _successes(k, n, rate, "rate")
    return _scalar_or_array(np.where(seen < total, bdtr(seen, total.astype(np.int64), rate), 1.0))


def f1_bounds(tp: int, fp: int, fn: int, delta: float) -> Bounds:
    """Exact bounds of the F1 score of one class.

    F1 = 2 J / (1 + J) with J = TP / (TP + FP + FN), which is a proportion: of the cases where truth or answer says
    the class, in how many both do. So exact bounds of J are exact bounds of F1.

    Args:
        tp: cases where both say so, whole, >= 0.
        fp: cases where only the answer says so, whole, >= 0.
        fn: cases where only the truth says so, whole, >= 0.
        delta: allowed failure probability of each side, in (0, 1).

    Returns:
        Bounds in [0, 1]; 0 and 1 where no case counts.

    Raises:
        ArgumentInvalid: outside the domain.

    **Guarantee**: each side fails with probability <= delta, given the size of the union.
    **Assumes**: independent cases, one answer a case; their number was not chosen by looking at the counts.
    **Source**: Clopper-Pearson on J; F1 grows with J.
    **Cost**: two incomplete beta inverses.

    >>> bounds = f1_bounds(90, 5, 5, 0.05)
    >>> round(bounds.lower, 4), round(bounds.upper, 4)
    (0.9108, 0.9716)
    """
    hits, extra, missed = (int(counts(name, value)) for name, value in (("tp", tp), ("fp", fp), ("fn", fn)))
    union = hits + extra + missed
    low, high = binomial_lower(hits, union, delta), binomial_upper(hits, union, delta)
    return Bounds(lower=2 * low / (1 + low), upper=2 * high / (1 + high))


def holm(p_values: ArrayLike, delta: float) -> BoolArray:
    """Which of several claims may be made singly, with one delta for all of them together.

    Args:
        p_values: shape (m,), in [0, 1]; one a claim, of any dependence.
        delta: allowed probability that any claim made is wrong, in (0, 1).

    Returns:
        Booleans of shape (m,): True where the claim stands.

    Raises:
        ArgumentInvalid: outside the domain.

    **Guarantee**: P(any false claim stands) <= delta, whatever the dependence.
    **Assumes**: each p-value is valid by itself.
    **Source**: Holm 1979, Scand. J. Statist. 6, 65-70.
    **Cost**: one sort.

    >>> holm([0.01, 0.04, 0.03], 0.05).tolist()
    [True, False, False]
    """
    given = numbers("p_values", p_values, least=0.0, most=1.0)
    delta = open_share("delta", delta)
    order = np.argsort(given, kind="stable")
    passes = given[order] <= delta / np.arange(given.size, 0, -1)
    stands = np.zeros(given.size, dtype=np.bool_)
    n_first = int(np.argmin(passes)) if not passes.all() else given.size
    stands[order[:n_first]] = True
    return stands


def _successes(
    k: ArrayLike, n: ArrayLike, share: float, share_name: str = "delta"
) -> tuple[FloatArray, FloatArray, float]:
    seen, total = counts("k", k), counts("n", n)
    share = number(share_name, share, above=0.0, below=1.0)
    try:
        seen, total = np.broadcast_arrays(seen, total)
    except ValueError:
        raise refuse("n", f"of shape {total.shape}", f"of a shape that fits k, {seen.shape}") from None
    if (seen > total).any():
        index = int(np.flatnonzero((seen > total).ravel())[0])
        found, most = seen.ravel()[index], total.ravel()[index]
        raise refuse("k", found, f"at most n, which is {most}", index=index if seen.ndim else None)
    return seen.astype(np.float64), total.astype(np.float64), share


def _scalar_or_array(values: FloatArray) -> float | FloatArray:
    return float(values) if values.ndim == 0 else values
