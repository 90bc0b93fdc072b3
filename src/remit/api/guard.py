"""The guard before every endpoint: host, caller, role, work, forgery, rate and size, in this order, in one place."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Mapping, Sequence
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders

from remit.api.callers import Caller, Way
from remit.api.problems import Refusal, problem_response
from remit.api.seeing.request import REQUEST_ID, Watched, watching
from remit.api.table import About, Entry, Found, Table
from remit.definition.similar import did_you_mean
from remit.errors import Location, NotAllowed, RemitError, RequestInvalid, RunInProgress
from remit.project.logs import noted, say_bug
from remit.project.people import acting

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from remit.api.service import Service

__all__ = ["BUG", "COOKIE", "CSRF_HEADER", "Guard"]

COOKIE = "remit_session"
CSRF_HEADER = "x-csrf-token"
_OWN_NAMES = ("127.0.0.1", "localhost", "::1")
_MOST_NAMES = 100
_CHANGES = ("POST", "PUT", "PATCH", "DELETE")

BUG = RemitError("this is a bug in Remit", mend="report what its log says")
"""All that is said of one: nothing of what happened leaves the server."""

SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Guard:
    """An ASGI application around the endpoints: nothing reaches them that ``table`` does not allow.

    Args:
        inner: the application with the endpoints.
        service: what they share.
        table: which routes there are, and for whom.
        queries: by method and path, the names that a query may have.
    """

    def __init__(
        self, inner: ASGIApp, service: Service, table: Table, queries: Mapping[tuple[str, str], frozenset[str]]
    ) -> None:
        self._inner = inner
        self._service = service
        self._table = table
        self._queries = queries

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it with what is wrong."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._inner(scope, receive, send)
            return
        found = self._table.find(scope["method"], scope["path"])
        with watching(self._service, scope, found) as watched:
            answer = _Answer(send, self._service, scope["method"], watched)
            try:
                await self._let_in(scope, receive, answer, found)
            except Refusal as refusal:
                await answer.problem(scope, refusal.error, status=refusal.status, headers=refusal.headers)
            except RemitError as error:
                await answer.problem(scope, error)
            except Exception as error:  # noqa: BLE001 - nothing of a bug leaves the server but that there is one
                say_bug(error, request=watched.id)
                await answer.problem(scope, BUG)

    async def _let_in(self, scope: Scope, receive: Receive, answer: _Answer, found: Found | None) -> None:
        room = self._service.room
        await self._service.look()
        if not room.enter():
            raise _busy("the server has as many requests inside as it takes")
        n_bytes = 0
        project = self._service.served.enter()
        try:
            if found is not None and found.work in project.work_ids:  # what is no work may be anything
                noted(work=found.work)
            caller = await self._admitted(scope, found)
            body = b""
            if _has_body(Headers(scope=scope)):
                body = await self._body(scope, receive)
                n_bytes = len(body)
                if not room.carry(n_bytes):
                    n_bytes = 0
                    raise _busy("the server has as many bytes inside as it takes")
            scope.setdefault("state", {}).update(caller=caller, project=project)
            with acting(caller.acting if caller is not None and found is not None else None):
                await self._inner(scope, _replay(body, receive), answer.send)
        finally:
            self._service.served.leave(project)
            room.leave(n_bytes)

    async def _admitted(self, scope: Scope, found: Found | None) -> Caller | None:
        headers = Headers(scope=scope)
        self._require_own_name(headers)
        if found is not None and found.entry.about is About.NOBODY:
            self._require_rate(f"open {_address(scope)}")
            _require_same_origin(scope, headers)
            self._require_known_query(scope, found.entry)
            return None
        caller = await self._caller(scope, headers)
        noted(person=caller.person, token=caller.source)
        self._require_rate(caller.source)
        try:
            self._require_no_forgery(caller, scope, headers)
            if found is not None:
                _require_allowed(caller, found.entry, found.work)
        except RemitError as error:
            await self._refused(scope, caller.source, caller.name, str(error))
            raise
        if found is not None:
            self._require_known_query(scope, found.entry)
        return caller

    async def _caller(self, scope: Scope, headers: Headers) -> Caller:
        address = _address(scope)
        try:
            return await self._recognized(headers, address)
        except NotAllowed as error:
            self._service.guesses.wait_s(address)
            await self._refused(scope, address, address, str(error))
            raise Refusal(401, error, {"WWW-Authenticate": 'Bearer realm="remit"'}) from None

    async def _recognized(self, headers: Headers, address: str) -> Caller:
        callers = self._service.callers
        given, cookie = headers.get("authorization"), _cookie(headers)
        if given is not None:
            scheme, _, secret = given.partition(" ")
            if scheme.lower() != "bearer" or not secret.strip():
                raise NotAllowed("this is no bearer token", expected="Authorization: Bearer TOKEN")
            secret = secret.strip()
            if callers.is_known(secret):
                return callers.by_token(secret)
            self._require_guesses(address)
            return await to_thread.run_sync(callers.by_token, secret)
        if cookie is not None:
            return await to_thread.run_sync(callers.by_cookie, cookie)
        own = await to_thread.run_sync(callers.on_own_machine, headers.get("x-remit-by"))
        if own is None:
            raise NotAllowed(
                "nobody comes in without a token",
                expected="Authorization: Bearer TOKEN, or a session",
                found="neither",
                mend="`remit token make PERSON` makes one",
            )
        return own

    async def _refused(self, scope: Scope, source: str, who: str, why: str) -> None:
        what = f"{scope['method']} {scope['path']}"
        refusals = self._service.refusals
        await to_thread.run_sync(lambda: refusals.record(source=source, who=who, what=what, why=why))

    def _require_own_name(self, headers: Headers) -> None:
        """Refuse a host name that is not this machine's: a page elsewhere may have its name point here."""
        if not self._service.own_machine:
            return
        name = urlsplit(f"//{headers.get('host', '')}").hostname
        if name not in _OWN_NAMES:
            raise Refusal(
                421,
                NotAllowed(
                    "this server answers to the names of this machine only",
                    expected="one of " + ", ".join(_OWN_NAMES),
                    found=str(name)[:100],
                    mend="open it as http://127.0.0.1",
                ),
            )

    def _require_rate(self, source: str) -> None:
        if wait := self._service.requests.wait_s(source):
            raise _too_many(wait, "these are more requests than one caller may send")

    def _require_guesses(self, address: str) -> None:
        if self._service.guesses.is_empty(address):
            raise _too_many(1, "too many tokens from here were refused")

    def _require_no_forgery(self, caller: Caller, scope: Scope, headers: Headers) -> None:
        """A change that comes by what a browser sends by itself has to show that its page asked for it."""
        if caller.way is Way.TOKEN:
            return
        _require_same_origin(scope, headers)
        if caller.csrf is None or scope["method"] not in _CHANGES:
            return
        if not hmac.compare_digest(headers.get(CSRF_HEADER, "").encode(), caller.csrf.encode()):
            raise NotAllowed(
                "a change by a session needs its X-CSRF-Token",
                expected="the `csrf` that logging in gave",
                found="another one" if CSRF_HEADER in headers else "none",
                mend="send it as X-CSRF-Token; GET /v1/session says it",
            )

    def _require_known_query(self, scope: Scope, entry: Entry) -> None:
        """Refuse what nobody reads: a filter with a slip in it would seem to have filtered."""
        known = self._queries[entry.method, entry.path]
        try:
            given = parse_qsl(scope["query_string"].decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_NAMES)
        except ValueError:
            raise RequestInvalid("this query can't be read", expected=f"at most {_MOST_NAMES} names, ASCII") from None
        names = [name for name, _ in given]
        for name in names:
            if name not in known:
                close = did_you_mean(name, known)
                raise RequestInvalid(
                    f"there is no `{name[:60]}` in the query of this route",
                    where=Location(path=name[:60] or None),
                    expected="one of " + ", ".join(sorted(known)) if known else "no query",
                    mend=f"did you mean `{close}`?" if close else "leave it out",
                )
            if names.count(name) > 1:
                raise RequestInvalid(
                    f"the query has `{name}` more than once",
                    where=Location(path=name),
                    expected="each name once",
                    mend="send one of them",
                )

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        headers = Headers(scope=scope)
        limit = self._service.limits.body_bytes
        told = headers.get("content-length", "")
        if told.isdigit() and int(told) > limit:
            raise _too_large(limit)
        try:
            async with asyncio.timeout(self._service.limits.body_s):
                body = await _read(receive, limit)
        except TimeoutError:
            raise Refusal(
                408, RequestInvalid("the request did not arrive in time", expected=f"{self._service.limits.body_s:g} s")
            ) from None
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if body and kind != "application/json":
            raise Refusal(
                415,
                RequestInvalid(
                    "requests are JSON", expected="Content-Type: application/json", found=kind[:100] or "none"
                ),
            )
        return body


