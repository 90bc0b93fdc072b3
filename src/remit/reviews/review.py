"""A review: a person decides an item. A value with a state; the row in the store is the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from remit.items import Json, JsonObject, Reason

__all__ = ["Ask", "Outcome", "OutputCheck", "Review", "ReviewKind", "ReviewState", "Reviewed", "TakenBack", "Violation"]


class ReviewKind(StrEnum):
    """Why a person is asked."""

    REVIEW = "review"  # the item was not acted on: a person decides it
    AUDIT = "audit"  # the item was acted on: a person answers it again, blind
    PLANTED = "planted"  # the right answer is known: it tells how people err
    SECOND = "second"  # the second of two pairs of eyes: it follows the first and does not see it
    SETTLING = "settling"  # the two pairs of eyes saw different things: it follows the second


class ReviewState(StrEnum):
    """Where a review stands."""

    OPEN = "open"
    CLAIMED = "claimed"
    RETURNED = "returned"  # the person asked something back
    DECIDED = "decided"
    EXPIRED = "expired"  # nobody decided in time, and the definition declares a safe answer
    WITHDRAWN = "withdrawn"  # nobody has to decide it any more: what it was opened for is gone


class Outcome(StrEnum):
    """What a review came to."""

    ACCEPTED = "accepted"  # the answer that was suggested
    ANSWERED = "answered"  # an answer of the person's own
    REJECTED = "rejected"  # no answer: the item is refused
    TIMED_OUT = "timed out"  # nobody's decision: the safe answer that the definition declares


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

    ``reason`` is why it came to a person.  ``claimed_by`` has it on the desk until ``claimed_until``; while it is
    open, these say who put it off, and until when they are not asked again.  ``comment`` is what the person said,
    ``overridden`` the ids of the constraints that they set aside.

    ``follows`` is the review that made this one necessary: one of the same kind that was undone, or the one before it
    where four eyes are asked for.  ``question`` is what was asked back and what was answered to it.
    ``timed_out_at`` is when its time ran out.  ``seconds`` is how long the person had it on the screen, ``n_edits``
    how many fields of the suggestion they changed.  ``version`` counts its changes from 1.
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

    @property
    def waits(self) -> bool:
        """Whether somebody still has to decide it."""
        return self.state in (ReviewState.OPEN, ReviewState.CLAIMED, ReviewState.RETURNED)

    def held_by(self, now: datetime) -> str | None:
        """Who has it on the desk at ``now``; None where nobody has, or the claim is over."""
        if self.state is not ReviewState.CLAIMED or self.claimed_until is None or now >= self.claimed_until:
            return None
        return self.claimed_by


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """That the decision of a review was undone: by whom, and when, None where the ledger says neither any more.

    ``review`` is the one in which the item is now, ``waits`` whether somebody still has to decide that.
    """

    by: str | None
    at: datetime | None
    review: str
    waits: bool


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
    """A decided review with the output that counts from now on; None where the item was rejected.

    ``next`` is the review that the decision made necessary, where it did: a second pair of eyes, or whoever settles
    what two people see differently.
    """

    review: Review
    output: JsonObject | None
    next: Review | None = None
