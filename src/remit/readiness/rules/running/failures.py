"""Failure modes in use: was the response rehearsed, and do they occur as often as somebody wrote?"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from remit.definition.model import Definition
from remit.readiness.current import Current
from remit.readiness.operation_facts import ModeRate, OperationFacts
from remit.readiness.outcome import PASS, Failed, Fault, Outcome, Unknown
from remit.readiness.rules.failures import ModeAt, mode_priority, modes_are_written, modes_at
from remit.readiness.rules.running.measured import OLDEST_DRILL, about_running

__all__ = ["occurrence_class", "occurrence_is_as_written", "responses_were_rehearsed"]

_RATES = (1e-6, 1e-5, 1e-4, 5e-4, 2e-3, 1e-2, 2e-2, 5e-2, 1e-1)
"""The shares from which an occurrence is in class 2 to 10 (AIAG FMEA, 4th edition: 1 in a million ... 1 in ten)."""


def occurrence_class(share: float) -> int:
    """The class 1 to 10 of a mode that occurs in this share of the items, in [0, 1]."""
    return 1 + sum(share >= rate for rate in _RATES)


@about_running("FM08", unless=modes_are_written)
def responses_were_rehearsed(
    definition: Definition, found: OperationFacts, _current: Current, now: datetime
) -> Outcome:
    """Every failure mode was answered in time lately, in earnest or in a drill."""
    modes = modes_at(definition)
    used = {one.id: one for one in found.modes}
    failed: list[Fault] = []
    unknown: list[Fault] = []
    for at in modes:
        one = used.get(at.mode.id)
        mend = f"remit drill path {definition.id} --mode {at.mode.id}"
        path = (*at.path, "response")
        if one is not None and one.in_time_at is not None and now - one.in_time_at <= OLDEST_DRILL:
            continue
        if one is not None and one.n and not one.n_in_time:
            took = "longer" if one.slowest_s is None else f"{one.slowest_s / 3600:.3g} h"
            values = {"t": took, "u": "less by its path"}
            failed.append(Fault(path=path, variant="slow", values=values, mend=mend))
        else:
            unknown.append(Fault(path=path, values={}, mend=mend))
    if failed:
        return Failed(faults=tuple(failed))
    return Unknown(faults=tuple(unknown)) if unknown else PASS


@about_running("FM09", unless=modes_are_written)
def occurrence_is_as_written(
    definition: Definition, found: OperationFacts, current: Current, _now: datetime
) -> Outcome:
    """Every mode occurs as often as its rating says, to within one class."""
    modes = modes_at(definition)
    rates = {one.mode: one for one in found.rates if one.evidence_digest == current.evidence()}
    failed: list[Fault] = []
    open_: list[str] = []
    for at in modes:
        rate = rates.get(at.mode.id)
        fault = None if rate is None else _wrong_class(at, rate)
        if fault is not None:
            failed.append(fault)
        elif rate is None or not _shown(at, rate):
            open_.append(at.mode.id)
    if failed:
        return Failed(faults=tuple(failed))
    if not open_:
        return PASS
    why = f"how often {', '.join(open_)} occurs is not shown to within one class by what was recorded"
    return Unknown(why=why, mend=f"remit drill status {definition.id}, after more items", path=("failure_modes",))


def _shown(at: ModeAt, rate: ModeRate) -> bool:
    written = at.mode.occurrence
    return written is not None and occurrence_class(rate.noticed.upper) <= written + 1


def _wrong_class(at: ModeAt, rate: ModeRate) -> Fault | None:
    written, noticed = at.mode.occurrence, rate.noticed
    least, most = occurrence_class(noticed.lower), occurrence_class(noticed.upper)
    if written is None or least - 1 <= written <= most + 1:
        return None
    measured = occurrence_class(noticed.k / noticed.n)
    now = mode_priority(replace(at.mode, occurrence=measured))
    values = {"a": written, "b": measured, "ap": now.value if now is not None else "not known"}
    said = f"{noticed.k} of {noticed.n} items"
    return Fault(path=(*at.path, "occurrence"), values=values, expected=f"{least} to {most}", found=said)
