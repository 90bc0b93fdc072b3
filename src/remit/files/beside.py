"""Files beside a definition that it pulls in: columns of CSV files, always inside the project folder."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from remit.errors import FileUnreadable, Location, Problem, TableInvalid
from remit.files.text_file import read_text

__all__ = ["MAX_ROWS", "Csv", "CsvRow", "project_root", "read_csv"]

MAX_ROWS: Final = 10_000
_LIMIT_BYTES: Final = 2_000_000
_PROJECT_FILE: Final = "remit.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvRow:
    """One row: its cells without white space around them, and its line (from 1)."""

    cells: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Csv:
    """A CSV file: its header and its rows, empty lines left out."""

    path: Path
    header: CsvRow
    rows: tuple[CsvRow, ...]


def project_root(path: Path) -> Path:
    """The nearest folder upwards that holds a ``remit.yaml``, else the folder of the file itself."""
    folder = path.resolve().parent
    return next((above for above in (folder, *folder.parents) if (above / _PROJECT_FILE).is_file()), folder)


def read_csv(name: str, *, folder: Path, root: Path) -> Csv:
    """Read the CSV file that a definition in ``folder`` calls ``name``.

    Raises:
        FileUnreadable: the name leads out of the project folder ``root``, or the file can't be read.
        TableInvalid: it is not CSV, has no header, or more than ``MAX_ROWS`` rows.
    """
    path = _inside(name, folder, root)
    text = read_text(path, limit_bytes=_LIMIT_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[CsvRow] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(CsvRow(cells=tuple(cell.strip() for cell in cells), line=line))
            line = reader.line_num + 1
            if len(rows) > MAX_ROWS + 1:
                raise _refused(path, reader.line_num, "the file has too many rows", f"at most {MAX_ROWS:,}")
    except csv.Error as error:
        raise _refused(path, reader.line_num, f"this is not CSV: {error}", "cells with `,` between them") from error
    if not rows:
        raise _refused(path, 1, "the file is empty", "a header row, then rows")
    return Csv(path=path, header=rows[0], rows=tuple(rows[1:]))


def _refused(path: Path, line: int, message: str, expected: str) -> TableInvalid:
    where = Location(file=str(path), line=max(line, 1))
    return TableInvalid(problems=(Problem(message=message, where=where, expected=expected),))


def _inside(name: str, folder: Path, root: Path) -> Path:
    """The path of ``name``, which has to be relative and, with every link followed, inside ``root``."""
    outside = "the file lies outside of the project folder"
    within = "a path relative to the definition, inside the project folder"
    if Path(name).is_absolute() or "\\" in name:
        raise FileUnreadable(outside, expected=within, found=f"`{name}`")
    try:
        real = (folder / name).resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise FileUnreadable(f"`{name}` is no path", expected=within) from error
    if not real.is_relative_to(root.resolve()):
        raise FileUnreadable(outside, expected=within, found=f"`{name}`", mend="move it beside the definition")
    return folder / name
