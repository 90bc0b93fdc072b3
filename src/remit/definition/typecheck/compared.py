"""Texts that can never be: compared with a field that lists its answers, or given to ``matches`` as a pattern."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from remit.definition.expressions import Expression, NotEvaluated, activation
from remit.definition.similar import did_you_mean
from remit.definition.typecheck.tree import children, place_of, tree_of

__all__ = ["ImpossibleText", "impossible_texts"]

_ELEMENT = "[]"
_Names = Mapping[str, tuple["_Reading", ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpossibleText:
    """One text of an expression that can't be what it stands for; ``at`` counts characters from 0."""

    at: int
    message: str
    expected: str
    found: str
    mend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What an expression may come to: a text that is written in it, a field of a root, or anything (neither)."""

    text: str | None = None
    node: Any = None
    path: tuple[str, ...] = ()


_ANYTHING = (_Reading(),)


def impossible_texts(program: Any, schemas: Mapping[str, Any]) -> Iterator[ImpossibleText]:
    """Every text of a compiled expression that can't be what it is compared with, or is no pattern.

    Args:
        program: the expression, compiled.
        schemas: the JSON Schema of each root.
    """
    tree = tree_of(program)
    for one in _below(tree.expr, {}, schemas) if tree is not None else ():
        yield ImpossibleText(
            at=place_of(tree, one.node),
            message=one.message,
            expected=one.expected,
            found=one.node.const.string,
            mend=one.mend,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fault:
    node: Any
    message: str
    expected: str
    mend: str


def _below(node: Any, names: _Names, schemas: Mapping[str, Any]) -> Iterator[_Fault]:
    """The faults of a node and of all below it. ``names`` are those that macros bound, and what they may be."""
    kind = node.WhichOneof("kind")
    if kind == "call":
        yield from _in_call(node.call, names, schemas)
    if kind != "comprehension":
        for child in children(node):
            yield from _below(child, names, schemas)
        return
    macro = node.comprehension
    yield from _below(macro.range, names, schemas)
    elements = _elements(macro.range, names)
    if _uses(macro.step, macro.variable) > 1:
        # A text of the list that one comparison refuses may be there for another one.
        elements = tuple(one if one.text is None else _Reading() for one in elements)
    inside = {**names, macro.variable: elements}
    for part in (macro.start, macro.condition, macro.step, macro.result):
        yield from _below(part, inside, schemas)


def _in_call(call: Any, names: _Names, schemas: Mapping[str, Any]) -> Iterator[_Fault]:
    match call.function:
        case "_==_" | "_!=_":
            left, right = (_readings(one, names) for one in call.args)
        case "@in":
            left, right = _readings(call.args[0], names), _elements(call.args[1], names)
        case "matches":
            pattern = call.args[-1]
            if _kind(pattern) == "text" and (why := _why_no_pattern(pattern.const.string)) is not None:
                yield _Fault(
                    node=pattern,
                    message=f"`{pattern.const.string}` is no pattern: {why}",
                    expected="a regular expression as RE2 reads it",
                    mend="write a backslash before a sign that stands for itself, as in r'\\['",
                )
            return
        case _:
            return
    yield from _never(left, right, schemas)
    yield from _never(right, left, schemas)


def _never(texts: tuple[_Reading, ...], others: tuple[_Reading, ...], schemas: Mapping[str, Any]) -> Iterator[_Fault]:
    """The texts on one side that nothing on the other side can be, where a field is among the others."""
    paths = [one.path for one in others if one.path]
    allowed: list[str] = []
    for one in others:
        known = (one.text,) if one.text is not None else _answers_at(schemas, one.path)
        if known is None:
            return
        allowed += known
    if not paths:
        return
    path = ".".join(paths[0]).replace(f".{_ELEMENT}", _ELEMENT)
    of_path = _answers_at(schemas, paths[0]) or ()
    for one in texts:
        if one.text is None or one.text in allowed:
            continue
        close = did_you_mean(one.text, of_path)
        yield _Fault(
            node=one.node,
            message=f"`{one.text}` is not a value of `{path}`",
            expected="one of " + ", ".join(of_path),
            mend=f"did you mean `{close}`?" if close else f"use a value of `{path}`, or add `{one.text}` to it",
        )


def _readings(node: Any, names: _Names) -> tuple[_Reading, ...]:
    """What a node may come to."""
    match _kind(node):
        case "text":
            return (_Reading(text=node.const.string, node=node),)
        case "ident":
            return names.get(node.ident.name, (_Reading(path=(node.ident.name,)),))
        case "select" if not node.select.test_only:
            return tuple(
                _Reading(path=(*one.path, node.select.field)) if one.path else _Reading()
                for one in _readings(node.select.operand, names)
            )
        case "call" if node.call.function == "_?_:_":
            return tuple(one for branch in node.call.args[1:] for one in _readings(branch, names))
        case _:
            return _ANYTHING


def _elements(node: Any, names: _Names) -> tuple[_Reading, ...]:
    """What the elements of a list may come to."""
    if _kind(node) == "list":
        return tuple(one for element in node.list.elements for one in _readings(element, names))
    return tuple(_Reading(path=(*one.path, _ELEMENT)) if one.path else _Reading() for one in _readings(node, names))


def _kind(node: Any) -> str | None:
    kind: str | None = node.WhichOneof("kind")
    if kind == "const":
        return "text" if node.const.WhichOneof("kind") == "string" else "const"
    return kind


def _uses(node: Any, name: str) -> int:
    """How often a name stands in a node and below."""
    if node.WhichOneof("kind") == "ident":
        return int(node.ident.name == name)
    return sum(_uses(child, name) for child in children(node))


def _answers_at(schemas: Mapping[str, Any], path: tuple[str, ...]) -> tuple[str, ...] | None:
    """The texts that a field may be; None where it may be others, or is unknown."""
    schema = schemas.get(path[0]) if path else None
    for name in path[1:]:
        inside = schema.get("items" if name == _ELEMENT else "properties") if isinstance(schema, Mapping) else None
        schema = inside if name == _ELEMENT else inside.get(name) if isinstance(inside, Mapping) else None
    allowed = schema.get("enum") if isinstance(schema, Mapping) else None
    if not isinstance(allowed, list) or not all(isinstance(one, str) for one in allowed):
        return None
    return tuple(allowed)


@lru_cache(maxsize=1)
def _matching() -> Expression:
    return Expression("''.matches(input.pattern)")


@lru_cache(maxsize=1024)
def _why_no_pattern(pattern: str) -> str | None:
    """Why CEL refuses a pattern; None where it takes it. Asked of CEL itself, once."""
    found = _matching().value(activation(input={"pattern": pattern}))
    if not isinstance(found, NotEvaluated):
        return None
    return found.reason.removeprefix("INVALID_ARGUMENT: ").removeprefix("invalid regular expression: ")
