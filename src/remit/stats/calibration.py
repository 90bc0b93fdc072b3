"""Whether a confidence means what it says: shown, never a verdict; and one that does, found from cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from remit.stats.arguments import BoolArray, FloatArray, binary, count, numbers, open_share, same_length

__all__ = ["CalibrationError", "ExpectedRight", "calibration_error", "expected_right"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationError:
    """The expected calibration error and an upper bound of it, in [0, 1]."""

    error: float
    upper: float
    n_cases: int
    bins: int


def calibration_error(
    confidence: ArrayLike,
    correct: ArrayLike,
    *,
    bins: int = 10,
    delta: float = 0.05,
    rng: np.random.Generator,
    n_boot: int = 200,
) -> CalibrationError:
    """How far confidence and share of right answers lie apart, on average over the cases.

    Args:
        confidence: shape (n,), in [0, 1].
        correct: shape (n,), 0 or 1.
        bins: number of equally wide bins of confidence, whole, >= 1.
        delta: 1 - delta is the bootstrap quantile taken as upper bound, in (0, 1).
        rng: draws the bootstrap samples.
        n_boot: number of bootstrap samples, whole, >= 1.

    Returns:
        A CalibrationError.

    Raises:
        ArgumentInvalid: outside the domain, or arrays of unequal length.

    **Guarantee**: none; the bootstrap bound is approximate and the binned error is biased upwards for few cases.
    **Assumes**: independent cases.
    **Source**: Naeini, Cooper & Hauskrecht 2015, AAAI; percentile bootstrap.
    **Cost**: ``n_boot`` passes over the cases.

    >>> found = calibration_error([0.75] * 100, [1] * 60 + [0] * 40, rng=np.random.default_rng(1))
    >>> round(found.error, 2)
    0.15
    """
    given = numbers("confidence", confidence, least=0.0, most=1.0)
    right = binary("correct", correct)
    same_length("confidence", given.size, "correct", right.size)
    bins = count("bins", bins, least=1)
    n_boot = count("n_boot", n_boot, least=1)
    delta = open_share("delta", delta)
    again = np.empty(n_boot)
    for i in range(n_boot):
        drawn = rng.integers(0, given.size, given.size)
        again[i] = _binned_error(given[drawn], right[drawn], bins)
    error = _binned_error(given, right, bins)
    upper = max(error, float(np.quantile(again, 1.0 - delta)))
    return CalibrationError(error=error, upper=upper, n_cases=given.size, bins=bins)


def _binned_error(confidence: FloatArray, correct: BoolArray, bins: int) -> float:
    which = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    gap = np.bincount(which, weights=correct - confidence, minlength=bins)
    return float(np.abs(gap).sum() / confidence.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedRight:
    """From confidence ``at`` on, up to the next, ``n_right`` of ``n`` cases were right.

    ``right`` is the share that lets expect of further ones, in (0, 1): (n_right + 1) / (n + 2).
    """

    at: float
    n: int
    n_right: int

    @property
    def right(self) -> float:
        """The expected share of right answers."""
        return (self.n_right + 1) / (self.n + 2)


def expected_right(confidence: ArrayLike, correct: ArrayLike) -> tuple[ExpectedRight, ...]:
    """Which share of right answers each confidence lets expect: isotonic regression, drawn in where cases are few.

    Cases with the same confidence stay together.  Blocks are pooled until the share of right answers grows with the
    confidence (the maximum likelihood among all growing functions), then again until the expected share does, so that
    a few right answers at the top are no certainty.

    Args:
        confidence: shape (n,), in [0, 1].
        correct: shape (n,), 0 or 1.

    Returns:
        Blocks in order of ``at``, with ``right`` strictly growing.

    Raises:
        ArgumentInvalid: outside the domain, or arrays of unequal length.

    **Guarantee**: none: what it says of the cases it was made from is flattering.
    **Assumes**: that more confidence does not mean fewer right answers.
    **Source**: Ayer et al. 1955, Ann. Math. Statist. 26 (pool adjacent violators); rule of succession (Laplace).
    **Cost**: one sort.

    >>> [(one.at, round(one.right, 2)) for one in expected_right([.2, .4, .4, .9, .9, .9], [0, 1, 0, 1, 1, 1])]
    [(0.2, 0.33), (0.4, 0.5), (0.9, 0.8)]
    """
    given = numbers("confidence", confidence, least=0.0, most=1.0)
    right = binary("correct", correct)
    same_length("confidence", given.size, "correct", right.size)
    at, first = np.unique(given, return_inverse=True)
    n = np.bincount(first, minlength=at.size)
    n_right = np.bincount(first, weights=right, minlength=at.size)
    blocks = [
        ExpectedRight(at=float(a), n=int(all_), n_right=int(some)) for a, all_, some in zip(at, n, n_right, strict=True)
    ]
    found = _pooled(blocks, lambda one: one.n_right / one.n)
    return tuple(_pooled(found, lambda one: one.right))


def _pooled(blocks: list[ExpectedRight], value: Callable[[ExpectedRight], float]) -> list[ExpectedRight]:
    """Join neighbours until ``value`` grows from block to block."""
    made: list[ExpectedRight] = []
    for block in blocks:
        one = block
        while made and value(one) <= value(made[-1]):
            below = made.pop()
            one = ExpectedRight(at=below.at, n=below.n + one.n, n_right=below.n_right + one.n_right)
        made.append(one)
    return made
