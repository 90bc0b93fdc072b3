"""The text of a cell, as spreadsheets write it, into the value that the schema of its field asks for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from enum import Enum
from math import isfinite
from typing import Any, Final, NoReturn

from remit.definition.flaws import listing, shortened, suggestion
from remit.items import Json

__all__ = ["ABSENT", "Absent", "CellFault", "Reader", "answer_text", "reader_of", "value_of_cell"]


class Absent(Enum):
    """The one value of nothing: an empty cell."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT

Reader = Callable[[str], Json]

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?\Z")
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}(?:\.0*)?\Z")
_YES_NO: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_COMBINED: Final = ("anyOf", "oneOf", "allOf")
_NOTHING: Final = frozenset({"na", "n/a", "nan", "null", "none", "-", "?", "unknown"})


class CellFault(ValueError):
    """A cell that does not say what its field asks for."""

    def __init__(self, message: str, *, expected: str, found: str, mend: str | None = None) -> None:
        super().__init__(message)
        self.expected = expected
        self.found = shortened(found)
        self.mend = mend


def value_of_cell(text: str, schema: Mapping[str, Json], column: str) -> Json:
    """The value of one cell, or ABSENT where it is empty.

    Raises:
        CellFault: the text is no value of that schema; the message names the column.
    """
    try:
        return reader_of(schema)(text)
    except CellFault as fault:
        message = f"`{column}` {fault}"
        raise CellFault(message, expected=fault.expected, found=fault.found, mend=fault.mend) from None


def reader_of(schema: Mapping[str, Json]) -> Reader:
    """The reader of one column: text in, value or ABSENT out.

    It decides by the type: yes and no are ``true/false``, ``yes/no`` or ``1/0``; lists and objects are JSON; allowed
    answers are looked up, numbers by their value.  Bounds and formats are the schema check's.  An empty cell is
    absent; spaces around a value that is no text do not count.

    Raises, when called:
        CellFault: with a message that begins where the name of the column ends.
    """
    options = _options(schema)
    if options is not None:
        return _one_of(options)
    types = _types(schema)
    if types == {"string"}:
        return _text
    readers = [read for name, read in _READERS if name in types]
    if not types or "string" in types:
        return _first_or_text(readers)
    return readers[0] if len(readers) == 1 else _first_of(readers)


def _options(schema: Mapping[str, Json]) -> tuple[Json, ...] | None:
    found = [schema["const"]] if "const" in schema else schema.get("enum")
    if not isinstance(found, list):
        return None
    as_float = schema.get("type") == "number"
    return tuple(float(one) if as_float and type(one) is int else one for one in found)


def _types(schema: Mapping[str, Json]) -> set[str]:
    found = schema.get("type", ())
    types = {found} if isinstance(found, str) else set(found)
    for keyword in _COMBINED:
        parts = schema.get(keyword)
        for part in parts if isinstance(parts, list) else ():
            types |= _types(part) if isinstance(part, Mapping) else set()
    return types - {"null"}


def _text(text: str) -> Json:
    return text or ABSENT


def _number(text: str) -> Json:
    text = text.strip()
    if not text:
        return ABSENT
    if not _NUMBER.match(text):
        raise CellFault("is no number", expected="a number such as 12.5", found=text, mend=_number_mend(text))
    number = float(text)
    if not isfinite(number):
        raise CellFault("is too large a number", expected="a number below 1e308", found=text)
    return number


def _whole(text: str) -> Json:
    text = text.strip()
    if not text:
        return ABSENT
    if not _WHOLE.match(text):
        raise CellFault("is no whole number", expected="a whole number such as 12", found=text, mend=_number_mend(text))
    return int(text.partition(".")[0])


def _number_mend(text: str) -> str:
    if text.casefold() in _NOTHING:
        return "leave the cell empty where there is no value"
    if re.fullmatch(r"[+-]?[0-9]+,[0-9]+", text):
        return f"write a point: {text.replace(',', '.')}"
    if text.endswith("%"):
        return "write a share, 0.05 for 5 %"
    return "write digits only, without separators or units"


def _yes_no(text: str) -> Json:
    text = text.strip()
    if not text:
        return ABSENT
    found = _YES_NO.get(text.casefold())
    if found is None:
        raise CellFault("is no yes or no", expected="true or false, yes or no, 1 or 0", found=text)
    return found


def _json(text: str) -> Json:
    text = text.strip()
    if not text:
        return ABSENT
    try:
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise CellFault(
            "is no JSON", expected='JSON, for example ["a", "b"]', found=text, mend="write the list or object as JSON"
        ) from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


_READERS: Final[tuple[tuple[str, Reader], ...]] = (
    ("integer", _whole),
    ("number", _number),
    ("boolean", _yes_no),
    ("array", _json),
    ("object", _json),
)


def _first_of(readers: list[Reader]) -> Reader:
    def read(text: str) -> Json:
        for reader in readers[:-1]:
            try:
                return reader(text)
            except CellFault:
                continue
        return readers[-1](text)

    return read


def _first_or_text(readers: list[Reader]) -> Reader:
    def read(text: str) -> Json:
        for reader in readers:
            try:
                return reader(text)
            except CellFault:
                continue
        return text or ABSENT

    return read


def _one_of(options: tuple[Json, ...]) -> Reader:
    texts: dict[str, Json] = {}
    for option in reversed(options):
        texts |= dict.fromkeys(_spellings(option), option)
    texts |= {option: option for option in options if isinstance(option, str)}

    def read(text: str) -> Json:
        if text in texts:
            return texts[text]
        stripped = text.strip()
        if not stripped:
            return ABSENT
        found = texts.get(stripped, texts.get(_normal_number(stripped), ABSENT))
        if found is ABSENT:
            shown = [option if isinstance(option, str) else json.dumps(option) for option in options]
            raise CellFault(
                "is none of the allowed answers", expected=listing(shown), found=text, mend=suggestion(stripped, shown)
            )
        return found

    return read


def _spellings(option: Json) -> list[str]:
    if isinstance(option, bool):
        return [text for text, value in _YES_NO.items() if value is option]
    if isinstance(option, int | float):
        return [_normal_number(repr(option)), json.dumps(option)]
    return [option] if isinstance(option, str) else [json.dumps(option)]


def _normal_number(text: str) -> str:
    """One spelling for each number: 5, 5.0 and 05 are the same. Other text stays."""
    if not _NUMBER.match(text):
        return text
    value: Any = float(text)
    return str(int(value)) if value.is_integer() else repr(value)


def answer_text(value: Json) -> str:
    """An answer as text, as tables show it: text as it is, whole numbers without a point, the rest as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, ensure_ascii=False)
