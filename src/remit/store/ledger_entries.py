"""The ledger as rows: its end, what is appended, and all of it in order beside the records it speaks of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from remit.errors import ArgumentInvalid
from remit.items import Route
from remit.ledger import (
    GENESIS,
    Head,
    LedgerEntry,
    LedgerKind,
    body_digest,
    hash_of_texts,
    instant_text,
    json_text,
    payload_digest,
    read_instant,
)
from remit.reviews import ReviewState
from remit.store.connections import Reader, Row, Writing, put_rows
from remit.store.content.erased import Erasures, erased_at
from remit.store.statements import Statement, insert_into, prepare
from remit.store.tables import acts, decisions, grants, ledger, payloads, reviews, stops, truths

__all__ = [
    "OPENS",
    "Recorded",
    "Unaccounted",
    "Unreadable",
    "add_entries",
    "add_entry",
    "chains",
    "entries_between",
    "entry_row",
    "head_of",
    "intact_hashes",
    "next_entry_row",
    "recorded",
    "unaccounted",
]

PAGE = 1000

OPENS = "review"
"""Under this name an entry names the review or audit that it opened."""

_value = sa.bindparam
_ADD = insert_into(ledger)
_HEAD = prepare(
    sa.select(ledger.c.seq, ledger.c.hash)
    .where(ledger.c.work == _value("work"))
    .order_by(ledger.c.seq.desc())
    .limit(_value("n"))
    .offset(_value("skip"))
)
_content = (payloads.c.salt, payloads.c.input, payloads.c.admitted, payloads.c.output, payloads.c.said)
_PAGE = prepare(
    sa.select(ledger, *_content, decisions)
    .join_from(
        ledger,
        decisions,
        sa.and_(ledger.c.kind == _value("decision"), decisions.c.id == ledger.c.subject),
        isouter=True,
    )
    .join(payloads, payloads.c.id == ledger.c.subject, isouter=True)
    .where(ledger.c.work == _value("work"), ledger.c.seq > _value("after"))
    .order_by(ledger.c.seq)
    .limit(_value("n"))
    .offset(_value("skip"))
)
_NEXT_CHAIN = prepare(sa.select(sa.func.min(ledger.c.work)).where(ledger.c.work > _value("after")))
_BETWEEN = prepare(
    sa.select(ledger)
    .where(ledger.c.work == _value("work"), ledger.c.seq >= _value("first"), ledger.c.seq <= _value("last"))
    .order_by(ledger.c.seq)
)
_REVIEW = prepare(sa.select(reviews).where(reviews.c.id == _value("id")))
_GRANT = prepare(sa.select(grants).where(grants.c.work == _value("work"), grants.c.seq == _value("seq")))
_STOP = prepare(sa.select(stops).where(stops.c.work == _value("work"), stops.c.seq == _value("seq")))
_ACT = prepare(sa.select(acts).where(acts.c.work == _value("work"), acts.c.seq == _value("seq")))
_TRUTH = prepare(sa.select(truths).where(truths.c.work == _value("work"), truths.c.seq == _value("seq")))
_N_ENTRY, _N_CONTENT = len(ledger.c), len(_content)
_DIGEST = 32
_NOTHING = (None, None, None)  # what stands beside the mark of an erasure
_DECISION = LedgerKind.DECISION.value
_REVIEWED = frozenset({LedgerKind.REVIEW.value, LedgerKind.AUDIT.value})
_WITH_CONTENT = frozenset({_DECISION, LedgerKind.TRUTH.value, *_REVIEWED})
_BY_KIND = {
    LedgerKind.GRANT.value: _GRANT,
    LedgerKind.LEVEL_CHANGE.value: _GRANT,
    LedgerKind.STOP.value: _STOP,
    LedgerKind.TRUTH.value: _TRUTH,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An entry with what it speaks of as it stands in the store now; None where that is gone.

    ``body`` and ``truth`` are whole rows; ``payload`` is the digest over the content and its salt, where the entry has
    content; ``erased`` says that it has, and that an act erased it.  ``content`` is the content itself.
    """

    entry: LedgerEntry
    body: Row | None
    payload: str | None
    truth: Row | None
    erased: bool
    content: Row | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """An entry that holds what nobody could have written."""

    seq: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unaccounted:
    """A record that no entry speaks of, or, where ``missing``, a review that has to be there and is not."""

    work: str
    seq: int
    what: str
    missing: bool


