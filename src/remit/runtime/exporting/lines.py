"""Write a range of a chain as JSON lines: a head, the seals and entries with their records, an end."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from remit.errors import LedgerBroken, NotFound
from remit.ledger import GENESIS, LedgerKind, Seal, instant_text
from remit.store.connections import Reader, Row, Store
from remit.store.ledger_entries import Recorded, Unreadable, entries_between, head_of, recorded
from remit.store.operations.acts import add_act
from remit.store.operations.seals import seal_over, seals_of
from remit.store.tables import acts, decisions, grants, reviews, stops, truths

__all__ = ["CONTENT", "Export", "begin_export", "columns_of", "export_lines"]

CONTENT = ("salt", "input", "admitted", "output", "said")

_TABLES: Mapping[LedgerKind, sa.Table] = {
    LedgerKind.DECISION: decisions,
    LedgerKind.REVIEW: reviews,
    LedgerKind.AUDIT: reviews,
    LedgerKind.GRANT: grants,
    LedgerKind.LEVEL_CHANGE: grants,
    LedgerKind.STOP: stops,
    LedgerKind.TRUTH: truths,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What leaves: the entries of ``work`` from ``first`` to ``last``, with or without content, by whom and when."""

    work: str
    first: int
    last: int
    with_content: bool
    by: str
    at: datetime


def begin_export(
    store: Store, work: str, *, first: int | None, last: int | None, with_content: bool, by: str, now: datetime
) -> Export:
    """Record that a range of the ledger is taken out, before any of it is.

    Args:
        store: the store.
        work: whose chain.
        first: the first entry; the first of the chain when not given.
        last: the last entry; the last of the chain when not given.
        with_content: inputs and outputs leave too.
        by: who takes it.
        now: when.

    Raises:
        NotFound: the chain has no such entries.
    """
    with store.writing() as writing:
        head = head_of(writing, work)
        end = 0 if head is None else head.seq
        begin = 1 if first is None else first
        until = end if last is None else last
        if not 1 <= begin <= until <= end:
            raise NotFound(
                f"the ledger of `{work}` has no entries {begin} to {until}",
                expected=f"1 to {end}" if end else "a chain with entries",
                found=f"{begin} to {until}",
            )
        add_act(
            writing,
            work=work,
            at=now,
            by=by,
            kind=LedgerKind.EXPORT,
            subject=work,
            body={"what": "exported", "first": begin, "last": until, "content": with_content},
        )
    return Export(work=work, first=begin, last=until, with_content=with_content, by=by, at=now)


def export_lines(reader: Reader, export: Export) -> Iterator[str]:
    """The lines of the file, one after the other: memory stays flat.

    Raises:
        LedgerBroken: an entry of the range can't be read at all.
    """
    seals = _whole_seals(reader, export)
    seal = next(seals, None)
    before = None if seal is None or seal.n == 1 else seal_over(reader, export.work, seal.first_seq - 1)
    yield _text(_head(reader, export, seal, before))
    n, made = 0, GENESIS
    for one in recorded(reader, export.work, after=export.first - 1):
        if isinstance(one, Unreadable):
            raise _unreadable(export.work, one.seq, one.why)
        if one.entry.seq > export.last:
            break
        if seal is not None and seal.first_seq == one.entry.seq:
            yield _text({"seal": seal_line(seal)})
            seal = next(seals, None)
        yield _text(_entry_line(one, with_content=export.with_content))
        n, made = n + 1, one.entry.hash
    yield _text({"end": {"n": n, "hash": made.hex()}})


def columns_of(kind: LedgerKind) -> tuple[str, ...]:
    """The names of what the record of such an entry consists of, in the order that is hashed."""
    return tuple(column.name for column in _TABLES.get(kind, acts).c)


def seal_line(seal: Seal) -> dict[str, Any]:
    """A seal as a JSON object."""
    return {
        "work": seal.work,
        "n": seal.n,
        "first_seq": seal.first_seq,
        "last_seq": seal.last_seq,
        "root": seal.root.hex(),
        "previous": seal.previous.hex(),
        "at": instant_text(seal.at),
        "algorithm": seal.algorithm,
        "key_id": seal.key_id,
        "signature": seal.signature.hex(),
    }


def _head(reader: Reader, export: Export, seal: Seal | None, before: Seal | None) -> dict[str, Any]:
    previous = GENESIS
    if export.first > 1:
        try:
            found = entries_between(reader, export.work, export.first - 1, export.first - 1)
        except (TypeError, ValueError) as error:
            raise _unreadable(export.work, export.first - 1, str(error)) from error
        previous = found[0].hash if found else GENESIS
    return {
        "remit": 1,
        "kind": "ledger export",
        "work": export.work,
        "first": export.first,
        "last": export.last,
        "with_content": export.with_content,
        "previous": previous.hex(),
        "sealed_from": None if seal is None else seal.first_seq,
        "seal_before": None if before is None else seal_line(before),
        "by": export.by,
        "at": instant_text(export.at),
    }


def _whole_seals(reader: Reader, export: Export) -> Iterator[Seal]:
    over = seal_over(reader, export.work, export.first)
    if over is None:  # seals leave no gap: where none is over the first entry, none is over a later one
        return
    after = over.n - (1 if over.first_seq == export.first else 0)
    for seal in seals_of(reader, export.work, after=after):
        if seal.last_seq > export.last:
            return
        yield seal


def _entry_line(one: Recorded, *, with_content: bool) -> dict[str, Any]:
    entry = one.entry
    line: dict[str, Any] = {
        "entry": {
            "seq": entry.seq,
            "at": instant_text(entry.at),
            "kind": entry.kind.value,
            "actor": entry.actor,
            "subject": entry.subject,
            "digests": dict(entry.digests),
            "body_digest": entry.body_digest.hex(),
            "previous": entry.previous.hex(),
            "hash": entry.hash.hex(),
        },
        "record": _named(columns_of(entry.kind), one.body),
    }
    if one.truth is not None:
        line["truth"] = _named(columns_of(LedgerKind.TRUTH), one.truth)
    if one.erased:
        line["erased"] = True
    elif with_content and one.content is not None:
        salt, *rest = one.content
        line["content"] = dict(zip(CONTENT, (salt.hex(), *rest), strict=True))
    return line


def _named(columns: tuple[str, ...], row: Row | None) -> dict[str, Any] | None:
    return None if row is None else dict(zip(columns, row, strict=True))


def _text(line: Mapping[str, Any]) -> str:
    return json.dumps(line, separators=(",", ":")) + "\n"


def _unreadable(work: str, seq: int, why: str) -> LedgerBroken:
    return LedgerBroken(
        f"entry {seq} of {work} can't be read",
        expected="an entry of the ledger",
        found=why,
        mend="`remit ledger verify` says more; export a range that ends before it",
    )
