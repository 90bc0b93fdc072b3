"""What the CEL compiler complains of, in the words of a definition and with the mend."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from remit.definition.expressions import ParsedFault
from remit.definition.similar import did_you_mean
from remit.definition.typecheck.messages import Messages

__all__ = ["ExpressionProblem", "explain", "type_word"]

_UNDEFINED = re.compile(r"undefined field '(.+?)' not found in struct '(.+?)'")
_UNDECLARED = re.compile(r"undeclared reference to '(.+?)' ")
_OVERLOAD = re.compile(r"found no matching overload for '(.+?)' applied to '\((.*)\)'")
_TEXT_OR_COMMENT = re.compile(
    r"""[rRbB]*(?:'{3}.*?'{3}|"{3}.*?"{3}|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")|//[^\n]*""", re.DOTALL
)
_SLIP = re.compile(r"(?<![=!<>])=(?!=)|(?<![\w.])(?:and|or|not)(?!\w)|(?<!&)&(?!&)|(?<!\|)\|(?!\|)", re.IGNORECASE)
_MEANT = {"=": "==", "and": "&&", "or": "||", "not": "!", "&": "&&", "|": "||"}
_KEY = re.compile(r"""\[\s*(['"])([A-Za-z_]\w*)\1\s*\]""")
_WHOLE_AFTER = re.compile(r"\W*?(-?\d+)(?![\w.])")
_WHOLE_BEFORE = re.compile(r"(?<![\w.])(\d+)\s*\Z")
_SHOWN = "docs/reference/expressions.md shows the usual ones"
# fmt: off
_FUNCTIONS = (
    "all", "bool", "bytes", "charAt", "contains", "double", "duration", "dyn", "endsWith", "exists", "exists_one",
    "filter", "format", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getFullYear", "getHours",
    "getMilliseconds", "getMinutes", "getMonth", "getSeconds", "has", "indexOf", "int", "join", "lastIndexOf",
    "lowerAscii", "map", "matches", "replace", "reverse", "size", "split", "startsWith", "string", "substring",
    "timestamp", "trim", "type", "uint", "upperAscii", "math.abs", "math.ceil", "math.floor", "math.greatest",
    "math.isFinite", "math.isInf", "math.isNaN", "math.least", "math.round", "math.sign", "math.trunc",
)
# fmt: on


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionProblem:
    """One fault of one expression; line and column from 1, inside its text."""

    line: int
    column: int
    message: str
    expected: str | None = None
    found: str | None = None
    mend: str | None = None


def explain(
    source: str, faults: Sequence[ParsedFault], roots: tuple[str, ...], messages: Messages
) -> tuple[ExpressionProblem, ...]:
    """The complaints about ``source``, each in plain words."""
    if any(_is_syntax(fault) for fault in faults):
        slips = tuple(_slips(source))
        return slips or tuple(_not_cel(fault) for fault in faults if _is_syntax(fault))
    # An unknown macro leaves its own names unknown too, and an unknown function its `math`.
    calls = [fault for fault in faults if _UNDECLARED.search(fault.message) and _is_call(source, fault)]
    return tuple(_explain(source, fault, roots, messages) for fault in calls or faults)


def _is_syntax(fault: ParsedFault) -> bool:
    return fault.message.startswith("Syntax error")


def _not_cel(fault: ParsedFault) -> ExpressionProblem:
    return ExpressionProblem(
        line=fault.line, column=fault.column, message=f"not an expression: {fault.message}", mend="write CEL"
    )


def _slips(source: str) -> Sequence[ExpressionProblem]:
    """The operators of other languages in an expression that does not parse."""
    plain = _TEXT_OR_COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), source)
    return [
        ExpressionProblem(
            line=plain.count("\n", 0, found.start()) + 1,
            column=found.start() - plain.rfind("\n", 0, found.start()),
            message=f"`{found[0]}` is no operator of CEL",
            expected=f"`{_MEANT[found[0].lower()]}`",
            found=found[0],
            mend=f"write `{_MEANT[found[0].lower()]}`",
        )
        for found in _SLIP.finditer(plain)
    ]


def _explain(source: str, fault: ParsedFault, roots: tuple[str, ...], messages: Messages) -> ExpressionProblem:
    if found := _UNDEFINED.search(fault.message):
        return _undefined(fault, found[1], found[2], messages)
    if found := _UNDECLARED.search(fault.message):
        return (
            _unknown_function(source, fault, found[1])
            if _is_call(source, fault)
            else _undeclared(fault, found[1], roots)
        )
    if found := _OVERLOAD.search(fault.message):
        return _overload(source, fault, found[1], found[2], messages)
    return _not_cel(fault)


