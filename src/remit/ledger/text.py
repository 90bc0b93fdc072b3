"""The exact text that is stored and hashed: one spelling for every JSON value and every instant.

Only ASCII is written, so that every string a user can send (lone surrogates and NUL included) fits in every database
and hashes the same everywhere.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from json.encoder import c_make_encoder, encode_basestring_ascii  # type: ignore[attr-defined]

from remit.errors import ArgumentInvalid

__all__ = ["instant_text", "json_text", "read_instant"]

# What json.JSONEncoder.encode makes anew on every call, made once: half the cost of the short values written here.
_pieces = c_make_encoder(
    markers=None,
    default=None,
    encoder=encode_basestring_ascii,
    indent=None,
    key_separator=":",
    item_separator=",",
    sort_keys=True,
    skipkeys=False,
    allow_nan=False,
)


def json_text(value: object) -> str:
    """The one spelling of a JSON value: keys sorted, no white space, ASCII.

    Raises:
        ArgumentInvalid: where ``value`` is no JSON value (NaN, infinity, bytes, a set, a circle).
    """
    try:
        return "".join(_pieces(value, 0))
    except (TypeError, ValueError, RecursionError) as error:
        expected = "null, bool, number, text, list or object"
        raise ArgumentInvalid(f"not a JSON value: {error}", expected=expected) from error


def instant_text(at: datetime) -> str:
    """An aware instant in UTC with microseconds, always 27 characters, so that texts sort like times.

    Raises:
        ArgumentInvalid: where ``at`` has no time zone.
    """
    if at.tzinfo is UTC:
        return _utc_text(at)
    if at.tzinfo is None:
        raise ArgumentInvalid("an instant without a time zone", expected="an aware datetime", found=at.isoformat())
    return _utc_text(at.astimezone(UTC))


@lru_cache(maxsize=64)  # one decision writes the same instant five times
def _utc_text(at: datetime) -> str:
    return at.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def read_instant(text: str) -> datetime:
    """The instant that :func:`instant_text` wrote.

    Raises:
        ValueError: where ``text`` is none.
    """
    return datetime.fromisoformat(text).astimezone(UTC)
