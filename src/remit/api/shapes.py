"""What comes in and what goes out, as pydantic models with limits: the edge of the product, and its OpenAPI."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from remit.definition.levels import Level

__all__ = [
    "AddingOutcome",
    "AddingTruths",
    "AuditsShown",
    "ChainsShown",
    "Changing",
    "Deciding",
    "DecisionShown",
    "Document",
    "DrillingPaths",
    "DrillingReplay",
    "DrillingStop",
    "Erasing",
    "Granting",
    "HandingOn",
    "LoggingIn",
    "Nothing",
    "ProblemDocument",
    "ReviewShown",
    "Reviewing",
    "ReviewsShown",
    "Revoking",
    "Saying",
    "SessionShown",
    "StoppingOne",
    "Truth",
]


Key = Annotated[str, Field(min_length=1, max_length=512)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Sentence = Annotated[str, Field(min_length=1, max_length=4_000)]
Fields = Annotated[dict[str, Any], Field(max_length=10_000)]


class _Body(BaseModel):
    """What a caller sends: nothing that is not known, and no type taken for another."""

    model_config = ConfigDict(extra="forbid")


class Deciding(_Body):
    """One item to decide."""

    input: Annotated[Fields, Field(description="the fields of the work definition's inputs")]
    key: Annotated[
        Key | None, Field(description="names the item for ever; the header Idempotency-Key says the same")
    ] = None
    executor: Annotated[Name | None, Field(description="the candidate; the one with the highest grant if absent")] = (
        None
    )
    callback: Annotated[
        Name | None, Field(description="the sender of remit.yaml to whom a person's answer goes, where one is needed")
    ] = None


class Granting(_Body):
    """A grant to be given."""

    executor: Name
    level: Annotated[Level, Field(description="how far the executor may go")]
    reason: Sentence
    until: AwareDatetime | None = None


class Revoking(_Body):
    """A grant to be taken back."""

    executor: Name
    reason: Sentence


class Changing(_Body):
    """A stop of everything, or its end."""

    reason: Sentence


class StoppingOne(_Body):
    """A stop of a work or of one executor of it, or its end."""

    reason: Sentence
    executor: Name | None = None


class Reviewing(_Body):
    """What a person decides. Say one of `output`, `accept` and `refuse`."""

    output: Annotated[Fields | None, Field(description="your own answer")] = None
    accept: Annotated[bool, Field(description="take the suggested answer as yours")] = False
    refuse: Annotated[bool, Field(description="refuse the item; needs a comment")] = False
    comment: Sentence | None = None
    seconds: Annotated[
        float | None, Field(ge=0, le=86_400, description="that you had it on the screen; since the claim if absent")
    ] = None
    n_edits: Annotated[int | None, Field(ge=0, le=10_000, description="fields of the suggestion you changed")] = None


class Nothing(_Body):
    """Nothing more needs to be said: `{}`."""


class Saying(_Body):
    """A question back, or the answer to it."""

    text: Sentence


class HandingOn(_Body):
    """To whom a review goes. Say one of `role` and `person`."""

    role: Name | None = None
    person: Name | None = None
    reason: Sentence


class Truth(_Body):
    """What turned out to be right for one item. Say one of `key` and `decision`."""

    key: Key | None = None
    decision: Annotated[str | None, Field(max_length=64)] = None
    expected: Annotated[Fields, Field(description="the output that was right")]
    at: Annotated[AwareDatetime | None, Field(description="when that became known")] = None
    seen: Annotated[bool, Field(description="whether you saw the executor's answer first")] = True


class AddingTruths(_Body):
    """What turned out to be right, for items that were decided: all of it is recorded, or nothing."""

    truths: Annotated[list[Truth], Field(min_length=1, max_length=1_000)]


class AddingOutcome(_Body):
    """A value of the measure that the intent names; `day` is today if absent."""

    value: float
    day: date | None = None
    note: Annotated[str | None, Field(max_length=2_000)] = None


class Erasing(_Body):
    """Content to be erased for good: of the item with this key, or this id of its decision."""

    item: Key
    reason: Annotated[Sentence, Field(description="it stays in the record: don't repeat what is erased")]


class DrillingStop(_Body):
    """The stop of a work, or of one executor of it, is tried."""

    executor: Name | None = None


class DrillingPaths(_Body):
    """Escalation paths are tried: all of them, one of them, or the one that a failure mode takes."""

    path: Name | None = None
    mode: Name | None = None


class DrillingReplay(_Body):
    """Recorded items are answered once more."""

    executor: Name
    n: Annotated[int, Field(ge=1, le=1_000, description="so many of the newest decisions")] = 200


class LoggingIn(_Body):
    """A token to open a session with."""

    token: Annotated[str, Field(min_length=1, max_length=200)]


class _Shown(BaseModel):
    """What a caller gets; more may be added to it."""

    model_config = ConfigDict(extra="allow")

    remit: Literal[1]
    kind: str


class Document(_Shown):
    """A versioned document, the one that the command line prints with `--json`."""


class ReasonShown(BaseModel):
    """Why, as data and as a sentence."""

    model_config = ConfigDict(extra="allow")

    kind: str
    text: str


class DecisionShown(_Shown):
    """What became of one item. `answer` is null where hidden; `output` is what counts, null while waiting."""

    id: str
    work: str
    key: str
    at: datetime
    executor: str | None
    review: Annotated[str | None, Field(description="the review that a person decides")]
    waiting: Annotated[bool, Field(description="whether a person still has to decide")]
    route: Literal["act", "review", "reject", "incumbent", "stopped"]
    reasons: list[ReasonShown]
    level: Level
    input: dict[str, Any]
    answer: dict[str, Any] | None
    output: dict[str, Any] | None


class UndoneShown(BaseModel):
    """Who took the decision of a review back, and the review in which the item is now."""

    by: str | None
    at: datetime | None
    review: str
    waits: bool


class OneReview(BaseModel):
    """A review. `suggestion` is null where the answer may not be seen: in an audit, until it is decided."""

    model_config = ConfigDict(extra="allow")

    id: str
    work: str
    key: str
    is_audit: bool
    state: Literal["open", "claimed", "returned", "decided", "expired", "withdrawn"]
    version: int
    why: str
    opened_at: datetime
    due_at: datetime | None
    input: dict[str, Any]
    suggestion: dict[str, Any] | None
    output: dict[str, Any] | None
    undone: Annotated[UndoneShown | None, Field(description="that its decision was taken back; null where it was not")]


class ReviewShown(_Shown):
    """One review; null where nothing waits."""

    review: OneReview | None


class ReviewsShown(_Shown):
    """A page of reviews; `next` is the cursor of the following page, null on the last one."""

    reviews: list[OneReview]
    next: str | None


class AuditsShown(_Shown):
    """A page of audits; `next` is the cursor of the following page, null on the last one."""

    audits: list[OneReview]
    next: str | None


class SessionShown(_Shown):
    """Who you are here. `csrf` goes into the header X-CSRF-Token of every change by a session."""

    person: str | None
    roles: list[str]
    work: str | None
    csrf: str | None
    ends_at: datetime | None


class ChainsShown(_Shown):
    """What verifying came to."""

    verifies: bool
    chains: list[dict[str, Any]]


class PlaceShown(BaseModel):
    """Where a problem is."""

    file: str | None
    line: int | None
    column: int | None
    path: str | None
    excerpt: str | None


class ProblemShown(BaseModel):
    """One thing that is wrong, and its mend."""

    code: str
    message: str
    where: PlaceShown
    expected: str | None
    found: str | None
    mend: str | None


class ProblemDocument(BaseModel):
    """An error (RFC 9457), with the codes of the command line: `remit explain CODE`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    error: str
    problems: list[ProblemShown]
