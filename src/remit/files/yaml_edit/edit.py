"""One value put into the text of a YAML file, at the one place where it belongs.

Nothing is written anew but that value: comments, order, quotes and layout of whoever wrote the file stay.  The result
is read back; where it does not say exactly what it said before plus the value, nothing is changed and that is said.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any, Final

import yaml

from remit.definition.positions import Path, dotted
from remit.errors import Conflict, Location, YamlInvalid
from remit.files.yaml_edit.emit import block, emitted, entry
from remit.files.yaml_reader import read_yaml_text

__all__ = ["with_entry", "with_value"]

_REST_OF_LINE: Final = re.compile(r"[^\r\n]*")


def with_value(text: str, path: Path, value: Any, *, name: str, notes: Mapping[str, str] | None = None) -> str:
    """``text`` with ``value`` at ``path``: put in where nothing is, in the place of a value of one line.

    Args:
        text: a YAML file that can be read.
        path: keys and indices; every list on the way is there.
        value: a JSON value.
        name: what the file is called, in errors.
        notes: comments behind the lines of a mapping that is put in, by key.

    Raises:
        YamlInvalid: the text can't be read.
        Conflict: the value can't be put there without changing what else the file says.
    """
    before = read_yaml_text(text, name).data
    node, rest = _deepest(_root(text), path)
    if not rest:
        made = _replaced(text, node, value, path, name)
    else:
        for key in reversed(rest[1:]):
            value = {key: value}
        made = _put_in(text, node, str(rest[0]), value, notes, notes_at=len(rest) - 1)
    wanted = _set(before, path if not rest else path[: len(path) - len(rest) + 1], value)
    return _checked(made, wanted, path, name)


def with_entry(text: str, path: Path, value: Any, *, name: str) -> str:
    """``text`` with ``value`` as one more entry of the list at ``path``; the list is made where there is none.

    Raises:
        YamlInvalid: the text can't be read.
        Conflict: as for :func:`with_value`.
    """
    before = read_yaml_text(text, name).data
    node, rest = _deepest(_root(text), path)
    if rest or not isinstance(node, yaml.SequenceNode) or not node.value:
        return with_value(text, path, [value], name=name)
    if node.flow_style:
        at = _end(node.value[-1])
        made = f"{text[:at]}, {emitted(value)}{text[at:]}"
    else:
        indent = node.start_mark.column
        made = _in_a_line_of_its_own(text, _end(node.value[-1]), " " * indent + entry(value, indent))
    old: Any = before
    for key in path:
        old = old[key]
    return _checked(made, _set(before, path, [*old, value]), path, name)


def _root(text: str) -> yaml.Node:
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    if root is None:  # it was read before, and is a mapping
        raise YamlInvalid("the file is empty")
    return root


def _deepest(root: yaml.Node, path: Path) -> tuple[yaml.Node, Path]:
    """The node at the longest part of ``path`` that is there, and what is left of the path."""
    node = root
    for depth, key in enumerate(path):
        below = _below(node, key)
        if below is None:
            return node, path[depth:]
        node = below
    return node, ()


def _below(node: yaml.Node, key: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for one, value in node.value if one.value == key), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        found: yaml.Node = node.value[key]
        return found
    return None


def _replaced(text: str, node: yaml.Node, value: Any, path: Path, name: str) -> str:
    start, end = node.start_mark.index, node.end_mark.index
    old = text[start:end]
    is_one_line = "\n" not in old and not (isinstance(node, yaml.CollectionNode) and not node.flow_style)
    if not is_one_line:
        raise _unsafe(path, name, "the value there has several lines")
    space = " " if start == end and text[start - 1 : start] == ":" else ""
    return f"{text[:start]}{space}{emitted(value)}{text[end:]}"


def _put_in(text: str, node: yaml.Node, key: str, value: Any, notes: Mapping[str, str] | None, *, notes_at: int) -> str:
    pair = {key: value}
    if isinstance(node, yaml.ScalarNode):  # a key without a value: `scope:`
        at = node.end_mark.index
        return f"{text[:at]} {emitted(pair)}{text[at:]}"
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        inner = emitted(pair)[1:-1]
        at = _end(node.value[-1][1]) if node.value else node.start_mark.index + 1
        return f"{text[:at]}{', ' if node.value else ''}{inner}{text[at:]}"
    indent = node.start_mark.column
    line = f"{' ' * indent}{emitted(key)}:{block(value, indent + 2, notes, notes_at=notes_at)}"
    return _in_a_line_of_its_own(text, _end(node.value[-1][1]), line)


def _end(node: yaml.Node) -> int:
    """Where what a node says ends; PyYAML lets a block end where the next thing begins."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    index: int = node.end_mark.index
    return index


def _in_a_line_of_its_own(text: str, end: int, line: str) -> str:
    line_end = "\r\n" if "\r\n" in text else "\n"
    line = line.replace("\n", line_end)
    if text[:end].endswith("\n"):
        return f"{text[:end]}{line}{line_end}{text[end:]}"
    rest = _REST_OF_LINE.match(text, end)
    at = rest.end() if rest is not None else end
    return f"{text[:at]}{line_end}{line}{text[at:] or line_end}"


def _set(data: Any, path: Path, value: Any) -> Any:
    made = copy.deepcopy(data)
    if not path:
        return value
    place = made
    for key in path[:-1]:
        place = place[key]
    if isinstance(place, dict | list):
        place[path[-1]] = value  # type: ignore[index]
        return made
    return _set(made, path[:-1], {path[-1]: value})


def _checked(made: str, wanted: Any, path: Path, name: str) -> str:
    try:
        says = read_yaml_text(made, name).data
    except YamlInvalid as fault:
        raise _unsafe(path, name, "its layout leaves no place for it") from fault
    if says != wanted:
        raise _unsafe(path, name, "something else in it would change")
    return made


def _unsafe(path: Path, name: str, why: str) -> Conflict:
    return Conflict(
        f"`{dotted(path)}` can't be written into {name} without touching what you wrote: {why}",
        where=Location(file=name, path=dotted(path)),
        expected="a place for one more line",
        mend=f"write `{dotted(path)}` there yourself; nothing was changed",
    )
