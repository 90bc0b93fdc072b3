"""The client that waits for each answer."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
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

__all__ = ["Client"]


class Client:
    """Speaks to one server. Safe to use from several threads; use it in a ``with`` block, or close it.

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
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        httpx = httpx_library()
        self._http = httpx.Client(base_url=url, headers=headers_of(token), timeout=timeout_s, transport=transport)
        self._tries = tries

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def decide(
        self,
        work: str,
        given: Mapping[str, Any],
        *,
        key: str | None = None,
        executor: str | None = None,
        callback: str | None = None,
    ) -> Document:
        """Decide one item; ``waiting`` in the answer says that a person has to decide.

        ``callback`` names the sender of the project to whom a person's answer goes then.

        Raises:
            RemitError: as the server refuses it; KeyConflict for a key that came with another input.
        """
        return self._send(Calls.decide(work, given, key, executor, callback))

    def decision(self, decision_id: str) -> Document:
        """What became of one item."""
        return self._send(Calls.read("decisions", decision_id))

    def wait(self, decision_id: str, *, timeout_s: float, every_s: float = POLL_S) -> Document:
        """Ask until a person decided.

        Raises:
            OutsideError: nobody did within ``timeout_s`` seconds.
        """
        ends = time.monotonic() + timeout_s
        while (found := self.decision(decision_id))["waiting"]:
            left = ends - time.monotonic()
            if left <= 0:
                raise nobody_decided(decision_id, timeout_s)
            time.sleep(min(every_s, left))
        return found

    def definitions(self) -> Document:
        """The work definitions."""
        return self._send(Calls.read("definitions"))

    def readiness(self, work: str, *, for_level: str | None = None, executor: str | None = None) -> Document:
        """Readiness of a work."""
        query = {"for": for_level, "executor": executor}
        return self._send(Calls.read("definitions", work, "readiness", query=query))

    def autonomy(self, work: str) -> Document:
        """Which level counts for each executor now."""
        return self._send(Calls.read("definitions", work, "autonomy"))

    def grant(self, work: str, *, executor: str, level: str, reason: str, until: str | None = None) -> Document:
        """Allow an executor to work at a level.

        Raises:
            GrantRefused: with every reason.
        """
        body = {"executor": executor, "level": level, "reason": reason, "until": until}
        return self._send(Calls.change("definitions", work, "grants", body=body))

    def revoke(self, work: str, *, executor: str, reason: str) -> Document:
        """Take a grant back."""
        return self._send(Calls.change("definitions", work, "revoke", body={"executor": executor, "reason": reason}))

    def stop(self, work: str | None = None, *, executor: str | None = None, reason: str) -> Document:
        """Stop a work, one executor of it, or everything."""
        return self._send(Calls.stopping("stop", work, executor, reason))

    def resume(self, work: str | None = None, *, executor: str | None = None, reason: str) -> Document:
        """End exactly that stop."""
        return self._send(Calls.stopping("resume", work, executor, reason))

    def reviews(self, *, work: str | None = None, state: str | None = None) -> Iterator[Document]:
        """The reviews, the oldest first, page by page."""
        cursor: str | None = None
        while True:
            page = self._send(Calls.page(work, state, cursor))
            yield from page["reviews"]
            cursor = page["next"]
            if cursor is None:
                return

    def review(self, review_id: str) -> Document:
        """One review."""
        return review_of(self._send(Calls.read("reviews", review_id)))

    def claim(self, review_id: str, *, version: int | None = None) -> Document:
        """Put a review on one's desk for 15 minutes."""
        return review_of(self._send(Calls.change("reviews", review_id, "claim", body={}, version=version)))

    def release(self, review_id: str, *, version: int | None = None) -> Document:
        """Give a review back."""
        return review_of(self._send(Calls.change("reviews", review_id, "release", body={}, version=version)))

    def decide_review(
        self,
        review_id: str,
        *,
        output: Mapping[str, Any] | None = None,
        accept: bool = False,
        refuse: bool = False,
        comment: str | None = None,
        version: int | None = None,
    ) -> Document:
        """Decide a review: with an answer of one's own, with the suggested one, or by refusing the item."""
        return review_of(self._send(Calls.deciding(review_id, output, accept, refuse, comment, version)))

    def undo(self, review_id: str, *, version: int | None = None) -> Document:
        """Take a decision back within 10 seconds; the answer is the review in which the item waits now."""
        return review_of(self._send(Calls.change("reviews", review_id, "undo", body={}, version=version)))

    def audits(self, *, work: str | None = None, state: str | None = None) -> Iterator[Document]:
        """The audits, the oldest first, page by page; what was answered shows once they are decided."""
        cursor: str | None = None
        while True:
            page = self._send(Calls.audits(work, state, cursor))
            yield from page["audits"]
            cursor = page["next"]
            if cursor is None:
                return

    def item(self, work: str, key: str) -> Document:
        """The whole story of one item: decision, reviews, audits, truths, effects, entries of the ledger."""
        return self._send(Calls.read("definitions", work, "items", key))

    def add_truths(self, work: str, truths: Sequence[Mapping[str, Any]]) -> Document:
        """Record what turned out to be right: each with ``key`` or ``decision``, ``expected``, ``at``, ``seen``."""
        return self._send(Calls.truths(work, truths))

    def add_outcome(self, work: str, value: float, *, day: str | None = None, note: str | None = None) -> Document:
        """Record a value of the measure that the intent names; ``day`` as 2027-06-30, today if absent."""
        return self._send(
            Calls.change("definitions", work, "outcomes", body={"value": value, "day": day, "note": note})
        )

    def reviewers(self, work: str) -> Document:
        """Figures on the people who decided reviews of a work."""
        return self._send(Calls.read("definitions", work, "reviewers"))

    def plan(self, work: str, *, executor: str | None = None) -> Document:
        """How many cases, audits and days until which claim could be made."""
        return self._send(Calls.read("definitions", work, "plan", query={"executor": executor}))

    def proofs(self, work: str) -> Document:
        """Every proof run of a work, oldest first."""
        return self._send(Calls.read("definitions", work, "proofs"))

    def proof(self, work: str, n: int) -> Document:
        """The document of one proof, by its number."""
        return self._send(Calls.read("definitions", work, "proofs", str(n)))

    def drills(self, work: str) -> Document:
        """How a work runs, what was drilled, which drills wait."""
        return self._send(Calls.read("definitions", work, "drills"))

    def drill_stop(self, work: str, *, executor: str | None = None) -> Document:
        """Press the stop, see that nothing acts, let it go."""
        return self._send(Calls.change("definitions", work, "drills", "stop", body={"executor": executor}))

    def drill_paths(self, work: str, *, path: str | None = None, mode: str | None = None) -> Document:
        """Send a case to the queue of every escalation path, or of one."""
        return self._send(Calls.change("definitions", work, "drills", "path", body={"path": path, "mode": mode}))

    def drill_replay(self, work: str, *, executor: str, n: int = 200) -> Document:
        """Answer recorded items once more, and compare."""
        return self._send(Calls.change("definitions", work, "drills", "replay", body={"executor": executor, "n": n}))

    def outbox(self, *, state: str = "dead", limit: int = 100) -> Document:
        """What leaves, in one state."""
        return self._send(Calls.outbox(state, limit))

    def replay(self, outgoing: str | None = None) -> Document:
        """Have one thing (DECISION/EFFECT) sent again that was given up on; all of them if none is named."""
        return self._send(Calls.replay(outgoing))

    def alerts(self) -> Document:
        """The alerts that nobody settled."""
        return self._send(Calls.read("alerts"))

    def settle_alert(self, alert: str) -> Document:
        """Close an alert that was seen to."""
        return self._send(Calls.change("alerts", alert, "settle", body={}))

    def seals(self, work: str, *, after: int = 0) -> Document:
        """A page of the seals of a work."""
        return self._send(Calls.read("definitions", work, "seals", query={"after": str(after)}))

    def erase(self, work: str, item: str, *, reason: str) -> Document:
        """Erase the content of one item, by its key or the id of its decision, for good."""
        return self._send(Calls.change("definitions", work, "erase", body={"item": item, "reason": reason}))

    def ledger(self, work: str) -> Iterator[Document]:
        """The entries of the chain of a work, page by page."""
        after: int | None = 0
        while after is not None:
            page = self._send(Calls.entries(work, after))
            yield from page["entries"]
            after = page["next"]

    def verify_ledger(self) -> Document:
        """Whether the record verifies."""
        return self._send(Calls.read("ledger", "verify"))

    def _send(self, call: Call) -> Document:
        httpx = httpx_library()
        tries = self._tries if call.again else 1
        for n in range(1, tries + 1):
            try:
                response = self._http.request(
                    call.method, call.path, json=call.body, params=call.query, headers=call.headers
                )
            except httpx.TransportError as error:
                if n == tries:
                    raise not_reached(error) from error
                time.sleep(pause_s(n, None))
                continue
            if response.status_code not in AGAIN or n == tries:
                return document_of(response)
            time.sleep(pause_s(n, response.headers.get("retry-after")))
        raise AssertionError  # the last try returned or raised
