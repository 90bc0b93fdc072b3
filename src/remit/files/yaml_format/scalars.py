"""How one value is written: without quotes where that is safe, in quotes else, folded where it is long."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from remit.files.yaml_format.tree import Scalar
from remit.files.yaml_nodes import is_plain_text

__all__ = ["block_lines", "inline"]

_INDICATORS: Final = frozenset("-?:,[]{}#&*!|>'\"%@`")
_ENDS_TEXT: Final = re.compile(r": | #|:\Z|\t")
_IN_BRACKETS: Final = re.compile(r"[,\[\]{}?]")
# What other readers of YAML take for a number, a date, a yes or no: quotes that stand around it stay.
_LOOKS_OTHERWISE: Final = re.compile(
    r"(?:[-+.]?[0-9][-+.:_0-9a-fxotzein ]*|[-+]?\.(?:inf|nan)|y|n|yes|no|on|off|true|false|null|~|=)\Z", re.IGNORECASE
)
_NOT_PRINTABLE: Final = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_BREAK: Final = re.compile(r"(?<=[^ \t\n]) (?=[^ \t\n])")


def inline(scalar: Scalar, *, brackets: bool, quoted: bool = False) -> str:
    """The value on one line: inside of ``brackets`` more texts need quotes; ``quoted`` says that all texts get them."""
    if scalar.alias:
        return f"*{scalar.text}"
    written = _plain_or_quoted(scalar, brackets=brackets, quoted=quoted)
    return written if scalar.anchor is None else f"&{scalar.anchor} {written}".rstrip()


def _plain_or_quoted(scalar: Scalar, *, brackets: bool, quoted: bool) -> str:
    text = scalar.text
    if scalar.plain and not is_plain_text(text):  # a number, yes or no, nothing: as it was written
        return text if text or not brackets else "null"
    if quoted:
        return _quoted(text)
    if _may_be_plain(text, brackets=brackets) and (scalar.plain or not _LOOKS_OTHERWISE.match(text)):
        return text
    return _quoted(text)


def _may_be_plain(text: str, *, brackets: bool) -> bool:
    return (
        is_plain_text(text)
        and text != "<<"
        and text == text.strip()
        and text[0] not in _INDICATORS
        and not text.startswith("...")
        and "\n" not in text
        and _ENDS_TEXT.search(text) is None
        and _NOT_PRINTABLE.search(text) is None
        and not (brackets and _IN_BRACKETS.search(text))
    )


def _quoted(text: str) -> str:
    special = "\n" in text or "\t" in text or _NOT_PRINTABLE.search(text) is not None
    if not special and "'" not in text and ('"' in text or "\\" in text):
        return f"'{text}'"
    return _NOT_PRINTABLE.sub(_escape, json.dumps(text, ensure_ascii=False))


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"


def block_lines(scalar: Scalar, *, indent: int, width: int, keep_folds: bool = False) -> list[str] | None:
    """The value as a block scalar: its head (``>-``), then its lines; None where it can't be one.

    Text of one line is folded, where ``keep_folds`` says so at the places where its author folded it; text of several
    stands as it is, unless a line is longer than ``width``.
    """
    text = scalar.text
    body = text.removesuffix("\n")
    lines = body.split("\n")
    if not body or _NOT_PRINTABLE.search(text) or any(line != line.rstrip() for line in lines):
        return None
    if not lines[0] or not lines[-1] or any(line.startswith("\t") for line in lines) or lines[0].startswith(" "):
        return None
    chomp = "" if text.endswith("\n") else "-"
    room = width - indent
    may_fold = not any(line.startswith(" ") for line in lines)
    if len(lines) > 1 and (not may_fold or all(len(line) <= room for line in lines)):
        return [f"|{chomp}", *lines]
    if keep_folds and " ".join(scalar.folded) == body and all(0 < len(line) <= room for line in scalar.folded):
        return [f">{chomp}", *scalar.folded]
    return [f">{chomp}", *_folded(lines, room)]


def _folded(lines: list[str], room: int) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number and (line and lines[number - 1]):
            yield ""  # one line end in the text is an empty line between
        elif number and line:
            yield ""
        yield from _wrapped(line, room) if line else [""]


def _wrapped(line: str, room: int) -> Iterator[str]:
    """The line broken at single blanks, so that folding gives it back."""
    held = ""
    for part in _BREAK.split(line):
        if held and len(held) + 1 + len(part) > room:
            yield held
            held = part
        else:
            held = f"{held} {part}" if held else part
    yield held
