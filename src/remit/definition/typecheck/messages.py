"""The schemas of a definition as protobuf messages: what CEL's checker knows fields by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

__all__ = ["Messages", "message_of", "new_file", "pool_of"]

_PACKAGE = "remit"
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


@dataclass(slots=True)
class Messages:
    """The messages made so far: their descriptors, and what path each of them stands for."""

    file: Any
    paths: dict[str, str] = field(default_factory=dict)
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)


def new_file() -> Any:
    """An empty file of messages."""
    from google.protobuf import descriptor_pb2

    return descriptor_pb2.FileDescriptorProto(
        name="remit_definition.proto", package=_PACKAGE, syntax="proto2", dependency=["google/protobuf/struct.proto"]
    )


def pool_of(file: Any) -> Any:
    """The messages of ``file``, ready to compile with."""
    from google.protobuf import descriptor_pool

    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(_struct_file())
    pool.AddSerializedFile(file.SerializeToString())
    return pool


@lru_cache(maxsize=1)
def _struct_file() -> bytes:
    from google.protobuf import struct_pb2

    serialized: bytes = struct_pb2.DESCRIPTOR.serialized_pb
    return serialized


def message_of(messages: Messages, schema: Mapping[str, Any], at: str) -> str | None:
    """Make a message for an object schema and return its full name; None where its fields can't be told."""
    properties = schema.get("properties")
    if schema.get("type") != "object" or not isinstance(properties, Mapping) or not properties:
        return None
    if any(key in schema for key in ("anyOf", "oneOf", "allOf", "patternProperties", "$ref")):
        return None
    if not all(_IDENTIFIER.match(name) for name in properties):
        return None
    full = f"{_PACKAGE}.M{len(messages.paths)}"
    messages.paths[full] = at
    messages.fields[full] = tuple(properties)
    made = messages.file.message_type.add(name=full.removeprefix(_PACKAGE + "."))
    for number, (name, sub) in enumerate(properties.items(), 1):
        _field(
            messages, made.field.add(name=name, number=number + (1000 if number >= 19000 else 0)), sub, f"{at}.{name}"
        )
    return full


def _field(messages: Messages, made: Any, schema: Any, at: str) -> None:
    many = False
    if isinstance(schema, Mapping) and schema.get("type") == "array":
        items = schema.get("items")
        nested = isinstance(items, Mapping) and items.get("type") == "array"
        if not nested:
            many, schema, at = True, items, f"{at}[]"
    made.label = made.LABEL_REPEATED if many else made.LABEL_OPTIONAL
    kind = _scalar(schema)
    if kind is not None:
        made.type = {"string": made.TYPE_STRING, "number": made.TYPE_DOUBLE, "integer": made.TYPE_INT64}.get(
            kind, made.TYPE_BOOL
        )
        return
    made.type = made.TYPE_MESSAGE
    full = message_of(messages, schema, at) if isinstance(schema, Mapping) else None
    made.type_name = f".{full}" if full else ".google.protobuf.Value"


def _scalar(schema: Any) -> str | None:
    """``string``, ``number``, ``integer`` or ``boolean`` where the schema says just that, else None."""
    if not isinstance(schema, Mapping):
        return None
    kind = schema.get("type")
    if isinstance(kind, str) and kind in {"string", "number", "integer", "boolean"}:
        return str(kind)
    if kind is None and isinstance(values := schema.get("enum"), list) and values:
        words = {_word_of(value) for value in values}
        return words.pop() if len(words) == 1 else None
    return None


def _word_of(value: object) -> str | None:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case _:
            return None
