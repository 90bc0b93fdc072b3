"""Input columns: which values each of them can have, as far as the definition says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from remit.definition.model import Definition, Json, Table, UseValue
from remit.definition.schemas import SchemaCheck, input_schema, properties, required
from remit.definition.schemas.look import followed
from remit.definition.scopes import Place
from remit.definition.typecheck import TypeCheck
from remit.errors import DefinitionInvalid

__all__ = ["Column", "Domain", "columns_of"]

_PATH = re.compile(r"\s*input((?:\s*\.\s*[A-Za-z_]\w*)+)\s*\Z")
_ANY_PATH = re.compile(r"\b(?:input|item)(?:\s*\.\s*[A-Za-z_]\w*)+(?!\w|\s*\()")
_TEXT = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_HAS = re.compile(r"\bhas\s*\([^()]*\)")
_CALL = re.compile(r"([A-Za-z_]\w*)\s*\(")
_NEVER_FAIL: Final = frozenset(
    {
        "abs",
        "contains",
        "endsWith",
        "greatest",
        "has",
        "least",
        "lowerAscii",
        "size",
        "startsWith",
        "trim",
        "upperAscii",
    }
)
_MAY_FAIL = re.compile(r"[/%\[]|\bmatches\b")
_ALL_TYPES: Final = ("string", "number", "boolean", "object", "null")
_OF_CEL: Final = {"BOOL": "boolean", "INT": "integer", "UINT": "integer", "DOUBLE": "number", "STRING": "string"}
_MAX_DEPTH: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """The values that a column can have.

    ``types`` are JSON Schema's; ``other`` in them stands for lists and objects, ``null`` for no value at all.
    ``listed`` are the only values, where they are listed.  ``low`` and ``high`` are bounds of numbers.
    ``check`` decides whether a value can really be; None where nothing does.
    """

    types: frozenset[str]
    listed: tuple[Json, ...] | None = None
    low: int | float | None = None
    high: int | float | None = None
    format: str | None = None
    check: SchemaCheck | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One input column. ``path`` leads to its field; None where the column is computed from fields."""

    source: str
    path: tuple[str, ...] | None
    domain: Domain


def columns_of(table: Table, definition: Definition) -> tuple[Column, ...]:
    """The columns of a table with the values that they can have in items of this work.

    A column that is one field has the values of the field's schema; it has none where the field is optional and
    ``when_missing`` says nothing of it. Any other column is computed: its values are those of its CEL type.  Columns
    about the same field depend on each other, so all of them but the first count as computed.
    """
    schema = input_schema(definition)
    found: list[Column] = []
    taken: list[tuple[str, ...]] = []
    for source in table.in_:
        path = _path(source)
        if path is not None and not any(_nested(path, one) for one in taken):
            taken.append(path)
            found.append(Column(source=source, path=path, domain=_of_field(path, schema, definition)))
        else:
            found.append(Column(source=source, path=None, domain=_computed(source, schema, definition)))
    return tuple(found)


def _path(source: str) -> tuple[str, ...] | None:
    match = _PATH.match(source)
    return tuple(part.strip() for part in match[1].split(".")[1:]) if match else None


def _nested(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return one[: len(other)] == other or other[: len(one)] == one


def _of_field(path: tuple[str, ...], schema: Mapping[str, Json], definition: Definition) -> Domain:
    node: Json = schema
    always = True
    for depth, name in enumerate(path):
        parent = followed(node, schema)
        fields = properties({**parent, "$defs": schema.get("$defs", {})}) if depth else properties(schema)
        if name not in fields:
            return Domain(types=frozenset((*_ALL_TYPES, "other")))
        names = required(schema) if depth == 0 else tuple(parent.get("required", ()))
        always = always and (name in names or (depth == 0 and _is_foreseen(name, definition)))
        node = fields[name]
        if depth + 1 < len(path) and "null" in _types(followed(node, schema), schema):
            always = False
    node = followed(node, schema)
    types = set(_types(node, schema))
    if not always:
        types.add("null")
    elif len(path) == 1 and not _puts_nothing(path[0], definition):
        types.discard("null")  # admission takes null for missing
    return Domain(
        types=frozenset(types),
        listed=_listed(node),
        low=_bound(node, "minimum", "exclusiveMinimum", greatest=True),
        high=_bound(node, "maximum", "exclusiveMaximum", greatest=False),
        format=node.get("format") if isinstance(node.get("format"), str) else None,
        check=_check(node, schema),
    )


def _is_foreseen(name: str, definition: Definition) -> bool:
    return definition.inputs is not None and name in definition.inputs.when_missing


def _puts_nothing(name: str, definition: Definition) -> bool:
    """Whether the value that stands in for a missing field is null itself."""
    foreseen = definition.inputs.when_missing if definition.inputs is not None else {}
    use = foreseen.get(name, foreseen.get("*"))
    return isinstance(use, UseValue) and use.use is None


def _types(node: Mapping[str, Json], root: Mapping[str, Json], depth: int = 0) -> tuple[str, ...]:
    said = node.get("type")
    if isinstance(said, str | list):
        names = (said,) if isinstance(said, str) else tuple(said)
        return tuple("other" if name in ("array", "object") else name for name in names)
    if (listed := _listed(node)) is not None:
        return tuple({_type_of(value) for value in listed})
    for keyword in ("anyOf", "oneOf"):
        choices = node.get(keyword)
        if isinstance(choices, list) and depth < _MAX_DEPTH:
            return tuple({one for choice in choices for one in _types(followed(choice, root), root, depth + 1)})
    return (*_ALL_TYPES, "other")


def _type_of(value: Json) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case _:
            return "other"


def _listed(node: Mapping[str, Json]) -> tuple[Json, ...] | None:
    if isinstance(node.get("enum"), list):
        return tuple(node["enum"])
    return (node["const"],) if "const" in node else None


def _bound(node: Mapping[str, Json], key: str, strict: str, *, greatest: bool) -> int | float | None:
    found = [
        bound
        for name in (key, strict)
        if isinstance(bound := node.get(name), int | float) and not isinstance(bound, bool)
    ]
    if not found:
        return None
    return max(found) if greatest else min(found)


def _check(node: Mapping[str, Json], root: Mapping[str, Json]) -> SchemaCheck | None:
    """The check of one value of a field, with everything its references lead to."""
    try:
        return SchemaCheck({**node, **{key: root[key] for key in ("$defs", "definitions") if key in root}})
    except DefinitionInvalid:
        return None


def _computed(source: str, schema: Mapping[str, Json], definition: Definition) -> Domain:
    type_ = _OF_CEL.get(TypeCheck(definition).type_of(source, Place.TABLE) or "")
    types = {type_} if type_ is not None else {*_ALL_TYPES, "other"}
    if not _always_has_a_value(source, schema, definition):
        types.add("null")
    return Domain(types=frozenset(types))


def _always_has_a_value(source: str, schema: Mapping[str, Json], definition: Definition) -> bool:
    """Whether a computed column has a value for every item: nothing in it can fail, and every field is there."""
    plain = _HAS.sub("true", _TEXT.sub("''", source))
    if _MAY_FAIL.search(plain) or any(name not in _NEVER_FAIL for name in _CALL.findall(plain)):
        return False
    return all("null" not in domain.types for domain in _read(plain, schema, definition))


def _read(plain: str, schema: Mapping[str, Json], definition: Definition) -> Iterator[Domain]:
    for found in _ANY_PATH.finditer(plain):
        path = _path(found[0])
        yield Domain(types=frozenset({"null"})) if path is None else _of_field(path, schema, definition)
