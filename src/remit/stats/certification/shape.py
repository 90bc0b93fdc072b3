"""Where along the confidences the evidence is expected to be strongest."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from remit.stats.arguments import FloatArray, number, open_share
from remit.stats.certification.blocks import blocks_of

__all__ = ["Shape", "shape_from"]

# Prior of a logistic curve of errors over the rank of the confidence: mean and standard deviation.
_PRIOR = np.array([-7.0, 9.0])
_PRIOR_SPREAD = np.array([3.0, 4.0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How the levels of a certificate are spread over the share of cases acted on.

    Up to ``centre`` the levels follow a bell around it of width ``width``, never below ``floor`` of its height; from
    there on each further step is tested by what lies close ahead.  Any shape is valid as long as it was fixed without
    the cases that certify; a good one certifies more.  ``centre`` = 1 with infinite ``width`` is flat.
    """

    centre: float = 0.35
    width: float = 0.22
    floor: float = 0.01

    def __post_init__(self) -> None:
        number("centre", self.centre, above=0.0, most=1.0)
        number("floor", self.floor, least=0.003, most=1.0)
        if self.width != math.inf:
            number("width", self.width, above=0.0)

    @classmethod
    def flat(cls) -> Shape:
        """The same level everywhere."""
        return cls(centre=1.0, width=math.inf, floor=1.0)

    def approach(self, share: FloatArray) -> FloatArray:
        """The relative level at each share of cases acted on, shape as given."""
        return np.asarray(self.floor + np.exp(-(((share - self.centre) / self.width) ** 2)))


def shape_from(confidence: ArrayLike, wrong: ArrayLike, *, alpha: float) -> Shape:
    """The shape that other cases of the same executor suggest; ``tune`` cases, never those that certify.

    Args:
        confidence: shape (m,), finite.
        wrong: shape (m,), 0 or 1.
        alpha: the error budget, in (0, 1).

    Returns:
        A Shape with its centre where sqrt(u) (alpha - risk(u)) is largest, u the share acted on, risk(u) fitted.

    Raises:
        ArgumentInvalid: outside the domain, or arrays of unequal length.

    **Guarantee**: none needed: a bad shape costs coverage, never validity.
    **Assumes**: these cases are not among those that certify.
    **Source**: the share where the z-value against ``alpha`` is expected to be largest, whatever the number of cases;
    a logistic curve over the rank with a weak normal prior, by Newton's method.
    **Cost**: ten passes over the cases.

    >>> rng = np.random.default_rng(4)
    >>> confidence = rng.random(150)
    >>> wrong = rng.random(150) < 0.9 / (1 + np.exp(9 * confidence - 2.2))
    >>> round(shape_from(confidence, wrong, alpha=0.05).centre, 2)
    0.45
    """
    alpha = open_share("alpha", alpha)
    blocks = blocks_of(confidence, wrong)
    risk, share = _fitted_risk(blocks.n_acted.astype(np.float64), blocks.n_wrong.astype(np.float64))
    centre = float(share[np.argmax(np.sqrt(share) * (alpha - risk))])
    return Shape(centre=min(max(centre, 0.05), 0.9), width=0.2)


def _fitted_risk(n_acted: FloatArray, n_wrong: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The fitted error rate above each of 400 shares acted on, and these shares."""
    sizes, errors = np.diff(n_acted, prepend=0.0), np.diff(n_wrong, prepend=0.0)
    middle = (n_acted - 0.5 * sizes) / n_acted[-1]
    design = np.stack([np.ones_like(middle), middle], axis=1)
    curve = _PRIOR.copy()
    for _ in range(10):
        rate = _logistic(design @ curve)
        slope = design.T @ (errors - sizes * rate) - (curve - _PRIOR) / _PRIOR_SPREAD**2
        bend = (design.T * (sizes * rate * (1.0 - rate))) @ design + np.diag(1.0 / _PRIOR_SPREAD**2)
        curve = curve + np.clip(np.linalg.solve(bend, slope), -2.0, 2.0)
    share = (np.arange(400) + 0.5) / 400
    rate = _logistic(curve[0] + curve[1] * share)
    return np.cumsum(rate) / np.arange(1, 401), share


def _logistic(value: FloatArray) -> FloatArray:
    return np.asarray(1.0 / (1.0 + np.exp(-value)))
