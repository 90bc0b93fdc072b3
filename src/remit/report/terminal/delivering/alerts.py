"""Open alerts, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from remit.report.numbers import counted, moment
from remit.report.terminal.sheet import Cell, Column, Sheet, Style
from remit.report.text import visible

__all__ = ["AlertRow", "render_alerts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """One open alert as it is listed. ``sent`` says in words whether anybody was told."""

    id: str
    work: str
    kind: str
    text: str
    at: datetime
    contact: str | None
    sent: str


def render_alerts(rows: Sequence[AlertRow], *, width: int, colour: bool) -> str:
    """The open alerts, the oldest first, each with its sentence below."""
    sheet = Sheet(width=width, colour=colour)
    if not rows:
        sheet.point("✓", "no alert is open", indent=0, style=Style.GOOD)
        return sheet.text()
    sheet.heading(counted(len(rows), "open alert"))
    columns = (
        Column(heading="alert"),
        Column(heading="work", gives=True),
        Column(heading="kind"),
        Column(heading="since"),
    )
    sheet.table(columns, [_cells(row) for row in rows], notes=[_note(row) for row in rows])
    sheet.blank()
    sheet.paragraph("Once it is seen to:", style=Style.QUIET)
    sheet.paragraph("remit alerts settle ALERT --by PERSON", indent=2)
    return sheet.text()


def _cells(row: AlertRow) -> Sequence[Cell]:
    return (
        Cell(text=row.id, style=Style.STRONG),
        Cell(text=row.work),
        Cell(text=row.kind),
        Cell(text=moment(row.at)),
    )


def _note(row: AlertRow) -> str:
    whom = visible(row.contact) if row.contact is not None else "nobody"
    return f"{visible(row.text)}. For {whom}; told: {row.sent}"
