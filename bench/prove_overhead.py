"""What a proof costs for each case, and how much memory it takes: a trivial executor, five constraints.

Beside it, each in its own process: a plain loop that writes JSONL with fsync, and pydantic-evals with the same five
constraints as evaluators.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.measure import peak_mb
from bench.trivial import answer, broken, cases

FLUSH_EVERY = 1000


def plain(n: int) -> dict[str, float]:
    """The least that keeps a record: ask, check, compare, write a line; fsync every 1,000 lines."""
    before, start = peak_mb(), time.process_time()
    with tempfile.TemporaryDirectory() as folder, Path(folder, "record.jsonl").open("w", encoding="utf-8") as record:
        for number, (case, given, expected) in enumerate(cases(n), start=1):
            output = answer(given)
            line = {"case": case, "output": output, "broken": broken(given, output, 0.0), "right": output == expected}
            record.write(json.dumps(line) + "\n")
            if number % FLUSH_EVERY == 0:
                record.flush()
                os.fsync(record.fileno())
    return {"cpu_us": (time.process_time() - start) / n * 1e6, "peak_mb": peak_mb() - before}


def pydantic_evals(n: int) -> dict[str, float]:
    """The same with pydantic-evals: one evaluator for the right answer, one for the constraints."""
    from pydantic_evals import Case, Dataset
    from pydantic_evals.evaluators import EqualsExpected, Evaluator, EvaluatorContext

    class Constraints(Evaluator[dict[str, Any], dict[str, Any], None]):
        def evaluate(self, ctx: EvaluatorContext[dict[str, Any], dict[str, Any], None]) -> bool:
            return not broken(ctx.inputs, ctx.output, ctx.duration)

    before, start = peak_mb(), time.process_time()
    dataset = Dataset(
        name="trivial",
        cases=[Case(name=case, inputs=given, expected_output=expected) for case, given, expected in cases(n)],
        evaluators=[EqualsExpected(), Constraints()],
    )
    report = dataset.evaluate_sync(answer, progress=False, max_concurrency=1)
    assert len(report.cases) == n
    return {"cpu_us": (time.process_time() - start) / n * 1e6, "peak_mb": peak_mb() - before}


if __name__ == "__main__":
    print(json.dumps({"plain": plain, "pydantic_evals": pydantic_evals}[sys.argv[1]](int(sys.argv[2]))))
