"""Calls that brought nothing, in our own words: what a service wrote is never repeated."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from remit.executors.perform.call_failed import CallFailed
from remit.items import FaultKind
from remit.wire.retry_after import seconds_asked

if TYPE_CHECKING:
    import httpx2

__all__ = ["failure_of", "refuse_status"]

_LATER: Final = frozenset({408, 425, 429, 502, 503, 504})
_NOT_CHARGED: Final = frozenset({401, 403, 407, 429, 503})
_KEY: Final = frozenset({401, 403, 407})
_NOTHING_THERE: Final = frozenset({404, 405, 410, 501})
_MAX_CAUSES: Final = 20


def refuse_status(status: int, retry_after: str | None, *, now: datetime) -> None:
    """Refuse a status that is none of success.

    What may pass (408, 425, 429, 502, 503, 504) may be tried again, not before the service says.  Where the service
    could not be asked at all (no such address, a key that is not taken, a redirect) a proof may ask again; where it
    refused the item, or failed over it, that is its answer.

    Raises:
        CallFailed: always, but for 200 to 299.
    """
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    said = f"the service answered with HTTP {status}"
    charged = status not in _NOT_CHARGED
    if status in _LATER:
        asked_s = seconds_asked(retry_after, now=now)
        when = "" if asked_s is None else f", and asks to be left alone for {asked_s:,.0f} s"
        raise CallFailed(f"{said}{when}", again=True, after_s=asked_s, charged=charged)
    if status in _KEY:
        raise CallFailed(f"{said}: it does not let us in", charged=charged)
    if status in _NOTHING_THERE:
        raise CallFailed(f"{said}: nothing can be asked at this address", charged=charged)
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        raise CallFailed(f"{said}: it refused the item", kind=FaultKind.ERROR, absent=False)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise CallFailed(f"{said}: it failed", kind=FaultKind.ERROR, absent=True)
    raise CallFailed(f"{said}: redirects are not followed", charged=charged)


def failure_of(error: httpx2.HTTPError) -> CallFailed:
    """What a call that broke comes to."""
    import httpx2

    causes = tuple(_causes(error))
    untrusted = next((one for one in causes if isinstance(one, ssl.SSLCertVerificationError)), None)
    if untrusted is not None:
        return CallFailed(f"its certificate can't be trusted: {untrusted.verify_message}", charged=False)
    if any(isinstance(one, ssl.SSLError) for one in causes):
        return CallFailed("TLS could not be agreed on, or broke", charged=False)
    if isinstance(error, httpx2.ConnectTimeout):
        return CallFailed("no connection came about in time", again=True, charged=False)
    if isinstance(error, httpx2.ConnectError):
        why = next((one.strerror for one in causes if isinstance(one, OSError) and one.strerror), "it was refused")
        return CallFailed(f"no connection: {why}", again=True, charged=False)
    if isinstance(error, httpx2.TimeoutException):
        return CallFailed("the service did not go on in time", kind=FaultKind.TIMEOUT)
    if isinstance(error, httpx2.RemoteProtocolError):
        return CallFailed("the connection broke off, or the answer is no HTTP", again=True)
    if isinstance(error, httpx2.NetworkError):
        return CallFailed("the connection broke off", again=True)
    return CallFailed(f"the call could not be made ({type(error).__name__})", kind=FaultKind.ERROR)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An exception with all that it came from."""
    coming: list[BaseException] = [error]
    for _ in range(_MAX_CAUSES):
        if not coming:
            return
        one = coming.pop(0)
        yield one
        coming.extend(cause for cause in (one.__cause__, one.__context__) if cause is not None)
        if isinstance(one, BaseExceptionGroup):
            coming.extend(one.exceptions)
