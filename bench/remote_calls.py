"""What a call to a service costs through an executor of kind http: ``python -m bench remote_calls``.

The service stands in a process of its own and answers at once, so that what is measured is what each side adds.
Beside it, asked in the same way: httpx2 alone, which posts the same body and reads the answer.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.figure import Figure
from bench.measure import ROOT, in_own_process, peak_mb

AT_ONCE, N, ROUNDS, N_LARGE, LARGE = (1, 10, 100), 600, 3, 12, 20_000_000
PATIENCE_S = 30.0
GIVEN = {"subject": "Where is my parcel?", "body": "It should have come on Monday. " * 20}


def figures() -> Iterator[Figure]:
    """What a call takes for 1, 10 and 100 at once; how soon the breaker opens; memory under items of 20 MB."""
    found = in_own_process("bench.remote_calls", "measure")
    for n in AT_ONCE:
        yield Figure(
            name=f"a call to a service, {n} at once",
            unit="us CPU",
            ours=found["ours"][str(n)],
            baseline=found["plain"][str(n)],
            baseline_name="httpx2 alone",
        )
    yield Figure(name="failures until the breaker opens", unit="", ours=found["failures"], goal=5)
    yield Figure(
        name="from the fifth failure to an item that is not sent", unit="s", ours=found["seconds to open"], goal=1
    )
    yield Figure(name="memory that 12 items of 20 MB add after the third", unit="MB", ours=found["grown MB"], goal=60)


async def serve() -> None:
    """Answers every request at once, whatever it says; with 500 at the address ``/fails``."""
    good = _response("200 OK", json.dumps({"output": {"team": "orders"}, "confidence": 0.9}).encode())
    bad = _response("500 Oh", b"{}")

    async def each(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                left = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
                while left:
                    left -= len(await reader.read(min(left, 65536)))
                writer.write(bad if b" /fails " in head else good)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(each, "127.0.0.1", 0, backlog=200)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


def _response(status: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@contextmanager
def _service() -> Iterator[str]:
    command = [sys.executable, "-m", "bench.remote_calls", "serve"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


async def _cpu_us(ask: Callable[[], Awaitable[object]], at_once: int) -> float:
    async def some(n: int) -> None:
        for _ in range(n):
            await ask()

    await asyncio.gather(*(some(2) for _ in range(at_once)))  # each connects
    started = time.process_time()
    await asyncio.gather(*(some(N // at_once) for _ in range(at_once)))
    return (time.process_time() - started) / N * 1e6


def _executor(url: str, at_once: int) -> Any:
    """A performer, as deciding has one."""
    from remit.executors.http.executor import load_http
    from remit.executors.perform import Breaker, performer
    from remit.executors.remote import Surroundings
    from remit.items import ExecutorKind, ExecutorSpec
    from remit.project.ambient import system

    ambient = system()
    spec = ExecutorSpec(
        name="supplier",
        work="triage",
        kind=ExecutorKind.HTTP,
        settings={"url": url, "limits": {"at_a_time": at_once}},
    )
    surroundings = Surroundings(
        home=url,
        setting=ambient.setting,
        now=ambient.now,
        monotonic=ambient.monotonic,
        new_id=ambient.new_id,
        purse=lambda: None,
    )
    made = load_http(spec, root=Path.cwd(), surroundings=surroundings)
    return performer(made, clock=time.perf_counter, breaker=Breaker(clock=time.perf_counter), jitter=ambient.draw)


def _ours(url: str, at_once: int) -> float:
    async def run(perform: Any) -> float:
        async def ask() -> None:
            if (await perform.elsewhere.ask_async(GIVEN)).output is None:
                raise RuntimeError

        return await _cpu_us(ask, at_once)

    with _executor(url, at_once) as perform:
        return asyncio.run(run(perform))


async def _plain(url: str, at_once: int) -> float:
    import httpx2

    limits = httpx2.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    async with httpx2.AsyncClient(limits=limits, trust_env=False, timeout=PATIENCE_S) as client:

        async def ask() -> None:
            response = await client.post(url, json={"work": "triage", "input": GIVEN})
            if response.status_code != 200 or "output" not in response.json():
                raise RuntimeError

        return await _cpu_us(ask, at_once)


def _breaker(url: str) -> dict[str, float]:
    with _executor(f"{url}/fails", 4) as perform:
        n = 0
        while not perform.breaker.is_open:
            perform(GIVEN)
            n += 1
        fifth = time.perf_counter()
        perform(GIVEN)
        return {"failures": n, "seconds to open": time.perf_counter() - fifth}


def _grown_mb(url: str) -> float:
    given = {"text": "x" * LARGE}
    with _executor(url, 4) as perform:
        for _ in range(3):
            perform(given)
        settled = peak_mb()
        for _ in range(N_LARGE):
            if perform(given).output is None:
                raise RuntimeError
        return peak_mb() - settled


def main() -> None:
    """Measure, and print one JSON object."""
    found: dict[str, Any] = {"ours": {}, "plain": {}}
    with _service() as url:
        for n in AT_ONCE:
            pairs = [(asyncio.run(_plain(url, n)), _ours(url, n)) for _ in range(ROUNDS)]
            found["plain"][n], found["ours"][n] = (min(each) for each in zip(*pairs, strict=True))
        found.update(_breaker(url))
        found["grown MB"] = _grown_mb(url)
    sys.stdout.write("\n" + json.dumps(found) + "\n")


if __name__ == "__main__":
    main() if sys.argv[1] == "measure" else asyncio.run(serve())
