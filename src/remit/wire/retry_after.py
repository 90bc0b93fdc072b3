"""When a service asks to be tried again."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

__all__ = ["seconds_asked"]

_MOST_DIGITS = 9


def seconds_asked(retry_after: str | None, *, now: datetime) -> float | None:
    """How many seconds the header ``Retry-After`` asks for, as a number or as a date; None where it says nothing."""
    text = "" if retry_after is None else retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text[:_MOST_DIGITS])
    try:
        at = parsedate_to_datetime(text)
        at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
        return max(0.0, (at - now).total_seconds())
    except (ValueError, OverflowError):
        return None
