"""A review is given back, put off, asked about, answered, handed on, or its decision is taken back."""

from __future__ import annotations

from datetime import datetime

from remit.errors import Conflict
from remit.items import JsonObject
from remit.ledger import LedgerKind, payload_digest
from remit.reviews import (
    Review,
    ReviewState,
    answer_question,
    ask_back,
    changed,
    put_off,
    reassign,
    release,
    undo,
)
from remit.runtime.review import ReviewRules, barred_from
from remit.store.connections import Reader, Store, Writing
from remit.store.content.of_items import salt_of
from remit.store.decisions import decision
from remit.store.ledger_entries import OPENS
from remit.store.operations.acts import add_act
from remit.store.operations.outbox import ANSWER, Outgoing, outgoing_of, take_back_effects
from remit.store.operations.reviewing import followers, standing_review
from remit.store.reviews import add_review, change_review, review_row

__all__ = [
    "answer_about",
    "ask_about",
    "put_off_review",
    "reassign_review",
    "record_step",
    "release_review",
    "undo_review",
]


def release_review(
    store: Store, review_id: str, *, by: str, now: datetime, expected_version: int | None = None
) -> Review:
    """Give a review back.

    Raises:
        NotFound, AlreadyDecided, Conflict: as :func:`remit.reviews.release` says.
    """
    with store.writing() as writing:
        released = release(standing_review(writing, review_id), by=by, now=now, expected_version=expected_version)
        change_review(writing, review_row(released, None))
    return released


def put_off_review(
    store: Store, review_id: str, *, by: str, until: datetime, now: datetime, expected_version: int | None = None
) -> Review:
    """Leave a review for later.

    Raises:
        NotFound, AlreadyDecided, Conflict: as :func:`remit.reviews.put_off` says.
    """
    with store.writing() as writing:
        later = put_off(
            standing_review(writing, review_id), by=by, until=until, now=now, expected_version=expected_version
        )
        change_review(writing, review_row(later, None))
    return later


def ask_about(
    store: Store, review_id: str, *, by: str, text: str, now: datetime, expected_version: int | None = None
) -> Review:
    """Send a review back with a question; recorded.

    Raises:
        NotFound, AlreadyDecided, Conflict, NotAllowed: as :func:`remit.reviews.ask_back` says.
    """
    with store.writing() as writing:
        asked = ask_back(
            standing_review(writing, review_id), by=by, text=text, now=now, expected_version=expected_version
        )
        change_review(writing, review_row(asked, None))
        record_step(writing, asked, by=by, now=now, body=_saying(writing, asked, "asked back", text))
    return asked


def answer_about(
    store: Store, review_id: str, *, by: str, text: str, now: datetime, expected_version: int | None = None
) -> Review:
    """Answer the question with which a review was sent back; recorded.

    Raises:
        NotFound, AlreadyDecided, Conflict, NotAllowed: as :func:`remit.reviews.answer_question` says.
    """
    with store.writing() as writing:
        opened = standing_review(writing, review_id)
        answered = answer_question(opened, by=by, text=text, now=now, expected_version=expected_version)
        change_review(writing, review_row(answered, None))
        record_step(writing, answered, by=by, now=now, body=_saying(writing, answered, "answered", text))
    return answered


def reassign_review(
    store: Store,
    review_id: str,
    *,
    by: str,
    reason: str,
    now: datetime,
    rules: ReviewRules,
    role: str | None = None,
    person: str | None = None,
    until: datetime | None = None,
    over_claims: bool = False,
    expected_version: int | None = None,
) -> Review:
    """Hand a review to another role or to one person; recorded.

    Raises:
        NotFound, AlreadyDecided, Conflict, NotAllowed: as :func:`remit.reviews.reassign` says.
    """
    with store.writing() as writing:
        opened = standing_review(writing, review_id)
        handed_on = reassign(
            opened,
            by=by,
            reason=reason,
            now=now,
            role=role,
            person=person,
            until=until,
            over_claims=over_claims,
            barred=barred_from(writing, opened, decision(writing, opened.decision_id), rules),
            expected_version=expected_version,
        )
        change_review(writing, review_row(handed_on, None))
        body: JsonObject = {"what": "reassigned", "role": role, "person": person, "reason": reason.strip()}
        record_step(writing, handed_on, by=by, now=now, body=body)
    return handed_on


