"""The rule by which the owner said the work would end."""

from __future__ import annotations

from datetime import datetime

from remit.definition.model import Definition
from remit.readiness.current import Current
from remit.readiness.outcome import PASS, Failed, Fault, NotApplicable, Outcome, Unknown
from remit.readiness.registry import rule

__all__ = ["stop_rule_did_not_fire"]


@rule("LV02")
def stop_rule_did_not_fire(definition: Definition, current: Current, now: datetime) -> Outcome:
    """The stop rule, as it is written now, did not fire; it is held against the latest value of the measure."""
    written = definition.intent.stop_if if definition.intent else None
    if written is None:
        return NotApplicable(why="there is no stop rule yet")
    path = ("intent", "stop_if")
    seen = current.stop_rule
    if seen is None or (seen.when, seen.after) != (written.when, written.after):
        return NotApplicable(why="the time of the stop rule has not come: nothing above shadow was granted yet")
    if seen.fired_at is not None:
        found = None if seen.latest is None else f"{seen.latest:g}"
        return Failed(faults=(Fault(path=path, expected=f"not: {written.when}", found=found),))
    if seen.counts_from is None or now < seen.counts_from:
        return NotApplicable(why="the time of the stop rule has not come")
    if seen.latest is None:
        return Unknown(
            why="its time has come, and no value of the measure was recorded",
            mend=f"remit outcome add {definition.id} --value NUMBER",
            path=path,
        )
    return PASS
