"""What was fixed for a cascade, as a table."""

from __future__ import annotations

from remit.executors.cascade.tuned import Tuned
from remit.report.numbers import confidence_text, counted, percent, thousands, wrong_of
from remit.report.terminal.sheet import Cell, Column, Sheet, Style

__all__ = ["render_tuned"]


def render_tuned(tuned: Tuned, *, width: int, colour: bool) -> str:
    """Each part with its limit, and what came of it on the tune cases."""
    sheet = Sheet(width=width, colour=colour)
    sheet.heading(f"{tuned.executor} for {tuned.work}, tuned on {counted(tuned.n_cases, 'case')}")
    sheet.table(
        (
            Column(heading="part"),
            Column(heading="is taken", gives=True),
            Column(heading="asked", right=True),
            Column(heading="taken", right=True),
            Column(heading="wrong"),
            Column(heading="expected right"),
        ),
        [
            (
                Cell(text=part.executor, style=Style.STRONG),
                Cell(
                    text="whenever it answers"
                    if part.at_least is None
                    else f"at {confidence_text(part.at_least)} or more"
                ),
                Cell(text=thousands(part.n_asked)),
                Cell(text=thousands(part.n_taken)),
                Cell(text=wrong_of(part.n_wrong, part.n_taken)),
                Cell(text=_expected([step.right for step in part.steps])),
            )
            for part in tuned.parts
        ],
    )
    n_left = tuned.parts[-1].n_asked - tuned.parts[-1].n_taken
    if n_left:
        sheet.paragraph(f"{counted(n_left, 'case')} were answered by no part.", indent=2)
    sheet.paragraph(
        "The figures are of the cases that the limits were found on, and flatter them: the proof says what they are "
        f"worth. Next: remit prove {tuned.work} --executor {tuned.executor}",
        indent=2,
        style=Style.QUIET,
    )
    return sheet.text()


def _expected(right: list[float]) -> str:
    low, high = percent(min(right)), percent(max(right))
    return low if low == high else f"{low} to {high}"