def undo_review(
    store: Store,
    review_id: str,
    *,
    by: str,
    is_accountable: bool,
    new_id: str,
    now: datetime,
    expected_version: int | None = None,
) -> Review:
    """Take a decision back, whole or not at all: its effects leave the outbox, and the item waits in a new review.

    The decided review stays as it is recorded; its truth does not count any more.  A review that it made necessary (a
    second pair of eyes) is withdrawn.

    Raises:
        NotFound: there is no such review.
        NotAllowed: it is somebody else's decision.
        Conflict: nobody decided it, it is too late, an effect has left or leaves now, or somebody decided on from it.
    """
    with store.writing() as writing:
        decided = standing_review(writing, review_id)
        after = followers(writing, review_id)
        left = _what_left(outgoing_of(writing, decided.decision_id), decided.id)
        again = undo(decided, by=by, is_accountable=is_accountable, new_id=new_id, now=now, too_late=left)
        if expected_version is not None and expected_version != decided.version:
            raise Conflict("this review changed since you looked at it", found=review_id, mend="look at it again")
        _withdraw(writing, after)
        n = take_back_effects(writing, decision_id=decided.decision_id, payload_id=decided.id, now=now)
        if n is None:
            raise Conflict(
                "an effect of this decision has left, or leaves at this moment",
                found=review_id,
                mend="the definition says of each effect how to undo it",
            )
        add_review(writing, again)
        body: JsonObject = {"what": "undone", "next": new_id, "effects_taken_back": n}
        record_step(writing, decided, by=by, now=now, body=body, opens=new_id)
    return again


def record_step(
    writing: Writing, one: Review, *, by: str, now: datetime, body: JsonObject, opens: str | None = None
) -> None:
    """Record what was done with a review, in the ledger of its work. ``opens`` is the review that it opened."""
    add_act(
        writing,
        work=one.work,
        at=now,
        by=by,
        kind=LedgerKind.REVIEW_STEP,
        subject=one.id,
        body=body,
        digests={} if opens is None else {OPENS: opens},
    )


def _saying(reader: Reader, one: Review, what: str, text: str) -> JsonObject:
    """That somebody said something: the digest of it, salted with the item's random bytes, so that it can be erased."""
    digest = payload_digest(salt_of(reader, one.decision_id), (one.id, what, text.strip()))
    return {"what": what, "text_digest": digest}


def _what_left(leaving: tuple[Outgoing, ...], review_id: str) -> str:
    """What can still be done about a decision that can't be undone any more, by what follows from it."""
    effects = [one for one in leaving if one.payload_id == review_id and one.effect != ANSWER]
    if any(one.sender is not None for one in effects):
        return "its effects are on their way: the definition says of each how to undo it"
    if effects:
        names = ", ".join(one.effect for one in effects)
        return (
            f"Remit does not send its effects ({names}): look whether whoever fetches them has brought them about; "
            "the definition says of each how to undo it"
        )
    return "it has no effects; what is wrong with it goes to the accountable person"


def _withdraw(writing: Writing, after: tuple[Review, ...]) -> None:
    for one in after:
        if not one.waits:
            if one.state is ReviewState.WITHDRAWN:
                continue
            raise Conflict(
                f"{one.decided_by or 'a time-out'} decided on from this decision",
                found=one.id,
                mend="it stands; what is wrong with it goes to the accountable person",
            )
        gone = changed(one, state=ReviewState.WITHDRAWN, claimed_by=None, claimed_until=None)
        change_review(writing, review_row(gone, None))
