"""The typed check of expressions: unknown fields and wrong types, nested too, with their positions.

CEL's checker knows the fields of protobuf messages.  So the schemas of a definition are turned into message
descriptors in a pool of their own, one message for each object, and expressions are compiled against variables of
these types.  Nothing is ever run with them: running uses dynamic roots (``expressions.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from remit.definition.expressions import ROOTS, extensions, parse_faults
from remit.definition.model import Definition
from remit.definition.schemas import input_schema, output_schema
from remit.definition.scopes import SCOPES, Place
from remit.definition.similar import did_you_mean

__all__ = ["ExpressionProblem", "TypeCheck"]

_PACKAGE = "remit"
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_UNDEFINED = re.compile(r"undefined field '(.+?)' not found in struct '(.+?)'")
_UNDECLARED = re.compile(r"undeclared reference to '(.+?)' ")
_OVERLOAD = re.compile(r"found no matching overload for '(.+?)' applied to '\((.*)\)'")

_TEXT: dict[str, Any] = {"type": "string"}
_NUMBER: dict[str, Any] = {"type": "number"}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


_ANSWER = _object(confidence=_NUMBER, seconds=_NUMBER, error=_TEXT, signals={"type": "object"})
_ITEM = _object(received_at=_TEXT, key=_TEXT)
_REASON = _object(kind=_TEXT, id=_TEXT, text=_TEXT)
_OUTCOME = _object(value=_NUMBER, baseline=_NUMBER, target=_NUMBER)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionProblem:
    """One fault of one expression; line and column from 1, inside its text."""

    line: int
    column: int
    message: str
    expected: str | None = None
    found: str | None = None
    mend: str | None = None


@dataclass(slots=True)
class _Messages:
    """The messages made so far: their descriptors, and what path each of them stands for."""

    file: Any
    paths: dict[str, str] = field(default_factory=dict)
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)


class TypeCheck:
    """Checks expressions against the schemas of one definition."""

    def __init__(self, definition: Definition) -> None:
        slices = definition.quality.slices if definition.quality else ()
        case = _object(
            id=_TEXT, tags={"type": "array", "items": _TEXT}, **{name: _TEXT for name in slices if name.isidentifier()}
        )
        output = output_schema(definition)
        self._schemas: Mapping[str, Any] = {
            "input": input_schema(definition),
            "output": output,
            "expected": output,
            "case": case,
            "answer": _ANSWER,
            "item": _ITEM,
            "reason": _REASON,
            "outcome": _OUTCOME,
        }
        self._messages = _Messages(file=_new_file())
        self._types: dict[str, str | None] = {
            root: _message(self._messages, schema, root) for root, schema in self._schemas.items()
        }
        self._pool = _pool(self._messages.file)
        self._environments: dict[tuple[str, ...], Any] = {}

    def check(self, source: str, place: Place, *, yes_or_no: bool = True) -> tuple[ExpressionProblem, ...]:
        """Every fault of ``source`` at such a place; empty where there is none."""
        roots = SCOPES[place]
        tokens = _tokens(source)
        try:
            program = self._environment(_declared(tokens, roots)).compile(source)
        except RuntimeError as fault:
            return tuple(self._explain(one.line, one.column, one.message, roots) for one in parse_faults(str(fault)))
        kind = program.return_type().name()
        if yes_or_no and kind not in {"BOOL", "DYN"}:
            return (
                ExpressionProblem(
                    line=1,
                    column=1,
                    message=f"`{source}` is not a yes or no",
                    expected="an expression that is true or false",
                    found=_type_word(kind),
                    mend="compare it with something",
                ),
            )
        return tuple(self._misspelt(source, tokens, roots))

    def type_of(self, source: str, place: Place) -> str | None:
        """The CEL type of what ``source`` gives at such a place (``DOUBLE``); None where it does not compile."""
        try:
            environment = self._environment(_declared(_tokens(source), SCOPES[place]))
            name: str = environment.compile(source).return_type().name()
        except RuntimeError:
            return None
        return name

    def _misspelt(self, source: str, tokens: list[_Token], roots: tuple[str, ...]) -> Iterator[ExpressionProblem]:
        """Texts that a field is compared with and that it can never be."""
        for path, literal in _compared(tokens):
            root, *names = path.split(".")
            allowed = _answers_at(self._schemas[root], names) if root in roots else None
            if allowed is None or literal.text in allowed:
                continue
            close = did_you_mean(literal.text, allowed)
            before = source[: literal.at]
            yield ExpressionProblem(
                line=before.count("\n") + 1,
                column=len(before) - (before.rfind("\n") + 1) + 1,
                message=f"`{literal.text}` is not a value of `{path}`",
                expected="one of " + ", ".join(allowed),
                found=literal.text,
                mend=f"did you mean `{close}`?" if close else f"use a value of `{path}`, or add `{literal.text}` to it",
            )

    def _environment(self, roots: tuple[str, ...]) -> Any:
        if roots not in self._environments:
            from cel_expr_python import cel

            variables = {
                root: cel.Type.DYN if (name := self._types[root]) is None else cel.Type(name) for root in roots
            }
            self._environments[roots] = cel.NewEnv(self._pool, variables=variables, extensions=list(extensions()))
        return self._environments[roots]

    def _explain(self, line: int, column: int, message: str, roots: tuple[str, ...]) -> ExpressionProblem:
        if found := _UNDEFINED.search(message):
            name, struct = found[1], found[2]
            at = self._messages.paths.get(struct, struct)
            known = self._messages.fields.get(struct, ())
            close = did_you_mean(name, known)
            return ExpressionProblem(
                line=line,
                column=column + 1,  # CEL points at the dot
                message=f"`{name}` is not a field of `{at}`",
                expected="one of " + ", ".join(known) if known else None,
                found=f"{at}.{name}",
                mend=f"did you mean `{at}.{close}`?" if close else f"use a field of `{at}`, or add `{name}` to it",
            )
        if found := _UNDECLARED.search(message):
            return _undeclared(line, column, found[1], roots)
        if found := _OVERLOAD.search(message):
            return self._overload(line, column, found[1], found[2])
        return ExpressionProblem(line=line, column=column, message=f"not an expression: {message}", mend="write CEL")

    def _overload(self, line: int, column: int, operator: str, types: str) -> ExpressionProblem:
        sign = operator.strip("_@").replace("in", "in")
        words = [_type_word(self._messages.paths.get(one.strip(), one.strip())) for one in types.split(",")]
        whole_and_number = {"int", "double"} <= {one.strip() for one in types.split(",")}
        mend = (
            "a number field needs a number with a point: write `10.0`, not `10`"
            if whole_and_number
            else "compare values of the same type"
        )
        return ExpressionProblem(
            line=line,
            column=column,
            message=f"`{sign}` can't take {' and '.join(words)}",
            expected="values of one type",
            found=" and ".join(words),
            mend=mend,
        )


_TOKEN = re.compile(
    r"(?P<space>\s+|//[^\n]*)"
    r"|[rR]?(?P<text>'(?!'')[^'\\\n]*'|\"(?!\"\")[^\"\\\n]*\")"
    r"|(?P<other_text>[rRbB]*(?:'{3}.*?'{3}|\"{3}.*?\"{3}|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"))"
    r"|(?P<path>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)"
    r"|(?P<sign>==|!=|.)",
    re.DOTALL,
)
_ALL_ROOTS = frozenset(ROOTS)
_STRONGER = frozenset("+.[(")
"""What makes of its neighbour, a path or a text, something else before it is compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    """One word of an expression: ``kind`` is text, other_text, path or sign; ``at`` its place, from 0."""

    kind: str
    text: str
    at: int


