"""Unary tests: what a cell of a decision table says about one value.

Cells are ``-`` (anything), values (``"a", "b"``, ``5``, ``true``), comparisons (``< 10``), ranges (``[1..5]``,
``(0..1]``) and ``not(...)`` of these, separated by commas.  Text may stand without quotes where it has no comma,
bracket or quote in it.  A test is kept as structure, so that it can be run, analysed and written out again.

Source: OMG DMN 1.5, section 7 (simple unary tests), without references to other values.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import assert_never

__all__ = [
    "AnyOf",
    "Anything",
    "CellFault",
    "CellValue",
    "Interval",
    "Negated",
    "OneOf",
    "UnaryTest",
    "parse_cell",
    "parse_output",
    "same_value",
    "values_of",
    "written",
    "written_output",
    "written_value",
]

CellValue = str | int | float | bool

_NUMBER = re.compile(r"[+-]?(\d+\.\d+|\d+|\.\d+)([eE][+-]?\d+)?\Z")
_COMPARISON = re.compile(r"(<=|>=|<|>)\s*(.+)\Z", re.S)
_RANGE = re.compile(r"([\[\](])\s*(.+?)\s*\.\.\s*(.+?)\s*([\])\[])\Z", re.S)
_NOT = re.compile(r"not\s*\((.*)\)\Z", re.S)
_BARE = re.compile(r"""[^"',()\[\]<>=]+\Z""")


class CellFault(ValueError):
    """A cell says nothing that a unary test can say; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anything:
    """``-``: every value, also a missing one."""

    def holds(self, value: object) -> bool:
        """Always."""
        del value
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf:
    """One of these values. A number and a yes or no are never equal, whole numbers and floats are."""

    values: tuple[CellValue, ...]

    def holds(self, value: object) -> bool:
        """Whether ``value`` is one of them."""
        return any(same_value(value, one) for one in self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A range of numbers, or of text in the order of its characters (which orders dates written as RFC 3339)."""

    low: int | float | str | None = None
    high: int | float | str | None = None
    low_in: bool = True
    high_in: bool = True

    def holds(self, value: object) -> bool:
        """Whether ``value`` lies in the range; a value of another type never does."""
        if self.low is not None and not (_same_type(value, self.low) and _not_less(value, self.low, equal=self.low_in)):
            return False
        return self.high is None or (_same_type(value, self.high) and _not_less(self.high, value, equal=self.high_in))


@dataclass(frozen=True, slots=True, kw_only=True)
class Negated:
    """``not(...)``: a value that is there and passes none of the tests."""

    tests: tuple[OneOf | Interval, ...]

    def holds(self, value: object) -> bool:
        """Whether none of the tests holds; False for a missing value."""
        return value is not None and not any(test.holds(value) for test in self.tests)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """Several tests of which one is enough."""

    tests: tuple[OneOf | Interval, ...]

    def holds(self, value: object) -> bool:
        """Whether any of the tests holds."""
        return any(test.holds(value) for test in self.tests)


UnaryTest = Anything | OneOf | Interval | Negated | AnyOf


def parse_cell(cell: CellValue) -> UnaryTest:
    """The test that a cell states.

    Raises:
        CellFault: the cell is no unary test.
    """
    if not isinstance(cell, str):
        return OneOf(values=(cell,))
    text = cell.strip()
    if text in {"-", ""}:
        return Anything()
    if negated := _NOT.match(text):
        return Negated(tests=_alternatives(negated[1]))
    tests = _alternatives(text)
    return tests[0] if len(tests) == 1 else AnyOf(tests=tests)


def parse_output(cell: CellValue) -> CellValue:
    """The value that an output cell states: text with or without quotes, a number, true or false.

    Raises:
        CellFault: the cell is empty.
    """
    if not isinstance(cell, str):
        return cell
    text = cell.strip()
    if text in {"-", ""}:
        raise CellFault("an output cell needs a value")
    return _value(text, bare=re.compile(r".+\Z", re.S))


def _alternatives(text: str) -> tuple[OneOf | Interval, ...]:
    values: list[CellValue] = []
    intervals: list[Interval] = []
    for part in _split(text):
        test = _one(part)
        if isinstance(test, Interval):
            intervals.append(test)
        else:
            values.append(test)
    listed = (OneOf(values=tuple(values)),) if values else ()
    return (*listed, *intervals)


