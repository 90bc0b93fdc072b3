"""Decision tables that can be asked: one CEL program per input column, the cells as unary tests, the hit policy.

A table is itself an executor, the cheapest there is, and the baseline that every other must beat.
Source: OMG DMN 1.5, section 8. ``UNIQUE`` and ``FIRST`` are evaluated.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from remit.definition.cells import CellFault, CellValue, UnaryTest, parse_cell, parse_output
from remit.definition.expressions import Activation, Expression, NotEvaluated
from remit.definition.model import HitPolicy, Json, Table
from remit.errors import Location, Problem, TableInvalid

__all__ = ["CompiledTable", "TableAnswer"]

_EVALUATED = (HitPolicy.UNIQUE, HitPolicy.FIRST)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableAnswer:
    """What a table says of one input.

    ``rule`` is the number of the rule that decided, from 1.  ``output`` is None where no rule matched, or where
    several did that must not; ``why`` says which.
    """

    output: dict[str, Json] | None
    rule: int | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    tests: tuple[UnaryTest, ...]
    output: dict[str, CellValue]


class CompiledTable:
    """A decision table, ready to be asked.

    Args:
        table: the table as the definition says it.
        where: where it stands, for errors.

    Raises:
        TableInvalid: every cell that is no unary test, every row of the wrong length, a hit policy that is not
            evaluated, or no rules at all.
        ExpressionInvalid: an input column is no CEL expression.
    """

    __slots__ = ("_columns", "_rules", "table")

    def __init__(self, table: Table, *, where: Location | None = None) -> None:
        place = where or Location()
        problems: list[Problem] = []
        if table.hit_policy not in _EVALUATED:
            problems.append(
                Problem(
                    message=f"hit policy {table.hit_policy} is not evaluated",
                    where=place,
                    expected="UNIQUE or FIRST",
                    found=table.hit_policy.value,
                    mend="write the rules so that one of them decides, in order, and use FIRST",
                )
            )
        if not table.rules:
            problems.append(
                Problem(message="the table has no rules", where=place, expected="at least one rule", mend="add rules")
            )
        self.table = table
        self._rules = tuple(
            rule for i, row in enumerate(table.rules) if (rule := _rule(table, i, row, place, problems)) is not None
        )
        if problems:
            raise TableInvalid(problems=problems)
        self._columns = tuple(Expression(column, where=where, yes_or_no=False) for column in table.in_)

    def decide(self, values: Activation) -> TableAnswer:
        """Ask the table. ``values`` must hold ``input`` (and ``item`` where columns speak of it).

        A column that has no value (an optional field that is absent) passes only the test ``-``.
        """
        found = [_present(column.value(values)) for column in self._columns]
        hits: list[int] = []
        for number, rule in enumerate(self._rules, 1):
            if all(test.holds(value) for test, value in zip(rule.tests, found, strict=True)):
                hits.append(number)
                if self.table.hit_policy is HitPolicy.FIRST or len(hits) > 1:
                    break
        if not hits:
            shown = ", ".join(
                f"{name} = {json.dumps(value, ensure_ascii=False, default=str)}"
                for name, value in zip(self.table.in_, found, strict=True)
            )
            return TableAnswer(output=None, why=f"no rule of the table covers {shown}")
        if len(hits) > 1:
            return TableAnswer(output=None, why=f"rules {hits[0]} and {hits[1]} of the table both match")
        return TableAnswer(output=dict(self._rules[hits[0] - 1].output), rule=hits[0])


def _present(value: Json | NotEvaluated) -> Json:
    return None if isinstance(value, NotEvaluated) else value


def _rule(
    table: Table, index: int, row: tuple[CellValue, ...], place: Location, problems: list[Problem]
) -> _Rule | None:
    n_in, n_out = len(table.in_), len(table.out)
    if len(row) != n_in + n_out:
        problems.append(
            Problem(
                message=f"rule {index + 1} has {len(row)} cells",
                where=place,
                expected=f"{n_in + n_out} cells: {n_in} tests and {n_out} answers",
                found=f"{len(row)} cells",
                mend="write `-` where a column does not matter",
            )
        )
        return None
    tests: list[UnaryTest] = []
    output: dict[str, CellValue] = {}
    for column, cell in enumerate(row):
        try:
            if column < n_in:
                tests.append(parse_cell(cell))
            else:
                output[table.out[column - n_in]] = parse_output(cell)
        except CellFault as fault:
            problems.append(
                Problem(
                    message=f"rule {index + 1}, cell {column + 1}: {fault}",
                    where=place,
                    expected='a test such as -, "a", "b", < 10, [1..5] or not("a")' if column < n_in else "a value",
                    found=str(cell),
                    mend="quote text, and give ranges as [low..high]",
                )
            )
    return _Rule(tests=tuple(tests), output=output) if len(tests) == n_in and len(output) == n_out else None
