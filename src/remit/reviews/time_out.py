"""When the time for a review runs out: another role, the safe answer that the definition declares, or an alarm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from remit.errors import ItemInvalid, OverrideRefused
from remit.items import JsonObject
from remit.reviews.deciding import set_aside
from remit.reviews.review import Outcome, OutputCheck, Review, ReviewKind, ReviewState
from remit.reviews.transitions import changed

__all__ = ["TimeOut", "TimeOutStep", "is_due", "time_out"]

_SAFE = "the safe answer of the definition"


class TimeOutStep(StrEnum):
    """What a time-out came to."""

    REASSIGNED = "reassigned"  # another role has it now, with a new due time
    ANSWERED = "answered"  # the safe answer counts
    KEPT = "kept"  # it goes on waiting, and somebody is told
    WITHDRAWN = "withdrawn"  # a planted case: nothing depends on it


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOut:
    """A review after its time ran out. ``output`` is the safe answer where it counts; ``why`` says what happened."""

    review: Review
    step: TimeOutStep
    why: str
    output: JsonObject | None = None


def is_due(review: Review, now: datetime) -> bool:
    """Whether its time ran out and nothing came of that yet."""
    if not review.waits or review.due_at is None or now < review.due_at:
        return False
    return review.timed_out_at is None or review.timed_out_at < review.due_at


def time_out(review: Review, *, check: Callable[[JsonObject], OutputCheck], now: datetime) -> TimeOut | None:
    """What becomes of a review whose time ran out; None where it did not, or where that was settled before.

    A time-out is nobody's decision: ``decided_by`` stays empty.  Handing it on happens once; when the other role lets
    it lie too, it is kept, and somebody is told.  A safe answer that this item does not allow (it breaks the schema or
    a constraint that nobody may set aside) is not given, and neither is one to an audit: the item was acted on before.

    Args:
        review: as it stands now.
        check: holds an output against the output schema and the constraints.
        now: the present.
    """
    if not is_due(review, now):
        return None
    said = review.ask.on_timeout or {}
    role, answer = said.get("reassign"), said.get("answer")
    if isinstance(role, str):
        return _reassigned(review, role, now)
    if review.kind is not ReviewKind.AUDIT and answer is not None:
        if review.kind is ReviewKind.PLANTED:
            gone = changed(review, state=ReviewState.WITHDRAWN, timed_out_at=now)
            return TimeOut(review=gone, step=TimeOutStep.WITHDRAWN, why="nobody decided a planted case in time")
        return _answered(review, answer, check, now)
    return _kept(review, "nobody decided it in time", now)


def _reassigned(review: Review, role: str, now: datetime) -> TimeOut:
    within = review.ask.within
    if within is None or within.total_seconds() <= 0:
        return _kept(review, "nobody decided it in time", now)
    state = ReviewState.RETURNED if review.state is ReviewState.RETURNED else ReviewState.OPEN
    handed_on = changed(
        review,
        state=state,
        claimed_by=None,
        claimed_until=None,
        # What is kept of ``within`` is when it is due, seen from when it was opened.
        ask=replace(review.ask, role=role, on_timeout=None, within=now + within - review.opened_at),
        due_at=now + within,
        timed_out_at=now,
    )
    return TimeOut(review=handed_on, step=TimeOutStep.REASSIGNED, why=f"nobody decided it in time: {role} has it now")


def _answered(review: Review, answer: JsonObject, check: Callable[[JsonObject], OutputCheck], now: datetime) -> TimeOut:
    found = check(answer)
    try:
        overridden = set_aside(found, _SAFE)
    except (ItemInvalid, OverrideRefused) as refused:
        return _kept(review, f"nobody decided it in time, and {_SAFE} does not fit this item: {refused}", now)
    expired = changed(
        review,
        state=ReviewState.EXPIRED,
        claimed_by=None,
        claimed_until=None,
        outcome=Outcome.TIMED_OUT,
        overridden=overridden,
        timed_out_at=now,
    )
    why = f"nobody decided it in time: {_SAFE} counts"
    return TimeOut(review=expired, step=TimeOutStep.ANSWERED, why=why, output=answer)


def _kept(review: Review, why: str, now: datetime) -> TimeOut:
    return TimeOut(review=changed(review, timed_out_at=now), step=TimeOutStep.KEPT, why=why)
