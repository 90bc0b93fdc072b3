"""Autonomy of a work as text: the levels as a list, then each executor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remit.definition.levels import LEVELS, Level
from remit.report.numbers import counted, day, given_percent, number
from remit.report.terminal.sheet import Sheet, Style

if TYPE_CHECKING:
    from remit.autonomy.evidence import Seen
    from remit.project.watching.autonomy import Autonomy, Held

__all__ = ["shown"]


def shown(found: Autonomy, *, width: int, colour: bool) -> str:
    """The levels, what each executor holds, what was seen of it, and what is missing."""
    sheet = Sheet(width=width, colour=colour)
    sheet.heading(f"Autonomy of {found.work}")
    for level in reversed(LEVELS):
        _level(sheet, found, level)
    if found.stopped:
        sheet.blank()
        sheet.point("!", "This work is stopped; the levels hold again after `remit resume`.", style=Style.BAD)
    if not found.held:
        sheet.blank()
        sheet.paragraph(f"next: remit grant {found.work} --executor X --level shadow --reason TEXT", indent=2)
    for one in found.held:
        _executor(sheet, found, one)
    _rule(sheet, found)
    return sheet.text()


def _level(sheet: Sheet, found: Autonomy, level: Level) -> None:
    here = [one for one in found.held if one.level is level]
    names = ", ".join(f"{one.executor} since {day(one.since)}" for one in here)
    above = found.ceiling is not None and level.rank > found.ceiling.rank
    text = level.value
    if level is found.ceiling:
        text += " (the ceiling)"
    elif above:
        text += " (above the ceiling)"
    if names:
        text += f": {names}"
    sheet.point("●" if here else "○", text, style=Style.GOOD if here else Style.QUIET)


def _executor(sheet: Sheet, found: Autonomy, one: Held) -> None:
    sheet.heading(one.executor)
    until = "" if one.until is None else f", until {day(one.until)}"
    stopped = "; stopped" if one.stopped else ""
    sheet.paragraph(f"{one.level.value} since {day(one.since)}, by {one.by}{until}{stopped}", indent=2)
    if one.seen is not None:
        _seen(sheet, one.seen)
    for column in one.slices_not_watched:
        text = f"no slice of `{column}` is watched: its values can't be listed beforehand"
        sheet.point("○", text, style=Style.QUIET)
    if one.next is not None:
        sheet.blank()
        _next(sheet, found, one, one.next)
    sheet.blank()
    sheet.paragraph("last changes", indent=2, style=Style.QUIET)
    for change in one.changes:
        sheet.point("-", f"{day(change.at)} {change.level.value}, by {change.by}: {change.reason}")


def _next(sheet: Sheet, found: Autonomy, one: Held, above: Level) -> None:
    if not one.missing:
        sheet.point("✓", f"{above.value} may be asked for: the evidence of the level below is there", style=Style.GOOD)
        sheet.paragraph(f"remit grant {found.work} --executor {one.executor} --level {above.value} ...", indent=4)
        return
    sheet.paragraph(f"missing for {above.value}", indent=2, style=Style.QUIET)
    for text in one.missing:
        sheet.point("?", text, style=Style.DOUBT)
    if one.estimate is not None:
        sheet.paragraph(one.estimate, indent=4)


def _seen(sheet: Sheet, seen: Seen) -> None:
    items = counted(seen.n_decided, "item")
    sheet.paragraph(
        f"{items} on {counted(seen.n_days, 'day')} at this level; of {seen.n_items:,} the truth is known", indent=2
    )
    if seen.promotion is not None:
        test = seen.promotion
        state = "passed" if test.passed else f"at {number(test.e_value)} of {number(test.needed)}"
        sheet.paragraph(
            f"promotion test: {state}; {test.n_wrong:,} of {test.n:,} wrong among what was decided without seeing "
            f"its answer (try {seen.begun.attempt})",
            indent=2,
        )
        if seen.begun.budget_share < 1.0:
            text = f"against {given_percent(seen.begun.budget_share)} of the error budget: so much of what is wrong"
            sheet.paragraph(f"{text} people notice at least, by planted cases", indent=4)
        else:
            text = "taken as if people noticed everything: fewer than 20 planted wrong suggestions were decided"
            sheet.paragraph(text, indent=4)
    if seen.monitor is not None:
        _monitor(sheet, seen)


def _monitor(sheet: Sheet, seen: Seen) -> None:
    monitor = seen.monitor
    if monitor is None:
        return
    waiting = seen.n_drawn - seen.n_audited
    sheet.paragraph(
        f"{seen.n_acted:,} acted on alone; {seen.n_audited:,} audited, {seen.n_wrong:,} of them wrong; "
        f"{waiting:,} drawn for an audit still wait",
        indent=2,
    )
    if seen.budget_used is not None:
        used = f"{100.0 * seen.budget_used:,.0f} %"  # no share: more than all of it can be used
        sheet.paragraph(
            f"error budget {given_percent(seen.begun.budget)}: the audits show {used} of it used; "
            f"evidence against it {number(monitor.e_value)} of {number(seen.alarm_needed)}",
            indent=2,
        )
    if seen.warning:
        where = f" where {', '.join(seen.slices_warned)}" if seen.slices_warned else ""
        sheet.point(
            "!", f"warning: the error budget may be broken{where}; more is audited until it settles", style=Style.DOUBT
        )


def _rule(sheet: Sheet, found: Autonomy) -> None:
    rule = found.rule
    if rule is None:
        return
    sheet.heading("stop rule")
    if rule.fired_at is not None:
        text = f"fired on {day(rule.fired_at)}: {rule.when}. You said: {rule.then}"
        sheet.point("✗", text, style=Style.BAD)
        return
    counts = "counts from its first grant above shadow on"
    if rule.counts_from is not None:
        counts = f"counts from {day(rule.counts_from)} on"
    latest = "no value was recorded yet"
    if rule.latest is not None:
        latest = f"latest value {number(rule.latest.value)} of {rule.latest.day}"
    sheet.paragraph(f"{rule.when}: {counts}; {latest}", indent=2)
