"""Sessions of people: logging in with a token, who one is, logging out."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from starlette.responses import Response

from remit.api.answers import Calling, Serving, answered
from remit.api.callers import Caller, Way
from remit.api.guard import COOKIE
from remit.api.problems import Refusal
from remit.api.shapes import LoggingIn
from remit.errors import NotAllowed, RunInProgress
from remit.project.serving.sessions import LASTS
from remit.report.documents import plain, versioned

__all__ = ["log_in", "log_out", "who"]


def log_in(body: LoggingIn, request: Request, service: Serving) -> Response:
    """Open a session with a token: a signed cookie that no script reads, for 12 hours."""
    address = request.client.host if request.client is not None else "unknown"
    if service.guesses.is_empty(address):
        raise Refusal(429, RunInProgress("too many tokens from here were refused"), {"Retry-After": "1"})
    try:
        opened = service.callers.log_in(body.token)
    except NotAllowed as error:
        service.guesses.wait_s(address)
        service.refusals.record(source=address, who=address, what="POST /v1/session", why=str(error))
        raise Refusal(401, error, {"WWW-Authenticate": 'Bearer realm="remit"'}) from None
    response = answered(_shown(opened.caller))
    response.set_cookie(
        COOKIE,
        opened.cookie,
        max_age=int(LASTS.total_seconds()),
        path="/",
        secure=not service.own_machine,
        httponly=True,
        samesite="strict",
    )
    return response


async def who(caller: Calling) -> Response:
    """Who you are here, and what goes into X-CSRF-Token."""
    return answered(_shown(caller))


def log_out(request: Request, service: Serving, caller: Calling) -> Response:
    """End the session, on every server of the store."""
    if caller.way is Way.SESSION and (cookie := request.cookies.get(COOKIE)) is not None:
        service.callers.log_out(cookie)
    response = answered(versioned("session", {"ended": True}))
    response.delete_cookie(COOKIE, path="/", secure=not service.own_machine, httponly=True, samesite="strict")
    return response


def _shown(caller: Caller) -> dict[str, Any]:
    return versioned(
        "session",
        {
            "person": caller.person,
            "roles": sorted(caller.roles),
            "work": caller.work,
            "csrf": caller.csrf,
            "ends_at": plain(caller.ends_at),
        },
    )
