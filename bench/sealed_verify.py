"""What it costs to verify a sealed record: ``python -m bench sealed_verify``.

The chain alone with its seals, from values in memory; and the whole record in its store, every row and content held
against its entry.  Beside them, in the same process, plain hashing: the same bytes, read by plain ``sqlite3`` where
the store is read, through SHA-256 and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bench.figure import Figure
from bench.governed_project import make_project, opened_work
from bench.measure import cpu_seconds, in_own_process
from bench.trivial import cases
from remit.items import Item
from remit.ledger import GENESIS, SealKeys, SealPass, SealsVerified, Verified, verify
from remit.project import Project
from remit.project.ledger.keeping import seal_all
from remit.project.ledger.keys import verifying_keys
from remit.runtime.verify import verify_ledger
from remit.store import open_store
from remit.store.ledger_entries import Recorded, recorded
from remit.store.operations.seals import seals_of

N = 20_000


def figures() -> Iterator[Figure]:
    """Entries a second, sealed, beside plain hashing."""
    found = in_own_process("bench.sealed_verify")
    yield Figure(
        name="ledger: chain and seals verified",
        unit="1/s",
        ours=found["chain"],
        baseline=found["plain chain"],
        baseline_name="SHA-256 over the same bytes",
        goal=50_000,
        at_least=True,
    )
    yield Figure(
        name="ledger: sealed record, every row and content verified",
        unit="1/s",
        ours=found["record"],
        baseline=found["plain record"],
        baseline_name="the same rows by plain sqlite3, SHA-256 over them",
    )
    yield Figure(
        name="ledger: sealed record, every row and content verified",
        unit="1/s",
        ours=found["record"],
        baseline=found["unsealed"],
        baseline_name="the same without looking at seals",
        goal=0.8,
        goal_is_ratio=True,
        at_least=True,
    )


def measured(project: Project) -> dict[str, float]:
    """Entries a second of each side."""
    store, work = project.store, "trivial"
    keys = verifying_keys(project, None)
    assert keys is not None
    entries = [one.entry for one in recorded(store, work) if isinstance(one, Recorded)]
    texts = [
        json.dumps([entry.seq, entry.subject, entry.kind, entry.actor, dict(entry.digests)]).encode() + entry.hash
        for entry in entries
    ]

    def chain() -> None:
        assert isinstance(verify(entries), Verified)
        passing = SealPass(seals_of(store, work), keys=keys, noted={})
        assert all(passing.follow(entry.hash) for entry in entries)
        end = passing.end()
        assert isinstance(end, SealsVerified)
        assert end.last_seq == len(entries)

    def plain_chain() -> None:
        previous = GENESIS
        for text in texts:
            previous = hashlib.sha256(previous + text).digest()

    def record(with_keys: SealKeys | None) -> None:
        (one,) = [one for one in verify_ledger(store, keys=with_keys) if one.work == work]
        assert isinstance(one.result, Verified)
        assert one.seals is not None
        assert one.seals.last_seq == len(entries)

    def unsealed() -> None:
        with open_store(_without_seals(project)) as bare:
            assert all(isinstance(one.result, Verified) for one in verify_ledger(bare))

    place = str(project.store_location)

    def plain_record() -> None:
        previous = GENESIS
        with closing(sqlite3.connect(place)) as connection:
            for rows in ("ledger", "decisions", "payloads"):
                for row in connection.execute(f"SELECT * FROM {rows}"):
                    previous = hashlib.sha256(previous + repr(row).encode()).digest()

    n = len(entries)
    unsealed()  # makes the copy
    return {
        "chain": n / cpu_seconds(chain, repeats=3),
        "plain chain": n / cpu_seconds(plain_chain, repeats=3),
        "record": n / cpu_seconds(lambda: record(keys), repeats=3),
        "unsealed": n / cpu_seconds(unsealed, repeats=3),
        "plain record": n / cpu_seconds(plain_record, repeats=3),
    }


def _without_seals(project: Project) -> str:
    """A copy of the store that holds no seals."""
    place = Path(str(project.store_location))
    copy = place.with_name("without-seals.db")
    if not copy.exists():
        with closing(sqlite3.connect(place)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            target.execute("DELETE FROM seals")
            target.commit()
    return str(copy)


def main() -> None:
    """Measure, and print one JSON object."""
    with tempfile.TemporaryDirectory() as name, opened_work(make_project(Path(name) / "project")) as work:
        items = (Item(key=f"k{i}", input=given) for i, (_, given, _) in enumerate(cases(N)))
        assert sum(1 for _ in work.decide_many(items)) == N
        seal_all(work.project)
        sys.stdout.write("\n" + json.dumps(measured(work.project)) + "\n")


if __name__ == "__main__":
    main()
