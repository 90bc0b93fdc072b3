"""The state of things for one item in one look, because every decision asks under the lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from remit.ledger import Head, json_text
from remit.store.connections import Reader
from remit.store.known import Allowance
from remit.store.statements import prepare
from remit.store.tables import EVERYTHING, acts, decisions, grants, ledger, stops

__all__ = ["Moment", "allowance_now", "decided_among", "moment"]

_value = sa.bindparam
_newest_grant = sa.select(sa.func.max(grants.c.seq)).where(grants.c.work == _value("work")).scalar_subquery()
_n_stop_changes: sa.ColumnElement[int] = sum(
    (
        sa.select(sa.func.count()).where(stops.c.work == _value(of)).scalar_subquery()  # an `or` is slower
        for of in ("work", "everything")
    ),
    start=sa.literal_column("0"),
)
_newest_act = sa.select(sa.func.max(acts.c.seq)).where(acts.c.work == _value("work")).scalar_subquery()
_last = sa.select(sa.func.max(ledger.c.seq)).where(ledger.c.work == _value("work")).scalar_subquery()
_ALLOWANCE = prepare(sa.select(_newest_grant, _n_stop_changes))
_decided = sa.select(decisions.c.id).where(decisions.c.work == _value("work"), decisions.c.key == _value("key"))
_DECIDED = prepare(_decided)
_one = sa.select(sa.literal_column("1")).subquery()
_MOMENT = prepare(
    sa.select(
        _decided.scalar_subquery(),
        ledger.c.seq,
        ledger.c.hash,
        _newest_grant,
        _n_stop_changes,
        _newest_act,
    ).select_from(_one.outerjoin(ledger, sa.and_(ledger.c.work == _value("work"), ledger.c.seq == _last)))
)


def _among(keys: sa.TableValuedAlias) -> sa.Select[Any]:
    found = sa.select(decisions.c.key, decisions.c.id)
    return found.where(decisions.c.work == _value("work"), decisions.c.key.in_(sa.select(keys.c.value)))


_AMONG = prepare(
    _among(sa.func.json_each(_value("keys")).table_valued("value")),
    on_postgresql=_among(sa.func.json_array_elements_text(sa.cast(_value("keys"), sa.JSON)).table_valued("value")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Whether the item was decided before, where the chain ends, and what version of what is allowed holds.

    ``newest_act`` is the place of the newest act of the work: every warning is one, so the same number has the same
    warnings.
    """

    decision_id: str | None
    head: Head | None
    allowance: Allowance
    newest_act: int | None


def allowance_now(reader: Reader, *, work: str) -> Allowance:
    """The version of what is allowed that holds now."""
    known = reader.known(work)
    if known is not None:
        return known.allowance
    ((grant, n_stop_changes),) = reader.rows(_ALLOWANCE, work=work, everything=EVERYTHING)
    return Allowance(grant=grant, n_stop_changes=n_stop_changes)


def decided_among(reader: Reader, *, work: str, keys: Sequence[str]) -> Mapping[str, str]:
    """The ids of the decisions on those items of ``work`` that were decided before, by key."""
    return dict(reader.rows(_AMONG, work=work, keys=json_text(keys)))


def moment(reader: Reader, *, work: str, key: str) -> Moment:
    """The state of things for the item ``key`` of ``work`` now."""
    known = reader.known(work)
    if known is not None:
        ids = reader.rows(_DECIDED, work=work, key=key)
        return Moment(
            decision_id=ids[0][0] if ids else None,
            head=known.head,
            allowance=known.allowance,
            newest_act=known.newest_act,
        )
    (found,) = reader.rows(_MOMENT, work=work, key=key, everything=EVERYTHING)
    decision_id, seq, made, grant, n_stop_changes, newest_act = found
    return Moment(
        decision_id=decision_id,
        head=None if seq is None else Head(seq=seq, hash=made),
        allowance=Allowance(grant=grant, n_stop_changes=n_stop_changes),
        newest_act=newest_act,
    )
