"""How soon a good executor would be promoted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, xlog1py, xlogy

from remit.stats.arguments import FloatArray, number, open_share
from remit.stats.watch.promotion import items_to_promotion

__all__ = ["PromotionDelay", "promotion_delay"]

_MOST_ITEMS = 50_000
_NEGLIGIBLE = 1e-15


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionDelay:
    """How many items it takes until the promotion test passes: in half of all cases, and with the power asked for.

    A number is None where it takes more than 50,000 items.
    """

    fewest: int
    median: int | None
    likely: int | None
    power: float
    true_rate: float


def promotion_delay(
    budget: float, true_rate: float, *, delta: float = 0.05, attempt: int | None = None, power: float = 0.8
) -> PromotionDelay:
    """How many items ``PromotionTest`` takes at this error rate when it is asked after every item.

    Args:
        budget: the error budget, in (0, 1).
        true_rate: the error rate that you expect, in [0, budget).
        delta: as for ``PromotionTest``.
        attempt: as for ``PromotionTest``.
        power: with which probability it shall have passed by ``likely`` items, in (0, 1).

    Returns:
        A PromotionDelay.

    Raises:
        ArgumentInvalid: outside the domain.

    **Guarantee**: exact, but for less than 1e-10 of probability.
    **Assumes**: independent items at one error rate.
    **Source**: the walk of the number of errors over the item counts at which the test passes.
    **Cost**: some milliseconds; half a second where ``true_rate`` is close to ``budget``.

    >>> delay = promotion_delay(0.05, 0.01)
    >>> delay.fewest, delay.median, delay.likely
    (85, 132, 209)
    """
    budget, power = open_share("budget", budget), open_share("power", power)
    rate = number("true_rate", true_rate, least=0.0, below=budget)
    errors = 0
    fewest = items = items_to_promotion(0, budget, delta, attempt=attempt)
    waiting = _binomial(items, rate)
    first, passed = 0, 0.0  # waiting[i] is the probability of first + i errors without having passed
    median: int | None = None
    likely: int | None = None
    while True:
        ready = max(0, errors + 1 - first)
        passed += float(waiting[:ready].sum())
        waiting, first = waiting[ready:], max(first, errors + 1)
        median = items if median is None and passed >= 0.5 else median
        likely = items if likely is None and passed >= power else likely
        errors += 1
        following = items_to_promotion(errors, budget, delta, attempt=attempt)
        if following > _MOST_ITEMS or (median is not None and likely is not None):
            return PromotionDelay(fewest=fewest, median=median, likely=likely, power=power, true_rate=rate)
        waiting = np.convolve(waiting, _binomial(following - items, rate))
        items = following


def _binomial(n: int, rate: float) -> FloatArray:
    """The probabilities of 0, 1, ... errors among ``n``, without a negligible end."""
    k = np.arange(n + 1, dtype=np.float64)
    logs = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1) + xlogy(k, rate) + xlog1py(n - k, -rate)
    found: FloatArray = np.exp(logs)
    return found[: int(np.flatnonzero(found > _NEGLIGIBLE)[-1]) + 1]
