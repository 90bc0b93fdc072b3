"""Stop a work, one executor of it, or everything; and let it go on."""

from __future__ import annotations

from datetime import datetime

from remit.errors import NotFound
from remit.ledger import LedgerKind, append, body_digest
from remit.store.connections import Store
from remit.store.grants import StopChange, add_stop, stop_row, stops_now
from remit.store.ledger_entries import add_entry, head_of
from remit.store.tables import EVERYTHING

__all__ = ["EVERYTHING", "resume", "stop"]


def stop(store: Store, work: str, *, executor: str | None = None, by: str, reason: str, now: datetime) -> StopChange:
    """Stop ``work`` (or :data:`EVERYTHING`), or only one executor of it.

    Every process sees it at its next decision, because an ``act`` looks again under the lock. Stopping twice is one
    more entry and changes nothing else.
    """
    return _change(store, work, executor=executor, stopped=True, by=by, reason=reason, now=now)


def resume(store: Store, work: str, *, executor: str | None = None, by: str, reason: str, now: datetime) -> StopChange:
    """End the stop of ``work``, of one executor of it, or of :data:`EVERYTHING`; other stops stay.

    Raises:
        NotFound: there is no such stop.
    """
    return _change(store, work, executor=executor, stopped=False, by=by, reason=reason, now=now)


def _change(
    store: Store, work: str, *, executor: str | None, stopped: bool, by: str, reason: str, now: datetime
) -> StopChange:
    what = "everything" if work == EVERYTHING else work if executor is None else f"{executor} on {work}"
    with store.writing() as writing:
        held = {(one.work, one.executor) for one in stops_now(writing, work=work)}
        if not stopped and (work, executor) not in held:
            raise NotFound(f"{what} is not stopped", mend="`remit resume` ends exactly what `remit stop` stopped")
        head = head_of(writing, work)
        change = StopChange(
            work=work,
            seq=1 if head is None else head.seq + 1,
            executor=executor,
            stopped=stopped,
            at=now,
            by=by,
            reason=reason,
        )
        row = stop_row(change)
        entry = append(
            head,
            work=work,
            at=now,
            kind=LedgerKind.STOP,
            actor=by,
            subject=executor or work,
            digests={},
            body_digest=body_digest(row),
        )
        add_stop(writing, row)
        add_entry(writing, entry)
    return change
