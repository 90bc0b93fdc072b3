"""The values of one column, cut into pieces on which every cell says the same: interval algebra, one column at a time.

A number or text that stands in a cell, in a list of allowed values or in a bound is a cut.  A piece is a cut itself or
what lies between two cuts; then there are yes, no, other values (lists, objects) and no value at all.  Each piece
comes with one value in it as an example, so that whatever is said of the piece can be tried.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final, Generic, TypeVar, assert_never

from remit.definition.model import Json
from remit.definition.tables.cells import AnyOf, Anything, CellValue, Interval, Negated, OneOf, UnaryTest, values_of
from remit.definition.tables.columns import Domain

__all__ = ["Piece", "Pieces", "Slice"]

T = TypeVar("T", int | float, str)

_LAST_DAY: Final = date.max.toordinal()
_TEXTS: Final = ("other", "something else", "x", "X", "XX", "0", "", "~", "\U0010ffff")
_MOST_TRIED: Final = 100
_MOST_WHOLE: Final = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One piece. ``certain`` is False where nobody knows whether a value of it can really come."""

    example: Json
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Pieces in a row, from ``start`` to before ``end``."""

    start: int
    end: int


class Pieces:
    """The pieces of one column.

    Args:
        domain: the values that the column can have.
        tests: every test of the column.
    """

    __slots__ = ("_n_valued", "_numbers", "_others", "_texts", "_yes_no", "pieces")

    def __init__(self, domain: Domain, tests: Iterable[UnaryTest]) -> None:
        numbers, texts = _cuts(domain, tests)
        made: list[Piece] = []
        self._numbers = _Axis[int | float](numbers, _number_pieces(domain, numbers), made)
        self._texts = _Axis[str](texts, _text_pieces(domain, texts), made)
        self._yes_no: dict[bool, int] = {}
        for value in (False, True):
            if _can_be(domain, value, "boolean"):
                self._yes_no[value] = len(made)
                made.append(Piece(example=value))
        if "other" in domain.types:
            made.append(Piece(example=[], certain=domain.check is not None and domain.check.is_valid([])))
        self._n_valued = len(made)
        if "null" in domain.types:
            made.append(Piece(example=None))
        self.pieces = tuple(made)

    def slices(self, test: UnaryTest) -> tuple[Slice, ...]:
        """The pieces on which a test holds, as slices that do not touch, in order."""
        match test:
            case Anything():
                return _joined([Slice(start=0, end=len(self.pieces))])
            case OneOf():
                return _joined([self._point(value) for value in test.values])
            case Interval():
                return _joined([self._between(test)])
            case AnyOf():
                return _joined([one for part in test.tests for one in self.slices(part)])
            case Negated():
                inside = _joined([one for part in test.tests for one in self.slices(part)])
                starts = [0, *(one.end for one in inside)]
                ends = [*(one.start for one in inside), self._n_valued]
                return _joined([Slice(start=start, end=end) for start, end in zip(starts, ends, strict=True)])
            case _:
                assert_never(test)

    def _point(self, value: CellValue) -> Slice:
        match value:
            case bool():
                at = self._yes_no.get(value)
                return Slice(start=0, end=0) if at is None else Slice(start=at, end=at + 1)
            case str():
                return self._texts.between(value, value, low_in=True, high_in=True)
            case int() | float():
                return self._numbers.between(value, value, low_in=True, high_in=True)
            case _:
                assert_never(value)

    def _between(self, test: Interval) -> Slice:
        low, high = test.low, test.high
        if isinstance(low, str) or isinstance(high, str):
            if isinstance(low, int | float) or isinstance(high, int | float):
                return Slice(start=0, end=0)
            return self._texts.between(low, high, low_in=test.low_in, high_in=test.high_in)
        return self._numbers.between(low, high, low_in=test.low_in, high_in=test.high_in)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """A piece with its place: 2k + 1 is the k-th cut (from 0), 2k lies just below it."""

    place: int
    piece: Piece


class _Axis(Generic[T]):
    """The pieces of numbers, or of texts, in their order."""

    __slots__ = ("_cuts", "_places", "_start")

    def __init__(self, cuts: Sequence[T], placed: Iterable[_Placed], into: list[Piece]) -> None:
        self._cuts: Sequence[T] = cuts
        self._start = len(into)
        self._places: list[int] = []
        for one in placed:
            self._places.append(one.place)
            into.append(one.piece)

    def between(self, low: T | None, high: T | None, *, low_in: bool, high_in: bool) -> Slice:
        """The pieces from one cut to another; None is without end."""
        first = 0 if low is None else 2 * bisect_left(self._cuts, low) + (1 if low_in else 2)
        last = 2 * len(self._cuts) if high is None else 2 * bisect_left(self._cuts, high) + (1 if high_in else 0)
        start = bisect_left(self._places, first)
        end = max(start, bisect_right(self._places, last))
        return Slice(start=self._start + start, end=self._start + end)


def _joined(slices: Iterable[Slice]) -> tuple[Slice, ...]:
    joined: list[Slice] = []
    for one in sorted((one for one in slices if one.start < one.end), key=lambda one: one.start):
        if joined and one.start <= joined[-1].end:
            joined[-1] = Slice(start=joined[-1].start, end=max(joined[-1].end, one.end))
        else:
            joined.append(one)
    return tuple(joined)


def _cuts(domain: Domain, tests: Iterable[UnaryTest]) -> tuple[list[int | float], list[str]]:
    said: list[Json] = [*(domain.listed or ()), domain.low, domain.high]
    for test in tests:
        said += values_of(test)
    numbers = {value for value in said if isinstance(value, int | float) and not isinstance(value, bool)}
    return sorted(numbers), sorted({value for value in said if isinstance(value, str)})


def _can_be(domain: Domain, value: Json, type_: str) -> bool:
    """Whether one value can come: exact, because the schema itself is asked."""
    if type_ not in domain.types:
        return False
    if domain.listed is not None and not any(
        isinstance(one, bool) == isinstance(value, bool) and one == value for one in domain.listed
    ):
        return False
    return domain.check is None or domain.check.is_valid(value)


def _number_pieces(domain: Domain, cuts: Sequence[int | float]) -> Iterator[_Placed]:
    whole = "number" not in domain.types
    if whole and "integer" not in domain.types:
        return
    ends: list[int | float | None] = [None, *cuts, None]
    for k, (low, high) in enumerate(pairwise(ends)):
        if (piece := _between_numbers(domain, low, high, whole=whole)) is not None:
            yield _Placed(place=2 * k, piece=piece)
        if high is not None and _is_number_of(domain, high, whole=whole):
            yield _Placed(place=2 * k + 1, piece=Piece(example=_plain(high, whole=whole)))


def _is_number_of(domain: Domain, value: float, *, whole: bool) -> bool:
    if whole and (value != math.floor(value) or abs(value) > _MOST_WHOLE):
        return False
    if not whole and not _is_double(value):
        return False
    return _can_be(domain, _plain(value, whole=whole), "integer" if whole else "number")


def _is_double(value: float) -> bool:
    try:
        return float(value) == value
    except OverflowError:
        return False


def _plain(value: float, *, whole: bool) -> int | float:
    return int(value) if whole or value == math.floor(value) else value


def _between_numbers(domain: Domain, low: float | None, high: float | None, *, whole: bool) -> Piece | None:
    """What lies between two cuts, both left out; None where nothing can."""
    outside_low = low is not None and domain.high is not None and low >= domain.high
    outside_high = high is not None and domain.low is not None and high <= domain.low
    if domain.listed is not None or outside_low or outside_high:
        return None
    if whole:
        least = -_MOST_WHOLE if low is None else math.floor(low) + 1
        most = _MOST_WHOLE if high is None else math.ceil(high) - 1
        if least > most:
            return None
        wanted = [_in_the_middle(low, high), least, most]
        every = range(least, most + 1) if most - least <= _MOST_TRIED else ()
        candidates: list[int | float] = [*(int(one) for one in wanted if least <= one <= most), *every]
        if every and not any(_can_be(domain, one, "integer") for one in every):
            return None
    else:
        wanted = [_in_the_middle(low, high), *_beside(low, high)]
        candidates = [one for one in wanted if (low is None or low < one) and (high is None or one < high)]
        if not candidates:
            return None
    sure = next((one for one in candidates if _can_be(domain, one, "integer" if whole else "number")), None)
    if sure is not None:
        return Piece(example=_plain(sure, whole=whole))
    return Piece(example=_plain(candidates[0], whole=whole), certain=False)


def _in_the_middle(low: float | None, high: float | None) -> int | float:
    """A number that people would choose: 0, one more, one less, or the middle, as round as it fits."""
    if low is None and high is None:
        return 0
    if low is None and high is not None:
        return math.ceil(high) - 1
    if high is None and low is not None:
        return math.floor(low) + 1
    assert low is not None  # noqa: S101 - for the type checker: the three other cases are above
    assert high is not None  # noqa: S101
    middle = low / 2 + high / 2
    for digits in range(5):
        rounded = round(middle, digits)
        if low < rounded < high:
            return rounded
    return middle


def _beside(low: float | None, high: float | None) -> Iterator[float]:
    for end, towards in ((low, math.inf), (high, -math.inf)):
        if end is not None and _is_double(end):
            yield math.nextafter(float(end), towards)
            if math.isfinite(doubled := float(end) + math.copysign(abs(float(end)), towards)):
                yield doubled


def _text_pieces(domain: Domain, cuts: Sequence[str]) -> Iterator[_Placed]:
    if "string" not in domain.types:
        return
    ends: list[str | None] = [None, *cuts, None]
    for k, (low, high) in enumerate(pairwise(ends)):
        if (piece := _between_texts(domain, low, high)) is not None:
            yield _Placed(place=2 * k, piece=piece)
        if high is not None and _can_be(domain, high, "string"):
            yield _Placed(place=2 * k + 1, piece=Piece(example=high))


def _between_texts(domain: Domain, low: str | None, high: str | None) -> Piece | None:
    """What lies between two cuts, both left out; None where nothing can."""
    if domain.listed is not None or high == "" or (low is not None and high == f"{low}\x00"):
        return None
    day = _day_after(low)
    if domain.format == "date":
        fitting = [one for one in (day, "0001-01-01") if one is not None and (high is None or one < high)]
        fitting = [one for one in fitting if low is None or low < one]
        return Piece(example=fitting[0]) if fitting else None
    candidates = [one for one in _texts(low, high, day) if (low is None or low < one) and (high is None or one < high)]
    sure = next((one for one in candidates if _can_be(domain, one, "string")), None)
    if sure is not None:
        return Piece(example=sure)
    return Piece(example=candidates[0] if candidates else f"{low or ''}\x00", certain=False)


def _day_after(low: str | None) -> str | None:
    """The first day of the calendar that is written behind ``low``: days as texts stand in the order of time."""
    if low is None:
        return "2000-01-01"
    at = bisect_right(range(1, _LAST_DAY + 1), low, key=lambda ordinal: date.fromordinal(ordinal).isoformat())
    return date.fromordinal(at + 1).isoformat() if at < _LAST_DAY else None


def _texts(low: str | None, high: str | None, day: str | None) -> Iterator[str]:
    yield from _TEXTS
    if low is not None:
        yield from (f"{low}a", f"{low} ", f"{low}0", f"{low}\x00")
        if low:
            yield from (f"{low[:-1]}{chr(code)}" for code in range(ord(low[-1]) + 1, min(ord(low[-1]) + 4, 0xD800)))
    if high:
        yield high[:-1]
        yield from (f"{high[:-1]}{chr(code)}" for code in range(max(ord(high[-1]) - 2, 1), min(ord(high[-1]), 0xD800)))
    if day is not None:
        yield from (f"{day}T12:00:00Z", f"{day}T00:00:00Z", day)
        if low is not None and len(low) >= 10:
            yield from (f"{low[:10]}T12:00:00Z", f"{low[:10]}T23:59:59Z", f"{low[:10]}T00:00:00Z")
