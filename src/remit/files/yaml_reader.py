"""YAML 1.2 with JSON's types, read by PyYAML's C parser, with a position for every value and limits on everything."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from remit.definition.flaws import found
from remit.definition.positions import Path as ValuePath
from remit.definition.positions import SourceMap
from remit.errors import FileUnreadable, Location, YamlInvalid
from remit.files.text_file import decoded, read_text
from remit.files.yaml_nodes import LINE_BREAK, MAX_DEPTH, MAX_NODES, Composer, Node

__all__ = ["MAX_DEPTH", "MAX_NODES", "YamlFile", "YamlList", "read_yaml", "read_yaml_list", "read_yaml_text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlFile:
    """The mapping that a YAML file holds, as JSON values, and where each of them stands."""

    data: dict[str, Any]
    source: SourceMap


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlList:
    """The list that a YAML file holds; empty for a file without values."""

    items: list[Any]
    source: SourceMap


def read_yaml(path: Path, *, limit_bytes: int = 1_000_000, empty_is_mapping: bool = False) -> YamlFile:
    """Read one YAML file whose top level is a mapping.

    Args:
        path: the file.
        limit_bytes: how large it may be.
        empty_is_mapping: whether a file without values is an empty mapping, instead of a fault.

    Raises:
        FileUnreadable: it is missing, a folder, larger than ``limit_bytes``, not UTF-8, or holds NUL.
        YamlInvalid: with all problems up to the first place at which nothing further can be read.
    """
    read = _read(read_text(path, limit_bytes=limit_bytes), str(path), limit_bytes)
    if read.value is None and empty_is_mapping:
        return YamlFile(data={}, source=read.source)
    return _mapping(read)


def read_yaml_list(path: Path, *, limit_bytes: int = 1_000_000) -> YamlList:
    """Read one YAML file whose top level is a list. Raises as :func:`read_yaml`; an empty file is an empty list."""
    read = _read(read_text(path, limit_bytes=limit_bytes), str(path), limit_bytes)
    if read.value is None:
        return YamlList(items=[], source=read.source)
    if not isinstance(read.value, list):
        raise YamlInvalid(
            "the file does not hold a list at its top level",
            where=read.source.locate(()),
            expected="a list, one `- ` for each entry",
            found=found(read.value),
            mend="put `- ` before the first key and indent the others",
        )
    return YamlList(items=read.value, source=read.source)


def read_yaml_text(text: str, name: str = "<text>", *, limit_bytes: int = 1_000_000) -> YamlFile:
    """:func:`read_yaml` for text that is already there; ``name`` stands for the file in problems.

    Raises:
        FileUnreadable: it is larger than ``limit_bytes``, no proper Unicode, or holds NUL.
        YamlInvalid: as for :func:`read_yaml`.
    """
    try:
        content = text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise FileUnreadable(
            f"{name} holds half a character",
            where=Location(file=name),
            expected="text that can be written as UTF-8",
            found=f"a lone surrogate at character {error.start}",
        ) from error
    if len(content) > limit_bytes:
        raise FileUnreadable(
            f"{name} is too large",
            where=Location(file=name),
            expected=f"at most {limit_bytes:,} bytes",
            found=f"{len(content):,} bytes",
        )
    return _mapping(_read(decoded(content, name=name), name, limit_bytes))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Whole:
    value: Any
    source: SourceMap


def _read(text: str, name: str, limit_characters: int) -> _Whole:
    lines = tuple(LINE_BREAK.split(text))
    composer = Composer(name, lines, limit_characters)
    root = composer.compose(text)
    if composer.problems:
        raise YamlInvalid(problems=composer.problems)
    values = _Values()
    value = values.of(root, ()) if root is not None else None
    source = SourceMap(
        file=name, lines=lines, positions=values.positions, keys=values.keys, text_starts=values.text_starts
    )
    return _Whole(value=value, source=source)


def _mapping(read: _Whole) -> YamlFile:
    if isinstance(read.value, dict):
        return YamlFile(data=read.value, source=read.source)
    no_mapping = "the file does not hold keys with values at its top level"
    colon = isinstance(read.value, str) and ":" in read.value
    raise YamlInvalid(
        no_mapping if read.value is not None else "the file is empty",
        where=read.source.locate(()),
        expected="`key: value` lines",
        found=found(read.value),
        mend="put a space behind each colon" if colon else None,
    )


class _Values:
    """Nodes into plain values and positions."""

    def __init__(self) -> None:
        self.positions: dict[ValuePath, tuple[int, int]] = {}
        self.keys: dict[ValuePath, tuple[int, int]] = {}
        self.text_starts: dict[ValuePath, tuple[int, int]] = {}

    def of(self, node: Node, path: ValuePath) -> Any:
        """The value of a node; it is at most ``MAX_DEPTH`` levels high."""
        self.positions[path] = (node.line, node.column)
        value = node.value
        if isinstance(value, list):
            return [self.of(item, (*path, index)) for index, item in enumerate(value)]
        if not isinstance(value, dict):
            if node.text_column is not None:
                self.text_starts[path] = (node.line, node.text_column)
            return value
        made = {}
        for key, entry in value.items():
            below = (*path, key)
            self.keys[below] = (entry.line, entry.column)
            if entry.node is not None:
                made[key] = self.of(entry.node, below)
        return made
