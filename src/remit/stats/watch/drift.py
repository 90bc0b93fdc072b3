"""Does what comes in now still look like what the proof was made on?"""

from __future__ import annotations

import bisect
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import kolmogorov

from remit.stats.arguments import FloatArray, count, number, numbers, open_share, refuse

__all__ = ["DriftState", "DriftTest", "KolmogorovSmirnov", "kolmogorov_smirnov", "population_stability"]

# The simple jumper: three bets on the p-values, each of which hands a little of its wealth to the others every time.
_SLOPES = (-1.5, 0.0, 1.5)
_JUMP = 0.01


class DriftState(NamedTuple):
    """What the test says after an item; ``warning`` stays True once raised."""

    warning: bool
    martingale: float
    n: int


class DriftTest:
    """Tests whether one number of each new item, a confidence for instance, still comes like those of the proof.

    It warns and raises the audit share; it never demotes by itself.

    Args:
        reference: shape (m,), the number for each proving case, finite, at least 20.
        delta: allowed probability of ever warning without drift, in (0, 1).
        rng: breaks ties and puts the reference in random order.

    Raises:
        ArgumentInvalid: outside the domain.

    **Guarantee**: P(ever a warning while reference and items are exchangeable) <= delta, over any number of looks.
    **Assumes**: nothing of the distribution.
    **Source**: conformal test martingales, Vovk, Nouretdinov & Gammerman 2021 (arXiv 2102.10439), simple jumper on the
    p-values and on how far they lie from the middle, half of the wealth each.
    **Cost**: about 10 microseconds an item; keeps every number it has seen.

    >>> rng = np.random.default_rng(1)
    >>> test = DriftTest(rng.random(500), rng=rng)
    >>> any(test.update(value).warning for value in rng.random(500))
    False
    >>> any(test.update(value).warning for value in 0.5 * rng.random(500))
    True
    """

    __slots__ = ("_high", "_low", "_n", "_rng", "_seen", "_warning", "delta")

    def __init__(self, reference: ArrayLike, delta: float = 0.01, *, rng: np.random.Generator) -> None:
        given = numbers("reference", reference)
        if given.size < 20:
            raise refuse("reference", f"{given.size} values long", "at least 20 values long")
        self.delta = open_share("delta", delta)
        self._rng = rng
        self._seen: list[float] = sorted(given.tolist())
        self._low = [1.0 / 3.0] * 3
        self._high = [1.0 / 3.0] * 3
        self._n = 0
        self._warning = False

    def update(self, value: float) -> DriftState:
        """Take in the number of the next item.

        Raises:
            ArgumentInvalid: not finite.
        """
        value = number("value", value)
        below = bisect.bisect_left(self._seen, value)
        equal = bisect.bisect_right(self._seen, value) - below + 1
        p_value = (below + float(self._rng.random()) * equal) / (len(self._seen) + 1)
        bisect.insort(self._seen, value)
        self._low = _jumped(self._low, p_value - 0.5)
        self._high = _jumped(self._high, abs(2.0 * p_value - 1.0) - 0.5)
        self._n += 1
        martingale = 0.5 * (sum(self._low) + sum(self._high))
        self._warning = self._warning or martingale * self.delta >= 1.0
        return DriftState(self._warning, martingale, self._n)


class KolmogorovSmirnov(NamedTuple):
    """The largest distance between two distribution functions, and its p-value for one look."""

    distance: float
    p_value: float


def kolmogorov_smirnov(reference: ArrayLike, recent: ArrayLike) -> KolmogorovSmirnov:
    """How far two samples lie apart; for display.

    Args:
        reference: shape (m,), finite.
        recent: shape (n,), finite.

    Returns:
        KolmogorovSmirnov; the p-value is an approximation for many values and holds for a single look.

    Raises:
        ArgumentInvalid: outside the domain.

    **Guarantee**: none; shown, never a verdict.
    **Assumes**: independent values, continuous.
    **Source**: Smirnov 1948; the limit distribution with Stephens' correction for few values.
    **Cost**: two sorts.

    >>> kolmogorov_smirnov([1, 2, 3, 4], [3, 4, 5, 6]).distance
    0.5
    """
    first, second = np.sort(numbers("reference", reference)), np.sort(numbers("recent", recent))
    every = np.concatenate([first, second])
    below_first = np.searchsorted(first, every, side="right") / first.size
    below_second = np.searchsorted(second, every, side="right") / second.size
    distance = float(np.abs(below_first - below_second).max())
    size = np.sqrt(first.size * second.size / (first.size + second.size))
    return KolmogorovSmirnov(distance, float(kolmogorov((size + 0.12 + 0.11 / size) * distance)))


def population_stability(reference: ArrayLike, recent: ArrayLike, *, bins: int = 10) -> float:
    """The population stability index of two samples; for display.

    Args:
        reference: shape (m,), finite.
        recent: shape (n,), finite.
        bins: number of bins with equally many values of the reference, whole, >= 2.

    Returns:
        The index, at least 0; below .1 is usually called stable, above .25 shifted.

    Raises:
        ArgumentInvalid: outside the domain.

    **Guarantee**: none; shown, never a verdict.
    **Assumes**: nothing.
    **Source**: sum of (p - q) ln(p / q) over the bins, with half a value added to each bin.
    **Cost**: one sort and two searches.

    >>> round(population_stability(np.arange(100), np.arange(100)), 6)
    0.0
    """
    first, second = numbers("reference", reference), numbers("recent", recent)
    bins = count("bins", bins, least=2)
    edges = np.quantile(first, np.arange(1, bins) / bins)
    p, q = _shares(first, edges, bins), _shares(second, edges, bins)
    return float(((p - q) * np.log(p / q)).sum())


def _shares(values: FloatArray, edges: FloatArray, bins: int) -> FloatArray:
    found = np.bincount(np.searchsorted(edges, values, side="left"), minlength=bins) + 0.5
    return np.asarray(found / found.sum())


def _jumped(wealth: list[float], tilt: float) -> list[float]:
    """One step: the wealth mixes a little, then each part bets with its slope."""
    total = sum(wealth)
    mixed = [(1.0 - _JUMP) * part + _JUMP * total / 3.0 for part in wealth]
    return [min(part * (1.0 + slope * tilt), 1e300) for part, slope in zip(mixed, _SLOPES, strict=True)]
