"""Rows of Parquet, read in slices with polars (extra ``data``). Rows are numbered from 1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from pathlib import Path
from typing import Any, Final, TypeVar

from remit.errors import CasesInvalid, InvalidInput, Location, Problem
from remit.files.rows.kind import RowKind, Rows, at_line
from remit.files.rows.opening import open_file

__all__ = ["parquet_rows", "polars"]

T = TypeVar("T")

_SLICE: Final = 10_000


def polars(path: Path) -> Any:
    """The library that reads and writes Parquet.

    Raises:
        InvalidInput: it is not installed; the mend names the extra.
    """
    try:
        import polars as pl
    except ImportError as error:
        raise InvalidInput(
            f"{path} is Parquet, which needs polars, and that is not installed",
            where=Location(file=str(path)),
            mend="pip install 'remit[data]', or save the file as CSV",
        ) from error
    return pl


def parquet_rows(path: Path, kind: RowKind, rows: Rows[T]) -> Iterator[T | tuple[Problem, ...]]:
    """What the rows of a Parquet file say, or the problems of a row."""
    pl = polars(path)
    open_file(path, missing=kind.missing).close()
    try:
        frame = pl.scan_parquet(path, glob=False)
        names = frame.collect_schema().names()
        if kind.nested.isdisjoint(names):
            problems = rows.header(names, None)
            if problems:
                yield problems
                return
        start = 0
        while found := frame.slice(start, _SLICE).collect().to_dicts():
            for row, values in enumerate(found, start + 1):
                yield _row(values, row, path, rows)
            start += len(found)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise CasesInvalid(
            f"{path} is no Parquet that can be read",
            where=Location(file=str(path)),
            expected="a Parquet file",
            found=str(error).split("\n", 1)[0][:100],
        ) from error
    if start == 0:
        yield (at_line(path, None, "the file is empty", expected=f"at least one {kind.one}"),)


def _row(values: Mapping[str, Any], row: int, path: Path, rows: Rows[T]) -> T | tuple[Problem, ...]:
    plain: dict[str, Any] = {}
    for name, value in values.items():
        if value is None:  # every row has every column: this is how Parquet leaves a cell empty
            continue
        try:
            plain[name] = _plain(value)
        except ValueError as error:
            return (
                Problem(
                    message=f"`{name}` {error}",
                    where=Location(file=str(path), line=row, path=name),
                    expected="text, a number, a yes or no, a time, or lists and structs of these",
                    found=type(value).__name__,
                ),
            )
    return rows.values(plain, row)


def _plain(value: Any) -> Any:
    """A value of polars as JSON has it; a null inside a struct is an absent field."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        if not isfinite(value):
            message = f"is {value}, which is no number"
            raise ValueError(message)
        return value
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items() if one is not None}
    return _named(value)


def _named(value: Any) -> Any:
    from datetime import date, datetime
    from decimal import Decimal

    match value:
        case datetime() if value.tzinfo is not None:
            return value.isoformat().replace("+00:00", "Z")
        case datetime():
            message = "is a time without an offset"
            raise ValueError(message)
        case date():
            return value.isoformat()
        case Decimal():
            return float(value)
        case _:
            message = "is of a type that JSON does not have"
            raise ValueError(message)
