"""A prompt of the project's own: text with ``{names}`` in it, read strictly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from remit.definition.flaws import listing, shortened, suggestion
from remit.errors import ExecutorInvalid, Location, Problem

__all__ = ["ITEM", "Template", "read_template"]

_MAX_BYTES: Final = 200_000
_PIECE: Final = re.compile(r"\{\{|\}\}|\{([^{}\n]*)\}|[{}]")
_INPUT: Final = "input."
ITEM: Final = "item"
"""The name of the whole item; a field of it is ``input.<field>``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """Texts and names in turns: ``parts`` are pairs of a text and the name that follows it (None at the end)."""

    parts: tuple[tuple[str, str | None], ...]

    @property
    def names(self) -> frozenset[str]:
        """Every name that is asked for."""
        return frozenset(name for _, name in self.parts if name is not None)

    @property
    def asks_for_input(self) -> bool:
        """Whether it puts the item, or fields of it, into the text itself."""
        return any(name == ITEM or name.startswith(_INPUT) for name in self.names)

    def filled(self, values: Mapping[str, str]) -> str:
        """The text with the values in the places of their names."""
        return "".join(text + (values[name] if name is not None else "") for text, name in self.parts)


def read_template(path: Path, *, name: str, known: Iterable[str]) -> Template:
    """Read a template file.

    Args:
        path: where it is.
        name: what to call it in errors: its path in the project.
        known: the names it may ask for. ``{{`` and ``}}`` stand for single braces.

    Raises:
        ExecutorInvalid: it can't be read, or with every brace that does not close and every name that is not known,
            each with its line and column.
    """
    text = _text(path, name)
    names = tuple(known)
    parts: list[tuple[str, str | None]] = []
    problems: list[Problem] = []
    before, at = "", 0
    for piece in _PIECE.finditer(text):
        before += text[at : piece.start()]
        at = piece.end()
        asked = piece[1]
        if piece[0] in ("{{", "}}"):
            before += piece[0][0]
        elif asked is None:
            problems.append(_lone_brace(text, piece, name))
        elif asked not in names:
            problems.append(_unknown(text, piece, name, names))
        else:
            parts.append((before, asked))
            before = ""
    if problems:
        raise ExecutorInvalid(problems=problems)
    parts.append((before + text[at:], None))
    return Template(parts=tuple(parts))


def _text(path: Path, name: str) -> str:
    try:
        content = path.read_bytes() if path.stat().st_size <= _MAX_BYTES else None
        text = None if content is None else content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(name, "it can't be read as UTF-8 text", f"{type(error).__name__}") from error
    if text is None:
        raise _refused(name, "it is too large", f"more than {_MAX_BYTES:,} bytes")
    if not text.strip():
        raise _refused(name, "it is empty", "nothing")
    return text


def _refused(name: str, why: str, found: str) -> ExecutorInvalid:
    return ExecutorInvalid(
        f"`{name}` can't be the instructions: {why}",
        where=Location(path="settings.instructions"),
        expected=f"a text in UTF-8 of at most {_MAX_BYTES:,} bytes",
        found=found,
    )


def _lone_brace(text: str, piece: re.Match[str], name: str) -> Problem:
    return Problem(
        message=f"a lone `{piece[0]}`",
        where=_place(text, piece, name),
        expected="a name in braces on one line, or a doubled brace where one is meant",
        found=f"`{piece[0]}`",
        mend=f"write `{piece[0] * 2}`",
    )


def _unknown(text: str, piece: re.Match[str], name: str, known: tuple[str, ...]) -> Problem:
    asked = shortened(piece[1])
    inside = f"{_INPUT}{asked}"
    return Problem(
        message=f"there is nothing called `{asked}` to put in",
        where=_place(text, piece, name),
        expected=f"one of {listing(known)}",
        found=f"`{{{asked}}}`",
        mend=f"did you mean `{inside}`?" if inside in known else suggestion(asked, known),
    )


def _place(text: str, piece: re.Match[str], name: str) -> Location:
    before = text[: piece.start()]
    start = before.rfind("\n") + 1
    end = text.find("\n", piece.start())
    return Location(
        file=name,
        line=before.count("\n") + 1,
        column=piece.start() - start + 1,
        excerpt=text[start : end if end >= 0 else len(text)][:200],
    )
