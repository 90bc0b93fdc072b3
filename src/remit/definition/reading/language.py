"""The JSON Schema of the language: what editors complete from and what ``remit schema`` prints."""

from __future__ import annotations

import copy
from typing import Any, Final

from remit.definition.reading.read import DEFINITION

__all__ = ["LANGUAGE_ID", "language_schema"]

LANGUAGE_ID: Final = "urn:remit:definition:1"

_SHORT_FORM: Final = (
    "The short form: `text <= 200`, `number >= 0`, `integer 1..10`, `yes/no`, `date`, `datetime`, `[one, other]`, "
    "`list <= 50 of ...`, `{name: type}`, `from topics.csv#topic`; `optional` before any of them."
)


def language_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a work definition in version 1 of the language; closed everywhere."""
    schema = _without_titles(copy.deepcopy(dict(DEFINITION.schema)))
    for part in ("Inputs", "Outputs"):
        properties = schema["$defs"][part]["properties"]
        properties["fields"]["description"] = _SHORT_FORM
        properties["schema"]["description"] = "A JSON Schema (2020-12) of an object, where the short form ends."
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": LANGUAGE_ID,
        "title": "Remit work definition",
        **schema,
    }


def _without_titles(node: Any) -> Any:
    """The schema without the titles that only repeat the name of their key."""
    if isinstance(node, dict):
        return {
            key: _without_titles(below)
            for key, below in node.items()
            if not (key == "title" and isinstance(below, str))
        }
    return [_without_titles(below) for below in node] if isinstance(node, list) else node
