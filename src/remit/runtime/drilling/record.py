"""What a drill came to, as an act in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from remit.items import Json
from remit.ledger import LedgerKind
from remit.store.connections import Store, Writing
from remit.store.operations.acts import Act, add_act

__all__ = ["record_drill", "record_drill_in"]


def record_drill(
    store: Store, *, work: str, drill: str, what: str, by: str, now: datetime, found: Mapping[str, Json]
) -> Act:
    """Record what the drill of that id came to, in a transaction of its own."""
    with store.writing() as writing:
        return record_drill_in(writing, work=work, drill=drill, what=what, by=by, now=now, found=found)


def record_drill_in(
    writing: Writing, *, work: str, drill: str, what: str, by: str, now: datetime, found: Mapping[str, Json]
) -> Act:
    """The same inside a transaction that the caller holds."""
    body = {"what": what, **found}
    return add_act(writing, work=work, at=now, by=by, kind=LedgerKind.DRILL, subject=drill, body=body)
