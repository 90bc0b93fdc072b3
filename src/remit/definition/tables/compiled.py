"""Decision tables that can be asked: one CEL program per input column, the cells as unary tests, the hit policy.

A table is itself an executor, the cheapest there is, and the baseline that every other must beat.
Source: OMG DMN 1.5, section 8.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from remit.definition.expressions import Activation, Expression, NotEvaluated
from remit.definition.model import Aggregation, HitPolicy, Json, Table
from remit.definition.tables.cells import CellFault, CellValue, UnaryTest, parse_cell, parse_output, same_value
from remit.definition.tables.hits import RANKED, Hit, settle
from remit.errors import Location, Problem, TableInvalid

__all__ = ["CompiledTable", "Rule", "TableAnswer"]

_NO_ORDER: Final[Mapping[str, Sequence[CellValue]]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableAnswer:
    """What a table says of one input.

    ``rules`` are the numbers, from 1, of the rules that the answer comes from: one, or all that were put together.
    ``output`` is None where no rule matched (``rules`` is empty), or where several did that must not; ``why`` says
    which.
    """

    output: dict[str, Json] | None
    rules: tuple[int, ...] = ()
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: a test for each input column, a value for each output field."""

    tests: tuple[UnaryTest, ...]
    output: dict[str, CellValue]


class CompiledTable:
    """A decision table, ready to be asked.

    Args:
        table: the table as the definition says it.
        order: the listed answers of each output field, the first one first (``answers_in_order``). Only `PRIORITY`
            and `OUTPUT ORDER` ask for it.
        where: where it stands, for errors.

    Raises:
        TableInvalid: every cell that is no unary test, every row of the wrong length, an aggregation that can't be
            made, answers that have no order where the hit policy needs one, or no rules at all.
        ExpressionInvalid: an input column is no CEL expression.
    """

    __slots__ = ("_columns", "_order", "rules", "table")

    def __init__(
        self,
        table: Table,
        *,
        order: Mapping[str, Sequence[CellValue]] = _NO_ORDER,
        where: Location | None = None,
    ) -> None:
        place = where or Location()
        problems: list[Problem] = []
        if not table.rules:
            problems.append(
                Problem(message="the table has no rules", where=place, expected="at least one rule", mend="add rules")
            )
        self.table = table
        self._order = order
        parsed: dict[tuple[type, CellValue], UnaryTest] = {}
        self.rules = tuple(
            rule
            for i, row in enumerate(table.rules)
            if (rule := _rule(table, i, row, place, problems, parsed)) is not None
        )
        problems += _policy_problems(table, self.rules, order, place)
        if problems:
            raise TableInvalid(problems=problems)
        self._columns = tuple(Expression(column, where=where, yes_or_no=False) for column in table.in_)

    def decide(self, values: Activation) -> TableAnswer:
        """Ask the table. ``values`` must hold ``input`` (and ``item`` where columns speak of it).

        A column that has no value (an optional field that is absent) passes only the test ``-``.
        """
        found = self._found(values)
        hits = self._hits(found)
        if not hits:
            shown = ", ".join(
                f"{name} = {json.dumps(value, ensure_ascii=False, default=str)}"
                for name, value in zip(self.table.in_, found, strict=True)
            )
            return TableAnswer(output=None, why=f"no rule of the table covers {shown}")
        settled = settle(self.table, hits, self._order)
        return TableAnswer(output=settled.output, rules=settled.rules, why=settled.why)

    def matching(self, values: Activation) -> tuple[int, ...]:
        """The numbers, from 1, of all rules that match, whatever the hit policy makes of them."""
        found = self._found(values)
        return tuple(number for number, rule in enumerate(self.rules, 1) if _matches(rule, found))

    def _found(self, values: Activation) -> list[Json]:
        return [_present(column.value(values)) for column in self._columns]

    def _hits(self, found: list[Json]) -> list[Hit]:
        """The rules that match, as far as the hit policy wants to know them."""
        most = {HitPolicy.FIRST: 1, HitPolicy.UNIQUE: 2}.get(self.table.hit_policy)
        hits: list[Hit] = []
        for number, rule in enumerate(self.rules, 1):
            if _matches(rule, found):
                hits.append(Hit(rule=number, output=rule.output))
                if len(hits) == most:
                    break
        return hits


def _matches(rule: Rule, found: list[Json]) -> bool:
    return all(test.holds(value) for test, value in zip(rule.tests, found, strict=True))


def _present(value: Json | NotEvaluated) -> Json:
    return None if isinstance(value, NotEvaluated) else value


def _policy_problems(
    table: Table, rules: Sequence[Rule], order: Mapping[str, Sequence[CellValue]], place: Location
) -> list[Problem]:
    if table.aggregation is not None:
        return _aggregation_problems(table, table.aggregation, rules, place)
    if table.hit_policy not in RANKED:
        return []
    ranked = [name for name in table.out if name in order]
    if not ranked:
        return [
            Problem(
                message=f"no output field says which answer comes first, and {table.hit_policy} asks for it",
                where=place,
                expected="an output field with listed answers, the most important one first",
                found=", ".join(table.out),
                mend="list the answers of the field, or use FIRST",
            )
        ]
    return [
        Problem(
            message=f"rule {i}: `{rule.output[name]}` is not among the listed answers of `{name}`",
            where=place,
            expected="one of " + ", ".join(str(one) for one in order[name]),
            found=str(rule.output[name]),
            mend="an answer that is not listed has no place in the order",
        )
        for i, rule in enumerate(rules, 1)
        for name in ranked
        if not any(same_value(one, rule.output[name]) for one in order[name])
    ]


def _aggregation_problems(
    table: Table, aggregation: Aggregation, rules: Sequence[Rule], place: Location
) -> list[Problem]:
    problems: list[Problem] = []
    if table.hit_policy is not HitPolicy.COLLECT:
        problems.append(
            Problem(
                message=f"{table.hit_policy} aggregates nothing",
                where=place,
                expected="`aggregation` only with COLLECT",
                found=aggregation.value,
                mend="use COLLECT, or take `aggregation` away",
            )
        )
    if len(table.out) != 1:
        problems.append(
            Problem(
                message=f"{aggregation} makes one number, and the table has {len(table.out)} output columns",
                where=place,
                expected="one output column",
                found=", ".join(table.out),
                mend="make one table for each number",
            )
        )
    elif aggregation is not Aggregation.COUNT:
        problems += [
            Problem(
                message=f"rule {i}: {aggregation} can't be made of `{value}`",
                where=place,
                expected="a number in every output cell",
                found=str(value),
                mend="write a number, or use COUNT",
            )
            for i, rule in enumerate(rules, 1)
            for value in rule.output.values()
            if isinstance(value, bool | str)
        ]
    return problems


def _rule(
    table: Table,
    index: int,
    row: tuple[CellValue, ...],
    place: Location,
    problems: list[Problem],
    parsed: dict[tuple[type, CellValue], UnaryTest],
) -> Rule | None:
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
                tests.append(_test(cell, parsed))
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
    return Rule(tests=tuple(tests), output=output) if len(tests) == n_in and len(output) == n_out else None


def _test(cell: CellValue, parsed: dict[tuple[type, CellValue], UnaryTest]) -> UnaryTest:
    """The test of a cell, each text read once: large tables repeat their cells."""
    key = (type(cell), cell)  # 1 and true are equal, and are different cells
    if key not in parsed:
        parsed[key] = parse_cell(cell)
    return parsed[key]
