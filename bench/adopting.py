"""How much longer a caller waits for a function under ``@remit.executor(..., incumbent=True)`` than without.

Recording happens after the return, in another thread: it is not in the figure.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from bench.figure import Figure
from bench.trivial import DEFINITION, answer, cases
from remit.project.adopting import executor

ROUNDS, CALLS = 20, 250


def figures() -> Iterator[Figure]:
    """Microseconds of one call, the median of several rounds."""
    given = [values for _, values, _ in islice(cases(CALLS), CALLS)]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "work").mkdir()
        (root / "remit.yaml").write_text("currency: EUR\n", encoding="utf-8")
        (root / "work" / "trivial.yaml").write_text(json.dumps(DEFINITION), encoding="utf-8")

        def incumbent(values: dict[str, Any]) -> dict[str, Any]:
            return answer(values)

        adopted: Any = executor("trivial", incumbent=True, project=root)(incumbent)
        try:
            ours, bare = [], []
            for _ in range(ROUNDS):
                bare.append(_seconds(incumbent, given))
                ours.append(_seconds(adopted, given))
                adopted.remit.drain()
        finally:
            adopted.remit.close()
        if adopted.remit.n_lost:
            raise RuntimeError(f"{adopted.remit.n_lost} calls were not recorded")
    yield Figure(
        name="a call of an incumbent function, its caller's wait",
        unit="us",
        ours=sorted(ours)[ROUNDS // 2] / CALLS * 1e6,
        baseline=sorted(bare)[ROUNDS // 2] / CALLS * 1e6,
        baseline_name="the function alone",
        goal=100,
    )


def _seconds(function: Callable[[dict[str, Any]], Any], given: list[dict[str, Any]]) -> float:
    started = time.perf_counter()
    for values in given:
        function(values)
    return time.perf_counter() - started
