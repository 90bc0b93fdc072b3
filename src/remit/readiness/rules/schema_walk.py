"""Looking through the JSON Schemas of a definition: every place of them, and whether a field is closed or bounded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from remit.definition.model import Inputs, Json, Outputs
from remit.definition.positions import Path
from remit.definition.schemas.look import followed

__all__ = ["SchemaNode", "is_bounded_text", "is_closed", "is_empty", "is_free_text", "nodes"]

_LOWER, _UPPER = ("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")
DEEPEST = 8
"""How deep answers may be nested and still be told to be closed; a reference in a circle ends here."""

_TEXT_BOUNDS = ("maxLength", "pattern", "enum", "const", "format")


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaNode:
    """One schema inside a schema: where it stands in the definition and how people call it (``lines[].text``)."""

    path: Path
    name: str
    schema: Json


def nodes(part: Inputs | Outputs, schema: Mapping[str, Json], root: str) -> Iterator[SchemaNode]:
    """Every schema inside ``schema``, itself first, references followed, with the way to it in the definition.

    Args:
        part: the inputs or outputs that the schema was made from.
        schema: JSON Schema of an object.
        root: ``inputs`` or ``outputs``.
    """
    short = part.fields is not None
    start = SchemaNode(path=(root, "fields" if short else "schema"), name=root, schema=schema)
    yield from _Walk(root=schema, short=short, seen={id(schema)}).down(start, top=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """The way down a schema. In the short form a field's place is the field itself, whatever it is made of.

    ``seen`` holds what references led to: it is looked through where it is first met, so that neither circles nor
    references to references make the way long.
    """

    root: Mapping[str, Json]
    short: bool
    seen: set[int]

    def down(self, node: SchemaNode, *, top: bool) -> Iterator[SchemaNode]:
        schema = node.schema
        if isinstance(schema, Mapping) and "$ref" in schema:
            schema = followed(schema, self.root)
            if id(schema) in self.seen:
                return
            self.seen.add(id(schema))
            node = replace(node, schema=schema)
        yield node
        if not isinstance(schema, Mapping):
            return
        if isinstance(fields := schema.get("properties"), Mapping):
            for name, sub in fields.items():
                path = (*node.path, name) if self.short else (*node.path, "properties", name)
                below = SchemaNode(path=path, name=name if top else f"{node.name}.{name}", schema=sub)
                yield from self.down(below, top=False)
        if isinstance(items := schema.get("items"), Mapping):
            path = node.path if self.short else (*node.path, "items")
            yield from self.down(SchemaNode(path=path, name=f"{node.name}[]", schema=items), top=False)
        for keyword in ("anyOf", "oneOf", "allOf", "prefixItems"):
            for i, sub in enumerate(_listing(schema.get(keyword))):
                path = node.path if self.short else (*node.path, keyword, i)
                # Choices are about the same value, so they keep its name.
                yield from self.down(SchemaNode(path=path, name=node.name, schema=sub), top=top)


def _listing(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def is_empty(schema: Json) -> bool:
    """Whether a schema accepts anything."""
    return schema is True or schema == {}


def types_of(schema: Mapping[str, Json]) -> tuple[str, ...]:
    """The types that a schema names, also where it names one."""
    found = schema.get("type", ())
    return (found,) if isinstance(found, str) else tuple(found)


def is_closed(schema: Json, root: Mapping[str, Json], *, depth: int = 0) -> bool:
    """Whether only a list of answers or a range with both ends is allowed, ``null`` aside.

    Args:
        schema: of one field.
        root: the schema it is in, in which references lead somewhere.
        depth: how deep this is inside the field; what is nested without end is open.
    """
    node = followed(schema, root)
    if "enum" in node or "const" in node:
        return True
    if depth == DEEPEST:
        return False
    for keyword in ("anyOf", "oneOf"):
        if choices := _listing(node.get(keyword)):
            return all(is_closed(choice, root, depth=depth + 1) for choice in choices)
    types = types_of(node)
    return bool(types) and all(_is_closed_type(one, node, root, depth) for one in types)


def _is_closed_type(kind: str, schema: Mapping[str, Json], root: Mapping[str, Json], depth: int) -> bool:
    match kind:
        case "boolean" | "null":
            return True
        case "integer" | "number":
            return any(key in schema for key in _LOWER) and any(key in schema for key in _UPPER)
        case "array":
            bounded = "maxItems" in schema or schema.get("uniqueItems") is True
            return bounded and is_closed(schema.get("items"), root, depth=depth + 1)
        case _:
            return False


def is_bounded_text(schema: Json) -> bool:
    """Whether text has a bound, or the schema allows no text at all."""
    if not isinstance(schema, Mapping) or "string" not in types_of(schema):
        return True
    return any(key in schema for key in _TEXT_BOUNDS)


def is_free_text(schema: Json) -> bool:
    """Whether somebody's own words fit in here, also where the schema leaves open what does."""
    if not isinstance(schema, Mapping):
        return True
    if any(key in schema for key in ("enum", "const", "format", "$ref")):
        return False
    types = types_of(schema)
    if "object" in types and schema.get("additionalProperties", schema.get("unevaluatedProperties")) is not False:
        return True
    if "array" in types and not {"items", "prefixItems"} & schema.keys():
        return True
    return "string" in types or not types
