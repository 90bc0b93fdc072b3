"""Cases from Parquet, read in slices with polars (extra ``data``). Rows are numbered from 1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from pathlib import Path
from typing import Any, Final

from remit.cases.case import Case
from remit.cases.check import CaseCheck
from remit.errors import CasesInvalid, InvalidInput, Location, Problem
from remit.files.case_file.opening import open_file

__all__ = ["parquet_cases", "polars"]

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
            mend="pip install 'remit[data]', or save the cases as CSV",
        ) from error
    return pl


def parquet_cases(path: Path, check: CaseCheck) -> Iterator[Case | tuple[Problem, ...]]:
    """The cases of a Parquet file, or the problems of a row."""
    pl = polars(path)
    open_file(path).close()
    try:
        frame = pl.scan_parquet(path, glob=False)
        names = frame.collect_schema().names()
        flat = [name for name in names if name not in ("input", "expected", "second")]
        if len(flat) == len(names):
            problems = check.columns.header(names).problems
            if problems:
                yield problems
                return
        start = 0
        while rows := frame.slice(start, _SLICE).collect().to_dicts():
            for row, values in enumerate(rows, start + 1):
                yield _case(values, row, path, check)
            start += len(rows)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise CasesInvalid(
            f"{path} is no Parquet that can be read",
            where=Location(file=str(path)),
            expected="a Parquet file",
            found=str(error).split("\n", 1)[0][:100],
        ) from error
    if start == 0:
        where = Location(file=str(path))
        yield (Problem(message="the file is empty", where=where, expected="at least one case"),)


def _case(values: Mapping[str, Any], row: int, path: Path, check: CaseCheck) -> Case | tuple[Problem, ...]:
    plain: dict[str, Any] = {}
    for name, value in values.items():
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
    return check.from_values(plain, row)


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
            message = "is of a type that no case can hold"
            raise ValueError(message)