def _require_allowed(caller: Caller, entry: Entry, work: str | None) -> None:
    """Hold a caller against the table.

    Raises:
        NotAllowed: their roles, or the work they may ask about, do not reach so far.
    """
    if not caller.roles & entry.roles:
        raise NotAllowed(
            f"{caller.name} may not do this",
            expected=" or ".join(sorted(entry.roles)),
            found=", ".join(sorted(caller.roles)) or "no role of access",
            mend="ask somebody with that role, or make a token that has it",
        )
    if caller.work is None:
        return
    if entry.about is About.EVERYTHING or (entry.about is About.WORK and work != caller.work):
        raise NotAllowed(
            f"this token is for `{caller.work}` only",
            expected=caller.work,
            found=work if work is not None else "every work",
            mend="make a token for it: `remit token make`",
        )


def _require_same_origin(scope: Scope, headers: Headers) -> None:
    """Refuse a change that a page of another origin asks for.

    Raises:
        NotAllowed: it does.
    """
    if scope["method"] not in _CHANGES:
        return
    origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
    other = origin is not None and urlsplit(origin).netloc != headers.get("host")
    if other or site not in ("none", "same-origin"):
        raise NotAllowed("another site asks for this change", found=(origin or site)[:100])


async def _read(receive: Receive, limit: int) -> bytes:
    parts: list[bytes] = []
    n = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(400, RequestInvalid("the caller went away"))
        part = message.get("body", b"")
        n += len(part)
        if n > limit:
            raise _too_large(limit)
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _has_body(headers: Headers) -> bool:
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def _cookie(headers: Headers) -> str | None:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return None if found is None else found.value


