"""What may happen to a review that waits: claimed, given back, put off, asked about, handed on. All else is refused.

Every change counts up ``version``.  A caller that names the version it has seen (``expected_version``) is refused
where the review changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from remit.errors import AlreadyDecided, ArgumentInvalid, Conflict, NotAllowed
from remit.items import Json, Reason
from remit.reviews.review import Ask, Review, ReviewKind, ReviewState, TakenBack

__all__ = [
    "answer_question",
    "ask_back",
    "changed",
    "claim",
    "lapse",
    "open_review",
    "put_off",
    "reassign",
    "release",
    "require_free",
    "require_not_barred",
    "require_not_undone",
    "require_version",
    "require_waiting",
]

MOST_CHARACTERS = 2_000
MOST_QUESTIONS = 20


def open_review(
    *,
    id: str,  # noqa: A002
    work: str,
    decision_id: str,
    reason: Reason,
    ask: Ask,
    now: datetime,
    kind: ReviewKind = ReviewKind.REVIEW,
    follows: str | None = None,
) -> Review:
    """A new review that waits for whoever ``ask`` names."""
    return Review(
        id=id,
        work=work,
        decision_id=decision_id,
        state=ReviewState.OPEN,
        opened_at=now,
        reason=reason,
        ask=ask,
        due_at=None if ask.within is None else now + ask.within,
        kind=kind,
        follows=follows,
    )


def claim(
    review: Review,
    *,
    by: str,
    until: datetime,
    now: datetime,
    barred: Mapping[str, str] | None = None,
    expected_version: int | None = None,
) -> Review:
    """Put a review on the desk of one person until ``until``. Claiming it again prolongs the claim.

    Args:
        review: as it stands now.
        by: who takes it.
        until: when the claim ends by itself.
        now: the present.
        barred: who may not decide it, each with why.
        expected_version: the version that the caller has seen.

    Raises:
        AlreadyDecided: it is decided.
        Conflict: it is on somebody else's desk, waits for an answer, or changed meanwhile.
        NotAllowed: this person may not decide it.
    """
    require_version(review, expected_version)
    require_free(review, by, now)
    require_not_barred(by, barred)
    return changed(review, state=ReviewState.CLAIMED, claimed_by=by, claimed_until=until)


def release(review: Review, *, by: str, now: datetime, expected_version: int | None = None) -> Review:
    """Give a review back: it is open for everybody again.

    Raises:
        AlreadyDecided: it is decided.
        Conflict: this person does not have it on the desk, or it changed meanwhile.
    """
    require_version(review, expected_version)
    require_waiting(review)
    if review.held_by(now) != by:
        raise Conflict(
            f"{by} does not have this review on the desk",
            found=review.id,
            mend="there is nothing to give back",
        )
    return changed(review, state=ReviewState.OPEN, claimed_by=None, claimed_until=None)


def put_off(review: Review, *, by: str, until: datetime, now: datetime, expected_version: int | None = None) -> Review:
    """Leave a review for later: it is open for everybody, and this person is not asked again before ``until``.

    Raises:
        AlreadyDecided: it is decided.
        Conflict: it is on somebody else's desk, waits for an answer, or changed meanwhile.
    """
    require_version(review, expected_version)
    require_free(review, by, now)
    return changed(review, state=ReviewState.OPEN, claimed_by=by, claimed_until=until)


def lapse(review: Review, *, now: datetime) -> Review | None:
    """The review without a claim that is over; None where there is nothing to end."""
    if review.state is not ReviewState.CLAIMED or review.held_by(now) is not None:
        return None
    return changed(review, state=ReviewState.OPEN, claimed_by=None, claimed_until=None)


def ask_back(review: Review, *, by: str, text: str, now: datetime, expected_version: int | None = None) -> Review:
    """Send a review back with a question. It waits until somebody answers; its time goes on.

    Raises:
        AlreadyDecided: it is decided.
        Conflict: it is on somebody else's desk, waits for an answer already, or changed meanwhile.
        NotAllowed: there is no question, or there were too many.
    """
    require_version(review, expected_version)
    require_free(review, by, now)
    earlier = _rounds(review)
    if len(earlier) >= MOST_QUESTIONS:
        raise NotAllowed(
            f"{MOST_QUESTIONS} questions were asked about this review",
            found=review.id,
            mend="decide it, refuse it, or hand it on",
        )
    asked = {"by": by, "at": _at(now), "text": _said(text, "question", "ask something: --text TEXT"), "answer": None}
    return changed(
        review,
        state=ReviewState.RETURNED,
        claimed_by=None,
        claimed_until=None,
        question={**asked, "earlier": earlier},
    )


def answer_question(
    review: Review, *, by: str, text: str, now: datetime, expected_version: int | None = None
) -> Review:
    """Answer the question with which a review was sent back: it is open again.

    Raises:
        AlreadyDecided: it is decided.
        Conflict: no question waits for an answer, or it changed meanwhile.
        NotAllowed: there is no answer.
    """
    require_version(review, expected_version)
    require_waiting(review)
    if review.state is not ReviewState.RETURNED or review.question is None:
        raise Conflict("nothing was asked about this review", found=review.id, mend="decide it, or leave it")
    answer = {"by": by, "at": _at(now), "text": _said(text, "answer", "say it: --text TEXT")}
    return changed(review, state=ReviewState.OPEN, question={**review.question, "answer": answer})


def reassign(
    review: Review,
    *,
    by: str,
    reason: str,
    now: datetime,
    role: str | None = None,
    person: str | None = None,
    until: datetime | None = None,
    over_claims: bool = False,
    barred: Mapping[str, str] | None = None,
    expected_version: int | None = None,
) -> Review:
    """Hand a review to another role, or to one person, on whose desk it then lies until ``until``.

    Args:
        review: as it stands now.
        by: who hands it on.
        reason: why.
        now: the present.
        role: the role that decides it from now on.
        person: the one person who gets it. Exactly one of ``role`` and ``person``.
        until: when the claim of ``person`` ends.
        over_claims: also from somebody else's desk.
        barred: who may not decide it, each with why.
        expected_version: the version that the caller has seen.

    Raises:
        AlreadyDecided: it is decided.
        Conflict: it is on somebody else's desk, waits for an answer, or changed meanwhile.
        NotAllowed: there is no reason, or ``person`` may not decide it.
    """
    require_version(review, expected_version)
    if over_claims or review.state is ReviewState.RETURNED:
        require_waiting(review)
    else:
        require_free(review, by, now)
    _said(reason, "reason", "say why: --reason TEXT")
    if person is not None and role is None and until is not None:
        if review.state is ReviewState.RETURNED:
            raise _asked(review)
        require_not_barred(person, barred)
        return changed(review, state=ReviewState.CLAIMED, claimed_by=person, claimed_until=until)
    if role is None or person is not None:
        raise ArgumentInvalid("a review is handed to a role, or to a person until some time", expected="one of the two")
    state = ReviewState.RETURNED if review.state is ReviewState.RETURNED else ReviewState.OPEN
    return changed(review, state=state, claimed_by=None, claimed_until=None, ask=replace(review.ask, role=role))


def changed(review: Review, **changes: object) -> Review:
    """The review with ``changes``, one version on."""
    return replace(review, version=review.version + 1, **changes)  # type: ignore[arg-type]


def require_version(review: Review, expected: int | None) -> None:
    """Refuse where the review is not the one that the caller has seen.

    Raises:
        Conflict: it changed meanwhile.
    """
    if expected is not None and expected != review.version:
        raise Conflict(
            "this review changed since you looked at it",
            expected=f"version {expected}",
            found=f"version {review.version}",
            mend="look at it again",
        )


def require_waiting(review: Review) -> None:
    """Refuse a review that nobody has to decide any more.

    Raises:
        AlreadyDecided: somebody decided it, or its time ran out.
        Conflict: it was withdrawn.
    """
    match review.state:
        case ReviewState.DECIDED:
            at = "" if review.decided_at is None else f" at {_at(review.decided_at)}"
            raise AlreadyDecided(
                f"{review.decided_by} decided this review{at}", found=review.id, mend="their decision stands"
            )
        case ReviewState.EXPIRED:
            at = "" if review.timed_out_at is None else f" at {_at(review.timed_out_at)}"
            raise AlreadyDecided(
                f"the time for this review ran out{at}",
                found=review.id,
                mend="the safe answer of the definition stands",
            )
        case ReviewState.WITHDRAWN:
            raise Conflict(
                "nobody has to decide this review any more",
                found=review.id,
                mend="take another one: `remit review next`",
            )
        case _:
            return


def require_not_undone(review: Review, undone: TakenBack | None) -> None:
    """Refuse a review whose decision was taken back: the item is in another one.

    Raises:
        Conflict: it was; with who undid it, and the review in which the item is now.
    """
    if undone is None:
        return
    who = "" if undone.by is None else f" by {undone.by}"
    at = "" if undone.at is None else f" at {_at(undone.at)}"
    raise Conflict(
        f"the decision of this review was undone{who}{at}",
        expected=f"review {undone.review}, in which the item waits now" if undone.waits else None,
        found=review.id,
        mend=f"decide review {undone.review}" if undone.waits else f"what counts is review {undone.review}",
    )


def require_free(review: Review, by: str, now: datetime) -> None:
    """Refuse a review that this person can't work on now.

    Raises:
        AlreadyDecided: it is decided.
        Conflict: it is on somebody else's desk, or waits for the answer to a question.
    """
    require_waiting(review)
    if review.state is ReviewState.RETURNED:
        raise _asked(review)
    holder = review.held_by(now)
    if holder is not None and holder != by and review.claimed_until is not None:
        raise Conflict(
            f"this review is on the desk of {holder}",
            found=review.id,
            mend=f"wait until {_at(review.claimed_until)}, or ask them",
        )


def require_not_barred(by: str, barred: Mapping[str, str] | None) -> None:
    """Refuse a person who may not decide this review.

    Raises:
        NotAllowed: with the reason.
    """
    if barred is not None and by in barred:
        raise NotAllowed(
            f"{by} may not decide this review: {barred[by]}",
            expected="another person",
            found=by,
            mend="leave it to somebody else",
        )


def _asked(review: Review) -> Conflict:
    asker = review.question["by"] if review.question is not None else "somebody"
    return Conflict(
        f"this review waits for an answer to a question of {asker}",
        found=review.id,
        mend=f"answer it: `remit review answer {review.id} --text TEXT`",
    )


def _rounds(review: Review) -> list[Json]:
    if review.question is None:
        return []
    last = {name: value for name, value in review.question.items() if name != "earlier"}
    return [*review.question.get("earlier", ()), last]


def _said(text: str, what: str, mend: str) -> str:
    said = text.strip()
    if not said:
        raise NotAllowed(f"there is no {what}", mend=mend)
    if len(said) > MOST_CHARACTERS:
        raise NotAllowed(
            f"the {what} is too long",
            expected=f"at most {MOST_CHARACTERS:,} characters",
            found=f"{len(said):,}",
            mend="say it shorter",
        )
    return said


def _at(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
