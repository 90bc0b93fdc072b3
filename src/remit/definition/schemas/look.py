"""What the schemas of a definition say: of the whole, and of one field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from remit.definition.model import Definition, Inputs, Json, Outputs
from remit.definition.schemas.fields import schema_of_fields

__all__ = ["answers", "followed", "input_schema", "leaf", "output_schema", "properties", "required"]

Node = Mapping[str, Any]

_MAX_HOPS: Final = 32


def input_schema(definition: Definition) -> dict[str, Json]:
    """The JSON Schema of one input; ``{}`` where the definition says nothing of it.

    Raises:
        DefinitionInvalid: the short form can't be read. A definition that came from ``reading.read`` never raises.
    """
    return _schema(definition.inputs)


def output_schema(definition: Definition) -> dict[str, Json]:
    """The JSON Schema of one output; ``{}`` where the definition says nothing of it. Raises as ``input_schema``."""
    return _schema(definition.outputs)


def _schema(part: Inputs | Outputs | None) -> dict[str, Json]:
    if part is None:
        return {}
    if part.fields is not None:
        schema: dict[str, Json] = json.loads(_schema_text(json.dumps(part.fields)))
        return schema
    return dict(part.schema) if part.schema is not None else {}


@lru_cache(maxsize=256)
def _schema_text(fields: str) -> str:
    """The schema of fields, both as JSON: kept, because nearly everything that looks at a definition asks for it."""
    return json.dumps(schema_of_fields(json.loads(fields)))


def followed(node: Json, root: Node) -> Node:
    """The node behind local references (``#/...``). A reference that leads nowhere, or in circles, gives ``{}``."""
    for _ in range(_MAX_HOPS):
        if not isinstance(node, Mapping):
            return {}
        reference = node.get("$ref")
        if not isinstance(reference, str):
            return node
        node = _pointed_at(reference, root)
    return {}


def _pointed_at(reference: str, root: Node) -> Json:
    if not reference.startswith("#"):
        return None
    at: Json = root
    for part in reference.removeprefix("#").split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(at, Mapping):
            at = at.get(key)
        elif isinstance(at, list) and key.isdigit() and int(key) < len(at):
            at = at[int(key)]
        else:
            return None
    return at


def properties(schema: Node) -> Mapping[str, Json]:
    """The fields of an object schema with their schemas, references followed at the top and in ``allOf``."""
    found: dict[str, Json] = {}
    pending = [followed(schema, schema)]
    for _ in range(_MAX_HOPS):
        if not pending:
            break
        node = pending.pop(0)
        own = node.get("properties")
        if isinstance(own, Mapping):
            found |= {name: below for name, below in own.items() if name not in found}
        every = node.get("allOf")
        pending += [followed(part, schema) for part in every] if isinstance(every, list) else []
    return found


def required(schema: Node) -> tuple[str, ...]:
    """The fields that an object can't be without, in the order of the schema."""
    pending, found = [followed(schema, schema)], dict[str, None]()
    for _ in range(_MAX_HOPS):
        if not pending:
            break
        node = pending.pop(0)
        names = node.get("required")
        found |= dict.fromkeys(name for name in names if isinstance(name, str)) if isinstance(names, list) else {}
        every = node.get("allOf")
        pending += [followed(part, schema) for part in every] if isinstance(every, list) else []
    return tuple(found)


def leaf(schema: Node, field: str) -> dict[str, Json] | None:
    """The schema of one field, references followed; None where the schema does not know it."""
    node = properties(schema).get(field)
    return None if node is None else dict(followed(node, schema))


def answers(schema: Node, field: str) -> tuple[Json, ...] | None:
    """The answers that a field allows, where they can be listed: an enumeration, a constant, or yes and no.

    None where it is open (text, a range of numbers, an object), or where the schema does not know the field.
    """
    node = leaf(schema, field)
    if node is None:
        return None
    options = node.get("enum")
    if isinstance(options, list):
        return tuple(options)
    if "const" in node:
        return (node["const"],)
    return (True, False) if node.get("type") == "boolean" else None