def head_of(reader: Reader, work: str) -> Head | None:
    """The end of the chain of ``work``; None while it is empty."""
    found = reader.rows(_HEAD, work=work, n=1, skip=0)
    return Head(seq=found[0][0], hash=found[0][1]) if found else None


def add_entry(writing: Writing, entry: LedgerEntry) -> None:
    """Write one entry."""
    writing.insert(_ADD, entry_row(entry))


def add_entries(writing: Writing, rows: Sequence[Row]) -> None:
    """Write entries, as :func:`entry_row` makes them."""
    put_rows(writing, _ADD, rows)


def next_entry_row(
    head: Head | None,
    *,
    work: str,
    at: datetime,
    kind: LedgerKind,
    actor: str,
    subject: str,
    digests: str,
    body_digest: bytes,
) -> Row:
    """The row of the entry that follows ``head``: ``entry_row(append(...))`` without reading its texts twice.

    ``digests`` is what :func:`~remit.ledger.json_text` makes of the named digests.
    """
    seq, previous = (1, GENESIS) if head is None else (head.seq + 1, head.hash)
    moment = instant_text(at)
    fields = (work, seq, moment, kind.value, actor, subject)
    made = hash_of_texts(fields, digests=digests, body_digest=body_digest, previous=previous)
    return (*fields, digests, body_digest, previous, made)


def entry_row(entry: LedgerEntry) -> Row:
    """An entry, a value a column."""
    return (
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
    )


def chains(reader: Reader) -> tuple[str, ...]:
    """The chains there are, by the work they are of. It looks once for each chain, however long they are."""
    found: list[str] = []
    after = ""
    while True:
        ((work,),) = reader.rows(_NEXT_CHAIN, after=after)
        if work is None:
            return tuple(found)
        found.append(work)
        after = work


def entries_between(reader: Reader, work: str, first: int, last: int) -> tuple[LedgerEntry, ...]:
    """The entries of ``work`` from ``first`` to ``last``, both included.

    Raises:
        ValueError, TypeError: one of them holds what nobody could have written.
    """
    return tuple(map(_entry, reader.rows(_BETWEEN, work=work, first=first, last=last)))


def intact_hashes(reader: Reader, work: str, *, after: Head | None = None) -> Iterator[bytes]:
    """The hashes of the entries of ``work`` as long as each follows the one before and all it speaks of is what it was.

    It ends with the chain, or before the first entry that does not fit: :func:`recorded` from there on says why.
    Nothing is read that is only hashed, so that a long record verifies fast.
    """
    seq, last = (0, GENESIS) if after is None else (after.seq, after.hash)
    erasures = Erasures(reader, work)
    while True:
        page = reader.rows(_PAGE, decision=_DECISION, work=work, after=seq, n=PAGE, skip=0)
        for row in page:
            if row[1] != seq + 1 or row[8] != last:
                return
            try:
                fits = _fits(reader, row, erasures)
            except ArgumentInvalid:  # a value of a type that nobody could have written
                return
            if not fits:
                return
            seq, last = seq + 1, row[9]
            yield last
        if len(page) < PAGE:
            return


def _fits(reader: Reader, row: Row, erasures: Erasures) -> bool:
    """Whether an entry has its hash, and all it speaks of the digests that it names."""
    work, seq, at, kind, actor, subject, digests, made_of, previous, made = row[:_N_ENTRY]
    if not (isinstance(digests, str) and isinstance(made_of, bytes) and len(made_of) == _DIGEST):
        return False
    fields = (work, seq, at, kind, actor, subject)
    if made != hash_of_texts(fields, digests=digests, body_digest=made_of, previous=previous):
        return False
    if kind == _DECISION:
        body: Row | None = row[_N_ENTRY + _N_CONTENT :]
    else:
        body = _record(reader, kind, work=work, seq=seq, subject=subject)
    if body is None or body[0] is None or body_digest(body) != made_of:
        return False
    if kind in _REVIEWED:
        truth = _one(reader, _TRUTH, work=work, seq=seq)
        if not _named(digests, "truth", None if truth is None else body_digest(truth).hex()):
            return False
    if kind not in _WITH_CONTENT:
        return True
    content = row[_N_ENTRY : _N_ENTRY + _N_CONTENT]
    if _named(digests, "payload", _payload(*content)):
        return True
    mark = erased_at(content[0], content[4]) if tuple(content[1:4]) == _NOTHING else None
    return mark is not None and mark > seq and '"payload":"' in digests and erasures.covers(subject, mark)


