"""Looking through the JSON Schemas of a definition: every place of them, and whether a field is closed or bounded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from remit.definition.model import Inputs, Json, Outputs
from remit.definition.positions import Path

__all__ = ["SchemaNode", "is_bounded_text", "is_closed", "is_empty", "nodes"]

_LOWER, _UPPER = ("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")
_TEXT_BOUNDS = ("maxLength", "pattern", "enum", "const", "format")


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaNode:
    """One schema inside a schema: where it stands in the definition and how people call it (``lines[].text``)."""

    path: Path
    name: str
    schema: Json


def nodes(part: Inputs | Outputs, schema: Mapping[str, Json], root: str) -> Iterator[SchemaNode]:
    """Every schema inside ``schema``, itself first, with the way to it in the definition.

    Args:
        part: the inputs or outputs that the schema was made from.
        schema: JSON Schema of an object.
        root: ``inputs`` or ``outputs``.
    """
    written_short = part.fields is not None
    start: Path = (root, "fields") if written_short else (root, "schema")
    yield from _walk(SchemaNode(path=start, name=root, schema=schema), top=True, short=written_short)


def _walk(node: SchemaNode, *, top: bool, short: bool) -> Iterator[SchemaNode]:
    yield node
    schema = node.schema
    if not isinstance(schema, Mapping):
        return
    for name, sub in _mapping(schema.get("properties")).items():
        path = (*node.path, name) if short else (*node.path, "properties", name)
        yield from _walk(
            SchemaNode(path=path, name=name if top else f"{node.name}.{name}", schema=sub), top=False, short=short
        )
    if isinstance(items := schema.get("items"), Mapping):
        path = node.path if short else (*node.path, "items")
        yield from _walk(SchemaNode(path=path, name=f"{node.name}[]", schema=items), top=False, short=short)
    for keyword in ("anyOf", "oneOf", "allOf", "prefixItems"):
        for i, sub in enumerate(_listing(schema.get(keyword))):
            path = node.path if short else (*node.path, keyword, i)
            yield from _walk(SchemaNode(path=path, name=node.name, schema=sub), top=top, short=short)


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _listing(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def is_empty(schema: Json) -> bool:
    """Whether a schema accepts anything."""
    return schema is True or schema == {}


def types_of(schema: Mapping[str, Json]) -> tuple[str, ...]:
    """The types that a schema names, also where it names one."""
    found = schema.get("type", ())
    return (found,) if isinstance(found, str) else tuple(found)


def is_closed(schema: Json) -> bool:
    """Whether only a list of answers or a range with both ends is allowed, ``null`` aside."""
    if not isinstance(schema, Mapping):
        return False
    if "enum" in schema or "const" in schema:
        return True
    for keyword in ("anyOf", "oneOf"):
        if choices := _listing(schema.get(keyword)):
            return all(is_closed(choice) for choice in choices)
    types = types_of(schema)
    return bool(types) and all(_is_closed_type(one, schema) for one in types)


def _is_closed_type(kind: str, schema: Mapping[str, Json]) -> bool:
    match kind:
        case "boolean" | "null":
            return True
        case "integer" | "number":
            return any(key in schema for key in _LOWER) and any(key in schema for key in _UPPER)
        case "array":
            return is_closed(schema.get("items")) and ("maxItems" in schema or schema.get("uniqueItems") is True)
        case _:
            return False


def is_bounded_text(schema: Json) -> bool:
    """Whether text has a bound, or the schema allows no text at all."""
    if not isinstance(schema, Mapping) or "string" not in types_of(schema):
        return True
    return any(key in schema for key in _TEXT_BOUNDS)
