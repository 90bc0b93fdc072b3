"""Durations as people write them: ``30m``, ``4h``, ``60d``, or ISO 8601 (``PT30M``, ``P2W``)."""

from __future__ import annotations

import re
from datetime import timedelta

__all__ = ["DURATION_PATTERN", "parse_duration"]

_SHORT = re.compile(r"(?P<n>[1-9][0-9]{0,5})(?P<unit>[smhdw])\Z")
_ISO = re.compile(
    r"P(?=.)(?:(?P<w>[0-9]{1,4})W|(?:(?P<d>[0-9]{1,5})D)?(?:T(?=.)(?:(?P<h>[0-9]{1,5})H)?(?:(?P<m>[0-9]{1,6})M)?(?:(?P<s>[0-9]{1,7})S)?)?)\Z"
)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}

DURATION_PATTERN = r"^([1-9][0-9]{0,5}[smhdw]|P[0-9TWDHMS]+)$"


def parse_duration(text: str) -> timedelta | None:
    """The duration that ``text`` says, or None where it says none. Zero is not a duration."""
    if short := _SHORT.match(text):
        return timedelta(**{_UNITS[short["unit"]]: int(short["n"])})
    if iso := _ISO.match(text):
        parts = {_UNITS[key]: int(value) for key, value in iso.groupdict().items() if value}
        found = timedelta(**parts)
        return found if found > timedelta(0) else None
    return None
