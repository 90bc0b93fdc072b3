"""Records: does a replay come out the same, is any item without one, does the alarm reach somebody?"""

from __future__ import annotations

from datetime import datetime, timedelta

from remit.definition.durations import parse_duration
from remit.definition.model import Definition, Metric
from remit.items import ExecutorKind
from remit.readiness.current import Current
from remit.readiness.operation.facts import OperationFacts, ReplayFact
from remit.readiness.outcome import PASS, Failed, Fault, NotApplicable, Outcome, Unknown
from remit.readiness.registry import rule
from remit.readiness.rules.running.measured import about_running, outdated

__all__ = ["alarm_rings", "records_are_complete", "replay_is_the_same"]

FEWEST_REPLAYED = 30
MOST_MISSING = 0.001
SLOWEST_ALARM = timedelta(days=1)


@rule("OB06")
def replay_is_the_same(definition: Definition, current: Current, now: datetime) -> Outcome:
    """Recorded items that are answered once more come out the same, in as many as the consistency target says."""
    if _people_do_it(current):
        return NotApplicable(why="people do the work")
    found = current.replay
    if not isinstance(found, ReplayFact):
        return found.unknown()
    mend = f"remit drill replay {definition.id} --executor {found.executor}"
    if (old := outdated("the last replay", found.at, now, mend=mend)) is not None:
        return old
    targets = definition.quality.targets if definition.quality is not None else ()
    limits = [one.at_least for one in targets if one.metric is Metric.CONSISTENCY and one.at_least is not None]
    limit = max(limits, default=None)
    same, path = found.same, ("quality", "targets")
    n_other = same.n - same.k
    if (limit is None and n_other) or (limit is not None and same.upper < limit):
        expected = "the same answer every time" if limit is None else f"the same in at least {limit:g}"
        values = {"n": n_other, "m": same.n}
        said = ", ".join(found.sample) or None
        return Failed(faults=(Fault(path=path, values=values, expected=expected, found=said),))
    if same.n < FEWEST_REPLAYED or (limit is not None and same.lower < limit):
        why = f"{same.n} items were replayed, {n_other} came out otherwise: that shows too little"
        return Unknown(why=why, mend=f"{mend} --n {max(2 * same.n, FEWEST_REPLAYED)}", path=path)
    return PASS


def _people_do_it(current: Current) -> bool:
    asked = current.project.asked(current.executor) if current.project else ()
    return bool(asked) and all(one.kind is ExecutorKind.PERSON for one in asked)


@about_running("OB07")
def records_are_complete(definition: Definition, found: OperationFacts, _current: Current, now: datetime) -> Outcome:
    """Next to no item that the source system knows of is without its record."""
    mend = f"remit drill records {definition.id} --keys FILE --source SYSTEM"
    records = found.records
    if records is None:
        return Unknown(
            why="not measured yet: nobody held the items of the source system against the records", mend=mend
        )
    if (old := outdated("the last count", records.at, now, mend=mend)) is not None:
        return old
    missing = records.missing
    if missing.upper <= MOST_MISSING:
        return PASS
    said = f"{missing.k} of {missing.n} of {records.source}"
    if missing.lower > MOST_MISSING:
        found_text = ", ".join(records.sample) or said
        fault = Fault(values={"n": missing.k}, expected=f"at most {MOST_MISSING:g} of them", found=found_text)
        return Failed(faults=(fault,))
    return Unknown(why=f"{said} have no record: too few items to tell, about 3,000 without a gap do", mend=mend)


@about_running("OB08")
def alarm_rings(definition: Definition, found: OperationFacts, _current: Current, now: datetime) -> Outcome:
    """A failure that was made on purpose led to an alert that left for somebody in time."""
    mend = f"remit drill alarm {definition.id}"
    drill, path = found.alarm, ("observe", "alert")
    if drill is None:
        return Unknown(why="not measured yet: nobody tried whether the alarm rings", mend=mend, path=path)
    if (old := outdated("the last drill of the alarm", drill.at, now, mend=mend)) is not None:
        return old
    window = parse_duration(definition.observe.window or "") if definition.observe is not None else None
    allowed = min(window or SLOWEST_ALARM, SLOWEST_ALARM)
    if drill.delivered_at is None:
        if now - drill.at <= allowed:
            why = "the alert of the last drill waits to be delivered"
            return Unknown(why=why, mend="Let the sweeper run: remit serve.", path=path)
        return Failed(faults=(Fault(path=path, expected="an alert that was delivered", found="none"),))
    if drill.delivered_at - drill.at > allowed:
        hours = (drill.delivered_at - drill.at) / timedelta(hours=1)
        values = {"h": f"{hours:.3g}"}
        expected = f"within {allowed / timedelta(hours=1):g} h"
        return Failed(faults=(Fault(path=path, variant="late", values=values, expected=expected),))
    return PASS
