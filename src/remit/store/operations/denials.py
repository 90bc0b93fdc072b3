"""Denials: who asked for what and was refused. They stand beside the ledger, because nothing was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from remit.ledger import instant_text, read_instant
from remit.store.connections import Reader, Writing
from remit.store.statements import insert_into, prepare
from remit.store.tables import denials

__all__ = ["Denial", "add_denials", "newest_denials"]

_ADD = insert_into(denials)
_NEWEST = prepare(
    sa.select(denials)
    .order_by(denials.c.at.desc(), denials.c.id.desc())
    .limit(sa.bindparam("n"))
    .offset(sa.bindparam("skip"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """One refusal: ``who`` a person or an address, ``what`` a method and a path, ``why`` a sentence."""

    id: str
    at: datetime
    who: str
    what: str
    why: str


def add_denials(writing: Writing, found: tuple[Denial, ...]) -> None:
    """Write refusals."""
    writing.insert_many(_ADD, [(one.id, instant_text(one.at), one.who, one.what, one.why) for one in found])


def newest_denials(reader: Reader, *, n: int) -> tuple[Denial, ...]:
    """The ``n`` newest refusals, the newest first."""
    return tuple(
        Denial(id=id_, at=read_instant(at), who=who, what=what, why=why)
        for id_, at, who, what, why in reader.rows(_NEWEST, n=n, skip=0)
    )
