"""From the counts of a cascade to each part's share, and to what coverage costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np
from numpy.typing import NDArray

from remit.proof.cascade.document import Beside, CascadeProof, CostPoint, PartShare, ProvedPart
from remit.proof.cascade.tally import PartTally
from remit.stats import RiskPoint, binomial_upper, mean_upper, risk_coverage

__all__ = ["Bearings", "cascade_proof", "warnings_of"]

_MOST_POINTS = 16  # each has a bound of its own by betting, some milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearings:
    """What the figures of a cascade rest on, all of them over the cases that it was asked.

    ``spent`` is nan where the cost of an answer is not known, ``confidence`` where an answer has none, and None for a
    cascade without any; ``eligible`` marks the cases
    that only confidence keeps from being acted on, ``acts`` those that would be under the certificate, whose
    ``threshold`` is None where there is none or any confidence is enough.  ``n_cases`` counts all cases, ``n_refused``
    those that nobody decides.  ``cost_cap`` is the most that an item can cost, ``review_cost`` what a review costs.
    """

    wrong: NDArray[np.bool_]
    spent: NDArray[np.float64]
    eligible: NDArray[np.bool_]
    acts: NDArray[np.bool_]
    confidence: NDArray[np.float64] | None
    is_certified: bool
    threshold: float | None
    n_cases: int
    n_refused: int
    cost_cap: float | None
    review_cost: float | None
    delta: float
    delta_full: float


def cascade_proof(
    parts: Sequence[ProvedPart],
    tally: PartTally,
    found: Bearings,
    *,
    is_tuned: bool,
    beside: Sequence[Beside] = (),
    rng: np.random.Generator,
) -> CascadeProof:
    """What the proof of a cascade holds beside that of any executor.

    Args:
        parts: in the order in which they are asked.
        tally: the counts.
        found: what else is known of the cases.
        is_tuned: whether confidences were brought onto one scale.
        beside: other executors on the same cases.
        rng: random order for the bounds of costs.
    """
    by = np.frombuffer(bytes(tally.by), dtype=np.uint8)
    spent = found.spent
    known = found.n_cases > 0 and spent.size > 0 and not bool(np.isnan(spent).any())
    per_case = np.concatenate([spent, np.zeros(found.n_cases - spent.size)]) if known else np.empty(0)
    return CascadeProof(
        parts=tuple(_share(one, index, tally, by, found) for index, one in enumerate(parts)),
        is_tuned=is_tuned,
        n_unanswered=int(np.count_nonzero(by == PartTally.NOBODY)),
        cost=float(per_case.mean()) if known else None,
        cost_upper=_upper(per_case, found.cost_cap, found.delta_full, rng) if known else None,
        review_cost=found.review_cost,
        points=tuple(_points(spent, found, rng)) if known else (),
        beside=tuple(beside),
    )


def _share(one: ProvedPart, index: int, tally: PartTally, by: NDArray[np.uint8], found: Bearings) -> PartShare:
    taken = by == index
    counts = tally.counts[one.name]
    n_taken, n_wrong = int(taken.sum()), int((taken & found.wrong).sum())
    if one.is_person:
        n_wrong = 0
    asked = counts.n_asked
    return PartShare(
        name=one.name,
        kind=one.kind,
        at_least=one.at_least,
        is_person=one.is_person,
        n_asked=asked,
        n_faults=counts.n_faults,
        n_unavailable=counts.n_unavailable,
        n_taken=n_taken,
        n_wrong=n_wrong,
        upper=float(binomial_upper(n_wrong, n_taken, found.delta_full)) if n_taken and not one.is_person else None,
        n_acted=int((taken & found.acts).sum()),
        n_acted_wrong=int((taken & found.acts & found.wrong).sum()),
        cost_per_asked=counts.cost / asked if asked and not isnan(counts.cost) else None,
        seconds_per_asked=counts.seconds / asked if asked else None,
    )


def _points(spent: NDArray[np.float64], found: Bearings, rng: np.random.Generator) -> Iterator[CostPoint]:
    """Cost against coverage: at thresholds evenly spread over what may be acted on, and at the certificate's own."""
    chosen = found.eligible
    if found.confidence is not None:
        chosen = chosen & ~np.isnan(found.confidence)
    if not chosen.any():
        return
    confidence = None if found.confidence is None else found.confidence[chosen]
    curve = list(
        risk_coverage(confidence, found.wrong[chosen], delta=found.delta, points=_MOST_POINTS, n_cases=found.n_cases)
    )
    if found.is_certified and found.threshold not in {one.threshold for one in curve}:
        curve.append(_point_at(found, chosen))
    for one in sorted(curve, key=lambda point: point.n_acted):
        acts = chosen if one.threshold is None else chosen & (_filled(found.confidence) >= one.threshold)
        cost, upper = _cost_at(spent, acts, found, rng)
        yield CostPoint(
            threshold=one.threshold,
            n_acted=one.n_acted,
            n_wrong=one.n_wrong,
            coverage=one.coverage,
            upper=one.upper,
            cost=cost,
            cost_upper=upper,
            is_certified=found.is_certified and one.threshold == found.threshold,
        )


