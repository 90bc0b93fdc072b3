"""Frozen case sets: what a digest was when nobody could have tuned on it yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from remit.cases.case import CaseUse
from remit.ledger.text import instant_text, read_instant
from remit.store.connections import Reader, Row, Store
from remit.store.statements import insert_into, prepare
from remit.store.tables import case_sets

__all__ = ["FrozenCases", "freeze_cases", "frozen_cases"]

_value = sa.bindparam
_ADD_CASES = insert_into(case_sets)
_CASES = prepare(
    sa.select(case_sets)
    .where(case_sets.c.work == _value("work"), case_sets.c.use == _value("use"))
    .order_by(case_sets.c.frozen_at.desc(), case_sets.c.digest)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenCases:
    """A case set as it was frozen: its digest and its size, by whom and when, and where the file was."""

    work: str
    use: CaseUse
    digest: str
    n: int
    frozen_at: datetime
    frozen_by: str
    path: str | None = None


def freeze_cases(store: Store, cases: FrozenCases) -> FrozenCases:
    """Record that ``cases`` are frozen. The same digest again changes nothing: the first freeze stands."""
    with store.writing() as writing:
        for found in map(_cases, writing.rows(_CASES, work=cases.work, use=cases.use.value)):
            if found.digest == cases.digest:
                return found
        writing.insert(
            _ADD_CASES,
            (
                cases.work,
                cases.use.value,
                cases.digest,
                cases.n,
                instant_text(cases.frozen_at),
                cases.frozen_by,
                cases.path,
            ),
        )
    return cases


def frozen_cases(reader: Reader, *, work: str, use: CaseUse) -> tuple[FrozenCases, ...]:
    """The case sets of ``work`` frozen for ``use``, the newest first."""
    return tuple(map(_cases, reader.rows(_CASES, work=work, use=use.value)))


def _cases(row: Row) -> FrozenCases:
    work, use, digest, n, frozen_at, frozen_by, path = row
    at = read_instant(frozen_at)
    return FrozenCases(work=work, use=CaseUse(use), digest=digest, n=n, frozen_at=at, frozen_by=frozen_by, path=path)
