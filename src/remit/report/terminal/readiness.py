"""A readiness report for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from remit.readiness.finding import Readiness, State
from remit.report.numbers import counted
from remit.report.readiness_view import DimensionRow, FindingRow, LevelRow, ReadinessView, readiness_view
from remit.report.states import Tone, readiness_mark, readiness_tone
from remit.report.terminal.sheet import Cell, Column, Sheet, Style, style_of

__all__ = ["render_readiness"]


def render_readiness(readiness: Readiness, *, width: int, colour: bool) -> str:
    """Dimensions and gates for the level, findings worst first, waivers, and what each level still needs."""
    view = readiness_view(readiness)
    sheet = Sheet(width=width, colour=colour)
    sheet.heading(view.heading)
    mark, style = ("✓", Style.GOOD) if view.reached else ("✗", Style.BAD)
    sheet.point(mark, view.verdict, indent=0, style=style)
    if view.end is not None:
        sheet.paragraph(view.end, indent=2)
    sheet.blank()
    _dimensions(sheet, view)
    _findings(sheet, view)
    _waived(sheet, view)
    _levels(sheet, view, {result.rule: result.state for result in readiness.results})
    return sheet.text()


def _dimensions(sheet: Sheet, view: ReadinessView) -> None:
    columns = (Column(), Column(), Column(heading="rules that pass", gives=True))
    rows = [_dimension_cells(row) for row in view.dimensions]
    gates = [_dimension_cells(row, prefix="gate: ") for row in view.gates]
    sheet.table(columns, [*rows, *gates])


def _dimension_cells(row: DimensionRow, *, prefix: str = "") -> Sequence[Cell]:
    style = style_of(readiness_tone(row.state))
    return (
        Cell(text=f"{readiness_mark(row.state)} {row.state}", style=style),
        Cell(text=f"{prefix}{row.dimension}"),
        Cell(text=row.counts, style=Style.QUIET),
    )


def _findings(sheet: Sheet, view: ReadinessView) -> None:
    required = [row for row in view.findings if row.required]
    others = [row for row in view.findings if not row.required]
    if required:
        sheet.heading("What keeps it from the level, worst first")
        for row in required:
            _finding(sheet, row)
    if others:
        sheet.heading("Good to mend, but the level does not wait for it")
        for row in others:
            _finding(sheet, row)


def _finding(sheet: Sheet, row: FindingRow) -> None:
    head = f"{row.rule} {row.severity}, {row.state}: {row.message}"
    sheet.point(readiness_mark(row.state), head, style=style_of(readiness_tone(row.state)))
    place = str(row.where) if row.where.file is not None else (row.path or "")
    if row.where.file is not None and row.path:
        place += f" ({row.path})"
    if place:
        sheet.paragraph(place, indent=4, hang=2, style=Style.QUIET)
    said = (
        ("expected", row.expected),
        ("found", row.found),
        ("waiver", f"does not count: {row.waiver_refused}" if row.waiver_refused is not None else None),
        ("mend", row.mend),
    )
    cells = [(Cell(text=label, style=Style.QUIET), Cell(text=text)) for label, text in said if text is not None]
    sheet.table((Column(), Column(gives=True)), cells, indent=4)


def _waived(sheet: Sheet, view: ReadinessView) -> None:
    if not view.waived:
        return
    sheet.heading("Set aside by a waiver")
    for row in view.waived:
        text = f"{row.rule} {row.severity}, {row.state}, until {row.until}: {row.because}"
        sheet.point("~", text, style=Style.OLD)


def _levels(sheet: Sheet, view: ReadinessView, states: dict[str, State]) -> None:
    sheet.heading("What each level still needs")
    rows = [(Cell(text=str(row.level)), _reached(row), Cell(text=_needs(row, states))) for row in view.levels]
    sheet.table((Column(), Column(), Column(gives=True)), rows)
    explained = next((row.rule for row in view.findings), None)
    if explained is not None:
        sheet.blank()
        sheet.paragraph(f"More: `remit explain {explained}`", style=Style.QUIET)


def _reached(row: LevelRow) -> Cell:
    if row.barred:
        return Cell(text="– above the ceiling", style=Style.QUIET)
    if row.reached:
        return Cell(text="✓ reached", style=style_of(Tone.GOOD))
    return Cell(text=f"✗ {counted(row.n_missing, 'rule')}", style=style_of(Tone.BAD))


def _needs(row: LevelRow, states: dict[str, State]) -> str:
    if row.reached or row.barred:
        return ""
    parts = ["those above"] if len(row.needs) < row.n_missing else []
    for state in (State.FAIL, State.UNKNOWN):
        rules = [rule for rule in row.needs if states.get(rule) is state]
        parts += [f"{state} {', '.join(rules)}"] if rules else []
    return "; ".join(parts)
