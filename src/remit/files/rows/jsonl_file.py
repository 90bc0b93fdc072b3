"""Rows of JSONL: one JSON object a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

from remit.definition.flaws import json_fault, json_found, shortened
from remit.errors import Problem
from remit.files.rows.kind import RowKind, Rows, at_line
from remit.files.rows.opening import not_utf8, open_file

__all__ = ["MAX_LINE", "Doubled", "jsonl_rows", "parse_line"]

T = TypeVar("T")

MAX_LINE: Final = 10_000_000
"""How many bytes one line may hold."""


class Doubled(ValueError):
    """A key stands twice in one object."""


def jsonl_rows(
    path: Path, kind: RowKind, rows: Rows[T], *, measured: bool = False
) -> Iterator[T | tuple[Problem, ...]]:
    """What the lines of a JSONL file say, or the problems of a line.

    Args:
        path: the file.
        kind: its words.
        rows: what makes something of a line.
        measured: these bytes were read before without a problem: keys are not looked at for twins again.
    """
    decode = _decode_known if measured else _decode
    expected = f"a JSON object a line: {kind.example}"
    with open_file(path, missing=kind.missing) as file:
        number = 0
        empty = True
        while raw := file.readline(MAX_LINE + 1):
            number += 1
            if number == 1:
                raw = raw.removeprefix(b"\xef\xbb\xbf")
            if len(raw) > MAX_LINE:
                message = f"the line is longer than {MAX_LINE} bytes"
                yield (at_line(path, number, message, expected=expected, found="a longer line"),)
                return
            if not raw.strip():
                continue
            empty = False
            try:
                values = decode(raw.decode("utf-8").strip())
            except UnicodeDecodeError as error:
                raise not_utf8(path) from error
            except (ValueError, RecursionError) as error:
                found = shortened(raw.decode("utf-8", "replace"))
                yield (at_line(path, number, _reason(error), expected=expected, found=found),)
                continue
            if isinstance(values, dict):
                yield rows.values(values, number)
            else:
                yield (at_line(path, number, "the line is no object", expected=expected, found=json_found(values)),)
        if empty:
            yield (at_line(path, 1, "the file is empty", expected=expected, found="nothing"),)


def parse_line(raw: bytes) -> Any:
    """The JSON value of one line; NaN, infinities, doubled keys and half characters are refused.

    Raises:
        ValueError: it is none.
        RecursionError: it is nested too deep.
    """
    return _decode(raw.decode("utf-8").strip())


def _decode(text: str) -> Any:
    value = _decode_pairs(text)
    if _HALF.search(text):
        # Two halves that follow each other were one character, and are one by now.
        half = re.search("[\ud800-\udfff]", json.dumps(value, ensure_ascii=False))
        if half is not None:
            message = f"U+{ord(half.group()):X} is half a character"
            raise ValueError(message)
    return value


def _no_constant(name: str) -> NoReturn:
    message = f"{name} is no JSON number"
    raise ValueError(message)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        message = f"`{shortened(twice)}` is there twice"
        raise Doubled(message)
    return made


_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")
_decode_pairs = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant).decode
_decode_known = json.JSONDecoder().decode


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"the line is no JSON: {error.msg} at character {error.colno}"
    if isinstance(error, RecursionError):
        return "the line is no JSON that can be used: it is nested too deep"
    return f"the line is no JSON that can be used: {json_fault(error)}"
