"""Changing cells of a CSV text and leaving every other byte as it is."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO, TextIOWrapper

__all__ = ["Lines", "cell_text", "row_text", "spliced"]


class Lines:
    """The lines of a text, remembering those that make up the record at hand."""

    def __init__(self, text: TextIOWrapper) -> None:
        self._text = text
        self._lines: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self._text:
            self._lines.append(line)
            yield line

    def taken(self) -> str:
        """The text of the record that was read since the last call."""
        raw = "".join(self._lines)
        self._lines.clear()
        return raw


def spliced(raw: str, cells: Mapping[int, str]) -> str:
    """One record with the cells at these places replaced; places after the last one are added, in their order.

    Args:
        raw: the record as it is written, with its line end.
        cells: CSV text (see :func:`cell_text`) by place, counted from 0; added ones follow each other without a gap.
    """
    for index in sorted(cells):
        raw = _spliced(raw, index, cells[index])
    return raw


def cell_text(value: str) -> str:
    """A value as CSV writes it in one cell: in quotes where it has to be."""
    return '"' + value.replace('"', '""') + '"' if re.search('[",\r\n]', value) else value


def row_text(cells: Iterable[str]) -> str:
    """A record without its line end."""
    text = StringIO()
    csv.writer(text, lineterminator="").writerow(list(cells))
    return text.getvalue()


def _spliced(raw: str, index: int, value: str) -> str:
    start = end = 0
    for n in range(index + 1):
        start = end + (n > 0)
        if n == index and raw[end : end + 1] != "," and n > 0:  # behind the last cell
            return f"{raw[:end]},{value}{raw[end:]}"
        end = _end_of_cell(raw, start)
    return raw[:start] + value + raw[end:]


def _end_of_cell(raw: str, start: int) -> int:
    if raw[start : start + 1] != '"':
        found = re.compile(r"[,\r\n]|\Z").search(raw, start)
        return found.start() if found else len(raw)
    at = raw.index('"', start + 1)
    while raw[at + 1 : at + 2] == '"':
        at = raw.index('"', at + 2)
    return at + 1
