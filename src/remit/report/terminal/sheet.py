"""A sheet of text for a terminal of some width: headings, paragraphs, tables that fit. Colour only where asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

from remit.report.states import Tone
from remit.report.text import visible, width_of, wrapped

__all__ = ["Cell", "Column", "Sheet", "Style", "paint", "style_of"]

LEAST_WIDTH: Final = 40
_GAP: Final = 2
_LEAST_COLUMN: Final = 6


class Style(StrEnum):
    """How text stands out. The 16 colours of the terminal's own theme, so that light and dark both work."""

    PLAIN = ""
    STRONG = "1"
    QUIET = "2"
    GOOD = "32"
    BAD = "1;31"
    DOUBT = "33"
    OLD = "35"


def paint(text: str, style: Style, *, colour: bool) -> str:
    """``text`` in ``style`` where ``colour`` is on; else as it is."""
    return f"\x1b[{style.value}m{text}\x1b[0m" if colour and style is not Style.PLAIN and text else text


def style_of(tone: Tone) -> Style:
    """The style of a tone."""
    match tone:
        case Tone.GOOD:
            return Style.GOOD
        case Tone.BAD:
            return Style.BAD
        case Tone.DOUBT:
            return Style.DOUBT
        case Tone.ABSENT:
            return Style.QUIET
        case Tone.OLD:
            return Style.OLD
        case _:
            assert_never(tone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What stands in one place of a table."""

    text: str
    style: Style = Style.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table. ``gives`` says that it wraps first where room is short."""

    heading: str = ""
    right: bool = False
    gives: bool = False


class Sheet:
    """Lines of text, each at most ``width`` cells wide."""

    def __init__(self, *, width: int, colour: bool) -> None:
        self._width = max(LEAST_WIDTH, width)
        self._colour = colour
        self._lines: list[str] = []

    def text(self) -> str:
        """All lines, without spaces at line ends, without blank lines at the end, without a last line end."""
        lines = list(self._lines)
        while lines and not lines[-1]:
            lines.pop()
        return "\n".join(lines)

    def blank(self) -> None:
        """A blank line, unless there is one already."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def heading(self, text: str, *, right: str = "") -> None:
        """A line that begins a part, with a blank line before it; ``right`` stands at its end where there is room."""
        self.blank()
        text, right = visible(text), visible(right)
        room = self._width - width_of(text) - width_of(right)
        if right and room >= _GAP:
            self._put(self._paint(text, Style.STRONG) + " " * room + self._paint(right, Style.QUIET))
            return
        self.paragraph(text, style=Style.STRONG)
        if right:
            self.paragraph(right, style=Style.QUIET)

    def paragraph(self, text: str, *, indent: int = 0, hang: int = 0, style: Style = Style.PLAIN) -> None:
        """Wrapped text; lines after the first are indented by ``hang`` more cells."""
        lines = wrapped(text, self._width - indent - hang)
        for index, line in enumerate(lines):
            self._put(" " * (indent + (hang if index else 0)) + self._paint(line, style))

    def point(self, mark: str, text: str, *, indent: int = 2, style: Style = Style.PLAIN) -> None:
        """Wrapped text behind a mark, such as one line of a list."""
        space = indent + width_of(mark) + 1
        for index, line in enumerate(wrapped(text, self._width - space)):
            lead = " " * indent + self._paint(mark, style) + " " if index == 0 else " " * space
            self._put(lead + line)

    def table(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[Cell]],
        *,
        indent: int = 2,
        notes: Sequence[str] = (),
    ) -> None:
        """Rows in columns, as wide as needed and no wider than the sheet; what does not fit wraps in its column.

        ``notes``, where given, are as many as the rows: each stands below its row, over all columns.
        """
        if not rows:
            return
        has_headings = any(column.heading for column in columns)
        heads = [[Cell(text=column.heading, style=Style.QUIET) for column in columns]] if has_headings else []
        grid = [*heads, *rows]
        widths = self._widths(columns, grid, room=self._width - indent)
        below = ["" for _ in heads] + list(notes or ["" for _ in rows])
        for row, note in zip(grid, below, strict=True):
            self._row(columns, row, widths, indent)
            if note:
                self.paragraph(note, indent=indent + _GAP)

    def _row(self, columns: Sequence[Column], row: Sequence[Cell], widths: Sequence[int], indent: int) -> None:
        wraps = [wrapped(cell.text, width) for cell, width in zip(row, widths, strict=True)]
        for number in range(max(len(lines) for lines in wraps)):
            parts = []
            for column, cell, lines, width in zip(columns, row, wraps, widths, strict=True):
                text = lines[number] if number < len(lines) else ""
                fill = " " * (width - width_of(text))
                painted = self._paint(text, cell.style)
                parts.append(fill + painted if column.right else painted + fill)
            self._put(" " * indent + (" " * _GAP).join(parts))

    def _widths(self, columns: Sequence[Column], grid: Sequence[Sequence[Cell]], *, room: int) -> list[int]:
        room -= _GAP * (len(columns) - 1)
        widths = [min(room, max(width_of(visible(row[i].text)) for row in grid)) for i in range(len(columns))]
        floors = [min(width, max(_LEAST_COLUMN, width_of(columns[i].heading))) for i, width in enumerate(widths)]
        while sum(widths) > room and max(widths) > 1:
            wide = [i for i, width in enumerate(widths) if width > floors[i]]
            ready = [i for i in wide if columns[i].gives] or wide or range(len(widths))
            widths[max(ready, key=lambda i: widths[i])] -= 1
        return widths

    def _put(self, line: str) -> None:
        self._lines.append(line.rstrip())

    def _paint(self, text: str, style: Style) -> str:
        return paint(text, style, colour=self._colour)
