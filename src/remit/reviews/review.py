"""A review: a person decides an item. A value with a state; the row in the store is the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from remit.items import Json, JsonObject, Reason

__all__ = ["Ask", "Outcome", "OutputCheck", "Review", "ReviewKind", "ReviewState", "Reviewed", "Violation"]


class ReviewKind(StrEnum):
    """Why a person is asked."""

    REVIEW = "review"  # the item was not acted on: a person decides it
    AUDIT = "audit"  # the item was acted on: a person answers it again, blind
    PLANTED = "planted"  # the right answer is known: it tells how people err


class ReviewState(StrEnum):
    """Where a review stands."""

    OPEN = "open"
    CLAIMED = "claimed"
    RETURNED = "returned"  # the person asked something back
    DECIDED = "decided"
    EXPIRED = "expired"  # nobody decided in time, and the definition declares a safe answer


class Outcome(StrEnum):
    """What a person came to."""

    ACCEPTED = "accepted"  # the answer that was suggested
    ANSWERED = "answered"  # an answer of their own
    REJECTED = "rejected"  # no answer: the item is refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Whom to ask, and how: what an escalation path says for one item.

    ``within`` is how long they have; None: as long as it takes.  ``show`` names the input fields to put first.
    ``shows_answer`` says whether the person may see what the executor answered.
    """

    path: str | None = None
    role: str | None = None
    queue: str | None = None
    within: timedelta | None = None
    show: tuple[str, ...] = ()
    on_timeout: Mapping[str, Json] | None = None
    shows_answer: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One review of one decision.

    ``reason`` is why it came to a person.  ``claimed_by`` has it on the desk until ``claimed_until``.  ``comment`` is
    what the person said, ``overridden`` the ids of the constraints that they set aside.

    ``follows`` is the review that made this one necessary: one that was undone, or the first of two pairs of eyes.
    ``question`` is what was asked back and what was answered to it.  ``timed_out_at`` is when its time ran out.
    ``seconds`` is how long the person had it on the screen, ``n_edits`` how many fields of the suggestion they changed.
    ``version`` counts its changes from 1.
    """

    id: str
    work: str
    decision_id: str
    state: ReviewState
    opened_at: datetime
    reason: Reason
    ask: Ask
    due_at: datetime | None = None
    claimed_by: str | None = None
    claimed_until: datetime | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    outcome: Outcome | None = None
    comment: str | None = None
    overridden: tuple[str, ...] = ()
    kind: ReviewKind = ReviewKind.REVIEW
    follows: str | None = None
    question: Mapping[str, Json] | None = None
    timed_out_at: datetime | None = None
    seconds: float | None = None
    n_edits: int | None = None
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A constraint that an output breaks. ``blocks``: nobody may set it aside."""

    id: str
    message: str
    blocks: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputCheck:
    """What is wrong with a person's output: breaches of the schema (``path: what``), and broken constraints."""

    faults: tuple[str, ...] = ()
    violated: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A decided review with the output that counts from now on; None where the item was rejected."""

    review: Review
    output: JsonObject | None
