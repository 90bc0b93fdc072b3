"""What waits: reviews a page at a time, and the counts that a monitor asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from remit.ledger import instant_text, read_instant
from remit.store.connections import Reader
from remit.store.statements import prepare
from remit.store.tables import outbox, reviews

__all__ = ["Place", "ReviewsWaiting", "Waiting", "due_reviews", "review_ids", "waiting"]

_value = sa.bindparam
_UNDECIDED = ("open", "claimed", "returned")
_FIRST = ("", "")

_counts: tuple[sa.ColumnClause[Any], ...] = (
    sa.literal_column("count(due_at)"),
    sa.literal_column("count(dead_at)"),
    sa.literal_column("count(*)"),
)
_PAGE = prepare(
    sa.select(reviews.c.id, reviews.c.opened_at)
    .where(
        sa.or_(_value("work") == sa.literal_column("''"), reviews.c.work == _value("work")),
        sa.or_(_value("state") == sa.literal_column("''"), reviews.c.state == _value("state")),
        sa.or_(_value("role") == sa.literal_column("''"), reviews.c.role == _value("role")),
        sa.or_(_value("of_kind") == sa.literal_column("''"), reviews.c.kind == _value("of_kind")),
        sa.or_(
            reviews.c.opened_at > _value("opened_at"),
            sa.and_(reviews.c.opened_at == _value("opened_at"), reviews.c.id > _value("id")),
        ),
    )
    .order_by(reviews.c.opened_at, reviews.c.id)
    .limit(_value("n"))
    .offset(_value("skip"))
)
_REVIEWS = prepare(
    sa.select(reviews.c.work, sa.func.count(), sa.func.min(reviews.c.due_at), sa.func.min(reviews.c.opened_at))
    .where(
        sa.or_(
            reviews.c.state == _value("open"),
            reviews.c.state == _value("claimed"),
            reviews.c.state == _value("returned"),
        )
    )
    .group_by(reviews.c.work)
    .order_by(reviews.c.work)
)
_DUE = prepare(
    sa.select(reviews.c.work, sa.func.count())
    .where(
        sa.or_(
            reviews.c.state == _value("open"),
            reviews.c.state == _value("claimed"),
            reviews.c.state == _value("returned"),
        ),
        reviews.c.due_at <= _value("now"),
    )
    .group_by(reviews.c.work)
    .order_by(reviews.c.work)
)
_OUTBOX = prepare(
    sa.select(*_counts).select_from(outbox).where(outbox.c.sender.is_not(None), outbox.c.sent_at.is_(None))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewsWaiting:
    """The undecided reviews of one work: how many, when the first is due (None: none is), when the first came."""

    work: str
    n: int
    first_due_at: datetime | None
    first_opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits in a store: reviews by work, and what Remit still has to send.

    ``n_effects`` are to be sent, ``n_held`` wait for the answer of a person first, ``n_dead`` were given up on.  What
    Remit does not send (effects without a sender) is none of them.
    """

    reviews: tuple[ReviewsWaiting, ...]
    n_effects: int
    n_held: int
    n_dead: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The place of a review in the order of the pages: when it was opened, as it is written, and its id."""

    opened_at: str
    id: str


def review_ids(
    reader: Reader,
    *,
    work: str | None,
    state: str | None,
    role: str | None,
    kind: str | None = None,
    after: Place | None,
    n: int,
) -> tuple[Place, ...]:
    """At most ``n`` reviews that come after a place, the oldest first; filters that are None let all through.

    ``kind`` is as it is written: a plain review has none.
    """
    opened_at, id_ = _FIRST if after is None else (after.opened_at, after.id)
    rows = reader.rows(
        _PAGE,
        work=work or "",
        state=state or "",
        role=role or "",
        of_kind=kind or "",
        opened_at=opened_at,
        id=id_,
        n=n,
        skip=0,
    )
    return tuple(Place(id=found, opened_at=at) for found, at in rows)


def due_reviews(reader: Reader, *, now: datetime) -> dict[str, int]:
    """How many undecided reviews of each work are due at ``now``; works without one are left out."""
    rows = reader.rows(_DUE, now=instant_text(now), **{state: state for state in _UNDECIDED})
    return dict(rows)


def waiting(reader: Reader) -> Waiting:
    """What waits now."""
    ((n_due, n_dead, n),) = reader.rows(_OUTBOX)
    return Waiting(
        reviews=tuple(
            ReviewsWaiting(
                work=work,
                n=n_open,
                first_due_at=None if due is None else read_instant(due),
                first_opened_at=read_instant(opened),
            )
            for work, n_open, due, opened in reader.rows(_REVIEWS, **{state: state for state in _UNDECIDED})
        ),
        n_effects=n_due,
        n_held=n - n_due - n_dead,
        n_dead=n_dead,
    )
