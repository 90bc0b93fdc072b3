"""What a proof costs for each case, and how much memory it takes: a trivial executor, five constraints.

Beside it, each in its own process: a plain loop that writes JSONL with fsync, and pydantic-evals with the same right
answer and the same five constraints. Ours is the whole of ``Work.prove``: it also reads the case file, holds it against
the frozen digest, checks every input, keeps every answer in the store, judges, certifies and writes the report.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.figure import Figure
from bench.measure import in_own_process, peak_mb
from bench.trivial import DEFINITION, answer, broken, cases

N, N_MANY = 50_000, 500_000
FLUSH_EVERY = 1000
IMPORTED = (
    "google.protobuf",
    "jinja2",
    "numpy",
    "remit.executors.perform",
    "remit.proof.conclude",
    "remit.proof.tally",
    "remit.report.documents",
    "remit.report.proof_html",
    "remit.store",
    "sqlalchemy",
)
EXECUTOR = {"for": "trivial", "kind": "function", "entry": "functions/answer.py:answer", "version": "1"}
FUNCTION = """
def answer(given):
    return {"decision": "approve" if given["ratio"] < 50 else "deny"}
"""


def figures() -> Iterator[Figure]:
    """Microseconds of CPU a case, and megabytes above the imports."""
    module = "bench.prove_overhead"
    few, many = in_own_process(module, "remit", N), in_own_process(module, "remit", N_MANY)
    for name in ("plain", "pydantic_evals"):
        peer = in_own_process(module, name, N)
        yield Figure(
            name=f"prove, {N:,} cases, a case",
            unit="us CPU",
            ours=few["cpu_us"],
            baseline=peer["cpu_us"],
            baseline_name="plain loop with fsync" if name == "plain" else "pydantic-evals",
            goal=50,
        )
    memory = {"unit": "MB", "goal": 60}
    yield Figure(
        name=f"prove, {N:,} cases, peak memory above the imports",
        ours=few["peak_mb"],
        baseline=peer["peak_mb"],
        baseline_name="pydantic-evals",
        **memory,
    )
    yield Figure(name=f"prove, {N_MANY:,} cases, peak memory above the imports", ours=many["peak_mb"], **memory)
    yield Figure(name=f"prove, {N_MANY:,} cases, a case", unit="us CPU", ours=many["cpu_us"], goal=50)


def remit(n: int) -> dict[str, float]:
    """A proof as ``remit prove`` makes it, in a project of its own."""
    from remit.project import Project

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_project(folder, n)
        work = Project.open(folder).work("trivial")
        work.freeze_cases()
        for module in IMPORTED:
            import_module(module)
        assert work.project.store is not None  # making its tables is not the proof's
        before, start = peak_mb(), time.process_time()
        proof = work.prove("answer")
        taken = time.process_time() - start
        assert proof.document.n_cases == n
        assert 0 < proof.document.n_wrong < n / 20
    return {"cpu_us": taken / n * 1e6, "peak_mb": peak_mb() - before}


def write_project(folder: Path, n: int) -> None:
    """A project with the trivial work, its executor, and ``n`` proving cases."""
    definition = {**DEFINITION, "cases": {"path": "cases/trivial.jsonl"}}
    for name, value in (
        ("remit.yaml", {"currency": "EUR"}),
        ("work/trivial.yaml", definition),
        ("executors/answer.yaml", EXECUTOR),
    ):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(value, indent=2), encoding="utf-8")
    (folder / "functions").mkdir()
    (folder / "functions" / "answer.py").write_text(FUNCTION, encoding="utf-8")
    (folder / "cases").mkdir()
    with (folder / "cases" / "trivial.jsonl").open("w", encoding="utf-8") as file:
        for case, given, expected in cases(n):
            row = {"case": case, "input": given, "expected": expected, "labelled_by": "clerk", "split": "prove"}
            file.write(json.dumps(row) + "\n")


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
    print(json.dumps({"remit": remit, "plain": plain, "pydantic_evals": pydantic_evals}[sys.argv[1]](int(sys.argv[2]))))
