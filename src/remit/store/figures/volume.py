"""How many items came lately, without looking at those before."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from remit.ledger import LedgerKind, instant_text, read_instant
from remit.store.connections import Reader, Writing
from remit.store.decisions import is_real_item
from remit.store.ledger_entries import head_of
from remit.store.statements import prepare, put_into
from remit.store.tables import ledger, usage

__all__ = ["first_item_at", "items_since", "looked_at", "note_look"]

_WHAT, _NOBODY, _NO_SINCE = "volume looked at", "", ""

_value = sa.bindparam
_FIRST = prepare(
    sa.select(ledger.c.at)
    .where(ledger.c.work == _value("work"), ledger.c.kind == _value("kind"), is_real_item)
    .order_by(ledger.c.seq)
    .limit(_value("n"))
    .offset(_value("skip"))
)
_AT = prepare(sa.select(ledger.c.at).where(ledger.c.work == _value("work"), ledger.c.seq == _value("place")))
_COUNT = prepare(
    sa.select(sa.func.count()).where(
        ledger.c.work == _value("work"),
        ledger.c.seq >= _value("first"),
        ledger.c.kind == _value("kind"),
        is_real_item,
    )
)
_LOOKED = prepare(
    sa.select(usage.c.value).where(
        usage.c.work == _value("work"),
        usage.c.executor == _value("executor"),
        usage.c.what == _value("what"),
        usage.c.since == _value("since"),
    )
)
_NOTE = put_into(usage, where="1 = 1")


def first_item_at(reader: Reader, *, work: str) -> datetime | None:
    """When the first item of ``work`` was decided; None where none was."""
    found = reader.rows(_FIRST, work=work, kind=LedgerKind.DECISION.value, n=1, skip=0)
    return read_instant(found[0][0]) if found else None


def items_since(reader: Reader, *, work: str, since: datetime) -> int:
    """How many items of ``work`` were decided at ``since`` or later.

    Entries follow each other in time, so where they begin is found by halving, and only they are counted.
    """
    head = head_of(reader, work)
    if head is None:
        return 0
    wanted = instant_text(since)
    low, high = 1, head.seq + 1
    while low < high:
        middle = (low + high) // 2
        found = reader.rows(_AT, work=work, place=middle)
        if found and found[0][0] < wanted:
            low = middle + 1
        else:
            high = middle
    ((n,),) = reader.rows(_COUNT, work=work, first=low, kind=LedgerKind.DECISION.value)
    return int(n)


def looked_at(reader: Reader, *, work: str) -> datetime | None:
    """When the volume of ``work`` was last looked at; None where it never was."""
    found = reader.rows(_LOOKED, work=work, executor=_NOBODY, what=_WHAT, since=_NO_SINCE)
    return datetime.fromtimestamp(found[0][0], UTC) if found else None


def note_look(writing: Writing, *, work: str, at: datetime) -> None:
    """Remember when the volume was looked at."""
    writing.insert(_NOTE, (work, _NOBODY, _WHAT, _NO_SINCE, at.timestamp()))
