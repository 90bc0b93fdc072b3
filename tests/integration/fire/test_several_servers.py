"""Two real servers on one real PostgreSQL, real clients with tokens and keys, and one of them killed under load.

Everything that several servers promise, in one drill: nothing is lost or recorded twice, who asks again gets the stored
decision, a stop reaches whoever is left, the sweeper's lease moves, and a session that was ended is over on both.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager

import httpx2
import pytest
from tests.by_hand import found_by_hand
from tests.integration.fire.burning import hold_all, input_of
from tests.integration.fire.calling import serve, until

from remit.project.serving.tokens import make_token
from remit.runtime.sweeping.sweep import LENGTH
from remit.store import open_store

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)

N_CLIENTS = 12
AHEAD_S = 57.0  # the second server's clock: of a lease of 60 s, 3 s are left to it when the first one dies
STOPPED = "something burns"


def secrets_of(burning):
    """Tokens: one that decides and stops, one for a person in a browser."""
    with burning.opened() as project:
        return {
            person: make_token(project, person, roles=(), work=None, days=1, by=person).secret
            for person in ("jonas", "mira")
        }


class Fleet:
    """Clients that send each item under its key to one server, and to the other one when that does not answer."""

    def __init__(self, urls, secret: str) -> None:
        self._urls = urls
        self._headers = {"Authorization": f"Bearer {secret}"}
        self._over = False
        self.n = 0
        self.told: dict[str, str] = {}
        self.told_again: dict[str, str] = {}
        self.n_elsewhere = 0
        self.first_stopped: dict[str, float] = {}
        self.last_acted = 0.0
        self.faults: list[BaseException] = []

    @contextmanager
    def running(self):
        import threading

        thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        thread.start()
        try:
            yield self
        finally:
            self._over = True
            thread.join(60)
            assert not thread.is_alive()

    async def _run(self) -> None:
        limits = httpx2.Limits(max_connections=N_CLIENTS, max_keepalive_connections=N_CLIENTS)
        async with httpx2.AsyncClient(headers=self._headers, timeout=10, limits=limits) as client:
            await asyncio.gather(*(self._send_all(client, n) for n in range(N_CLIENTS)))

    async def _send_all(self, client, n: int) -> None:
        turn = n
        while not self._over:
            key = f"k{self.n}"
            self.n += 1
            while key not in self.told:  # every item that was begun is brought to its end
                url = self._urls[turn % 2]
                found = await self._sent(client, url, key)
                if found is None:
                    turn += 1
                    self.n_elsewhere += 1
                    await asyncio.sleep(0.01)
                    continue
                self.told[key] = found
            if int(key[1:]) % 5 == 0:  # asked again elsewhere, the key gives what is stored
                again = await self._sent(client, self._urls[(turn + 1) % 2], key)
                if again is not None:
                    self.told_again[key] = again

    async def _sent(self, client, url: str, key: str) -> str | None:
        body = {"input": input_of(int(key[1:])), "key": key, "executor": "desk"}
        try:
            found = await client.post(f"{url}/v1/definitions/refunds/decide", json=body)
            if found.status_code == 503:
                return None
            assert found.status_code in (200, 202), found.text
        except httpx2.TransportError:
            return None
        except BaseException as fault:
            self.faults.append(fault)
            self._over = True
            raise
        document = found.json()
        if document["route"] == "stopped":
            self.first_stopped.setdefault(url, time.monotonic())
        elif document["route"] == "act" and not document["repeated"]:
            self.last_acted = time.monotonic()
        return str(document["id"])


def lease(burning) -> tuple[str, str] | None:
    with open_store(burning.place) as store:
        found = found_by_hand(store, "SELECT holder, until FROM leases WHERE name = 'sweeper'")
    return found[0] if found else None


def test_of_two_servers_one_is_killed_under_load_and_nothing_is_lost_or_twice(burning, processes, capsys):
    secret = secrets_of(burning)
    first, first_url = serve(processes, burning)
    until(lambda: lease(burning), first)
    holder, _ = lease(burning)
    _, second_url = serve(processes, burning, ahead=AHEAD_S)
    fleet = Fleet((first_url, second_url), secret["jonas"])
    with fleet.running():
        until(lambda: len(fleet.told) >= 150 or fleet.faults, first)
        assert lease(burning)[0] == holder  # whoever came second left it alone
        first.kill()
        killed = time.monotonic()
        n_then = len(fleet.told)
        until(lambda: len(fleet.told) >= n_then + 100 or fleet.faults)
        until(lambda: lease(burning)[0] != holder or fleet.faults, longest_s=LENGTH.total_seconds())
        moved = time.monotonic() - killed
        until(lambda: burning.receiver.requests, longest_s=20.0)  # what is due leaves by the other one
    assert fleet.faults == []
    assert fleet.n_elsewhere > 0  # some asked the dead one, and then the other
    assert moved < LENGTH.total_seconds() - AHEAD_S + 3.0  # a round a second, and a busy machine
    assert fleet.told_again
    assert {key: fleet.told[key] for key in fleet.told_again} == fleet.told_again
    burning.told |= fleet.told
    held = hold_all(burning, {f"k{i}" for i in range(fleet.n)})
    assert held.routes.total() == fleet.n == len(fleet.told)
    with capsys.disabled():
        print(
            f"\n  {fleet.n} items, {fleet.n_elsewhere} tries went to the other server, {len(fleet.told_again)} asked "
            f"twice; the lease moved after {moved:.1f} s"
        )


def test_a_stop_reaches_both_servers_under_load_within_a_second(burning, processes, capsys):
    secret = secrets_of(burning)
    urls = [serve(processes, burning)[1] for _ in range(2)]
    fleet = Fleet(urls, secret["jonas"])
    with fleet.running():
        until(lambda: len(fleet.told) >= 60 or fleet.faults)
        began = time.monotonic()
        headers = {"Authorization": f"Bearer {secret['jonas']}"}
        path = f"{urls[0]}/v1/definitions/refunds/stop"
        assert httpx2.post(path, json={"reason": STOPPED}, headers=headers, timeout=30).status_code == 200
        until(lambda: len(fleet.first_stopped) == 2 or fleet.faults, longest_s=10.0)
    assert fleet.faults == []
    assert fleet.last_acted - began < 1.0
    assert all(at - began < 1.0 for at in fleet.first_stopped.values())
    with open_store(burning.place) as store:
        ((seq,),) = found_by_hand(store, "SELECT seq FROM ledger WHERE kind = 'stop'")
        after = found_by_hand(store, f"SELECT route FROM decisions WHERE seq > {seq}")
    routes = {route for (route,) in after}
    assert "stopped" in routes
    assert "act" not in routes  # what was on its way to a person before may still go there
    burning.told |= fleet.told
    hold_all(burning, {f"k{i}" for i in range(fleet.n)})
    with capsys.disabled():
        seconds = sorted(at - began for at in fleet.first_stopped.values())
        print(f"\n  under load the stop reached the two after {' and '.join(f'{one:.3f} s' for one in seconds)}")


def test_a_session_that_was_ended_on_one_server_is_over_on_the_other_within_a_second(burning, processes):
    secret = secrets_of(burning)
    urls = [serve(processes, burning)[1] for _ in range(2)]
    with httpx2.Client(timeout=30) as browser, httpx2.Client(timeout=30) as other:
        opened = browser.post(f"{urls[0]}/v1/session", json={"token": secret["mira"]})
        assert opened.status_code == 200, opened.text
        other.post(f"{urls[1]}/v1/session", json={"token": secret["mira"]})
        for client in (browser, other):
            assert {client.get(f"{url}/v1/session").status_code for url in urls} == {200}
        csrf = {"X-CSRF-Token": opened.json()["csrf"]}
        cookie = {"Cookie": f"remit_session={browser.cookies['remit_session']}"}
        began = time.monotonic()
        assert browser.delete(f"{urls[0]}/v1/session", headers=csrf).status_code == 200

        def status(url):
            return httpx2.get(f"{url}/v1/session", headers=cookie, timeout=30).status_code

        assert status(urls[0]) == 401
        until(lambda: status(urls[1]) == 401, longest_s=5.0)
        assert time.monotonic() - began < 1.5
        assert {other.get(f"{url}/v1/session").status_code for url in urls} == {200}  # another log-in goes on
