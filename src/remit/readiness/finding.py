"""What a readiness rule says: findings, verdicts, dimensions, and the readiness they add up to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from remit.definition.levels import Level
from remit.definition.positions import Path
from remit.errors import Location

__all__ = [
    "Dimension",
    "Finding",
    "Readiness",
    "RuleKind",
    "RuleResult",
    "Severity",
    "State",
]


class State(StrEnum):
    """What a readiness rule came to. ``unknown`` is not ``pass``."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not applicable"


class Severity(StrEnum):
    """How much a rule weighs. A blocker has no waiver."""

    BLOCKER = "blocker"
    MAJOR = "major"
    MINOR = "minor"


class RuleKind(StrEnum):
    """What a rule is computed from: the definition, the project's files too, or evidence."""

    STATIC = "S"
    PROJECT = "S*"
    EVIDENCE = "E"


class Dimension(StrEnum):
    """The six dimensions and the three gates beside them."""

    WORK = "work defined"
    TESTS = "tasks testable"
    IO = "inputs and outputs clear"
    FAILURES = "failure modes understood"
    ESCALATION = "human escalation exists"
    OBSERVABLE = "testable and observable behaviour"
    GATE_EXECUTOR = "AI is an implementation detail"
    GATE_AUTONOMY = "autonomy last"
    GATE_VALUE = "value early, or stop"

    @property
    def is_gate(self) -> bool:
        """Whether this is one of the three gates and none of the six dimensions."""
        return self in (Dimension.GATE_EXECUTOR, Dimension.GATE_AUTONOMY, Dimension.GATE_VALUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a rule found: what is wrong, where, expected against found, and the mend."""

    message: str
    mend: str
    path: Path = ()
    where: Location = Location()
    expected: str | None = None
    found: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """What one rule came to.

    ``findings`` are there for ``fail`` and say why for ``unknown``; ``why`` says why it is ``not applicable``.
    ``since`` is the level from which the result counts, which for a few rules depends on what was found.
    ``waived_until`` (a day, inclusive) and ``waived_because`` are there where a waiver counts; ``waiver_refused`` says
    why one that is written does not.
    """

    rule: str
    state: State
    severity: Severity
    dimension: Dimension
    since: Level
    findings: tuple[Finding, ...] = ()
    why: str | None = None
    waived_until: str | None = None
    waived_because: str | None = None
    waiver_refused: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """The readiness of one definition: every rule, the dimensions for one level, and which levels are reached.

    A dimension is ``not applicable`` where the level asks nothing of it yet.  ``missing`` holds, by level, the ids of
    the rules that keep it from being reached.  ``ceiling`` is how far the work may ever go, ``ceiling_because`` why;
    None where nobody wrote it.
    """

    work: str
    for_level: Level
    executor: str | None
    results: tuple[RuleResult, ...]
    dimensions: dict[Dimension, State]
    missing: dict[Level, tuple[str, ...]]
    ceiling: Level | None = None
    ceiling_because: str | None = None

    @property
    def reached(self) -> bool:
        """Whether ``for_level`` is reached."""
        return not self.missing[self.for_level]
