"""Errors that may never happen: what a truth, or a decision itself, shows of an item that was acted on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from remit.cases.case import Case
from remit.deciding.judge_case import CaseJudge
from remit.deciding.prepare import Prepared
from remit.definition.expressions import Expression, activation
from remit.items import JsonObject

__all__ = ["CRITICAL_SEVERITY", "CriticalCheck"]

CRITICAL_SEVERITY: Final = 9
"""From this severity of a failure mode on (of 10), one error is too many."""


class CriticalCheck:
    """Tells whether an item that was acted on came to a critical failure.

    One is a wrong answer that shows a failure mode of severity 9 or 10 by its ``detect``, an answer that breaks a
    constraint with ``on_violation: block``, and an item for which a ``never`` holds.
    """

    def __init__(self, work: Prepared) -> None:
        definition = work.definition
        self._judge = CaseJudge(work)
        self._admit = work.admit_output
        self._modes = tuple(
            (mode, Expression(mode.detect))
            for mode in definition.modes
            if mode.detect is not None and mode.severity is not None and mode.severity >= CRITICAL_SEVERITY
        )
        self._never = (*work.keep_never, *work.never)
        self._blocks = tuple(rule for rule in work.constraints if rule.blocks)
        self._barred = {rule.id: f"a case of `never` was acted on: {rule.text}" for rule in self._never}
        self._barred |= {rule.id: f"what was acted on breaks {rule.id}: {rule.text}" for rule in self._blocks}

    def broken(self, ids: tuple[str, ...]) -> str | None:
        """The sentence for what a decision broke by its own record, and was acted on all the same."""
        return next((self._barred[one] for one in ids if one in self._barred), None)

    def is_wrong(self, given: JsonObject, output: JsonObject | None, expected: JsonObject) -> bool:
        """Whether an answer is wrong by ``quality.correct_when``."""
        return self._judge.judge(_case(expected), given, self._usable(output)).wrong

    def found(
        self, *, key: str, given: JsonObject, output: JsonObject | None, expected: JsonObject | None, wrong: bool
    ) -> str | None:
        """The sentence for a critical failure of an item that was acted on; None where it is none."""
        usable = self._usable(output)
        if usable is None:
            return None
        roots: dict[str, Mapping[str, object]] = {
            "input": given,
            "output": usable,
            "item": {"key": key, "received_at": ""},
        }
        values = activation(**roots)
        for rule in self._never:
            if rule.expression.holds(values) is True:
                return self._barred[rule.id]
        for rule in self._blocks:
            if rule.expression.holds(values) is False:
                return self._barred[rule.id]
        if not wrong or expected is None:
            return None
        seen = self._judge.values(_case(expected), given, usable)
        for mode, detect in self._modes:
            if detect.holds(seen) is True:
                return f"critical failure {mode.id} (severity {mode.severity}): {mode.mode}"
        return None

    def _usable(self, output: JsonObject | None) -> JsonObject | None:
        return None if output is None else self._admit(output)


def _case(expected: JsonObject) -> Case:
    return Case(id="truth", input={}, expected=expected)
