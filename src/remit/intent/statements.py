"""The statements of a text: one a line; in Markdown one for each paragraph and each entry of a list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

__all__ = ["Statement", "statements_in"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement, and the line (from 1) on which it begins."""

    line: int
    text: str


_ENTRY: Final = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?")
_HEADING: Final = re.compile(r"\s{0,3}#{1,6}(?:\s|$)")
_FENCE: Final = re.compile(r"\s{0,3}(?:```|~~~)")
_UNDERLINE: Final = re.compile(r"\s{0,3}(?:=+|-{2,}|\*{3,}|_{3,})\s*$")
_QUOTE: Final = re.compile(r"\s{0,3}>\s?")
_LINK: Final = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")
_EMPHASIS: Final = re.compile(r"(\*\*|__|`|(?<!\w)[*_]|[*_](?!\w))")


def statements_in(text: str, *, markdown: bool = False) -> tuple[Statement, ...]:
    r"""The statements of ``text``, without their marks (bullets, numbers, quotes).

    Args:
        text: the text; lines end with ``\n`` or ``\r\n``.
        markdown: whether lines that follow each other make one paragraph, and headings, code, tables, comments and
            the front matter are passed over. Else each line that is not empty is a statement.
    """
    lines = text.split("\n")
    found = _paragraphs(lines) if markdown else _lines(lines)
    return tuple(one for one in found if re.search(r"\w", one.text))


def _lines(lines: list[str]) -> Iterator[Statement]:
    for number, line in enumerate(lines, start=1):
        yield Statement(line=number, text=_ENTRY.sub("", line, count=1).strip())


def _paragraphs(lines: list[str]) -> Iterator[Statement]:
    begun, parts = 0, list[str]()
    for number, line in _prose(lines):
        is_entry = line is not None and _ENTRY.match(line) is not None
        if parts and (line is None or is_entry):
            yield _joined(begun, parts)
            parts = []
        if line is not None:
            begun = begun if parts else number
            parts.append(_ENTRY.sub("", line, count=1) if is_entry else line)
    if parts:
        yield _joined(begun, parts)


def _joined(line: int, parts: list[str]) -> Statement:
    text = " ".join(" ".join(parts).split())
    return Statement(line=line, text=_EMPHASIS.sub("", _LINK.sub(r"\1", text)).strip())


def _prose(lines: list[str]) -> Iterator[tuple[int, str | None]]:
    """Each line of prose with its number; None for whatever ends a paragraph."""
    fence = comment = False
    start = _end_of_front_matter(lines)
    for number, line in enumerate(lines[start:], start=start + 1):
        if comment or line.lstrip().startswith("<!--"):
            comment = "-->" not in line
            yield number, None
        elif _FENCE.match(line):
            fence = not fence
            yield number, None
        elif fence or _is_no_prose(line):
            yield number, None
        else:
            yield number, _QUOTE.sub("", line, count=1)


def _is_no_prose(line: str) -> bool:
    return not line.strip() or bool(_HEADING.match(line) or _UNDERLINE.match(line)) or line.lstrip().startswith("|")


def _end_of_front_matter(lines: list[str]) -> int:
    if lines and lines[0].strip() == "---":
        for number, line in enumerate(lines[1:], start=1):
            if line.strip() == "---":
                return number + 1
    return 0
