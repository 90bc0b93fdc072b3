"""Readiness: every rule asked, the dimensions for one level, and what each level still needs. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from remit.definition.levels import LEVELS, Level
from remit.definition.model import Definition
from remit.definition.positions import SourceMap
from remit.errors import Location
from remit.readiness.catalogue import CATALOGUE, RuleCard, filled
from remit.readiness.current import Current, current_facts
from remit.readiness.facts import Facts
from remit.readiness.finding import Dimension, Finding, Readiness, RuleResult, Severity, State
from remit.readiness.outcome import Failed, Fault, NotApplicable, Outcome, Passed, Unknown
from remit.readiness.rules import CONDITIONS, RULES
from remit.readiness.waivers import waived

__all__ = ["counts", "judge"]

NOT_MEASURED_MEND = (
    "Nothing you do changes that in this release: waive it with a reason (waivers.yaml), or stay below its level."
)
"""What can be done about a rule whose fact nobody gathers."""


def judge(
    definition: Definition,
    facts: Facts,
    *,
    now: datetime,
    source: SourceMap | None = None,
    for_level: Level | None = None,
    executor: str | None = None,
) -> Readiness:
    """The readiness of a definition.

    Args:
        definition: the work.
        facts: what others measured; what is absent was not measured.
        now: aware.
        source: where the values of the definition stand, for the places of findings.
        for_level: the level that is asked about; by default the next one above the level granted now, where the
            ceiling allows it.
        executor: who is asked about; by default whoever was proved best.
    """
    current = current_facts(definition, facts, executor, for_level)
    level = current.asked
    results = tuple(_result(card, definition, current, facts, now, source) for card in CATALOGUE)
    ceiling = definition.autonomy.ceiling if definition.autonomy else None
    return Readiness(
        work=definition.id,
        for_level=level,
        executor=executor,
        results=results,
        dimensions={dimension: _state(dimension, results, level) for dimension in Dimension},
        missing={one: tuple(result.rule for result in results if _is_missing(result, one)) for one in LEVELS},
        ceiling=ceiling.level if ceiling else None,
        ceiling_because=ceiling.because if ceiling else None,
    )


def counts(result: RuleResult, level: Level) -> bool:
    """Whether a rule counts at a level: not minor, not waived, and its ``since`` at or below the level."""
    return result.severity is not Severity.MINOR and result.waived_until is None and level.at_least(result.since)


def _is_missing(result: RuleResult, level: Level) -> bool:
    return counts(result, level) and result.state in (State.FAIL, State.UNKNOWN)


def _state(dimension: Dimension, results: tuple[RuleResult, ...], level: Level) -> State:
    """Fail before unknown before pass; not applicable where the level asks nothing of this dimension."""
    states = {result.state for result in results if result.dimension is dimension and counts(result, level)}
    return next((state for state in (State.FAIL, State.UNKNOWN, State.PASS) if state in states), State.NOT_APPLICABLE)


def _result(
    card: RuleCard,
    definition: Definition,
    current: Current,
    facts: Facts,
    now: datetime,
    source: SourceMap | None,
) -> RuleResult:
    function = RULES.get(card.id)
    outcome = function(definition, current, now) if function is not None else _unmeasured(card, definition, current)
    state = _state_of(outcome)
    asked = waived(card, definition, facts.waivers, now) if state in (State.FAIL, State.UNKNOWN) else None
    waiver = asked.waiver if asked else None
    since = outcome.since if isinstance(outcome, Failed) and outcome.since is not None else card.since
    return RuleResult(
        rule=card.id,
        state=state,
        severity=card.severity,
        dimension=card.dimension,
        since=since,
        findings=_findings(card, outcome, source),
        why=outcome.why if isinstance(outcome, NotApplicable) else None,
        waived_until=waiver.until.isoformat() if waiver else None,
        waived_because=waiver.reason if waiver else None,
        waiver_refused=asked.refused if asked else None,
    )


def _unmeasured(card: RuleCard, definition: Definition, current: Current) -> Outcome:
    condition = CONDITIONS.get(card.id)
    why = condition(definition, current) if condition is not None else None
    if why is not None:
        return NotApplicable(why=why)
    because = "" if card.unmeasured is None else f" ({card.unmeasured})"
    return Unknown(why=f"not measured yet: {card.how}{because}", mend=NOT_MEASURED_MEND)


def _state_of(outcome: Outcome) -> State:
    match outcome:
        case Passed():
            return State.PASS
        case Failed():
            return State.FAIL
        case Unknown():
            return State.UNKNOWN
        case NotApplicable():
            return State.NOT_APPLICABLE
        case _:
            assert_never(outcome)


def _findings(card: RuleCard, outcome: Outcome, source: SourceMap | None) -> tuple[Finding, ...]:
    match outcome:
        case Passed() | NotApplicable():
            return ()
        case Unknown(faults=()):
            where = source.locate(outcome.path) if source is not None and outcome.path else Location()
            return (Finding(message=outcome.why, mend=outcome.mend, path=outcome.path, where=where),)
        case Failed() | Unknown():
            return tuple(_finding(card, fault, source) for fault in outcome.faults)
        case _:
            assert_never(outcome)


def _finding(card: RuleCard, fault: Fault, source: SourceMap | None) -> Finding:
    template = card.message if fault.variant is None else card.variants[fault.variant]
    return Finding(
        message=filled(template, fault.values),
        mend=fault.mend if fault.mend is not None else filled(card.mend, fault.values),
        path=fault.path,
        where=_where(fault, source),
        expected=fault.expected,
        found=fault.found,
    )


def _where(fault: Fault, source: SourceMap | None) -> Location:
    """Where a fault stands. One that is about no value of the file (an executor, a grant) has no place in it."""
    if source is None or not fault.path:
        return Location()
    if fault.line is not None and fault.column is not None:
        return source.locate_inside(fault.path, fault.line, fault.column)
    return source.locate(fault.path)
