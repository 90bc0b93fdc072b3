"""What past items say about the fields of a work: types, bounds and lists of values, all of them assumptions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from remit.interview.answers import as_name

__all__ = ["Column", "Proposal", "proposed_fields"]

_MOST_VALUES: Final = 20
_ITEMS_PER_VALUE: Final = 5
_LONGEST_VALUE: Final = 200
_INTEGER: Final = re.compile(r"-?(?:0|[1-9]\d{0,15})")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d{0,15})(?:\.\d{1,15})?")
_LENGTHS: Final = (20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 1_000_000)


@dataclass(slots=True, kw_only=True)
class Column:
    """One column of past items, summed up as its cells are taken. Holds at most 21 values."""

    name: str
    n: int = 0
    n_missing: int = 0
    longest: int = 0
    least: float | None = None
    most: float | None = None
    is_integer: bool = True
    is_number: bool = True
    is_truth: bool = True
    is_date: bool = True
    is_time: bool = True
    values: dict[str, int] = field(default_factory=dict)

    def take(self, cell: str) -> None:
        """Take one cell."""
        cell = cell.strip()
        if not cell:
            self.n_missing += 1
            return
        self.n += 1
        self.longest = max(self.longest, len(cell))
        if cell[:_LONGEST_VALUE] in self.values or len(self.values) <= _MOST_VALUES:
            key = cell[:_LONGEST_VALUE]
            self.values[key] = self.values.get(key, 0) + 1
        self._narrow(cell)

    def _narrow(self, cell: str) -> None:
        self.is_integer = self.is_integer and _INTEGER.fullmatch(cell) is not None
        self.is_number = self.is_number and _NUMBER.fullmatch(cell) is not None
        self.is_truth = self.is_truth and cell.casefold() in {"true", "false", "yes", "no"}
        self.is_date = self.is_date and _is_date(cell)
        self.is_time = self.is_time and _is_time(cell)
        if self.is_number:
            number = float(cell)
            self.least = number if self.least is None else min(self.least, number)
            self.most = number if self.most is None else max(self.most, number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Fields in the short form, by name, and for each what it was taken from."""

    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    notes: Mapping[str, str]
    left_out: tuple[str, ...] = ()


def proposed_fields(columns: Sequence[Column], *, answer: str | None = None) -> Proposal:
    """The fields that the columns of past items propose.

    Args:
        columns: the columns, with all their cells taken.
        answer: the column that holds what was decided; columns `expected.*` are answers anyway.
    """
    inputs: dict[str, Any] = {}
    outputs: dict[str, Any] = {}
    notes: dict[str, str] = {}
    left_out = []
    for column in columns:
        is_answer = column.name == answer or column.name.startswith("expected.")
        name = as_name(column.name.removeprefix("input.").removeprefix("expected."))
        fields = outputs if is_answer else inputs
        if not name or name in fields or not column.n:
            left_out.append(column.name)
            continue
        fields[name] = _field(column, is_answer=is_answer)
        notes[name] = _note(column)
    return Proposal(inputs=inputs, outputs=outputs, notes=notes, left_out=tuple(left_out))


def _field(column: Column, *, is_answer: bool) -> Any:
    is_short = 1 < len(column.values) <= _MOST_VALUES and column.longest <= _LONGEST_VALUE
    is_listed = is_short and column.n >= _ITEMS_PER_VALUE * len(column.values)
    if column.is_truth:
        made: Any = "yes/no"
    elif column.is_number and not (is_answer and is_listed):
        made = _bounded(column)
    elif column.is_date or column.is_time:
        made = "date" if column.is_date else "datetime"
    elif is_listed or (is_answer and is_short):
        made = sorted(column.values)
    else:
        made = f"text <= {next((n for n in _LENGTHS if n >= column.longest), _LENGTHS[-1])}"
    if not column.n_missing or is_answer:
        return made
    return {"optional": made} if isinstance(made, list) else f"optional {made}"


def _bounded(column: Column) -> str:
    kind = "integer" if column.is_integer else "number"
    if column.least is None or column.most is None or column.least < 0:
        return kind
    return f"{kind} 0..{_round_above(column.most)}"


def _round_above(most: float) -> int:
    """The next of 1, 2, 5, 10, 20, 50, ... that is not below ``most``."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if step * factor >= most:
                return step * factor
        step *= 10


def _note(column: Column) -> str:
    parts = [f"{column.n:,} values"]
    if column.is_number and column.least is not None:
        parts.append(f"from {column.least:g} to {column.most:g}")
    elif len(column.values) <= _MOST_VALUES:
        parts = [f"{len(column.values)} different in {column.n:,}"]
    else:
        parts.append(f"at most {column.longest:,} characters")
    if column.n_missing:
        parts.append(f"{column.n_missing:,} missing")
    return ", ".join(parts)


def _is_date(cell: str) -> bool:
    try:
        date.fromisoformat(cell)
    except ValueError:
        return False
    return len(cell) == 10


def _is_time(cell: str) -> bool:
    try:
        found = datetime.fromisoformat(cell)
    except ValueError:
        return False
    return "T" in cell and found.tzinfo is not None
