"""The client for an event loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from remit.client.calls import Call, Calls, Document
from remit.client.responses import (
    AGAIN,
    POLL_S,
    TRIES,
    document_of,
    headers_of,
    httpx_library,
    nobody_decided,
    not_reached,
    pause_s,
    review_of,
)

if TYPE_CHECKING:
    import httpx2

__all__ = ["AsyncClient"]


class AsyncClient:
    """Speaks to one server from an event loop: :class:`Client`, with ``await`` and ``async with``.

    Args:
        url: where the server is.
        token: a token that ``remit token make`` gave; not needed on one's own machine before the first one is made.
        timeout_s: how long one request may take, in seconds.
        tries: how often a call is sent that may be repeated, 1 or more.
        transport: for tests.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        timeout_s: float = 30.0,
        tries: int = TRIES,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        httpx = httpx_library()
        self._http = httpx.AsyncClient(base_url=url, headers=headers_of(token), timeout=timeout_s, transport=transport)
        self._tries = tries

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Let the connections go."""
        await self._http.aclose()

    async def decide(
        self,
        work: str,
        given: Mapping[str, Any],
        *,
        key: str | None = None,
        executor: str | None = None,
        callback: str | None = None,
    ) -> Document:
        """As :meth:`Client.decide`."""
        return await self._send(Calls.decide(work, given, key, executor, callback))

    async def decision(self, decision_id: str) -> Document:
        """As :meth:`Client.decision`."""
        return await self._send(Calls.read("decisions", decision_id))

    async def wait(self, decision_id: str, *, timeout_s: float, every_s: float = POLL_S) -> Document:
        """As :meth:`Client.wait`.

        Raises:
            OutsideError: nobody decided within ``timeout_s`` seconds.
        """
        ends = time.monotonic() + timeout_s
        while (found := await self.decision(decision_id))["waiting"]:
            left = ends - time.monotonic()
            if left <= 0:
                raise nobody_decided(decision_id, timeout_s)
            await asyncio.sleep(min(every_s, left))
        return found

    async def definitions(self) -> Document:
        """As :meth:`Client.definitions`."""
        return await self._send(Calls.read("definitions"))

    async def readiness(self, work: str, *, for_level: str | None = None, executor: str | None = None) -> Document:
        """As :meth:`Client.readiness`."""
        query = {"for": for_level, "executor": executor}
        return await self._send(Calls.read("definitions", work, "readiness", query=query))

    async def autonomy(self, work: str) -> Document:
        """As :meth:`Client.autonomy`."""
        return await self._send(Calls.read("definitions", work, "autonomy"))

    async def grant(self, work: str, *, executor: str, level: str, reason: str, until: str | None = None) -> Document:
        """As :meth:`Client.grant`."""
        body = {"executor": executor, "level": level, "reason": reason, "until": until}
        return await self._send(Calls.change("definitions", work, "grants", body=body))

    async def revoke(self, work: str, *, executor: str, reason: str) -> Document:
        """As :meth:`Client.revoke`."""
        body = {"executor": executor, "reason": reason}
        return await self._send(Calls.change("definitions", work, "revoke", body=body))

    async def stop(self, work: str | None = None, *, executor: str | None = None, reason: str) -> Document:
        """As :meth:`Client.stop`."""
        return await self._send(Calls.stopping("stop", work, executor, reason))

    async def resume(self, work: str | None = None, *, executor: str | None = None, reason: str) -> Document:
        """As :meth:`Client.resume`."""
        return await self._send(Calls.stopping("resume", work, executor, reason))

    async def reviews(self, *, work: str | None = None, state: str | None = None) -> AsyncIterator[Document]:
        """As :meth:`Client.reviews`."""
        cursor: str | None = None
        while True:
            page = await self._send(Calls.page(work, state, cursor))
            for one in page["reviews"]:
                yield one
            cursor = page["next"]
            if cursor is None:
                return

    async def review(self, review_id: str) -> Document:
        """As :meth:`Client.review`."""
        return review_of(await self._send(Calls.read("reviews", review_id)))

    async def claim(self, review_id: str, *, version: int | None = None) -> Document:
        """As :meth:`Client.claim`."""
        return review_of(await self._send(Calls.change("reviews", review_id, "claim", body={}, version=version)))

    async def release(self, review_id: str, *, version: int | None = None) -> Document:
        """As :meth:`Client.release`."""
        return review_of(await self._send(Calls.change("reviews", review_id, "release", body={}, version=version)))

    async def decide_review(
        self,
        review_id: str,
        *,
        output: Mapping[str, Any] | None = None,
        accept: bool = False,
        refuse: bool = False,
        comment: str | None = None,
        version: int | None = None,
    ) -> Document:
        """As :meth:`Client.decide_review`."""
        return review_of(await self._send(Calls.deciding(review_id, output, accept, refuse, comment, version)))

    async def undo(self, review_id: str, *, version: int | None = None) -> Document:
        """As :meth:`Client.undo`."""
        return review_of(await self._send(Calls.change("reviews", review_id, "undo", body={}, version=version)))

    async def audits(self, *, work: str | None = None, state: str | None = None) -> AsyncIterator[Document]:
        """As :meth:`Client.audits`."""
        cursor: str | None = None
        while True:
            page = await self._send(Calls.audits(work, state, cursor))
            for one in page["audits"]:
                yield one
            cursor = page["next"]
            if cursor is None:
                return

    async def item(self, work: str, key: str) -> Document:
        """As :meth:`Client.item`."""
        return await self._send(Calls.read("definitions", work, "items", key))

    async def add_truths(self, work: str, truths: Sequence[Mapping[str, Any]]) -> Document:
        """As :meth:`Client.add_truths`."""
        return await self._send(Calls.truths(work, truths))

    async def add_outcome(
        self, work: str, value: float, *, day: str | None = None, note: str | None = None
    ) -> Document:
        """As :meth:`Client.add_outcome`."""
        return await self._send(
            Calls.change("definitions", work, "outcomes", body={"value": value, "day": day, "note": note})
        )

    async def reviewers(self, work: str) -> Document:
        """As :meth:`Client.reviewers`."""
        return await self._send(Calls.read("definitions", work, "reviewers"))

    async def plan(self, work: str, *, executor: str | None = None) -> Document:
        """As :meth:`Client.plan`."""
        return await self._send(Calls.read("definitions", work, "plan", query={"executor": executor}))

    async def proofs(self, work: str) -> Document:
        """As :meth:`Client.proofs`."""
        return await self._send(Calls.read("definitions", work, "proofs"))

    async def proof(self, work: str, n: int) -> Document:
        """As :meth:`Client.proof`."""
        return await self._send(Calls.read("definitions", work, "proofs", str(n)))

    async def drills(self, work: str) -> Document:
        """As :meth:`Client.drills`."""
        return await self._send(Calls.read("definitions", work, "drills"))

    async def drill_stop(self, work: str, *, executor: str | None = None) -> Document:
        """As :meth:`Client.drill_stop`."""
        return await self._send(Calls.change("definitions", work, "drills", "stop", body={"executor": executor}))

    async def drill_paths(self, work: str, *, path: str | None = None, mode: str | None = None) -> Document:
        """As :meth:`Client.drill_paths`."""
        return await self._send(Calls.change("definitions", work, "drills", "path", body={"path": path, "mode": mode}))

    async def drill_replay(self, work: str, *, executor: str, n: int = 200) -> Document:
        """As :meth:`Client.drill_replay`."""
        return await self._send(
            Calls.change("definitions", work, "drills", "replay", body={"executor": executor, "n": n})
        )

    async def outbox(self, *, state: str = "dead", limit: int = 100) -> Document:
        """As :meth:`Client.outbox`."""
        return await self._send(Calls.outbox(state, limit))

    async def replay(self, outgoing: str | None = None) -> Document:
        """As :meth:`Client.replay`."""
        return await self._send(Calls.replay(outgoing))

    async def alerts(self) -> Document:
        """As :meth:`Client.alerts`."""
        return await self._send(Calls.read("alerts"))

    async def settle_alert(self, alert: str) -> Document:
        """As :meth:`Client.settle_alert`."""
        return await self._send(Calls.change("alerts", alert, "settle", body={}))

    async def seals(self, work: str, *, after: int = 0) -> Document:
        """As :meth:`Client.seals`."""
        return await self._send(Calls.read("definitions", work, "seals", query={"after": str(after)}))

    async def erase(self, work: str, item: str, *, reason: str) -> Document:
        """As :meth:`Client.erase`."""
        return await self._send(Calls.change("definitions", work, "erase", body={"item": item, "reason": reason}))

    async def ledger(self, work: str) -> AsyncIterator[Document]:
        """As :meth:`Client.ledger`."""
        after: int | None = 0
        while after is not None:
            page = await self._send(Calls.entries(work, after))
            for one in page["entries"]:
                yield one
            after = page["next"]

    async def verify_ledger(self) -> Document:
        """As :meth:`Client.verify_ledger`."""
        return await self._send(Calls.read("ledger", "verify"))

    async def _send(self, call: Call) -> Document:
        httpx = httpx_library()
        tries = self._tries if call.again else 1
        for n in range(1, tries + 1):
            try:
                response = await self._http.request(
                    call.method, call.path, json=call.body, params=call.query, headers=call.headers
                )
            except httpx.TransportError as error:
                if n == tries:
                    raise not_reached(error) from error
                await asyncio.sleep(pause_s(n, None))
                continue
            if response.status_code not in AGAIN or n == tries:
                return document_of(response)
            await asyncio.sleep(pause_s(n, response.headers.get("retry-after")))
        raise AssertionError  # the last try returned or raised
