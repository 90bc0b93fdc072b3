"""Expressions: CEL behind one small class, compiled to run.

The typed check, which finds unknown fields and wrong types with their positions, is in ``typecheck.py``.  Here every
root is dynamic.  An expression that fails to evaluate is *not satisfied*: only ``True`` is true.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NewType

from remit.definition.model import Json
from remit.errors import ExpressionInvalid, Location, Problem

__all__ = ["ROOTS", "Activation", "AllOf", "Expression", "NotEvaluated", "activation", "parse_faults"]

ROOTS = ("input", "output", "answer", "item", "expected", "case", "reason", "outcome")
"""Every name an expression may begin with; which of them a place allows is said by ``scopes.py``."""

Activation = NewType("Activation", object)
"""The values of the roots for one item, made once and shared by all expressions."""

_FAULT = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)")
_UNDECLARED = re.compile(r"undeclared reference to '([A-Za-z_]\w*)")


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """An expression had no value; ``reason`` says why (a missing key, a division by zero, a wrong type)."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFault:
    """One complaint of the CEL compiler; line and column from 1, counted in characters."""

    line: int
    column: int
    message: str


def parse_faults(text: str) -> tuple[ParsedFault, ...]:
    """The compiler's complaints, from the text of its error."""
    found = tuple(
        ParsedFault(line=max(int(line), 1), column=max(int(column), 1), message=_plain(message))
        for line, column, message in _FAULT.findall(text)
    )
    return found or (ParsedFault(line=1, column=1, message=_plain(text.split("\n", 1)[0])),)


def _plain(message: str) -> str:
    return message.removesuffix(" [INVALID_ARGUMENT]").removeprefix("INVALID_ARGUMENT: ").strip()


@lru_cache(maxsize=1)
def extensions() -> tuple[Any, ...]:
    """CEL's own math and strings extensions. No Python function is registered: they leak in cel-expr-python 0.1.3."""
    from cel_expr_python.ext import ext_math, ext_strings

    return (ext_math.ExtMath(), ext_strings.ExtStrings())


@lru_cache(maxsize=1)
def _environment() -> Any:
    from cel_expr_python import cel

    return cel.NewEnv(variables=dict.fromkeys(ROOTS, cel.Type.DYN), extensions=list(extensions()))


@lru_cache(maxsize=4096)
def _compiled(source: str) -> Any:
    """The program of ``source``: rules, deciding and proving compile the same texts, and programs never change."""
    return _environment().compile(source)


@lru_cache(maxsize=1)
def _rootless_environment() -> Any:
    from cel_expr_python import cel

    return cel.NewEnv(variables={}, extensions=list(extensions()))


@lru_cache(maxsize=1)
def _error_type() -> Any:
    from cel_expr_python import cel

    return cel.Type.ERROR


def activation(**roots: Mapping[str, Any]) -> Activation:
    """The values that expressions see: a mapping for each root that is known at this point.

    Numbers under a ``number`` field must be floats already (``schemas.coercer``): CEL has no int x double.
    """
    made: Activation = _environment().Activation(roots)
    return made


