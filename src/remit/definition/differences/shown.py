"""Values as a sentence shows them."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, Final

from remit.definition.flaws import shortened

__all__ = ["listed", "quoted", "shown", "without"]

_MOST_LISTED: Final = 8
_WORD: Final = re.compile(r"[\w][\w.@/-]*\Z")


def shown(value: Any) -> str:
    """A value for people: a word as it is, text in quotes, yes and no, numbers as they are."""
    if value is None:
        return "nothing"
    if value is True or value is False:
        return "yes" if value else "no"
    if isinstance(value, str):
        return str(value) if _WORD.match(value) else quoted(str(value))
    if isinstance(value, int | float):
        return (
            f"{value:g}"
            if isinstance(value, float) and abs(value) < 1e15 and float(f"{value:g}") == value
            else str(value)
        )
    if isinstance(value, list | tuple):
        return listed(value) if value else "nothing"
    if isinstance(value, Mapping):
        return shortened(json.dumps(value, ensure_ascii=False, default=str))
    return str(value)


def quoted(text: str) -> str:
    """Text in quotes, shortened."""
    return f'"{shortened(text)}"'


def without(values: Sequence[Any], others: Sequence[Any]) -> list[Any]:
    """The values that are not among the others."""
    try:
        known: Container[Any] = set(others)
        return [value for value in values if value not in known]
    except TypeError:  # lists and mappings have no hash
        return [value for value in values if value not in others]


def listed(values: Iterable[Any]) -> str:
    """Several values, the first few of them."""
    every = list(values)
    more = f" and {len(every) - _MOST_LISTED} more" if len(every) > _MOST_LISTED else ""
    return ", ".join(shown(value) for value in every[:_MOST_LISTED]) + more
