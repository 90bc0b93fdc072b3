"""A service as an executor: one request for each item, signed, once a try, never further than the address in its file.

Of the machine's environment nothing is taken that could change where a request goes: no proxies, no ``.netrc``, no
cookies, no redirects.  The address stands in the executor file, in the digest, and is never made from an item.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import weakref
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from remit.errors import ExecutorInvalid
from remit.executors.http.answers import answer_of, body_of
from remit.executors.http.failures import failure_of, refuse_status
from remit.executors.http.protection import tls_context
from remit.executors.http.settings import BEARER, HttpSettings, http_digest, read_http
from remit.executors.perform.call_loop import call_loop
from remit.executors.perform.outside import outgoing_headers
from remit.executors.remote.keys import Key, read_key
from remit.executors.remote.limits import limited
from remit.executors.remote.surroundings import Surroundings
from remit.items import Answer, ExecutorSpec, JsonObject
from remit.wire.signature import IDEMPOTENCY_HEADER, SIGNATURE_HEADER, sign

if TYPE_CHECKING:
    import httpx2

    from remit.executors.perform.turns import Turns

__all__ = ["HttpExecutor", "load_http"]

_CONNECT_S: Final = 10.0
_GRACE_S: Final = 5.0
_IDLE_S: Final = 30.0
_LEAST_SECRET: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class _Service:
    """Where the service is, and what proves that it is us; keys show themselves to nobody."""

    url: str
    headers: Mapping[str, str]
    key: Key | None
    key_as: str
    secret: Key | None
    tls: ssl.SSLContext | None = field(repr=False)
    now: Callable[[], datetime] = field(repr=False)
    new_id: Callable[[], str] = field(repr=False)

    def headers_for(self, body: bytes, id_: str) -> dict[str, str]:
        """All headers of one request."""
        found = {
            **outgoing_headers(),
            **self.headers,
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
            "User-Agent": "remit",
            IDEMPOTENCY_HEADER: id_,
        }
        if self.key is not None:
            name, value = (
                ("Authorization", f"Bearer {self.key.reveal()}")
                if self.key_as == BEARER
                else (self.key_as, self.key.reveal())
            )
            found[name] = value
        if self.secret is not None:
            found[SIGNATURE_HEADER] = sign(body, self.secret.reveal().encode(), self.now())
        return found


class _Connections:
    """The pooled connections to one service; made and closed on the call loop."""

    __slots__ = ("_client", "_most", "_tls")

    def __init__(self, tls: ssl.SSLContext | None, *, most: int) -> None:
        self._tls = tls
        self._most = most
        self._client: httpx2.AsyncClient | None = None

    def client(self) -> httpx2.AsyncClient:
        if self._client is None:
            import httpx2

            self._client = httpx2.AsyncClient(
                verify=True if self._tls is None else self._tls,
                trust_env=False,
                follow_redirects=False,
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                limits=httpx2.Limits(
                    max_connections=self._most, max_keepalive_connections=self._most, keepalive_expiry=_IDLE_S
                ),
            )
        return self._client

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def leave(self) -> None:
        """Close them some time soon: nobody uses them any more."""
        if self._client is not None:
            with suppress(RuntimeError):  # the loop ended before
                call_loop().submit(self.close())


class HttpExecutor:
    """One service. Asked by ``remit.executors.perform``, with its deadline, retries, limits and breaker."""

    __slots__ = ("__weakref__", "_connections", "_service", "at_a_time", "digest", "gives_confidence", "spec", "turns")

    def __init__(self, spec: ExecutorSpec, service: _Service, *, digest: str, at_a_time: int, turns: Turns) -> None:
        self.spec = spec
        self.digest = digest
        self.gives_confidence = spec.confidence not in (None, "none")
        self.at_a_time = at_a_time
        self.turns = turns
        self._service = service
        self._connections = _Connections(service.tls, most=at_a_time)
        weakref.finalize(self, self._connections.leave).atexit = False

    def answer(self, given: JsonObject) -> Answer:
        """Ask once, without retries and limits; raises ``CallFailed`` where no answer comes."""
        deadline_s = self.spec.deadline.total_seconds()

        async def once() -> Answer:
            async with asyncio.timeout(deadline_s):
                return await self.begin(given)(deadline_s)

        return call_loop().submit(once()).result()

    def begin(self, given: JsonObject) -> Callable[[float], Awaitable[Answer]]:
        """Make one item ready: its body, and the id by which a service knows a retry from another item."""
        content = {"work": self.spec.work, "input": given}
        body = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=dict).encode()
        id_ = self._service.new_id()

        async def attempt(left_s: float) -> Answer:
            return await self._ask(body, id_, left_s)

        return attempt

    async def _ask(self, body: bytes, id_: str, left_s: float) -> Answer:
        import httpx2

        service = self._service
        timeout = httpx2.Timeout(left_s + _GRACE_S, connect=_CONNECT_S)  # the deadline is held outside
        try:
            async with self._connections.client().stream(
                "POST", service.url, content=body, headers=service.headers_for(body, id_), timeout=timeout
            ) as response:
                refuse_status(response.status_code, response.headers.get("retry-after"), now=service.now())
                return answer_of(await body_of(response), response.headers, self.spec)
        except httpx2.HTTPError as error:
            raise failure_of(error) from None  # the request, with its headers, goes no further

    async def close(self) -> None:
        """Let the connections go; a later call makes new ones."""
        await self._connections.close()


def load_http(spec: ExecutorSpec, *, root: Path, surroundings: Surroundings | None) -> HttpExecutor:
    """The executor that an executor file of kind ``http`` describes, with its keys as they are now.

    Raises:
        ExecutorInvalid: its settings are wrong, a key is not set, a certificate can't be used, or the library for
            calls is not installed.
    """
    settings = read_http(spec)
    if surroundings is None:
        raise ExecutorInvalid(
            "an executor that calls a service is loaded by its project",
            expected="the surroundings of a project",
            found="none",
            mend="use Project.open(...).work(...).executor(name)",
        )
    if find_spec("httpx2") is None:
        raise ExecutorInvalid(
            "calls to services need httpx2, which is not installed",
            expected="the extra `client`",
            found="not installed",
            mend="pip install 'remit[client]'",
        )
    return HttpExecutor(
        spec,
        _service(spec, settings, root=root, of=surroundings),
        digest=http_digest(spec),
        at_a_time=settings.limits.at_a_time,
        turns=limited(spec, settings.limits, surroundings),
    )


def _service(spec: ExecutorSpec, settings: HttpSettings, *, root: Path, of: Surroundings) -> _Service:
    key = secret = tls = None
    if settings.key_from is not None:
        key = read_key(spec, settings.key_from, path="settings.key_from", setting=of.setting)
    if settings.sign_with_from is not None:
        secret = read_key(
            spec,
            settings.sign_with_from,
            path="settings.sign_with_from",
            setting=of.setting,
            at_least=_LEAST_SECRET,
        )
    if settings.url.startswith("https:"):
        tls = tls_context(spec, settings.tls, root=root, setting=of.setting)
    return _Service(
        url=settings.url,
        headers=dict(settings.headers),
        key=key,
        key_as=settings.key_as or BEARER,
        secret=secret,
        tls=tls,
        now=of.now,
        new_id=of.new_id,
    )
