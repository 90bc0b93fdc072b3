"""What was drilled and what waits, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from remit.readiness.operation.facts import OperationFacts, UseFact
from remit.report.terminal.sheet import Sheet, Style
from remit.report.text import visible
from remit.reviews import Review

__all__ = ["render_drills"]


def render_drills(facts: OperationFacts, waiting: Sequence[Review], *, width: int, colour: bool) -> str:
    """The newest drill of each kind, the paths in use, and the drills that nobody answered yet."""
    sheet = Sheet(width=width, colour=colour)
    for good, text in _lines(facts):
        mark, style = ("✓", Style.GOOD) if good else ("○", Style.QUIET) if good is None else ("✗", Style.BAD)
        sheet.point(mark, text, indent=0, style=style)
    for one in waiting:
        sheet.point("○", f"a drill waits on {visible(one.ask.path or 'no path')}: review {one.id}", indent=0)
    return sheet.text()


def _lines(facts: OperationFacts) -> Iterator[tuple[bool | None, str]]:
    stop = facts.stop_drill
    if facts.interrupted_stop is not None:
        yield False, f"a drill of the stop was interrupted {_at(facts.interrupted_stop)}: the stop stands"
    if stop is None:
        yield None, "not run: the stop was never tried"
    else:
        done = f"nothing acted {stop.seconds:.3f} s after it" if stop.works else "something could still act"
        yield stop.works, f"the stop was pressed {_at(stop.at)}: {done}"
    for one in facts.paths:
        yield _path(one)
    for replay in facts.replays:
        same = replay.same
        text = f"{visible(replay.executor)} was replayed {_at(replay.at)}: {same.k} of {same.n} came out the same"
        yield same.k == same.n, text
    if not facts.replays:
        yield None, "not run: no recorded item was answered once more"
    records = facts.records
    if records is None:
        yield None, "not run: nobody held the items of the source system against the records"
    else:
        missing = records.missing
        text = f"{missing.k} of {missing.n} items of {visible(records.source)} had no record {_at(records.at)}"
        yield missing.k == 0, text
    alarm = facts.alarm
    if alarm is None:
        yield None, "not run: nobody tried whether the alarm rings"
    elif alarm.delivered_at is None:
        yield False, f"the alarm was tried {_at(alarm.at)}: its alert did not leave"
    else:
        seconds = (alarm.delivered_at - alarm.at).total_seconds()
        yield True, f"the alarm was tried {_at(alarm.at)}: its alert left after {seconds:,.1f} s"


def _path(one: UseFact) -> tuple[bool | None, str]:
    name = visible(one.id)
    if one.in_time_at is not None:
        return True, f"{name} was last answered in time {_at(one.in_time_at)}"
    if one.n:
        return False, f"{name} was used {one.n} times in 30 days, and never answered in time"
    return None, f"not run: {name} was not used"


def _at(at: datetime) -> str:
    return f"on {at.date().isoformat()}"
