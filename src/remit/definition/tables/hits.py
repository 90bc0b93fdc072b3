"""Hit policies: what a table answers when several of its rules match.

Source: OMG DMN 1.5, section 8.2.8 (hit policies) and 8.2.11 (aggregations, lists of answers).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from remit.definition.model import Aggregation, HitPolicy, Json, Table
from remit.definition.schemas import leaf
from remit.definition.tables.cells import CellValue, same_value

__all__ = ["LISTS", "RANKED", "Hit", "Settled", "answers_in_order", "rank", "same_output", "settle"]

RANKED: Final = (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER)
"""The policies by which the order of the allowed answers decides, the first one before all others."""


LISTS: Final = (HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER)
"""The policies that answer with a list for each output field (`COLLECT` only where nothing is aggregated)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One rule that matches: its number, from 1, and what it answers."""

    rule: int
    output: Mapping[str, CellValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of the rules that match. ``output`` is None where they contradict the policy; ``why`` says how."""

    output: dict[str, Json] | None
    rules: tuple[int, ...]
    why: str | None = None


def answers_in_order(table: Table, schema: Mapping[str, Json]) -> dict[str, tuple[CellValue, ...]]:
    """The listed answers of each output field, in the order of the schema; fields without a list are left out.

    Args:
        table: whose output fields are meant.
        schema: JSON Schema of the output. For a field that holds a list, its entries count.
    """
    found: dict[str, tuple[CellValue, ...]] = {}
    for name in table.out:
        node = leaf(schema, name) or {}
        if table.hit_policy in LISTS and isinstance(node.get("items"), Mapping):
            node = node["items"]
        options = node.get("enum")
        if isinstance(options, list):
            found[name] = tuple(one for one in options if isinstance(one, str | int | float))
    return found


def rank(output: Mapping[str, CellValue], order: Mapping[str, Sequence[CellValue]]) -> tuple[int, ...]:
    """Where an answer stands: field by field its place in ``order``; the smaller one comes first.

    An answer that is not listed comes after all that are. Fields without a list do not count.
    """
    return tuple(
        next((i for i, one in enumerate(order[name]) if same_value(one, value)), len(order[name]))
        for name, value in output.items()
        if name in order
    )


def same_output(one: Mapping[str, CellValue], other: Mapping[str, CellValue]) -> bool:
    """Whether two rules of one table answer the same."""
    return all(same_value(value, other[name]) for name, value in one.items())


def settle(table: Table, hits: Sequence[Hit], order: Mapping[str, Sequence[CellValue]]) -> Settled:
    """What the table answers where ``hits``, at least one and in the order of the rules, match."""
    rules = tuple(hit.rule for hit in hits)
    match table.hit_policy:
        case HitPolicy.UNIQUE:
            if len(hits) > 1:
                return Settled(output=None, rules=rules, why=f"rules {rules[0]} and {rules[1]} of the table both match")
            return _one(hits[0])
        case HitPolicy.FIRST:
            return _one(hits[0])
        case HitPolicy.ANY:
            other = next((hit for hit in hits if not same_output(hits[0].output, hit.output)), None)
            if other is not None:
                why = f"rules {rules[0]} and {other.rule} of the table match with different answers"
                return Settled(output=None, rules=rules, why=why)
            return Settled(output=dict(hits[0].output), rules=rules)
        case HitPolicy.PRIORITY:
            return _one(min(hits, key=lambda hit: rank(hit.output, order)))
        case HitPolicy.OUTPUT_ORDER:
            return _lists(sorted(hits, key=lambda hit: rank(hit.output, order)))
        case HitPolicy.RULE_ORDER:
            return _lists(hits)
        case HitPolicy.COLLECT:
            return _lists(hits) if table.aggregation is None else _number(table.aggregation, table.out[0], hits)
        case _:
            assert_never(table.hit_policy)


def _one(hit: Hit) -> Settled:
    return Settled(output=dict(hit.output), rules=(hit.rule,))


def _lists(hits: Sequence[Hit]) -> Settled:
    output = {name: [hit.output[name] for hit in hits] for name in hits[0].output}
    return Settled(output=output, rules=tuple(hit.rule for hit in hits))


def _number(aggregation: Aggregation, name: str, hits: Sequence[Hit]) -> Settled:
    rules = tuple(hit.rule for hit in hits)
    numbers = [value for hit in hits if isinstance(value := hit.output[name], int | float)]
    match aggregation:
        case Aggregation.COUNT:
            return Settled(output={name: len(hits)}, rules=rules)
        case Aggregation.MIN:
            return Settled(output={name: min(numbers)}, rules=rules)
        case Aggregation.MAX:
            return Settled(output={name: max(numbers)}, rules=rules)
        case Aggregation.SUM:
            total = _sum(numbers)
            if total is None:
                return Settled(output=None, rules=rules, why="the sum of the rules that match is beyond every number")
            return Settled(output={name: total}, rules=rules)
        case _:
            assert_never(aggregation)


def _sum(numbers: Sequence[int | float]) -> int | float | None:
    whole = [number for number in numbers if isinstance(number, int)]
    if len(whole) == len(numbers):
        return sum(whole)
    try:
        total = math.fsum(numbers)
    except OverflowError:
        return None
    return total if math.isfinite(total) else None
