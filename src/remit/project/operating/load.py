"""How much comes, how much of it goes to people, and how far their queue reaches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from remit.definition.levels import Level
from remit.definition.model import Definition
from remit.project.operating.shares import Sharing
from remit.readiness.operation.facts import LoadFact, PathLoad
from remit.reviews import Review

if TYPE_CHECKING:
    from remit.store.figures.recent import RecentDecision

__all__ = ["load_of"]

FEWEST_IN_A_QUEUE = 20


def load_of(
    definition: Definition,
    evidence: str,
    decisions: Sequence[RecentDecision],
    reviews: Sequence[Review],
    sharing: Sharing,
) -> LoadFact | None:
    """The load on the definition as it is; None where nothing was decided alone or could have been.

    Below ``supervised`` everything goes to people, which says nothing of how much would: only items above count in
    the share, audits among what people are asked.  The peak and the volume are of all items.
    """
    mine = [one for one in decisions if one.evidence_digest == evidence]
    alone = {one.id for one in mine if one.level.at_least(Level.SUPERVISED)}
    asked = [one for one in reviews if one.decision_id in alone]
    share = sharing.of(len({one.decision_id for one in asked}), len(alone))
    if not mine:
        return None
    whole = _whole_days([one.at for one in mine])
    return LoadFact(
        evidence_digest=evidence,
        asked=share,
        peak_per_hour=max(Counter(_hour(one.at) for one in mine).values()),
        n_days=len(whole),
        per_day=sum(whole) / len(whole) if whole else None,
        paths=tuple(_queues(definition, asked)),
    )


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _whole_days(ats: Sequence[datetime]) -> list[int]:
    """The items of each day between the first and the last, which are not whole, days without any among them."""
    counted = Counter(at.astimezone(UTC).date() for at in ats)
    first, last = min(counted), max(counted)
    return [counted[first + timedelta(days=i)] for i in range(1, (last - first).days)]


def _queues(definition: Definition, asked: Sequence[Review]) -> list[PathLoad]:
    from remit.stats import simulate_queue

    found = []
    for path in definition.escalation.paths if definition.escalation is not None else ():
        came = sorted(one.opened_at.timestamp() for one in asked if one.ask.path == path.id)
        if len(came) < FEWEST_IN_A_QUEUE or not path.capacity_per_hour:
            continue
        result = simulate_queue(came, [3600.0 / path.capacity_per_hour] * len(came), reviewers=1)
        took = sorted(float(end) - at for end, at in zip(result.finished_at, came, strict=True))
        p95 = took[min(len(took) - 1, int(0.95 * len(took)))]
        found.append(PathLoad(path=path.id, n=len(came), capacity_per_hour=path.capacity_per_hour, p95_s=p95))
    return found
