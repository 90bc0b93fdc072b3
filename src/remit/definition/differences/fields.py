"""What goes in and what comes out: two JSON Schemas, field by field, whichever way they were written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from remit.definition.differences.change import ChangeKind, mixed
from remit.definition.differences.shown import listed, shown, without
from remit.definition.differences.walk import Place, Walk
from remit.definition.model import Inputs, Outputs
from remit.definition.schemas import input_schema, output_schema

__all__ = ["compare_fields"]

Node = Mapping[str, Any]

_BREAKING: Final = ChangeKind.BREAKING
_LOOSER: Final = ChangeKind.LOOSENING
_TIGHTER: Final = ChangeKind.TIGHTENING

_SPOKEN_OF: Final = {"properties", "required", "additionalProperties", "items", "enum"}
_WORDS: Final = {"title", "description", "examples", "default", "$comment", "$id", "$schema"}
_LEAST: Final = (("minimum", "exclusiveMinimum"), ("minLength",), ("minItems",), ("minProperties",))
_MOST: Final = (("maximum", "exclusiveMaximum"), ("maxLength",), ("maxItems",), ("maxProperties",))
_BOUNDS: Final = {key for keys in (*_LEAST, *_MOST) for key in keys}


def compare_fields(walk: Walk, part: str, old: Inputs | Outputs | None, new: Inputs | Outputs | None) -> None:
    """The fields of ``inputs`` or ``outputs``."""
    forms = [_written(one) for one in (old, new)]
    if json.dumps(forms[0], sort_keys=True) == json.dumps(forms[1], sort_keys=True):
        return
    place = Place(path=f"{part}.{_key(new) or _key(old)}")
    schemas = [_schema(one) for one in (old, new)]
    if not schemas[0] or not schemas[1]:
        state = "are described for the first time" if not schemas[0] else "are not described any more"
        names = listed(dict((schemas[1] or schemas[0]).get("properties", {})))
        walk.add(place, _BREAKING, f"the {part} {state}: {names}", forms[0], forms[1])
        return
    n_before = len(walk.changes)
    _Fields(walk, outputs=part == "outputs").node(place, "", schemas[0], schemas[1])
    if len(walk.changes) == n_before:
        said = f"the {part} are written in another way and take the same"
        walk.add(place, ChangeKind.WORDING, said, forms[0], forms[1])


def _key(part: Inputs | Outputs | None) -> str | None:
    if part is None or (part.fields is None and part.schema is None):
        return None
    return "fields" if part.fields is not None else "schema"


def _written(part: Inputs | Outputs | None) -> Any:
    return None if part is None else part.fields if part.fields is not None else part.schema


def _schema(part: Inputs | Outputs | None) -> Node:
    from remit.definition.model import Definition

    if isinstance(part, Outputs):
        return output_schema(Definition(remit=1, id="x", outputs=part))
    return input_schema(Definition(remit=1, id="x", inputs=part))


class _Fields:
    """Two schemas of one part."""

    def __init__(self, walk: Walk, *, outputs: bool) -> None:
        self._walk = walk
        self._noun = "output" if outputs else "input"
        self._outputs = outputs

    def node(self, place: Place, name: str, old: Any, new: Any) -> None:
        """One field, or the whole where ``name`` is empty."""
        if old == new and json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True):
            return
        if not isinstance(old, Mapping) or not isinstance(new, Mapping):
            self._say(place, name, _BREAKING, "is described in another way", old, new)
            return
        if _type(old) != _type(new):
            self._say(place, name, _type_kind(old, new), f"takes {_takes(new)} instead of {_takes(old)}", old, new)
            return
        self._options(place, name, old, new)
        self._properties(place, name, old, new)
        self._closed(place, name, old, new)
        if old.get("items") != new.get("items"):
            self.node(place, f"{name}[]", old.get("items", {}), new.get("items", {}))
        keywords = [
            key for key in dict.fromkeys([*old, *new]) if key not in _SPOKEN_OF and old.get(key) != new.get(key)
        ]
        if not keywords:
            return
        binding = [key for key in keywords if key not in _WORDS]
        if not binding:
            self._say(place, name, ChangeKind.WORDING, "is described in other words", old, new)
        elif set(binding) <= _BOUNDS:
            self._say(place, name, _bounds_kind(old, new), f"takes {_takes(new)} instead of {_takes(old)}", old, new)
        else:
            said = f"is bound in another way: {', '.join(f'`{key}`' for key in binding)}"
            self._say(place, name, _BREAKING, said, old, new)

    def _say(self, place: Place, name: str, kind: ChangeKind, said: str, old: Any, new: Any) -> None:
        subject = f"the {self._noun} `{name}`" if name else f"the {self._noun}"
        path = f"{place.path}.{name}" if name else place.path
        self._walk.add(Place(path=path), kind, f"{subject} {said}", old, new)

    def _options(self, place: Place, name: str, old: Node, new: Node) -> None:
        was, now = old.get("enum"), new.get("enum")
        if was == now or not isinstance(was, list) or not isinstance(now, list):
            return
        added, gone = without(now, was), without(was, now)
        if added:
            self._say(place, name, _LOOSER, f"may also be {listed(added)}", was, now)
        if gone:
            self._say(place, name, _TIGHTER, f"can't be {listed(gone)} any more", was, now)
        if not added and not gone:
            self._say(place, name, ChangeKind.WORDING, "has the same values in another order", was, now)

    def _properties(self, place: Place, name: str, old: Node, new: Node) -> None:
        was, now = (node.get("properties", {}) for node in (old, new))
        needed = [set(node.get("required", ())) for node in (old, new)]
        for field in dict.fromkeys([*was, *now]):
            below = f"{name}.{field}" if name else field
            if field not in was:
                optional = field not in needed[1]
                kind = _LOOSER if optional and not self._outputs else _BREAKING
                may = "may be there" if optional else "is needed"
                self._say(place, below, kind, f"is new and {may}: {_takes(now[field])}", None, now[field])
                continue
            if field not in now:
                self._say(place, below, _BREAKING, f"is gone: {_takes(was[field])}", was[field], None)
                continue
            if (field in needed[0]) != (field in needed[1]):
                here = field in needed[1]
                said = "is needed now; it was optional" if here else "is optional now; it was needed"
                self._say(place, below, _TIGHTER if here else _LOOSER, said, None, None)
            self.node(place, below, was[field], now[field])
        if list(was) != list(now) and {*was} == {*now}:
            return
        extra = [{*needed[0]} - {*was}, {*needed[1]} - {*now}]
        if extra[0] != extra[1]:
            self._say(place, name, _BREAKING, "needs other fields that it does not describe", *map(sorted, extra))

    def _closed(self, place: Place, name: str, old: Node, new: Node) -> None:
        was, now = (node.get("additionalProperties", True) for node in (old, new))
        if was == now:
            return
        kind = _TIGHTER if now is False else _LOOSER if was is False else _BREAKING
        said = "takes no other fields any more" if now is False else "takes other fields too" if was is False else ""
        self._say(place, name, kind, said or "describes other fields in another way", was, now)


def _type(node: Node) -> Any:
    return (node.get("type"), "enum" in node, node.get("format"), node.get("const"))


def _type_kind(old: Node, new: Node) -> ChangeKind:
    kinds = (_type(old), _type(new))
    plain = [kind[1:] == (False, None, None) for kind in kinds]
    if all(plain) and (kinds[0][0], kinds[1][0]) == ("integer", "number"):
        return mixed([_LOOSER, _bounds_kind(old, new)])
    if all(plain) and (kinds[0][0], kinds[1][0]) == ("number", "integer"):
        return mixed([_TIGHTER, _bounds_kind(old, new)])
    return _BREAKING


class Bound(NamedTuple):
    """A bound of a range; ``side`` is 0 where the bound itself is let through, else 1 above it and -1 below it."""

    value: float
    side: int


def _bounds_kind(old: Node, new: Node) -> ChangeKind:
    """Which way all bounds together go."""
    kinds = []
    for every, low in ((_LEAST, True), (_MOST, False)):
        for keys in every:
            was, now = (_bound(node, keys, low=low) for node in (old, new))
            if was != now:
                kinds.append(_LOOSER if (now < was) == low else _TIGHTER)
    return mixed(kinds)


def _bound(node: Node, keys: tuple[str, ...], *, low: bool) -> Bound:
    """The bound that counts. Bounds sort like the numbers that they let through first or last."""
    sign = 1 if low else -1
    found = [Bound(float(node[key]), sign * strict) for strict, key in enumerate(keys) if key in node]
    return (max if low else min)(found, default=Bound(-sign * float("inf"), 0))


def _takes(node: Any) -> str:
    """What a field takes, in plain words."""
    if not isinstance(node, Mapping):
        return "anything" if node is True else shown(node)
    if "enum" in node:
        return f"one of {listed(node['enum'])}"
    kind = node.get("type")
    if node.get("format") in ("date", "date-time"):
        return "a date" if node["format"] == "date" else "a date with its time"
    if kind == "string":
        return f"text{_range(node, 'minLength', 'maxLength', ' characters')}"
    if kind in ("number", "integer"):
        return f"{'a number' if kind == 'number' else 'a whole number'}{_range(node, 'minimum', 'maximum', '')}"
    if kind == "boolean":
        return "yes or no"
    if kind == "array":
        return f"a list{_range(node, 'minItems', 'maxItems', ' entries')} of {_takes(node.get('items', True))}"
    if kind == "object":
        return f"an object with {listed(node.get('properties', {}))}"
    return "a value"


def _range(node: Node, least: str, most: str, unit: str) -> str:
    low = [f"at least {shown(node[least])}"] if least in node else []
    high = [f"at most {shown(node[most])}"] if most in node else []
    if "exclusiveMinimum" in node:
        low.append(f"more than {shown(node['exclusiveMinimum'])}")
    if "exclusiveMaximum" in node:
        high.append(f"less than {shown(node['exclusiveMaximum'])}")
    parts = [*low, *high]
    return f" of {' and '.join(parts)}{unit}" if parts else ""
