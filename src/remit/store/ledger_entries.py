"""The ledger as rows: its end, what is appended, and all of it in order beside the records it speaks of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from remit.items import Route
from remit.ledger import Head, LedgerEntry, LedgerKind, instant_text, json_text, payload_digest, read_instant
from remit.store.connections import Reader, Row, Writing
from remit.store.statements import Statement, insert_into, prepare
from remit.store.tables import acts, decisions, grants, ledger, payloads, reviews, stops, truths

__all__ = ["Recorded", "Unaccounted", "Unreadable", "add_entry", "chains", "head_of", "recorded", "unaccounted"]

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
_CHAINS = prepare(sa.select(ledger.c.work).distinct().order_by(ledger.c.work))
_REVIEW = prepare(sa.select(reviews).where(reviews.c.id == _value("id")))
_GRANT = prepare(sa.select(grants).where(grants.c.work == _value("work"), grants.c.seq == _value("seq")))
_STOP = prepare(sa.select(stops).where(stops.c.work == _value("work"), stops.c.seq == _value("seq")))
_ACT = prepare(sa.select(acts).where(acts.c.work == _value("work"), acts.c.seq == _value("seq")))
_TRUTH = prepare(sa.select(truths).where(truths.c.work == _value("work"), truths.c.seq == _value("seq")))
_N_ENTRY, _N_CONTENT = len(ledger.c), len(_content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An entry with what it speaks of as it stands in the store now; None where that is gone.

    ``body`` and ``truth`` are whole rows; ``payload`` is the digest over the content and its salt.
    """

    entry: LedgerEntry
    body: Row | None
    payload: str | None
    truth: Row | None


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


def recorded(reader: Reader, work: str) -> Iterator[Recorded | Unreadable]:
    """The chain of ``work`` from its first entry with what it speaks of, a page at a time: memory stays flat."""
    after = 0
    while True:
        page = reader.rows(_PAGE, decision=LedgerKind.DECISION.value, work=work, after=after, n=PAGE, skip=0)
        for row in page:
            try:
                entry = _entry(row[:_N_ENTRY])
            except (TypeError, ValueError) as error:
                yield Unreadable(seq=row[1], why=str(error))
                continue
            yield _with_record(reader, entry, row[_N_ENTRY:])
        if len(page) < PAGE:
            return
        after = page[-1][1]


def unaccounted(reader: Reader) -> Iterator[Unaccounted]:
    """Records without an entry, the first of each kind and work, and reviews that were lost."""
    for what, (statement, values) in _WITHOUT_ENTRY.items():
        for work, seq in reader.rows(statement, **values):
            yield Unaccounted(work=work, seq=seq, what=what, missing=False)
    for work, seq in reader.rows(_WITHOUT_REVIEW, review=Route.REVIEW.value):
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


def _with_record(reader: Reader, entry: LedgerEntry, rest: Row) -> Recorded:
    body: Row | None
    truth = None
    place = {"work": entry.work, "seq": entry.seq}
    match entry.kind:
        case LedgerKind.DECISION:
            body = rest[_N_CONTENT:]
            body = None if body[0] is None else body
        case LedgerKind.REVIEW | LedgerKind.AUDIT:
            body = _one(reader, _REVIEW, id=entry.subject)
            truth = _one(reader, _TRUTH, **place)
        case LedgerKind.GRANT | LedgerKind.LEVEL_CHANGE:
            body = _one(reader, _GRANT, **place)
        case LedgerKind.STOP:
            body = _one(reader, _STOP, **place)
        case LedgerKind.TRUTH:
            body = _one(reader, _TRUTH, **place)
        case _:
            # A step of a review is about the review, whose content has an entry of its own.
            return Recorded(entry=entry, body=_one(reader, _ACT, **place), payload=None, truth=None)
    return Recorded(entry=entry, body=body, payload=_payload(*rest[:_N_CONTENT]), truth=truth)


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
_WITHOUT_REVIEW = prepare(
    sa.select(decisions.c.work, sa.func.min(decisions.c.seq))
    .join_from(decisions, reviews, reviews.c.decision_id == decisions.c.id, isouter=True)
    .where(decisions.c.route == _value("review"), reviews.c.id.is_(None))
    .group_by(decisions.c.work)
    .order_by(decisions.c.work)
)
