"""Does data have the shape of a record? Pydantic decides; what it finds is told by the path, in plain words.

Pydantic's own places name alternatives of a type as if they were keys (``error_rate.constrained-float``), and it tells
one fault once per alternative.  Here each place is walked along the JSON Schema of the record, which knows where
alternatives are, and each place is told once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from remit.definition.flaws import Flaw, found, listing, suggestion
from remit.definition.positions import Path
from remit.definition.reading.words import Node, branches, expected, mend, resolved

__all__ = ["MAX_BYTES", "Shape", "Shaped"]

T = TypeVar("T")

MAX_BYTES: Final = 4_000_000
"""How large one document may be as JSON, with everything that it pulls in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaped(Generic[T]):
    """The record, or None and the flaws that keep the data from being one.

    ``is_json`` is False for data that can't be looked at at all: no JSON, too large, or nested too deeply.
    """

    value: T | None
    flaws: tuple[Flaw, ...] = ()
    is_json: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where one error of pydantic's is: the path in the data, what is there, and what the record asks for there.

    ``holder`` is the node that the last key of the path belongs to.
    """

    path: Path
    value: Any
    node: Node
    holder: Node
    in_other_branch: bool = False


class Shape(Generic[T]):
    """The shape of one kind of record. ``what`` names it in messages ("work definition").

    The validator is made on first use: it costs 40 ms for a whole work definition.
    """

    def __init__(self, of: type[T], *, what: str) -> None:
        self._of = of
        self._what = what

    @cached_property
    def _adapter(self) -> TypeAdapter[T]:
        return TypeAdapter(self._of)

    @cached_property
    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema of the record."""
        return self._adapter.json_schema(by_alias=True)

    def read(self, data: Any) -> Shaped[T]:
        """Read JSON data as this record, with all flaws of its shape."""
        try:
            text = json.dumps(data, ensure_ascii=False, allow_nan=False).encode("utf-8")
        except (TypeError, ValueError, RecursionError) as error:
            return _no_json(f"the {self._what} is no JSON: {error}")
        if len(text) > MAX_BYTES:
            return _no_json(f"the {self._what} is larger than {MAX_BYTES:,} bytes")
        try:
            return Shaped(value=self._adapter.validate_json(text))
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            if first["type"] == "json_invalid":
                return _no_json(f"the {self._what} can't be read: {first['msg']}")
            return Shaped(value=None, flaws=self._flaws(error, data))

    def _flaws(self, error: ValidationError, data: Any) -> tuple[Flaw, ...]:
        flaws: dict[Flaw, None] = {}
        for fault in error.errors(include_url=False, include_input=False):
            flaw = self._flaw(fault["type"], fault["loc"], data)
            if flaw is not None:
                flaws[flaw] = None
        return _without_misspelt(tuple(flaws))

    def _flaw(self, kind: str, loc: Path, data: Any) -> Flaw | None:
        place = self._place(loc, data)
        if place.in_other_branch:
            return None
        if kind == "missing":
            return self._missing(place)
        if kind == "unexpected_keyword_argument":
            return self._unknown_key(place.path, place.holder)
        if loc and loc[-1] == "[key]":
            return self._wrong_key(place)
        asked = expected(place.node, self.schema, place.value)
        return Flaw(
            path=place.path,
            message=f"{_subject(place.path, self._what)} must be {asked}",
            expected=asked,
            found=found(place.value),
            mend=mend(place.node, self.schema, place.value),
        )

    def _missing(self, place: _Place) -> Flaw:
        if isinstance(place.path[-1], int):
            return Flaw(
                path=place.path[:-1],
                message=f"{_subject(place.path[:-1], self._what)} is too short",
                expected=f"at least {place.path[-1] + 1} entries",
                found=f"{place.path[-1]}",
            )
        return Flaw(
            path=place.path,
            message=f"`{place.path[-1]}` is missing",
            expected=expected(place.node, self.schema),
            found="nothing",
            mend=f"add `{place.path[-1]}: ...`",
        )

    def _unknown_key(self, path: Path, node: Node) -> Flaw:
        known = tuple(resolved(node, self.schema).get("properties", ()))
        name = str(path[-1])
        return Flaw(
            path=path,
            message=f"unknown key `{name}`",
            expected=f"one of {listing(known)}",
            found=f"`{name}`",
            mend=suggestion(name, known),
            at_key=True,
        )

    def _wrong_key(self, place: _Place) -> Flaw:
        name = str(place.path[-1])
        return Flaw(
            path=place.path,
            message=f"`{name}` can't be a key here",
            expected=expected(place.node, self.schema, name),
            found=f"`{name}`",
            mend=mend(place.node, self.schema, name),
            at_key=True,
        )

    def _place(self, loc: Path, data: Any) -> _Place:
        """Walk ``loc`` along schema and data, leaving out the elements that only name an alternative."""
        path: list[str | int] = []
        node = holder = resolved(self.schema, self.schema)
        value = data
        for index, element in enumerate(loc):
            if element == "[key]" and index == len(loc) - 1:
                continue
            if options := branches(node):
                branch = _branch_for(value, element, options, self.schema)
                if index == len(loc) - 1:
                    inside = branch is not None and isinstance(value, Mapping | list)
                    return _Place(path=tuple(path), value=value, node=node, holder=holder, in_other_branch=inside)
                node = branch if branch is not None else {}
                continue
            path.append(element)
            is_key = index == len(loc) - 2 and loc[-1] == "[key]"
            holder, node = node, _below(node, element, self.schema, as_key=is_key)
            value = _item(value, element)
        return _Place(path=tuple(path), value=value, node=node, holder=holder)


