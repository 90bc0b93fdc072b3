"""What the recorded drills came to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from remit.project.operating.shares import Sharing
from remit.readiness.operation.facts import AlarmDrillFact, RecordsFact, ReplayFact, StopDrillFact

if TYPE_CHECKING:
    from remit.store import Store
    from remit.store.operations.acts import Act

__all__ = ["alarm_drill", "drilled_reviews", "interrupted_stop", "records_drill", "replays", "stop_drill"]


def _of(acts: Sequence[Act], what: str) -> list[Act]:
    return [one for one in acts if one.body.get("what") == what]


def stop_drill(acts: Sequence[Act]) -> StopDrillFact | None:
    """The newest drill of the stop of the whole work."""
    found = [one for one in _of(acts, "stop") if one.body["executor"] is None]
    if not found:
        return None
    newest = found[-1]
    return StopDrillFact(at=newest.at, works=newest.body["works"], seconds=newest.body["seconds"])


def interrupted_stop(store: Store, work: str) -> datetime | None:
    """When a drill pressed the stop that still stands; None where no drill left one."""
    from remit.runtime.drilling.stopping import standing_drill

    found = standing_drill(store, work)
    return None if found is None else found.at


def drilled_reviews(acts: Sequence[Act]) -> frozenset[str]:
    """The ids of the reviews that drills opened."""
    return frozenset(id_ for one in _of(acts, "path") for id_ in one.body["reviews"])


def replays(acts: Sequence[Act], sharing: Sharing) -> tuple[ReplayFact, ...]:
    """The newest replay of each executor."""
    found: dict[str, ReplayFact] = {}
    for one in _of(acts, "replay"):
        same = sharing.of(one.body["n_same"], one.body["n"])
        if same is not None:
            found[one.body["executor"]] = ReplayFact(
                at=one.at,
                executor=one.body["executor"],
                executor_digest=one.body["executor_digest"],
                evidence_digest=one.body["evidence_digest"],
                same=same,
                sample=tuple(one.body["sample"]),
            )
    return tuple(found.values())


def records_drill(acts: Sequence[Act], sharing: Sharing) -> RecordsFact | None:
    """The newest count of records against a source system."""
    for one in reversed(_of(acts, "records")):
        missing = sharing.of(one.body["n_missing"], one.body["n"])
        if missing is not None:
            return RecordsFact(at=one.at, source=one.body["source"], missing=missing, sample=tuple(one.body["sample"]))
    return None


def alarm_drill(store: Store, acts: Sequence[Act]) -> AlarmDrillFact | None:
    """The newest drill of the alarm, and when its alert had left."""
    found = _of(acts, "alarm")
    if not found:
        return None
    from remit.store.figures.recent import alert_sent_at

    newest = found[-1]
    sent = alert_sent_at(store, newest.body["alert"])
    return AlarmDrillFact(at=newest.at, delivered_at=sent, contact=newest.body["contact"])
