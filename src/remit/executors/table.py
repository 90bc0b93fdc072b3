"""A decision table as an executor: the definition's own, or another one to compare it with."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from remit.definition.expressions import Expression, activation
from remit.definition.flaws import json_found
from remit.definition.model import Aggregation, Definition, HitPolicy, Table
from remit.definition.schemas import output_schema, required
from remit.definition.tables import CompiledTable, answers_in_order
from remit.definition.tables.hits import RANKED
from remit.errors import ExecutorInvalid, Location, Problem, TableInvalid
from remit.executors.fingerprint import digest_of_executor, inside, only
from remit.items import Answer, ExecutorKind, ExecutorSpec, Fault, FaultKind, Json, JsonObject

__all__ = ["TableExecutor", "load_table", "own_table"]

_NOTE = "note"
_MAX_RULES = 10_000
_MAX_PROBLEMS = 20
_MAX_TRACED = 20
_NOT_COVERED = "no rule of the table covers this item"


class TableExecutor:
    """One decision table, or several that answer different fields. It gives no confidence.

    The trace of an answer names the rules that it comes from.  Where no rule matches, or several do that must not,
    there is no answer: a fault, never a guess.

    Args:
        tables: each answers fields of its own.
        spec: of the executor file.
        outputs: JSON Schema of the output; `PRIORITY` and `OUTPUT ORDER` take the order of answers from it.
    """

    __slots__ = ("_tables", "answers_at_once", "digest", "gives_confidence", "spec")

    def __init__(self, tables: Sequence[Table], *, spec: ExecutorSpec, outputs: Mapping[str, Json]) -> None:
        self.spec = spec
        self.gives_confidence = False
        self.answers_at_once = True
        orders = [answers_in_order(table, outputs) if table.hit_policy in RANKED else {} for table in tables]
        self._tables = tuple(CompiledTable(table, order=order) for table, order in zip(tables, orders, strict=True))
        described = [_as_json(table, order) for table, order in zip(tables, orders, strict=True)]
        self.digest = digest_of_executor(spec, {"tables": described})

    def answer(self, given: JsonObject) -> Answer:
        """Answer one input."""
        values = activation(input=given)
        output: dict[str, Json] = {}
        traces: list[str] = []
        for table in self._tables:
            found = table.decide(values)
            if found.output is None:
                # What no rule covers is told without its values: a fault is shown where the input is not.
                why = found.why if found.rules and found.why is not None else _NOT_COVERED
                return Answer(output=None, fault=Fault(kind=FaultKind.ERROR, text=why))
            output.update(found.output)
            traces.append(_trace(found.rules, table.table if len(self._tables) > 1 else None))
        return Answer(output=output, trace="; ".join(traces))


def _trace(rules: Sequence[int], table: Table | None) -> str:
    """Which rules an answer comes from; with several tables, also whose they are."""
    numbers = ", ".join(str(rule) for rule in rules[:_MAX_TRACED])
    more = f" and {len(rules) - _MAX_TRACED} more" if len(rules) > _MAX_TRACED else ""
    of = "" if table is None else f" of {', '.join(table.out)}"
    return f"{'rule' if len(rules) == 1 else 'rules'} {numbers}{more}{of}"


def own_table(definition: Definition) -> TableExecutor | None:
    """The definition's own tables as a baseline; None where they do not answer every required output field."""
    tables = [decision.table for decision in definition.decisions if decision.table is not None]
    if not tables or _unanswered(tables, definition):
        return None
    spec = ExecutorSpec(name="own table", work=definition.id, kind=ExecutorKind.TABLE)
    return TableExecutor(tables, spec=spec, outputs=output_schema(definition))


def load_table(spec: ExecutorSpec, *, root: Path, definition: Definition) -> TableExecutor:
    """The executor that an executor file of kind ``table`` describes.

    Without ``file`` and ``settings`` it is the definition's own table or tables.  Otherwise ``settings`` says
    ``in`` and ``out`` (and ``hit_policy`` and ``aggregation``), and the rules come from ``settings.rules`` or from
    the CSV ``file``: a line of headings, then one rule a line, the tests first, then the answers, then a ``note`` if
    there is one.

    Raises:
        ExecutorInvalid: there is no table, or it does not answer every required output field.
        TableInvalid: the table can't be used.
    """
    only(spec, file=True, settings=("aggregation", "hit_policy", "in", "out", "rules"))
    if spec.file is None and not spec.settings:
        tables = [decision.table for decision in definition.decisions if decision.table is not None]
        if not tables:
            raise ExecutorInvalid(
                f"`{definition.id}` has no decision table of its own",
                where=Location(path="kind"),
                expected="a `table` in one of its decisions, or settings with `in`, `out` and `rules`",
                mend="write the table, or give another kind",
            )
    else:
        tables = [_other_table(spec, root)]
    if missing := _unanswered(tables, definition):
        raise ExecutorInvalid(
            f"the table does not answer {', '.join(f'`{name}`' for name in missing)}",
            where=Location(path="kind"),
            expected="an `out` column for every required output field",
            found=", ".join(name for table in tables for name in table.out),
            mend="add the columns, or give another kind of executor",
        )
    for table in tables:
        _check_columns(table)
    return TableExecutor(tables, spec=spec, outputs=output_schema(definition))


