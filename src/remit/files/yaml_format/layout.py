"""The tree back into text: two blanks a level, in brackets where that fits on a line, one entry a line where not."""

from __future__ import annotations

from typing import Final

from remit.files.yaml_format.scalars import block_lines, inline
from remit.files.yaml_format.tree import Collection, Comment, Entry, Scalar, Value

__all__ = ["EXPRESSIONS", "WIDTH", "laid_out"]

EXPRESSIONS: Final = frozenset({"correct_when", "detect", "expr", "review_when", "when", "where"})
"""The keys that hold CEL. It stands in quotes always: `!`, `#` and `: ` are everyday there and special in YAML."""

WIDTH: Final = 120
_INDENT: Final = 2
_LONGEST_KEY: Final = 900  # YAML takes 1,024 characters before a colon


def laid_out(root: Collection, header: list[Comment]) -> str:
    """The text of a file with the mapping ``root``, below the comments of ``header``."""
    page = _Page()
    page.comments(header, 0, first=True)
    if header:
        page.blank()
    page.entries(root, 0)
    return "\n".join(page.lines).rstrip("\n") + "\n"


class _Page:
    """The lines of the file as they are written."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def blank(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def comments(self, comments: list[Comment], indent: int, *, first: bool) -> None:
        for number, comment in enumerate(comments):
            if comment.blank_above and (number or not first):
                self.blank()
            self.lines.append(" " * indent + comment.text)

    def entries(self, collection: Collection, indent: int, *, quoted: bool = False) -> None:
        for number, entry in enumerate(collection.entries):
            above = [*entry.above, *_leading(entry, indent)]
            self.comments(above, indent, first=not number)
            if entry.blank_above and (number or above):
                self.blank()
            if collection.mapping:
                self._pair(entry, indent)
            else:
                self._item(entry, indent, quoted=quoted)
        self.comments(collection.tail, indent, first=False)

    def _pair(self, entry: Entry, indent: int) -> None:
        key = inline(entry.key, brackets=False) if entry.key is not None else ""
        if len(key) > _LONGEST_KEY:
            self.lines.append(f"{' ' * indent}? {key}")
            key = ""
        self._value(entry, f"{' ' * indent}{key}:", indent, quoted=_is_expression(entry))

    def _item(self, entry: Entry, indent: int, *, quoted: bool) -> None:
        value = entry.value
        head = f"{' ' * indent}-"
        if not isinstance(value, Collection) or not _stands_below(value, head) or value.anchor is not None:
            self._value(entry, head, indent, quoted=quoted)
            return
        at = len(self.lines)
        self.entries(value, indent + _INDENT)
        self.lines[at] = f"{head} {self.lines[at].removeprefix(' ' * (indent + _INDENT))}"

    def _value(self, entry: Entry, head: str, indent: int, *, quoted: bool) -> None:
        value = entry.value
        beside = f"  {entry.beside[0]}" if len(entry.beside) == 1 else ""
        if isinstance(value, Collection):
            if not _stands_below(value, head, quoted=quoted):
                self.lines.append(f"{head} {_in_brackets(value, quoted=quoted)}{beside}")
                return
            anchor = f" &{value.anchor}" if value.anchor is not None else ""
            self.lines.append(f"{head}{anchor}{beside}")
            self.entries(value, indent + _INDENT, quoted=quoted)
        elif value is not None:
            self._scalar(value, head, indent + _INDENT, beside=beside, quoted=quoted)

    def _scalar(self, scalar: Scalar, head: str, indent: int, *, beside: str, quoted: bool) -> None:
        written = inline(scalar, brackets=False, quoted=quoted)
        if not written and head.endswith("-"):
            written = "null"
        line = f"{head} {written}" if written else head
        may_be_block = not scalar.alias and (len(line) > WIDTH or "\n" in scalar.text)
        block = block_lines(scalar, indent=indent, width=WIDTH, keep_folds=quoted) if may_be_block else None
        if block is None or (len(block) == 2 and block[0].startswith(">") and "\n" not in scalar.text):
            self.lines.append(f"{line}{beside}")
            return
        anchor = f"&{scalar.anchor} " if scalar.anchor is not None else ""
        self.lines.append(f"{head} {anchor}{block[0]}{beside}")
        self.lines += [f"{' ' * indent}{one}" if one else "" for one in block[1:]]


def _leading(entry: Entry, indent: int) -> list[Comment]:
    """The comments of an entry that can't stay where they are: they go above it.

    Several beside one value; one beside a ``-`` whose value begins on the same line, and those above that value.
    """
    found = _beside(entry) if len(entry.beside) > 1 else []
    value = entry.value
    if isinstance(value, Collection) and not value.entries:
        found += value.tail
        value.tail = []
    while entry.key is None and isinstance(value, Collection) and _stands_below(value, " " * indent + "-"):
        found += _beside(entry)
        if value.anchor is not None:
            break
        entry, indent = value.entries[0], indent + _INDENT
        found += entry.above
        entry.above, entry.blank_above = [], False
        if len(entry.beside) > 1:
            found += _beside(entry)
        value = entry.value
    return found


def _beside(entry: Entry) -> list[Comment]:
    found = [Comment(text=text) for text in entry.beside]
    entry.beside = []
    return found


def _is_expression(entry: Entry) -> bool:
    return entry.key is not None and entry.key.text in EXPRESSIONS


def _stands_below(value: Collection, head: str, *, quoted: bool = False) -> bool:
    """Whether a value is written with one entry a line: it was, it holds comments, or it is too long."""
    if not value.entries:
        return False
    room = WIDTH - len(head) - 1
    return not value.flow or _left(value, room, quoted=quoted) < 0 or _holds_comments(value)


def _left(value: Value | None, room: int, *, quoted: bool) -> int:
    """How much of ``room`` is left behind the value in brackets; below 0 as soon as it does not fit."""
    if value is None:
        return room - len("null")
    if isinstance(value, Scalar):
        return -1 if len(value.text) > room else room - len(inline(value, brackets=True, quoted=quoted))
    room -= len("[]") + (len(f"&{value.anchor} ") if value.anchor is not None else 0)
    for number, entry in enumerate(value.entries):
        room -= len(", ") if number else 0
        below = quoted
        if entry.key is not None:
            room -= len(entry.key.text) if len(entry.key.text) > room else len(f"{inline(entry.key, brackets=True)}: ")
            below = _is_expression(entry)
        room = _left(entry.value, room, quoted=below) if room >= 0 else room
        if room < 0:
            return room
    return room


def _holds_comments(value: Value | None) -> bool:
    if not isinstance(value, Collection):
        return False
    return bool(value.tail) or any(
        entry.above or entry.beside or _holds_comments(entry.value) for entry in value.entries
    )


def _in_brackets(value: Value | None, *, quoted: bool = False) -> str:
    if value is None:
        return "null"
    if isinstance(value, Scalar):
        return inline(value, brackets=True, quoted=quoted)
    anchor = f"&{value.anchor} " if value.anchor is not None else ""
    parts = [
        _in_brackets(entry.value, quoted=quoted)
        if entry.key is None
        else f"{inline(entry.key, brackets=True)}: {_in_brackets(entry.value, quoted=_is_expression(entry))}"
        for entry in value.entries
    ]
    opening, closing = ("{", "}") if value.mapping else ("[", "]")
    return f"{anchor}{opening}{', '.join(parts)}{closing}"
