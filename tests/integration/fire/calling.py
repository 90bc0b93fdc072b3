"""What a plain client of a server under fire sees: statuses, waits, and how long things took."""

from __future__ import annotations

import socket
import time

import httpx2

DECIDE = "/v1/definitions/refunds/decide"
AWAY = httpx2.TransportError


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def until(true, life=None, *, longest_s: float = 30.0) -> float:
    """Wait until it is so, and say how many seconds that took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() < began + longest_s, life and life.said
        time.sleep(0.0005)
    return time.monotonic() - began


class Caller:
    """Calls one server and keeps its answers."""

    def __init__(self, url: str) -> None:
        self._client = httpx2.Client(base_url=url, timeout=30.0, headers={"X-Remit-By": "jonas"})
        self.statuses: list[int] = []

    def decide(self, key: str, given: dict[str, object]) -> httpx2.Response:
        """One request, as it was answered."""
        found = self._client.post(DECIDE, json={"input": given, "key": key, "executor": "desk"})
        self.statuses.append(found.status_code)
        if found.status_code == 503:
            assert int(found.headers["Retry-After"]) >= 1
        else:
            assert found.status_code in (200, 202), found.text
        return found

    def decide_in_time(self, key: str, given: dict[str, object], *, longest_s: float = 30.0) -> dict[str, object]:
        """Again and again while the server asks for it."""
        over = time.monotonic() + longest_s
        while (found := self.decide(key, given)).status_code == 503:
            assert time.monotonic() < over, found.text
            time.sleep(0.05)
        return dict(found.json())

    def post(self, path: str, **body: object) -> httpx2.Response:
        """Any other request."""
        return self._client.post(path, json=body)

    def close(self) -> None:
        """End its connections."""
        self._client.close()


def serve(processes, burning, *, ahead: float = 0.0, more: tuple[str, ...] = ()):
    """A server in a process of its own, once it answers, and where it is."""
    port = free_port()
    life = processes.start(burning.root, env=burning.env, ahead=ahead, arguments=["serve", "--port", str(port), *more])
    life.until("http://")
    return life, f"http://127.0.0.1:{port}"
