"""Servers whose disk is full, whose database goes away, whom a thousand clients ask, and who share one store."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sqlite3
import sys
import threading
import time
from collections import Counter
from contextlib import closing

import pytest
from tests.by_hand import found_by_hand
from tests.integration.fire.burning import hold_all, input_of
from tests.integration.fire.calling import DECIDE, Caller, serve, until

from remit.store import open_store

FULL = "REMIT_FIRE_MOMENTS" in os.environ  # noqa: TID251
N_CLIENTS = 1_000


@pytest.fixture
def called(processes, burning):
    """A server and a caller of it."""
    life, url = serve(processes, burning)
    caller = Caller(url)
    yield life, caller
    caller.close()
    life.kill()


@pytest.mark.skipif(sys.platform != "linux", reason="a file can be kept from growing from outside on Linux only")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_full_disk_is_a_503_and_nothing_half_written_until_there_is_room_again(burning, called):
    life, caller = called
    told = {"k0": caller.decide_in_time("k0", input_of(0))["id"]}
    size = max(one.stat().st_size for one in (burning.root / ".remit").glob("remit.db*"))
    _, hard = resource.prlimit(life.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(life.pid, resource.RLIMIT_FSIZE, (size + 20_000, hard))
    for i in range(1, 60):
        found = caller.decide(f"k{i}", input_of(i))
        if found.status_code == 503:
            assert "E6" in found.json()["code"]
        else:
            told[f"k{i}"] = found.json()["id"]
    assert caller.statuses[-3:] == [503] * 3
    resource.prlimit(life.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, hard))
    for i in range(60):
        found = caller.decide_in_time(f"k{i}", input_of(i))
        assert told.setdefault(f"k{i}", found["id"]) == found["id"]
    burning.told |= told
    assert hold_all(burning, set(told)).routes.total() == 60


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_database_that_is_gone_is_a_503_and_is_used_again_as_soon_as_it_is_back(
    burning, called, postgres_server, capsys
):
    life, caller = called
    told = {"k0": caller.decide_in_time("k0", input_of(0))["id"]}
    postgres_server.stop()
    try:
        over = time.monotonic() + (10.0 if FULL else 2.0)
        while time.monotonic() < over:
            assert caller.decide("k1", input_of(1)).status_code == 503
            assert caller.post("/v1/stop", reason="is it there?").status_code == 503
            time.sleep(0.05)
    finally:
        postgres_server.start()
    began = time.monotonic()
    told["k1"] = caller.decide_in_time("k1", input_of(1))["id"]
    took = time.monotonic() - began
    for i in range(2, 30):
        told[f"k{i}"] = caller.decide_in_time(f"k{i}", input_of(i))["id"]
    burning.told |= told
    assert hold_all(burning, set(told)).routes.total() == 30
    assert "Traceback" not in life.said
    with capsys.disabled():
        print(f"\n  back after {took:.2f} s; {Counter(caller.statuses)[503]} times 503 meanwhile")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_file_that_somebody_else_keeps_locked_is_a_503_and_is_used_again_as_soon_as_it_is_free(burning, called):
    life, caller = called
    told = {"k0": caller.decide_in_time("k0", input_of(0))["id"]}
    with closing(sqlite3.connect(burning.place, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        over = time.monotonic() + (10.0 if FULL else 1.0)
        while time.monotonic() < over:
            assert caller.decide("k1", input_of(1)).status_code == 503
        other.execute("ROLLBACK")
    for i in range(1, 30):
        told[f"k{i}"] = caller.decide_in_time(f"k{i}", input_of(i))["id"]
    burning.told |= told
    assert hold_all(burning, set(told)).routes.total() == 30
    assert "Traceback" not in life.said


def test_a_thousand_clients_at_once_are_all_answered(burning, processes, capsys):
    _, url = serve(processes, burning)
    statuses: Counter[int] = Counter()

    host, port = url.removeprefix("http://").split(":")

    async def one(i):
        while True:
            status, headers, found = await asked(host, int(port), i)
            statuses[status] += 1
            if status in (200, 202):
                return f"k{i}", found["id"]
            assert status == 503, found
            await asyncio.sleep(float(headers["retry-after"]))

    async def all_of_them():
        return await asyncio.gather(*(one(i) for i in range(N_CLIENTS)))

    burning.told |= dict(asyncio.run(all_of_them()))
    assert hold_all(burning, set(burning.told)).routes.total() == N_CLIENTS
    with capsys.disabled():
        print(f"\n  {N_CLIENTS} clients: {dict(statuses)}")


async def asked(host: str, port: int, i: int) -> tuple[int, dict[str, str], dict[str, object]]:
    """One client with a connection of its own, by hand: a thousand whole ones would cost more than the server."""
    body = json.dumps({"input": input_of(i), "key": f"k{i}", "executor": "desk"})
    head = f"POST {DECIDE} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\nConnection: close\r\n"
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        answer = (await asyncio.wait_for(reader.read(), 60)).decode()
    finally:
        writer.close()
        await writer.wait_closed()
    first, _, rest = answer.partition("\r\n")
    headers, _, content = rest.partition("\r\n\r\n")
    named = dict(line.lower().split(": ", 1) for line in headers.split("\r\n"))
    return int(first.split()[1]), named, json.loads(content)


class Asking:
    """Asks one server all the time, and notes when it first heard that the work is stopped."""

    def __init__(self, url: str, name: str) -> None:
        self._caller = Caller(url)
        self._name = name
        self.n = 0
        self.first_stopped: float | None = None
        self.last_other = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self._thread.start()

    def _ask(self) -> None:
        while not self._over.is_set():
            found = self._caller.decide(f"{self._name}-{self.n}", input_of(3)).json()
            self.n += 1
            now = time.monotonic()
            if found["route"] == "stopped":
                self.first_stopped = self.first_stopped or now
            else:
                self.last_other = now

    def end(self) -> None:
        self._over.set()
        self._thread.join(30)
        self._caller.close()


def test_a_stop_reaches_every_server_of_a_store_within_a_second(burning, processes, capsys):
    urls = [serve(processes, burning)[1] for _ in range(2)]
    asking = [Asking(url, f"s{n}") for n, url in enumerate(urls)]
    presser = Caller(urls[0])
    try:
        until(lambda: all(one.n >= 10 for one in asking))
        began = time.monotonic()
        assert presser.post("/v1/definitions/refunds/stop", reason="something burns").status_code == 200
        pressed = time.monotonic()
        until(lambda: all(one.first_stopped for one in asking))
    finally:
        for one in asking:
            one.end()
        presser.close()
    with open_store(burning.place) as store:
        ((stop_seq,),) = found_by_hand(store, "SELECT seq FROM ledger WHERE kind = 'stop'")
        after = found_by_hand(store, f"SELECT route FROM decisions WHERE seq > {stop_seq}")
        before = found_by_hand(store, f"SELECT route FROM decisions WHERE seq < {stop_seq}")
    assert {route for (route,) in before} == {"act"}
    assert after
    assert {route for (route,) in after} == {"stopped"}
    assert all(one.last_other < pressed + 1.0 for one in asking)
    seconds = [one.first_stopped - began for one in asking]
    assert all(one < 1.0 for one in seconds)
    with capsys.disabled():
        print(f"\n  the stop reached both servers after {', '.join(f'{one:.3f} s' for one in seconds)}")


def test_another_server_sweeps_when_the_one_that_did_is_killed(burning, processes):
    first, _ = serve(processes, burning)
    until(lambda: holder(burning))
    was = holder(burning)
    _, url = serve(processes, burning, ahead=57.0)  # a lease is 60 s: what it is behind is what the test waits for
    caller = Caller(url)
    time.sleep(1.5)
    assert holder(burning) == was
    first.kill()
    caller.decide_in_time("k3", input_of(3))
    until(lambda: holder(burning) != was, longest_s=10.0)
    until(lambda: burning.receiver.requests, longest_s=10.0)  # and what is due leaves
    caller.close()


def holder(burning) -> str | None:
    with open_store(burning.place) as store:
        found = found_by_hand(store, "SELECT holder FROM leases WHERE name = 'sweeper'")
    return found[0][0] if found else None
