"""The view model of a readiness report: dimensions, what is wrong (worst first), and what each level still needs."""

from __future__ import annotations

from dataclasses import dataclass

from remit.definition.levels import LEVELS, Level
from remit.definition.positions import dotted
from remit.errors import Location
from remit.readiness.finding import Dimension, Finding, Readiness, RuleResult, Severity, State
from remit.report.numbers import counted

__all__ = [
    "DimensionRow",
    "FindingRow",
    "LevelRow",
    "ReadinessView",
    "WaivedRow",
    "readiness_view",
    "required_rules",
]

NOT_MEASURED_YET = "nobody measured it"


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionRow:
    """One dimension or gate for the level in question. ``counts`` says what its rules came to."""

    dimension: Dimension
    state: State
    counts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """One finding of one rule.

    ``required`` says that the rule keeps the level from being reached, ``waiver_refused`` why a waiver that somebody
    wrote for it does not count.
    """

    rule: str
    severity: Severity
    state: State
    since: Level
    dimension: Dimension
    required: bool
    message: str
    mend: str | None
    waiver_refused: str | None
    where: Location
    path: str | None
    expected: str | None
    found: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaivedRow:
    """A rule that was set aside, until when and why."""

    rule: str
    severity: Severity
    state: State
    until: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRow:
    """One level: whether it is reached, and the rules it needs beyond those of the levels below it.

    ``barred`` says that it is above the ceiling, so that nobody has to look after what it needs.
    """

    level: Level
    reached: bool
    barred: bool
    needs: tuple[str, ...]
    n_missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessView:
    """All that is shown of one readiness. ``end`` says why the work goes no further, at its ceiling and above it."""

    heading: str
    verdict: str
    reached: bool
    end: str | None
    dimensions: tuple[DimensionRow, ...]
    gates: tuple[DimensionRow, ...]
    findings: tuple[FindingRow, ...]
    waived: tuple[WaivedRow, ...]
    levels: tuple[LevelRow, ...]


def readiness_view(readiness: Readiness) -> ReadinessView:
    """The view model of ``readiness``. Findings are of the rules that count at its level; others are only named."""
    candidate = f" with {readiness.executor}" if readiness.executor else ""
    n_missing = len(required_rules(readiness))
    rows = [_dimension_row(readiness, dimension, state) for dimension, state in readiness.dimensions.items()]
    return ReadinessView(
        heading=f"Readiness of {readiness.work} for {readiness.for_level}{candidate}",
        verdict="reached" if readiness.reached else f"not reached: {counted(n_missing, 'rule')} to go",
        reached=readiness.reached,
        end=_end(readiness),
        dimensions=tuple(row for row in rows if not row.dimension.is_gate),
        gates=tuple(row for row in rows if row.dimension.is_gate),
        findings=_findings(readiness),
        waived=tuple(
            WaivedRow(
                rule=result.rule,
                severity=result.severity,
                state=result.state,
                until=result.waived_until,
                because=result.waived_because or "no reason given",
            )
            for result in readiness.results
            if result.waived_until is not None and readiness.for_level.at_least(result.since)
        ),
        levels=_levels(readiness),
    )


def _end(readiness: Readiness) -> str | None:
    ceiling = readiness.ceiling
    if ceiling is None or not readiness.for_level.at_least(ceiling):
        return None
    why = readiness.ceiling_because or "nobody wrote why"
    if ceiling is Level.MANUAL:
        done = ", which is a finished answer: nothing is outstanding" if readiness.reached else ""
        return f"Not to be automated: people do this work{done}. Why: {why}"
    return f"It may go no further than {ceiling}. Why: {why}"


def required_rules(readiness: Readiness) -> frozenset[str]:
    """The rules that keep the level in question from being reached."""
    return frozenset(readiness.missing[readiness.for_level])


def _dimension_row(readiness: Readiness, dimension: Dimension, state: State) -> DimensionRow:
    rules = [r for r in readiness.results if r.dimension is dimension and readiness.for_level.at_least(r.since)]
    held = [r for r in rules if r.waived_until is None and r.state in (State.FAIL, State.UNKNOWN)]
    minor = [result for result in held if result.severity is Severity.MINOR]
    counts = {
        "fail": sum(result.state is State.FAIL for result in held if result not in minor),
        "unknown": sum(result.state is State.UNKNOWN for result in held if result not in minor),
        "waived": sum(result.waived_until is not None for result in rules),
        "minor": len(minor),
    }
    n_pass = sum(result.state is State.PASS and result.waived_until is None for result in rules)
    n = n_pass + sum(counts.values())
    if n == 0:
        return DimensionRow(dimension=dimension, state=state, counts="no rule counts yet")
    parts = [f"{n_pass} of {n}", *(f"{count} {what}" for what, count in counts.items() if count)]
    return DimensionRow(dimension=dimension, state=state, counts=", ".join(parts))


def _findings(readiness: Readiness) -> tuple[FindingRow, ...]:
    required = required_rules(readiness)
    rows = [
        _finding_row(result, finding, required=result.rule in required)
        for result in readiness.results
        if result.state in (State.FAIL, State.UNKNOWN)
        and result.waived_until is None
        and readiness.for_level.at_least(result.since)
        for finding in (result.findings or (Finding(message=_silent(result.state), mend=""),))
    ]
    return tuple(sorted(rows, key=_worst_first))


def _silent(state: State) -> str:
    return NOT_MEASURED_YET if state is State.UNKNOWN else "the rule does not hold"


def _finding_row(result: RuleResult, finding: Finding, *, required: bool) -> FindingRow:
    return FindingRow(
        rule=result.rule,
        severity=result.severity,
        state=result.state,
        since=result.since,
        dimension=result.dimension,
        required=required,
        message=finding.message,
        mend=finding.mend or None,
        waiver_refused=result.waiver_refused,
        where=finding.where,
        path=dotted(finding.path) or finding.where.path,
        expected=finding.expected,
        found=finding.found,
    )


def _worst_first(row: FindingRow) -> tuple[bool, int, bool, int, str, int]:
    severity = list(Severity).index(row.severity)
    is_unknown = row.state is State.UNKNOWN
    line = row.where.line if row.where.line is not None else -1
    return (not row.required, severity, is_unknown, row.since.rank, row.rule, line)


def _levels(readiness: Readiness) -> tuple[LevelRow, ...]:
    rows: list[LevelRow] = []
    known: set[str] = set()
    for level in LEVELS:
        if level not in readiness.missing:
            continue
        missing = readiness.missing[level]
        needs = tuple(rule for rule in missing if rule not in known)
        barred = readiness.ceiling is not None and level.rank > readiness.ceiling.rank
        rows.append(LevelRow(level=level, reached=not missing, barred=barred, needs=needs, n_missing=len(missing)))
        known.update(missing)
    return tuple(rows)
