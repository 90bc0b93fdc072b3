"""The definitions that anything was recorded with, each once, by their digest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from remit.ledger import instant_text, read_instant
from remit.store.connections import Reader, Row, Store
from remit.store.statements import insert_into, prepare
from remit.store.tables import definitions

__all__ = ["KeptDefinition", "keep_definition", "kept_definitions"]

_value = sa.bindparam
_ADD = insert_into(definitions)
_IS_KEPT = prepare(sa.select(definitions.c.digest).where(definitions.c.digest == _value("digest")))
_OF_WORK = prepare(
    sa.select(definitions).where(definitions.c.work == _value("work")).order_by(definitions.c.at, definitions.c.digest)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDefinition:
    """One definition as canonical JSON, whose digest is that of its meaning, and when it was first used."""

    digest: str
    work: str
    text: str
    at: datetime


def keep_definition(store: Store, kept: KeptDefinition) -> None:
    """Keep a definition; one that is kept already stays as it was first used."""
    if store.rows(_IS_KEPT, digest=kept.digest):
        return
    with store.writing() as writing:
        if not writing.rows(_IS_KEPT, digest=kept.digest):
            writing.insert(_ADD, (kept.digest, kept.work, kept.text, instant_text(kept.at)))


def kept_definitions(reader: Reader, work: str) -> tuple[KeptDefinition, ...]:
    """The definitions of ``work`` that were ever used, oldest first."""
    return tuple(map(_kept, reader.rows(_OF_WORK, work=work)))


def _kept(row: Row) -> KeptDefinition:
    digest, work, text, at = row
    return KeptDefinition(digest=digest, work=work, text=text, at=read_instant(at))
