"""A YAML file as a tree that still knows its comments, its blank lines and how each value was written.

PyYAML's events carry no comments, but they carry the places of all values: what stands between two values is white
space, punctuation and comments.  A comment belongs to the entry on its line, else to the entry below it, or, where it
is indented deeper than what follows, to the end of the section above it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    StreamEndEvent,
)

from remit.files.yaml_nodes import LINE_BREAK

__all__ = ["Collection", "Comment", "Entry", "Scalar", "Value", "comments_of", "read_tree"]

_BLOCK_SCALARS: Final = ("|", ">")
_NO_LINE: Final = -1


@dataclass(slots=True, kw_only=True)
class Comment:
    """A comment on a line of its own, from its ``#`` on, and whether the line above it is blank."""

    text: str
    blank_above: bool = False


@dataclass(slots=True, kw_only=True)
class Scalar:
    """One value: its text as it means, and whether it stood without quotes. ``alias`` marks a ``*name``.

    ``folded`` are the lines in which the author folded it, where they did.
    """

    text: str
    plain: bool
    anchor: str | None = None
    alias: bool = False
    folded: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Collection:
    """A list or a mapping. ``flow`` says that it was written in brackets, ``tail`` are the comments at its end."""

    mapping: bool
    flow: bool
    column: int
    anchor: str | None = None
    entries: list[Entry] = field(default_factory=list)
    tail: list[Comment] = field(default_factory=list)


Value = Scalar | Collection


