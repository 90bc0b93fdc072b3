"""What a file of rows is for: the words of its errors, and who makes something of a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from remit.errors import Location, Problem

__all__ = ["FLAT", "RowKind", "Rows", "at_line"]

T_co = TypeVar("T_co", covariant=True)

FLAT = (".csv", ".jsonl", ".parquet")
"""The endings of files with columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowKind:
    """The words for one kind of file.

    Args:
        name: what such a file is: "case file", "file of items".
        one: what a row is: "case", "item".
        example: a line of JSONL.
        missing: what to do where the file is not there.
        endings: which files may be of this kind.
        nested: the columns of Parquet that hold fields.
    """

    name: str
    one: str
    example: str
    missing: str = "check the name of the file, and the folder you are in"
    endings: tuple[str, ...] = FLAT
    nested: frozenset[str] = frozenset()


class Rows(Protocol[T_co]):
    """What makes something of the rows of one file."""

    def header(self, names: Sequence[str], line: int | None, /) -> tuple[Problem, ...]:
        """What is wrong with the columns; asked once, before any cells. ``line`` is None where columns have none."""
        ...

    def cells(self, cells: Sequence[str], line: int, /) -> T_co | tuple[Problem, ...]:
        """What a row of text says, as many cells as columns."""
        ...

    def values(self, values: Mapping[str, Any], line: int, /) -> T_co | tuple[Problem, ...]:
        """What a row of values with types says."""
        ...


def at_line(
    path: Path,
    line: int | None,
    message: str,
    *,
    expected: str | None = None,
    found: str | None = None,
    mend: str | None = None,
) -> Problem:
    """What is wrong with a line of a file."""
    where = Location(file=str(path), line=line)
    return Problem(message=message, where=where, expected=expected, found=found, mend=mend)
