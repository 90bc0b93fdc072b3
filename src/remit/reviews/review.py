"""A review: a person decides an item. A value with a state; the row in the store is the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from remit.items import Json, JsonObject, Reason

__all__ = ["Ask", "Outcome", "OutputCheck", "Review", "ReviewState", "Reviewed", "Violation"]


class ReviewState(StrEnum):
    """Where a review stands."""

    OPEN = "open"
    CLAIMED = "claimed"
    DECIDED = "decided"


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
