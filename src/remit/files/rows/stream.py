"""The rows of a file by its ending: the memory does not grow with the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from remit.definition.flaws import suggestion
from remit.errors import CasesInvalid, Location, Problem
from remit.files.rows.csv_file import csv_rows
from remit.files.rows.jsonl_file import jsonl_rows
from remit.files.rows.kind import RowKind, Rows
from remit.files.rows.parquet_file import parquet_rows

__all__ = ["stream_rows"]

T = TypeVar("T")


def stream_rows(
    path: Path, kind: RowKind, rows: Rows[T], *, measured: bool = False
) -> Iterator[T | tuple[Problem, ...]]:
    """What the rows of a file say, in their order, or everything that is wrong with a row.

    Args:
        path: the file.
        kind: what it is for.
        rows: what makes something of a row.
        measured: these very bytes were read before without a problem.

    Raises:
        FileUnreadable: the file is missing, or not UTF-8 text.
        CasesInvalid: it is no such file at all: another ending, or no Parquet inside.
        InvalidInput: it is Parquet, and polars is not installed.
    """
    ending = path.suffix.lower()
    if ending not in kind.endings:
        raise CasesInvalid(
            f"{path} is no {kind.name}",
            where=Location(file=str(path)),
            expected=f"a file that ends with {_either(kind.endings)}",
            found=f"`{ending}`" if ending else "no ending",
            mend=(suggestion(ending, kind.endings) if ending else None) or _saved(kind),
        )
    match ending:
        case ".csv":
            return csv_rows(path, kind, rows)
        case ".jsonl":
            return jsonl_rows(path, kind, rows, measured=measured)
        case _:
            return parquet_rows(path, kind, rows)


def _saved(kind: RowKind) -> str:
    if ".csv" in kind.endings:
        return "save it as CSV with commas, in UTF-8"
    return f"save it as a JSON object a line: {kind.example}"


def _either(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last
