"""Decision tables: does every item find its rule, and just one where only one may decide?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from remit.definition.expressions import Expression, activation
from remit.definition.model import Definition, HitPolicy, Json, Table
from remit.definition.positions import Path
from remit.definition.schemas import coercer, input_schema
from remit.definition.tables import Gap, Overlap, TableAnalysis, Unreachable, analyse
from remit.errors import ExpressionInvalid, TableInvalid
from remit.readiness.current import Current
from remit.readiness.outcome import PASS, Failed, Fault, NotApplicable, Outcome, Unknown
from remit.readiness.registry import rule

__all__ = ["tables_are_complete"]

_MOST_SHOWN: Final = 20
_SIMPLER: Final = "Split the table into smaller ones, or use FIRST with a last rule for everything else."


@rule("IO07")
def tables_are_complete(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """Decision tables have no gap, no overlap that their hit policy does not allow, and no rule that never decides."""
    tables = [
        (("decisions", i, "table"), decision.table)
        for i, decision in enumerate(definition.decisions)
        if decision.table is not None
    ]
    if not tables:
        return NotApplicable(why="no decision has a table")
    wrong: list[Fault] = []
    open_: list[Fault] = []
    for path, table in tables:
        try:
            found = analyse(table, definition)
        except (TableInvalid, ExpressionInvalid) as fault:
            open_.append(_unusable(path, fault))
            continue
        for one in _faults(found, path, table, definition):
            (wrong if one.certain else open_).append(one.fault)
    if wrong:
        return Failed(faults=(*wrong, *open_))
    return Unknown(faults=tuple(open_)) if open_ else PASS


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """One thing that was found; not ``certain`` where nobody can tell whether an item ever shows it."""

    fault: Fault
    certain: bool = True


def _unusable(path: Path, fault: TableInvalid | ExpressionInvalid) -> Fault:
    return Fault(
        path=path,
        variant="unusable",
        values={"why": fault.problems[0].message},
        expected=fault.problems[0].expected,
        mend="Mend the table first.",
    )


def _faults(found: TableAnalysis, path: Path, table: Table, definition: Definition) -> Iterator[_Told]:
    for gap in found.gaps:
        yield _gap(gap, path, certain=gap.certain and not _is_out_of_scope(gap.example, definition))
    if found.more_gaps:
        yield _Told(fault=Fault(path=path, variant="more", values={"n": len(found.gaps)}), certain=_any_sure(found))
    for overlap in found.overlaps:
        certain = overlap.certain and not _is_out_of_scope(overlap.example, definition)
        yield _overlap(overlap, path, table, certain=certain)
    if found.n_overlaps > len(found.overlaps):
        fault = Fault(path=path, variant="pairs", values={"n": found.n_overlaps})
        yield _Told(fault=fault, certain=_any_sure(found))
    for idle in found.unreachable[:_MOST_SHOWN]:
        yield _unreachable(idle, path)
    if (n_more := len(found.unreachable) - _MOST_SHOWN) > 0:
        yield _Told(fault=Fault(path=path, variant="idle", values={"n": n_more}, mend="Take them away."))
    for why in found.unknown:
        yield _Told(fault=Fault(path=path, variant="unknown", values={"why": why}, mend=_SIMPLER), certain=False)


def _any_sure(found: TableAnalysis) -> bool:
    return any(gap.certain for gap in found.gaps) or any(overlap.certain for overlap in found.overlaps)


def _gap(gap: Gap, path: Path, *, certain: bool) -> _Told:
    fault = Fault(
        path=path,
        variant=None if certain else "gap?",
        values={"example": _said(gap.shown)},
        expected="a rule for every item",
        mend="Add a rule for it." if certain else "Add a rule for it, or use columns that are fields.",
    )
    return _Told(fault=fault, certain=certain)


def _overlap(overlap: Overlap, path: Path, table: Table, *, certain: bool) -> _Told:
    kind = "harmless" if overlap.same_answer else "overlap"
    mend = "Narrow one of them, or use FIRST, where the earlier one decides."
    if overlap.same_answer:
        mend = "Merge them, or use ANY, which allows it."
    elif table.hit_policy is HitPolicy.ANY:
        mend = "Make them answer the same, or narrow one of them."
    fault = Fault(
        path=(*path, "rules", overlap.second - 1),
        variant=kind if certain else f"{kind}?",
        values={"i": overlap.first, "j": overlap.second, "example": _said(overlap.shown)},
        expected=f"at most one rule for an item, as {table.hit_policy} asks"
        if table.hit_policy is HitPolicy.UNIQUE
        else "the same answer, as ANY asks",
        mend=mend,
    )
    return _Told(fault=fault, certain=certain)


def _unreachable(rule: Unreachable, path: Path) -> _Told:
    place = (*path, "rules", rule.rule - 1)
    if rule.column is not None:
        fault = Fault(
            path=place,
            variant="empty",
            values={"i": rule.rule, "column": rule.column},
            mend="Correct the cell, or take the rule away.",
        )
    else:
        rules = ", ".join(str(one) for one in rule.by)
        by = f"rule {rules} takes" if len(rule.by) == 1 else f"rules {rules} take"
        fault = Fault(
            path=place,
            variant="masked",
            values={"i": rule.rule, "by": by},
            mend="Move it before them, narrow them, or take it away.",
        )
    return _Told(fault=fault)


def _said(shown: Mapping[str, Json]) -> str:
    """An example as people read it: ``input.days_late = 21, input.value missing``."""
    return ", ".join(
        f"{column} without a value" if value is None else f"{column} = {json.dumps(value, ensure_ascii=False)}"
        for column, value in shown.items()
    )


def _is_out_of_scope(example: Mapping[str, Json], definition: Definition) -> bool:
    """Whether an exclusion keeps the example from ever reaching the table: then others like it may come or not."""
    whens = [one.when for one in (definition.scope.excludes if definition.scope else ()) if one.when is not None]
    if not whens:
        return False
    values = activation(input=coercer(input_schema(definition))(example), item={})
    for when in whens:
        try:
            if Expression(when).holds(values) is True:
                return True
        except ExpressionInvalid:  # IO06 says so
            continue
    return False