def _no_json(message: str) -> Shaped[Any]:
    return Shaped(value=None, flaws=(Flaw(path=(), message=message, expected="one JSON object"),), is_json=False)


def _subject(path: Path, what: str) -> str:
    names = [part for part in path if isinstance(part, str)]
    if not path:
        return f"the {what}"
    if isinstance(path[-1], int):
        return f"entry {path[-1] + 1} of `{names[-1]}`" if names else f"entry {path[-1] + 1}"
    return f"`{path[-1]}`"


def _item(value: Any, element: str | int) -> Any:
    if isinstance(value, Mapping):
        return value.get(element)
    if isinstance(value, list | tuple) and isinstance(element, int) and element < len(value):
        return value[element]
    return None


def _branch_for(value: Any, tag: str | int, options: Sequence[Node], root: Node) -> Node | None:
    """The alternative that ``value`` was meant for: of its JSON type, with the tag or most of its keys."""
    wanted = "object" if isinstance(value, Mapping) else "array" if isinstance(value, list | tuple) else None
    fitting = [node for node in (resolved(option, root) for option in options) if node.get("type") == wanted]
    keys = value if isinstance(value, Mapping) else ()

    def fit(node: Node) -> int:
        properties = node.get("properties", ())
        return sum(key in properties for key in keys) + 100 * (tag in node.get("required", ()))

    return max(fitting, key=fit, default=None)


def _below(node: Node, element: str | int, root: Node, *, as_key: bool) -> Node:
    below: Any
    if isinstance(element, int):
        places = node.get("prefixItems", ())
        below = places[element] if element < len(places) else node.get("items")
    elif as_key:
        below = node.get("propertyNames")
    else:
        below = node.get("properties", {}).get(element, node.get("additionalProperties"))
    return resolved(below, root) if isinstance(below, Mapping) else {}


def _without_misspelt(flaws: tuple[Flaw, ...]) -> tuple[Flaw, ...]:
    """A key that is missing because it is misspelt is told once, as the unknown key."""
    suggested = {
        (*flaw.path[:-1], flaw.mend.removeprefix("did you mean `").removesuffix("`?"))
        for flaw in flaws
        if flaw.at_key and flaw.mend is not None
    }
    return tuple(flaw for flaw in flaws if flaw.path not in suggested or not flaw.message.endswith("is missing"))
