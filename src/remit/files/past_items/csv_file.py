"""Past items from a CSV file, streamed: what its columns hold, in memory that does not grow with the file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Final

from remit.errors import FileUnreadable, Location
from remit.files.rows.csv_file import raise_cell_limit
from remit.files.rows.opening import not_utf8, open_file
from remit.interview import Column

__all__ = ["MAX_COLUMNS", "MAX_ITEMS", "PastItems", "read_past_items"]

MAX_ITEMS: Final = 100_000
"""How many items are looked at; the rest of a longer file is left alone."""

MAX_COLUMNS: Final = 200
_SEPARATORS: Final = ",;\t|"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastItems:
    """The columns of a file, summed up, and of how many items."""

    name: str
    columns: tuple[Column, ...]
    n_items: int


def read_past_items(path: Path) -> PastItems:
    """Sum up the columns of a CSV file with a header. Commas, semicolons, tabs and bars may part its cells.

    Raises:
        FileUnreadable: it can't be read, is no CSV in UTF-8, has no header, two columns of one name, or no items.
    """
    if not path.exists():
        raise _refused(path, f"{path} does not exist", "a CSV file")
    with open_file(path) as binary:
        text = TextIOWrapper(binary, encoding="utf-8-sig", newline="")
        try:
            return _summed(text, path)
        except csv.Error as error:
            raise _refused(path, f"this is no CSV: {error}", "a header, then one item a row") from error
        except UnicodeDecodeError as error:
            raise not_utf8(path) from error


def _summed(text: TextIOWrapper, path: Path) -> PastItems:
    raise_cell_limit()
    first = text.readline(1_000_000)
    separator = max(_SEPARATORS, key=first.count)
    header = next(csv.reader([first], delimiter=separator, strict=True), [])
    columns = [Column(name=name.strip()) for name in header]
    _check_header(columns, path)
    n_items = 0
    for row in _rows(text, separator):
        if len(row) > len(columns):
            raise _refused(
                path, f"item {n_items + 1} has more cells than the header", f"{len(columns)} cells", f"{len(row)}"
            )
        for column, cell in zip(columns, [*row, *("" for _ in columns[len(row) :])], strict=True):
            column.take(cell)
        n_items += 1
        if n_items >= MAX_ITEMS:
            break
    if not n_items:
        raise _refused(path, "the file has no items", "a header, then one item a row", "a header only")
    return PastItems(name=path.name, columns=tuple(columns), n_items=n_items)


def _rows(text: TextIOWrapper, separator: str) -> Iterator[list[str]]:
    for row in csv.reader(text, delimiter=separator, strict=True):
        if any(cell.strip() for cell in row):
            yield row


def _check_header(columns: list[Column], path: Path) -> None:
    names = [column.name for column in columns]
    if not any(names):
        raise _refused(path, "the file has no header", "names of columns in the first row", "an empty row")
    if len(names) > MAX_COLUMNS:
        raise _refused(path, "the file has too many columns", f"at most {MAX_COLUMNS}", f"{len(names):,}")
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is not None:
        raise _refused(path, f"two columns are called `{twice[:60]}`", "each name once", "the name twice")


def _refused(path: Path, message: str, expected: str, found: str | None = None) -> FileUnreadable:
    return FileUnreadable(
        message,
        where=Location(file=str(path)),
        expected=expected,
        found=found,
        mend="export the items as CSV in UTF-8, with the names of the columns in the first row",
    )
