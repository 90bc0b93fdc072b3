"""``kill -9`` at seeded moments: nothing is lost, nothing is recorded twice, effects leave at least once under one key.

``REMIT_FIRE_MOMENTS=50`` makes it as many moments for each process and database as the figures of
docs/explanation/under-fire.md are for.
"""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
from contextlib import contextmanager

import numpy as np
from tests.by_hand import found_by_hand
from tests.integration.fire.burning import hold_all, input_of
from tests.integration.fire.calling import free_port, until

from remit.client import AsyncClient
from remit.errors import OutsideError, StoreError
from remit.items import Item
from remit.store import open_store

MOMENTS = int(os.environ.get("REMIT_FIRE_MOMENTS", "10"))  # noqa: TID251
N_ITEMS = 20 * MOMENTS
LEASE_S = 61.0  # who takes over from a killed sweeper waits that long: the clock of the next one is ahead by it
KEYS = {f"k{i}" for i in range(N_ITEMS)}
LATER_S = 5 * 3600.0


class Load:
    """Clients that send an item under its key again and again until somebody answers; they may send as told."""

    def __init__(self, url: str, n_clients: int = 8) -> None:
        self._url = url
        self._n_clients = n_clients
        self.allowed = 0
        self.told: dict[str, str] = {}
        self.n_again = 0
        self.faults: list[BaseException] = []
        self._over = False

    @contextmanager
    def running(self):
        thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        thread.start()
        try:
            yield self
        finally:
            self._over = True
            thread.join(30)
            assert not thread.is_alive()

    async def _run(self) -> None:
        coming = iter(range(N_ITEMS))
        await asyncio.gather(*(self._send(coming) for _ in range(self._n_clients)))

    async def _send(self, coming) -> None:
        async with AsyncClient(self._url, timeout_s=5, tries=1) as client:
            for i in coming:
                while not self._over and i >= self.allowed:  # noqa: ASYNC110 - another thread allows it
                    await asyncio.sleep(0.002)
                while not self._over and f"k{i}" not in self.told:
                    try:
                        found = await client.decide("refunds", input_of(i), key=f"k{i}", executor="desk")
                    except (OutsideError, StoreError):  # away, or its store is: the same key again
                        self.n_again += 1
                        await asyncio.sleep(0.01)
                    except BaseException as fault:
                        self.faults.append(fault)
                        raise
                    else:
                        self.told[f"k{i}"] = found["id"]


def report(capsys, request, **figures) -> None:
    with capsys.disabled():
        said = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items())
        print(f"\n  {request.node.callspec.id}: kills {MOMENTS}, items {N_ITEMS}, {said}")


def test_a_server_under_load_that_is_killed_loses_nothing_and_records_nothing_twice(
    burning, processes, capsys, request
):
    rng = np.random.default_rng(1)
    port = free_port()
    load = Load(f"http://127.0.0.1:{port}")
    serve = ["serve", "--port", str(port)]
    in_flight = 0
    with load.running():
        for n in range(MOMENTS):
            life = processes.start(burning.root, env=burning.env, ahead=n * LEASE_S, arguments=serve)
            before = len(load.told)
            load.allowed += N_ITEMS // MOMENTS
            if rng.random() < 0.2:
                time.sleep(rng.uniform(0, 0.2))  # some while it still starts
            else:
                enough = before + rng.integers(load.allowed - before)
                until(lambda enough=enough: len(load.told) >= enough or load.faults, life)
                time.sleep(rng.uniform(0, 0.01))
            life.kill()
            in_flight += load.allowed - len(load.told)
        load.allowed = N_ITEMS
        life = processes.start(burning.root, env=burning.env, ahead=MOMENTS * LEASE_S + 60, arguments=serve)
        until(lambda: len(load.told) == N_ITEMS or load.faults, life)
        until(lambda: not waiting(burning), life)
    assert not load.faults
    life.kill()
    burning.told |= load.told
    held = hold_all(burning, KEYS)
    assert held.routes.total() == N_ITEMS
    assert load.n_again
    assert held.n_sent > N_ITEMS // 10
    report(capsys, request, in_flight=in_flight, sent=held.n_sent, sent_again=held.n_again)


