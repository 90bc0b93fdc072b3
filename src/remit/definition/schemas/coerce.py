"""Values into the types that a schema says, so that an expression finds doubles where the schema says number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from remit.definition.model import Json
from remit.definition.schemas.look import followed

__all__ = ["coercer"]

Coerce = Callable[[Any], Any]
Node = Mapping[str, Any]

_COMBINED: Final = ("allOf", "anyOf", "oneOf")
_LARGEST: Final = 10**300  # no whole number beyond it becomes a float
_PLAIN: Final = frozenset({str, int, float, bool, type(None)})
_USUAL: Final = {"string": str, "boolean": bool, "number": float, "integer": int}


def coercer(schema: Node) -> Callable[[Mapping[str, Json]], dict[str, Json]]:
    """A function that copies a value, deeply, with its numbers in the types of the schema.

    Where the schema says ``number``, whole numbers become floats; where it says ``integer``, whole floats become
    ints; nested too.  Times become RFC 3339 text (one without an offset stays without, and is refused later), dates
    ISO text, tuples lists, and scalars of numpy plain numbers.  What does not fit the schema is copied as it is:
    refusing is the schema check's.  The argument is never changed.
    """
    made = _Coercers(schema).of(schema)

    def coerce(value: Mapping[str, Json]) -> dict[str, Json]:
        try:
            copied: dict[str, Json] = made(value)
        except RecursionError:  # nested beyond everything that a schema describes
            return dict(value)
        return copied

    return coerce


class _Coercers:
    """The coercers of one schema, one for each node, so that a schema may refer to itself."""

    def __init__(self, root: Node) -> None:
        self._root = root
        self._made: dict[int, Coerce] = {}
        self._nodes: list[Node] = []  # kept alive: they are known by their identity

    def of(self, node: Any) -> Coerce:
        node = followed(node, self._root)
        known = self._made.get(id(node))
        if known is not None:
            return known

        def later(value: Any) -> Any:
            return self._made[id(node)](value)

        self._nodes.append(node)
        self._made[id(node)] = later
        coerce = self._build(node)
        self._made[id(node)] = coerce
        return coerce

    def _build(self, node: Node) -> Coerce:
        types = self._types(node)
        scalar = _scalar(as_float="number" in types, as_int="integer" in types and "number" not in types)
        fields, rest = self._fields(node)
        coercer_of = fields.get
        items = self._items(node)

        def coerce(value: Any) -> Any:
            if type(value) in _PLAIN:
                return scalar(value)
            if type(value) is dict or isinstance(value, Mapping):
                return {key: coercer_of(key, rest)(below) for key, below in value.items()}
            if isinstance(value, list | tuple):
                return [items(below) for below in value]
            return scalar(value)

        usual = [_USUAL[type_] for type_ in types if type_ in _USUAL]
        return _mostly(usual[0], coerce) if len(usual) == 1 else coerce

    def _types(self, node: Node) -> set[str]:
        found = node.get("type", ())
        types = {found} if isinstance(found, str) else set(found)
        for keyword in _COMBINED:
            for part in _parts(node, keyword):
                below = followed(part, self._root)
                types |= self._types(below) if not any(_parts(below, word) for word in _COMBINED) else set()
        return types

    def _fields(self, node: Node) -> tuple[dict[str, Coerce], Coerce]:
        fields: dict[str, Coerce] = {}
        rest: Coerce = _copied
        for part in (node, *(followed(part, self._root) for word in _COMBINED for part in _parts(node, word))):
            own = part.get("properties")
            if isinstance(own, Mapping):
                fields |= {name: self.of(below) for name, below in own.items() if name not in fields}
            other = part.get("additionalProperties")
            if isinstance(other, Mapping):
                rest = self.of(other)
        return fields, rest

    def _items(self, node: Node) -> Coerce:
        for part in (node, *(followed(part, self._root) for word in _COMBINED for part in _parts(node, word))):
            if isinstance(part.get("items"), Mapping):
                return self.of(part["items"])
        return _copied


def _parts(node: Node, keyword: str) -> list[Any]:
    parts = node.get(keyword)
    return parts if isinstance(parts, list) else []


def _mostly(usual: type, coerce: Coerce) -> Coerce:
    """``coerce`` for a node whose values are mostly of one plain type: these need no more than a look."""

    def look(value: Any) -> Any:
        return value if type(value) is usual else coerce(value)

    return look


def _scalar(*, as_float: bool, as_int: bool) -> Coerce:
    def coerce(value: Any) -> Any:
        value = _plain(value)
        if isinstance(value, bool):
            return value
        if as_float and isinstance(value, int):
            return float(value) if -_LARGEST < value < _LARGEST else value
        if as_int and isinstance(value, float) and value.is_integer():
            return int(value)
        return value

    return coerce


def _copied(value: Any) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Mapping):
        return {key: _copied(below) for key, below in value.items()}
    if isinstance(value, list | tuple):
        return [_copied(below) for below in value]
    return _plain(value)


def _plain(value: Any) -> Any:
    """A scalar as JSON knows it, exactly of its type: subclasses of ``str`` and ``float`` become plain."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    item = getattr(value, "item", None)
    return item() if callable(item) and getattr(value, "shape", None) == () else value
