"""Bounds of a mean of bounded values, by betting against each mean that it might be."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from remit.stats.arguments import FloatArray, counts, number, numbers, open_share, refuse, same_length
from remit.stats.bounds import Bounds

__all__ = ["f1_bounds_fields", "mean_lower", "mean_upper"]

# A bet never puts more than this share of its wealth on one value, so that no single value ends it.
_LARGEST_SHARE = 0.95
_STEPS = 40


def mean_upper(values: ArrayLike, *, low: float, high: float, delta: float, rng: np.random.Generator) -> float:
    """Upper bound of the mean of values that lie between ``low`` and ``high``.

    Args:
        values: shape (n,), each in [low, high].
        low: the least a value can be, known beforehand, in the unit of the values.
        high: the most a value can be, known beforehand; above ``low``.
        delta: allowed failure probability, in (0, 1).
        rng: puts the values in random order, so that their order can't matter.

    Returns:
        A bound in [low, high], in the unit of the values, on the far side of their plain mean.

    Raises:
        ArgumentInvalid: outside the domain.

    **Guarantee**: P(mean > bound) <= delta for every distribution on [low, high], n fixed in advance.
    **Assumes**: independent values of one distribution; the limits were not taken from these values.
    **Source**: Waudby-Smith & Ramdas 2024, JRSS-B 86, 1-27, eq. 26 (predictable plug-in bets for a fixed n); the
    bound is the least mean whose bet reaches 1/delta at some time (Ville).
    **Cost**: 40 passes over the values.

    >>> round(mean_upper([0.0] * 59, low=0.0, high=1.0, delta=0.05, rng=np.random.default_rng(1)), 3)
    0.053
    """
    scaled, delta = _scaled(values, low, high, delta, rng)
    beaten = 1.0 - _lower_of_unit(1.0 - scaled, delta)
    # Errors that happen to come late let an early bet go too far: a bound never contradicts the mean it is shown with.
    return low + (high - low) * max(beaten, float(scaled.mean()))


def mean_lower(values: ArrayLike, *, low: float, high: float, delta: float, rng: np.random.Generator) -> float:
    """Lower bound of the mean of values that lie between ``low`` and ``high``.

    Args:
        values: shape (n,), each in [low, high].
        low: the least a value can be, known beforehand, in the unit of the values.
        high: the most a value can be, known beforehand; above ``low``.
        delta: allowed failure probability, in (0, 1).
        rng: puts the values in random order, so that their order can't matter.

    Returns:
        A bound in [low, high], in the unit of the values, on the far side of their plain mean.

    Raises:
        ArgumentInvalid: outside the domain.

    **Guarantee**: P(mean < bound) <= delta for every distribution on [low, high], n fixed in advance.
    **Assumes**: independent values of one distribution; the limits were not taken from these values.
    **Source**: Waudby-Smith & Ramdas 2024, JRSS-B 86, 1-27, eq. 26, mirrored.
    **Cost**: 40 passes over the values.

    >>> round(mean_lower([1.0] * 59, low=0.0, high=1.0, delta=0.05, rng=np.random.default_rng(1)), 3)
    0.947
    """
    scaled, delta = _scaled(values, low, high, delta, rng)
    return low + (high - low) * min(_lower_of_unit(scaled, delta), float(scaled.mean()))


def f1_bounds_fields(
    tp: ArrayLike, fp: ArrayLike, fn: ArrayLike, *, n_fields: int, delta: float, rng: np.random.Generator
) -> Bounds:
    """Bounds of the F1 score over several fields, where each case brings its own counts.

    F1 = E[2 TP] / E[2 TP + FP + FN], the ratio over all cases to come. A wrong value counts as FP and as FN.

    Args:
        tp: shape (n,), fields of each case that are right, whole, >= 0.
        fp: shape (n,), fields answered with a value that is not right.
        fn: shape (n,), fields that have a value which was not answered.
        n_fields: how many fields a case has at most, known beforehand, >= 1;
            tp + fp <= n_fields and tp + fn <= n_fields in every case.
        delta: allowed failure probability of each side, in (0, 1).
        rng: puts the cases in random order.

    Returns:
        Bounds in [0, 1].

    Raises:
        ArgumentInvalid: outside the domain.

    **Guarantee**: each side fails with probability <= delta, for every dependence between the fields of one case.
    **Assumes**: independent cases of one distribution; n fixed in advance.
    **Source**: E[2 TP - F (2 TP + FP + FN)] = 0 exactly at F = F1; betting on it after Waudby-Smith & Ramdas 2024.
    **Cost**: 80 passes over the cases.

    >>> n = np.ones(200, dtype=int)
    >>> bounds = f1_bounds_fields(2 * n, 0 * n, 0 * n, n_fields=2, delta=0.05, rng=np.random.default_rng(1))
    >>> round(bounds.lower, 3), bounds.upper
    (0.984, 1.0)
    """
    hits, extra, missed = counts("tp", tp), counts("fp", fp), counts("fn", fn)
    same_length("tp", hits.size, "fp", extra.size)
    same_length("tp", hits.size, "fn", missed.size)
    most = int(number("n_fields", n_fields, least=1))
    delta = open_share("delta", delta)
    if hits.ndim != 1 or hits.size == 0:
        raise refuse("tp", f"of shape {hits.shape}", "an array of one dimension with at least one value")
    for name, other in (("fp", extra), ("fn", missed)):
        over = np.flatnonzero(hits + other > most)
        if over.size:
            index = int(over[0])
            raise refuse(name, other[index], f"at most n_fields - tp, which is {most - hits[index]}", index=index)
    order = rng.permutation(hits.size)
    right = hits[order] / most
    # The share of the largest possible denominator that this case uses, in [0, 1].
    used = (2 * hits + extra + missed)[order] / (2.0 * most)
    bets = _plug_in_bets(right + (1.0 - used) * _running_ratio(right, used), delta)
    low = _largest_beaten(lambda f: _wealth(right - f * used, bets, f), delta)
    # F1 <= f exactly when the mirrored mean E[used - right] is at least (1 - f) E[used].
    high = _largest_beaten(lambda g: _wealth((1.0 - g) * used - right, bets, g), delta)
    found = float(right.sum() / used.sum()) if used.any() else None
    if found is None:
        return Bounds(lower=low, upper=1.0 - high)
    return Bounds(lower=min(low, found), upper=max(1.0 - high, found))


def _scaled(
    values: ArrayLike, low: float, high: float, delta: float, rng: np.random.Generator
) -> tuple[FloatArray, float]:
    low = number("low", low)
    high = number("high", high, above=low)
    given = numbers("values", values, least=low, most=high)
    return (rng.permutation(given) - low) / (high - low), open_share("delta", delta)


def _lower_of_unit(unit: FloatArray, delta: float) -> float:
    bets = _plug_in_bets(unit, delta)
    return _largest_beaten(lambda mean: _wealth(unit - mean, bets, mean), delta)


def _plug_in_bets(unit: FloatArray, delta: float) -> FloatArray:
    """Bets that know only earlier values: large where the spread so far is small."""
    n = unit.size
    t = np.arange(1, n + 1)
    mean = (0.5 + np.cumsum(unit)) / (t + 1)
    spread = (0.25 + np.cumsum((unit - mean) ** 2)) / (t + 1)
    before = np.concatenate([[0.25], spread[:-1]])
    return np.asarray(np.sqrt(2.0 * math.log(1.0 / delta) / (n * before)))


def _running_ratio(right: FloatArray, used: FloatArray) -> FloatArray:
    """The ratio of the sums so far, before each case; a half before the first."""
    above = np.concatenate([[0.0], np.cumsum(right)[:-1]]) + 0.5
    below = np.concatenate([[0.0], np.cumsum(used)[:-1]]) + 1.0
    return np.asarray(above / below)


def _wealth(gains: FloatArray, bets: FloatArray, worst: float) -> float:
    """Log of the largest wealth on the way, when ``gains`` are at least ``-worst``."""
    bounded = np.minimum(bets, _LARGEST_SHARE / worst)
    return float(np.max(np.cumsum(np.log1p(bounded * gains))))


def _largest_beaten(log_wealth: Callable[[float], float], delta: float) -> float:
    """The largest value in [0, 1] that is beaten by its bet; wealth falls as the value rises."""
    goal = math.log(1.0 / delta)
    beaten, standing = 0.0, 1.0
    for _ in range(_STEPS):
        middle = 0.5 * (beaten + standing)
        if log_wealth(middle) >= goal:
            beaten = middle
        else:
            standing = middle
    return beaten
