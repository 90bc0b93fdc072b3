"""The events of PyYAML's C parser into light nodes, with all problems and within bounds.

Nothing here is recursive: depth, aliases and size are known to be within bounds before anything walks the nodes, and
aliases are counted as if they were written out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from remit.definition.positions import Path, dotted
from remit.errors import Location, Problem
from remit.files.yaml_words import wording

__all__ = ["LINE_BREAK", "MAX_DEPTH", "MAX_NODES", "Composer", "Entry", "Node", "is_plain_text"]

MAX_DEPTH: Final = 100
MAX_NODES: Final = 200_000
_MAX_DIGITS: Final = 100
_MAX_PROBLEMS: Final = 100

LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")  # what libyaml counts as one
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)\Z")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?\Z")
_WORDS: Final = {"": None, "~": None, "null": None, "true": True, "false": False}
_NUMBER_STARTS: Final = frozenset("-0123456789")


def is_plain_text(text: str) -> bool:
    """Whether ``text`` without quotes is read as text, not as a number, a yes or no, or nothing."""
    return text not in _WORDS and not _INTEGER.match(text) and not _NUMBER.match(text)


class Node:
    """One value of the file. ``size``, ``height`` and ``characters`` count aliases as if written out."""

    __slots__ = ("characters", "column", "height", "line", "open", "size", "text_column", "value")

    def __init__(self, value: Any, line: int, column: int) -> None:
        self.value = value  # a JSON scalar, a list of nodes, or a dict of Entry by key
        self.line = line
        self.column = column
        self.text_column: int | None = None
        self.size = 1
        self.height = 1
        self.characters = 0
        self.open = False


class Entry:
    """One key of a mapping with its value."""

    __slots__ = ("column", "line", "node")

    def __init__(self, line: int, column: int) -> None:
        self.line = line
        self.column = column
        self.node: Node | None = None


class _Frame:
    """A list or mapping that is being read. ``key`` is the entry that waits for its value."""

    __slots__ = ("dropped", "key", "name", "node", "waiting")

    def __init__(self, node: Node) -> None:
        self.node = node
        self.name: str | None = None
        self.key: Entry | None = None
        self.waiting = False  # a key was read, its value comes next
        self.dropped = False  # this collection stands where a key belongs


class _Stop(Exception):
    """Nothing further can be read."""


class Composer:
    """Events into nodes, with all problems."""

    def __init__(self, name: str, lines: tuple[str, ...], limit_characters: int) -> None:
        self.problems: list[Problem] = []
        self._name = name
        self._lines = lines
        self._limit_characters = 2 * limit_characters
        self._frames: list[_Frame] = []
        self._anchors: dict[str, Node] = {}
        self._root: Node | None = None
        self._n_documents = 0

    def compose(self, text: str) -> Node | None:
        """The root node, or None for an empty file."""
        try:
            for event in self._events(text):
                self._take(event)
        except _Stop:
            pass
        return self._root

    def _events(self, text: str) -> Iterator[Event]:
        try:
            yield from yaml.parse(text, yaml.CSafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
            self._broken(str(error.problem or error.context), line, column, error)
        except yaml.reader.ReaderError as error:
            at = text.encode("utf-8")[: int(error.position)].decode("utf-8", "replace")
            before = LINE_BREAK.split(at)
            self._broken(str(error.reason), len(before), len(before[-1]) + 1, None)

    def _broken(self, said: str, line: int, column: int, error: yaml.MarkedYAMLError | None) -> None:
        words = wording(said, line=self._line(line), column=column)
        opened = error.context_mark if error is not None else None
        since = ""
        if words.tells_beginning and opened is not None and opened.line + 1 != line:
            since = f"; it begins in line {opened.line + 1}"
        self._problem(line, column, words.message + since, expected=words.expected, mend=words.mend)

    def _line(self, line: int) -> str:
        return self._lines[line - 1] if 0 < line <= len(self._lines) else ""

    def _problem(self, line: int, column: int, message: str, **more: str | None) -> None:
        where = Location(
            file=self._name, line=line, column=column, path=dotted(self._path()) or None, excerpt=self._line(line)
        )
        self.problems.append(Problem(message=message, where=where, **more))
        if len(self.problems) >= _MAX_PROBLEMS:
            raise _Stop

    def _path(self) -> Path:
        path: list[str | int] = []
        for frame in self._frames:
            if frame.dropped:
                break
            if isinstance(frame.node.value, list):
                path.append(len(frame.node.value))
            elif frame.waiting and frame.name is not None:
                path.append(frame.name)
        return tuple(path)

    def _take(self, event: Event) -> None:
        if isinstance(event, CollectionEndEvent):
            self._end()
            return
        if isinstance(event, DocumentStartEvent):
            self._document(event)
            return
        if not isinstance(event, NodeEvent):
            return
        mark = _mark(event)
        line, column = mark.line + 1, mark.column + 1
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._problem(
                line,
                column,
                f"the tag `{tag}`",
                expected="plain values without tags",
                mend="take the tag away; text that begins with `!` needs quotes",
            )
        if isinstance(event, ScalarEvent):
            self._scalar(event, line, column)
        elif isinstance(event, AliasEvent):
            self._alias(event, line, column)
        else:
            self._begin(event, line, column)

    def _document(self, event: Event) -> None:
        self._n_documents += 1
        if self._n_documents > 1:
            self._problem(
                _mark(event).line + 1,
                1,
                "a second document in one file",
                expected="one document",
                found="`---`",
                mend="move it into a file of its own",
            )
            raise _Stop

    # values

    def _scalar(self, event: ScalarEvent, line: int, column: int) -> None:
        text: str = event.value
        plain = not event.style
        frame = self._frames[-1] if self._frames else None
        if frame is not None and isinstance(frame.node.value, dict) and not frame.waiting:
            self._key(frame, text, plain=plain, line=line, column=column)
            return
        node = Node(self._value(text, line, column) if plain else text, line, column)
        node.characters = len(text)
        if text:
            start = column if plain else column + 1
            if self._line(line)[start - 1 : start - 1 + len(text)] == text:
                node.text_column = start
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        self._place(node, line, column)

    def _value(self, text: str, line: int, column: int) -> Any:
        if text in _WORDS:
            return _WORDS[text]
        if text[0] not in _NUMBER_STARTS:
            return text
        if _INTEGER.match(text):
            if len(text) <= _MAX_DIGITS:
                return int(text)
        elif _NUMBER.match(text):
            number = float(text)
            if abs(number) != float("inf"):
                return number
        else:
            return text
        self._problem(
            line,
            column,
            "a number that no program can hold",
            expected=f"at most {_MAX_DIGITS} digits and 1.7e308",
            mend="put it in quotes if it is text",
        )
        return text

    def _key(self, frame: _Frame, name: str, *, plain: bool, line: int, column: int) -> None:
        entries: dict[str, Entry] = frame.node.value
        frame.waiting, frame.name, frame.key = True, name, None
        if plain and name == "<<":
            self._problem(
                line,
                column,
                "a merge key (`<<`)",
                expected="keys written out",
                mend="write the keys out; an alias as a whole value (`key: *name`) is fine",
            )
        elif plain and not name:
            self._problem(line, column, "a value without a key", expected="`key: value`")
        elif name in entries:
            self._problem(
                line,
                column,
                f"the key `{name}` stands twice",
                expected="each key once",
                found=f"the first in line {entries[name].line}",
                mend="keep one of the two",
            )
        else:
            frame.key = entries[name] = Entry(line, column)

    def _begin(self, event: NodeEvent, line: int, column: int) -> None:
        if len(self._frames) >= MAX_DEPTH:
            self._too_deep(line, column)
        node = Node([] if isinstance(event, SequenceStartEvent) else {}, line, column)
        node.open = True
        frame = _Frame(node)
        outer = self._frames[-1] if self._frames else None
        if outer is not None and isinstance(outer.node.value, dict) and not outer.waiting:
            self._problem(line, column, "a key that is no text", expected="a name as key", found="a list or mapping")
            frame.dropped = True
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        self._frames.append(frame)

    def _end(self) -> None:
        frame = self._frames.pop()
        frame.node.open = False
        if not frame.dropped:
            self._place(frame.node, frame.node.line, frame.node.column)
            return
        outer = self._frames[-1]
        outer.waiting, outer.name, outer.key = True, None, None

    def _alias(self, event: AliasEvent, line: int, column: int) -> None:
        name = event.anchor or ""
        target = self._anchors.get(name)
        frame = self._frames[-1] if self._frames else None
        if frame is not None and isinstance(frame.node.value, dict) and not frame.waiting:
            self._problem(line, column, "an alias as a key", expected="a name as key", found=f"`*{name}`")
            frame.waiting, frame.name, frame.key = True, None, None
            return
        if target is None or target.open:
            message = f"nothing above is named `&{name}`" if target is None else f"`&{name}` contains itself"
            mend = f'put quotes around text that begins with `*`: "*{name}"' if target is None else "write it out"
            self._problem(line, column, message, expected="an alias of something above it", mend=mend)
            target = Node(None, line, column)
        elif len(self._frames) + target.height > MAX_DEPTH + 1:
            self._too_deep(line, column)
        self._place(target, line, column)

    def _place(self, node: Node, line: int, column: int) -> None:
        """Put a finished value where it belongs, and count it as if every alias were written out."""
        if not self._frames:
            self._root = node
            return
        frame = self._frames[-1]
        outer = frame.node
        outer.size += node.size
        outer.characters += node.characters
        outer.height = max(outer.height, node.height + 1)
        if outer.size > MAX_NODES or outer.characters > self._limit_characters:
            self._problem(
                line,
                column,
                "the file holds too much, with its aliases written out",
                expected=f"at most {MAX_NODES:,} values and {self._limit_characters:,} characters",
                mend="split the file, or take aliases (`*name`) away",
            )
            raise _Stop
        if isinstance(outer.value, list):
            outer.value.append(node)
            return
        if frame.key is not None:
            frame.key.node = node
        frame.waiting = False

    def _too_deep(self, line: int, column: int) -> None:
        self._problem(
            line,
            column,
            f"nested deeper than {MAX_DEPTH} levels",
            expected=f"at most {MAX_DEPTH} levels",
            mend="close the brackets, or flatten it",
        )
        raise _Stop


def _mark(event: Event) -> Any:
    """Where an event begins; the C parser marks every one."""
    return event.start_mark
