"""Where each value of a file stands, so that a finding can point at it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from remit.errors import Location

__all__ = ["Path", "SourceMap", "dotted", "undotted"]

Path = tuple[str | int, ...]
"""The way to a value from the root of a document: keys and indices."""


def dotted(path: Path) -> str:
    """``("quality", "targets", 0, "of")`` as people write it: ``quality.targets[0].of``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


_PART = re.compile(r"\[(\d{1,9})\]|([^.\[\]]+)")


def undotted(text: str) -> Path:
    """The way that :func:`dotted` wrote down; a key with a dot or a bracket in it comes out as several."""
    return tuple(int(index) if index else key for index, key in _PART.findall(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMap:
    """The positions of all values of one file.

    ``positions`` maps a path to the line and column (from 1) where its value begins, ``keys`` to where its key
    begins, and ``text_starts`` to where the characters of its text begin, where they stand one to one in the file.
    ``elsewhere`` maps what was pulled in from another file to its place there.
    """

    file: str
    lines: tuple[str, ...] = field(repr=False)
    positions: Mapping[Path, tuple[int, int]] = field(repr=False)
    keys: Mapping[Path, tuple[int, int]] = field(repr=False, default_factory=dict)
    text_starts: Mapping[Path, tuple[int, int]] = field(repr=False, default_factory=dict)
    elsewhere: Mapping[Path, Location] = field(repr=False, default_factory=dict)

    def locate(self, path: Path, *, at_key: bool = False) -> Location:
        """Where ``path`` stands; for a value that is absent, where its nearest ancestor stands."""
        known = path
        while known not in self.positions and known:
            if known in self.elsewhere:
                return replace(self.elsewhere[known], path=dotted(path))
            known = known[:-1]
        line, column = self.positions.get(known, (1, 1))
        if known in self.keys and (at_key or known != path):
            line, column = self.keys[known]
        return self._at(line, column, path)

    def locate_inside(self, path: Path, line: int, column: int) -> Location:
        """Where a place inside the text of ``path`` stands (an expression's own line and column, from 1).

        ``text_starts`` holds, for text whose columns map one to one onto the file (plain and simply quoted scalars
        on one line), where that text begins; for other text the place of the value is the best that can be said.
        """
        start = self.text_starts.get(path)
        if start is None or line != 1:
            return self.locate(path)
        return self._at(start[0], start[1] + column - 1, path)

    def _at(self, line: int, column: int, path: Path) -> Location:
        excerpt = self.lines[line - 1] if 0 < line <= len(self.lines) else None
        return Location(file=self.file, line=line, column=column, path=dotted(path) or None, excerpt=excerpt)
