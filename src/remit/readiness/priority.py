"""The action priority of a failure mode: severity, occurrence and detection to High, Medium or Low.

The table follows the scheme of AIAG-VDA (2019).  Public copies disagree with one another, so it is data and meant to
be replaceable.  Ratings are opinions: measured rates replace them as soon as there are records.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = ["BANDS", "PRIORITY_TABLE", "Priority", "priority"]


class Priority(StrEnum):
    """How urgently a failure mode asks for an action."""

    HIGH = "High"
    MEDIUM = "Medium"
    LOW = "Low"


BANDS = {
    "severity": ((9, 10), (7, 8), (4, 6), (2, 3), (1, 1)),
    "occurrence": ((8, 10), (6, 7), (4, 5), (2, 3), (1, 1)),
    "detection": ((7, 10), (5, 6), (2, 4), (1, 1)),
}
"""The bands of the three ratings, each from worst to mildest, both ends inclusive."""

PRIORITY_TABLE = (
    ("HHHH", "HHHH", "HHHM", "HMLL", "LLLL"),
    ("HHHH", "HHHM", "HMMM", "MMLL", "LLLL"),
    ("HHMM", "MMML", "MLLL", "LLLL", "LLLL"),
    ("MMLL", "LLLL", "LLLL", "LLLL", "LLLL"),
    ("LLLL", "LLLL", "LLLL", "LLLL", "LLLL"),
)
"""One row for each band of severity, one group for each band of occurrence, one letter for each band of detection."""

_LETTERS = {"H": Priority.HIGH, "M": Priority.MEDIUM, "L": Priority.LOW}


def priority(*, severity: int, occurrence: int, detection: int) -> Priority:
    """The action priority of ratings in 1-10.

    Source: AIAG-VDA FMEA Handbook (2019), table AP.
    """
    row = PRIORITY_TABLE[_band("severity", severity)]
    return _LETTERS[row[_band("occurrence", occurrence)][_band("detection", detection)]]


def _band(rating: str, value: int) -> int:
    return next(i for i, (low, high) in enumerate(BANDS[rating]) if low <= value <= high)
