"""JSON that a model wrote: read strictly, with the place of every value."""

from __future__ import annotations

import json
from typing import Any, Final, NoReturn

__all__ = ["NotAnObject", "read_object", "value_spans"]

_MAX_CHARACTERS: Final = 1_000_000
_SPACE: Final = " \n\r\t"


class NotAnObject(ValueError):
    """A text that is not exactly one JSON object; the message says why, and repeats nothing of it but names."""


def read_object(text: str) -> dict[str, Any]:
    """The one JSON object that ``text`` is.

    Raises:
        NotAnObject: it is no JSON, something else, more than one, says a field twice, or holds NaN or Infinity.
    """
    if len(text) > _MAX_CHARACTERS:
        raise NotAnObject(f"it is longer than {_MAX_CHARACTERS:,} characters")
    stripped = text.strip(_SPACE)
    if not stripped:
        raise NotAnObject("it is empty")
    try:
        found, end = _DECODER.raw_decode(stripped)
    except NotAnObject:
        raise
    except (ValueError, RecursionError) as error:
        raise NotAnObject("it is no JSON") from error
    if stripped[end:].strip(_SPACE):
        again = stripped[end:].lstrip(_SPACE).startswith(stripped[:end])
        raise NotAnObject("it says the same again" if again else "more text follows the JSON")
    if not isinstance(found, dict):
        raise NotAnObject("it is JSON, but no object")
    return found


def value_spans(text: str) -> dict[str, tuple[int, int]]:
    """Where the values of an object stand: from and to, in characters. ``text`` was read by :func:`read_object`."""
    spans: dict[str, tuple[int, int]] = {}
    at = _after_space(text, text.index("{") + 1)
    while text[at] != "}":
        name, end = _DECODER.raw_decode(text, at)
        start = _after_space(text, _after_space(text, end) + 1)
        _, end = _DECODER.raw_decode(text, start)
        spans[name] = (start, end)
        at = _after_space(text, end)
        if text[at] == ",":
            at = _after_space(text, at + 1)
    return spans


def _after_space(text: str, at: int) -> int:
    while text[at] in _SPACE:
        at += 1
    return at


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for i, (name, _) in enumerate(pairs) if name in (other for other, _ in pairs[:i]))
        raise NotAnObject(f"it says `{twice[:64]}` twice")
    return found


def _no_number(name: str) -> NoReturn:
    raise NotAnObject(f"it holds {name}, which is no JSON")


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)
