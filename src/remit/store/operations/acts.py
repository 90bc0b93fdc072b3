"""Acts: whatever is recorded in the ledger and has no table of its own, each with a body in JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from remit.items import JsonObject
from remit.ledger import LedgerKind, append, body_digest, instant_text, json_text, read_instant
from remit.store.connections import Reader, Row, Writing
from remit.store.ledger_entries import add_entry, head_of
from remit.store.statements import insert_into, prepare
from remit.store.tables import acts

__all__ = ["Act", "acts_about", "acts_after", "acts_of", "add_act", "newest_act"]

_value = sa.bindparam
_ADD = insert_into(acts)
_OF_KIND = prepare(
    sa.select(acts)
    .where(acts.c.work == _value("work"), acts.c.kind == _value("kind"), acts.c.seq > _value("after"))
    .order_by(acts.c.seq)
)
_PAGE = prepare(
    sa.select(acts)
    .where(acts.c.work == _value("work"), acts.c.kind == _value("kind"), acts.c.seq > _value("after"))
    .order_by(acts.c.seq)
    .limit(_value("n"))
    .offset(_value("skip"))
)
_ABOUT = prepare(
    sa.select(acts)
    .where(
        acts.c.work == _value("work"),
        acts.c.kind == _value("kind"),
        acts.c.subject == _value("subject"),
        acts.c.seq > _value("after"),
    )
    .order_by(acts.c.seq)
)
_NEWEST = prepare(
    sa.select(acts)
    .where(acts.c.work == _value("work"), acts.c.kind == _value("kind"), acts.c.subject == _value("subject"))
    .order_by(acts.c.seq.desc())
    .limit(_value("n"))
    .offset(_value("skip"))
)
_PAGE_ROWS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that was done or found, once and for ever.

    ``kind`` is the kind of its ledger entry, ``subject`` what it is about (a review, an executor, a drill), ``body``
    a JSON object whose ``what`` says in one word what happened.  ``seq`` is its place in the ledger of ``work``.
    """

    work: str
    seq: int
    at: datetime
    by: str
    kind: LedgerKind
    subject: str
    body: JsonObject


def add_act(
    writing: Writing,
    *,
    work: str,
    at: datetime,
    by: str,
    kind: LedgerKind,
    subject: str,
    body: JsonObject,
    digests: Mapping[str, str] | None = None,
) -> Act:
    """Record an act with its ledger entry, which names ``digests`` besides, at the end of the chain of ``work``."""
    head = head_of(writing, work)
    act = Act(work=work, seq=1 if head is None else head.seq + 1, at=at, by=by, kind=kind, subject=subject, body=body)
    row = _act_row(act)
    writing.insert(_ADD, row)
    named = {} if digests is None else digests
    entry = append(
        head, work=work, at=at, kind=kind, actor=by, subject=subject, digests=named, body_digest=body_digest(row)
    )
    add_entry(writing, entry)
    return act


def acts_of(reader: Reader, *, work: str, kind: LedgerKind, after: int = 0) -> tuple[Act, ...]:
    """The acts of one kind in ``work`` whose ``seq`` is above ``after``, oldest first."""
    return tuple(map(_act, reader.rows(_OF_KIND, work=work, kind=kind.value, after=after)))


def acts_after(reader: Reader, *, work: str, kind: LedgerKind, after: int = 0) -> Iterator[Act]:
    """The same one after the other, so that memory stays flat however many there are."""
    while True:
        page = reader.rows(_PAGE, work=work, kind=kind.value, after=after, n=_PAGE_ROWS, skip=0)
        yield from map(_act, page)
        if len(page) < _PAGE_ROWS:
            return
        after = page[-1][1]


def acts_about(reader: Reader, *, work: str, kind: LedgerKind, subject: str, after: int) -> tuple[Act, ...]:
    """The acts of one kind about one subject behind entry ``after``, oldest first."""
    return tuple(map(_act, reader.rows(_ABOUT, work=work, kind=kind.value, subject=subject, after=after)))


def newest_act(reader: Reader, *, work: str, kind: LedgerKind, subject: str) -> Act | None:
    """The newest act of one kind about one subject; None where there is none."""
    found = reader.rows(_NEWEST, work=work, kind=kind.value, subject=subject, n=1, skip=0)
    return _act(found[0]) if found else None


def _act_row(act: Act) -> Row:
    return (act.work, act.seq, instant_text(act.at), act.by, act.kind.value, act.subject, json_text(act.body))


def _act(row: Row) -> Act:
    work, seq, at, by, kind, subject, body = row
    return Act(
        work=work,
        seq=seq,
        at=read_instant(at),
        by=by,
        kind=LedgerKind(kind),
        subject=subject,
        body=json.loads(body),
    )
