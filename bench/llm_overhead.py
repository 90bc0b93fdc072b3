"""What asking a language model costs beyond the call itself: ``python -m bench llm_overhead``.

A service in a process of its own speaks OpenAI's protocol and answers at once, with log-probabilities of ten tokens,
ten for each.  Beside the executor, asked in turns with it: the client of OpenAI alone, which sends the same body and
reads the answer as JSON.  What is added is told as time on the clock and as time of the processor: where others use the
machine, the first one holds their share too.
"""

from __future__ import annotations

import asyncio
import json
import math
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.figure import Figure
from bench.measure import ROOT, in_own_process

ROUNDS, CALLS = 20, 25
PATIENCE_S = 30.0
DEFINITION = ROOT / "tests" / "data" / "triage-email.yaml"
GIVEN = {
    "subject": "Where is my parcel?",
    "body": "It should have come on Monday, and nobody answers the telephone. " * 30,
    "received": "2027-06-01T08:00:00Z",
    "business": False,
}
TOKENS = ("{", '"', "team", '"', ":", ' "', "or", "ders", '"', "}")


def figures() -> Iterator[Figure]:
    """A call with confidence and one without, both through the performer, as deciding has it."""
    found = in_own_process("bench.llm_overhead", "measure")
    for name, told in found.items():
        yield Figure(
            name=f"one call to a language model, {name}",
            unit="s",
            ours=told["ours seconds"],
            baseline=told["plain seconds"],
            baseline_name="the client of OpenAI alone",
        )
        for kind, of in (("on the clock", "seconds"), ("of the processor", "cpu")):
            added = told[f"ours {of}"] - told[f"plain {of}"]
            yield Figure(name=f"added by the llm executor, {name}, {kind}", unit="s", ours=added, goal=0.003)


def _reply() -> bytes:
    listed = [
        {"token": f"w{i}", "bytes": list(f"w{i}".encode()), "logprob": math.log(0.4 / (i + 1) / 4)} for i in range(9)
    ]
    tokens = [
        {
            "token": one,
            "bytes": list(one.encode()),
            "logprob": math.log(0.5),
            "top_logprobs": [{"token": one, "bytes": list(one.encode()), "logprob": math.log(0.5)}, *listed],
        }
        for one in TOKENS
    ]
    return json.dumps(
        {
            "id": "one",
            "object": "chat.completion",
            "created": 1,
            "model": "small",
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": "".join(TOKENS)},
                    "finish_reason": "stop",
                    "logprobs": {"content": tokens},
                }
            ],
            "usage": {"prompt_tokens": 700, "completion_tokens": len(TOKENS), "total_tokens": 700 + len(TOKENS)},
        }
    ).encode()


async def serve() -> None:
    """Answers every request at once, whatever it says."""
    body = _reply()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    reply = head.encode() + body

    async def each(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                asked = (await reader.readuntil(b"\r\n\r\n")).lower()
                await reader.readexactly(int(asked.partition(b"content-length:")[2].partition(b"\r\n")[0]))
                writer.write(reply)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(each, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


@contextmanager
def _service() -> Iterator[str]:
    command = [sys.executable, "-m", "bench.llm_overhead", "serve"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def _performer(url: str, confidence: str) -> Any:
    from remit.executors import load, performer
    from remit.executors.perform import Breaker
    from remit.executors.remote import Surroundings
    from remit.files.definitions import load_definition
    from remit.items import ExecutorKind, ExecutorSpec
    from remit.project.ambient import system

    ambient = system()
    spec = ExecutorSpec(
        name="gpt",
        work="triage-email",
        kind=ExecutorKind.LLM,
        settings={"model": "openai:small", "base_url": url},
        confidence=confidence,
    )
    surroundings = Surroundings(
        home=url,
        setting=ambient.setting,
        now=ambient.now,
        monotonic=ambient.monotonic,
        new_id=ambient.new_id,
        purse=lambda: None,
    )
    definition = load_definition(DEFINITION).definition
    made = load(spec, root=Path.cwd(), definition=definition, surroundings=surroundings)
    return made, performer(made, clock=time.perf_counter, breaker=Breaker(clock=time.perf_counter))


async def _per_call(ask: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """Seconds on the clock and of the processor (all threads of this process) for one call."""
    started, worked = time.perf_counter(), time.process_time()
    for _ in range(CALLS):
        await ask()
    return (time.perf_counter() - started) / CALLS, (time.process_time() - worked) / CALLS


async def _compare(url: str, confidence: str) -> dict[str, float]:
    import httpx2
    from openai import AsyncOpenAI

    executor, perform = _performer(url, confidence)
    schema = {"name": "answer", "schema": dict(executor.prompt.schema), "strict": True}
    wants: dict[str, Any] = {"logprobs": True, "top_logprobs": 10} if confidence == "logprobs" else {}

    async def ours() -> None:
        answer = await perform.elsewhere.ask_async(GIVEN)
        if answer.output != {"team": "orders"} or (answer.confidence is None) is bool(wants):
            raise RuntimeError(answer)

    async with httpx2.AsyncClient(trust_env=False) as http:
        client = AsyncOpenAI(base_url=url, api_key="none", http_client=http, max_retries=0)

        async def plain() -> None:
            reply = await client.chat.completions.create(
                model="small",
                messages=[
                    {"role": "system", "content": executor.prompt.instructions},
                    {"role": "user", "content": executor.prompt.ask(GIVEN)},
                ],
                temperature=0.0,
                max_completion_tokens=2000,
                response_format={"type": "json_schema", "json_schema": schema},
                **wants,
            )
            if json.loads(reply.choices[0].message.content) != {"team": "orders"}:
                raise RuntimeError(reply)

        await _per_call(ours)
        await _per_call(plain)
        rounds = [(await _per_call(ours), await _per_call(plain)) for _ in range(ROUNDS)]
    perform.close()
    return {
        f"{whose} {of}": statistics.median(one[i][j] for one in rounds)
        for i, whose in enumerate(("ours", "plain"))
        for j, of in enumerate(("seconds", "cpu"))
    }


def main() -> None:
    """Measure, and print one JSON object."""
    with _service() as url:
        found = {
            "with confidence": asyncio.run(_compare(url, "logprobs")),
            "without confidence": asyncio.run(_compare(url, "none")),
        }
    sys.stdout.write("\n" + json.dumps(found) + "\n")


if __name__ == "__main__":
    main() if sys.argv[1] == "measure" else asyncio.run(serve())
