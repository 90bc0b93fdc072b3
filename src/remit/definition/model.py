"""The work definition as values: what ``work/<id>.yaml`` says, field by field, frozen.

The classes are plain dataclasses; the annotations carry the bounds and descriptions from which reading, error
messages and the JSON Schema of the language are made (``reading.py``, ``language.py``).  Nearly everything may be
absent: a draft is a definition too, and what its absence breaks is said by readiness, not by the parser.  Absent
(``None`` or empty) is never the same as :data:`UNKNOWN`, which somebody wrote down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, TypeVar, dataclass_transform

from pydantic import AfterValidator, ConfigDict, Discriminator, Field, Tag, WithJsonSchema
from pydantic_core import PydanticCustomError

from remit.definition.durations import DURATION_PATTERN, parse_duration
from remit.definition.levels import Level

__all__ = [
    "UNKNOWN",
    "Accountability",
    "Aggregation",
    "Autonomy",
    "Cap",
    "CaseSource",
    "Ceiling",
    "Constraint",
    "Decision",
    "DecisionKind",
    "Definition",
    "Effect",
    "ErrorCost",
    "Escalation",
    "EscalationPath",
    "Exclusion",
    "FailureKind",
    "FailureMode",
    "HitPolicy",
    "InputSource",
    "Inputs",
    "Intent",
    "Metric",
    "Never",
    "NotApplicable",
    "Obligations",
    "Observe",
    "OnTimeout",
    "Outcome",
    "Outputs",
    "Promote",
    "Quality",
    "Question",
    "Scope",
    "Stop",
    "StopIf",
    "Table",
    "Target",
    "Today",
    "Uncertainty",
    "UseValue",
    "record",
]

UNKNOWN: Final = "unknown"
"""What an owner writes for a value nobody knows yet. Whatever needs the value stays ``unknown``."""

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def record(cls: type[T]) -> type[T]:
    """A frozen, slotted, keyword-only dataclass that pydantic reads strictly; unknown keys are refused."""
    made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
    made.__pydantic_config__ = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)  # type: ignore[attr-defined]
    return made


_DURATION = "a duration: a whole number and s, m, h, d or w (`30m`), or ISO 8601 (`PT30M`)"
_DATE = "a date of the calendar, year-month-day (`2027-06-30`)"
_DATE_PATTERN = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"


def _duration(text: str) -> str:
    if parse_duration(text) is None:
        raise PydanticCustomError("duration", _DURATION)
    return text


def _date(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise PydanticCustomError("date", _DATE) from error
    return text


Slug = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
        max_length=64,
        description="a short name: lower-case letters and digits, joined by single hyphens, at most 64",
    ),
]
Name = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z_][A-Za-z0-9_-]*$",
        max_length=64,
        description="a name: letters, digits, `_` and `-`, beginning with a letter, at most 64",
    ),
]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Cel = Annotated[str, Field(min_length=1, max_length=4000, description="An expression in CEL.")]
Duration = Annotated[
    str,
    AfterValidator(_duration),
    WithJsonSchema({"type": "string", "pattern": DURATION_PATTERN, "description": _DURATION}),
]
Date = Annotated[str, Field(pattern=_DATE_PATTERN, description=_DATE), AfterValidator(_date)]
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Rating = Annotated[int, Field(ge=1, le=10)]
Unknown = Literal["unknown"]
Json = Any


class Metric(StrEnum):
    """What a target measures."""

    ACCURACY = "accuracy"
    ERROR_RATE = "error_rate"
    PRECISION = "precision"
    RECALL = "recall"
    F1 = "f1"
    FIELD_MATCH = "field_match"
    REVIEW_RATE = "review_rate"
    CONSISTENCY = "consistency"
    SECONDS_P95 = "seconds_p95"
    COST_PER_ITEM = "cost_per_item"
    EXPECTED_COST = "expected_cost"


class DecisionKind(StrEnum):
    """How a decision is come to."""

    LOOKUP = "lookup"
    RULE = "rule"
    CALCULATION = "calculation"
    JUDGEMENT = "judgement"


class FailureKind(StrEnum):
    """The eight classic ways in which work goes wrong."""

    WRONG = "wrong"
    MISSING = "missing"
    LATE = "late"
    OUT_OF_SCOPE = "out_of_scope"
    UNCERTAIN = "uncertain"
    UNAVAILABLE = "unavailable"
    MANIPULATED = "manipulated"
    DRIFTED = "drifted"


class HitPolicy(StrEnum):
    """What a decision table answers when several rules match (DMN's words)."""

    UNIQUE = "UNIQUE"
    FIRST = "FIRST"
    ANY = "ANY"
    PRIORITY = "PRIORITY"
    COLLECT = "COLLECT"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"


class Aggregation(StrEnum):
    """What `COLLECT` makes of the answers of all rules that match: one number."""

    SUM = "SUM"
    MIN = "MIN"
    MAX = "MAX"
    COUNT = "COUNT"


@record
class Accountability:
    """One role with a way to reach it; never a list."""

    role: Text
    contact: Text | None = None


@record
class Outcome:
    """The measure by which the intent would be seen to come true."""

    measure: Text
    unit: Text | None = None
    baseline: float | Unknown | None = None
    target: float | None = None
    by: Date | None = None
    source: Text | None = None


@record
class StopIf:
    """When the work would be ended: ``when`` is CEL over ``outcome`` (value, baseline, target)."""

    after: Duration
    when: Cel
    then: Text


@record
class Intent:
    """Why this work is done."""

    of: Slug | None = None
    statement: Text | None = None
    outcome: Outcome | None = None
    stop_if: StopIf | None = None


@record
class Today:
    """The work as it happens now. Every value may be ``unknown``."""

    performed_by: Text | None = None
    volume_per_day: NotNegative | Unknown | None = None
    peak_per_hour: NotNegative | Unknown | None = None
    minutes_per_item: NotNegative | Unknown | None = None
    cost_per_item: NotNegative | Unknown | None = None
    error_rate: Share | Unknown | None = None
    steps: tuple[Text, ...] | Unknown = ()
    source: Mapping[str, Text] | Unknown | None = None


@record
class Exclusion:
    """What this work does not cover, and what becomes of it. Without ``when``, people recognise it."""

    what: Text
    when: Cel | None = None
    then: Literal["reject", "review"] = "review"


@record
class Scope:
    """The boundaries of the work."""

    unit: Text | None = None
    trigger: Text | None = None
    includes: tuple[Text, ...] = ()
    excludes: tuple[Exclusion, ...] = ()
    related: tuple[Slug, ...] = ()


@record
class InputSource:
    """Where input fields come from. ``fields: ["*"]`` means all of them."""

    fields: tuple[str, ...]
    system: Text
    owner: Text | None = None
    personal_data: tuple[str, ...] | bool | None = None


@record
class UseValue:
    """What to put in the place of a missing input."""

    use: Json


@record
class Inputs:
    """What is looked at: the short form ``fields`` or a JSON Schema."""

    fields: Mapping[str, Json] | None = None
    schema: Mapping[str, Json] | None = None
    sources: tuple[InputSource, ...] = ()
    when_missing: Mapping[str, Literal["reject", "review"] | UseValue] = field(default_factory=dict)
    messy: tuple[Text, ...] = ()


@record
class Effect:
    """A consequence in the world outside."""

    id: Name
    what: Text
    when: Cel | None = None
    reversible: bool | None = None
    undo: Text | None = None
    undo_within: Duration | None = None
    sender: Text | None = None


@record
class Outputs:
    """What comes out: the short form ``fields`` or a JSON Schema, closed."""

    fields: Mapping[str, Json] | None = None
    schema: Mapping[str, Json] | None = None
    effects: tuple[Effect, ...] = ()


@record
class Table:
    """A decision table. A rule is a row of cells: one unary test per ``in`` column, one value per ``out`` column."""

    hit_policy: HitPolicy = HitPolicy.UNIQUE
    aggregation: Aggregation | None = None
    in_: Annotated[tuple[Cel, ...], Field(alias="in", min_length=1, max_length=64)]
    out: Annotated[tuple[str, ...], Field(min_length=1, max_length=64)]
    rules: tuple[tuple[str | int | float | bool, ...], ...] = ()
    file: str | None = None


@record
class Decision:
    """One question the work answers; its id is the output field that holds the answer."""

    id: Name
    question: Text | None = None
    kind: DecisionKind | None = None
    good: Text | None = None
    table: Table | None = None


@record
class Constraint:
    """What must hold for every answer. ``block`` holds for people too; ``review`` may be overridden with a reason."""

    id: Name
    expr: Cel
    message: Text | None = None
    on_violation: Literal["review", "block"] = "review"


@record
class Target:
    """A number the work must reach. Exactly one of ``at_least`` and ``at_most``."""

    id: Name
    metric: Metric
    of: str | None = None
    class_: Annotated[Json, Field(alias="class")] = None
    where: Cel | None = None
    at_least: float | None = None
    at_most: float | None = None


@record
class ErrorCost:
    """What one error of this kind costs, in the currency of the project. ``when`` is CEL over output and expected."""

    kind: Text
    when: Cel
    cost: NotNegative


@record
class Quality:
    """How good is good enough."""

    correct_when: Cel | None = None
    targets: tuple[Target, ...] = ()
    slices: tuple[str, ...] = ()
    error_costs: tuple[ErrorCost, ...] = ()
    assurance: Annotated[float, Field(ge=0.5, lt=1)] = 0.95

    @property
    def delta(self) -> float:
        """The allowed chance of a false claim: 1 - assurance."""
        return round(1.0 - self.assurance, 12)


@record
class FailureMode:
    """One way to go wrong: how it shows, what happens then, and how likely and how bad it is (1-10)."""

    id: Name
    of: tuple[str, ...] = ()
    kind: FailureKind
    mode: Text
    effect: Text | None = None
    severity: Rating | None = None
    occurrence: Rating | None = None
    detection: Rating | None = None
    detect: Cel | None = None
    response: Text | None = None
    tag: str | None = None


@record
class NotApplicable:
    """Kinds of failure that can't happen here, each with the reason."""

    not_applicable: Mapping[FailureKind, Text]


def _mode_or_not(value: object) -> str:
    keys = value if isinstance(value, Mapping) else ()
    return "not_applicable" if isinstance(value, NotApplicable) or "not_applicable" in keys else "mode"


ModeOrNot = Annotated[
    Annotated[FailureMode, Tag("mode")] | Annotated[NotApplicable, Tag("not_applicable")], Discriminator(_mode_or_not)
]


@record
class CaseSource:
    """Where the cases are and who said what is right."""

    path: str | None = None
    labelled_by: tuple[Text, ...] = ()
    minimum: Annotated[int, Field(ge=1, le=100_000_000)] | None = None
    agreement_at_least: Share | None = None


@record
class Uncertainty:
    """When the answer is too doubtful to act on. CEL over input, output, answer."""

    review_when: Cel | None = None


@record
class OnTimeout:
    """What happens when nobody decided in time: hand it to another role, or a safe answer."""

    reassign: Text | None = None
    answer: Mapping[str, Json] | None = None


@record
class EscalationPath:
    """Who gets what could not be decided. ``when`` is CEL over reason (kind, id)."""

    id: Name
    when: Cel | None = None
    role: Text | None = None
    queue: Name | None = None
    within: Duration | None = None
    show: tuple[str, ...] = ()
    capacity_per_hour: NotNegative | None = None
    on_timeout: Literal["keep"] | OnTimeout | None = None


@record
class Stop:
    """Who may stop the work, and what then becomes of it."""

    who: tuple[Text, ...] = ()
    safe_state: Literal["review", "reject"] | None = None
    tested_every: Duration | None = None


@record
class Escalation:
    """The people behind every doubt."""

    paths: tuple[EscalationPath, ...] = ()
    stop: Stop | None = None


@record
class Ceiling:
    """The highest level that may ever be granted, and why."""

    level: Level
    because: Text | None = None


@record
class Never:
    """What is never automated. CEL over input and item, or over output and answer too."""

    when: Cel
    because: Text | None = None


@record
class Promote:
    """What a promotion takes."""

    min_items: Annotated[int, Field(ge=1)] | None = None
    min_days: Annotated[int, Field(ge=0)] | None = None
    by: Text | None = None
    hidden_share: Share = 0.2


@record
class Cap:
    """A limit on what may be acted on alone: a number of items, or a sum of an input field, per hour or day."""

    per: Literal["hour", "day"]
    items: Annotated[int, Field(ge=0)] | None = None
    sum: NotNegative | None = None
    of: str | None = None


@record
class Autonomy:
    """Where automation is acceptable, and where not."""

    ceiling: Ceiling | None = None
    error_budget: Annotated[float, Field(ge=0.0001, lt=1)] | None = None
    never: tuple[Never, ...] = ()
    promote: Promote | None = None
    caps: tuple[Cap, ...] = ()


@record
class Observe:
    """How it is known when the work goes wrong."""

    audit_share: Annotated[float, Field(gt=0, le=1)] | None = None
    retain: Duration | None = None
    alert: Text | None = None
    window: Duration | None = None
    volume_between: Annotated[tuple[NotNegative, NotNegative], Field()] | None = None


@record
class Obligations:
    """Rules from outside that bind the work."""

    eu_ai_act: Text | None = None
    four_eyes: bool | None = None
    notes: tuple[Text, ...] = ()


@record
class Question:
    """A doubt that somebody wrote down. Open while it has no answer; one that blocks, blocks."""

    text: Text
    by: Text | None = None
    blocks: Level | None = None
    answer: Text | None = None


@record
class Definition:
    """One work definition: everything ``work/<id>.yaml`` says.

    ``source`` tells where each value stands; it is no part of the meaning, of equality or of the digests.
    """

    remit: Literal[1]
    id: Slug
    title: Text | None = None
    owner: Accountability | None = None
    accountable: Accountability | None = None
    intent: Intent | None = None
    today: Today | None = None
    scope: Scope | None = None
    inputs: Inputs | None = None
    outputs: Outputs | None = None
    decisions: tuple[Decision, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    quality: Quality | None = None
    failure_modes: tuple[ModeOrNot, ...] = ()
    cases: CaseSource | None = None
    uncertainty: Uncertainty | None = None
    escalation: Escalation | None = None
    autonomy: Autonomy | None = None
    observe: Observe | None = None
    obligations: Obligations | None = None
    questions: tuple[Question, ...] = ()

    @property
    def modes(self) -> tuple[FailureMode, ...]:
        """The failure modes, without the entries that say what is not applicable."""
        return tuple(mode for mode in self.failure_modes if isinstance(mode, FailureMode))

    @property
    def modes_not_applicable(self) -> Mapping[FailureKind, str]:
        """The kinds of failure marked not applicable, with the reasons."""
        return {
            kind: reason
            for entry in self.failure_modes
            if isinstance(entry, NotApplicable)
            for kind, reason in entry.not_applicable.items()
        }
