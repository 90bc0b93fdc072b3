"""What the rules about running share: the facts at hand, and how old a drill may be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from remit.definition.model import Definition
from remit.readiness.current import Current
from remit.readiness.operation_facts import OperationFacts
from remit.readiness.outcome import NotApplicable, Outcome, Unknown
from remit.readiness.registry import Condition, rule

__all__ = ["OLDEST_DRILL", "about_running", "outdated"]

OLDEST_DRILL = timedelta(days=30)
"""A drill that is older counts as not measured, unless the definition says another time."""

RunningRule = Callable[[Definition, OperationFacts, Current, datetime], Outcome]


def about_running(id_: str, *, unless: Condition | None = None) -> Callable[[RunningRule], RunningRule]:
    """Bind a rule that reads what running showed; where nobody measured that it is unknown.

    ``unless`` says why the question does not arise, None where it does; it is asked first.
    """

    def bind(function: RunningRule) -> RunningRule:
        def asked(definition: Definition, current: Current, now: datetime) -> Outcome:
            why = unless(definition, current) if unless is not None else None
            if why is not None:
                return NotApplicable(why=why)
            found = current.operation
            if not isinstance(found, OperationFacts):
                return found.unknown()
            return function(definition, found, current, now)

        rule(id_)(asked)
        return function

    return bind


def outdated(what: str, at: datetime, now: datetime, *, mend: str, oldest: timedelta = OLDEST_DRILL) -> Unknown | None:
    """Unknown where a drill is too old to count, None where it still does."""
    age = now - at
    if age <= oldest:
        return None
    return Unknown(why=f"stale: {what} is {age.days} days old, and counts for {oldest.days}", mend=mend)
