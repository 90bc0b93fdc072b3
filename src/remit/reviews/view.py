"""What a person may see of a review: the one place that decides it, for the command line, the API and the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from remit.items import Json, JsonObject
from remit.reviews.deciding import UNDO_WINDOW
from remit.reviews.review import Outcome, Review, ReviewKind, ReviewState, TakenBack

__all__ = ["AuditFinding", "EffectUndo", "PersonsView", "ReviewView", "ReviewedItem", "Surroundings", "view_of"]

WHY_AUDIT = "drawn at random: items that software acted on are checked again, without seeing what it answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedItem:
    """The item of a review as it is recorded: its key, what was admitted of it, and what the executor answered."""

    key: str
    input: JsonObject
    answer: JsonObject | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsView:
    """What one person came to. ``output`` None: they rejected the item."""

    by: str
    output: JsonObject | None
    comment: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectUndo:
    """An effect of what was acted on, and how it is undone, as the definition says; ``until`` is the last moment."""

    effect: str
    what: str
    undo: str | None
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What else is known of the item of a review.

    ``output`` is what the person answered.  ``undone`` says that the decision was taken back, ``is_open`` that
    another review of the same item still waits.  ``eyes`` are the two answers that somebody has to settle.  ``wrong``
    says whether what was acted on is wrong by the person's answer, ``undos`` how it would be undone.
    """

    output: JsonObject | None = None
    undone: TakenBack | None = None
    is_open: bool = False
    eyes: tuple[PersonsView, ...] = ()
    wrong: bool | None = None
    undos: tuple[EffectUndo, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFinding:
    """What an audit came to, said after it was decided: what was acted on, whether that was wrong, how to undo it."""

    acted_on: JsonObject | None
    wrong: bool | None
    undos: tuple[EffectUndo, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewView:
    """A review as a person sees it.

    ``suggestion`` is what the executor answered, None where it answered nothing or nobody may see it yet: an audit
    never shows it before it is decided.  ``show`` names the fields of ``input`` to put first.  A planted case looks
    like any other review.  ``undone`` says that its decision was taken back, and where the item is now.
    """

    id: str
    work: str
    key: str
    is_audit: bool
    state: ReviewState
    version: int
    why: str
    role: str | None
    queue: str | None
    opened_at: datetime
    due_at: datetime | None
    claimed_by: str | None
    claimed_until: datetime | None
    show: tuple[str, ...]
    input: JsonObject
    suggestion: JsonObject | None
    eyes: tuple[PersonsView, ...]
    question: Mapping[str, Json] | None
    decided_at: datetime | None
    decided_by: str | None
    outcome: Outcome | None
    output: JsonObject | None
    comment: str | None
    overridden: tuple[str, ...]
    finding: AuditFinding | None
    undone: TakenBack | None


def view_of(review: Review, item: ReviewedItem, around: Surroundings, *, now: datetime) -> ReviewView:
    """What a person may see of ``review`` at ``now``.

    Before it is decided: the executor's answer where the review says that it may be seen, and never in an audit.
    Afterwards: everything, but for what another person who has not decided yet must not see (the first of two pairs
    of eyes, an audit that was undone), and, where the answer was hidden, not while the decision can be undone.
    """
    is_audit = review.kind is ReviewKind.AUDIT
    is_told = not review.waits and not around.is_open and around.undone is None
    held = review.held_by(now)
    may_see = review.ask.shows_answer and not is_audit
    suggestion = item.answer if may_see or (is_told and (is_audit or _is_final(review, now))) else None
    finding = None
    if is_audit and is_told and review.state is ReviewState.DECIDED:
        finding = AuditFinding(
            acted_on=item.answer, wrong=around.wrong, undos=around.undos if around.wrong is not False else ()
        )
    return ReviewView(
        id=review.id,
        work=review.work,
        key=item.key,
        is_audit=is_audit,
        state=review.state,
        version=review.version,
        why=WHY_AUDIT if is_audit else review.reason.text,
        role=review.ask.role,
        queue=review.ask.queue,
        opened_at=review.opened_at,
        due_at=review.due_at,
        claimed_by=held,
        claimed_until=None if held is None else review.claimed_until,
        show=review.ask.show,
        input=item.input,
        suggestion=suggestion,
        eyes=around.eyes if review.kind is ReviewKind.SETTLING else (),
        question=review.question,
        decided_at=review.decided_at,
        decided_by=review.decided_by,
        outcome=review.outcome if is_told else None,
        output=around.output if is_told else None,
        comment=review.comment if is_told else None,
        overridden=review.overridden if is_told else (),
        finding=finding,
        undone=around.undone,
    )


def _is_final(review: Review, now: datetime) -> bool:
    if review.state is ReviewState.EXPIRED:
        return True
    return review.decided_at is not None and now >= review.decided_at + UNDO_WINDOW
