"""JSON values as YAML: in one line, or as a block of lines."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

__all__ = ["block", "emitted"]

# Text that is the same text in a block and between brackets; whatever else is written in quotes.
_PLAIN: Final = re.compile(r"\d+[smhdw]|[^\W\d_](?:[\w./%€$()+;'<>=@-]|[ ](?=[\w(€$<>=]))*")
_WORDS: Final = frozenset({"null", "true", "false", "~"})


def emitted(value: Any) -> str:
    """``value`` in one line that can stand anywhere a value can."""
    match value:
        case str():
            return _text(value)
        case Mapping():
            return "{" + ", ".join(f"{_text(str(key))}: {emitted(below)}" for key, below in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(emitted(below) for below in value) + "]"
        case _:
            return json.dumps(value, allow_nan=False)


def block(value: Any, indent: int, notes: Mapping[str, str] | None = None, *, notes_at: int = 0) -> str:
    """``value`` as it stands behind ``key:``; mappings go on in lines of their own, ``indent`` columns in.

    Args:
        value: what to write.
        indent: the column of the lines.
        notes: comments behind the lines of a mapping, by key.
        notes_at: how many mappings further in that mapping is.
    """
    lead = "\n" + " " * indent
    if isinstance(value, Mapping) and value:
        return "".join(
            f"{lead}{_text(str(key))}:{block(below, indent + 2, notes, notes_at=notes_at - 1)}"
            + (f"  # {notes[str(key)]}" if notes and notes_at == 0 and str(key) in notes else "")
            for key, below in value.items()
        )
    if isinstance(value, list | tuple) and any(isinstance(one, Mapping) for one in value):
        return "".join(lead + entry(one, indent) for one in value)
    return f" {emitted(value)}"


def entry(value: Any, indent: int) -> str:
    """One entry of a list, from its hyphen on."""
    if isinstance(value, Mapping) and value:
        return "- " + block(value, indent + 2).lstrip()
    return f"- {emitted(value)}"


def _text(text: str) -> str:
    if _PLAIN.fullmatch(text) and text not in _WORDS and len(text) < 1000:
        return text
    return json.dumps(text, ensure_ascii=False)
