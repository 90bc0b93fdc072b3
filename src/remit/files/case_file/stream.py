"""A case file into cases and problems, row by row: the memory does not grow with the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from remit.cases.case import Case
from remit.cases.check import CaseCheck
from remit.cases.seen import Seen
from remit.definition.flaws import shortened, suggestion
from remit.definition.model import Definition
from remit.errors import CasesInvalid, Location, Problem
from remit.files.case_file.csv_rows import csv_cases
from remit.files.case_file.jsonl_rows import jsonl_cases
from remit.files.case_file.parquet_rows import parquet_cases

__all__ = ["Found", "stream_cases"]

Found = Case | tuple[Problem, ...]
"""What one row comes to."""

_ENDINGS: Final = (".csv", ".jsonl", ".parquet")


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
    rows = _rows(path, CaseCheck(definition, file=str(path), measured=measured, unlabelled=unlabelled))
    found = rows if measured else _unique(rows, str(path))
    n_problems = 0
    for one in found:
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


def _rows(path: Path, check: CaseCheck) -> Iterator[Found]:
    match path.suffix.lower():
        case ".csv":
            return csv_cases(path, check)
        case ".jsonl":
            return jsonl_cases(path, check)
        case ".parquet":
            return parquet_cases(path, check)
        case other:
            near = suggestion(other, _ENDINGS) if other else None
            raise CasesInvalid(
                f"{path} is no case file",
                where=Location(file=str(path)),
                expected="a file that ends with .csv, .jsonl or .parquet",
                found=f"`{other}`" if other else "no ending",
                mend=near or "save it as CSV with commas, in UTF-8",
            )


def _unique(rows: Iterable[Found], file: str) -> Iterator[Found]:
    seen = Seen()
    for one in rows:
        if isinstance(one, Case) and seen.add(hash(one.id)):
            yield (
                Problem(
                    message=f"case `{shortened(one.id)}` is there twice",
                    where=Location(file=file, line=one.row, path="case"),
                    expected="a name of its own for every case",
                    found=shortened(one.id),
                    mend="rename one of them, or take it out",
                ),
            )
        else:
            yield one
