"""The figures on those who decide, for a terminal."""

from __future__ import annotations

from remit.report.numbers import Rounding, counted, duration, percent
from remit.report.terminal.sheet import Cell, Column, Sheet, Style
from remit.reviews.statistics import ReviewerStatistics, ReviewStatistics

__all__ = ["render_review_statistics"]

_NONE = "–"


def render_review_statistics(found: ReviewStatistics, *, work: str, width: int, colour: bool) -> str:
    """What people who decide catch, how long they take, and how often they differ: together, then one by one."""
    sheet = Sheet(width=width, colour=colour)
    overall = found.overall
    if not found.people:
        sheet.paragraph(f"Nobody decided a review of {work} yet.")
        return sheet.text()
    planted = overall.n_planted_wrong + overall.n_planted_right
    sheet.heading(f"{work}: {counted(overall.n, 'decision')} by {counted(len(found.people), 'person', 'people')}")
    pace = (
        Column(heading="who", gives=True),
        Column(heading="decided", right=True),
        Column(heading="median", right=True),
        Column(heading="p95", right=True),
        Column(heading="overrides", right=True),
        Column(heading="asks back", right=True),
        Column(heading="agree", right=True),
    )
    sheet.table(pace, [_pace(one) for one in (overall, *found.people)])
    sheet.heading(f"Planted cases: {planted}")
    if planted:
        care = (
            Column(heading="who", gives=True),
            Column(heading="wrong, caught", right=True),
            Column(heading="at least", right=True),
            Column(heading="right, flagged", right=True),
            Column(heading="at most", right=True),
            Column(heading="on screen, caught", right=True),
        )
        sheet.table(care, [_care(one) for one in (overall, *found.people)])
    else:
        sheet.paragraph(
            f"None yet, so nobody knows what people miss: remit review plant {work} --n 20", indent=2, style=Style.QUIET
        )
    sheet.heading(f"Audits: {found.n_audited_wrong} of {found.n_audited} wrong")
    if found.error_lower is not None and found.error_upper is not None:
        least, most = percent(found.error_lower, Rounding.DOWN), percent(found.error_upper, Rounding.UP)
        sheet.paragraph(
            f"between {least} and {most} of what was audited is wrong, with what people miss and flag on planted cases "
            "reckoned in (each bound at 95 %)",
            indent=2,
        )
    return sheet.text()


def _pace(one: ReviewerStatistics) -> list[Cell]:
    return [
        _who(one),
        Cell(text=f"{one.n:,}"),
        Cell(text=_NONE if one.seconds_median is None else duration(one.seconds_median)),
        Cell(text=_NONE if one.seconds_p95 is None else duration(one.seconds_p95)),
        Cell(text=_part(one.n_overridden, one.n_seen)),
        Cell(text=_part(one.n_asked_back, one.n)),
        Cell(text=_part(one.n_same, one.n_pairs)),
    ]


def _care(one: ReviewerStatistics) -> list[Cell]:
    return [
        _who(one),
        Cell(text=_part(one.n_caught, one.n_planted_wrong)),
        Cell(text=percent(one.sensitivity_lower, Rounding.DOWN) if one.n_planted_wrong else _NONE),
        Cell(text=_part(one.n_false_flags, one.n_planted_right)),
        Cell(text=percent(one.false_flag_upper, Rounding.UP) if one.n_planted_right else _NONE),
        Cell(text=_part(one.n_shown_caught, one.n_shown_wrong)),
    ]


def _who(one: ReviewerStatistics) -> Cell:
    return Cell(text="all" if one.by is None else one.by, style=Style.STRONG if one.by is None else Style.PLAIN)


def _part(n: int, of: int) -> str:
    return f"{n} of {of}" if of else _NONE
