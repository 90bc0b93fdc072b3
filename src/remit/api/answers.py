"""What endpoints take from a request and give back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.responses import Response

from remit.api.callers import Caller
from remit.api.problems import Refusal
from remit.api.service import Service
from remit.errors import Conflict
from remit.project import Project
from remit.report.documents import document_text

__all__ = ["Calling", "Opened", "Serving", "answered", "expected_version"]


async def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


async def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


async def _project(request: Request) -> Project:
    project: Project = request.state.project
    return project


Calling = Annotated[Caller, Depends(_caller)]
"""Who calls; the guard let them in."""

Serving = Annotated[Service, Depends(_service)]
Opened = Annotated[Project, Depends(_project)]


def answered(document: Mapping[str, Any], *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A document as a response."""
    return Response(
        document_text(document, indent=None),
        status_code=status,
        media_type="application/json",
        headers=dict(headers or {}),
    )


def expected_version(given: str | None, version: int) -> int | None:
    """The version that `If-Match` names, which is to be changed and no other; None where it names none.

    Raises:
        Refusal: it names another one than there is now.
    """
    if given is None or given.strip() == "*":
        return None
    named = [one.strip().removeprefix("W/").strip('"') for one in given.split(",")]
    if str(version) in named:
        return version
    raise Refusal(
        412,
        Conflict(
            "this is not as it was when you looked",
            expected=f'"{version}"',
            found=given[:100],
            mend="read it again, then decide anew",
        ),
    )
