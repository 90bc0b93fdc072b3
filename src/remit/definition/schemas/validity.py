"""Is a JSON Schema that somebody wrote under ``schema:`` one that Remit can use?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any, Final

from remit.definition.flaws import Flaw, found, shortened
from remit.definition.positions import Path
from remit.definition.schemas.check import SchemaCheck, validator

__all__ = ["DIALECT", "schema_flaws"]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_MAX_FLAWS: Final = 50
_PLAIN_VALUES: Final = frozenset({"const", "enum", "default", "examples"})
_OTHER_REFERENCES: Final = ("$dynamicRef", "$recursiveRef")


def schema_flaws(schema: Mapping[str, Any]) -> tuple[Flaw, ...]:
    """What keeps a JSON Schema from being used; paths begin at the schema.

    It has to be valid in the dialect 2020-12, describe an object, and refer to nothing outside itself.
    """
    flaws = [*_top(schema), *islice(_references(schema, ()), _MAX_FLAWS)]
    broken = _broken(schema)
    flaws += broken
    if flaws:
        return tuple(flaws)
    return tuple(_not_compiled(schema))


def _top(schema: Mapping[str, Any]) -> Iterator[Flaw]:
    if schema.get("type") != "object":
        yield Flaw(
            path=("type",),
            message="the schema does not describe an object",
            expected="`type: object`, the fields under `properties`",
            found=found(schema.get("type")),
            mend="write `type: object`",
        )
    dialect = schema.get("$schema", DIALECT)
    if dialect != DIALECT:
        yield Flaw(
            path=("$schema",),
            message="the schema is written in another dialect",
            expected=f"`{DIALECT}`",
            found=found(dialect),
            mend="take `$schema` away, and write the schema in the dialect 2020-12",
        )


def _references(node: Any, path: Path) -> Iterator[Flaw]:
    if isinstance(node, list):
        for index, below in enumerate(node):
            yield from _references(below, (*path, index))
    if not isinstance(node, Mapping):
        return
    for key, below in node.items():
        here = (*path, key)
        if key == "$ref" and isinstance(below, str) and below != "#" and not below.startswith("#/"):
            yield _outside(here, below)
        elif key in _OTHER_REFERENCES and isinstance(below, str):
            yield Flaw(path=here, message=f"`{key}` is not read", expected="`$ref`", found=f"`{key}`", at_key=True)
        elif key == "$id" and isinstance(below, str) and path:
            yield Flaw(
                path=here,
                message="a schema inside the schema has an `$id` of its own",
                expected="one schema, with its parts under `$defs`",
                found=found(below),
                mend="take the `$id` away",
                at_key=True,
            )
        if key not in _PLAIN_VALUES:
            yield from _references(below, here)


def _outside(path: Path, reference: str) -> Flaw:
    return Flaw(
        path=path,
        message=f"`{shortened(reference)}` is outside of the schema",
        expected="a reference within it (`#/$defs/...`): nothing is fetched",
        found=found(reference),
        mend="copy what it refers to under `$defs`",
    )


@cache
def _meta() -> SchemaCheck:
    return SchemaCheck({"$ref": DIALECT})


def _broken(schema: Mapping[str, Any]) -> list[Flaw]:
    """What the schema of schemas says, once for each place."""
    places: dict[Path, Flaw] = {}
    for fault in _meta().faults(dict(schema), limit=10 * _MAX_FLAWS):
        places.setdefault(
            fault.path,
            Flaw(
                path=fault.path,
                message=f"this is no JSON Schema: {fault.message}",
                expected=fault.expected,
                found=fault.found,
                mend=fault.mend,
            ),
        )
    return list(places.values())[:_MAX_FLAWS]


def _not_compiled(schema: Mapping[str, Any]) -> Iterator[Flaw]:
    """What only shows when the schema is compiled: patterns and references that lead nowhere."""
    try:
        validator(schema)
    except ValueError as error:
        path = tuple(getattr(error, "instance_path", ()))
        if path and path[-1] in ("pattern", "patternProperties"):
            yield Flaw(
                path=path,
                message="the pattern can't be used",
                expected="a regular expression without look-around and back references, of bounded size",
                found=found(getattr(error, "instance", None)),
            )
        else:
            yield Flaw(path=path, message=f"the schema can't be used: {getattr(error, 'message', error)}")