class Expression:
    """One compiled CEL expression.

    Args:
        source: CEL text.
        where: where the text stands, for the error.

    Raises:
        ExpressionInvalid: the text does not parse, names something that is no root, or can give no yes or no where
            ``yes_or_no`` is asked for.
    """

    __slots__ = ("_program", "source")

    def __init__(self, source: str, *, where: Location | None = None, yes_or_no: bool = True) -> None:
        self.source = source
        try:
            self._program = _compiled(source)
        except RuntimeError as fault:
            raise ExpressionInvalid(
                problems=[_problem(source, found, where) for found in parse_faults(str(fault))]
            ) from None
        kind = self._program.return_type().name()
        if yes_or_no and kind not in {"BOOL", "DYN"}:
            raise ExpressionInvalid(
                f"`{source}` gives {_type_word(kind)}, not a yes or no",
                where=where,
                expected="an expression that is true or false",
                found=_type_word(kind),
                mend="compare it with something, for example `... > 0.0`",
            )

    @property
    def roots(self) -> frozenset[str]:
        """The roots the expression reads (``input``, ``answer``, ...); names bound by macros are none."""
        return roots_of(self.source)

    def holds(self, values: Activation) -> bool | NotEvaluated:
        """Whether the expression is true; NotEvaluated where it has no value or one that is no yes or no."""
        value = self._evaluate(values)
        if isinstance(value, NotEvaluated):
            return value
        found = value.value()
        if found is True or found is False:
            return bool(found)
        return NotEvaluated(f"`{self.source}` gave {_type_word(value.type().name())}, not a yes or no")

    def value(self, values: Activation) -> Json | NotEvaluated:
        """The value of the expression as plain Python, or NotEvaluated."""
        value = self._evaluate(values)
        return value if isinstance(value, NotEvaluated) else value.plain_value()

    def _evaluate(self, values: Activation) -> Any:
        try:
            value = self._program.eval(values)
        except RuntimeError as fault:  # the iteration budget, or text that is no Unicode
            return NotEvaluated(_plain(str(fault)))
        if value.type() == _error_type():
            return NotEvaluated(str(value.value()))
        return value


class AllOf:
    """Several yes-or-no expressions asked in one evaluation: the usual case is that all of them hold.

    ``holds`` is True only where every one is True; anything else has to be asked one by one to learn which.
    """

    __slots__ = ("_program", "expressions")

    def __init__(self, expressions: Sequence[Expression]) -> None:
        self.expressions = tuple(expressions)
        # A line break before the bracket ends a comment at the end of an expression.
        joined = "&&".join(f"({one.source}\n)" for one in self.expressions)
        try:
            self._program: Any = _environment().compile(joined) if joined else None
        except RuntimeError:  # together they nest too deep or are too long: one by one, then
            self._program = None

    def holds(self, roots: Mapping[str, Mapping[str, Any]]) -> bool:
        """Whether every expression is true of the values of the roots, as :func:`activation` takes them."""
        if self._program is None:
            if not self.expressions:
                return True
            values = activation(**roots)
            return all(one.holds(values) is True for one in self.expressions)
        try:
            return self._program.eval(data=roots).value() is True  # the text of the error, where there is one
        except RuntimeError:
            return False


@lru_cache(maxsize=4096)
def roots_of(source: str) -> frozenset[str]:
    """The roots that ``source`` reads; empty where it does not parse."""
    try:
        _rootless_environment().compile(source)
    except RuntimeError as fault:
        return frozenset(_UNDECLARED.findall(str(fault))) & frozenset(ROOTS)
    return frozenset()


def _problem(source: str, fault: ParsedFault, where: Location | None) -> Problem:
    if name := _UNDECLARED.search(fault.message):
        return Problem(
            message=f"`{name[1]}` is not known in `{_short(source)}`",
            where=where or Location(),
            expected="one of " + ", ".join(ROOTS),
            found=name[1],
            mend="begin with input, output, answer, item, expected or case, as the place allows",
        )
    return Problem(
        message=f"`{_short(source)}` is not an expression: {fault.message} (character {fault.column})",
        where=where or Location(),
        expected="CEL, for example input.amount > 100.0 && output.team == 'orders'",
        found=_short(source),
        mend="see docs/reference/expressions.md",
    )


def _short(source: str) -> str:
    flat = " ".join(source.split())
    return flat if len(flat) <= 80 else flat[:77] + "..."


def _type_word(kind: str) -> str:
    words = {
        "BOOL": "a yes or no",
        "INT": "an integer",
        "UINT": "an integer",
        "DOUBLE": "a number",
        "STRING": "text",
        "TIMESTAMP": "a time",
        "DURATION": "a duration",
        "NULL": "nothing",
    }
    if kind in words:
        return words[kind]
    return "a list" if kind.startswith("LIST") else "an object" if kind.startswith("MAP") else kind.lower()
