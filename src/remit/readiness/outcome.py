"""What the function of one rule answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from remit.definition.levels import Level
from remit.definition.positions import Path

__all__ = ["PASS", "Failed", "Fault", "NotApplicable", "Outcome", "Passed", "Unknown", "verdict"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong, before it is put into the words of the rule's card.

    ``values`` fill the slots of the message; ``variant`` names another message of the card; ``mend`` stands in the
    place of the card's.  ``line`` and ``column`` (from 1) are inside the text at ``path``, for expressions.
    """

    path: Path = ()
    values: Mapping[str, object] = field(default_factory=dict)
    variant: str | None = None
    expected: str | None = None
    found: str | None = None
    mend: str | None = None
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """The rule holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The rule is broken. ``since`` is the level from which this counts, where it is not the card's."""

    faults: tuple[Fault, ...]
    since: Level | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Nobody can tell. ``faults`` say what is known so far; without any, ``why`` and ``mend`` are the finding."""

    why: str = ""
    mend: str = ""
    path: Path = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotApplicable:
    """The rule asks nothing of this definition."""

    why: str


Outcome = Passed | Failed | Unknown | NotApplicable

PASS = Passed()


def verdict(faults: Iterable[Fault]) -> Passed | Failed:
    """Failed with these faults, or passed where there are none."""
    found = tuple(faults)
    return Failed(faults=found) if found else PASS
