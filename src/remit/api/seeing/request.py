"""What is seen of one request: its id, one line in the log, one span, and how long it took."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.datastructures import Headers

from remit.project.logs import Plain, noting, say_with
from remit.project.telemetry import Kind

if TYPE_CHECKING:
    from starlette.types import Scope

    from remit.api.service import Service
    from remit.api.table import Found

__all__ = ["REQUEST_ID", "Watched", "watching"]

REQUEST_ID = "x-request-id"
_USABLE_ID = re.compile(r"[0-9A-Za-z-]{8,64}")  # no underscore: a token, sent here by mistake, is not one
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_QUIET = ("/healthz", "/readyz", "/metrics")
_REFUSED = (401, 403, 408, 413, 421, 429, 503)


@dataclass(slots=True, kw_only=True)
class Watched:
    """One request: ``id`` goes back with the answer, ``status`` is None until the answer begins."""

    id: str
    status: int | None = None


@contextmanager
def watching(service: Service, scope: Scope, found: Found | None) -> Iterator[Watched]:
    """Watch one request, whatever becomes of it."""
    project = service.project
    clock, telemetry = project.ambient.monotonic, project.ambient.telemetry
    headers = Headers(scope=scope)
    given = headers.get(REQUEST_ID, "")
    watched = Watched(id=given if _USABLE_ID.fullmatch(given) else project.ambient.new_id())
    method = scope["method"] if scope["method"] in _METHODS else "other"
    route = None if found is None else found.entry.path
    began = clock()
    by = {"http.request.method": "_OTHER" if method == "other" else method, "http.route": route}
    name = method if route is None else f"{method} {route}"
    carrier = {one: headers[one] for one in ("traceparent", "tracestate") if one in headers}
    span = telemetry.span(name, {**by, "remit.request.id": watched.id}, kind=Kind.SERVER, carrier=carrier)
    with noting() as notes, span as seeing:
        try:
            yield watched
        finally:
            seconds = clock() - began
            seeing.note({"http.response.status_code": watched.status})
            if watched.status is None or watched.status >= 500:
                seeing.fail(str(watched.status))
            telemetry.measure(
                "http.server.request.duration", seconds, {**by, "http.response.status_code": watched.status}
            )
            said: dict[str, Plain] = {
                "request": watched.id,
                "method": method,
                "route": route,
                "status": watched.status,
                "seconds": seconds,
                "trace": seeing.trace_id,
            }
            say_with("request", said | notes, level=_level(route, watched.status))


def _level(route: str | None, status: int | None) -> int:
    if status in _REFUSED:
        return logging.WARNING
    if status is None or status >= 500:
        return logging.ERROR
    return logging.DEBUG if route in _QUIET else logging.INFO
