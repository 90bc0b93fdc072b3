"""What the short form of fields is made of, whether it is written as text or as YAML."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from remit.definition.flaws import Flaw, found, shortened
from remit.definition.positions import Path

__all__ = [
    "DEFAULT_LIST",
    "MAX_ENUMERATION",
    "MAX_LIST",
    "MAX_NESTING",
    "MAX_SOURCE",
    "TYPE_WORDS",
    "FieldRefused",
    "OneField",
    "bounded_list",
    "check_name",
    "closed_object",
    "enumeration",
]

MAX_ENUMERATION: Final = 10_000
MAX_LIST: Final = 100_000
MAX_NESTING: Final = 16
MAX_SOURCE: Final = 4000
DEFAULT_LIST: Final = 1000

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}\Z")
_NOT_NAMES: Final = frozenset({"true", "false", "null", "in"})  # CEL can't write input.in

TYPE_WORDS: Final = ("text", "number", "integer", "yes/no", "date", "datetime", "list", "optional", "from")


@dataclass(frozen=True, slots=True, kw_only=True)
class OneField:
    """The schema of one field, and whether the field may be absent."""

    schema: dict[str, Any]
    optional: bool = False


class FieldRefused(Exception):
    """One field can't be read."""

    def __init__(
        self, message: str, *, expected: str, found: str, mend: str | None = None, column: int | None = None
    ) -> None:
        super().__init__(message)
        self.message, self.expected, self.found, self.mend, self.column = message, expected, found, mend, column

    def at(self, path: Path, *, at_key: bool = False) -> Flaw:
        """The refusal as a flaw of the field at ``path``."""
        return Flaw(
            path=path,
            message=self.message,
            expected=self.expected,
            found=self.found,
            mend=self.mend,
            at_key=at_key,
            column=self.column,
        )


def closed_object(fields: Mapping[str, OneField]) -> dict[str, Any]:
    """An object with these fields and no others."""
    return {
        "type": "object",
        "properties": {name: made.schema for name, made in fields.items()},
        "required": [name for name, made in fields.items() if not made.optional],
        "additionalProperties": False,
    }


def bounded_list(items: dict[str, Any], most: int) -> dict[str, Any]:
    """A list of at most ``most`` entries."""
    return {"type": "array", "items": items, "maxItems": most}


def check_name(name: str) -> None:
    """Refuse a name that expressions could not say."""
    if _NAME.match(name) and name not in _NOT_NAMES:
        return
    plain = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_")
    raise FieldRefused(
        f"`{shortened(name)}` can't be the name of a field",
        expected="letters, digits and `_`, beginning with a letter, at most 64 (expressions say `input.name`)",
        found=found(name),
        mend=f"write `{plain}`" if _NAME.match(plain) and plain not in _NOT_NAMES else None,
    )


def enumeration(values: Sequence[Any]) -> dict[str, Any]:
    """An enumeration of texts, or of numbers."""
    expected = "the allowed values, all texts or all numbers, each once"
    if not values:
        raise FieldRefused("nothing is allowed", expected=expected, found="an empty list")
    if len(values) > MAX_ENUMERATION:
        raise FieldRefused(
            "there are too many allowed values", expected=f"at most {MAX_ENUMERATION}", found=f"{len(values)}"
        )
    if any(isinstance(value, bool) for value in values):
        raise FieldRefused(
            "`true` and `false` are no texts", expected=expected, found="`true` or `false`", mend="write `yes/no`"
        )
    if None in values:
        raise FieldRefused("`null` is no answer", expected=expected, found="nothing", mend="write `optional [...]`")
    for value in values:
        if not isinstance(value, str | int | float):
            raise FieldRefused("an allowed value is neither text nor number", expected=expected, found=found(value))
    kinds = {_kind(value) for value in values}
    if len(kinds) > 1 and "string" in kinds:
        odd = next(value for value in values if not isinstance(value, str))
        raise FieldRefused(
            "texts and numbers are mixed", expected=expected, found=found(odd), mend=f'put quotes around it: "{odd}"'
        )
    seen: set[Any] = set()
    for value in values:
        if value in seen:
            raise FieldRefused(f"`{shortened(str(value))}` is allowed twice", expected=expected, found=found(value))
        seen.add(value)
    return {"type": "number" if len(kinds) > 1 else kinds.pop(), "enum": list(values)}


def _kind(value: str | float) -> str:
    if isinstance(value, str):
        return "string"
    return "integer" if isinstance(value, int) else "number"