def _declared(tokens: list[_Token], roots: tuple[str, ...]) -> tuple[str, ...]:
    """The roots to compile with: all of them where no other than ``roots`` is named, because one environment for all
    places spares most of the time, which goes into the first use of an environment.
    """
    named = {token.text.split(".", 1)[0] for token in tokens if token.kind == "path"}
    return ROOTS if named.isdisjoint(_ALL_ROOTS.difference(roots)) else roots


def _tokens(source: str) -> list[_Token]:
    found = []
    for match in _TOKEN.finditer(source):
        kind = match.lastgroup or ""
        text = match[kind]
        if kind != "space":
            found.append(_Token(kind=kind, text=text[1:-1] if kind == "text" else text, at=match.start()))
    return found


def _compared(tokens: list[_Token]) -> Iterator[tuple[str, _Token]]:
    """Each field path that is compared with a plain text, and that text: ``==``, ``!=`` and ``in [...]``."""
    end = _Token(kind="sign", text="", at=-1)
    around = [end, *tokens, end, end, end]
    for i in range(1, len(tokens) + 1):
        before, left, sign, right, after = around[i - 1 : i + 4]
        if before.text in ("+", ".") and before.kind == "sign":
            continue
        if sign.text in ("==", "!=") and not (after.kind == "sign" and after.text in _STRONGER):
            pair = {left.kind: left, right.kind: right}
            if pair.keys() == {"path", "text"}:
                yield pair["path"].text, pair["text"]
        elif left.kind == "path" and (sign.kind, sign.text, right.text) == ("path", "in", "["):
            yield from ((left.text, literal) for literal in _listed(around[i + 3 :]))


