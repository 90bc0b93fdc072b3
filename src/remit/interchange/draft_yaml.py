"""A draft of a work definition as YAML that people go on with."""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

__all__ = ["draft_yaml"]


_WORDS: Final = re.compile(r"[A-Za-z][A-Za-z_ /<>=.0-9-]*\Z")


class _Flow(list[Any]):
    """A list on one line: a rule, a list of columns, allowed answers."""


class _Dumper(yaml.SafeDumper):
    """Plain YAML, with the lists of a table on one line each."""


def _flow(dumper: yaml.SafeDumper, values: _Flow) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=True)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    # PyYAML writes for YAML 1.1, where `1e5` is a text: whatever does not begin like a word is put into quotes.
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if _WORDS.match(text) else "'")


_Dumper.add_representer(_Flow, _flow)
_Dumper.add_representer(str, _text)


def draft_yaml(definition: dict[str, Any]) -> str:
    """The definition as YAML in its own order of keys; lists of plain values stand on one line."""
    data = _flowing(definition)
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100_000, default_flow_style=False)


def _flowing(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _flowing(below) for key, below in value.items()}
    if isinstance(value, list | tuple):
        plain = not any(isinstance(below, dict | list | tuple) for below in value)
        return _Flow(value) if plain else [_flowing(below) for below in value]
    return value
