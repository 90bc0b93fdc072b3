"""Evidence gathered at the level below, the error budget, and what was never to be automated."""

from __future__ import annotations

from datetime import datetime

from remit.definition.levels import LEVELS, Level, level_below
from remit.definition.model import Definition
from remit.readiness.current import Current
from remit.readiness.facts import AutonomyFact
from remit.readiness.outcome import PASS, Failed, Fault, NotApplicable, Outcome
from remit.readiness.registry import rule

__all__ = ["budget_is_not_spent", "evidence_was_gathered_below", "never_was_never"]


@rule("AU02")
def evidence_was_gathered_below(_definition: Definition, current: Current, _now: datetime) -> Outcome:
    """Enough items on enough days at the level below, and the promotion test passed; granting counts again itself."""
    seen = current.autonomy
    if not isinstance(seen, AutonomyFact):
        return seen.unknown()
    if seen.level is LEVELS[-1]:
        return PASS
    above = LEVELS[seen.level.rank + 1]
    if seen.missing:
        since = max(above, Level.SUPERVISED, key=lambda level: level.rank)
        return Failed(faults=(Fault(values={"what": "; ".join(seen.missing)}),), since=since)
    if above.rank < Level.SUPERVISED.rank:
        return Failed(faults=(Fault(values={"what": f"nothing was gathered at {Level.SUGGEST.value} yet"}),))
    return PASS


@rule("OB09")
def budget_is_not_spent(_definition: Definition, current: Current, _now: datetime) -> Outcome:
    """No alarm, and no open warning, that the error budget is broken."""
    seen = current.autonomy
    if not isinstance(seen, AutonomyFact):
        return NotApplicable(why="nothing was acted on yet")
    if not seen.n_acted:
        return NotApplicable(why="nothing was acted on yet at this level")
    if not (seen.alarm or seen.warning):
        return PASS
    used = "over 0" if seen.budget_used is None else f"{100.0 * seen.budget_used:.0f}"
    step = min(Level.SUGGEST, level_below(seen.level), key=lambda level: level.rank)
    return Failed(faults=(Fault(values={"p": used, "step": step.value}),))


@rule("AU04")
def never_was_never(definition: Definition, current: Current, _now: datetime) -> Outcome:
    """No item was acted on for which a ``never`` holds; passes while nothing was."""
    never = definition.autonomy.never if definition.autonomy else ()
    if not never:
        return NotApplicable(why="nothing is written that is never automated")
    seen = current.autonomy
    if not isinstance(seen, AutonomyFact) or not seen.n_never:
        return PASS
    because = next((one.because for one in never if one.because), never[0].when)
    return Failed(faults=(Fault(values={"n": seen.n_never, "because": because}),))
