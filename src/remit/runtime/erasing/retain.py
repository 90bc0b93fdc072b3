"""Erase content whose time is over: what ``observe.retain`` of a definition says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from remit.ledger import LedgerKind
from remit.store.connections import Store, Writing
from remit.store.content.erased import erase_contents
from remit.store.content.of_items import DecidedBefore, content_of, decided_before
from remit.store.ledger_entries import head_of
from remit.store.operations.acts import add_act, newest_act

__all__ = ["RETENTION", "erase_due"]

RETENTION = "retention"
"""The subject of the acts by which content goes when its time is over."""

_WHO = "remit"


@dataclass(slots=True, kw_only=True)
class _Batch:
    """What one transaction erases, and what it leaves for later because something still needs it."""

    ids: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    n: int = 0


def erase_due(store: Store, work: str, *, retain: timedelta, now: datetime) -> int:
    """Erase the content of every item of ``work`` that was decided longer ago than ``retain``, and say of how many.

    An item stays as it is while a review of it is open or an effect of it has not left (also one that was given up
    on: a person may still have it sent), and goes the first time that it is done with.  Each act names what it erased
    and how far it looked, so that the next one begins there: what it costs does not grow with the record.
    """
    n = 0
    while True:
        with store.writing() as writing:
            batch = _erase_batch(writing, work, before=now - retain, retain=retain, now=now)
        if batch is None:
            break
        n += batch.n
    if n:
        store.forget()
    return n


def _erase_batch(writing: Writing, work: str, *, before: datetime, retain: timedelta, now: datetime) -> _Batch | None:
    """One act; None where nothing is to be erased."""
    last = newest_act(writing, work=work, kind=LedgerKind.ERASE, subject=RETENTION)
    said = {} if last is None else last.body
    through = said.get("through")
    waited = said.get("waiting")
    earlier = tuple(map(str, waited)) if isinstance(waited, list) else ()
    batch = _Batch()
    for found in _pages(writing, work, before, through if isinstance(through, int) else 0, earlier):
        _sort(writing, found.ids, batch)
        if batch.ids:
            _record(writing, work, batch, through=found.through, retain=retain, now=now)
            return batch
    return None


def _pages(
    writing: Writing, work: str, before: datetime, through: int, earlier: tuple[str, ...]
) -> Iterator[DecidedBefore]:
    """What waited before, then page by page what has become old enough since."""
    yield DecidedBefore(ids=earlier, through=through)
    yield from decided_before(writing, work=work, before=before, after=through)


def _sort(writing: Writing, decisions: tuple[str, ...], batch: _Batch) -> None:
    for one in decisions:
        found = content_of(writing, one)
        if found.open_reviews or found.unsent or found.dead:
            batch.waiting.append(one)
        elif found.payloads:
            batch.ids += found.payloads
            batch.n += 1


def _record(writing: Writing, work: str, batch: _Batch, *, through: int, retain: timedelta, now: datetime) -> None:
    head = head_of(writing, work)
    erase_contents(writing, batch.ids, seq=1 if head is None else head.seq + 1)
    add_act(
        writing,
        work=work,
        at=now,
        by=_WHO,
        kind=LedgerKind.ERASE,
        subject=RETENTION,
        body={
            "what": "erased",
            "reason": f"its time was over: content is kept for {retain / timedelta(days=1):g} days",
            "ids": list(batch.ids),
            "through": through,
            "waiting": list(batch.waiting),
        },
    )
