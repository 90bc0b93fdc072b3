"""The canonical form of a definition file, and the proof that it still says the same."""

from __future__ import annotations

import dataclasses
import json
from typing import Any, Final

from remit.definition.model import Definition
from remit.files.yaml_format.layout import laid_out
from remit.files.yaml_format.tree import Collection, Comment, comments_of, read_tree
from remit.files.yaml_reader import read_yaml_text

__all__ = ["format_definition"]

_ORDER: Final = {field.name: place for place, field in enumerate(dataclasses.fields(Definition))}


def format_definition(text: str, name: str = "<text>") -> str:
    """The canonical text of a definition file; the same again for that text.

    Keys of the top level stand in the order of the language, unknown ones behind them; an alias stays behind what it
    stands for.  Comments stay with what they are about, and single blank lines stay.  Whether the definition is valid
    is not looked at: a draft is formatted too.

    Args:
        text: what the file holds.
        name: stands for the file in problems.

    Raises:
        FileUnreadable: it is too large, or no proper text.
        YamlInvalid: it is not plain YAML, with every problem.
    """
    text = text.removeprefix("\ufeff")
    meaning = _meaning(read_yaml_text(text, name).data)
    for in_order in (True, False):
        made = _formatted(text, in_order=in_order)
        if _means(made) == meaning and sorted(comments_of(made)) == sorted(comments_of(text)):
            return made
    raise AssertionError(f"the formatted text of {name} would say something else; nothing was changed")


def _formatted(text: str, *, in_order: bool) -> str:
    root = read_tree(text)
    header = _header(root)
    if in_order:
        root.entries.sort(key=lambda entry: _ORDER.get(entry.key.text if entry.key is not None else "", len(_ORDER)))
    return laid_out(root, header)


def _header(root: Collection) -> list[Comment]:
    """The comments on top of the file that a blank line parts from the first key: they stay on top."""
    first = root.entries[0] if root.entries else None
    if first is None:
        return []
    above = first.above
    if first.blank_above:
        parted = len(above)
    else:
        parted = max((place for place, one in enumerate(above) if one.blank_above), default=0)
    header, first.above = above[:parted], above[parted:]
    if header and first.above:
        first.above[0].blank_above = False
    elif header:
        first.blank_above = False
    return header


def _means(text: str) -> str | None:
    from remit.errors import YamlInvalid

    try:
        return _meaning(read_yaml_text(text).data)
    except YamlInvalid:  # an alias that came before what it stands for
        return None


def _meaning(data: dict[str, Any]) -> str:
    """The data as text that tells 1, 1.0 and true apart."""
    return json.dumps(data, sort_keys=True)
