"""What 1,000 items cost under three policies: as certified, a person for everything, never a person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remit.definition.model import Definition
from remit.proof.document import CostPer1000
from remit.proof.tally import Tally
from remit.stats import mean_upper

__all__ = ["costs_per_1000"]

CERTIFIED = "as certified"
EVERYTHING = "review everything"
NEVER = "never review"

_NO_COST = "the executor file has no cost_per_item"
_DEARER = "an item cost more than the cost_per_item of the executor file"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prices:
    review: float | None
    executor: float | None
    highest_loss: float


def costs_per_1000(
    definition: Definition,
    tally: Tally,
    *,
    acts: NDArray[np.bool_],
    executor_cost: float | None,
    delta: float,
    rng: np.random.Generator,
) -> tuple[CostPer1000, ...]:
    """Expected costs of 1,000 items, in the currency of the project.

    Errors cost what ``quality.error_costs`` says, an answer what the executor said that it cost, else ``cost_per_item``
    of its file, which it can't exceed; a review ``today.cost_per_item``; errors that people make in reviews are in
    none of the figures, because nobody measured them here.

    Args:
        definition: where the costs are written.
        tally: the judged cases.
        acts: shape (number of asked cases,): would be acted on under the certificate.
        executor_cost: per item; None counts as unknown.
        delta: failure probability of each upper bound.
        rng: puts the cases in random order for the bound.
    """
    review = definition.today.cost_per_item if definition.today is not None else None
    prices = _Prices(
        review=review if isinstance(review, float) else None,
        executor=executor_cost,
        highest_loss=tally.judge.highest_loss,
    )
    loss = np.asarray(tally.loss)
    paid = _paid(tally, executor_cost)
    return (
        _as_certified(tally, loss, paid, acts, prices, delta, rng),
        _everything(prices),
        _never(tally, loss, paid, prices, delta, rng),
    )


def _paid(tally: Tally, executor_cost: float | None) -> NDArray[np.float64]:
    """What each answer cost, shape (number of asked cases,); what is not known costs the most that it may."""
    said = np.asarray(tally.cost, dtype=np.float64)
    return np.where(np.isnan(said), executor_cost if executor_cost is not None else np.nan, said)


def _as_certified(
    tally: Tally,
    loss: NDArray[np.float64],
    paid: NDArray[np.float64],
    acts: NDArray[np.bool_],
    prices: _Prices,
    delta: float,
    rng: np.random.Generator,
) -> CostPer1000:
    if missing := _missing(tally, prices, paid):
        return CostPer1000(policy=CERTIFIED, estimate=None, upper=None, why_not=missing)
    review, executor = prices.review, prices.executor
    assert review is not None and executor is not None  # noqa: PT018, S101
    spent = np.concatenate([np.where(acts, loss, review) + paid, np.full(tally.n_kept, review)])
    if not acts.any():  # a person for every item, after an answer that is paid for unless the item is kept
        low = review if tally.n_kept or bool((paid < executor).any()) else review + executor
        return _estimate(CERTIFIED, spent, low, review + executor, delta, rng)
    highest = max(prices.highest_loss, review) + executor
    return _estimate(CERTIFIED, spent, 0.0, highest, delta, rng)


def _never(
    tally: Tally,
    loss: NDArray[np.float64],
    paid: NDArray[np.float64],
    prices: _Prices,
    delta: float,
    rng: np.random.Generator,
) -> CostPer1000:
    if not tally.judge.has_costs:
        return CostPer1000(policy=NEVER, estimate=None, upper=None, why_not="quality.error_costs is empty")
    if prices.executor is None:
        return CostPer1000(policy=NEVER, estimate=None, upper=None, why_not=_NO_COST)
    if _dearer(paid, prices.executor):
        return CostPer1000(policy=NEVER, estimate=None, upper=None, why_not=_DEARER)
    return _estimate(NEVER, loss + paid, 0.0, prices.highest_loss + prices.executor, delta, rng)


def _everything(prices: _Prices) -> CostPer1000:
    if prices.review is None:
        return CostPer1000(policy=EVERYTHING, estimate=None, upper=None, why_not="today.cost_per_item is not known")
    return CostPer1000(policy=EVERYTHING, estimate=1000 * prices.review, upper=1000 * prices.review)


def _dearer(paid: NDArray[np.float64], cap: float) -> bool:
    """Whether an answer cost more than the file says that it can: then there is no bound."""
    return bool(paid.size) and float(paid.max()) > cap


def _missing(tally: Tally, prices: _Prices, paid: NDArray[np.float64]) -> str | None:
    if not tally.judge.has_costs:
        return "quality.error_costs is empty"
    if prices.review is None:
        return "today.cost_per_item is not known"
    if prices.executor is None:
        return _NO_COST
    return _DEARER if _dearer(paid, prices.executor) else None


def _estimate(
    policy: str, spent: NDArray[np.float64], low: float, highest: float, delta: float, rng: np.random.Generator
) -> CostPer1000:
    if not spent.size:
        return CostPer1000(policy=policy, estimate=None, upper=None, why_not="no case was answered")
    mean = float(spent.mean())
    upper = mean if highest <= low else mean_upper(spent, low=low, high=highest, delta=delta, rng=rng)
    return CostPer1000(policy=policy, estimate=1000 * mean, upper=1000 * upper)
