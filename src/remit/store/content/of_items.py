"""Where the content of an item is: with its decision, its reviews and its truths; and what still needs it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from remit.ledger import LedgerKind, instant_text
from remit.reviews import ReviewState
from remit.store.connections import Reader
from remit.store.statements import prepare
from remit.store.tables import decisions, ledger, outbox, payloads, reviews, truths

__all__ = ["DecidedBefore", "ItemContent", "content_of", "decided_before", "decision_id_of", "salt_of"]

PAGE = 500

_value = sa.bindparam
_ID = prepare(
    sa.select(decisions.c.id)
    .where(
        decisions.c.work == _value("work"), sa.or_(decisions.c.key == _value("item"), decisions.c.id == _value("item"))
    )
    .order_by(decisions.c.seq)
)
_REVIEWS = prepare(
    sa.select(reviews.c.id, reviews.c.state).where(reviews.c.decision_id == _value("decision")).order_by(reviews.c.id)
)
_TRUTHS = prepare(
    sa.select(truths.c.payload_id).where(truths.c.decision_id == _value("decision")).order_by(truths.c.seq)
)
_UNSENT = prepare(
    sa.select(outbox.c.effect, outbox.c.dead_at)
    .where(
        outbox.c.decision_id == _value("decision"),
        outbox.c.sender.is_not(None),  # what Remit does not send would hold the content for ever
        outbox.c.sent_at.is_(None),
    )
    .order_by(outbox.c.effect)
)
_SALT = prepare(sa.select(payloads.c.salt).where(payloads.c.id == _value("id")))
_PAGE = prepare(
    sa.select(ledger.c.seq, ledger.c.at, ledger.c.kind, ledger.c.subject)
    .where(ledger.c.work == _value("work"), ledger.c.seq > _value("after"))
    .order_by(ledger.c.seq)
    .limit(_value("n"))
    .offset(_value("skip"))
)
_DONE = (ReviewState.DECIDED.value, ReviewState.EXPIRED.value, ReviewState.WITHDRAWN.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemContent:
    """The content of one item that is still there, by the ids it is under, and what still needs it.

    ``open_reviews`` are ids, ``unsent`` effects that are still to leave, ``dead`` those that were given up on and that
    a person may have sent again.
    """

    decision_id: str
    payloads: tuple[str, ...]
    open_reviews: tuple[str, ...]
    unsent: tuple[str, ...]
    dead: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedBefore:
    """Decisions that are older than an instant, and up to which entry of the chain they were looked for."""

    ids: tuple[str, ...]
    through: int


def decision_id_of(reader: Reader, *, work: str, item: str) -> str | None:
    """The decision of ``work`` that has this id, or is on the item of this key; None where there is none."""
    found = reader.rows(_ID, work=work, item=item)
    return found[0][0] if found else None


def salt_of(reader: Reader, payload_id: str) -> bytes:
    """The random bytes beside some content; none where it was erased."""
    return b"".join(salt for (salt,) in reader.rows(_SALT, id=payload_id))


def content_of(reader: Reader, decision_id: str) -> ItemContent:
    """Where the content of one decided item is, and what still needs it."""
    reviewed = reader.rows(_REVIEWS, decision=decision_id)
    unsent = reader.rows(_UNSENT, decision=decision_id)
    ids = dict.fromkeys(
        [
            decision_id,
            *(id_ for id_, _ in reviewed),
            *(id_ for (id_,) in reader.rows(_TRUTHS, decision=decision_id)),
        ]
    )
    return ItemContent(
        decision_id=decision_id,
        payloads=tuple(one for one in ids if any(salt != b"" for (salt,) in reader.rows(_SALT, id=one))),
        open_reviews=tuple(id_ for id_, state in reviewed if state not in _DONE),
        unsent=tuple(effect for effect, dead_at in unsent if dead_at is None),
        dead=tuple(effect for effect, dead_at in unsent if dead_at is not None),
    )


def decided_before(reader: Reader, *, work: str, before: datetime, after: int) -> Iterator[DecidedBefore]:
    """The decisions behind entry ``after`` that were made before an instant, a page at a time.

    It ends at the first decision that is younger, and looks at nothing in front of ``after``: what it costs does not
    grow with what was decided long ago.
    """
    limit = instant_text(before)
    while True:
        page = reader.rows(_PAGE, work=work, after=after, n=PAGE, skip=0)
        young = (n for n, (_, at, kind, _) in enumerate(page) if kind == LedgerKind.DECISION.value and at >= limit)
        cut = next(young, len(page))
        old = list(page[:cut])
        if not old:
            return
        after = old[-1][0]
        yield DecidedBefore(
            ids=tuple(subject for _, _, kind, subject in old if kind == LedgerKind.DECISION.value), through=after
        )
        if cut < PAGE:
            return
