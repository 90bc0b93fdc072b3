"""A typed client of ``remit serve``, sync and async: the same errors as the library, and calls that may be repeated.

::

    with remit.Client("http://127.0.0.1:8321", token) as client:
        decided = client.decide("refunds", {"amount": 20}, key="order-1")
        if decided["waiting"]:
            decided = client.wait(decided["id"], timeout_s=3600)
"""

from __future__ import annotations

import asyncio
import math
import secrets
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from remit.errors import Location, OutsideError, Problem, RemitError, all_errors

if TYPE_CHECKING:
    import httpx2

__all__ = ["AsyncClient", "Client"]

Document = dict[str, Any]

TRIES = 4
_AGAIN = frozenset({429, 502, 503, 504})
_LONGEST_WAIT_S = 30.0
_POLL_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """One request. ``again``: it does no harm to send it twice."""

    method: str
    path: str
    body: Document | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    again: bool = True


class _Calls:
    """Every call by its name, the same for both clients."""

    @staticmethod
    def decide(work: str, given: Mapping[str, Any], key: str | None, executor: str | None) -> _Call:
        # A key of our own lets a call be repeated whose answer was lost.
        body: Document = {"input": dict(given), "key": key if key is not None else secrets.token_urlsafe(18)}
        if executor is not None:
            body["executor"] = executor
        return _Call(method="POST", path=f"/v1/definitions/{_part(work)}/decide", body=body)

    @staticmethod
    def read(*parts: str, query: Mapping[str, str | None] | None = None) -> _Call:
        known = {name: value for name, value in (query or {}).items() if value is not None}
        return _Call(method="GET", path="/v1/" + "/".join(map(_part, parts)), query=known)

    @staticmethod
    def change(*parts: str, body: Document, version: int | None = None) -> _Call:
        said = {name: value for name, value in body.items() if value is not None}
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        path = "/v1/" + "/".join(map(_part, parts))
        return _Call(method="POST", path=path, body=said, headers=headers, again=False)

    @staticmethod
    def stopping(what: str, work: str | None, executor: str | None, reason: str) -> _Call:
        body = {"reason": reason, "executor": executor}
        return _Calls.change(*(() if work is None else ("definitions", work)), what, body=body)

    @staticmethod
    def page(work: str | None, state: str | None, cursor: str | None) -> _Call:
        return _Calls.read("reviews", query={"work": work, "state": state, "cursor": cursor})

    @staticmethod
    def deciding(
        review: str,
        output: Mapping[str, Any] | None,
        accept: bool,
        refuse: bool,
        comment: str | None,
        version: int | None,
    ) -> _Call:
        body = {
            "output": None if output is None else dict(output),
            "accept": accept or None,
            "refuse": refuse or None,
            "comment": comment,
        }
        return _Calls.change("reviews", review, "decide", body=body, version=version)


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
        httpx = _httpx()
        self._http = httpx.Client(base_url=url, headers=_headers(token), timeout=timeout_s, transport=transport)
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
        self, work: str, given: Mapping[str, Any], *, key: str | None = None, executor: str | None = None
    ) -> Document:
        """Decide one item; ``waiting`` in the answer says that a person has to decide.

        Raises:
            RemitError: as the server refuses it; KeyConflict for a key that came with another input.
        """
        return self._send(_Calls.decide(work, given, key, executor))

    def decision(self, decision_id: str) -> Document:
        """What became of one item."""
        return self._send(_Calls.read("decisions", decision_id))

    def wait(self, decision_id: str, *, timeout_s: float, every_s: float = _POLL_S) -> Document:
        """Ask until a person decided.

        Raises:
            OutsideError: nobody did within ``timeout_s`` seconds.
        """
        ends = time.monotonic() + timeout_s
        while (found := self.decision(decision_id))["waiting"]:
            left = ends - time.monotonic()
            if left <= 0:
                raise _nobody_decided(decision_id, timeout_s)
            time.sleep(min(every_s, left))
        return found

    def definitions(self) -> Document:
        """The work definitions."""
        return self._send(_Calls.read("definitions"))

    def readiness(self, work: str, *, for_level: str | None = None, executor: str | None = None) -> Document:
        """Readiness of a work."""
        query = {"for": for_level, "executor": executor}
        return self._send(_Calls.read("definitions", work, "readiness", query=query))

    def autonomy(self, work: str) -> Document:
        """Which level counts for each executor now."""
        return self._send(_Calls.read("definitions", work, "autonomy"))

    def grant(self, work: str, *, executor: str, level: str, reason: str, until: str | None = None) -> Document:
        """Allow an executor to work at a level.

        Raises:
            GrantRefused: with every reason.
        """
        body = {"executor": executor, "level": level, "reason": reason, "until": until}
        return self._send(_Calls.change("definitions", work, "grants", body=body))

    def revoke(self, work: str, *, executor: str, reason: str) -> Document:
        """Take a grant back."""
        return self._send(_Calls.change("definitions", work, "revoke", body={"executor": executor, "reason": reason}))

    def stop(self, work: str | None = None, *, executor: str | None = None, reason: str) -> Document:
        """Stop a work, one executor of it, or everything."""
        return self._send(_Calls.stopping("stop", work, executor, reason))

    def resume(self, work: str | None = None, *, executor: str | None = None, reason: str) -> Document:
        """End exactly that stop."""
        return self._send(_Calls.stopping("resume", work, executor, reason))

    def reviews(self, *, work: str | None = None, state: str | None = None) -> Iterator[Document]:
        """The reviews, the oldest first, page by page."""
        cursor: str | None = None
        while True:
            page = self._send(_Calls.page(work, state, cursor))
            yield from page["reviews"]
            cursor = page["next"]
            if cursor is None:
                return

    def review(self, review_id: str) -> Document:
        """One review."""
        return _review(self._send(_Calls.read("reviews", review_id)))

    def claim(self, review_id: str, *, version: int | None = None) -> Document:
        """Put a review on one's desk for 15 minutes."""
        return _review(self._send(_Calls.change("reviews", review_id, "claim", body={}, version=version)))

    def release(self, review_id: str, *, version: int | None = None) -> Document:
        """Give a review back."""
        return _review(self._send(_Calls.change("reviews", review_id, "release", body={}, version=version)))

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
        return _review(self._send(_Calls.deciding(review_id, output, accept, refuse, comment, version)))

    def undo(self, review_id: str, *, version: int | None = None) -> Document:
        """Take a decision back within 10 seconds; the answer is the review in which the item waits now."""
        return _review(self._send(_Calls.change("reviews", review_id, "undo", body={}, version=version)))

    def verify_ledger(self) -> Document:
        """Whether the record verifies."""
        return self._send(_Calls.read("ledger", "verify"))

    def _send(self, call: _Call) -> Document:
        httpx = _httpx()
        tries = self._tries if call.again else 1
        for n in range(1, tries + 1):
            try:
                response = self._http.request(
                    call.method, call.path, json=call.body, params=call.query, headers=call.headers
                )
            except httpx.TransportError as error:
                if n == tries:
                    raise _not_reached(error) from error
                time.sleep(_pause_s(n, None))
                continue
            if response.status_code not in _AGAIN or n == tries:
                return _document(response)
            time.sleep(_pause_s(n, response.headers.get("retry-after")))
        raise AssertionError  # the last try returned or raised


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
        httpx = _httpx()
        self._http = httpx.AsyncClient(base_url=url, headers=_headers(token), timeout=timeout_s, transport=transport)
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
        self, work: str, given: Mapping[str, Any], *, key: str | None = None, executor: str | None = None
    ) -> Document:
        """As :meth:`Client.decide`."""
        return await self._send(_Calls.decide(work, given, key, executor))

    async def decision(self, decision_id: str) -> Document:
        """As :meth:`Client.decision`."""
        return await self._send(_Calls.read("decisions", decision_id))

    async def wait(self, decision_id: str, *, timeout_s: float, every_s: float = _POLL_S) -> Document:
        """As :meth:`Client.wait`.

        Raises:
            OutsideError: nobody decided within ``timeout_s`` seconds.
        """
        ends = time.monotonic() + timeout_s
        while (found := await self.decision(decision_id))["waiting"]:
            left = ends - time.monotonic()
            if left <= 0:
                raise _nobody_decided(decision_id, timeout_s)
            await asyncio.sleep(min(every_s, left))
        return found

    async def definitions(self) -> Document:
        """As :meth:`Client.definitions`."""
        return await self._send(_Calls.read("definitions"))

    async def readiness(self, work: str, *, for_level: str | None = None, executor: str | None = None) -> Document:
        """As :meth:`Client.readiness`."""
        query = {"for": for_level, "executor": executor}
        return await self._send(_Calls.read("definitions", work, "readiness", query=query))

    async def autonomy(self, work: str) -> Document:
        """As :meth:`Client.autonomy`."""
        return await self._send(_Calls.read("definitions", work, "autonomy"))

    async def grant(self, work: str, *, executor: str, level: str, reason: str, until: str | None = None) -> Document:
        """As :meth:`Client.grant`."""
        body = {"executor": executor, "level": level, "reason": reason, "until": until}
        return await self._send(_Calls.change("definitions", work, "grants", body=body))

    async def revoke(self, work: str, *, executor: str, reason: str) -> Document:
        """As :meth:`Client.revoke`."""
        body = {"executor": executor, "reason": reason}
        return await self._send(_Calls.change("definitions", work, "revoke", body=body))

    async def stop(self, work: str | None = None, *, executor: str | None = None, reason: str) -> Document:
        """As :meth:`Client.stop`."""
        return await self._send(_Calls.stopping("stop", work, executor, reason))

    async def resume(self, work: str | None = None, *, executor: str | None = None, reason: str) -> Document:
        """As :meth:`Client.resume`."""
        return await self._send(_Calls.stopping("resume", work, executor, reason))

    async def reviews(self, *, work: str | None = None, state: str | None = None) -> AsyncIterator[Document]:
        """As :meth:`Client.reviews`."""
        cursor: str | None = None
        while True:
            page = await self._send(_Calls.page(work, state, cursor))
            for one in page["reviews"]:
                yield one
            cursor = page["next"]
            if cursor is None:
                return

    async def review(self, review_id: str) -> Document:
        """As :meth:`Client.review`."""
        return _review(await self._send(_Calls.read("reviews", review_id)))

    async def claim(self, review_id: str, *, version: int | None = None) -> Document:
        """As :meth:`Client.claim`."""
        return _review(await self._send(_Calls.change("reviews", review_id, "claim", body={}, version=version)))

    async def release(self, review_id: str, *, version: int | None = None) -> Document:
        """As :meth:`Client.release`."""
        return _review(await self._send(_Calls.change("reviews", review_id, "release", body={}, version=version)))

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
        return _review(await self._send(_Calls.deciding(review_id, output, accept, refuse, comment, version)))

    async def undo(self, review_id: str, *, version: int | None = None) -> Document:
        """As :meth:`Client.undo`."""
        return _review(await self._send(_Calls.change("reviews", review_id, "undo", body={}, version=version)))

    async def verify_ledger(self) -> Document:
        """As :meth:`Client.verify_ledger`."""
        return await self._send(_Calls.read("ledger", "verify"))

    async def _send(self, call: _Call) -> Document:
        httpx = _httpx()
        tries = self._tries if call.again else 1
        for n in range(1, tries + 1):
            try:
                response = await self._http.request(
                    call.method, call.path, json=call.body, params=call.query, headers=call.headers
                )
            except httpx.TransportError as error:
                if n == tries:
                    raise _not_reached(error) from error
                await asyncio.sleep(_pause_s(n, None))
                continue
            if response.status_code not in _AGAIN or n == tries:
                return _document(response)
            await asyncio.sleep(_pause_s(n, response.headers.get("retry-after")))
        raise AssertionError  # the last try returned or raised


