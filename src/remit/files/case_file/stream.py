"""A case file into cases and problems, row by row: the memory does not grow with the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from remit.cases.case import Case
from remit.cases.check import CaseCheck, Cells
from remit.definition.flaws import shortened
from remit.definition.model import Definition
from remit.errors import Location, Problem
from remit.files.rows import RowKind, stream_rows, unique

__all__ = ["Found", "stream_cases"]

Found = Case | tuple[Problem, ...]
"""What one row comes to."""

_NESTED: Final = frozenset({"input", "expected", "second"})
_CASES: Final = RowKind(
    name="case file",
    one="case",
    example='{"case": ..., "input": {...}, "expected": {...}}',
    missing="check cases.path, and the folder you are in",
    nested=_NESTED,
)
_UNLABELLED: Final = RowKind(name="file of items", one="item", example='{"case": ..., "input": {...}}', nested=_NESTED)


def stream_cases(
    path: Path,
    *,
    definition: Definition,
    limit_problems: int | None = 20,
    measured: bool = False,
    unlabelled: bool = False,
) -> Iterator[Case | Problem]:
    """The cases of a file in their order, and a problem for everything that is wrong, with its row and column.

    Columns are ``case``, ``input.*``, ``expected.*``, ``second.*``, ``tags``, ``labelled_by``, ``split`` and slices.  A
    row with a problem gives no case.  Columns that do not fit the definition give problems and no cases at all.

    Args:
        path: a ``.csv`` (comma, UTF-8), ``.jsonl`` or ``.parquet`` file; the last needs the extra ``data``.
        definition: what the cases are for.
        limit_problems: after so many problems only cases come, and at the end one problem that counts the others;
            None for all problems.
        measured: these very bytes were read before without a problem, for this definition: rows are not checked again,
            which takes half the time, and their inputs come as they are written, not in the types of the schema.
        unlabelled: it holds items without a known answer; a case then expects nothing.

    Raises:
        FileUnreadable: the file is missing, or not UTF-8 text.
        CasesInvalid: it is no case file at all: another ending, or no Parquet inside.
        InvalidInput: it is Parquet, and polars is not installed.
    """
    check = CaseCheck(definition, file=str(path), measured=measured, unlabelled=unlabelled)
    kind = _UNLABELLED if unlabelled else _CASES

    def rows() -> Iterator[Found]:
        return stream_rows(path, kind, _Cases(check), measured=measured)

    checked = unique(rows, of=Case, name=_name, line=_row, problem=_twice(path))
    n_problems = 0
    for one in rows() if measured else checked:
        if isinstance(one, Case):
            yield one
            continue
        for problem in one:
            n_problems += 1
            if limit_problems is None or n_problems <= limit_problems:
                yield problem
    if limit_problems is not None and n_problems > limit_problems:
        more = n_problems - limit_problems
        yield Problem(message=f"and {more} more", where=Location(file=str(path)), found=f"{n_problems} problems")


class _Cases:
    """Cases of rows."""

    cells: Callable[[Sequence[str], int], Found]

    def __init__(self, check: CaseCheck) -> None:
        self._check = check
        self.values = check.from_values

    def header(self, names: Sequence[str], line: int | None, /) -> tuple[Problem, ...]:
        header = self._check.columns.header(names, line=line)
        if not header.problems:
            self.cells = Cells(self._check, header.columns).case
        return header.problems


def _name(one: Case) -> str:
    return one.id


def _row(one: Case) -> int:
    return one.row or 0


def _twice(path: Path) -> Callable[[Case, int | None], Problem]:
    def problem(one: Case, first: int | None) -> Problem:
        return Problem(
            message=f"case `{shortened(one.id)}` is there twice",
            where=Location(file=str(path), line=one.row, path="case"),
            expected="a name of its own for every case",
            found=shortened(one.id) if first is None else f"{shortened(one.id)}, first in line {first}",
            mend="rename one of them, or take it out",
        )

    return problem