def _address(scope: Scope) -> str:
    client: Sequence[object] | None = scope.get("client")
    return str(client[0]) if client else "unknown"


def _too_large(limit: int) -> Refusal:
    error = RequestInvalid(
        "the request is too large",
        where=Location(),
        expected=f"at most {limit:,} bytes",
        mend="send one item at a time",
    )
    return Refusal(413, error)


def _too_many(wait_s: int, why: str) -> Refusal:
    return Refusal(429, RunInProgress(why, mend=f"come again in {wait_s} s"), {"Retry-After": str(wait_s)})


def _busy(why: str) -> Refusal:
    return Refusal(503, RunInProgress(why, mend="come again in 1 s"), {"Retry-After": "1"})


class _Answer:
    """The way back: headers that go with every answer, counted, and at most one answer."""

    def __init__(self, send: Send, service: Service, method: str, watched: Watched) -> None:
        self._send = send
        self._service = service
        self._method = method
        self._watched = watched
        self._begun = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._begun = True
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            headers[REQUEST_ID] = self._watched.id
            self._watched.status = message["status"]
            self._service.metrics.answered(self._method, message["status"])
        await self._send(message)

    async def problem(
        self, scope: Scope, error: RemitError, *, status: int | None = None, headers: dict[str, str] | None = None
    ) -> None:
        if self._begun:  # what was begun can't be taken back
            return
        root = self._service.project.root
        response = problem_response(error, root=root, status=status, headers=headers)
        await response(scope, _nothing, self.send)


async def _nothing() -> Message:
    return {"type": "http.disconnect"}