def _point_at(found: Bearings, chosen: NDArray[np.bool_]) -> RiskPoint:
    """The point of the certificate, where it is none of those that are spread evenly."""
    acts = chosen & found.acts
    n_acted, n_wrong = int(acts.sum()), int((acts & found.wrong).sum())
    return RiskPoint(
        threshold=found.threshold,
        n_acted=n_acted,
        n_wrong=n_wrong,
        coverage=n_acted / found.n_cases,
        rate=n_wrong / n_acted,
        upper=float(binomial_upper(n_wrong, n_acted, found.delta)),
    )


def _filled(confidence: NDArray[np.float64] | None) -> NDArray[np.float64]:
    return np.empty(0) if confidence is None else np.nan_to_num(confidence, nan=-np.inf)


def _cost_at(
    spent: NDArray[np.float64], acts: NDArray[np.bool_], found: Bearings, rng: np.random.Generator
) -> tuple[float, float | None]:
    """What an item costs on average, reviews of what is not acted on included, and at most."""
    review = found.review_cost if found.review_cost is not None else 0.0
    n_kept = found.n_cases - spent.size
    n_refused = min(found.n_refused, n_kept)
    costs = np.concatenate(
        [spent + np.where(acts, 0.0, review), np.full(n_kept - n_refused, review), np.zeros(n_refused)]
    )
    cap = None if found.cost_cap is None else found.cost_cap + review
    return float(costs.mean()), _upper(costs, cap, found.delta_full, rng)


def _upper(costs: NDArray[np.float64], cap: float | None, delta: float, rng: np.random.Generator) -> float | None:
    """An upper bound of the mean; None where nobody knows the most that an item can cost, or one cost more."""
    if cap is None or float(costs.max()) > cap:
        return None
    if cap <= 0.0:
        return 0.0
    return float(mean_upper(costs, low=0.0, high=cap, delta=delta, rng=rng))


def warnings_of(parts: Sequence[ProvedPart], tally: PartTally, *, is_tuned: bool) -> Iterator[str]:
    """What speaks against the proof of a cascade without voiding it."""
    asked = [one for one in parts if not one.is_person]
    if not is_tuned and len(asked) > 1:
        yield (
            "it was not tuned: the confidences of its parts stand in one order as if they were on one scale, and "
            "answers of a part without confidence are never acted on alone"
        )
    for one in asked:
        counts = tally.counts[one.name]
        if counts.n_unavailable and one is not asked[-1]:
            yield (
                f"in {counts.n_unavailable:,} of {counts.n_asked:,} cases `{one.name}` was unavailable and the next "
                "part was asked: what is proved is how the whole does with such outages"
            )
