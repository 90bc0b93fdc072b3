"""Seals as rows, in the order of their numbers."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from remit.ledger import Seal, instant_text, read_instant
from remit.store.connections import Reader, Row, Writing
from remit.store.statements import insert_into, prepare
from remit.store.tables import seals

__all__ = ["add_seal", "last_seal", "seal_over", "sealed_works", "seals_of"]

PAGE = 1000

_value = sa.bindparam
_ADD = insert_into(seals)
_PAGE = prepare(
    sa.select(seals)
    .where(seals.c.work == _value("work"), seals.c.n > _value("after"))
    .order_by(seals.c.n)
    .limit(_value("n"))
    .offset(_value("skip"))
)
_LAST = prepare(
    sa.select(seals)
    .where(seals.c.work == _value("work"))
    .order_by(seals.c.n.desc())
    .limit(_value("n"))
    .offset(_value("skip"))
)
_OVER = prepare(
    sa.select(seals)
    .where(seals.c.work == _value("work"), seals.c.first_seq <= _value("seq"), seals.c.last_seq >= _value("seq"))
    .order_by(seals.c.n)
)
_NEXT_WORK = prepare(sa.select(sa.func.min(seals.c.work)).where(seals.c.work > _value("after")))


def add_seal(writing: Writing, seal: Seal) -> None:
    """Write a seal."""
    writing.insert(
        _ADD,
        (
            seal.work,
            seal.n,
            seal.first_seq,
            seal.last_seq,
            seal.root,
            seal.previous,
            instant_text(seal.at),
            seal.algorithm,
            seal.key_id,
            seal.signature,
        ),
    )


def last_seal(reader: Reader, work: str) -> Seal | None:
    """The newest seal of ``work``; None where there is none."""
    found = reader.rows(_LAST, work=work, n=1, skip=0)
    return _seal(found[0]) if found else None


def seal_over(reader: Reader, work: str, seq: int) -> Seal | None:
    """The seal that covers entry ``seq``; None where none does yet."""
    found = reader.rows(_OVER, work=work, seq=seq)
    return _seal(found[0]) if found else None


def seals_of(reader: Reader, work: str, *, after: int | None = None) -> Iterator[Seal]:
    """The seals of ``work`` in the order of their numbers, above ``after``, a page at a time: memory stays flat.

    Raises:
        TypeError, ValueError: one of them holds what nobody could have written.
    """
    last = _LEAST if after is None else after
    while True:
        page = reader.rows(_PAGE, work=work, after=last, n=PAGE, skip=0)
        yield from map(_seal, page)
        if len(page) < PAGE:
            return
        last = page[-1][1]


def sealed_works(reader: Reader) -> tuple[str, ...]:
    """The works that have seals. It looks once for each work."""
    found: list[str] = []
    after = ""
    while True:
        ((work,),) = reader.rows(_NEXT_WORK, after=after)
        if work is None:
            return tuple(found)
        found.append(work)
        after = work


_LEAST = -(2**62)


def _seal(row: Row) -> Seal:
    work, n, first_seq, last_seq, root, previous, at, algorithm, key_id, signature = row
    for number in (n, first_seq, last_seq):
        if not isinstance(number, int):
            raise TypeError("a number of a seal is none")
    for digest in (root, previous, signature):
        if not isinstance(digest, bytes):
            raise TypeError("a digest of a seal is no bytes")
    if not isinstance(at, str):
        raise TypeError("the time of a seal is none")
    return Seal(
        work=work,
        n=n,
        first_seq=first_seq,
        last_seq=last_seq,
        root=root,
        previous=previous,
        at=read_instant(at),
        algorithm=algorithm,
        key_id=key_id,
        signature=signature,
    )
