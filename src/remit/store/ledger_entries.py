"""The ledger as rows: its end, what is appended, and all of it in order."""

from __future__ import annotations

import json
from collections.abc import Iterator

import sqlalchemy as sa

from remit.ledger import Head, LedgerEntry, LedgerKind, instant_text, json_text, read_instant
from remit.store.connections import Reader, Row, Writing
from remit.store.statements import insert_into, prepare
from remit.store.tables import ledger

__all__ = ["add_entry", "chains", "entries", "entry_of", "head_of"]

PAGE = 1000

_value = sa.bindparam
_ADD = insert_into(ledger)
_HEAD = prepare(
    sa.select(ledger.c.seq, ledger.c.hash)
    .where(ledger.c.work == _value("work"))
    .order_by(ledger.c.seq.desc())
    .limit(_value("n"))
    .offset(_value("skip"))
)
_PAGE = prepare(
    sa.select(ledger)
    .where(ledger.c.work == _value("work"), ledger.c.seq > _value("after"))
    .order_by(ledger.c.seq)
    .limit(_value("n"))
    .offset(_value("skip"))
)
_CHAINS = prepare(sa.select(ledger.c.work).distinct().order_by(ledger.c.work))


def head_of(reader: Reader, work: str) -> Head | None:
    """The end of the chain of ``work``; None while it is empty."""
    found = reader.rows(_HEAD, work=work, n=1, skip=0)
    return Head(seq=found[0][0], hash=found[0][1]) if found else None


def add_entry(writing: Writing, entry: LedgerEntry) -> None:
    """Write one entry."""
    writing.insert(
        _ADD,
        (
            entry.work,
            entry.seq,
            instant_text(entry.at),
            entry.kind.value,
            entry.actor,
            entry.subject,
            json_text(entry.digests),
            entry.body_digest,
            entry.previous,
            entry.hash,
        ),
    )


def chains(reader: Reader) -> tuple[str, ...]:
    """The chains there are, by the work they are of."""
    return tuple(work for (work,) in reader.rows(_CHAINS))


def entries(reader: Reader, work: str) -> Iterator[LedgerEntry]:
    """The chain of ``work`` from its first entry, a page at a time.

    Raises:
        ValueError: an entry holds what nobody could have written.
    """
    after = 0
    while True:
        page = reader.rows(_PAGE, work=work, after=after, n=PAGE, skip=0)
        yield from map(entry_of, page)
        if len(page) < PAGE:
            return
        after = page[-1][1]


def entry_of(row: Row) -> LedgerEntry:
    """The entry that a row holds.

    Raises:
        ValueError: it holds what nobody could have written.
    """
    work, seq, at, kind, actor, subject, digests, body_digest, previous, made = row
    return LedgerEntry(
        work=work,
        seq=seq,
        at=read_instant(at),
        kind=LedgerKind(kind),
        actor=actor,
        subject=subject,
        digests=json.loads(digests),
        body_digest=body_digest,
        previous=previous,
        hash=made,
    )
