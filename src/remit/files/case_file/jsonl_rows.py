"""Cases from JSONL: one JSON object a line, ``input`` and ``expected`` nested or as ``input.name`` keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NoReturn

from remit.cases.case import Case
from remit.cases.check import CaseCheck
from remit.definition.flaws import shortened
from remit.errors import Location, Problem
from remit.files.case_file.opening import not_utf8, open_file

__all__ = ["MAX_LINE", "Doubled", "jsonl_cases", "parse_line"]

MAX_LINE: Final = 10_000_000
"""How many bytes one line may hold."""


class Doubled(ValueError):
    """A key stands twice in one object."""


def jsonl_cases(path: Path, check: CaseCheck) -> Iterator[Case | tuple[Problem, ...]]:
    """The cases of a JSONL file, or the problems of a line."""
    decode = _decode_known if check.measured else _decode
    with open_file(path) as file:
        number = 0
        empty = True
        while raw := file.readline(MAX_LINE + 1):
            number += 1
            if number == 1:
                raw = raw.removeprefix(b"\xef\xbb\xbf")
            if len(raw) > MAX_LINE:
                yield (_problem(path, number, f"the line is longer than {MAX_LINE} bytes", found="a longer line"),)
                return
            if not raw.strip():
                continue
            empty = False
            try:
                values = decode(raw.decode("utf-8").strip())
            except UnicodeDecodeError as error:
                raise not_utf8(path) from error
            except (ValueError, RecursionError) as error:
                yield (_problem(path, number, _reason(error), found=shortened(raw.decode("utf-8", "replace"))),)
                continue
            if isinstance(values, dict):
                yield check.from_values(values, number)
            else:
                yield (_problem(path, number, "the line is no object", found=type(values).__name__),)
        if empty:
            yield (_problem(path, 1, "the file is empty", found="nothing"),)


def parse_line(raw: bytes) -> Any:
    """The JSON value of one line; NaN, infinities and doubled keys are refused.

    Raises:
        ValueError: it is none.
        RecursionError: it is nested too deep.
    """
    return _decode(raw.decode("utf-8").strip())


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


_decode = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant).decode
_decode_known = json.JSONDecoder().decode


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"the line is no JSON: {error.msg} at character {error.colno}"
    if isinstance(error, RecursionError):
        return "the line is no JSON that can be used: it is nested too deep"
    return f"the line is no JSON that can be used: {error}"


def _problem(path: Path, line: int, message: str, *, found: str) -> Problem:
    where = Location(file=str(path), line=line)
    return Problem(
        message=message,
        where=where,
        expected='a JSON object a line: {"case": ..., "input": {...}, "expected": {...}}',
        found=found,
    )
