"""Durations as people write them: ``30m``, ``4h``, ``60d``, or ISO 8601 (``PT30M``, ``P2W``)."""

from __future__ import annotations

import re
from datetime import timedelta

__all__ = ["DURATION_PATTERN", "LONGEST", "parse_duration"]

LONGEST = timedelta(days=36_525)
"""A hundred years: due times and ends stay dates that a calendar knows."""

_SHORT = re.compile(r"(?P<n>[1-9][0-9]{0,5})(?P<unit>[smhdw])\Z")
_ISO = re.compile(
    r"P(?=.)(?:(?P<w>[0-9]{1,4})W|(?:(?P<d>[0-9]{1,5})D)?(?:T(?=.)(?:(?P<h>[0-9]{1,5})H)?(?:(?P<m>[0-9]{1,6})M)?(?:(?P<s>[0-9]{1,7})S)?)?)\Z"
)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}

DURATION_PATTERN = r"^([1-9][0-9]{0,5}[smhdw]|P[0-9TWDHMS]+)$"


def parse_duration(text: str) -> timedelta | None:
    """The duration that ``text`` says, or None where it says none, nothing, or more than a hundred years."""
    found = timedelta(0)
    if short := _SHORT.match(text):
        found = timedelta(**{_UNITS[short["unit"]]: int(short["n"])})
    elif iso := _ISO.match(text):
        found = timedelta(**{_UNITS[key]: int(value) for key, value in iso.groupdict().items() if value})
    return found if timedelta(0) < found <= LONGEST else None
