"""The parts of a cascade, and what coverage costs, for a terminal."""

from __future__ import annotations

from remit.report.proof_view.rows import CascadeView
from remit.report.terminal.sheet import Cell, Column, Sheet, Style

__all__ = ["cost_against_coverage", "part_shares"]


def part_shares(sheet: Sheet, view: CascadeView) -> None:
    """Each part's share of the cases, its errors with their bound, and what asking it cost."""
    sheet.heading("Its parts, in the order in which they are asked")
    sheet.table(
        (
            Column(heading="part"),
            Column(heading="is taken", gives=True),
            Column(heading="asked", right=True),
            Column(heading="share", right=True),
            Column(heading="wrong"),
            Column(heading="at most", right=True),
            Column(heading="cost", right=True),
        ),
        [
            (
                Cell(text=row.name, style=Style.STRONG),
                Cell(text=row.taken),
                Cell(text=row.asked),
                Cell(text=row.share),
                Cell(text=row.wrong),
                Cell(text=row.upper),
                Cell(text=row.cost),
            )
            for row in view.parts
        ],
    )
    sheet.paragraph(view.short, indent=2)
    if view.beside:
        sheet.heading("Beside others on the same cases, each at its own certificate")
        sheet.table(
            (
                Column(heading="executor", gives=True),
                Column(heading="acts on", right=True),
                Column(heading="wrong of all"),
                Column(heading="1,000 items cost", right=True),
            ),
            [
                (
                    Cell(text=row.name, style=Style.STRONG if row.is_this else Style.PLAIN),
                    Cell(text=row.coverage),
                    Cell(text=row.wrong),
                    Cell(text=row.cost),
                )
                for row in view.beside
            ],
        )


def cost_against_coverage(sheet: Sheet, view: CascadeView) -> None:
    """What 1,000 items cost at each threshold of the whole, reviews included."""
    if not view.points:
        return
    sheet.heading("Cost against coverage: 1,000 items, reviews included")
    sheet.table(
        (
            Column(heading="confidence", right=True),
            Column(heading="acts on", right=True),
            Column(heading="wrong", right=True),
            Column(heading="at most", right=True),
            Column(heading="cost", right=True),
            Column(heading="cost at most", right=True),
        ),
        [
            (
                Cell(text=row.confidence + (" (certified)" if row.is_certified else "")),
                Cell(text=row.coverage),
                Cell(text=f"{row.wrong} of {row.n}"),
                Cell(text=row.upper),
                Cell(text=row.cost),
                Cell(text=row.cost_upper),
            )
            for row in view.points
        ],
    )
    for note in view.notes:
        sheet.paragraph(note, indent=2, style=Style.QUIET)
