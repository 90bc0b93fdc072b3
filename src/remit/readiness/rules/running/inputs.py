"""Inputs in use: are they still what the proof was made on?"""

from __future__ import annotations

from datetime import datetime

from remit.definition.model import Definition
from remit.readiness.current import Current
from remit.readiness.facts import CaseFacts
from remit.readiness.operation_facts import OperationFacts
from remit.readiness.outcome import Fault, Outcome, Unknown, verdict
from remit.readiness.rules.running.measured import about_running

__all__ = ["inputs_stay_as_they_were"]

MOST_DRIFT = 0.2
FEWEST_COMPARED = 300


@about_running("IO15")
def inputs_stay_as_they_were(
    definition: Definition, found: OperationFacts, current: Current, _now: datetime
) -> Outcome:
    """No field of recent items lies far from where it lay in the prove set."""
    again = f"remit drill status {definition.id}, once more items came"
    drift = found.drift
    if drift is None or min(drift.n_cases, drift.n_items) < FEWEST_COMPARED:
        few = "none were compared" if drift is None else f"{drift.n_items} items and {drift.n_cases} cases are too few"
        return Unknown(why=f"not measured yet: {few}; {FEWEST_COMPARED} of each are needed", mend=again)
    cases = current.cases
    if not isinstance(cases, CaseFacts):
        return cases.unknown()
    if cases.prove_digest != drift.case_set_digest:
        return Unknown(why="stale: the prove set changed since items were compared with it", mend=again)
    return verdict(
        Fault(
            path=("inputs", "fields", one.field),
            values={"f": one.field},
            expected=f"an index of at most {MOST_DRIFT:g}",
            found=f"{one.stability:.3g}",
            mend=f"remit prove {definition.id}, on cases as they come now",
        )
        for one in drift.fields
        if one.stability > MOST_DRIFT
    )
