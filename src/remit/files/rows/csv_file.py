"""Rows of CSV: commas, UTF-8 with or without BOM, any line ending."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Final, TypeVar

from remit.errors import Problem
from remit.files.rows.kind import RowKind, Rows, at_line
from remit.files.rows.opening import not_utf8, open_file

__all__ = ["MAX_CELL", "csv_rows", "raise_cell_limit"]

T = TypeVar("T")

MAX_CELL: Final = 1_000_000
"""How many characters one cell may hold."""

_OTHER_SEPARATORS: Final = {";": "semicolons", "\t": "tabs", "|": "bars"}


def raise_cell_limit() -> None:
    """Let cells be as long as ours may be: the csv module has one limit for the whole process, and starts lower."""
    if csv.field_size_limit() < MAX_CELL:
        csv.field_size_limit(MAX_CELL)


class _Records:
    """The records of a CSV file that are not blank. ``line`` is where the latest one begins."""

    def __init__(self, text: TextIOWrapper) -> None:
        raise_cell_limit()
        self._reader = csv.reader(text, strict=True)
        self.line = 1

    def __iter__(self) -> Iterator[list[str]]:
        reader = self._reader
        for row in reader:
            if row and (row[0] or any(row)):
                yield row
            self.line = reader.line_num + 1


def csv_rows(path: Path, kind: RowKind, rows: Rows[T]) -> Iterator[T | tuple[Problem, ...]]:
    """What the rows of a CSV file say, or the problems of a row; a file that breaks off ends with a problem."""
    with open_file(path, missing=kind.missing) as binary:
        records = _Records(TextIOWrapper(binary, encoding="utf-8-sig", newline=""))
        try:
            yield from _read(records, path, rows)
        except csv.Error as error:
            yield (_broken(path, records.line, str(error)),)
        except UnicodeDecodeError as error:
            raise not_utf8(path) from error


def _read(records: _Records, path: Path, rows: Rows[T]) -> Iterator[T | tuple[Problem, ...]]:
    coming = iter(records)
    names = [name.strip() for name in next(coming, [])]
    if not names:
        yield (at_line(path, 1, "the file is empty", expected="a first line that names the columns"),)
        return
    problems = rows.header(names, records.line)
    if problems:
        other = _other_separator(path, records.line, names)
        yield problems if other is None else (other,)
        return
    read = rows.cells
    width = len(names)
    for row in coming:
        if len(row) == width:
            yield read(row, records.line)
        else:
            yield (_wrong_width(path, records.line, width, len(row)),)


def _other_separator(path: Path, line: int, names: list[str]) -> Problem | None:
    for sign, word in _OTHER_SEPARATORS.items():
        if len(names) == 1 and sign in names[0]:
            return at_line(
                path,
                line,
                f"the columns are separated by {word}",
                expected="commas",
                found=word,
                mend="save the file with commas between the columns",
            )
    return None


def _wrong_width(path: Path, line: int, width: int, n_cells: int) -> Problem:
    return at_line(
        path,
        line,
        f"the row has {'more' if n_cells > width else 'fewer'} cells than there are columns",
        expected=f"{width} cells",
        found=str(n_cells),
        mend="put text that holds a comma or a line break in double quotes",
    )


def _broken(path: Path, line: int, reason: str) -> Problem:
    if "unexpected end" in reason:
        message, mend = "a double quote is opened and never closed", "close it, or double a quote that is meant as text"
    elif "field limit" in reason:
        message, mend = f"a cell is longer than {MAX_CELL} characters", "look for a double quote that is never closed"
    else:
        message, mend = "a double quote stands inside a quoted cell", 'write a quote inside of quotes twice: ""'
    return at_line(path, line, message, expected="CSV", found=reason, mend=mend)