def _httpx() -> Any:
    try:
        import httpx2
    except ModuleNotFoundError as error:
        raise OutsideError("httpx2 is not installed", mend="install Remit with its client: remit[client]") from error
    return httpx2


def _headers(token: str | None) -> dict[str, str]:
    return {} if token is None else {"Authorization": f"Bearer {token}"}


def _part(text: str) -> str:
    return quote(text, safe="")


def _pause_s(n: int, told: str | None) -> float:
    """How long to wait after the ``n``-th try: as long as the server says, else twice as long each time."""
    if told is not None and told.isdigit():
        return min(float(told), _LONGEST_WAIT_S)
    return min(0.1 * math.pow(2, n - 1), _LONGEST_WAIT_S)


def _document(response: httpx2.Response) -> Document:
    try:
        said = response.json()
    except ValueError:
        said = None
    if response.is_success and isinstance(said, dict):
        return said
    if isinstance(said, dict) and isinstance(said.get("code"), str):
        raise _error(said)
    raise OutsideError(
        f"the server answered {response.status_code}, and nothing that a Remit server says",
        expected="a document of Remit",
        found=response.text[:100],
        mend="look whether the address is that of a Remit server",
    )


def _error(said: Document) -> RemitError:
    """The error that the server raised, by its code: the same class as in the library."""
    cls = all_errors().get(said["code"], OutsideError)
    found = said.get("problems")
    problems = [_problem(one) for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return cls(str(said.get("detail", "")), problems=problems or [Problem(message=str(said.get("detail", "")))])


def _problem(one: Document) -> Problem:
    where = one.get("where")
    known = where if isinstance(where, dict) else {}
    return Problem(
        message=str(one.get("message", "")),
        where=Location(**{name: known.get(name) for name in ("file", "line", "column", "path", "excerpt")}),
        expected=one.get("expected"),
        found=one.get("found"),
        mend=one.get("mend"),
        code=one.get("code"),
    )


def _review(said: Document) -> Document:
    review: Document = said["review"]
    return review


def _not_reached(error: Exception) -> OutsideError:
    return OutsideError(
        f"the server can't be reached: {error}", expected="a running `remit serve`", mend="look at its address and log"
    )


def _nobody_decided(decision_id: str, timeout_s: float) -> OutsideError:
    return OutsideError(
        f"nobody decided {decision_id} within {timeout_s:g} s",
        mend="ask again later: the decision is recorded and the review waits",
    )
