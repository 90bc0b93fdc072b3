"""Take items without a known answer in, to be labelled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from remit.cases.case import Case
from remit.cases.freeze import folded_key
from remit.errors import CasesInvalid, Location, Problem
from remit.project.measuring import named_case_file

if TYPE_CHECKING:
    from remit.project.work import Work

__all__ = ["Imported", "import_items"]

_MAX_PROBLEMS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import came to: ``n_known`` items were there already, with the same input.

    ``kept_beside`` are the columns that are neither an input nor a slice of the definition: kept, and shown to nobody.
    """

    n_new: int
    n_known: int
    n_waiting: int
    path: Path
    kept_beside: tuple[str, ...] = ()


def import_items(work: Work, file: Path) -> Imported:
    """Add the items of ``file`` to those that wait to be labelled, all of them or none.

    Raises:
        CasesInvalid: rows that do not fit, or a name that another input has already; with the first problems.
        FileUnreadable, RunInProgress: as they say.
    """
    from remit.files.case_file import stream_cases
    from remit.files.labels.items_file import add_items, alone_with, read_items
    from remit.files.labels.places import items_path

    case_file = named_case_file(work)
    path = items_path(case_file, work.id)
    with alone_with(case_file):
        waiting = read_items(path, work.definition)
        known = {one.id: folded_key(one) for one in (*waiting, *_cases(work, case_file))}
        new: dict[str, Case] = {}
        problems: list[Problem] = []
        n_known = 0
        plain: set[str] = set()
        for one in stream_cases(file, definition=work.definition, unlabelled=True):
            if isinstance(one, Problem):
                problems.append(one)
                continue
            plain |= one.slices.keys()
            if one.id not in known:
                new[one.id] = one
            elif known[one.id] == folded_key(one):
                n_known += 1
            else:
                problems.append(_taken(one, file))
        if problems:
            raise CasesInvalid(problems=problems[:_MAX_PROBLEMS])
        if new:
            add_items(path, new.values())
    quality = work.definition.quality
    return Imported(
        n_new=len(new),
        n_known=n_known,
        n_waiting=len(waiting) + len(new),
        path=path,
        kept_beside=tuple(sorted(plain.difference(quality.slices if quality is not None else ()))),
    )


def _taken(item: Case, file: Path) -> Problem:
    return Problem(
        message=f"`{item.id}` is the name of another item already",
        where=Location(file=str(file), line=item.row, path="case"),
        expected="a name of its own for every item, the same for ever",
        found=item.id,
        mend="give it another name; an item with another input is another item",
    )


def _cases(work: Work, case_file: Path) -> Iterator[Case]:
    from remit.files.case_file import stream_cases
    from remit.files.text_file import is_file

    if is_file(case_file):
        found = stream_cases(case_file, definition=work.definition)
        yield from (one for one in found if isinstance(one, Case))
