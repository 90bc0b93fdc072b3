"""What an item costs where many share a commit, and with much history: ``python -m bench grouped_decision``.

Beside it, in turns in the same process and folder: the same four rows and hash chain, by plain ``sqlite3``, 100 items
a commit with ``executemany``.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bench.durable_decision import AT, DIGESTS, NOT_SENT, NOW, OF, WHY, Plain, _hold_a_grant, _settlement
from bench.figure import Figure
from bench.measure import in_own_process
from bench.trivial import DEFINITION, answer, cases
from remit.deciding.decide import decide
from remit.deciding.decision import NOTHING_FOUND, Decision
from remit.deciding.prepare import prepare
from remit.definition.levels import Level
from remit.definition.reading import read
from remit.items import Answer, Item, JsonObject, Route
from remit.runtime.groups.group_commit import GroupCommit
from remit.runtime.groups.settle_group import Decided, settle_group
from remit.runtime.settle import Settled, settle
from remit.runtime.terms import Standing, standing
from remit.store import Store, open_store

ROUNDS, BLOCK, GROUP, N_CALLERS = 15, 1_000, 100, 200
SHORT, LONG, N_MORE = 1_000, 1_000_000, 300

Side = Callable[[int, Sequence[JsonObject]], Callable[[], None]]
"""Takes items with the number of the first, and gives what is timed."""


def figures() -> Iterator[Figure]:
    """Batches and asyncio callers, writing alone and with deciding; and what history costs."""
    found = in_own_process("bench.grouped_decision")
    for name in ("batch, write alone", "batch, whole decide", "asyncio callers, write alone"):
        yield Figure(
            name=f"grouped decision, {name}",
            unit="1/s",
            ours=found[name],
            baseline=found[name] / found[f"{name}: ratio"],
            baseline_name="the same rows and chain, plain sqlite3, 100 a commit",
            goal=0.7,
            goal_is_ratio=True,
            at_least=True,
        )
    yield Figure(
        name=f"durable decision after {LONG:,} others, write alone",
        unit="1/s",
        ours=found["long"],
        baseline=found["short"],
        baseline_name=f"after {SHORT:,} others",
        goal=0.9,
        goal_is_ratio=True,
        at_least=True,
    )


class Grouped(Plain):
    """The same rows and a hash chain, by hand, a group a commit."""

    def trust_the_machine(self) -> None:
        """Wait for no disk: only to fill a store."""
        self._connection.execute("PRAGMA synchronous=OFF")

    def write_group(self, first: int, items: Sequence[JsonObject]) -> None:
        rows = [self.rows(number, given) for number, given in enumerate(items, start=first)]
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        for table in ("decisions", "payloads", "ledger", "outbox"):
            connection.executemany(self._inserts[table], [row[table] for row in rows])
        connection.execute("COMMIT")

    def rows(self, number: int, given: JsonObject) -> dict[str, Sequence[Any]]:
        content, output, salt, id_ = json.dumps(given), json.dumps(answer(dict(given))), os.urandom(16), f"d{number}"
        reasons = json.dumps([{"kind": WHY.kind, "text": WHY.text}])
        row: list[Any] = [id_, OF.work, number + 1, f"k{number}", AT, "bench", AT, "act", WHY.kind, reasons]
        row += ["supervised", 1, '["file"]', OF.executor, None, 0.91, 0.001, None, "{}", *DIGESTS, 0.05]
        payload = hashlib.sha256(salt + content.encode() + output.encode()).hexdigest()
        body = hashlib.sha256(json.dumps(row).encode()).digest()
        digests = json.dumps(
            {"definition": DIGESTS[0], "evidence": DIGESTS[1], "executor": DIGESTS[2], "payload": payload}
        )
        entry = f"{number + 1}|{AT}|decision|bench|{id_}|{digests}".encode()
        before, self._previous = self._previous, hashlib.sha256(self._previous + body + entry).digest()
        return {
            "decisions": row,
            "payloads": (id_, salt, content, None, output, None),
            "ledger": (OF.work, number + 1, AT, "decision", "bench", id_, digests, body, before, self._previous),
            "outbox": (id_, "file", OF.work, id_, AT, AT, *NOT_SENT),
        }


Made = tuple[Item, Decision]


def _made(number: int, given: JsonObject) -> Made:
    """An item and what was decided on it, before anything is written."""
    decision = Decision(
        route=Route.ACT,
        reasons=(WHY,),
        level=Level.SUPERVISED,
        input=given,
        answer=Answer(output={"decision": "deny"}, confidence=0.91, seconds=0.001),
        checked=NOTHING_FOUND,
        eligible=True,
    )
    return Item(key=f"k{number}", input=given, received_at=NOW), decision


def _to_settle(number: int, made: Made, seen: Standing) -> Decided:
    item, decision = made
    return Decided(item=item, decision=decision, settlement=_settlement(number, seen))


def _batch(store: Store) -> Side:
    seen = standing(store, OF, now=NOW)

    def write(first: int, made: Sequence[Made]) -> None:
        group = [_to_settle(number, one, seen) for number, one in enumerate(made, start=first)]
        assert all(isinstance(one, Settled) for one in settle_group(store, group))

    def prepared(first: int, items: Sequence[JsonObject]) -> Callable[[], None]:
        return partial(write, first, [_made(number, given) for number, given in enumerate(items, start=first)])

    return prepared


def _deciding(store: Store) -> Side:
    work, seen = prepare(read(DEFINITION)), standing(store, OF, now=NOW)

    def perform(given: JsonObject) -> Answer:
        return Answer(output=answer(dict(given)), confidence=0.91, seconds=0.001)

    def run(first: int, items: Sequence[JsonObject]) -> None:
        group = []
        for number, given in enumerate(items, start=first):
            item = Item(key=f"k{number}", input=given, received_at=NOW)
            group.append(_to_settle(number, (item, decide(work, item, perform=perform, terms=seen.terms)), seen))
        assert all(isinstance(one, Settled) for one in settle_group(store, group))

    return lambda first, items: partial(run, first, items)


def _callers(store: Store, commit: GroupCommit) -> Side:
    seen = standing(store, OF, now=NOW)

    async def all_of_them(first: int, made: Sequence[Made]) -> None:
        coming = iter(enumerate(made, start=first))

        async def caller() -> None:
            for number, one in coming:
                await commit.settle(_to_settle(number, one, seen))

        await asyncio.gather(*(caller() for _ in range(N_CALLERS)))

    def prepared(first: int, items: Sequence[JsonObject]) -> Callable[[], None]:
        made = [_made(number, given) for number, given in enumerate(items, start=first)]
        return lambda: asyncio.run(all_of_them(first, made))

    return prepared


def measured(folder: Path) -> dict[str, float]:
    """Items a second of each side, the median over the rounds, and the median of the ratios round by round."""
    plain = Grouped(folder / "plain.db")
    stores = [open_store(folder / f"{name}.db") for name in ("write", "decide", "callers")]
    for store in stores:
        _hold_a_grant(store)
    commit = GroupCommit(stores[2])
    sides: dict[str, tuple[Side, int]] = {
        "plain": (lambda first, items: partial(plain.write_group, first, items), GROUP),
        "batch, write alone": (_batch(stores[0]), GROUP),
        "batch, whole decide": (_deciding(stores[1]), GROUP),
        "asyncio callers, write alone": (_callers(stores[2], commit), BLOCK),
    }
    rates: dict[str, list[float]] = {name: [] for name in sides}
    items = [given for _, given, _ in cases(ROUNDS * BLOCK)]
    for first in range(0, ROUNDS * BLOCK, BLOCK):
        block = items[first : first + BLOCK]
        for name, (side, n) in sides.items():
            tasks = [side(first + at, block[at : at + n]) for at in range(0, BLOCK, n)]
            start = time.perf_counter()
            for task in tasks:
                task()
            rates[name].append(BLOCK / (time.perf_counter() - start))
    commit.close()
    plain.close()
    for store in stores:
        store.close()
    found = {name: statistics.median(rate) for name, rate in rates.items()}
    for name in list(found)[1:]:
        pairs = zip(rates[name], rates["plain"], strict=True)
        found[f"{name}: ratio"] = statistics.median(ours / other for ours, other in pairs)
    return found | {"short": _after(folder / "short.db", SHORT), "long": _after(folder / "long.db", LONG)}


def _after(path: Path, n: int) -> float:
    """Items a second, one transaction each, where ``n`` are recorded already."""
    filling = Grouped(path)
    filling.trust_the_machine()
    given = next(given for _, given, _ in cases(1))
    for first in range(1, n, 10_000):
        filling.write_group(first, [given] * min(10_000, n - first))
    filling.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with path.open("rb+") as file:  # what the filling left to be written is not the cost of what comes after it
        os.fsync(file.fileno())
    with open_store(path) as store:
        _hold_a_grant(store, seq=n + 1)
        seen = standing(store, OF, now=NOW)
        more = [_to_settle(number, _made(number, given), seen) for number in range(n + 1, n + 1 + 2 * N_MORE)]
        for one in more[:N_MORE]:  # the first ones find no page in the cache
            settle(store, one.item, one.decision, one.settlement)
        start = time.perf_counter()
        for one in more[N_MORE:]:
            settle(store, one.item, one.decision, one.settlement)
        return N_MORE / (time.perf_counter() - start)


def main() -> None:
    """Measure, and print one JSON object."""
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(json.dumps(measured(Path(folder))) + "\n")


if __name__ == "__main__":
    main()
