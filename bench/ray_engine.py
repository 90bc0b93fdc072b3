"""A file of items decided on a Ray cluster of this machine, beside one process alone, and the memory of who asks.

``REMIT_RAY_ITEMS`` is how many items the file has, 100,000 where nothing is said.  The cluster is started before the
clock is: that is told apart, because it costs the same for ten items and for ten million.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figure import Figure
from bench.governed_project import make_project, opened_work
from bench.measure import in_own_process, peak_mb
from bench.trivial import cases

__all__ = ["figures"]

N = int(os.environ.get("REMIT_RAY_ITEMS", "100000"))
REPEATS = 3
N_LESS = max(N // 10, 1)


def figures() -> list[Figure]:
    """Items a second of both, and the memory of who asks with many items and with a tenth of them."""
    both = in_own_process("bench.ray_engine", "both", N, REPEATS)
    much, less = (in_own_process("bench.ray_engine", "both", n, 1) for n in (N, N_LESS))
    local = {n: in_own_process("bench.ray_engine", "local", n, 1)["peak_mb"] for n in (N, N_LESS)}
    again = both["again"]
    return [
        Figure(
            name=f"remit run, {N:,} items, Ray on {both['n_workers']} workers",
            unit="1/s",
            ours=both["ray"],
            baseline=both["local"],
            baseline_name="one process",
            goal=0.8,
            goal_is_ratio=True,
            at_least=True,
        ),
        Figure(name="the same, to start the cluster", unit="s", ours=both["start_s"]),
        Figure(
            name=f"remit run, {N:,} items that are recorded, again",
            unit="1/s",
            ours=again,
            baseline=both["local"],
            baseline_name="deciding them",
        ),
        Figure(
            name=f"remit run --engine ray, {N:,} items, peak memory of who asks",
            unit="MB",
            ours=much["peak_mb"],
            baseline=less["peak_mb"],
            baseline_name=f"{N_LESS:,} items",
            goal=1.2,
            goal_is_ratio=True,
        ),
        Figure(
            name=f"remit run, {N:,} items, peak memory",
            unit="MB",
            ours=local[N],
            baseline=local[N_LESS],
            baseline_name=f"{N_LESS:,} items",
            goal=1.2,
            goal_is_ratio=True,
        ),
    ]


def _made(folder: Path, n: int) -> Path:
    make_project(folder)
    lines = (json.dumps({"key": key, "input": given}) + "\n" for key, given, _ in cases(n))
    (folder / "items.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


def _per_second(folder: Path, n: int, engine: str) -> float:
    from remit.project.running.run_file import run_file
    from remit.project.scaling.engines import deciding_engine

    with opened_work(folder) as work:
        started = time.perf_counter()
        ran = run_file(
            work,
            folder / "items.jsonl",
            actor="bench",
            executor="clerk",
            engine=deciding_engine(work.project, engine, None),
        )
        seconds = time.perf_counter() - started
    if ran.n_undecided or ran.n != n:
        raise RuntimeError(f"{ran.n_undecided} of {ran.n} were not decided")
    return n / seconds


def _both(n: int, repeats: int) -> dict[str, float]:
    from remit.runtime.scaling.cluster import cluster

    found: dict[str, list[float]] = {"local": [], "ray": [], "again": []}
    started = time.perf_counter()
    with cluster() as on, TemporaryDirectory() as folder:
        start_s = time.perf_counter() - started
        _per_second(_made(Path(folder, "warm"), 100), 100, "ray")
        for turn in range(repeats):
            for engine in ("local", "ray") if repeats > 1 else ("ray",):
                made = _made(Path(folder, f"{engine}-{turn}"), n)
                found[engine].append(_per_second(made, n, engine))
                if engine == "local":
                    found["again"].append(_per_second(made, n, engine))
        middle = {name: statistics.median(taken) for name, taken in found.items() if taken}
        return middle | {"start_s": start_s, "n_workers": on.n_workers, "peak_mb": peak_mb()}


def _local(n: int) -> dict[str, float]:
    with TemporaryDirectory() as folder:
        return {"local": _per_second(_made(Path(folder, "one"), n), n, "local"), "peak_mb": peak_mb()}


if __name__ == "__main__":
    which, n_items, n_repeats = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    print(json.dumps(_both(n_items, n_repeats) if which == "both" else _local(n_items)))
