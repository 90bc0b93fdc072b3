"""The exact text that is stored and hashed: one spelling for every JSON value and every instant.

Only ASCII is written, so that every string a user can send (lone surrogates and NUL included) fits in every database
and hashes the same everywhere.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from remit.errors import ArgumentInvalid

__all__ = ["instant_text", "json_text", "read_instant"]

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode


def json_text(value: object) -> str:
    """The one spelling of a JSON value: keys sorted, no white space, ASCII.

    Raises:
        ArgumentInvalid: where ``value`` is no JSON value (NaN, infinity, a key that is no text, another type).
    """
    try:
        return _encode(value)
    except (TypeError, ValueError, RecursionError) as error:
        expected = "null, bool, number, text, list or object"
        raise ArgumentInvalid(f"not a JSON value: {error}", expected=expected) from error


def instant_text(at: datetime) -> str:
    """An aware instant in UTC with microseconds, always 27 characters, so that texts sort like times.

    Raises:
        ArgumentInvalid: where ``at`` has no time zone.
    """
    if at.tzinfo is None:
        raise ArgumentInvalid("an instant without a time zone", expected="an aware datetime", found=at.isoformat())
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    return f"{at.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def read_instant(text: str) -> datetime:
    """The instant that :func:`instant_text` wrote.

    Raises:
        ValueError: where ``text`` is none.
    """
    return datetime.fromisoformat(text).astimezone(UTC)