def _listed(tokens: list[_Token]) -> list[_Token]:
    """The texts of a list that holds nothing else; empty where it does."""
    found = []
    for literal, comma in zip(tokens[::2], tokens[1::2], strict=False):
        if literal.kind != "text" or comma.kind != "sign" or comma.text not in (",", "]"):
            return []
        found.append(literal)
        if comma.text == "]":
            return found
    return []


def _answers_at(schema: Any, names: list[str]) -> tuple[str, ...] | None:
    """The texts that the field may be; None where it may be others, or is unknown."""
    for name in names:
        properties = schema.get("properties") if isinstance(schema, Mapping) else None
        schema = properties.get(name) if isinstance(properties, Mapping) else None
    allowed = schema.get("enum") if isinstance(schema, Mapping) else None
    if not isinstance(allowed, list) or not all(isinstance(one, str) for one in allowed):
        return None
    return tuple(allowed)


def _undeclared(line: int, column: int, dotted: str, roots: tuple[str, ...]) -> ExpressionProblem:
    root, _, rest = dotted.partition(".")
    close = did_you_mean(root, roots)
    suggestion = f"`{close}.{rest}`" if rest else f"`{close}`"
    # CEL points at the first dot of a.b and at the name itself where there is none.
    column = max(column - len(root), 1) if rest else column
    return ExpressionProblem(
        line=line,
        column=column,
        message=f"`{root}` is not known here",
        expected="one of " + ", ".join(roots),
        found=dotted,
        mend=f"did you mean {suggestion}?" if close else f"use only {', '.join(roots)} in this place",
    )


def _new_file() -> Any:
    from google.protobuf import descriptor_pb2

    return descriptor_pb2.FileDescriptorProto(
        name="remit_definition.proto", package=_PACKAGE, syntax="proto2", dependency=["google/protobuf/struct.proto"]
    )


def _pool(file: Any) -> Any:
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


def _message(messages: _Messages, schema: Mapping[str, Any], at: str) -> str | None:
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


def _field(messages: _Messages, made: Any, schema: Any, at: str) -> None:
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
    full = _message(messages, schema, at) if isinstance(schema, Mapping) else None
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


def _type_word(kind: str) -> str:
    words = {
        "bool": "a yes or no",
        "int": "an integer",
        "double": "a number",
        "string": "text",
        "null_type": "null",
        "timestamp": "a time",
        "google.protobuf.timestamp": "a time",
        "duration": "a duration",
        "google.protobuf.duration": "a duration",
    }
    lower = kind.lower()
    return words.get(lower, "a list" if lower.startswith("list") else f"`{kind}`")
