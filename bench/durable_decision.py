"""What it costs to decide an item and have it on the disk, one transaction each: ``python -m bench durable_decision``.

Beside it, in turns in the same process and folder: the same four rows (decision, content, ledger entry, effect to
deliver) in the same tables, with a hash over the record and a hash chain, written by plain ``sqlite3``.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from bench.figure import Figure
from bench.measure import cpu_seconds, in_own_process
from bench.trivial import DEFINITION, answer, cases
from remit.autonomy.certificate import Certificate, Grant
from remit.deciding.decide import decide
from remit.deciding.decision import NOTHING_FOUND, Decision
from remit.deciding.prepare import prepare
from remit.definition.levels import Level
from remit.definition.reading import read
from remit.items import Answer, Item, JsonObject, Reason, ReasonKind, Route
from remit.ledger import Head, LedgerKind, Verified, append, body_digest, verify
from remit.runtime.settle import Settlement, settle
from remit.runtime.terms import Provenance, Standing, standing
from remit.runtime.verify import verify_ledger
from remit.store import Store, open_store
from remit.store.grants import add_grant, grant_row
from remit.store.ledger_entries import Recorded, add_entry, recorded

ROUNDS, BLOCK = 9, 300
NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
AT = "2026-07-01T09:30:00.000000Z"
DIGESTS = [letter * 64 for letter in "dex"]
OF = Provenance(
    work="trivial",
    definition_digest=DIGESTS[0],
    evidence_digest=DIGESTS[1],
    executor="clerk",
    executor_digest=DIGESTS[2],
)
WHY = Reason(kind=ReasonKind.WITHIN_LIMITS, text="confidence 0.91 reaches the limit 0.80 and every check holds")


def figures() -> Iterator[Figure]:
    """Both durable figures and the speed of verifying what they wrote."""
    found = in_own_process("bench.durable_decision")
    for name, goal in (("write alone", 0.85), ("whole decide", 0.7)):
        yield Figure(
            name=f"durable decision, {name}",
            unit="1/s",
            ours=found[name],
            baseline=found[name] / found[f"{name}: ratio"],
            baseline_name="the same rows and chain, plain sqlite3",
            goal=goal,
            goal_is_ratio=True,
            at_least=True,
        )
    yield Figure(name="ledger: chain verified", unit="1/s", ours=found["chain"], goal=50_000, at_least=True)
    yield Figure(name="ledger: chain, every record and its content verified", unit="1/s", ours=found["record"])


Side = Callable[[int, JsonObject], Callable[[], None]]
"""Takes an item, and gives what is timed: recording it, or deciding and recording it."""

NOT_SENT = (None, 0, None, None, None, None, None)


def measured(folder: Path) -> dict[str, float]:
    """Items a second of each side, the median over the rounds, and the median of the ratios round by round."""
    rates: dict[str, list[float]] = {"plain": [], "write alone": [], "whole decide": []}
    plain = Plain(folder / "plain.db")
    with open_store(folder / "write.db") as written, open_store(folder / "decide.db") as decided:
        _hold_a_grant(written)
        _hold_a_grant(decided)
        sides: dict[str, Side] = {
            "plain": lambda number, given: partial(plain.write, number, given),
            "write alone": _writer(written),
            "whole decide": _decider(decided),
        }
        for number in range(ROUNDS):
            for name, side in sides.items():
                rates[name].append(_rate(side, number * BLOCK))
        found = _verified(decided)
    plain.close()
    found |= {name: statistics.median(rate) for name, rate in rates.items()}
    for name in ("write alone", "whole decide"):
        pairs = zip(rates[name], rates["plain"], strict=True)
        found[f"{name}: ratio"] = statistics.median(ours / other for ours, other in pairs)
    return found


def _verified(store: Store) -> dict[str, float]:
    n = ROUNDS * BLOCK + 1
    entries = [one.entry for one in recorded(store, OF.work) if isinstance(one, Recorded)]
    assert verify(entries) == Verified(n=n, head=entries[-1].head)
    (chain,) = verify_ledger(store)
    assert chain.result == verify(entries)
    return {
        "chain": n / cpu_seconds(lambda: verify(entries)),
        "record": n / cpu_seconds(lambda: verify_ledger(store)),
    }


def _rate(side: Side, first: int) -> float:
    items = [given for _, given, _ in cases(first + BLOCK)][first:]
    tasks = [side(number, given) for number, given in enumerate(items, start=first)]
    start = time.perf_counter()
    for task in tasks:
        task()
    return BLOCK / (time.perf_counter() - start)


class Plain:
    """The same rows and a hash chain, by hand."""

    def __init__(self, path: Path) -> None:
        open_store(path).close()  # the same tables
        self._connection = sqlite3.connect(path, isolation_level=None)
        for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self._connection.execute(f"PRAGMA {setting}")
        self._inserts = {
            table: f"INSERT INTO {table} VALUES ({', '.join('?' * n)})"
            for table, n in (("decisions", 23), ("payloads", 6), ("ledger", 10), ("outbox", 13))
        }
        self._previous = bytes(32)

    def write(self, number: int, given: JsonObject) -> None:
        content, output, salt = json.dumps(given), json.dumps(answer(dict(given))), os.urandom(16)
        id_, inserts, connection = f"d{number}", self._inserts, self._connection
        reasons = json.dumps([{"kind": WHY.kind, "text": WHY.text}])
        row: list[Any] = [id_, OF.work, number + 1, f"k{number}", AT, "bench", AT, "act", WHY.kind, reasons]
        row += ["supervised", 1, '["file"]', OF.executor, None, 0.91, 0.001, None, "{}", *DIGESTS, 0.05]
        payload = hashlib.sha256(salt + content.encode() + output.encode()).hexdigest()
        body = hashlib.sha256(json.dumps(row).encode()).digest()
        digests = json.dumps(
            {"definition": DIGESTS[0], "evidence": DIGESTS[1], "executor": DIGESTS[2], "payload": payload}
        )
        entry = f"{number + 1}|{AT}|decision|bench|{id_}|{digests}".encode()
        made = hashlib.sha256(self._previous + body + entry).digest()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(inserts["decisions"], row)
        connection.execute(inserts["payloads"], (id_, salt, content, None, output, None))
        connection.execute(
            inserts["ledger"],
            (OF.work, number + 1, AT, "decision", "bench", id_, digests, body, self._previous, made),
        )
        connection.execute(inserts["outbox"], (id_, "file", OF.work, id_, AT, AT, *NOT_SENT))
        connection.execute("COMMIT")
        self._previous = made

    def close(self) -> None:
        self._connection.close()


def _settlement(number: int, seen: Standing) -> Settlement:
    return Settlement(
        provenance=OF,
        standing=seen,
        actor="bench",
        id=f"d{number}",
        review_id=f"r{number}",
        salt=os.urandom(16),
        now=NOW,
        ask=lambda _: None,
        effects=lambda _: ("file",),
    )


def _writer(store: Store) -> Side:
    seen = standing(store, OF, now=NOW)
    output = {"decision": "deny"}
    decided = Decision(
        route=Route.ACT,
        reasons=(WHY,),
        level=Level.SUPERVISED,
        input={},
        answer=Answer(output=output, confidence=0.91, seconds=0.001),
        checked=NOTHING_FOUND,
        eligible=True,
    )

    def write(item: Item, decision: Decision, number: int) -> None:
        settled = settle(store, item, decision, _settlement(number, seen))
        assert settled.record.decision.route is Route.ACT

    def made(number: int, given: JsonObject) -> Callable[[], None]:
        item = Item(key=f"k{number}", input=given, received_at=NOW)
        return partial(write, item, replace(decided, input=given), number)

    return made


def _decider(store: Store) -> Side:
    work = prepare(read(DEFINITION))

    def perform(given: JsonObject) -> Answer:
        return Answer(output=answer(dict(given)), confidence=0.91, seconds=0.001)

    seen = standing(store, OF, now=NOW)

    def run(number: int, given: JsonObject) -> None:
        nonlocal seen
        item = Item(key=f"k{number}", input=given, received_at=NOW)
        seen = standing(store, OF, now=NOW, seen=seen)
        decision = decide(work, item, perform=perform, terms=seen.terms, stopped=seen.stopped)
        settled = settle(store, item, decision, _settlement(number, seen))
        assert settled.record.decision.route is Route.ACT

    return lambda number, given: partial(run, number, given)


def _hold_a_grant(store: Store, seq: int = 1) -> None:
    certificate = Certificate(
        threshold=0.8,
        alpha=0.05,
        delta=0.05,
        n_acted=300,
        n_wrong=2,
        n_cases=500,
        coverage=0.6,
        upper_bound=0.04,
        method="step_down",
        assumptions=(),
        evidence_digest=DIGESTS[1],
        executor_digest=DIGESTS[2],
        case_set_digest="c" * 64,
        made_at=NOW,
    )
    grant = Grant(
        work=OF.work,
        executor="clerk",
        level=Level.SUPERVISED,
        by="ann",
        reason="to measure",
        definition_digest=DIGESTS[0],
        evidence_digest=DIGESTS[1],
        executor_digest=DIGESTS[2],
        granted_at=NOW,
        certificate=certificate,
    )
    row = grant_row(grant, seq)
    head = None if seq == 1 else Head(seq=seq - 1, hash=bytes(32))
    entry = append(
        head,
        work=OF.work,
        at=NOW,
        kind=LedgerKind.GRANT,
        actor="ann",
        subject="clerk",
        digests={},
        body_digest=body_digest(row),
    )
    with store.writing() as writing:
        add_grant(writing, row)
        add_entry(writing, entry)


def main() -> None:
    """Measure, and print one JSON object."""
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(json.dumps(measured(Path(folder))) + "\n")


if __name__ == "__main__":
    main()
