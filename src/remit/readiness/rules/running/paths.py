"""Escalation in use: was every path used, does the stop work, and can people take what comes?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from remit.definition.durations import parse_duration
from remit.definition.model import Definition, EscalationPath
from remit.readiness.current import Current
from remit.readiness.operation_facts import LoadFact, OperationFacts, Share
from remit.readiness.outcome import PASS, Failed, Fault, Outcome, Unknown, verdict
from remit.readiness.rules.running.measured import OLDEST_DRILL, about_running

__all__ = ["capacity_suffices_in_fact", "few_come_back", "paths_were_used", "stop_works"]

FEWEST_ITEMS = 100
SLOWEST_STOP_S = 1.0
MOST_ASKED_BACK = 0.1


def _paths(definition: Definition) -> tuple[EscalationPath, ...]:
    return definition.escalation.paths if definition.escalation else ()


def _no_paths(definition: Definition, _current: Current) -> str | None:
    return None if _paths(definition) else "there are no paths yet"


def _no_stop(definition: Definition, _current: Current) -> str | None:
    return None if definition.escalation and definition.escalation.stop else "there is no stop yet"


@about_running("HE06", unless=_no_paths)
def capacity_suffices_in_fact(
    definition: Definition, found: OperationFacts, current: Current, _now: datetime
) -> Outcome:
    """What came to people fits into what they can take, at peak and in the queue."""
    again = f"remit drill status {definition.id}, once it has run"
    load = found.load
    paths = _paths(definition)
    if load is None or load.asked is None or load.asked.n < FEWEST_ITEMS:
        n = 0 if load is None or load.asked is None else load.asked.n
        why = f"not measured yet: {n} items could have been acted on, {FEWEST_ITEMS} show a load"
        return Unknown(why=why, mend=again)
    if load.evidence_digest != current.evidence():
        return Unknown(why="stale: the load was measured on another version of the definition", mend=again)
    open_ = next((i for i, path in enumerate(paths) if path.capacity_per_hour is None), None)
    if open_ is not None:
        return Unknown(
            why=f"nobody said how many items an hour the people of {paths[open_].id} can take",
            mend="Write capacity_per_hour of every path.",
            path=("escalation", "paths", open_, "capacity_per_hour"),
        )
    return _fits(definition, load, load.asked, again)


def _fits(definition: Definition, load: LoadFact, asked: Share, again: str) -> Outcome:
    paths = _paths(definition)
    capacity = sum(path.capacity_per_hour for path in paths if path.capacity_per_hour is not None)
    written = definition.today.peak_per_hour if definition.today else None
    peak = max(load.peak_per_hour, written if isinstance(written, float | int) else 0)
    values = {"r": f"{100 * asked.k / asked.n:.3g} %"}
    faults = [] if asked.lower * peak <= capacity else [_peak_fault(values, asked.lower * peak, capacity)]
    faults.extend(_late(paths, load, values))
    if faults:
        return Failed(faults=tuple(faults))
    changed = [
        one.path
        for one in load.paths
        if one.capacity_per_hour != next((path.capacity_per_hour for path in paths if path.id == one.path), None)
    ]
    if changed:
        return Unknown(why=f"stale: the queue of {', '.join(changed)} was sent through another capacity", mend=again)
    if asked.upper * peak <= capacity:
        return PASS
    fault = _peak_fault(values, asked.upper * peak, capacity)
    return Unknown(faults=(fault,))


def _peak_fault(values: dict[str, str], escalated: float, capacity: float) -> Fault:
    return Fault(
        path=("escalation", "paths"),
        variant="peak",
        values={**values, "a": f"{escalated:.3g}", "b": f"{capacity:g}"},
        expected=f"at least {escalated:.3g} an hour",
        found=f"{capacity:g} an hour",
    )


def _late(paths: tuple[EscalationPath, ...], load: LoadFact, values: dict[str, str]) -> Iterator[Fault]:
    for one in load.paths:
        at = next((i for i, path in enumerate(paths) if path.id == one.path), None)
        within = parse_duration(paths[at].within or "") if at is not None else None
        if at is not None and within is not None and one.p95_s > within.total_seconds():
            hours = f"{one.p95_s / 3600:.3g}"
            yield Fault(
                path=("escalation", "paths", at, "within"),
                values={**values, "h": hours},
                expected=f"95 of 100 within {paths[at].within}",
                found=f"{hours} h",
            )


@about_running("HE07", unless=_no_paths)
def paths_were_used(definition: Definition, found: OperationFacts, _current: Current, now: datetime) -> Outcome:
    """Every path was answered in time, by a drill or a real item, within the last 30 days."""
    paths = _paths(definition)
    used = {one.id: one for one in found.paths}
    mend = f"remit drill path {definition.id}"
    failed: list[Fault] = []
    unknown: list[Fault] = []
    for i, path in enumerate(paths):
        one = used.get(path.id)
        at = ("escalation", "paths", i)
        if one is not None and one.in_time_at is not None:
            days = (now - one.in_time_at).days
            if now - one.in_time_at > OLDEST_DRILL:
                unknown.append(Fault(path=at, values={"id": path.id, "d": days}, mend=mend))
        elif one is not None and one.n:
            values = {"id": path.id, "n": one.n}
            failed.append(Fault(path=at, variant="late", values=values, expected=f"within {path.within}", mend=mend))
        else:
            waiting = f": {one.n_waiting} wait now" if one is not None and one.n_waiting else ""
            unknown.append(Fault(path=at, variant="never", values={"id": path.id, "waiting": waiting}, mend=mend))
    if failed:
        return Failed(faults=tuple(failed))
    return Unknown(faults=tuple(unknown)) if unknown else PASS


@about_running("HE10", unless=_no_stop)
def stop_works(definition: Definition, found: OperationFacts, _current: Current, now: datetime) -> Outcome:
    """The stop was drilled lately, and nothing could act a second after it."""
    path = ("escalation", "stop")
    drill = found.stop_drill
    mend = f"remit drill stop {definition.id}"
    if found.interrupted_stop is not None:
        since = found.interrupted_stop.date().isoformat()
        mend = f"remit resume {definition.id}, then {mend}"
        return Unknown(why=f"a drill of {since} was interrupted, and its stop stands", mend=mend, path=path)
    if drill is None:
        return Unknown(why="not measured yet: stop was never tested", mend=mend, path=path)
    stop = definition.escalation.stop if definition.escalation else None
    oldest = parse_duration(stop.tested_every or "") if stop is not None else None
    oldest = oldest or OLDEST_DRILL
    if now - drill.at > oldest:
        days = (now - drill.at).days
        fault = Fault(path=path, values={"d": days}, expected=f"at most {oldest.days} days", mend=mend)
        return Unknown(faults=(fault,))
    if not drill.works:
        return Failed(faults=(Fault(path=path, variant="acts", expected="nothing acts", mend=mend),))
    if drill.seconds > SLOWEST_STOP_S:
        values = {"s": f"{drill.seconds:.3g}"}
        expected = f"at most {SLOWEST_STOP_S:g} s"
        return Failed(faults=(Fault(path=path, variant="slow", values=values, expected=expected, mend=mend),))
    return PASS


@about_running("HE11", unless=_no_paths)
def few_come_back(definition: Definition, found: OperationFacts, _current: Current, _now: datetime) -> Outcome:
    """Few reviews come back because the person needs more than they were shown."""
    back = found.asked_back
    if back is None:
        again = f"remit drill status {definition.id}, once people have decided reviews"
        return Unknown(why="not measured yet: no review was opened lately", mend=again)
    values = {"p": f"{100 * back.asked.k / back.asked.n:.3g}", "field": back.question or "not known"}
    path = ("escalation", "paths")
    fault = Fault(path=path, values=values, expected="at most 10 %", found=f"{back.asked.k} of {back.asked.n}")
    if back.asked.lower > MOST_ASKED_BACK:
        return verdict((fault,))
    if back.asked.upper <= MOST_ASKED_BACK:
        return PASS
    why = f"{back.asked.k} of {back.asked.n} reviews came back with a question: too few reviews to tell"
    return Unknown(why=why, mend="More reviews bring it.", path=path)
