"""Autonomy levels: the one ordered scale that everything else refers to."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["LEVELS", "Level", "level_above", "level_below"]


class Level(StrEnum):
    """How far a candidate may go with one work definition, from ``manual`` up to ``autonomous``."""

    MANUAL = "manual"
    SHADOW = "shadow"
    SUGGEST = "suggest"
    SUPERVISED = "supervised"
    AUTONOMOUS = "autonomous"

    @property
    def rank(self) -> int:
        """0 for ``manual`` up to 4 for ``autonomous``."""
        return _RANKS[self]

    def at_least(self, other: Level) -> bool:
        """Whether this level is the same as ``other`` or higher."""
        return self.rank >= other.rank


LEVELS: tuple[Level, ...] = tuple(Level)
_RANKS = {level: rank for rank, level in enumerate(LEVELS)}


def level_above(level: Level) -> Level:
    """The next level up; ``autonomous`` stays ``autonomous``."""
    return LEVELS[min(level.rank + 1, len(LEVELS) - 1)]


def level_below(level: Level) -> Level:
    """The next level down; ``manual`` stays ``manual``."""
    return LEVELS[max(level.rank - 1, 0)]
