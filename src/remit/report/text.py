"""Text on a grid of cells: how wide it is, how it wraps, where a caret stands, and what a stranger's text may do.

Text that comes from data can hold escape sequences that move the cursor, characters that turn the reading direction,
or halves of characters that no encoder takes. :func:`visible` shows them instead of obeying them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

__all__ = [
    "Excerpt",
    "clipped",
    "excerpt",
    "kept_together",
    "padded",
    "sentence",
    "visible",
    "visible_lines",
    "width_of",
    "wrapped",
]

TAB_STOPS: Final = 4
_ELLIPSIS: Final = "…"

# Controls, the marks that turn the direction of reading, line separators, surrogates, and the two that are never text.
_UNSAFE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
# What belongs to a number stays with it: "1.6 %", "95 % sure", "n = 2,000", "p < 0.001".
_GLUE: Final = re.compile(r"(?<=\d) (?=%)|(?<=\d %) (?=sure\b)|(?<=\b[np]) (?=[=<] \d)|(?<=\b[np] [=<]) (?=\d)")
_GLUED: Final = "\x00"  # no text holds it: visible() writes it out


def visible(text: str) -> str:
    r"""``text`` on one line, with everything that is not plain text written out (``\x1b``, ``\u202e``, ``\n``)."""
    return _UNSAFE.sub(_written_out, text)


def visible_lines(text: str) -> tuple[str, ...]:
    """The lines of ``text``, each made visible; one line for a text without any."""
    return tuple(visible(line) for line in text.replace("\r\n", "\n").split("\n"))


def _written_out(match: re.Match[str]) -> str:
    char = match.group()
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(char)
    if named is not None:
        return named
    return f"\\x{ord(char):02x}" if ord(char) < 0x100 else f"\\u{ord(char):04x}"


def sentence(text: str) -> str:
    """A clause as a sentence: a capital where it begins with a plain word, a full stop where it ends with none."""
    first = text.split(" ", 1)[0]
    shown = text[0].upper() + text[1:] if first.isalpha() and first.islower() else text
    return shown if shown.endswith((".", "?", ":")) or not shown else f"{shown}."


def kept_together(text: str, space: str = "\u00a0") -> str:
    """``text`` with ``space`` in the place of the blanks that no line may break at: a number and its unit."""
    return _GLUE.sub(space, text)


def width_of(text: str) -> int:
    """How many cells of a terminal ``text`` takes. Wide characters take two, combining ones none."""
    return len(text) if text.isascii() else sum(_cells(char) for char in text)


def _cells(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def padded(text: str, width: int, *, right: bool = False) -> str:
    """``text`` filled up with spaces to ``width`` cells, on its left side if ``right``."""
    fill = " " * max(0, width - width_of(text))
    return fill + text if right else text + fill


def clipped(text: str, width: int) -> str:
    """``text`` in at most ``width`` cells, with an ellipsis where something is left out."""
    if width_of(text) <= width:
        return text
    return _head(text, width - 1) + _ELLIPSIS if width > 0 else ""


def wrapped(text: str, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` cells (at least 1), broken between words where that can be.

    A number keeps its unit. Line ends in ``text`` stay line ends; everything unsafe is made visible.
    """
    return [line for part in visible_lines(text) for line in _wrap_line(part, max(1, width))]


def _wrap_line(text: str, width: int) -> Iterator[str]:
    line = ""
    for glued in kept_together(text, _GLUED).split():
        word = glued.replace(_GLUED, " ")
        if line and width_of(line) + 1 + width_of(word) <= width:
            line = f"{line} {word}"
            continue
        if line:
            yield line
        while width_of(word) > width and len(word) > 1:
            head = _head(word, width) or word[0]
            yield head
            word = word[len(head) :]
        line = word
    yield line


def _head(text: str, width: int) -> str:
    """The longest beginning of ``text`` that fits into ``width`` cells."""
    used = end = 0
    while end < len(text) and (used := used + _cells(text[end])) <= width:
        end += 1
    return text[:end]


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """One source line as it is shown, and the cells before and under the caret."""

    line: str
    indent: int
    length: int


def excerpt(line: str, column: int, *, width: int) -> Excerpt:
    """``line`` made visible, cut to ``width`` cells around ``column`` (from 1, in characters), and its caret.

    Tabs go to the next multiple of four cells. The caret covers the word that begins at ``column``, one cell at least;
    a column behind the end of the line points right behind it.
    """
    start = min(max(column, 1) - 1, len(line))
    cells = _shown_cells(line)
    word = re.match(r"[\w.\-]+", line[start:])
    n_chars = len(word.group()) if word else 1
    before = sum(width_of(cell) for cell in cells[:start])
    under = max(1, sum(width_of(cell) for cell in cells[start : start + n_chars]))
    shown = "".join(cells)
    if width_of(shown) <= width:
        return Excerpt(line=shown, indent=before, length=under)
    return _cut_around(cells, start, width=width, length=under)


def _shown_cells(line: str) -> list[str]:
    cells: list[str] = []
    used = 0
    for char in line:
        cell = " " * (TAB_STOPS - used % TAB_STOPS) if char == "\t" else visible(char)
        cells.append(cell)
        used += width_of(cell)
    return cells


def _cut_around(cells: list[str], start: int, *, width: int, length: int) -> Excerpt:
    first, room = start, max(0, width // 2 - 1)
    while first > 0 and room >= (size := width_of(cells[first - 1])):
        first -= 1
        room -= size
    lead = _ELLIPSIS if first > 0 else ""
    indent = width_of(lead) + sum(width_of(cell) for cell in cells[first:start])
    shown = clipped(lead + "".join(cells[first:]), width)
    return Excerpt(line=shown, indent=indent, length=max(1, min(length, width_of(shown) - indent)))
