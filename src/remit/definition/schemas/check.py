"""Does a value fit a JSON Schema, and if not, why, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NoReturn

from remit.definition.flaws import found, json_fault, listing, suggestion
from remit.definition.positions import Path
from remit.definition.schemas.look import followed, properties
from remit.errors import DefinitionInvalid

if TYPE_CHECKING:
    import jsonschema_rs

__all__ = ["SchemaCheck", "SchemaFault", "validator"]

_TYPES: Final = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "`true` or `false`",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
}
_FORMATS: Final = {
    "date-time": "a time with its offset (`2027-06-30T14:05:00Z`)",
    "date": "a date (`2027-06-30`)",
    "time": "a time of day with its offset",
    "email": "an e-mail address",
    "uri": "an address with its scheme",
    "uuid": "a UUID",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaFault:
    """One place at which a value does not fit. ``keyword`` is the JSON Schema keyword that it breaks."""

    path: Path
    message: str
    expected: str
    found: str
    keyword: str
    mend: str | None = None


def validator(schema: Mapping[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """A JSON Schema (2020-12), compiled: formats are checked, patterns take linear time, nothing is fetched.

    Raises:
        ValueError: the schema is not valid, or refers to something outside itself.
    """
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(
        dict(schema), validate_formats=True, retriever=_refuse, pattern_options=jsonschema_rs.RegexOptions()
    )


def _refuse(uri: str) -> NoReturn:
    message = f"{uri} is outside of the schema"
    raise ValueError(message)


class SchemaCheck:
    """A compiled schema. ``SchemaCheck({})`` takes every JSON value.

    Raises:
        DefinitionInvalid: the schema is not a valid JSON Schema.
    """

    __slots__ = ("_schema", "_validator")

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema
        try:
            self._validator = validator(schema)
        except ValueError as error:
            message = f"the schema is no JSON Schema: {getattr(error, 'message', error)}"
            raise DefinitionInvalid(message) from error

    def is_valid(self, value: Any) -> bool:
        """Whether the value fits. What is no JSON never does."""
        try:
            return self._validator.is_valid(value)
        except ValueError:
            return False

    def faults(self, value: Any, limit: int = 20) -> tuple[SchemaFault, ...]:
        """Why the value does not fit, the first ``limit`` places; empty where it fits."""
        try:
            return tuple(
                fault for error in islice(self._validator.iter_errors(value), limit) for fault in self._faults(error)
            )[:limit]
        except ValueError as error:
            return (
                SchemaFault(
                    path=(),
                    message=f"the value is no JSON: {json_fault(error)}",
                    expected="JSON",
                    found=found(value),
                    keyword="",
                ),
            )

    def _faults(self, error: jsonschema_rs.ValidationError) -> tuple[SchemaFault, ...]:
        path = tuple(error.instance_path)
        keyword = error.kind.name
        if keyword == "required":
            name = error.kind.as_dict()["property"]
            return (_fault((*path, name), keyword, f"`{name}` is missing", "a value", "nothing"),)
        if keyword in ("additionalProperties", "unevaluatedProperties"):
            known = self._known(path)
            names = error.kind.as_dict()["unexpected"]
            return tuple(
                _fault(
                    (*path, name),
                    keyword,
                    f"unknown field `{name}`",
                    f"one of {listing(known)}" if known else "no such field",
                    f"`{name}`",
                    suggestion(name, known),
                )
                for name in names
            )
        asked = _asked(keyword, error.kind.as_dict(), error.message)
        last = path[-1] if path else None
        subject = "the value" if last is None else f"`{last}`" if isinstance(last, str) else f"entry {last + 1}"
        options = error.kind.as_dict().get("options", ()) if keyword == "enum" else ()
        mend = suggestion(error.instance, map(str, options)) if isinstance(error.instance, str) else None
        return (_fault(path, keyword, f"{subject} must be {asked}", asked, found(error.instance), mend),)

    def _known(self, path: Path) -> tuple[str, ...]:
        """The fields of the object at ``path``, as far as plain schemas tell."""
        node: Any = self._schema
        for part in path:
            node = followed(node, self._schema)
            node = node.get("items") if isinstance(part, int) else properties(node).get(part)
        node = followed(node, self._schema)
        return tuple(properties(node)) if path else tuple(properties(self._schema))


def _fault(path: Path, keyword: str, message: str, asked: str, there: str, mend: str | None = None) -> SchemaFault:
    return SchemaFault(path=path, message=message, expected=asked, found=there, keyword=keyword, mend=mend)


_ASKED: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "type": lambda kind: " or ".join(_TYPES.get(name, name) for name in kind["types"]),
    "enum": lambda kind: listing(str(option) for option in kind["options"]),
    "const": lambda kind: f"`{kind['expected_value']}`",
    "format": lambda kind: _FORMATS.get(kind["format"], f"text of the format {kind['format']}"),
    "pattern": lambda kind: f"text that matches `{kind['pattern']}`",
    "minimum": lambda kind: f"a number of at least {kind['limit']}",
    "exclusiveMinimum": lambda kind: f"a number above {kind['limit']}",
    "maximum": lambda kind: f"a number of at most {kind['limit']}",
    "exclusiveMaximum": lambda kind: f"a number below {kind['limit']}",
    "multipleOf": lambda kind: f"a multiple of {kind['multiple_of']}",
    "minLength": lambda kind: f"text of at least {kind['limit']} characters",
    "maxLength": lambda kind: f"text of at most {kind['limit']} characters",
    "minItems": lambda kind: f"a list of at least {kind['limit']}",
    "maxItems": lambda kind: f"a list of at most {kind['limit']}",
    "falseSchema": lambda _kind: "absent",
}


def _asked(keyword: str, kind: Mapping[str, Any], said: str) -> str:
    ask = _ASKED.get(keyword)
    return ask(kind) if ask is not None else f"what `{keyword}` asks for ({said})"
