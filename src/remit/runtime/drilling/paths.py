"""The drill of the escalation paths: a case goes to the real queue of each, and somebody has to answer in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from remit.items import Reason
from remit.reviews import Ask, Review, ReviewKind, open_review
from remit.runtime.drilling.record import record_drill_in
from remit.store.connections import Store
from remit.store.reviews import add_review

__all__ = ["DrillCase", "drill_paths"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillCase:
    """One review to open: its id, whom to ask, and the reason that the person reads."""

    id: str
    ask: Ask
    reason: Reason


def drill_paths(
    store: Store, work: str, decision_id: str, cases: Sequence[DrillCase], *, by: str, drill: str, now: datetime
) -> tuple[Review, ...]:
    """Open a review for every case, all of them or none, about an item that was decided before.

    They are planted reviews: whatever somebody answers becomes no truth and has no effect.

    Args:
        store: the store.
        work: whose paths they are.
        decision_id: a recorded decision, whose item they show.
        cases: what to open.
        by: who does it.
        drill: a new and unique id.
        now: the time.
    """
    opened = tuple(
        replace(
            open_review(id=case.id, work=work, decision_id=decision_id, reason=case.reason, ask=case.ask, now=now),
            kind=ReviewKind.PLANTED,
        )
        for case in cases
    )
    with store.writing() as writing:
        for one in opened:
            add_review(writing, one)
        record_drill_in(
            writing,
            work=work,
            drill=drill,
            what="path",
            by=by,
            now=now,
            found={"reviews": {one.id: one.ask.path or "" for one in opened}},
        )
    return opened
