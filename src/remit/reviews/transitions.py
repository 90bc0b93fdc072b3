"""What may happen to a review: open, claim, decide. Everything else is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from remit.errors import AlreadyDecided, Conflict, ItemInvalid, Location, NotAllowed, OverrideRefused, Problem
from remit.items import JsonObject, Reason
from remit.reviews.review import Ask, Outcome, OutputCheck, Review, Reviewed, ReviewState, Violation

__all__ = ["claim", "decide", "open_review"]


def open_review(*, id: str, work: str, decision_id: str, reason: Reason, ask: Ask, now: datetime) -> Review:  # noqa: A002
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
    )


def claim(review: Review, *, by: str, until: datetime, now: datetime) -> Review:
    """Put a review on the desk of one person until ``until``. Claiming it again prolongs the claim.

    Raises:
        AlreadyDecided: it is decided.
        Conflict: it is on somebody else's desk.
    """
    _require_free(review, by, now)
    return replace(review, state=ReviewState.CLAIMED, claimed_by=by, claimed_until=until)


def decide(
    review: Review,
    *,
    by: str,
    output: JsonObject | None,
    comment: str | None,
    suggested: JsonObject | None,
    check: Callable[[JsonObject], OutputCheck],
    now: datetime,
) -> Reviewed:
    """Decide a review.

    Args:
        review: as it stands now.
        by: who decides.
        output: their answer; None rejects the item, which takes a comment.
        comment: why; has to be there to reject, or to set a constraint aside.
        suggested: what the executor answered, as far as the person saw it.
        check: holds an output against the output schema and the constraints.
        now: the present.

    Raises:
        AlreadyDecided: somebody decided before.
        Conflict: it is on somebody else's desk.
        ItemInvalid: the output does not fit the output schema.
        OverrideRefused: the output breaks a constraint that nobody may set aside.
        NotAllowed: the comment that is needed is missing.
    """
    _require_free(review, by, now)
    said = comment.strip() if comment is not None else ""
    overridden: tuple[str, ...] = ()
    if output is None:
        if not said:
            raise NotAllowed("an item is not rejected without a reason", mend="say why: --comment TEXT")
        outcome = Outcome.REJECTED
    else:
        overridden = _overridden(check(output), said)
        outcome = Outcome.ACCEPTED if suggested is not None and output == suggested else Outcome.ANSWERED
    decided = replace(
        review,
        state=ReviewState.DECIDED,
        decided_at=now,
        decided_by=by,
        outcome=outcome,
        comment=said or None,
        overridden=overridden,
    )
    return Reviewed(review=decided, output=output)


def _require_free(review: Review, by: str, now: datetime) -> None:
    if review.state is ReviewState.DECIDED:
        at = "" if review.decided_at is None else f" at {review.decided_at.isoformat(timespec='seconds')}"
        raise AlreadyDecided(
            f"{review.decided_by} decided this review{at}", found=review.id, mend="their decision stands"
        )
    held_until = review.claimed_until
    if held_until is not None and review.claimed_by != by and now < held_until:
        raise Conflict(
            f"this review is on the desk of {review.claimed_by}",
            found=review.id,
            mend=f"wait until {held_until.isoformat(timespec='seconds')}, or ask them",
        )


def _overridden(found: OutputCheck, comment: str) -> tuple[str, ...]:
    if found.faults:
        problems = [
            Problem(message=f"the answer does not fit the outputs: {what}", where=Location(path=f"output.{path}"))
            for path, what in map(_parts, found.faults)
        ]
        raise ItemInvalid(problems=problems)
    blocking = [one for one in found.violated if one.blocks]
    if blocking:
        raise OverrideRefused(problems=[_problem(one, "give an answer that satisfies it") for one in blocking])
    if found.violated and not comment:
        raise NotAllowed(
            problems=[_problem(one, "say why it may be set aside: --comment TEXT") for one in found.violated]
        )
    return tuple(one.id for one in found.violated)


def _parts(fault: str) -> tuple[str, str]:
    path, _, what = fault.partition(": ")
    return path, what


def _problem(violation: Violation, mend: str) -> Problem:
    return Problem(
        message=f"the answer breaks {violation.id}: {violation.message}",
        where=Location(path=f"constraints.{violation.id}"),
        mend=mend,
    )
