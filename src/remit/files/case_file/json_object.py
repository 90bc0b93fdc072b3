"""One JSON object from outside: of a bounded depth, no key twice, no number beyond what can be reckoned with."""

from __future__ import annotations

from typing import Any

from remit.definition.flaws import json_fault, json_found, shortened
from remit.errors import ItemInvalid, Location
from remit.files.rows.jsonl_file import parse_line

__all__ = ["object_in"]

MOST_LEVELS = 100

_INFINITIES = (float("inf"), float("-inf"))  # what Python reads where a number is too large


def object_in(data: bytes, *, name: str, where: Location, expected: str) -> dict[str, Any]:
    """The one JSON object that ``data`` holds.

    Args:
        data: UTF-8.
        name: what it is called, for the error.
        where: where it stands, for the error.
        expected: an example, for the error.

    Raises:
        ItemInvalid: it is none, names a key twice, or is nested too deep.
    """
    try:
        return _shallow_object(parse_line(data))
    except (TypeError, ValueError, RecursionError) as fault:
        raise ItemInvalid(
            f"{name} is not one JSON object",
            where=where,
            expected=expected,
            found=json_fault(fault)[:200],
            mend="write the fields of the work definition as one JSON object",
        ) from None


def _shallow_object(found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise TypeError(json_found(found))
    for name, value in found.items():
        if value in _INFINITIES:
            raise ValueError(f"`{shortened(name)}` is a number beyond 1.8e308, more than can be reckoned with")
    level: list[Any] = [found]
    for _ in range(MOST_LEVELS):
        level = [
            below
            for one in level
            for below in (one.values() if isinstance(one, dict) else one)
            if isinstance(below, dict | list)
        ]
        if not level:
            return found
    raise ValueError(f"more than {MOST_LEVELS} levels inside each other")