def _named(digests: str, name: str, digest: str | None) -> bool:
    """Whether the digests of an entry, as text whose hash was found right, name this one; None: they name none."""
    if digest is None:
        return f'"{name}":' not in digests
    return f'"{name}":"{digest}"' in digests


def recorded(reader: Reader, work: str, *, after: int = 0) -> Iterator[Recorded | Unreadable]:
    """The chain of ``work`` behind entry ``after`` with what it speaks of, a page at a time: memory stays flat."""
    erasures = Erasures(reader, work)
    while True:
        page = reader.rows(_PAGE, decision=_DECISION, work=work, after=after, n=PAGE, skip=0)
        for row in page:
            try:
                entry = _entry(row[:_N_ENTRY])
            except (TypeError, ValueError) as error:
                yield Unreadable(seq=row[1], why=str(error))
                continue
            yield _with_record(reader, entry, row[_N_ENTRY:], erasures)
        if len(page) < PAGE:
            return
        after = page[-1][1]


def unaccounted(reader: Reader) -> Iterator[Unaccounted]:
    """Records without an entry, the first of each kind and work, and reviews that were lost."""
    for what, (statement, values) in _WITHOUT_ENTRY.items():
        for work, seq in reader.rows(statement, **values):
            yield Unaccounted(work=work, seq=seq, what=what, missing=False)
    for work, seq in reader.rows(_ENDED_ALONE, **_ENDS):
        yield Unaccounted(work=work, seq=seq, what="review of this decision, which came to an end", missing=False)
    for work, seq in reader.rows(_WITHOUT_REVIEW, review=Route.REVIEW.value):
        yield Unaccounted(work=work, seq=seq, what="review", missing=True)
    for work, seq in reader.rows(_WITHOUT_OPENED, names=f'%"{OPENS}":"%', before=f'%"{OPENS}":"', after='"%'):
        yield Unaccounted(work=work, seq=seq, what="review", missing=True)


def _entry(row: Row) -> LedgerEntry:
    work, seq, at, kind, actor, subject, digests, made_of, previous, made = row
    if not (isinstance(made_of, bytes) and isinstance(previous, bytes) and isinstance(made, bytes)):
        raise TypeError("a digest is no bytes")
    named = json.loads(digests)
    if not isinstance(named, dict):
        raise TypeError("the digests are no object")
    return LedgerEntry(
        work=work,
        seq=seq,
        at=read_instant(at),
        kind=LedgerKind(kind),
        actor=actor,
        subject=subject,
        digests=named,
        body_digest=made_of,
        previous=previous,
        hash=made,
    )


def _with_record(reader: Reader, entry: LedgerEntry, rest: Row, erasures: Erasures) -> Recorded:
    kind, content = entry.kind.value, rest[:_N_CONTENT]
    if kind == _DECISION:
        body: Row | None = rest[_N_CONTENT:]
    else:
        body = _record(reader, kind, work=entry.work, seq=entry.seq, subject=entry.subject)
    mark = erased_at(content[0], content[4]) if tuple(content[1:4]) == _NOTHING else None
    has_content = kind in _WITH_CONTENT
    return Recorded(
        entry=entry,
        body=None if body is None or body[0] is None else body,
        payload=_payload(*content) if has_content else None,
        truth=_one(reader, _TRUTH, work=entry.work, seq=entry.seq) if kind in _REVIEWED else None,
        erased=has_content and mark is not None and mark > entry.seq and erasures.covers(entry.subject, mark),
        content=content if has_content and content[0] is not None else None,
    )


