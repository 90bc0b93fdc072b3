"""The levels of every work in one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from remit.errors import InvalidInput
from remit.report.numbers import counted, day
from remit.report.terminal.sheet import Cell, Column, Sheet, Style

if TYPE_CHECKING:
    from remit.project import Project
    from remit.project.watching.autonomy import Autonomy, Held

__all__ = ["UnreadableWork", "autonomy_of_all", "levels_table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableWork:
    """A work whose levels can't be told, and why."""

    work: str
    fault: str


def autonomy_of_all(project: Project) -> tuple[Autonomy | UnreadableWork, ...]:
    """How autonomy stands in every work of a project, in the order of their ids."""
    return tuple(_of(project, id_) for id_ in project.work_ids)


def _of(project: Project, id_: str) -> Autonomy | UnreadableWork:
    try:
        return project.work(id_).autonomy()
    except InvalidInput as fault:
        return UnreadableWork(work=id_, fault=str(fault))


def levels_table(found: Sequence[Autonomy | UnreadableWork], *, width: int, colour: bool) -> str:
    """One row for each executor that holds a level, and one for each work without any."""
    sheet = Sheet(width=width, colour=colour)
    if not found:
        sheet.point("○", "no work yet: `remit define ID` begins one", indent=0, style=Style.QUIET)
        return sheet.text()
    columns = (
        Column(heading="work", gives=True),
        Column(heading="executor", gives=True),
        Column(heading="level"),
        Column(heading="since"),
        Column(heading="ceiling"),
        Column(heading="next", gives=True),
    )
    sheet.table(columns, [cells for one in found for cells in _rows(one)])
    sheet.blank()
    sheet.paragraph("`remit autonomy ID` says what was seen and what is missing.", style=Style.QUIET)
    return sheet.text()


def _rows(one: Autonomy | UnreadableWork) -> Iterator[Sequence[Cell]]:
    if isinstance(one, UnreadableWork):
        fault = Cell(text=f"✗ can't be read: {one.fault}", style=Style.BAD)
        yield (Cell(text=one.work), *(Cell(text="–") for _ in range(4)), fault)
        return
    ceiling = Cell(text="–" if one.ceiling is None else one.ceiling.value)
    if not one.held:
        last = Cell(text="stopped" if one.stopped else "nobody holds a grant", style=Style.QUIET)
        yield (Cell(text=one.work), Cell(text="–"), Cell(text="manual"), Cell(text="–"), ceiling, last)
    for held in one.held:
        level = Cell(text=held.level.value, style=Style.STRONG)
        since = Cell(text=day(held.since))
        yield (Cell(text=one.work), Cell(text=held.executor), level, since, ceiling, _next(one, held))


def _next(one: Autonomy, held: Held) -> Cell:
    if one.stopped or held.stopped:
        return Cell(text="stopped", style=Style.BAD)
    if held.next is None:
        return Cell(text="the ceiling is reached", style=Style.QUIET)
    if held.missing:
        return Cell(text=f"{held.next.value}: {counted(len(held.missing), 'thing')} missing", style=Style.DOUBT)
    return Cell(text=f"{held.next.value} may be asked for", style=Style.GOOD)
