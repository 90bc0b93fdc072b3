"""Sending by HTTP: signed, once a try, never further than the address in the file, and never longer than its time.

Of what comes back only the status and ``Retry-After`` are read: no redirect is followed, no body is read, and nothing
that the receiver writes is kept.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from remit.ledger import json_text
from remit.runtime.delivering.in_time import InTime, too_late
from remit.runtime.delivering.letter import Letter, Tried
from remit.wire.retry_after import seconds_asked
from remit.wire.signature import IDEMPOTENCY_HEADER, SIGNATURE_HEADER, sign

__all__ = ["WebhookAddress", "WebhookSender", "judge_status"]

_LATER = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
_MAY_SAY_WHEN = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAddress:
    """Where a webhook goes, and what proves that it comes from us."""

    url: str
    secret: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class WebhookSender:
    """Sends by HTTP to one address.

    Args:
        name: its name in remit.yaml.
        address: where to, with the secret.
        timeout: how long a try may take, from looking the name up to the status line.
        wants_input: whether the input of the item goes along.
        clock: aware UTC, for the signature and for dates in ``Retry-After``.
        monotonic: seconds that only grow.
        tls: what is trusted; the certificates of the machine where it is left out.
    """

    def __init__(
        self,
        name: str,
        address: WebhookAddress,
        *,
        timeout: timedelta,
        wants_input: bool,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.name = name
        self.timeout = timeout
        self.wants_input = wants_input
        self._address = address
        self._clock = clock
        self._monotonic = monotonic
        self._tls = tls
        self._in_time = InTime(name, timeout=timeout, monotonic=monotonic)

    def send(self, one: Letter) -> Tried:
        """Try once."""
        body = json_text(dict(one.content)).encode("ascii")
        headers = {
            **self._address.headers,
            "Content-Type": "application/json",
            "User-Agent": "remit",
            "Connection": "close",
            IDEMPOTENCY_HEADER: one.id,
            SIGNATURE_HEADER: sign(body, self._address.secret, self._clock()),
        }
        return self._in_time.run(lambda until: self._post(body, headers, lambda: until - self._monotonic()))

    def close(self) -> None:
        """Let go of its threads."""
        self._in_time.close()

    def _post(self, body: bytes, headers: Mapping[str, str], left: Callable[[], float]) -> Tried:
        parts = urlsplit(self._address.url)
        tls = (self._tls or ssl.create_default_context()) if parts.scheme == "https" else None
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection = _Connection(parts.hostname or "", parts.port or (443 if tls else 80), tls=tls, left=left)
        try:
            with closing(connection):
                connection.request("POST", target, body, dict(headers))
                with closing(connection.getresponse()) as response:
                    return judge_status(response.status, response.getheader("Retry-After"), now=self._clock())
        except ssl.SSLCertVerificationError as error:
            return Tried(fault=f"its certificate can't be trusted: {error.verify_message}")
        except ssl.SSLError:
            return Tried(fault="TLS could not be agreed on")
        except TimeoutError:
            return Tried(fault=too_late(self.timeout.total_seconds()))
        except http.client.HTTPException as error:  # what it says may be what the receiver wrote
            return Tried(fault=f"the answer is no HTTP ({type(error).__name__})")
        except OSError as error:
            return Tried(fault=f"no connection: {error.strerror or type(error).__name__}")


def judge_status(status: int, retry_after: str | None, *, now: datetime) -> Tried:
    """What a status means: sent, try again, or never again.

    2xx is sent, and so is 409: the receiver has it already.  408, 425, 429 and 5xx may do better later; 429 and 503
    may say when.  Everything else will not change by itself.
    """
    if 200 <= status < 300 or status == HTTPStatus.CONFLICT:
        return Tried()
    if status in _LATER or 500 <= status < 600:
        asked_s = seconds_asked(retry_after, now=now) if status in _MAY_SAY_WHEN else None
        return Tried(fault=f"HTTP {status}", asked_s=asked_s)
    if 300 <= status < 400:
        return Tried(fault=f"HTTP {status}: redirects are not followed", again=False)
    return Tried(fault=f"HTTP {status}", again=False)


class _Connection(http.client.HTTPConnection):
    """A connection whose time is over at one moment, however slowly the other side trickles."""

    def __init__(self, host: str, port: int, *, tls: ssl.SSLContext | None, left: Callable[[], float]) -> None:
        super().__init__(host, port)
        self._with_tls = tls
        self._left = left

    def connect(self) -> None:
        plain = socket.create_connection((self.host, self.port), timeout=_some(self._left))
        try:
            if self._with_tls is not None:
                plain.settimeout(_some(self._left))
                plain = self._with_tls.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise
        self.sock = _Timed(plain, self._left)


class _Timed:
    """As much of a socket as http.client uses, with what is left of the time for every piece."""

    def __init__(self, plain: socket.socket, left: Callable[[], float]) -> None:
        self._plain = plain
        self._left = left

    def sendall(self, content: bytes) -> None:
        rest = memoryview(content)
        while rest:
            self._plain.settimeout(_some(self._left))
            rest = rest[self._plain.send(rest) :]

    def makefile(self, mode: str) -> io.BufferedReader:
        del mode
        return io.BufferedReader(_Pieces(self._plain, self._left))

    def close(self) -> None:
        self._plain.close()


class _Pieces(io.RawIOBase):
    """What comes in, piece by piece, while there is time."""

    def __init__(self, plain: socket.socket, left: Callable[[], float]) -> None:
        self._plain = plain
        self._left = left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._plain.settimeout(_some(self._left))
        return self._plain.recv_into(buffer)


def _some(left: Callable[[], float]) -> float:
    seconds = left()
    if seconds <= 0.0:
        raise TimeoutError
    return seconds
