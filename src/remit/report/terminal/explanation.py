"""What ``remit explain`` says, for a terminal."""

from __future__ import annotations

import re
from typing import Final

from remit.readiness.explain import Explanation
from remit.report.terminal.sheet import Cell, Column, Sheet, Style

__all__ = ["render_explanation"]

_LABELLED: Final = re.compile(r"(?P<label>[A-Z][a-z]+): +(?P<text>.*)")


def render_explanation(explanation: Explanation, *, width: int, colour: bool) -> str:
    """A code and its title, then the text: paragraphs wrapped to ``width``, labelled lines as a table."""
    sheet = Sheet(width=width, colour=colour)
    sheet.heading(f"{explanation.code}: {explanation.title}")
    for paragraph in _without_title(explanation):
        sheet.blank()
        lines = paragraph.replace("``", "`").split("\n")
        if _LABELLED.match(lines[0]):
            sheet.table((Column(), Column(gives=True)), [_labelled(line) for line in lines])
        else:
            sheet.paragraph(" ".join(line.strip() for line in lines), indent=2)
    return sheet.text()


def _without_title(explanation: Explanation) -> list[str]:
    paragraphs = explanation.text.split("\n\n")
    return paragraphs[1:] if paragraphs[0].rstrip(".") == explanation.title.rstrip(".") else paragraphs


def _labelled(line: str) -> tuple[Cell, Cell]:
    found = _LABELLED.match(line)
    if found is None:
        return Cell(text=""), Cell(text=line.strip())
    return Cell(text=found["label"].lower(), style=Style.QUIET), Cell(text=found["text"])