def _offset(source: str, fault: ParsedFault) -> int:
    """Where a complaint points, in characters from 0."""
    before = source.split("\n")[: fault.line - 1]
    return sum(len(line) + 1 for line in before) + fault.column - 1


def _is_call(source: str, fault: ParsedFault) -> bool:
    """Whether a complaint is about a function: CEL points at its bracket."""
    at = _offset(source, fault)
    return source[at : at + 1] == "("


def _unknown_function(source: str, fault: ParsedFault, name: str) -> ExpressionProblem:
    name = f"math.{name}" if source[: _offset(source, fault)].endswith(f"math.{name}") else name
    column = max(fault.column - len(name), 1)
    if name in _FUNCTIONS:  # CEL says undeclared where the number of arguments is wrong
        return ExpressionProblem(
            line=fault.line,
            column=column,
            message=f"`{name}` is not used like this",
            expected="another number of arguments, or the text before it: `size(x)`, `x.contains('a')`",
            found=name,
            mend=_SHOWN,
        )
    close = did_you_mean(name, _FUNCTIONS)
    return ExpressionProblem(
        line=fault.line,
        column=column,
        message=f"`{name}` is not a function of CEL",
        expected="a function of CEL, or of its math and strings extensions",
        found=name,
        mend=f"did you mean `{close}`?" if close else _SHOWN,
    )


def _undefined(fault: ParsedFault, name: str, struct: str, messages: Messages) -> ExpressionProblem:
    at, known = messages.paths.get(struct, struct), messages.fields.get(struct, ())
    close = did_you_mean(name, known)
    return ExpressionProblem(
        line=fault.line,
        column=fault.column + 1,  # CEL points at the dot
        message=f"`{name}` is not a field of `{at}`",
        expected="one of " + ", ".join(known) if known else None,
        found=f"{at}.{name}",
        mend=f"did you mean `{at}.{close}`?" if close else f"use a field of `{at}`, or add `{name}` to it",
    )


def _undeclared(fault: ParsedFault, dotted: str, roots: tuple[str, ...]) -> ExpressionProblem:
    root, _, rest = dotted.partition(".")
    close = did_you_mean(root, roots)
    suggestion = f"`{close}.{rest}`" if rest else f"`{close}`"
    return ExpressionProblem(
        line=fault.line,
        # CEL points at the first dot of a.b and at the name itself where there is none.
        column=max(fault.column - len(root), 1) if rest else fault.column,
        message=f"`{root}` is not known here",
        expected="one of " + ", ".join(roots),
        found=dotted,
        mend=f"did you mean {suggestion}?" if close else f"use only {', '.join(roots)} in this place",
    )


def _overload(source: str, fault: ParsedFault, operator: str, types: str, messages: Messages) -> ExpressionProblem:
    operands = [messages.paths.get(one.strip(), one.strip()) for one in types.split(",")]
    words = [type_word(one) for one in operands]
    at = _offset(source, fault)
    if operator == "_[_]" and (key := _KEY.match(source, at)):
        return ExpressionProblem(
            line=fault.line,
            column=fault.column,
            message=f"`{operands[0]}` is no list: its fields are written with a point",
            expected=f"{operands[0]}.{key[2]}",
            found=f"{operands[0]}{key[0]}",
            mend=f"write `{operands[0]}.{key[2]}`",
        )
    return ExpressionProblem(
        line=fault.line,
        column=fault.column,
        message=f"`{operator.strip('_@')}` can't take {' and '.join(words)}",
        expected="values of one type",
        found=" and ".join(words),
        mend=_with_a_point(source, at) if {"int", "double"} <= set(operands) else "compare values of the same type",
    )


def _with_a_point(source: str, at: int) -> str:
    """What to write where an integer meets a number: the user's own, where it stands beside the operator."""
    found = _WHOLE_AFTER.match(source, at) or _WHOLE_BEFORE.search(source[:at])
    if found is None:
        return "turn the integer into a number: `double(...)`"
    return f"a number field needs a number with a point: write `{found[1]}.0`, not `{found[1]}`"


def type_word(kind: str) -> str:
    """The name of a CEL type in words."""
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
