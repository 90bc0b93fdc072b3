"""What waits for people, and whether the record verifies, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from remit.report.numbers import counted, relative_time
from remit.report.terminal.sheet import Cell, Column, Sheet, Style
from remit.report.text import visible

__all__ = ["LedgerCheck", "ReviewRow", "render_ledger", "render_reviews"]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerCheck:
    """What verifying one chain came to. ``fault`` is None where it verifies, else says what does not fit.

    ``head`` is the hash of the last entry; ``at_entry`` the first entry that does not fit.
    """

    chain: str
    n_entries: int
    head: str | None
    fault: str | None = None
    at_entry: int | None = None


def render_reviews(rows: Sequence[ReviewRow], *, now: datetime, width: int, colour: bool) -> str:
    """The open reviews, what is due first on top; what is overdue is marked."""
    sheet = Sheet(width=width, colour=colour)
    if not rows:
        sheet.paragraph("Nothing waits for a person.")
        sheet.paragraph(
            "Items come here when `remit decide` or `remit run` routes them to review, and audits of what was acted "
            "on come here too.",
            style=Style.QUIET,
        )
        return sheet.text()
    n_overdue = sum(row.due_at is not None and row.due_at <= now for row in rows)
    overdue = f", {n_overdue} overdue" if n_overdue else ""
    sheet.heading(f"{counted(len(rows), 'open review')}{overdue}")
    ordered = sorted(rows, key=lambda row: (row.due_at is None, row.due_at or now, row.id))
    columns = (
        Column(heading="review"),
        Column(heading="due"),
        Column(heading="work", gives=True),
        Column(heading="item", gives=True),
        Column(heading="for", gives=True),
        Column(heading="why", gives=True),
    )
    sheet.table(columns, [_review_cells(row, now) for row in ordered])
    sheet.blank()
    sheet.paragraph("Decide one: `remit review decide ID`", style=Style.QUIET)
    return sheet.text()


def _review_cells(row: ReviewRow, now: datetime) -> Sequence[Cell]:
    due, style = "–", Style.QUIET
    if row.due_at is not None:
        is_over = row.due_at <= now
        due = f"! {relative_time(row.due_at, now=now)}" if is_over else relative_time(row.due_at, now=now)
        style = Style.BAD if is_over else Style.PLAIN
    who = row.claimed_by if row.claimed_by is not None else (row.role or "anyone")
    return (
        Cell(text=row.id),
        Cell(text=due, style=style),
        Cell(text=visible(row.work)),
        Cell(text=visible(row.key)),
        Cell(text=f"{who} (claimed)" if row.claimed_by is not None else who),
        Cell(text=f"audit, blind: {row.why}" if row.is_audit else row.why),
    )


def render_ledger(checks: Sequence[LedgerCheck], *, width: int, colour: bool) -> str:
    """Whether every chain of the record verifies, what does not fit first."""
    sheet = Sheet(width=width, colour=colour)
    broken = [check for check in checks if check.fault is not None]
    n = sum(check.n_entries for check in checks)
    if n == 0 and not broken:
        sheet.point("○", "not run: the record has no entries yet", indent=0, style=Style.QUIET)
        return sheet.text()
    if broken:
        chains = counted(len(checks), "chain")
        sheet.point("✗", f"The record does not verify: {len(broken)} of {chains} broken.", indent=0, style=Style.BAD)
    else:
        text = f"The record verifies: {counted(n, 'entry', 'entries')} in {counted(len(checks), 'chain')}."
        sheet.point("✓", text, indent=0, style=Style.GOOD)
    sheet.blank()
    columns = (
        Column(heading="chain", gives=True),
        Column(heading="entries", right=True),
        Column(heading="head"),
        Column(heading="found", gives=True),
    )
    ordered = sorted(checks, key=lambda check: (check.fault is None, check.chain))
    sheet.table(columns, [_ledger_cells(check) for check in ordered])
    return sheet.text()


def _ledger_cells(check: LedgerCheck) -> Sequence[Cell]:
    at = f"entry {check.at_entry:,}: " if check.at_entry is not None else ""
    found = (
        Cell(text=f"✗ {at}{check.fault}", style=Style.BAD)
        if check.fault is not None
        else Cell(text="✓ verifies", style=Style.GOOD)
    )
    return (
        Cell(text=visible(check.chain)),
        Cell(text=f"{check.n_entries:,}"),
        Cell(text=check.head[:12] if check.head is not None else "–"),
        found,
    )