def test_a_batch_that_is_killed_goes_on_where_it_was(burning, processes, capsys, request):
    rng = np.random.default_rng(2)
    file = burning.root / "batch.json"
    file.write_text(json.dumps([[f"k{i}", input_of(i)] for i in range(N_ITEMS)]))
    n_before = 0
    for n in range(MOMENTS):
        life = processes.start(burning.root, env=burning.env, batch=str(file))
        goal = n_before + rng.integers(2 * N_ITEMS // MOMENTS) if n else 1
        until(lambda goal=goal, life=life: len(life.lines) >= min(goal, N_ITEMS - 1), life)
        time.sleep(rng.uniform(0, 0.004))
        life.kill()
        told = dict(line.split() for line in life.lines)
        assert burning.told.items() <= told.items() or len(told) < len(burning.told)
        burning.told |= told
        with open_store(burning.place) as store:
            ((n_now,),) = found_by_hand(store, "SELECT count(*) FROM decisions")
        assert n_now >= len(burning.told)
        n_before = min(n_now, (n + 1) * N_ITEMS // MOMENTS)
    life = processes.start(burning.root, env=burning.env, batch=str(file))
    assert life.wait() == 0, life.said
    burning.told |= dict(line.split() for line in life.lines)
    assert burning.told.keys() == KEYS
    sweep(burning, ahead=LEASE_S)
    held = hold_all(burning, KEYS)
    assert held.routes.total() == N_ITEMS
    report(capsys, request, sent=held.n_sent, sent_again=held.n_again)


def test_a_sweeper_that_is_killed_settles_and_sends_all_the_same(burning, processes, capsys, request):
    rng = np.random.default_rng(3)
    with burning.opened() as project:
        items = (Item(key=f"k{i}", input=input_of(i)) for i in range(N_ITEMS))
        burning.told |= {
            one.record.key: one.record.id for one in project.work("refunds").decide_many(items, executor="desk")
        }
    n_due, n_left = len(due(burning)), len(waiting(burning))
    for n in range(MOMENTS):
        left, n_came = len(due(burning)), len(burning.receiver.requests)
        life = processes.start(
            burning.root, env=burning.env, ahead=LATER_S + n * LEASE_S, arguments=["sweep", "--every", "1s"]
        )
        if left:  # time-outs come before the outbox
            goal = max(left - rng.integers(n_due // MOMENTS * 4 + 2), 1)
            until(lambda goal=goal: len(due(burning)) <= goal, life)
            time.sleep(rng.uniform(0, 0.02))
        else:
            goal = min(n_came + rng.integers(1, n_left // MOMENTS * 2 + 2), n_left)
            until(lambda goal=goal: len(burning.receiver.requests) >= goal, life)
            time.sleep(rng.uniform(0, 0.01) * (n % 2))
        life.kill()
    assert len(due(burning)) < n_due
    sweep(burning, ahead=LATER_S + MOMENTS * LEASE_S + 60)
    assert not due(burning)
    held = hold_all(burning, KEYS)
    with open_store(burning.place) as store:
        found = found_by_hand(store, "SELECT outcome, count(*) FROM reviews WHERE kind IS NULL GROUP BY outcome")
        entries = found_by_hand(store, "SELECT count(*) FROM ledger WHERE kind = 'review'")
    assert dict(found) == {"timed out": n_due}
    assert entries == [(n_due,)]
    assert held.n_sent == n_left
    report(capsys, request, timed_out=n_due, sent=held.n_sent, sent_again=held.n_again)


def sweep(burning, *, ahead: float) -> None:
    """Rounds in this process, until nothing waits to leave."""
    with burning.opened(ahead=ahead) as project:
        for _ in range(100):
            swept = project.sweeper.sweep(holder="the last")
            assert swept.led
            assert [one.fault for one in swept.tasks if one.fault is not None] == []
            if not waiting(burning):
                return
    raise AssertionError("something waits still")


def waiting(burning) -> list[tuple[str, ...]]:
    with open_store(burning.place) as store:
        return list(found_by_hand(store, "SELECT decision_id, effect FROM outbox WHERE sent_at IS NULL"))


def due(burning) -> list[tuple[str, ...]]:
    with open_store(burning.place) as store:
        return list(found_by_hand(store, "SELECT id FROM reviews WHERE state = 'open' AND kind IS NULL"))
