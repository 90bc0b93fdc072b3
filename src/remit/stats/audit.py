"""Which acted-on items to audit, and what the audits say of all of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from remit.stats.arguments import FloatArray, number, numbers, open_share, refuse, same_length
from remit.stats.betting import mean_lower, mean_upper

__all__ = ["AuditEstimate", "audit_error_rate", "audit_probabilities"]

_UNIFORM = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEstimate:
    """The error rate of all acted-on items, from those that were audited.

    ``rate`` is the estimate, which may lie a little outside [0, 1]; ``lower`` and ``upper`` are one-sided bounds.
    """

    rate: float
    standard_error: float
    lower: float
    upper: float
    n_acted: int
    n_audited: int
    n_wrong: int
    delta: float


def audit_probabilities(risk: ArrayLike, share: float, *, least: float = 0.01) -> FloatArray:
    """With which probability to audit each acted-on item, so that the audits say the most.

    Draw with these probabilities and log them *before* any outcome is known.

    Args:
        risk: shape (n,), the guessed probability that each item is wrong, in [0, 1]; a bad guess costs audits, never
            validity.
        share: the share of items to audit on average, in (0, 1], at least ``least``.
        least: the smallest probability of any item, in (0, 1].

    Returns:
        Shape (n,), in [least, 1], with mean ``share``.

    Raises:
        ArgumentInvalid: outside the domain.

    **Guarantee**: every item can be audited, so that estimates are unbiased.
    **Assumes**: nothing.
    **Source**: Neyman allocation, proportional to sqrt(g (1 - g)), four fifths of it, one fifth spread evenly.
    **Cost**: some passes.

    >>> audit_probabilities([0.5, 0.01], 0.2).round(3).tolist()
    [0.307, 0.093]
    """
    guess = numbers("risk", risk, least=0.0, most=1.0)
    least = number("least", least, above=0.0, most=1.0)
    share = number("share", share, least=least, most=1.0)
    spread = np.sqrt(guess * (1.0 - guess))
    even = np.full(guess.size, 1.0)
    weight = even if spread.sum() == 0.0 else (1.0 - _UNIFORM) * spread / spread.mean() + _UNIFORM
    # The scale at which the clipped probabilities have the mean asked for.
    low, high = 0.0, 1.0 / weight.min()
    for _ in range(60):
        scale = 0.5 * (low + high)
        low, high = (scale, high) if np.clip(scale * weight, least, 1.0).mean() < share else (low, scale)
    return np.asarray(np.clip(high * weight, least, 1.0))


def audit_error_rate(
    wrong: ArrayLike,
    inclusion: ArrayLike,
    *,
    risk: ArrayLike | None = None,
    least: float,
    delta: float = 0.05,
    rng: np.random.Generator,
) -> AuditEstimate:
    """The error rate of all acted-on items, from audits drawn with known probabilities.

    Args:
        wrong: shape (n,), one value for *every* acted-on item: 0 or 1 where it was audited, NaN where it was not.
        inclusion: shape (n,), the logged probability of an audit of each item, in [least, 1].
        risk: shape (n,), a guess of each error probability made before the outcome, in [0, 1]; good guesses make
            the bounds tighter. None is made when not given.
        least: the smallest inclusion probability that was possible, in (0, 1].
        delta: allowed failure probability of each bound, in (0, 1).
        rng: puts the items in random order.

    Returns:
        An AuditEstimate.

    Raises:
        ArgumentInvalid: outside the domain, an inclusion probability of 0, arrays of unequal length.

    **Guarantee**: each bound fails with probability <= delta, n fixed in advance.
    **Assumes**: audits were drawn with the logged probabilities and independently of the outcome; every audited item
    has its truth.
    **Source**: X = g + audited (y - g) / inclusion, unbiased (Robins, Rotnitzky & Zhao 1994); betting bounds of its
    mean on [1 - 1/least, 1/least].
    **Cost**: 80 passes.

    >>> wrong = np.full(1000, np.nan)
    >>> wrong[::10] = 0.0
    >>> wrong[:50:10] = 1.0
    >>> found = audit_error_rate(wrong, np.full(1000, 0.1), least=0.1, rng=np.random.default_rng(1))
    >>> round(found.rate, 4), found.n_audited, found.n_wrong
    (0.05, 100, 5)
    """
    least = number("least", least, above=0.0, most=1.0)
    chance = numbers("inclusion", inclusion, least=least, most=1.0)
    given = _outcomes(wrong)
    same_length("inclusion", chance.size, "wrong", given.size)
    guess = np.zeros(given.size) if risk is None else numbers("risk", risk, least=0.0, most=1.0)
    same_length("inclusion", chance.size, "risk", guess.size)
    delta = open_share("delta", delta)
    audited = ~np.isnan(given)
    outcome = np.where(audited, given, 0.0)
    values = guess + np.where(audited, (outcome - guess) / chance, 0.0)
    low, high = 1.0 - 1.0 / least, 1.0 / least
    # Without a guess no value is below 0, which makes the bounds tighter.
    low = 0.0 if risk is None else low
    values = np.clip(values, low, high)
    return AuditEstimate(
        rate=float(values.mean()),
        standard_error=float(values.std(ddof=1) / np.sqrt(values.size)) if values.size > 1 else 1.0,
        lower=max(0.0, mean_lower(values, low=low, high=high, delta=delta, rng=rng)),
        upper=min(1.0, mean_upper(values, low=low, high=high, delta=delta, rng=rng)),
        n_acted=given.size,
        n_audited=int(audited.sum()),
        n_wrong=int(outcome.sum()),
        delta=delta,
    )


def _outcomes(wrong: ArrayLike) -> FloatArray:
    try:
        given = np.asarray(wrong, dtype=np.float64)
    except (TypeError, ValueError):
        raise refuse("wrong", f"not made of numbers ({type(wrong).__name__})", "0, 1 or NaN") from None
    if given.ndim != 1 or given.size == 0:
        raise refuse("wrong", f"of shape {given.shape}", "an array of one dimension with at least one value")
    bad = np.flatnonzero(~np.isnan(given) & (given != 0.0) & (given != 1.0))
    if bad.size:
        raise refuse("wrong", given[bad[0]], "0, 1 or NaN", index=int(bad[0]))
    return given
