"""What a decision table says: its columns, its hit policy, and each of its cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from remit.definition.flaws import Flaw, found, listing, shortened, unknown_name
from remit.definition.model import Aggregation, HitPolicy
from remit.definition.positions import Path
from remit.definition.reading.known import Entry, Known, texts
from remit.definition.schemas import SchemaCheck, leaf, properties
from remit.definition.tables.cells import CellFault, parse_cell, parse_output
from remit.definition.tables.hits import LISTS, RANKED

__all__ = ["table_flaws"]

_MAX_FLAWS: Final = 50
_A_TEST: Final = 'a test such as `-`, `"a", "b"`, `< 10`, `[1..5]` or `not("a")`'


def table_flaws(table: Entry, decision: Any, known: Known) -> Iterator[Flaw]:
    """Every flaw of the table of one decision, of its cells the first ones."""
    ins, outs, rules = (table.value.get(key) for key in ("in", "out", "rules"))
    yield from _columns(table, decision, known)
    yield from _policy(table, known)
    if rules is None and table.value.get("file") is None:
        yield Flaw(
            path=(*table.path, "rules"), message="the table has no rules", expected="`rules`, or `file` with a CSV file"
        )
    if not isinstance(ins, list) or not isinstance(outs, list) or not isinstance(rules, list):
        return
    if not rules:
        yield Flaw(path=(*table.path, "rules"), message="the table has no rules", expected="at least one rule")
    for number, flaw in enumerate(_rules(table, rules, n_in=len(ins), outs=outs, known=known), 1):
        yield flaw
        if number == _MAX_FLAWS:
            return


def _columns(table: Entry, decision: Any, known: Known) -> Iterator[Flaw]:
    named = list(texts(table.value, "out"))
    names = known.outputs.names
    for name in named:
        if names is not None and name.value not in names:
            yield unknown_name((*table.path, *name.path), name.value, "output field", names)
    if named and isinstance(decision, str) and decision not in [name.value for name in named]:
        yield Flaw(
            path=(*table.path, "out"),
            message="the table does not answer its decision",
            expected=f"`{shortened(decision)}` among `out`",
            found=listing(name.value for name in named),
        )


def _policy(table: Entry, known: Known) -> Iterator[Flaw]:
    """Does the hit policy fit the aggregation and the fields that hold the answer?"""
    policy, aggregation = table.value.get("hit_policy", HitPolicy.UNIQUE), table.value.get("aggregation")
    outs = [name.value for name in texts(table.value, "out")]
    if policy not in list(HitPolicy) or aggregation not in (None, *Aggregation):
        return
    if aggregation is not None:
        yield from _aggregation(table, policy, aggregation, outs)
    if known.outputs.schema is None:
        return
    for i, name in enumerate(outs):
        node = leaf(known.outputs.schema, name)
        wanted = _holder(policy, aggregation)
        if node is not None and isinstance(type_ := node.get("type"), str) and wanted and type_ not in wanted:
            asked = "a list" if "array" in wanted else "a number"
            yield Flaw(
                path=(*table.path, "out", i),
                message=f"`{shortened(name)}` can't hold what {aggregation or policy} answers",
                expected=f"an output field that is {asked}",
                found=f"a field of the type {type_}",
                mend=f"write `{shortened(name)}: list of ...`" if "array" in wanted else f"write `{name}: number`",
            )
    if policy in RANKED and outs and not any(_options(_entry(known, name, policy, None)) for name in outs):
        yield Flaw(
            path=(*table.path, "hit_policy"),
            message=f"no output field says which answer comes first, and {policy} asks for it",
            expected="an output field with listed answers, the most important one first",
            found=listing(outs),
            mend="list the answers of the field, or use FIRST",
        )


def _aggregation(table: Entry, policy: str, aggregation: str, outs: Sequence[str]) -> Iterator[Flaw]:
    if policy != HitPolicy.COLLECT:
        yield Flaw(
            path=(*table.path, "aggregation"),
            message=f"{policy} aggregates nothing",
            expected="`aggregation` only with `hit_policy: COLLECT`",
            found=found(aggregation),
            mend="use COLLECT, or take `aggregation` away",
            at_key=True,
        )
    if len(outs) > 1:
        yield Flaw(
            path=(*table.path, "out"),
            message=f"{aggregation} makes one number, and the table has {len(outs)} output columns",
            expected="one output column",
            found=listing(outs),
            mend="make one table for each number",
        )


def _holder(policy: str, aggregation: str | None) -> tuple[str, ...]:
    """The types of the output field that holds the answer; empty where it is the type of the cells."""
    if aggregation is not None:
        return ("number", "integer")
    return ("array",) if policy in LISTS else ()


def _entry(known: Known, name: str, policy: str, aggregation: str | None) -> Mapping[str, Any] | None:
    """The schema that each cell of an output column has to fit; None where there is none."""
    if aggregation is not None:
        return None if aggregation == Aggregation.COUNT else {"type": "number"}
    node = leaf(known.outputs.schema, name) if known.outputs.schema is not None else None
    if node is None or policy not in LISTS:
        return node
    items = node.get("items")
    return items if isinstance(items, Mapping) else None


def _options(node: Mapping[str, Any] | None) -> bool:
    return node is not None and isinstance(node.get("enum"), list)


def _rules(table: Entry, rules: Sequence[Any], *, n_in: int, outs: Sequence[Any], known: Known) -> Iterator[Flaw]:
    width = n_in + len(outs)
    cells = _Cells(table, outs, known)
    for i, rule in enumerate(rules):
        path = (*table.path, "rules", i)
        if not isinstance(rule, list):
            continue
        if len(rule) != width:
            yield Flaw(
                path=path,
                message=f"rule {i + 1} has the wrong number of cells",
                expected=f"{width}: one for each of `in`, then one for each of `out`",
                found=f"{len(rule)}",
            )
            continue
        for j, cell in enumerate(rule):
            if isinstance(cell, str | int | float):
                yield from cells.flaws((*path, j), cell, rule=i + 1, out=j - n_in if j >= n_in else None)


class _Cells:
    """The check of cells. What was good once is good again: large tables repeat their cells."""

    def __init__(self, table: Entry, outs: Sequence[Any], known: Known) -> None:
        policy, aggregation = table.value.get("hit_policy", HitPolicy.UNIQUE), table.value.get("aggregation")
        self._good: set[tuple[int | None, type, Any]] = set()
        self._outs = [str(name) for name in outs]
        self._checks: list[SchemaCheck | None] = []
        for name in self._outs:
            node = _entry(known, name, policy, aggregation)
            root = known.outputs.schema or {}
            around = {key: root[key] for key in ("$defs", "definitions") if key in root}
            may_check = node is not None and (aggregation is not None or name in properties(root))
            self._checks.append(SchemaCheck({**(node or {}), **around}) if may_check else None)

    def flaws(self, path: Path, cell: str | float, *, rule: int, out: int | None) -> Iterator[Flaw]:
        key = (out, type(cell), cell)
        if key in self._good:
            return
        try:
            value = parse_output(cell) if out is not None else None
            if out is None:
                parse_cell(cell)
        except CellFault as fault:
            yield Flaw(
                path=path,
                message=f"rule {rule}: {shortened(str(fault))}",
                expected=_A_TEST if out is None else "a value",
                found=found(cell),
                mend="quote text, and give ranges as [low..high]" if out is None else None,
            )
            return
        check = self._checks[out] if out is not None else None
        if out is not None and check is not None and not check.is_valid(value):
            wrong = check.faults(value, limit=1)[0]
            yield Flaw(
                path=path,
                message=f"rule {rule} answers what `{shortened(self._outs[out])}` can't be",
                expected=wrong.expected,
                found=found(value),
                mend=wrong.mend,
            )
            return
        self._good.add(key)
