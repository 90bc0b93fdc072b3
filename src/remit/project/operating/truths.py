"""What truths, noticed failure modes and the values of the outcome say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from remit.definition.expressions import Expression
from remit.definition.levels import Level
from remit.definition.model import Definition
from remit.errors import ExpressionInvalid
from remit.items import ReasonKind, Route
from remit.project.operating.shares import Sharing
from remit.readiness.operation.facts import ModeRate, OutcomeFact, SignalFact

if TYPE_CHECKING:
    from remit.store.figures.recent import RecentDecision, RecentTruth
    from remit.store.operations.acts import Act

__all__ = ["outcome_of", "rates_of", "signals_of"]

_NO_SIGNAL = (ReasonKind.LEVEL, ReasonKind.CAP, ReasonKind.BUDGET, ReasonKind.STOPPED)
"""Reasons for a review that say nothing about how sure the answer is."""


def signals_of(truths: Sequence[RecentTruth], sharing: Sharing) -> tuple[SignalFact, ...]:
    """For each executor as it was last judged: how often it was wrong where it acted, and where it handed over.

    Only items above ``suggest`` count, because below nothing is acted on.  People who saw the answer lean towards it,
    so that the share of wrong answers among the reviews is, if anything, too low: that speaks against a pass.
    """
    sharing = sharing.compared()
    newest = {one.executor: one for one in truths if one.executor is not None}
    found = []
    for name, last in newest.items():
        mine = [
            one
            for one in truths
            if (one.executor, one.executor_digest, one.evidence_digest)
            == (name, last.executor_digest, last.evidence_digest)
            and one.wrong is not None
            and one.level.at_least(Level.SUPERVISED)
        ]
        acted = [one.wrong for one in mine if one.route is Route.ACT]
        handed = [one.wrong for one in mine if one.route is Route.REVIEW and one.reason.kind not in _NO_SIGNAL]
        a, b = sharing.of(sum(map(bool, acted)), len(acted)), sharing.of(sum(map(bool, handed)), len(handed))
        if last.executor_digest is not None and a is not None and b is not None:
            found.append(
                SignalFact(
                    executor=name,
                    executor_digest=last.executor_digest,
                    evidence_digest=last.evidence_digest,
                    acted=a,
                    escalated=b,
                )
            )
    return tuple(found)


def rates_of(
    definition: Definition, evidence: str, decisions: Sequence[RecentDecision], sharing: Sharing
) -> tuple[ModeRate, ...]:
    """How often each failure mode that can be noticed live was, among items that an executor was asked about."""
    mine = [one for one in decisions if one.evidence_digest == evidence and one.level is not Level.MANUAL]
    noticed: Counter[str] = Counter()
    for one in mine:
        noticed.update({*one.modes, *(reason.id for reason in one.reasons if reason.id)})
    found = []
    for mode in definition.modes:
        share = sharing.of(noticed[mode.id], len(mine)) if _is_live(mode.detect) else None
        if share is not None:
            found.append(ModeRate(mode=mode.id, evidence_digest=evidence, noticed=share))
    return tuple(found)


def _is_live(detect: str | None) -> bool:
    try:
        return detect is not None and not Expression(detect).roots & {"expected", "case"}
    except ExpressionInvalid:
        return False


def outcome_of(definition: Definition, acts: Sequence[Act], sharing: Sharing) -> OutcomeFact | None:
    """The recorded values of the measure that the intent names; None where there is no baseline or no value."""
    outcome = definition.intent.outcome if definition.intent is not None else None
    if outcome is None or not isinstance(outcome.baseline, float | int) or outcome.target is None:
        return None
    values = [one for one in acts if isinstance(one.body.get("value"), float | int)]
    if not values:
        return None
    baseline, target = outcome.baseline, outcome.target
    later = [float(one.body["value"]) for one in values[1:]]
    better = sum((value < baseline) if target < baseline else (value > baseline) for value in later)
    share = sharing.of(better, len(later))
    if share is None:
        return None
    return OutcomeFact(
        measure=outcome.measure,
        first_at=values[0].at,
        last_at=values[-1].at,
        last=float(values[-1].body["value"]),
        better=share,
    )
