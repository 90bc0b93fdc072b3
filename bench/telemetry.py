"""What telemetry and the log cost an item: ``python -m bench telemetry``.

``work.decide`` on SQLite whose disk is not waited for, so that only CPU counts, in turns in one process: with telemetry
off, as everybody has it, and on, with an exporter that keeps every span in memory.
"""

from __future__ import annotations

import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

from bench.figure import Figure
from bench.governed_project import make_project
from bench.measure import cpu_seconds, in_own_process
from bench.trivial import cases
from remit.items import JsonObject
from remit.project import Project, Work, system
from remit.project.logs import logging_to, noted, noting, say_with
from remit.project.telemetry import Telemetry
from remit.project.telemetry.items import seeing_item
from remit.runtime.settle import Settled

ROUNDS, N = 60, 50
OFF, ON = "off", "on"


def figures() -> Iterator[Figure]:
    """An item with telemetry off beside the same without any, and on beside off."""
    found = in_own_process("bench.telemetry")
    yield Figure(
        name="work.decide, telemetry off: CPU",
        unit="us",
        ours=found[OFF],
        baseline=found[OFF] - found["added"],
        baseline_name="without what asks whether it is on",
        goal=1.02,
        goal_is_ratio=True,
    )
    yield Figure(
        name="work.decide, telemetry on: CPU", unit="us", ours=found[ON], baseline=found[OFF], baseline_name="off"
    )
    yield Figure(name="one line of the log for one request: CPU", unit="us", ours=found["line"], goal=60)


def _in_memory() -> Telemetry:
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from remit.project.telemetry.otel import OpenTelemetry

    tracers = TracerProvider(shutdown_on_exit=False)
    exporter = InMemorySpanExporter()
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    meters = MeterProvider([InMemoryMetricReader()], shutdown_on_exit=False)
    return OpenTelemetry(tracers, meters, version="1", end=exporter.clear)


def _added(work: Work) -> float:
    """CPU microseconds of all that :meth:`Desk.decide` does for telemetry while it is off.

    Measured alone: two runs of the whole differ by more than this.
    """
    ambient, settled, n = work.project.ambient, work.decide({**next(cases(1))[1]}, key="first"), 20_000

    def once() -> None:
        for _ in range(n):
            with seeing_item(work.project.ambient.telemetry, work.id) as seen:
                seen.looked()
                seen.asks(_nobody, None)
                seen.decided()
                seen.settled(settled)

    assert not ambient.telemetry.on
    return cpu_seconds(once) / n * 1e6


def _nobody() -> None:
    return None


def _whole(work: Work) -> Callable[[JsonObject, str], Settled]:
    return lambda given, key: work.decide(given, key=key)


def measured(folder: Path) -> dict[str, float]:
    """CPU microseconds an item of each side: of its quietest round, as what else runs only adds to it."""
    telemetry = _in_memory()
    projects = {
        side: Project.open(
            make_project(folder / side), ambient=replace(system(), telemetry=telemetry) if side == ON else system()
        )
        for side in (OFF, ON)
    }
    for project in projects.values():
        project.store._writer.execute("PRAGMA synchronous=OFF")  # noqa: SLF001 - the disk is not measured
    works = {side: project.work("trivial") for side, project in projects.items()}
    sides: dict[str, Callable[[JsonObject, str], Settled]] = {
        OFF: _whole(works[OFF]),
        ON: _whole(works[ON]),
    }
    items = [given for _, given, _ in cases(N)]
    taken: dict[str, list[float]] = {side: [] for side in sides}
    orders = list(permutations(sides))
    for number in range(ROUNDS + 1):
        for side in orders[number % len(orders)]:  # each as often before and after each other
            gc.collect()
            begun = time.process_time()
            for i, given in enumerate(items):
                sides[side](given, f"k{number}-{i}")
            spent = (time.process_time() - begun) / N * 1e6
            telemetry.close()  # forget the spans
            if number:
                taken[side].append(spent)
    found = {side: min(times) for side, times in taken.items()} | {"added": _added(works[OFF])}
    for project in projects.values():
        project.close()
    return found


def line(path: Path) -> float:
    """CPU microseconds of the line that a decided item leaves in the log."""
    fields: dict[str, Any] = {"method": "POST", "route": "/v1/definitions/{work}/decide", "status": 200}
    with path.open("w") as stream, logging_to(stream, form="json"):
        begun = time.process_time()
        for i in range(2_000):
            with noting() as notes:
                noted(work="trivial", decision=f"01J{i:023}", outcome="act", repeated=False)
                say_with("request", {**fields, "request": f"01K{i:023}", "seconds": 0.0123, **notes})
        return (time.process_time() - begun) / 2_000 * 1e6


def main() -> None:
    """Measure, and print one JSON object."""
    with tempfile.TemporaryDirectory() as name:
        found = measured(Path(name)) | {"line": line(Path(name) / "serve.log")}
    sys.stdout.write("\n" + json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
