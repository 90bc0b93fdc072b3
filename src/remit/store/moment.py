"""The state of things for one item in one look, because every decision asks under the lock."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from remit.ledger import Head
from remit.store.connections import Reader
from remit.store.statements import prepare
from remit.store.tables import EVERYTHING, decisions, grants, ledger, stops

__all__ = ["Allowance", "Moment", "allowance_now", "decided_before", "moment"]

_value = sa.bindparam
_newest_grant = sa.select(sa.func.max(grants.c.seq)).where(grants.c.work == _value("work")).scalar_subquery()
_n_stop_changes = (
    sa.select(sa.func.count())
    .where(sa.or_(stops.c.work == _value("work"), stops.c.work == _value("everything")))
    .scalar_subquery()
)
_last = sa.select(sa.func.max(ledger.c.seq)).where(ledger.c.work == _value("work")).scalar_subquery()
_ALLOWANCE = prepare(sa.select(_newest_grant, _n_stop_changes))
_decided = sa.select(decisions.c.id).where(decisions.c.work == _value("work"), decisions.c.key == _value("key"))
_DECIDED = prepare(_decided)
_MOMENT = prepare(
    sa.select(
        _decided.scalar_subquery(),
        _last,
        sa.select(ledger.c.hash).where(ledger.c.work == _value("work"), ledger.c.seq == _last).scalar_subquery(),
        _newest_grant,
        _n_stop_changes,
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """Which version of what is allowed in a work holds.

    Grants and stops are only added to, so the same numbers are the same: ``grant`` is the newest of the work.
    """

    grant: int | None
    n_stop_changes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Whether the item was decided before, where the chain ends, and what version of what is allowed holds."""

    decision_id: str | None
    head: Head | None
    allowance: Allowance


def allowance_now(reader: Reader, *, work: str) -> Allowance:
    """The version of what is allowed that holds now."""
    ((grant, n_stop_changes),) = reader.rows(_ALLOWANCE, work=work, everything=EVERYTHING)
    return Allowance(grant=grant, n_stop_changes=n_stop_changes)


def decided_before(reader: Reader, *, work: str, key: str) -> str | None:
    """The id of the decision on the item ``key`` of ``work``; None where it was never decided."""
    found = reader.rows(_DECIDED, work=work, key=key)
    return found[0][0] if found else None


def moment(reader: Reader, *, work: str, key: str) -> Moment:
    """The state of things for the item ``key`` of ``work`` now."""
    ((decision_id, seq, made, grant, n_stop_changes),) = reader.rows(_MOMENT, work=work, key=key, everything=EVERYTHING)
    return Moment(
        decision_id=decision_id,
        head=None if seq is None else Head(seq=seq, hash=made),
        allowance=Allowance(grant=grant, n_stop_changes=n_stop_changes),
    )
