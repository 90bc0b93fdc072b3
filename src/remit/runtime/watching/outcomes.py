"""The measure that the intent names: its values as they come in, and the rule that ends the work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from remit.definition.digests import as_json, digest_of
from remit.definition.durations import parse_duration
from remit.definition.expressions import Expression, activation
from remit.definition.levels import Level
from remit.definition.model import Definition, StopIf
from remit.items import JsonObject
from remit.ledger import LedgerKind
from remit.store.connections import Reader, Writing
from remit.store.grants import grants_of
from remit.store.operations.acts import Act, acts_of, add_act

__all__ = ["FIRED", "OutcomeValue", "StopRule", "add_outcome", "apply_stop_rule", "outcomes_of", "stop_rule_now"]

FIRED = "stop rule fired"
"""What the act of a stop rule that fired says it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeValue:
    """One value of the measure, of one day."""

    value: float
    day: date
    by: str
    at: datetime
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRule:
    """Where the rule of ``intent.stop_if`` stands.

    ``counts_from`` is when it may fire first: ``after`` its duration since the first grant above ``shadow``; None while
    there was none.  ``fired_at`` is when it fired as it is written now; a changed rule begins anew.
    """

    when: str
    then: str
    counts_from: datetime | None
    latest: OutcomeValue | None
    fired_at: datetime | None


def add_outcome(
    writing: Writing, *, work: str, value: float, day: date, by: str, note: str | None, now: datetime
) -> OutcomeValue:
    """Record a value of the measure, of one day."""
    body: JsonObject = {"what": "value", "value": float(value), "day": day.isoformat()}
    if note is not None:
        body = {**body, "note": note}
    add_act(writing, work=work, at=now, by=by, kind=LedgerKind.OUTCOME, subject=work, body=body)
    return OutcomeValue(value=float(value), day=day, by=by, at=now, note=note)


def outcomes_of(reader: Reader, work: str) -> tuple[OutcomeValue, ...]:
    """The values of the measure by their days; of one day the latest that was recorded."""
    values = {
        act.body["day"]: OutcomeValue(
            value=act.body["value"],
            day=date.fromisoformat(act.body["day"]),
            by=act.by,
            at=act.at,
            note=act.body.get("note"),
        )
        for act in acts_of(reader, work=work, kind=LedgerKind.OUTCOME)
        if act.body["what"] == "value"
    }
    return tuple(values[day] for day in sorted(values))


def stop_rule_now(reader: Reader, definition: Definition) -> StopRule | None:
    """Where the stop rule of a work stands; None where none is written."""
    rule = definition.intent.stop_if if definition.intent is not None else None
    if rule is None:
        return None
    after = parse_duration(rule.after)
    first = min(
        (one.granted_at for one in grants_of(reader, definition.id) if one.level.at_least(Level.SUGGEST)), default=None
    )
    values = outcomes_of(reader, definition.id)
    fired = _fired(reader, definition.id, rule)
    return StopRule(
        when=rule.when,
        then=rule.then,
        counts_from=None if first is None or after is None else first + after,
        latest=values[-1] if values else None,
        fired_at=None if fired is None else fired.at,
    )


def apply_stop_rule(writing: Writing, definition: Definition, *, by: str, now: datetime) -> Act | None:
    """Declare that the stop rule fired, where it does and nobody declared it yet; None where nothing is to be said.

    It is held against the latest value, once its time has come.  A rule that can't be evaluated does not fire.
    """
    rule = definition.intent.stop_if if definition.intent is not None else None
    stands = stop_rule_now(writing, definition)
    if rule is None or stands is None or stands.fired_at is not None or stands.latest is None:
        return None
    if stands.counts_from is None or now < stands.counts_from:
        return None
    if not _holds(definition, rule, stands.latest):
        return None
    body = {
        "what": FIRED,
        "rule": digest_of(as_json(rule)),
        "when": rule.when,
        "then": rule.then,
        "value": stands.latest.value,
        "day": stands.latest.day.isoformat(),
    }
    return add_act(
        writing, work=definition.id, at=now, by=by, kind=LedgerKind.OUTCOME, subject=definition.id, body=body
    )


def _holds(definition: Definition, rule: StopIf, latest: OutcomeValue) -> bool:
    outcome = definition.intent.outcome if definition.intent is not None else None
    values: dict[str, object] = {"value": latest.value}
    if outcome is not None and isinstance(outcome.baseline, int | float):
        values["baseline"] = float(outcome.baseline)
    if outcome is not None and outcome.target is not None:
        values["target"] = float(outcome.target)
    return Expression(rule.when).holds(activation(outcome=values)) is True


def _fired(reader: Reader, work: str, rule: StopIf) -> Act | None:
    digest = digest_of(as_json(rule))
    acts = acts_of(reader, work=work, kind=LedgerKind.OUTCOME)
    return next((act for act in acts if act.body["what"] == FIRED and act.body["rule"] == digest), None)
