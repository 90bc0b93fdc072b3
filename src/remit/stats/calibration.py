"""Whether a confidence means what it says: shown, never a verdict."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from remit.stats.arguments import BoolArray, FloatArray, binary, count, numbers, open_share, same_length

__all__ = ["CalibrationError", "calibration_error"]


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
