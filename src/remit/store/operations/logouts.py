"""Sessions that people ended before their time: every server of the store refuses them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from remit.ledger import instant_text
from remit.store.connections import Reader, Writing
from remit.store.statements import prepare, put_into
from remit.store.tables import logouts

__all__ = ["add_logout", "is_logged_out"]

_ADD = put_into(logouts, where="true")
_FIND = prepare(sa.select(logouts.c.session).where(logouts.c.session == sa.bindparam("session")))
_FORGET = prepare(sa.delete(logouts).where(logouts.c.until <= sa.bindparam("now")))


def add_logout(writing: Writing, session: str, *, until: datetime, now: datetime) -> None:
    """Note that a session is over; again, the same changes nothing. What ended by itself meanwhile is forgotten.

    Args:
        writing: the transaction.
        session: a digest that names the session.
        until: when it would have ended anyway.
        now: the present.
    """
    writing.update(_FORGET, now=instant_text(now))
    writing.insert(_ADD, (session, instant_text(until)))


def is_logged_out(reader: Reader, session: str) -> bool:
    """Whether a session was ended before its time."""
    return bool(reader.rows(_FIND, session=session))
