"""The short form of fields: ``{subject: text <= 200, amount: number >= 0}`` into a closed JSON Schema.

::

    field  = ["optional"] type
    type   = "text" length | "number" [range] | "integer" [range] | "yes/no" | "date" | "datetime" | list
           | "{" name ":" field {"," name ":" field} "}"        an object, closed
           | "[" value {"," value} "]"                          an enumeration of texts or of numbers
           | ["[...]"] "from" file "#" column                   an enumeration from a column of a CSV file
    list   = "list" ["<=" n] "of" type                          at most n entries, 1000 where nothing is said
    length = "<=" n | n ".." n                                  in characters
    range  = number ".." number | {("<=" | ">=" | "<" | ">") number}

Objects and enumerations may be YAML mappings and lists too, and ``{list of: ...}`` and ``{optional: ...}`` stand for
``list of ...`` and ``optional ...`` where quotes would be needed.  An optional field may be absent; it is never null.
A ``datetime`` is RFC 3339 text with an offset.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from remit.definition.flaws import Flaw, found, listing, problems_of
from remit.definition.positions import Path
from remit.definition.schemas.field_text import FieldText
from remit.definition.schemas.field_types import (
    DEFAULT_LIST,
    MAX_ENUMERATION,
    MAX_LIST,
    MAX_NESTING,
    MAX_SOURCE,
    TYPE_WORDS,
    FieldRefused,
    OneField,
    bounded_list,
    check_name,
    closed_object,
    enumeration,
)
from remit.errors import DefinitionInvalid

__all__ = ["MAX_ENUMERATION", "MAX_FIELDS", "BuiltFields", "build_fields", "schema_of_fields", "with_enumerations"]

MAX_FIELDS: Final = 1000

_LIST_KEY = re.compile(r"(?P<optional>optional\s+)?list(?:\s*<=\s*(?P<most>[0-9]+))?\s+of\Z")
_FROM = re.compile(
    r"(?P<before>(?:optional\s+)?(?:list(?:\s*<=\s*[0-9]+)?\s+of\s+)*)"
    r"(?:\[\s*\.\.\.\s*\]\s+)?from\s+(?P<file>[^#]*[^#\s])\s*#\s*(?P<column>\S.*?)\s*\Z"
)
_LIST_OF = re.compile(r"list(?:\s*<=\s*[0-9]+)?\s+of\b")


_NO_OPTIONAL_ENTRY: Final = "the entries of a list can't be optional"
_WRONG_BOUND: Final = "the list is bounded wrongly"
_LIST_BOUNDS: Final = f"from 1 to {MAX_LIST:,} entries"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltFields:
    """The schema of some fields, or None and the flaws that keep it from being made. Paths begin at the fields."""

    schema: dict[str, Any] | None
    flaws: tuple[Flaw, ...] = ()


def schema_of_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The closed JSON Schema (2020-12) of fields in the short form; strings are always bounded.

    Raises:
        DefinitionInvalid: with one problem for each field that can't be read, by its path.
    """
    built = build_fields(fields)
    if built.schema is None:
        raise DefinitionInvalid(problems=problems_of(built.flaws))
    return built.schema


def build_fields(fields: Mapping[str, Any]) -> BuiltFields:
    """:func:`schema_of_fields` with the flaws as values."""
    builder = _Builder()
    schema = builder.object(fields, ())
    return BuiltFields(schema=None if builder.flaws else schema, flaws=tuple(builder.flaws))


def with_enumerations(fields: Mapping[str, Any], load: Callable[[str, str, Path], list[str]]) -> dict[str, Any]:
    """The fields with every ``from file#column`` replaced by the values that ``load(file, column, path)`` gives.

    What is no such reference is kept as it is, valid or not.
    """
    return {name: _taken_in(value, (name,), load, MAX_NESTING) for name, value in fields.items()}


def _taken_in(value: Any, path: Path, load: Callable[[str, str, Path], list[str]], depth: int) -> Any:
    if isinstance(value, Mapping) and depth > 0:
        return {name: _taken_in(below, (*path, name), load, depth - 1) for name, below in value.items()}
    reference = _FROM.match(value.strip()) if isinstance(value, str) and len(value) <= MAX_SOURCE else None
    if reference is None:
        return value
    taken: Any = load(reference["file"], reference["column"], path)
    before = reference["before"]
    for word in reversed(_LIST_OF.findall(before)):
        taken = {" ".join(word.split()): taken}
    return {"optional": taken} if before.startswith("optional") else taken


class _Builder:
    """Fields that are YAML values into schemas, with all flaws."""

    def __init__(self) -> None:
        self.flaws: list[Flaw] = []
        self._n_fields = 0

    def object(self, fields: Mapping[str, Any], path: Path) -> dict[str, Any]:
        if not fields:
            self._flaw(FieldRefused("there are no fields", expected="at least one `name: type`", found="nothing"), path)
        made: dict[str, OneField] = {}
        for name, value in fields.items():
            below = (*path, name)
            try:
                check_name(name)
            except FieldRefused as refused:
                self._flaw(refused, below, at_key=True)
            made[name] = self._field(value, below)
        self._n_fields += len(made)
        if self._n_fields > MAX_FIELDS:
            self._flaw(
                FieldRefused("there are too many fields", expected=f"at most {MAX_FIELDS}", found=f"{self._n_fields}"),
                path,
            )
        return closed_object(made)

    def _flaw(self, refused: FieldRefused, path: Path, *, at_key: bool = False) -> None:
        self.flaws.append(refused.at(path, at_key=at_key))

    def _field(self, value: Any, path: Path) -> OneField:
        if len(path) > MAX_NESTING:
            self._flaw(
                FieldRefused(
                    "nested too deeply", expected=f"at most {MAX_NESTING} levels", found=f"{len(path)} levels"
                ),
                path,
            )
            return OneField(schema={})
        if isinstance(value, Mapping):
            return self._mapping(value, path)
        try:
            if isinstance(value, str):
                return FieldText(value).whole_field()
            if isinstance(value, list | tuple):
                return OneField(schema=enumeration(value))
        except FieldRefused as refused:
            self._flaw(refused, path)
            return OneField(schema={})
        untyped = FieldRefused(
            f"`{path[-1]}` has no type",
            expected=f"a type: {listing(TYPE_WORDS)}, a list of the allowed values, or a mapping",
            found=found(value),
            mend="write `yes/no`" if isinstance(value, bool) else None,
        )
        self._flaw(untyped, path)
        return OneField(schema={})

    def _mapping(self, value: Mapping[str, Any], path: Path) -> OneField:
        if len(value) == 1:
            ((key, inner),) = value.items()
            below = (*path, key)
            if key == "optional":
                made = self._field(inner, below)
                if made.optional:
                    self._flaw(FieldRefused("`optional` stands twice", expected="it once", found="twice"), below)
                return OneField(schema=made.schema, optional=True)
            if match := _LIST_KEY.match(key):
                most = int(match["most"]) if match["most"] is not None else DEFAULT_LIST
                item = self._field(inner, below)
                if item.optional:
                    self._flaw(FieldRefused(_NO_OPTIONAL_ENTRY, expected="`list of ...`", found="`optional`"), below)
                if not 1 <= most <= MAX_LIST:
                    self._flaw(FieldRefused(_WRONG_BOUND, expected=_LIST_BOUNDS, found=f"{most}"), below, at_key=True)
                return OneField(schema=bounded_list(item.schema, most), optional=match["optional"] is not None)
        return OneField(schema=self.object(value, path))
