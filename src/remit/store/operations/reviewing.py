"""Reviews as they are worked on: what waits, what is due, what follows what, what was decided."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from remit.ledger import LedgerKind, instant_text
from remit.reviews import Review, ReviewState, TakenBack, require_not_undone
from remit.store.connections import Reader
from remit.store.operations.acts import newest_act
from remit.store.reviews import review, review_from, reviews_with_texts, undone
from remit.store.statements import prepare
from remit.store.tables import reviews

__all__ = [
    "decided_reviews",
    "due_reviews",
    "followers",
    "is_undone",
    "lapsed_claims",
    "recent_reviews",
    "reviews_before",
    "reviews_of_decision",
    "standing_review",
    "taken_back",
    "waiting_reviews",
]

_value = sa.bindparam
_STATES = {"open": ReviewState.OPEN, "claimed": ReviewState.CLAIMED, "returned": ReviewState.RETURNED}
_waits = reviews.c.state.in_([_value(name) for name in _STATES])
_first = (reviews.c.due_at.is_(None), reviews.c.due_at, reviews.c.opened_at, reviews.c.id)
_WAITING = prepare(sa.select(reviews).where(reviews.c.work == _value("work"), _waits).order_by(*_first))
_DUE = prepare(
    sa.select(reviews)
    .where(
        _waits,
        reviews.c.due_at <= _value("now"),
        sa.or_(reviews.c.timed_out_at.is_(None), reviews.c.timed_out_at < reviews.c.due_at),
    )
    .order_by(reviews.c.due_at, reviews.c.id)
    .limit(_value("n"))
    .offset(_value("skip"))
)
_LAPSED = prepare(
    sa.select(reviews)
    .where(reviews.c.state == _value("state"), reviews.c.claimed_until <= _value("now"))
    .order_by(reviews.c.claimed_until, reviews.c.id)
    .limit(_value("n"))
    .offset(_value("skip"))
)
_RECENT = prepare(
    reviews_with_texts.where(reviews.c.work == _value("work"))
    .order_by(reviews.c.opened_at.desc(), reviews.c.id)
    .limit(_value("n"))
    .offset(_value("skip"))
)
_FOLLOWERS = prepare(
    reviews_with_texts.where(reviews.c.follows == _value("id")).order_by(reviews.c.opened_at, reviews.c.id)
)
_BY_ID = prepare(reviews_with_texts.where(reviews.c.id == _value("id")))
_OF_DECISION = prepare(
    reviews_with_texts.where(reviews.c.decision_id == _value("decision_id")).order_by(reviews.c.opened_at, reviews.c.id)
)
_DECIDED = prepare(
    reviews_with_texts.where(
        reviews.c.work == _value("work"),
        reviews.c.state == _value("state"),
        sa.not_(undone(reviews.c.id)),
    ).order_by(reviews.c.seq)
)


def waiting_reviews(reader: Reader, *, work: str) -> tuple[Review, ...]:
    """The reviews of ``work`` that somebody still has to decide, what is due first on top."""
    states = {name: state.value for name, state in _STATES.items()}
    return tuple(map(review_from, reader.rows(_WAITING, work=work, **states)))


def due_reviews(reader: Reader, *, now: datetime, n: int, skip: int = 0) -> tuple[Review, ...]:
    """At most ``n`` reviews whose time ran out and of which nothing came yet, after the first ``skip``."""
    states = {name: state.value for name, state in _STATES.items()}
    return tuple(map(review_from, reader.rows(_DUE, now=instant_text(now), n=n, skip=skip, **states)))


def lapsed_claims(reader: Reader, *, now: datetime, n: int) -> tuple[Review, ...]:
    """At most ``n`` claimed reviews whose claim is over."""
    found = reader.rows(_LAPSED, state=ReviewState.CLAIMED.value, now=instant_text(now), n=n, skip=0)
    return tuple(map(review_from, found))


def recent_reviews(reader: Reader, *, work: str, n: int) -> tuple[Review, ...]:
    """The ``n`` reviews of ``work`` that were opened last, the newest first."""
    return tuple(map(review_from, reader.rows(_RECENT, work=work, n=n, skip=0)))


def followers(reader: Reader, review_id: str) -> tuple[Review, ...]:
    """The reviews that one review made necessary, the oldest first."""
    return tuple(map(review_from, reader.rows(_FOLLOWERS, id=review_id)))


def is_undone(reader: Reader, one: Review) -> bool:
    """Whether the decision of a review was taken back: another of the same kind follows it."""
    return any(other.kind is one.kind for other in followers(reader, one.id))


def taken_back(reader: Reader, one: Review) -> TakenBack | None:
    """That the decision of a review was undone, and where its item is now; None where nobody undid it."""
    now = next((other for other in followers(reader, one.id) if other.kind is one.kind), None)
    if now is None:
        return None
    while after := [other for other in followers(reader, now.id) if other.state is not ReviewState.WITHDRAWN]:
        now = after[-1]
    # The last step there is: nothing is done any more with a review whose decision was undone.
    act = newest_act(reader, work=one.work, kind=LedgerKind.REVIEW_STEP, subject=one.id)
    return TakenBack(
        by=None if act is None else act.by, at=None if act is None else act.at, review=now.id, waits=now.waits
    )


def standing_review(reader: Reader, review_id: str) -> Review:
    """The review of that id, to be worked on.

    Raises:
        NotFound: there is none.
        Conflict: its decision was undone, and the item is in another one.
    """
    found = review(reader, review_id)
    if not found.waits:
        require_not_undone(found, taken_back(reader, found))
    return found


def reviews_before(reader: Reader, one: Review) -> tuple[Review, ...]:
    """The reviews that a review follows, the nearest first."""
    found: list[Review] = []
    while one.follows is not None:
        one = review_from(reader.rows(_BY_ID, id=one.follows)[0])
        found.append(one)
    return tuple(found)


def reviews_of_decision(reader: Reader, decision_id: str) -> tuple[Review, ...]:
    """Every review of one decision, the oldest first."""
    return tuple(map(review_from, reader.rows(_OF_DECISION, decision_id=decision_id)))


def decided_reviews(reader: Reader, *, work: str) -> tuple[Review, ...]:
    """The reviews of ``work`` that people decided and nobody undid, in the order of the ledger."""
    return tuple(map(review_from, reader.rows(_DECIDED, work=work, state=ReviewState.DECIDED.value)))