@dataclass(slots=True, kw_only=True)
class Entry:
    """One entry of a list, or one key of a mapping with its value, and the comments above and beside it."""

    key: Scalar | None = None
    value: Value | None = None
    above: list[Comment] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    blank_above: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A comment where it stands; ``line`` and ``column`` from 0."""

    index: int
    line: int
    column: int
    text: str
    alone: bool


def read_tree(text: str) -> Collection:
    """The tree of a file that holds one mapping and was read without a fault before."""
    return _Reading(text).root()


def comments_of(text: str) -> list[str]:
    """Every comment of a file, in its order."""
    return [found.text for found in _Reading(text).comments]


class _Reading:
    """Events into the tree."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = LINE_BREAK.split(text)
        self._line_starts = [0, *(found.end() for found in LINE_BREAK.finditer(text))]
        self._events = list(yaml.parse(text, yaml.CSafeLoader))
        self.comments = deque(self._find_comments())
        self._waiting: list[_Found] = []  # on lines of their own, for the next entry or the end of a section
        self._touched: Entry | None = None
        self._touched_line = _NO_LINE
        self._open: list[Collection] = []

    def root(self) -> Collection:
        events = iter(self._events)
        holder = Entry()
        for event in events:
            self._comments_before(event)
            if isinstance(event, NodeEvent):
                self._value(event, events, holder)
        root = holder.value
        if not isinstance(root, Collection):
            raise TypeError("the file holds no mapping")
        root.tail += [self._comment(found) for found in self._waiting]
        root.tail += [Comment(text=text) for text in holder.beside]
        return root

    # the tree

    def _value(self, event: NodeEvent, events: Iterator[Event], holder: Entry) -> None:
        if isinstance(event, CollectionStartEvent):
            holder.value = self._collection(event, events, holder)
        else:
            holder.value = self._scalar(event)
            block = isinstance(event, ScalarEvent) and event.style in _BLOCK_SCALARS
            self._touch(holder, _start(event).line if block else _end(event).line)

    def _scalar(self, event: NodeEvent) -> Scalar:
        if isinstance(event, AliasEvent):
            return Scalar(text=str(event.anchor), plain=True, alias=True)
        if not isinstance(event, ScalarEvent):
            raise TypeError(event)
        folded: tuple[str, ...] = ()
        if event.style == ">":
            source = self._text[_start(event).index : _end(event).index].rstrip()
            folded = tuple(line.strip() for line in LINE_BREAK.split(source)[1:])
        return Scalar(text=event.value, plain=not event.style, anchor=event.anchor, folded=folded)

    def _collection(self, event: CollectionStartEvent, events: Iterator[Event], holder: Entry) -> Collection:
        made = Collection(
            mapping=isinstance(event, MappingStartEvent),
            flow=bool(event.flow_style),
            column=_end(event).column if event.anchor is not None else _start(event).column,
            anchor=event.anchor,
        )
        if made.flow or event.anchor is not None:
            self._touch(holder, _start(event).line)
        for below in events:
            self._comments_before(below)
            if isinstance(below, CollectionEndEvent):
                self._end(made, below, holder)
                return made
            if not isinstance(below, NodeEvent):
                continue
            entry = Entry(
                above=[self._comment(found) for found in self._waiting],
                blank_above=self._blank_above(_start(below).line),
            )
            self._waiting.clear()
            made.entries.append(entry)
            value: Event = below
            if made.mapping:
                entry.key = self._scalar(below)
                self._touch(entry, _end(below).line)
                value = next(events)
                self._comments_before(value)
            if isinstance(value, NodeEvent):
                self._value(value, events, entry)
        return made

    def _end(self, made: Collection, event: CollectionEndEvent, holder: Entry) -> None:
        if made.flow:
            made.tail += [self._comment(found) for found in self._waiting]
            self._waiting.clear()
            self._touch(holder, _end(event).line)
            return
        next_column = _start(event).column
        while self._waiting and self._waiting[0].column >= made.column and self._waiting[0].column > next_column:
            made.tail.append(self._comment(self._waiting.pop(0)))

    def _touch(self, entry: Entry, line: int) -> None:
        self._touched, self._touched_line = entry, line

    # comments

    def _comments_before(self, event: Event) -> None:
        while self.comments and self.comments[0].index < _start(event).index:
            found = self.comments.popleft()
            if not found.alone and self._touched is not None and self._touched_line == found.line:
                self._touched.beside.append(found.text)
            else:
                self._waiting.append(found)

    def _comment(self, found: _Found) -> Comment:
        return Comment(text=found.text, blank_above=self._blank_above(found.line))

    def _blank_above(self, line: int) -> bool:
        return 0 < line <= len(self._lines) and not self._lines[line - 1].strip()

    def _find_comments(self) -> Iterator[_Found]:
        """The comments between the values."""
        at = 0
        for event in self._events:
            if isinstance(event, StreamEndEvent):
                yield from self._between(at, len(self._text))
            elif isinstance(event, ScalarEvent | AliasEvent):
                start = _start(event).index
                yield from self._between(at, start)
                if isinstance(event, ScalarEvent) and event.anchor is not None:  # a comment may stand behind it
                    behind = start + 1 + len(event.anchor)
                    start = self._content_start(behind, _end(event).index)
                    yield from self._between(behind, start)
                if isinstance(event, ScalarEvent) and event.style in _BLOCK_SCALARS:
                    yield from self._between(start, self._line_end(start))
                at = _end(event).index

    def _content_start(self, at: int, end: int) -> int:
        while at < end:
            if self._text[at] == "#":
                at = self._line_end(at)
            elif self._text[at].isspace():
                at += 1
            else:
                break
        return at

    def _line_end(self, at: int) -> int:
        found = LINE_BREAK.search(self._text, at)
        return found.start() if found is not None else len(self._text)

    def _between(self, at: int, end: int) -> Iterator[_Found]:
        while at < end:
            char = self._text[at]
            if char == "#":
                stop = self._line_end(at)
                yield self._found(at, stop)
                at = stop
            elif char == "%":  # a directive
                at = self._line_end(at)
            else:
                at += 1

    def _found(self, index: int, stop: int) -> _Found:
        line = bisect_right(self._line_starts, index) - 1
        start = self._line_starts[line]
        return _Found(
            index=index,
            line=line,
            column=index - start,
            text=self._text[index:stop].rstrip(),
            alone=not self._text[start:index].strip(),
        )


def _start(event: Event) -> Any:
    """Where an event begins; the C parser marks every one."""
    return event.start_mark


def _end(event: Event) -> Any:
    return event.end_mark