def _one(text: str) -> Interval | CellValue:
    if comparison := _COMPARISON.match(text):
        bound = _bound(comparison[2])
        match comparison[1]:
            case "<":
                return Interval(high=bound, high_in=False)
            case "<=":
                return Interval(high=bound)
            case ">":
                return Interval(low=bound, low_in=False)
            case _:
                return Interval(low=bound)
    if span := _RANGE.match(text):
        low, high = _bound(span[2]), _bound(span[3])
        if isinstance(low, str) != isinstance(high, str):
            raise CellFault(f"the ends of `{text}` are of different types")
        if not _not_less(high, low, equal=True):
            raise CellFault(f"`{text}` is empty: its first end is above its second")
        return Interval(low=low, high=high, low_in=span[1] == "[", high_in=span[4] == "]")
    return _value(text, bare=_BARE)


def _bound(text: str) -> int | float | str:
    value = _value(text.strip(), bare=re.compile(r"(?!)"))
    if isinstance(value, bool):
        raise CellFault(f"`{text}` has no order")
    return value


def _value(text: str, *, bare: re.Pattern[str]) -> CellValue:
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'" and text[0] not in text[1:-1]:
        return text[1:-1]
    if _NUMBER.match(text):
        return _number(text)
    if text in {"true", "false"}:
        return text == "true"
    if bare.match(text):
        return text
    raise CellFault(f"`{text}` is neither a number nor quoted text")


def _number(text: str) -> int | float:
    try:
        number = float(text) if any(sign in text for sign in ".eE") else int(text)
    except ValueError:  # more digits than the interpreter reads
        number = math.inf
    if abs(number) == math.inf:
        raise CellFault(f"`{text[:40]}` is beyond every number")
    return number


def values_of(test: UnaryTest) -> list[CellValue]:
    """Every value that stands in a test: the ends of ranges too."""
    match test:
        case Anything():
            return []
        case OneOf():
            return list(test.values)
        case Interval():
            return [end for end in (test.low, test.high) if end is not None]
        case AnyOf() | Negated():
            return [value for part in test.tests for value in values_of(part)]
        case _:
            assert_never(test)


def written(test: UnaryTest) -> str:
    """The test as the text of a cell, so that ``parse_cell(written(test))`` is the same test.

    Raises:
        CellFault: a text has both kinds of quotes in it, which no cell can say.
    """
    match test:
        case Anything():
            return "-"
        case OneOf():
            return ", ".join(written_value(value) for value in test.values)
        case Interval():
            return _written_interval(test)
        case AnyOf():
            return ", ".join(written(one) for one in test.tests)
        case Negated():
            return f"not({', '.join(written(one) for one in test.tests)})"
        case _:
            assert_never(test)


def written_value(value: CellValue) -> str:
    """A value as the text of a cell. Raises as :func:`written`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return repr(value)
    quote = "'" if '"' in value else '"'
    if quote in value:
        raise CellFault(f"`{value}` has both kinds of quotes in it")
    return f"{quote}{value}{quote}"


def written_output(value: CellValue) -> str:
    """A value as the text of an output cell, so that ``parse_output`` gives it back. Raises as :func:`written`."""
    try:
        return written_value(value)
    except CellFault:
        if isinstance(value, str) and value == value.strip() and parse_output(value) == value:
            return value  # without quotes everything may stand in it
        raise


def _written_interval(test: Interval) -> str:
    if test.low is None and test.high is not None:
        return f"<{'=' if test.high_in else ''} {written_value(test.high)}"
    if test.high is None and test.low is not None:
        return f">{'=' if test.low_in else ''} {written_value(test.low)}"
    if test.low is None or test.high is None:
        raise CellFault("a range needs an end")
    low, high = written_value(test.low), written_value(test.high)
    return f"{'[' if test.low_in else '('}{low}..{high}{']' if test.high_in else ')'}"


def _split(text: str) -> list[str]:
    # Ranges hold no comma, so only quotation marks protect one.
    parts: list[str] = []
    quote = current = ""
    for char in text:
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == ",":
            parts.append(current.strip())
            current = ""
            continue
        current += char
    parts.append(current.strip())
    if quote:
        raise CellFault(f"a quotation mark is not closed in `{text}`")
    if not all(parts):
        raise CellFault(f"`{text}` has an empty place between commas")
    return parts


def same_value(a: object, b: object) -> bool:
    """Whether two values are the same one: 5 and 5.0 are, 1 and true are not."""
    return _same_type(a, b) and a == b


def _same_type(a: object, b: object) -> bool:
    if isinstance(a, bool) or isinstance(b, bool):
        return isinstance(a, bool) and isinstance(b, bool)
    if isinstance(a, str) or isinstance(b, str):
        return isinstance(a, str) and isinstance(b, str)
    return isinstance(a, (int, float)) and isinstance(b, (int, float))


def _not_less(a: object, b: object, *, equal: bool) -> bool:
    if isinstance(a, str) and isinstance(b, str):
        return a > b or (equal and a == b)
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return a > b or (equal and a == b)
    return False
