"""What one item costs over HTTP, and what the server holds while nothing comes: ``python -m bench served``.

``remit serve`` in a process of its own, asked by an asyncio client in this one.  Beside it, asked in the same way: a
bare FastAPI endpoint that writes the same rows with plain ``sqlite3``, one transaction each.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.figure import Figure
from bench.governed_project import make_project
from bench.measure import ROOT, in_own_process
from bench.trivial import cases

CLIENTS, N_EACH, PATIENCE_S = (1, 10, 100), 300, 30.0


def figures() -> Iterator[Figure]:
    """Half of the answers, and 99 of 100, come within; for 1, 10 and 100 clients at once."""
    found = in_own_process("bench.served")
    yield Figure(name="remit serve, idle: memory", unit="MB", ours=found["idle MB"], goal=120)
    for clients in CLIENTS:
        for share in ("p50", "p99"):
            ours, plain = found["ours"][str(clients)][share], found["plain"][str(clients)][share]
            yield Figure(
                name=f"decide over HTTP, {clients} clients, {share}",
                unit="ms",
                ours=ours,
                baseline=plain,
                baseline_name="bare FastAPI, the same rows by plain sqlite3",
            )


def bare(path: str, port: int) -> None:
    """The bare endpoint."""
    import uvicorn
    from fastapi import FastAPI

    from bench.grouped_decision import Grouped

    plain = Grouped(Path(path))
    application = FastAPI()
    numbers = iter(range(10_000_000))

    @application.post("/v1/definitions/trivial/decide")
    async def decide(body: dict) -> dict:
        plain.write(next(numbers), body["input"])
        return {"route": "act"}

    uvicorn.run(application, port=port, log_level="error", access_log=False)


@contextmanager
def _running(command: list[str], port: int, cwd: Path) -> Iterator[subprocess.Popen[bytes]]:
    paths = os.pathsep.join((str(ROOT), str(ROOT / "src")))
    process = subprocess.Popen(
        command, cwd=cwd, env={**os.environ, "PYTHONPATH": paths}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if time.monotonic() > until or process.poll() is not None:
                    raise
                time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


async def _asked(port: int, clients: int) -> dict[str, float]:
    import httpx2

    taken: list[float] = []
    limits = httpx2.Limits(max_connections=clients, max_keepalive_connections=clients)
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=PATIENCE_S) as client:
        coming = iter([given for _, given, _ in cases(N_EACH + clients)])

        async def one() -> None:
            for given in coming:
                start = time.perf_counter()
                answer = await client.post("/v1/definitions/trivial/decide", json={"input": given})
                taken.append(time.perf_counter() - start)
                answer.raise_for_status()

        await asyncio.gather(*(one() for _ in range(clients)))
    cuts = statistics.quantiles(taken[clients:], n=100)  # without each one's first, which connects
    return {"p50": cuts[49] * 1000, "p99": cuts[98] * 1000}


def _resident_mb(process: subprocess.Popen[bytes]) -> float:
    pages = int(Path(f"/proc/{process.pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def main() -> None:
    """Measure, and print one JSON object."""
    found: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project = make_project(folder / "project")
        commands = {
            "ours": [sys.executable, "-m", "remit", "serve", "--port"],
            "plain": [sys.executable, "-m", "bench.served", str(folder / "plain.db")],
        }
        for side, command in commands.items():
            port = _free_port()
            with _running([*command, str(port)], port, project) as process:
                if side == "ours":
                    found["idle MB"] = _resident_mb(process)
                found[side] = {clients: asyncio.run(_asked(port, clients)) for clients in CLIENTS}
    sys.stdout.write("\n" + json.dumps(found) + "\n")


if __name__ == "__main__":
    main() if len(sys.argv) == 1 else bare(sys.argv[1], int(sys.argv[2]))
