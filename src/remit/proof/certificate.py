"""From the judged cases to the certificate: how far the executor may act alone, and what a tighter budget takes."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from remit.autonomy.certificate import Certificate
from remit.proof.document import BudgetOutlook, CurvePoint
from remit.proof.tally import Tally
from remit.stats import Certified, Levels, NotEnoughEvidence, certify, further_for_certificate, risk_coverage

__all__ = ["ActedOn", "Bound", "acted_on", "certified", "curve", "outlook"]

METHOD = "step_down"
_BUDGETS = (0.005, 0.01, 0.02, 0.05, 0.08, 0.1)
_FEWEST_FOR_OUTLOOK = 20
# What one threshold has of delta where it is searched among all: .2 to .4 in the middle of most tables.
_SHARE_SEARCHED = 0.25
_OUTLOOK_POINTS = 12  # each takes milliseconds, for each budget, and it is an outlook, not a claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """The digests that a certificate is bound to."""

    evidence_digest: str
    executor_digest: str
    case_set_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActedOn:
    """The cases that only level and confidence keep from being acted on.

    ``confidence`` is None for an executor without confidence: all or nothing.  ``n_cases`` counts all cases, also those
    that are always a person's; ``n_silent`` those that only the missing confidence of their answer keeps back.
    """

    confidence: NDArray[np.float64] | None
    wrong: NDArray[np.bool_]
    n_cases: int
    n_silent: int = 0


def acted_on(tally: Tally, *, gives_confidence: bool) -> ActedOn:
    """The eligible cases of a tally. With confidence, an answer that came without one is never eligible."""
    eligible = np.frombuffer(bytes(tally.eligible), dtype=np.bool_)
    wrong = np.frombuffer(bytes(tally.wrong), dtype=np.bool_)
    confidence = np.array(tally.confidence, dtype=np.float64)
    if not gives_confidence:
        return ActedOn(confidence=None, wrong=wrong[eligible], n_cases=tally.n_cases)
    chosen = eligible & ~np.isnan(confidence)
    return ActedOn(
        confidence=confidence[chosen],
        wrong=wrong[chosen],
        n_cases=tally.n_cases,
        n_silent=int(np.count_nonzero(eligible & ~chosen)),
    )


def certified(
    cases: ActedOn,
    *,
    alpha: float,
    delta: float,
    bound: Bound,
    made_at: datetime,
    levels: MutableMapping[str, Levels] | None = None,
) -> Certificate | NotEnoughEvidence:
    """The certificate for one error budget, or what is missing for it.

    ``levels`` keeps tables of levels; a fresh mapping when not given, so that the result is the same.
    """
    found = _certify(cases, alpha, delta, {} if levels is None else levels)
    if isinstance(found, NotEnoughEvidence):
        return found
    return Certificate(
        threshold=found.threshold,
        alpha=alpha,
        delta=delta,
        n_acted=found.n_acted,
        n_wrong=found.n_wrong,
        n_cases=found.n_cases,
        coverage=found.coverage,
        upper_bound=found.upper_bound,
        method=found.method,
        assumptions=(*found.assumptions, *found.warnings),
        evidence_digest=bound.evidence_digest,
        executor_digest=bound.executor_digest,
        case_set_digest=bound.case_set_digest,
        made_at=made_at,
    )


def outlook(
    cases: ActedOn,
    *,
    budgets: Iterable[float],
    delta: float,
    levels: MutableMapping[str, Levels] | None = None,
) -> tuple[BudgetOutlook, ...]:
    """What tighter and looser error budgets would allow on this evidence, tightest first."""
    kept = {} if levels is None else levels
    return tuple(_outlook(cases, alpha, delta, kept) for alpha in sorted({*budgets, *_BUDGETS}))


def curve(cases: ActedOn, *, delta: float) -> tuple[CurvePoint, ...]:
    """The risk-coverage curve; empty without confidence, where it has one point only, or without cases."""
    if cases.confidence is None or cases.wrong.size == 0:
        return ()
    return tuple(
        CurvePoint(
            threshold=point.threshold,
            n_acted=point.n_acted,
            n_wrong=point.n_wrong,
            coverage=point.coverage,
            rate=point.rate,
            upper=point.upper,
        )
        for point in risk_coverage(cases.confidence, cases.wrong, delta=delta, n_cases=cases.n_cases)
        if point.threshold is not None
    )


def _certify(
    cases: ActedOn, alpha: float, delta: float, levels: MutableMapping[str, Levels]
) -> Certified | NotEnoughEvidence:
    if cases.wrong.size == 0:
        return NotEnoughEvidence(
            needed_error_free=int(np.ceil(np.log(delta) / np.log1p(-alpha))),
            n_cases=cases.n_cases,
            alpha=alpha,
            delta=delta,
            method=METHOD,
            why="no answer that could be acted on came with a confidence"
            if cases.n_silent
            else "every case goes to a person before confidence is looked at",
        )
    return certify(
        cases.confidence, cases.wrong, alpha=alpha, delta=delta, method=METHOD, n_cases=cases.n_cases, cache=levels
    )


def _outlook(cases: ActedOn, alpha: float, delta: float, levels: MutableMapping[str, Levels]) -> BudgetOutlook:
    found = _certify(cases, alpha, delta, levels)
    if isinstance(found, Certified):
        return BudgetOutlook(
            alpha=alpha,
            coverage=found.coverage,
            threshold=found.threshold,
            n_acted=found.n_acted,
            n_wrong=found.n_wrong,
            n_more=None,
        )
    further = _further(cases, alpha, delta)
    return BudgetOutlook(
        alpha=alpha,
        coverage=None,
        threshold=None,
        n_acted=0,
        n_wrong=0,
        n_more=None if further is None else max(further, found.needed_error_free),
    )


def _further(cases: ActedOn, alpha: float, delta: float) -> int | None:
    """The fewest further cases that would probably do, over the thresholds seen, each as if it were tested alone.

    The search among all thresholds costs, and that there are several to find gains: together a certificate comes up in
    77 to 92 % of runs where this says 80 %.  Where one threshold would do alone on the cases at hand, and the search
    did not find it, it is given only the share of delta that the search leaves it.
    """
    if cases.wrong.size == 0:
        return None
    points = [
        point
        for point in risk_coverage(
            cases.confidence, cases.wrong, delta=delta, points=_OUTLOOK_POINTS, n_cases=cases.n_cases
        )
        if point.n_acted >= _FEWEST_FOR_OUTLOOK
    ]

    def fewest(level: float) -> int | None:
        needed = (further_for_certificate(one.n_wrong, one.n_acted, cases.n_cases, alpha, level) for one in points)
        return min((further for further in needed if further is not None), default=None)

    alone = fewest(delta)
    return alone if alone != 0 else fewest(delta * _SHARE_SEARCHED)
