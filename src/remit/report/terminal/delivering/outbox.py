"""What leaves, and what became of it, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from remit.report.numbers import moment, relative_time
from remit.report.terminal.sheet import Cell, Column, Sheet, Style
from remit.runtime.delivering.deliver import Delivered

__all__ = ["OutboxRow", "render_delivered", "render_outbox"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """One thing that leaves as it is listed. ``at`` is when it was sent, was given up on, or is due."""

    id: str
    work: str
    sender: str | None
    state: str
    at: datetime | None
    n_tries: int
    fault: str | None
    is_dead: bool = False
    is_past: bool = False


def render_outbox(
    rows: Sequence[OutboxRow], *, what: str, is_cut: bool, now: datetime, width: int, colour: bool
) -> str:
    """What is in the outbox. ``what`` says which part of it, ``is_cut`` whether there is more of it."""
    sheet = Sheet(width=width, colour=colour)
    if not rows:
        sheet.paragraph(f"Nothing in the outbox {what}.")
        return sheet.text()
    sheet.heading(f"{'the first ' if is_cut else ''}{len(rows)} in the outbox, {what}")
    columns = (
        Column(heading="decision/effect"),
        Column(heading="work", gives=True),
        Column(heading="sender", gives=True),
        Column(heading="state"),
        Column(heading="tries", right=True),
    )
    sheet.table(columns, [_cells(row, now) for row in rows], notes=[row.fault or "" for row in rows])
    if any(row.is_dead for row in rows):
        sheet.blank()
        sheet.paragraph("Once the receiver is mended, have it sent again, under the same key:", style=Style.QUIET)
        sheet.paragraph("remit outbox replay DECISION/EFFECT --by PERSON", indent=2)
    return sheet.text()


def render_delivered(done: Delivered) -> str:
    """What one round came to: effects and answers, below them alerts, and which senders send nothing, and why."""
    lines = ["effects and answers: " + _counts(done.n_sent, done.n_failed, done.n_dead)]
    if done.n_alerts or done.n_alerts_failed:
        lines.append("alerts: " + _counts(done.n_alerts, done.n_alerts_failed))
    return "\n".join([*lines, *(f"nothing sent by `{name}`: {why}" for name, why in done.waiting.items())])


def _counts(n_sent: int, n_failed: int, n_dead: int = 0) -> str:
    parts = [f"{n_sent:,} sent"]
    parts += [f"{n_failed:,} failed and tried again later"] if n_failed else []
    parts += [f"{n_dead:,} given up on"] if n_dead else []
    return ", ".join(parts)


def _cells(row: OutboxRow, now: datetime) -> Sequence[Cell]:
    style = Style.BAD if row.is_dead else Style.PLAIN
    when = ""
    if row.at is not None:
        when = f" {moment(row.at)}" if row.is_past else f", due {relative_time(row.at, now=now)}"
    return (
        Cell(text=row.id, style=Style.STRONG),
        Cell(text=row.work),
        Cell(text=row.sender or "–"),
        Cell(text=f"{row.state}{when}", style=style),
        Cell(text=f"{row.n_tries}"),
    )
