"""How long the gaps and overlaps of a decision table take: 200 rules over 8 columns, and 10,000 rules."""

from __future__ import annotations

import random
from collections.abc import Iterator

from bench.figure import Figure
from bench.measure import cpu_seconds
from remit.definition.model import Definition
from remit.definition.reading import read
from remit.definition.tables import analyse

N_COLUMNS = 8


def figures() -> Iterator[Figure]:
    """Tables without a fault, which take longest: everything has to be looked at."""
    split = split_space(200, seed=1)
    found = analyse(table_of(split), split)
    if not found.is_sound:
        raise RuntimeError(f"the table of the benchmark is sound by its making: {found}")
    taken = cpu_seconds(lambda: analyse(table_of(split), split), repeats=3)
    yield Figure(name="gaps and overlaps, 200 rules, 8 columns", unit="s", ours=taken, goal=2)
    holed = split_space(200, seed=2, leave_out=20)
    taken = cpu_seconds(lambda: analyse(table_of(holed), holed), repeats=3)
    yield Figure(name="gaps and overlaps, 180 of 200 rules, 8 columns", unit="s", ours=taken, goal=2)
    look_up = codes(10_000)
    taken = cpu_seconds(lambda: analyse(table_of(look_up), look_up), repeats=1)
    yield Figure(name="gaps and overlaps, 10,000 rules of one code each", unit="s", ours=taken, goal=10)


def table_of(definition: Definition):
    """The one table of the definition."""
    table = definition.decisions[0].table
    if table is None:
        raise RuntimeError("the definition has a table by its making")
    return table


def split_space(n_rules: int, *, seed: int, leave_out: int = 0) -> Definition:
    """A UNIQUE table that covers its space with boxes, each made by splitting another one at a whole number."""
    rng = random.Random(seed)
    boxes = [[(0, 1000)] * N_COLUMNS]
    while len(boxes) < n_rules:
        box = boxes.pop(rng.randrange(len(boxes)))
        column = rng.randrange(N_COLUMNS)
        low, high = box[column]
        if high - low < 2:
            boxes.append(box)
            continue
        at = rng.randrange(low + 1, high)
        boxes += [[*box[:column], part, *box[column + 1 :]] for part in ((low, at), (at, high))]
    rows = [[*(_cell(low, high) for low, high in box), "yes"] for box in boxes[leave_out:]]
    fields = {f"x{i}": "number 0..1000" for i in range(N_COLUMNS)}
    return _definition(fields, rows)


def _cell(low: int, high: int) -> str:
    if (low, high) == (0, 1000):
        return "-"
    return f"[{low}..{high}{']' if high == 1000 else ')'}"


def codes(n_rules: int) -> Definition:
    """A table with one rule for each code, and one for every other."""
    rows: list[list[str]] = [[f'"C{i:05}"', "yes"] for i in range(n_rules - 1)]
    return _definition({"code": "text <= 10"}, [*rows, ["-", "yes"]], policy="FIRST")


def _definition(fields: dict[str, str], rows: list[list[str]], policy: str = "UNIQUE") -> Definition:
    table = {"hit_policy": policy, "in": [f"input.{name}" for name in fields], "out": ["answer"], "rules": rows}
    return read(
        {
            "remit": 1,
            "id": "bench",
            "inputs": {"fields": fields},
            "outputs": {"fields": {"answer": ["yes", "no"]}},
            "decisions": [{"id": "answer", "table": table}],
        }
    )
