"""The file of a backup: JSON lines in gzip, which any program can read in twenty years.

The first line, the header, is an object: the version of the format, the revision of the tables, when it was made, and
of each table, in an order in which they can be filled, its columns and how many rows follow.  Then comes one array a
row, bytes as ``{"hex": "00ff"}``.  The last line is an object with the SHA-256 over all bytes before it: a file
that was cut or changed is noticed.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from remit.errors import Location, StoreError
from remit.store.connections import Row

__all__ = ["FORMAT", "Header", "Packed", "Packing", "TablePart", "broken", "packed", "packing"]

FORMAT = 1
KIND = "remit backup"
LINE_LIMIT = 256 * 2**20
"""The longest line that is read, in bytes: nobody writes a value of a quarter of a gigabyte."""

HEADER_LIMIT = 2**20
N_ROWS_LIMIT = 2**40


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePart:
    """One table of a backup: its columns in the order of the values, and how many rows there are."""

    name: str
    columns: tuple[str, ...]
    n_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a backup says of itself. ``made_at`` is an instant as text, ``revision`` that of the tables."""

    revision: str
    made_at: str
    tables: tuple[TablePart, ...]

    @property
    def n_rows(self) -> int:
        """How many rows there are in all."""
        return sum(table.n_rows for table in self.tables)


class Packing:
    """A backup while it is written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    def write(self, value: object) -> None:
        """Write one line."""
        line = json.dumps(value, separators=(",", ":"), default=_hex).encode() + b"\n"
        self._digest.update(line)
        self._file.write(line)

    def end(self) -> None:
        """Write the last line."""
        self.write({"sha256": self._digest.hexdigest()})


@contextmanager
def packing(file: IO[bytes], header: Header) -> Iterator[Packing]:
    """Begin a backup with its header; it is whole when the block ends without an error."""
    with gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=6, mtime=0) as zipped:
        made = Packing(zipped)  # type: ignore[arg-type]
        made.write({"kind": KIND, "format": FORMAT, **asdict(header)})
        yield made
        made.end()


class Packed:
    """A backup while it is read, from its first line to its last."""

    def __init__(self, file: IO[bytes], path: Path) -> None:
        self._file = file
        self._path = path
        self._digest = hashlib.sha256()
        self.header = _header(self._line(HEADER_LIMIT), path)

    def rows(self, table: TablePart) -> Iterator[Row]:
        """The rows of the table that comes next.

        Raises:
            StoreError: the file is broken.
        """
        n_columns = len(table.columns)
        for n in range(table.n_rows):
            row = self._line(LINE_LIMIT)
            if not isinstance(row, list) or len(row) != n_columns:
                raise broken(self._path, f"row {n + 1} of {table.name} is none")
            yield tuple(_bytes(value, self._path) if isinstance(value, dict | list) else value for value in row)

    def require_end(self) -> None:
        """Hold the file against its last line.

        Raises:
            StoreError: it was cut or changed.
        """
        made_of = self._digest.hexdigest()
        if self._line(HEADER_LIMIT) != {"sha256": made_of}:
            raise broken(self._path, "its content is not what was written: the digest differs")
        if self._read(1):
            raise broken(self._path, "something follows after its end")

    def _line(self, limit: int) -> object:
        line = self._read(limit)
        if not line.endswith(b"\n"):
            raise broken(self._path, "it ends too early" if len(line) < limit else "a line is too long")
        self._digest.update(line)
        try:
            return json.loads(line)
        except (ValueError, RecursionError) as error:
            raise broken(self._path, "a line is no JSON") from error

    def _read(self, limit: int) -> bytes:
        try:
            return self._file.readline(limit)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise broken(self._path, str(error)) from error


@contextmanager
def packed(path: Path) -> Iterator[Packed]:
    """Read the backup at ``path``.

    Raises:
        StoreError: it can't be read, or is no backup.
    """
    try:
        file = gzip.open(path, "rb")  # noqa: SIM115
    except OSError as error:
        raise StoreError(
            "the backup can't be read",
            where=Location(file=str(path)),
            found=error.strerror,
            mend="look whether it is there and may be read",
        ) from error
    with file:
        yield Packed(file, path)  # type: ignore[arg-type]


def broken(path: Path, why: str) -> StoreError:
    """What is said of a file that is no whole backup."""
    return StoreError(
        "this is no whole backup: nothing was restored",
        where=Location(file=str(path)),
        found=why,
        mend="take another copy of it; `remit db backup` makes them",
    )


def _header(line: object, path: Path) -> Header:
    if not isinstance(line, dict) or line.get("kind") != KIND:
        raise broken(path, "its first line is not that of a backup")
    if line.get("format") != FORMAT:
        raise StoreError(
            "the backup was made by a newer version of Remit",
            where=Location(file=str(path)),
            expected=f"format {FORMAT}",
            mend="install that version, or a newer one",
        )
    try:
        return Header(
            revision=_text(line["revision"]),
            made_at=_text(line["made_at"]),
            tables=tuple(_table_part(**one) for one in line["tables"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise broken(path, "its first line is not that of a backup") from error


def _table_part(*, name: object, columns: Iterable[object], n_rows: object) -> TablePart:
    if not isinstance(n_rows, int) or not 0 <= n_rows <= N_ROWS_LIMIT:
        raise ValueError("no number of rows")
    return TablePart(name=_text(name), columns=tuple(_text(column) for column in columns), n_rows=n_rows)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _hex(value: Any) -> dict[str, str]:
    return {"hex": bytes(value).hex()}


def _bytes(value: Any, path: Path) -> bytes:
    try:
        (made,) = value.values()
        return bytes.fromhex(made)
    except (AttributeError, TypeError, ValueError) as error:
        raise broken(path, "a value is none that a store holds") from error
