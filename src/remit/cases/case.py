"""A case: an item with its known right answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from remit.items.item import JsonObject

__all__ = ["Case", "CaseUse"]


class CaseUse(StrEnum):
    """What a case may be used for: never for both."""

    TUNE = "tune"
    PROVE = "prove"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case. ``slices`` hold columns that measure and are never given to an executor; ``row`` is its line.

    ``second`` is what a second person answered, by itself; empty where nobody was asked. It measures people, and is
    never what is right.
    """

    id: str
    input: JsonObject
    expected: JsonObject
    tags: tuple[str, ...] = ()
    labelled_by: tuple[str, ...] = ()
    slices: Mapping[str, str] = field(default_factory=dict)
    second: JsonObject = field(default_factory=dict)
    use: CaseUse | None = None
    row: int | None = None
