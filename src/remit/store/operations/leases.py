"""Leases: who does, for a while, what only one process should do at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from remit.ledger import instant_text, read_instant
from remit.store.connections import Reader, Writing
from remit.store.statements import insert_into, prepare
from remit.store.tables import leases

__all__ = ["give_up_lease", "holder_of", "take_lease"]

_value = sa.bindparam
_ADD = insert_into(leases)
_BY_NAME = prepare(sa.select(leases.c.holder, leases.c.until).where(leases.c.name == _value("lease")))
_CHANGE = prepare(
    sa.update(leases)
    .where(leases.c.name == _value("lease"))
    .values(holder=_value("new_holder"), until=_value("new_until"))
)
_GIVE_UP = prepare(sa.delete(leases).where(leases.c.name == _value("lease"), leases.c.holder == _value("old_holder")))


def take_lease(writing: Writing, name: str, *, holder: str, now: datetime, length: timedelta) -> bool:
    """Take a lease for ``length`` from ``now`` on, or renew one's own; False where somebody else holds it.

    A lease that ends later than ``length`` from now was taken by a clock that is ahead of this one.  It is taken over,
    lest a clock that jumped once keeps everybody waiting.
    """
    until = instant_text(now + length)
    found = writing.rows(_BY_NAME, lease=name)
    if not found:
        writing.insert(_ADD, (name, holder, until))
        return True
    ((held_by, held_until),) = found
    if held_by != holder and now < read_instant(held_until) <= now + length:
        return False
    writing.update(_CHANGE, lease=name, new_holder=holder, new_until=until)
    return True


def give_up_lease(writing: Writing, name: str, *, holder: str) -> bool:
    """Give a lease up; False where it is somebody else's by now."""
    return writing.update(_GIVE_UP, lease=name, old_holder=holder) > 0


def holder_of(reader: Reader, name: str, *, now: datetime) -> str | None:
    """Who holds a lease at ``now``; None where nobody does."""
    found = reader.rows(_BY_NAME, lease=name)
    if not found or read_instant(found[0][1]) <= now:
        return None
    holder: str = found[0][0]
    return holder