def _record(reader: Reader, kind: str, *, work: str, seq: int, subject: str) -> Row | None:
    """The record that an entry of another kind than a decision speaks of."""
    if kind in _REVIEWED:
        return _one(reader, _REVIEW, id=subject)
    return _one(reader, _BY_KIND.get(kind, _ACT), work=work, seq=seq)


def _payload(salt: object, given: object, admitted: object, output: object, said: object) -> str | None:
    if salt is None:
        return None
    try:
        return payload_digest(salt, (given, admitted, output, said))  # type: ignore[arg-type]
    except (AttributeError, TypeError):  # a value of a type that nobody could have written
        return ""


def _one(reader: Reader, statement: Statement, **values: object) -> Row | None:
    found = reader.rows(statement, **values)
    return found[0] if found else None


def _without_entry(
    table: sa.Table, *kinds: LedgerKind, subject: sa.Column[str] | None = None
) -> tuple[Statement, dict[str, object]]:
    """Find the first row of ``table`` in each work for which there is no entry of one of the kinds at its place."""
    values = {f"kind_{n}": kind.value for n, kind in enumerate(kinds)}
    same = [
        ledger.c.work == table.c.work,
        ledger.c.seq == table.c.seq,
        ledger.c.kind.in_([_value(name) for name in values]),
    ]
    if subject is not None:
        same.append(ledger.c.subject == subject)
    statement = prepare(
        sa.select(table.c.work, sa.func.min(table.c.seq))
        .join_from(table, ledger, sa.and_(*same), isouter=True)
        .where(ledger.c.work.is_(None), table.c.seq.is_not(None))
        .group_by(table.c.work)
        .order_by(table.c.work)
    )
    return statement, dict(values)


_WITH_A_TABLE = (
    LedgerKind.DECISION,
    LedgerKind.REVIEW,
    LedgerKind.AUDIT,
    LedgerKind.TRUTH,
    LedgerKind.GRANT,
    LedgerKind.LEVEL_CHANGE,
    LedgerKind.STOP,
)
_WITHOUT_ENTRY = {
    "decision": _without_entry(decisions, LedgerKind.DECISION, subject=decisions.c.id),
    "review": _without_entry(reviews, LedgerKind.REVIEW, LedgerKind.AUDIT, subject=reviews.c.id),
    "truth": _without_entry(truths, LedgerKind.REVIEW, LedgerKind.AUDIT, LedgerKind.TRUTH),
    "grant": _without_entry(grants, LedgerKind.GRANT, LedgerKind.LEVEL_CHANGE, subject=grants.c.executor),
    "stop": _without_entry(stops, LedgerKind.STOP),
    "act": _without_entry(acts, *(kind for kind in LedgerKind if kind not in _WITH_A_TABLE), subject=acts.c.subject),
}
_ENDS = {"decided": ReviewState.DECIDED.value, "expired": ReviewState.EXPIRED.value}
_ENDED_ALONE = prepare(
    sa.select(reviews.c.work, sa.func.min(decisions.c.seq))
    .join_from(reviews, decisions, decisions.c.id == reviews.c.decision_id)
    .where(reviews.c.state.in_([_value(name) for name in _ENDS]), reviews.c.seq.is_(None))
    .group_by(reviews.c.work)
    .order_by(reviews.c.work)
)
_WITHOUT_REVIEW = prepare(
    sa.select(decisions.c.work, sa.func.min(decisions.c.seq))
    .join_from(decisions, reviews, reviews.c.decision_id == decisions.c.id, isouter=True)
    .where(decisions.c.route == _value("review"), reviews.c.id.is_(None))
    .group_by(decisions.c.work)
    .order_by(decisions.c.work)
)
_opened = sa.exists(sa.literal_column("1")).where(
    sa.or_(reviews.c.decision_id == ledger.c.subject, reviews.c.follows == ledger.c.subject),
    ledger.c.digests.like(_value("before") + reviews.c.id + _value("after")),
)
_WITHOUT_OPENED = prepare(
    sa.select(ledger.c.work, sa.func.min(ledger.c.seq))
    .where(ledger.c.digests.like(_value("names")), sa.not_(_opened))
    .group_by(ledger.c.work)
    .order_by(ledger.c.work)
)