def _unanswered(tables: Sequence[Table], definition: Definition) -> list[str]:
    answered = {name for table in tables for name in table.out}
    return [name for name in required(output_schema(definition)) if name not in answered]


def _check_columns(table: Table) -> None:
    for column in table.in_:
        if other := Expression(column, yes_or_no=False).roots - {"input"}:
            raise ExecutorInvalid(
                f"the table asks for `{sorted(other)[0]}` in `{column}`",
                where=Location(path="settings.in"),
                expected="columns that speak of `input` only: an executor is given nothing else",
                found=column,
                mend="put what it needs into the input",
            )


def _other_table(spec: ExecutorSpec, root: Path) -> Table:
    settings = spec.settings
    columns = _names(settings, "in")
    answers = _names(settings, "out")
    policy = settings.get("hit_policy", HitPolicy.UNIQUE.value)
    if policy not in list(HitPolicy):
        raise _no_such_word("hit policy", "hit_policy", policy, HitPolicy)
    aggregation = settings.get("aggregation")
    if aggregation is not None and aggregation not in list(Aggregation):
        raise _no_such_word("aggregation", "aggregation", aggregation, Aggregation)
    if (spec.file is None) == ("rules" not in settings):
        raise ExecutorInvalid(
            "the rules of the table are given twice" if spec.file is not None else "the table has no rules",
            where=Location(path="settings.rules"),
            expected="either `file` or `settings.rules`",
        )
    if spec.file is None:
        rules = _rules(settings["rules"])
    else:
        rules = _rows(inside(root, spec.file, key="file"), len(columns) + len(answers))
    return Table(
        hit_policy=HitPolicy(policy),
        aggregation=None if aggregation is None else Aggregation(aggregation),
        in_=columns,
        out=answers,
        rules=rules,
    )


def _no_such_word(what: str, key: str, said: Json, words: type[HitPolicy | Aggregation]) -> ExecutorInvalid:
    return ExecutorInvalid(
        f"`{said}` is no {what}",
        where=Location(path=f"settings.{key}"),
        expected=", ".join(one.value for one in words),
        found=json_found(said),
    )


def _names(settings: Mapping[str, Json], key: str) -> tuple[str, ...]:
    found = settings.get(key)
    if not isinstance(found, list) or not found or not all(isinstance(one, str) for one in found):
        raise ExecutorInvalid(
            f"`settings.{key}` is missing or no list of texts",
            where=Location(path=f"settings.{key}"),
            expected="the columns of the table" if key == "in" else "the output fields of the table",
            found=json_found(found),
        )
    return tuple(found)


def _rules(rows: Json) -> tuple[tuple[str | int | float | bool, ...], ...]:
    if not isinstance(rows, list) or not all(
        isinstance(row, list) and all(isinstance(cell, str | int | float) for cell in row) for row in rows
    ):
        raise ExecutorInvalid(
            "`settings.rules` is no list of rules",
            where=Location(path="settings.rules"),
            expected="one list of cells a rule",
            found=json_found(rows),
        )
    return tuple(tuple(row) for row in rows)


def _rows(path: Path, width: int) -> tuple[tuple[str, ...], ...]:
    """The rules of a CSV file: a line of headings, then one rule a line; a last column ``note`` is not read."""
    rows: list[tuple[str, ...]] = []
    problems: list[Problem] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            heading = next(reader, [])
            noted = len(heading) == width + 1 and heading[-1].strip().casefold() == _NOTE
            if len(heading) != width and not noted:
                problems.append(_wrong_row(path, 1, width, len(heading)))
            for row in reader:
                if len(row) == width or (noted and len(row) == width + 1):
                    rows.append(tuple(row[:width]))
                elif row:
                    problems.append(_wrong_row(path, reader.line_num, width, len(row)))
                if len(rows) > _MAX_RULES or len(problems) >= _MAX_PROBLEMS:
                    break
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ExecutorInvalid(f"`{path.name}` is no CSV: {error}", where=Location(file=path.name)) from error
    if problems:
        raise TableInvalid(problems=problems)
    if len(rows) > _MAX_RULES:
        raise TableInvalid(f"`{path.name}` has more than {_MAX_RULES} rules", where=Location(file=path.name))
    return tuple(rows)


def _wrong_row(path: Path, line: int, width: int, n_cells: int) -> Problem:
    return Problem(
        message="the row has the wrong number of cells",
        where=Location(file=path.name, line=line),
        expected=f"{width} cells, as many as `in` and `out` (and a last column `{_NOTE}`)",
        found=str(n_cells),
        mend="put cells that hold a comma in double quotes",
    )


def _as_json(table: Table, order: Mapping[str, Sequence[Json]]) -> Json:
    made: dict[str, Json] = {
        "hit_policy": table.hit_policy.value,
        "in": list(table.in_),
        "out": list(table.out),
        "rules": [list(row) for row in table.rules],
    }
    if table.aggregation is not None:
        made["aggregation"] = table.aggregation.value
    if order:
        made["order"] = {name: list(answers) for name, answers in order.items()}
    return made
