"""What was used of a cap: counters, one for each work, executor, kind of cap and hour or day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from remit.ledger import instant_text
from remit.store.connections import Reader, Row, Writing, put_rows
from remit.store.statements import prepare, put_into
from remit.store.tables import usage

__all__ = ["Counter", "put_used", "used"]

_value = sa.bindparam
_USED = prepare(
    sa.select(usage.c.value).where(
        usage.c.work == _value("work"),
        usage.c.executor == _value("executor"),
        usage.c.what == _value("what"),
        usage.c.since == _value("since"),
    )
)
_PUT = put_into(usage, where="true")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """Which counter: ``what`` names what is counted, ``since`` is when its hour or day began."""

    work: str
    executor: str
    what: str
    since: datetime


def used(reader: Reader, counter: Counter) -> float:
    """What is counted; 0 where nothing was yet."""
    found = reader.rows(
        _USED,
        work=counter.work,
        executor=counter.executor,
        what=counter.what,
        since=instant_text(counter.since),
    )
    return float(found[0][0]) if found else 0.0


def put_used(writing: Writing, counted: Sequence[tuple[Counter, float]]) -> None:
    """Write what is counted from now on. It has to have been read in the same transaction."""
    put_rows(writing, _PUT, [_row(counter, value) for counter, value in counted])


def _row(counter: Counter, value: float) -> Row:
    return (counter.work, counter.executor, counter.what, instant_text(counter.since), value)
