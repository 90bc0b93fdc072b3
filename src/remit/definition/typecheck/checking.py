"""The typed check of expressions: unknown fields and wrong types, nested too, with their positions.

CEL's checker knows the fields of protobuf messages.  So the schemas of a definition are turned into message
descriptors in a pool of their own, one message for each object, and expressions are compiled against variables of
these types.  Nothing is ever run with them: running uses dynamic roots (``expressions.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from remit.definition.expressions import ROOTS, extensions, parse_faults
from remit.definition.model import Definition
from remit.definition.schemas import input_schema, output_schema
from remit.definition.scopes import SCOPES, Place
from remit.definition.typecheck.compared import impossible_texts
from remit.definition.typecheck.complaints import ExpressionProblem, explain, type_word
from remit.definition.typecheck.messages import Messages, message_of, new_file, pool_of

__all__ = ["TypeCheck"]

_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
_ALL_ROOTS = frozenset(ROOTS)
_TEXT: dict[str, Any] = {"type": "string"}
_NUMBER: dict[str, Any] = {"type": "number"}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


_ANSWER = _object(confidence=_NUMBER, seconds=_NUMBER, error=_TEXT, signals={"type": "object"})
_ITEM = _object(received_at=_TEXT, key=_TEXT)
_REASONS = [
    "stopped",
    "input_refused",
    "out_of_scope",
    "level_manual",
    "never_input",
    "fault",
    "timeout",
    "output_invalid",
    "never_output",
    "constraint",
    "failure_mode",
    "review_when",
    "level",
    "confidence",
    "cap",
    "budget",
    "within_limits",
    "audit",
]
"""The values of ``items.ReasonKind``, which stands above this layer; a test holds them together."""

_REASON = _object(kind={"enum": _REASONS}, id=_TEXT, text=_TEXT)
_OUTCOME = _object(value=_NUMBER, baseline=_NUMBER, target=_NUMBER)


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
        self._messages = Messages(file=new_file())
        self._types: dict[str, str | None] = {
            root: message_of(self._messages, schema, root) for root, schema in self._schemas.items()
        }
        self._pool = pool_of(self._messages.file)
        self._environments: dict[tuple[str, ...], Any] = {}

    def check(self, source: str, place: Place, *, yes_or_no: bool = True) -> tuple[ExpressionProblem, ...]:
        """Every fault of ``source`` at such a place; empty where there is none."""
        roots = SCOPES[place]
        try:
            program = self._environment(_declared(source, roots)).compile(source)
        except RuntimeError as fault:
            return explain(source, parse_faults(str(fault)), roots, self._messages)
        kind = program.return_type().name()
        if yes_or_no and kind not in {"BOOL", "DYN"}:
            return (
                ExpressionProblem(
                    line=1,
                    column=1,
                    message=f"`{source}` is not a yes or no",
                    expected="an expression that is true or false",
                    found=type_word(kind),
                    mend="compare it with something",
                ),
            )
        return tuple(self._impossible(source, program))

    def type_of(self, source: str, place: Place) -> str | None:
        """The CEL type of what ``source`` gives at such a place (``DOUBLE``); None where it does not compile."""
        try:
            environment = self._environment(_declared(source, SCOPES[place]))
            name: str = environment.compile(source).return_type().name()
        except RuntimeError:
            return None
        return name

    def _impossible(self, source: str, program: Any) -> Iterator[ExpressionProblem]:
        """Texts that what they are compared with can never be, and patterns that are none."""
        for one in sorted(impossible_texts(program, self._schemas), key=lambda one: one.at):
            before = source[: one.at]
            yield ExpressionProblem(
                line=before.count("\n") + 1,
                column=len(before) - (before.rfind("\n") + 1) + 1,
                message=one.message,
                expected=one.expected,
                found=one.found,
                mend=one.mend,
            )

    def _environment(self, roots: tuple[str, ...]) -> Any:
        if roots not in self._environments:
            from cel_expr_python import cel

            variables = {
                root: cel.Type.DYN if (name := self._types[root]) is None else cel.Type(name) for root in roots
            }
            self._environments[roots] = cel.NewEnv(self._pool, variables=variables, extensions=list(extensions()))
        return self._environments[roots]


def _declared(source: str, roots: tuple[str, ...]) -> tuple[str, ...]:
    """The roots to compile with: all of them where no other than ``roots`` is named, because one environment for all
    places spares most of the time, which goes into the first use of an environment.
    """
    return ROOTS if _ALL_ROOTS.difference(roots).isdisjoint(_NAME.findall(source)) else roots
