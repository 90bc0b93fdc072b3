"""Processes are killed in the middle, and race each other: nothing is lost, nothing half written, nothing twice."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.by_hand import found_by_hand

from remit.autonomy.certificate import Certificate, Grant
from remit.definition.levels import Level
from remit.ledger import LedgerKind, Verified, append, body_digest
from remit.runtime.grant import revoke
from remit.runtime.verify import verify_ledger
from remit.store import Store, open_store
from remit.store.grants import add_grant, grant_row
from remit.store.ledger_entries import add_entry
from remit.store.sqlite.connections import SqliteStore

PROCESS = Path(__file__).with_name("deciding_process.py")
NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
CERTIFICATE = Certificate(
    threshold=0.8,
    alpha=0.05,
    delta=0.05,
    n_acted=300,
    n_wrong=2,
    n_cases=500,
    coverage=0.6,
    upper_bound=0.04,
    method="fixed_sequence",
    assumptions=(),
    evidence_digest="e",
    executor_digest="x",
    case_set_digest="c",
    made_at=NOW,
)
GRANT = Grant(
    work="triage",
    executor="clerk",
    level=Level.SUPERVISED,
    by="ann",
    reason="for this test",
    definition_digest="d",
    evidence_digest="e",
    executor_digest="x",
    granted_at=NOW,
    certificate=CERTIFICATE,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    on_file = request.param == "sqlite"
    made = str(tmp_path / "remit.db") if on_file else request.getfixturevalue("postgres_url")
    with open_store(made) as store, store.writing() as writing:
        row = grant_row(GRANT, 1)
        entry = append(
            None,
            work="triage",
            at=NOW,
            kind=LedgerKind.GRANT,
            actor="ann",
            subject="clerk",
            digests={},
            body_digest=body_digest(row),
        )
        add_grant(writing, row)
        add_entry(writing, entry)
    return made


@contextmanager
def deciding(path: str, name: str, first: int, n: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, str(PROCESS), path, name, str(first), str(n)],
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def go(process: subprocess.Popen[str]) -> None:
    process.stdin.write("go\n")
    process.stdin.flush()


def lines(text: str) -> dict[str, str]:
    """Key and decision id of every whole line."""
    return dict(line.split() for line in text.splitlines(keepends=True) if line.endswith("\n"))


def recorded(path: str) -> dict[str, str]:
    """Key and decision id of everything on the disk, which has to be whole."""
    with open_store(path) as store:
        with store.writing():  # a server may still be at what a killed process sent
            pass
        assert [type(one.result) for one in verify_ledger(store)] == [Verified]
        return whole(store)


def whole(store: Store) -> dict[str, str]:
    if isinstance(store, SqliteStore):
        assert found_by_hand(store, "PRAGMA integrity_check") == [("ok",)]
    found = found_by_hand(store, "SELECT key, id, route FROM decisions")
    of_route = {route: {id_ for _, id_, of in found if of == route} for route in ("act", "review", "incumbent")}
    assert {id_ for (id_,) in found_by_hand(store, "SELECT id FROM payloads")} == {id_ for _, id_, _ in found}
    assert sorted(found_by_hand(store, "SELECT decision_id FROM reviews")) == [
        (id_,) for id_ in sorted(of_route["review"])
    ]
    waiting = found_by_hand(store, "SELECT decision_id, effect FROM outbox")
    assert sorted(waiting) == sorted((id_, effect) for id_ in of_route["act"] for effect in ("queued", "told"))
    assert all(of_route.values())
    assert len({key for key, *_ in found}) == len(found)
    return {key: id_ for key, id_, _ in found}


@pytest.mark.parametrize("moments", [(3, 90), (7, 31), (58, 12), (113, 64)])
def test_a_process_killed_at_any_moment_loses_nothing_it_answered_and_leaves_nothing_half_written(path, moments):
    told: dict[str, str] = {}
    found: dict[str, str] = {}
    for n_killed, n_answers in enumerate(moments, start=1):
        with deciding(path, f"p{n_killed}", 0, 5_000) as process:
            go(process)
            told |= dict(process.stdout.readline().split() for _ in range(n_answers))
            process.kill()
            told |= lines(process.stdout.read())
        found = recorded(path)
        assert told.items() <= found.items()
        assert len(found) - len(told) <= n_killed  # the one in flight may be recorded and not told
    assert {id_.split("-")[0] for id_ in found.values()} <= {"p1", "p2"}


def test_two_processes_deciding_the_same_items_at_once_come_to_one_decision_each(path):
    n = 60
    with deciding(path, "a", 0, n) as one, deciding(path, "b", 0, n) as other:
        go(one)
        go(other)
        answered = [lines(process.communicate(timeout=120)[0]) for process in (one, other)]
        assert [process.returncode for process in (one, other)] == [0, 0]
    found = recorded(path)
    assert answered[0] == answered[1] == found
    assert len(found) == n


def test_two_processes_writing_different_items_share_one_chain(path):
    n = 40
    with deciding(path, "a", 0, n) as one, deciding(path, "b", 1_000, n) as other:
        go(one)
        go(other)
        answered = [lines(process.communicate(timeout=120)[0]) for process in (one, other)]
    assert recorded(path) == answered[0] | answered[1]
    with open_store(path) as store:
        (chain,) = verify_ledger(store)
    assert chain.result.n == 2 * n + 1


def test_a_revoked_grant_reaches_the_other_process_at_its_next_decision(path):
    with deciding(path, "a", 0, 100_000) as process:
        go(process)
        n_read = len([process.stdout.readline() for _ in range(6)])
        with open_store(path, busy_s=30.0) as store:
            taken = revoke(store, work="triage", executor="clerk", by="ann", reason="odd", now=NOW)
        n_more = n_decided(path) - n_read + 6
        assert len([process.stdout.readline() for _ in range(n_more)]) == n_more
    assert taken == replace(GRANT, level=Level.MANUAL, certificate=None, reason="odd")
    with open_store(path) as store:
        ((at,),) = found_by_hand(store, "SELECT max(seq) FROM grants")
        routes = found_by_hand(store, "SELECT seq, route FROM decisions ORDER BY seq")
    assert {route for seq, route in routes if seq < at} == {"act", "review", "incumbent"}
    assert {route for seq, route in routes if seq > at} == {"review", "incumbent"}


def n_decided(path: str) -> int:
    with open_store(path) as store:
        return int(found_by_hand(store, "SELECT count(*) FROM decisions")[0][0])
