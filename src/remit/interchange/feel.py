"""The part of FEEL that cells can say: unary tests over literals, in and out.

Source: OMG DMN 1.5, section 10.3.1.2 (grammar), rules 7 (unary tests) and 33 to 37 (literals), 66 (strings).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, assert_never

from remit.definition.tables.cells import AnyOf, Anything, CellValue, Interval, Negated, OneOf, UnaryTest

__all__ = ["FeelFault", "FeelType", "feel_literal", "feel_test", "read_literal", "read_test"]


class FeelFault(ValueError):
    """A text is no FEEL that a cell can say, or a cell nothing that FEEL can; the text says why."""


class FeelType(StrEnum):
    """The types of columns. Days and times are texts in cells, and FEEL has literals of their own for them."""

    TEXT = "string"
    NUMBER = "number"
    YES_NO = "boolean"
    DATE = "date"
    DATE_TIME = "dateTime"


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<number>-?\s*(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![\w]))
    | (?P<day>(?:date\s+and\s+time|date)\s*\(\s*"(?:[^"\\]|\\.)*"\s*\))
    | (?P<word>[A-Za-z_][\w]*)
    | (?P<sign>\.\.|<=|>=|[<>()\[\],=?@+*/{}-]|.)
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{6}|.)", re.DOTALL)
_ESCAPED: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}
_SIGNS: Final = ("<", "<=", ">", ">=")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    kind: str
    text: str


def read_test(text: str) -> UnaryTest:
    """The unary test that FEEL says; an empty text is ``-``.

    Raises:
        FeelFault: it says something that no cell can: another name, a function, arithmetic.
    """
    reading = _Reading(text)
    if not reading.tokens or [token.text for token in reading.tokens] == ["-"]:
        return Anything()
    return reading.whole_test()


def read_literal(text: str) -> CellValue:
    """The value of a FEEL literal. Raises as :func:`read_test`."""
    return _Reading(text).whole_literal()


class _Reading:
    """One FEEL text, token by token."""

    def __init__(self, text: str) -> None:
        self._text = text.strip()
        self.tokens = [
            _Token(kind=str(found.lastgroup), text=str(found[str(found.lastgroup)]))
            for found in _TOKEN.finditer(self._text)
        ]
        self._at = 0

    def whole_test(self) -> UnaryTest:
        negated = [token.text for token in self.tokens[:2]] == ["not", "("]
        if negated:
            if self.tokens[-1].text != ")":
                raise self._fault()
            self._at = 2
            self.tokens = self.tokens[:-1]
        tests = self._tests()
        if negated:
            return Negated(tests=tests)
        return tests[0] if len(tests) == 1 else AnyOf(tests=tests)

    def whole_literal(self) -> CellValue:
        if not self.tokens or self._text == "-":
            raise FeelFault("there is no answer")
        value = self._literal()
        if self._at != len(self.tokens):
            raise self._fault()
        return value

    def _tests(self) -> tuple[OneOf | Interval, ...]:
        values: list[CellValue] = []
        ranges: list[Interval] = []
        while True:
            one = self._one()
            if isinstance(one, Interval):
                ranges.append(one)
            else:
                values.append(one)
            if self._at == len(self.tokens):
                break
            if not self._take(","):
                raise self._fault()
        listed = (OneOf(values=tuple(values)),) if values else ()
        return (*listed, *ranges)

    def _one(self) -> CellValue | Interval:
        for sign in _SIGNS:
            if self._take(sign):
                bound = self._bound()
                strict = "=" not in sign
                if sign.startswith("<"):
                    return Interval(high=bound, high_in=not strict)
                return Interval(low=bound, low_in=not strict)
        for opening in ("[", "(", "]"):
            if self._take(opening):
                return self._range(low_in=opening == "[")
        return self._literal()

    def _range(self, *, low_in: bool) -> Interval:
        low = self._bound()
        if not self._take(".."):
            raise self._fault()
        high = self._bound()
        closing = next((sign for sign in ("]", ")", "[") if self._take(sign)), None)
        if closing is None:
            raise self._fault()
        if isinstance(low, str) != isinstance(high, str) or low > high:  # type: ignore[operator]
            raise FeelFault(f"`{self._text}` is empty: its first end is above its second")
        return Interval(low=low, high=high, low_in=low_in, high_in=closing == "]")

    def _bound(self) -> int | float | str:
        value = self._literal()
        if isinstance(value, bool):
            raise self._fault()
        return value

    def _literal(self) -> CellValue:
        if self._at >= len(self.tokens):
            raise self._fault()
        token = self.tokens[self._at]
        self._at += 1
        match token.kind:
            case "string":
                return _unescaped(token.text[1:-1])
            case "number":
                return _number("".join(token.text.split()))
            case "day":
                return _day(token.text)
            case "word" if token.text in ("true", "false"):
                return token.text == "true"
        raise self._fault()

    def _take(self, text: str) -> bool:
        if self._at < len(self.tokens) and self.tokens[self._at].text == text:
            self._at += 1
            return True
        return False

    def _fault(self) -> FeelFault:
        return FeelFault(f"`{self._text[:200]}` is FEEL that a cell can't say")


def _number(text: str) -> int | float:
    if any(sign in text for sign in ".eE"):
        number = float(text)
        if abs(number) == float("inf"):
            raise FeelFault(f"`{text[:40]}` is beyond every number")
        return number
    if len(text) > 300:
        raise FeelFault(f"`{text[:40]}...` is beyond every number")
    return int(text)


def _unescaped(text: str) -> str:
    def one(found: re.Match[str]) -> str:
        said = found[1]
        if len(said) > 1:
            code = int(said[1:], 16)
            if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
                raise FeelFault(f"`\\{said}` is no character")
            return chr(code)
        if said not in _ESCAPED:
            raise FeelFault(f"`\\{said}` stands for nothing")
        return _ESCAPED[said]

    return _ESCAPE.sub(one, text)


def _day(text: str) -> str:
    said = _unescaped(text[text.index('"') + 1 : text.rindex('"')])
    type_ = FeelType.DATE if re.match(r"date\s*\(", text) else FeelType.DATE_TIME
    _check_day(said, type_)
    return said


def _check_day(text: str, type_: FeelType) -> None:
    try:
        if type_ is FeelType.DATE:
            fits = date.fromisoformat(text).isoformat() == text
        else:
            datetime.fromisoformat(text)
            fits = "T" in text
    except ValueError:
        fits = False
    if not fits:
        what = "day" if type_ is FeelType.DATE else "time"
        raise FeelFault(f"`{text[:60]}` is no {what} of the calendar")


def feel_test(test: UnaryTest, type_: FeelType) -> str:
    """The unary test in FEEL, for a column of that type.

    Raises:
        FeelFault: a day or time that is none, or a character that XML can't hold.
    """
    match test:
        case Anything():
            return "-"
        case OneOf():
            return ",".join(feel_literal(value, type_) for value in test.values)
        case Interval():
            return _feel_range(test, type_)
        case AnyOf():
            return ",".join(feel_test(one, type_) for one in test.tests)
        case Negated():
            return f"not({','.join(feel_test(one, type_) for one in test.tests)})"
        case _:
            assert_never(test)


def _feel_range(test: Interval, type_: FeelType) -> str:
    low = None if test.low is None else feel_literal(test.low, type_)
    high = None if test.high is None else feel_literal(test.high, type_)
    if low is None:
        return f"<{'=' if test.high_in else ''} {high}"
    if high is None:
        return f">{'=' if test.low_in else ''} {low}"
    return f"{'[' if test.low_in else '('}{low}..{high}{']' if test.high_in else ')'}"


def feel_literal(value: CellValue, type_: FeelType) -> str:
    """The value as a FEEL literal. Raises as :func:`feel_test`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return format(Decimal(repr(value)), "f")
    if _NOT_IN_XML.search(value):
        raise FeelFault(f"`{value[:60]!r}` has a character that XML can't hold")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    quoted = '"' + escaped.replace("\t", "\\t") + '"'
    match type_:
        case FeelType.DATE:
            _check_day(value, type_)
            return f"date({quoted})"
        case FeelType.DATE_TIME:
            _check_day(value, type_)
            return f"date and time({quoted})"
        case FeelType.TEXT | FeelType.NUMBER | FeelType.YES_NO:
            return quoted
        case _:
            assert_never(type_)
