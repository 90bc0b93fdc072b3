"""Record a value of the measure that the intent names, and hold the stop rule against it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from remit.errors import UsageError
from remit.project.people import who
from remit.project.watching.watched import mirror_autonomy

if TYPE_CHECKING:
    from remit.project.work import Work
    from remit.runtime.watching.outcomes import OutcomeValue, StopRule

__all__ = ["AddedOutcome", "add_outcome"]

_LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedOutcome:
    """The value that was recorded, and where the stop rule stands now; None where none is written."""

    outcome: OutcomeValue
    rule: StopRule | None
    fired: bool


def add_outcome(work: Work, value: float, *, by: str | None, day: date | None, note: str | None) -> AddedOutcome:
    """Record a value of the measure of one day (default: today).

    Raises:
        UsageError: no measure is written, the value is no finite number, or the day is still to come.
    """
    from remit.project.watching.every_work import hold_stop_rule
    from remit.runtime.watching import outcomes

    definition, ambient = work.definition, work.project.ambient
    now = ambient.now()
    person = who(work.project, by)
    if definition.intent is None or definition.intent.outcome is None:
        raise UsageError(
            f"`{work.id}` names no measure", mend="write `intent: {outcome: {measure, baseline, target, by}}`"
        )
    if not math.isfinite(value):
        raise UsageError("the value is no number", expected="a finite number", found=str(value), mend="--value NUMBER")
    if day is not None and day > now.date():
        raise UsageError(
            "that day is still to come", expected=f"at most {now.date()}", found=day.isoformat(), mend="--at DAY"
        )
    if note is not None and len(note) > _LONGEST_NOTE:
        raise UsageError("the note is too long", expected=f"at most {_LONGEST_NOTE} characters", found=str(len(note)))
    with work.project.store.writing() as writing:
        added = outcomes.add_outcome(
            writing, work=work.id, value=value, day=day or now.date(), by=person.id, note=note, now=now
        )
        fired = hold_stop_rule(work, writing, by=person.id, now=now)
        rule = outcomes.stop_rule_now(writing, definition)
    mirror_autonomy(work)
    return AddedOutcome(outcome=added, rule=rule, fired=fired)
