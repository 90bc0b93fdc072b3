"""The Bernoulli walk: how likely it ever keeps at or below a boundary, exactly, by dynamic programming.

The walk is looked at only now and then.  Between looks the boundary of the last look holds: it is implied by that look,
because the number of errors only grows, so every case stays a possible end at no price.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr, gammaln

from remit.stats.arguments import FloatArray, IntArray

__all__ = ["Walk", "looks_between"]

_DENSE_UNTIL = 300
_RATIO = 1.01
_BAND = 9.0
# Above this length a row is convolved by Fourier transform; below, shifting and adding is faster.
_LONG_STEP = 48


def looks_between(first: int, last: int) -> IntArray:
    """Where the walk is looked at: at every case up to 300, then at a ratio of 1.01; both ends included."""
    looks = list(range(first, min(last, max(first, _DENSE_UNTIL)) + 1))
    while looks[-1] < last:
        looks.append(min(last, math.ceil(looks[-1] * _RATIO)))
    return np.array(looks, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class _Look:
    """One look: the band of errors that is kept, the walk since the last look, and its distribution function."""

    low: int
    high: int
    step_low: int
    step: FloatArray
    start: FloatArray
    cdf: FloatArray


class Walk:
    """A Bernoulli(alpha) walk at its looks. Immutable; built once and asked often.

    Args:
        alpha: the rate of errors, in (0, 1).
        looks: shape (g,), increasing numbers of cases.
    """

    __slots__ = ("_looks", "alpha", "looks")

    def __init__(self, alpha: float, looks: IntArray) -> None:
        self.alpha = alpha
        self.looks = looks
        before = np.concatenate([[0], looks[:-1]])
        self._looks = [_look(alpha, int(k), int(k - j)) for j, k in zip(before, looks, strict=True)]

    def limits(self, levels: FloatArray) -> IntArray:
        """The most errors whose binomial tail is within the level, at every look; -1 where not even none is.

        Args:
            levels: shape (rows, g).

        Returns:
            Shape (rows, g), non-decreasing along the looks: an earlier limit holds on, at no price.
        """
        found = np.empty(levels.shape, dtype=np.int64)
        for g, look in enumerate(self._looks):
            found[:, g] = np.searchsorted(look.cdf, levels[:, g], side="right") + (look.low - 1)
        return np.maximum.accumulate(found, axis=1)

    def crossing(self, limits: IntArray, first: IntArray, last: IntArray) -> FloatArray:
        """P(at some look from ``first`` to ``last`` the walk is at or below its limit), for each row.

        Args:
            limits: shape (rows, g).
            first: shape (rows,), index of the first look of each row, non-decreasing.
            last: shape (rows,), index of its last look, non-decreasing.

        Returns:
            Shape (rows,); what the band cuts off counts as crossed, so the result is never too small by it.
        """
        crossed = np.zeros(first.size)
        state = np.zeros((0, 1))
        top, bottom, low = 0, 0, 0
        for g in range(int(first[0]), int(last[-1]) + 1):
            look = self._looks[g]
            if bottom > top:
                state = _convolved(state, look.step)
                low += look.step_low
                state, cut = _cropped(state, low, look)
                crossed[top:bottom] += cut
            low = look.low
            n_new = int(np.searchsorted(first, g, side="right")) - bottom
            if n_new:
                rows = np.broadcast_to(look.start, (n_new, look.start.size))
                state = np.concatenate([state, rows]) if bottom > top else rows.copy()
                bottom += n_new
            crossed[top:bottom] += _absorbed(state, limits[top:bottom, g] - low)
            n_done = int(np.searchsorted(last[:bottom], g, side="right")) - top
            if n_done > 0:
                state, top = state[n_done:], top + n_done
        return crossed


def _look(alpha: float, k: int, since: int) -> _Look:
    spread = _BAND * math.sqrt(k * alpha * (1.0 - alpha))
    low = max(0, math.floor(k * alpha - spread - 12.0))
    high = min(k, math.ceil(k * alpha + spread + 14.0))
    step_spread = _BAND * math.sqrt(since * alpha * (1.0 - alpha))
    step_low = max(0, math.floor(since * alpha - step_spread - 12.0))
    step_high = min(since, math.ceil(since * alpha + step_spread + 14.0))
    errors = np.arange(low, high + 1)
    return _Look(
        low=low,
        high=high,
        step_low=step_low,
        step=_binomial(np.arange(step_low, step_high + 1), since, alpha),
        start=_binomial(errors, k, alpha),
        cdf=np.asarray(bdtr(errors.astype(np.float64), k, alpha)),
    )


def _binomial(errors: IntArray, n: int, alpha: float) -> FloatArray:
    """P(Binomial(n, alpha) = errors), with what the band cuts off left out."""
    ways = gammaln(n + 1.0) - gammaln(errors + 1.0) - gammaln(n - errors + 1.0)
    return np.asarray(np.exp(ways + errors * math.log(alpha) + (n - errors) * math.log1p(-alpha)))


def _convolved(state: FloatArray, step: FloatArray) -> FloatArray:
    rows, width = state.shape
    size = width + step.size - 1
    if step.size <= _LONG_STEP:
        found = np.zeros((rows, size))
        for shift, probability in enumerate(step):
            found[:, shift : shift + width] += probability * state
        return found
    fast = 1 << (size - 1).bit_length()
    product = np.fft.rfft(state, fast, axis=1) * np.fft.rfft(step, fast)
    return np.maximum(np.fft.irfft(product, fast, axis=1)[:, :size], 0.0)


def _cropped(state: FloatArray, low: int, look: _Look) -> tuple[FloatArray, FloatArray]:
    """The state on the band of this look, and the mass that was cut off. A step never reaches less than the band."""
    before, after = look.low - low, look.high + 1 - low
    cut = state[:, :before].sum(axis=1) + state[:, after:].sum(axis=1)
    return state[:, before:after], cut


def _absorbed(state: FloatArray, limits: IntArray) -> FloatArray:
    """Take out, and return, the mass at or below the limits (counted from the lower end of the band)."""
    deepest = int(limits.max()) + 1
    if deepest <= 0:
        return np.zeros(limits.size)
    part = state[:, :deepest]
    crossed = np.where(np.arange(part.shape[1]) <= limits[:, None], part, 0.0)
    part -= crossed
    return np.asarray(crossed.sum(axis=1))
