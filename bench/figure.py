"""One measured figure beside its baseline and its goal, and the table of all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Figure", "merged", "table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was measured.

    ``goal`` is a limit of ``ours``, or of ``ours / baseline`` where ``goal_is_ratio``; it is an upper limit unless
    ``at_least``.  A figure without a goal only tells.
    """

    name: str
    unit: str
    ours: float
    baseline: float | None = None
    baseline_name: str = ""
    goal: float | None = None
    goal_is_ratio: bool = False
    at_least: bool = False

    @property
    def ratio(self) -> float | None:
        """``ours / baseline``; None without a baseline, and where it is 0."""
        return None if self.baseline is None or self.baseline == 0 else self.ours / self.baseline

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; None without a goal."""
        measured = self.ratio if self.goal_is_ratio else self.ours
        if self.goal is None or measured is None:
            return None
        return measured >= self.goal if self.at_least else measured <= self.goal


def table(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table."""
    rows = ["| what | ours | baseline | ratio | goal | reached |", "|---|---|---|---|---|---|"]
    rows += [
        "| " + " | ".join((figure.name, _number(figure.ours, figure.unit), _baseline(figure), *_judged(figure))) + " |"
        for figure in figures
    ]
    return "\n".join(rows) + "\n"


def merged(known: str, rows: str) -> str:
    """The rows of the table ``known``, those measured again replaced by ``rows``, and what is new at the end."""
    fresh = {_key(row): row for row in rows.splitlines() if row.startswith("|")}
    kept = {_key(row): row for row in known.splitlines() if row.startswith("|")}
    return "\n".join((kept | fresh).values()) + "\n"


def _key(row: str) -> tuple[str, str]:
    """What names a row: what was measured, and the baseline beside it."""
    cells = [cell.strip() for cell in row.split("|")]
    return cells[1], cells[3].partition("(")[2]


def _number(value: float, unit: str) -> str:
    digits = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{digits} {unit}".strip()


def _baseline(figure: Figure) -> str:
    if figure.baseline is None:
        return ""
    return f"{_number(figure.baseline, figure.unit)} ({figure.baseline_name})"


def _judged(figure: Figure) -> tuple[str, str, str]:
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}x"
    if figure.goal is None:
        return ratio, "", ""
    sign = ">=" if figure.at_least else "<="
    goal = f"{sign} {figure.goal:g}x" if figure.goal_is_ratio else f"{sign} {_number(figure.goal, figure.unit)}"
    return ratio, goal, "yes" if figure.reached else "**no**"
