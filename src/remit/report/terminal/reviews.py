"""What waits for people, as a list, for a terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from remit.items import Json
from remit.report.numbers import counted, relative_time
from remit.report.terminal.sheet import Cell, Column, Sheet, Style
from remit.report.text import clipped, visible

__all__ = ["ReviewRow", "how_to_decide", "render_reviews", "value_text"]

_MOST_VALUE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """One open review as it is listed. ``is_audit`` marks a blind one; ``due_at`` is None where nothing is due."""

    id: str
    work: str
    key: str
    why: str
    role: str | None = None
    due_at: datetime | None = None
    claimed_by: str | None = None
    is_audit: bool = False


def render_reviews(rows: Sequence[ReviewRow], *, now: datetime, width: int, colour: bool) -> str:
    """The open reviews, what is due first on top; what is overdue is marked. The reason stands below each."""
    sheet = Sheet(width=width, colour=colour)
    if not rows:
        sheet.paragraph("Nothing waits for a person.")
        sheet.paragraph("Items come here when `remit decide` routes them to a person.", style=Style.QUIET)
        return sheet.text()
    n_overdue = sum(row.due_at is not None and row.due_at <= now for row in rows)
    overdue = f", {n_overdue} overdue" if n_overdue else ""
    sheet.heading(f"{counted(len(rows), 'open review')}{overdue}")
    ordered = sorted(rows, key=lambda row: (row.due_at is None, row.due_at or now, row.id))
    columns = (
        Column(heading="review"),
        Column(heading="work", gives=True),
        Column(heading="item", gives=True),
        Column(heading="for", gives=True),
        Column(heading="due"),
    )
    sheet.table(columns, [_cells(row, now) for row in ordered], notes=[_why(row) for row in ordered])
    how_to_decide(sheet, "ID")
    return sheet.text()


def how_to_decide(sheet: Sheet, review: str, *, is_shown: bool = False) -> None:
    """The commands that look at a review and decide it, each on a line of its own, to be copied."""
    sheet.blank()
    if is_shown:
        sheet.paragraph("Decide it:", indent=2, style=Style.QUIET)
    else:
        sheet.paragraph("Look at a review, then decide it:", indent=2, style=Style.QUIET)
        sheet.paragraph(f"remit review show {review}", indent=2)
    sheet.paragraph(f"remit review decide {review} --by PERSON --output '{{...}}'", indent=2, hang=2)


def _cells(row: ReviewRow, now: datetime) -> Sequence[Cell]:
    due, style = "–", Style.QUIET
    if row.due_at is not None:
        is_over = row.due_at <= now
        due = f"! {relative_time(row.due_at, now=now)}" if is_over else relative_time(row.due_at, now=now)
        style = Style.BAD if is_over else Style.PLAIN
    return (
        Cell(text=row.id, style=Style.STRONG),
        Cell(text=row.work),
        Cell(text=row.key),
        Cell(text=_whom(row)),
        Cell(text=due, style=style),
    )


def _whom(row: ReviewRow) -> str:
    return f"{row.claimed_by} (claimed)" if row.claimed_by is not None else (row.role or "anyone")


def _why(row: ReviewRow) -> str:
    return f"audit, blind: {row.why}" if row.is_audit else row.why


def value_text(value: Json) -> str:
    """A value of an input or output on one line."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return clipped(visible(text), _MOST_VALUE)
