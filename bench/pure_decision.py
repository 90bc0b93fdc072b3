"""What one decision costs without any store: steps 0 to 5, five constraints, a decision table as the executor.

Beside it, the same checks by the bare libraries: input and output against their schemas, one CEL program that holds all
five constraints, and the table as Python.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import jsonschema_rs

from bench.figure import Figure
from bench.measure import cpu_seconds
from bench.trivial import CONSTRAINTS, DEFINITION, answer, cases
from remit.autonomy.route import Terms
from remit.deciding.decide import decide
from remit.deciding.prepare import prepare
from remit.definition.expressions import AllOf, Expression
from remit.definition.levels import Level
from remit.definition.reading import read
from remit.definition.schemas import input_schema, output_schema
from remit.executors.loading import load
from remit.executors.perform import performer
from remit.items import ExecutorKind, ExecutorSpec, Item, Route

N = 20_000
TABLE = {
    "hit_policy": "FIRST",
    "in": ["input.ratio"],
    "out": ["decision"],
    "rules": [["< 50.0", "approve"], ["-", "deny"]],
}


def figures() -> Iterator[Figure]:
    """Microseconds of CPU for one decision."""
    given = list(islice(cases(N), N))
    yield Figure(
        name="one decision, steps 0 to 5, five constraints, table",
        unit="us CPU",
        ours=cpu_seconds(partial(ours, given)) / N * 1e6,
        baseline=cpu_seconds(partial(bare, given)) / N * 1e6,
        baseline_name="bare libraries",
        goal=60,
    )


def ours(given: list[tuple[str, dict[str, Any], dict[str, Any]]]) -> None:
    """Every case through the one place that decides."""
    work = dict(DEFINITION)
    work["decisions"] = [{**DEFINITION["decisions"][0], "table": TABLE}]
    definition = read(work)
    prepared = prepare(definition)
    spec = ExecutorSpec(name="table", work="trivial", kind=ExecutorKind.TABLE)
    terms = Terms(level=Level.SUPERVISED, certified=True)
    acted = 0
    with performer(load(spec, root=Path(), definition=definition), clock=time.perf_counter) as perform:
        for key, values, _ in given:
            found = decide(prepared, Item(key=key, input=values), perform=perform, terms=terms)
            acted += found.route is Route.ACT
    assert acted > 0, found.reasons


def bare(given: list[tuple[str, dict[str, Any], dict[str, Any]]]) -> None:
    """The same checks with nothing around them."""
    definition = read(DEFINITION)
    fits_in = jsonschema_rs.validator_for(input_schema(definition))
    fits_out = jsonschema_rs.validator_for(output_schema(definition))
    constraints = AllOf([Expression(source) for source in CONSTRAINTS])
    for _, values, _ in given:
        output = answer(values)
        assert fits_in.is_valid(values)
        assert fits_out.is_valid(output)
        constraints.holds({"input": values, "output": output, "answer": {"seconds": 0.0}})
