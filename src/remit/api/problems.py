"""Errors over HTTP: ``application/problem+json`` (RFC 9457) with the codes and the fields of every other door."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.responses import Response

from remit.api.refusing.wording import for_http
from remit.errors import (
    Conflict,
    InvalidInput,
    LedgerBroken,
    NotAllowed,
    NotEnough,
    NotFound,
    OutsideError,
    Problem,
    RemitError,
    StoreError,
    UsageError,
)
from remit.project.logs import noted
from remit.report.documents import document_text, plain

__all__ = ["MEDIA_TYPE", "Refusal", "problem_response", "status_of"]

MEDIA_TYPE = "application/problem+json"
_MOST_PROBLEMS = 50

# The first class that fits counts.
_STATUS: tuple[tuple[type[RemitError], int], ...] = (
    (UsageError, 400),
    (InvalidInput, 422),
    (NotEnough, 409),
    (NotFound, 404),
    (Conflict, 409),
    (LedgerBroken, 500),
    (StoreError, 503),
    (OutsideError, 502),
    (NotAllowed, 403),
)


class Refusal(Exception):
    """An error with a status of its own, and headers that go with it."""

    def __init__(self, status: int, error: RemitError, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(str(error))
        self.status = status
        self.error = error
        self.headers = dict(headers or {})


def status_of(error: RemitError) -> int:
    """The status that goes with an error."""
    return next((status for cls, status in _STATUS if isinstance(error, cls)), 500)


def problem_response(
    error: RemitError, *, root: Path, status: int | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """An error as a response; files are named as the project sees them.

    Args:
        error: what is wrong.
        root: the folder of the project.
        status: another one than the class of the error has.
        headers: that go with it.
    """
    noted(code=error.code)
    code = status_of(error) if status is None else status
    more = {"Retry-After": "1"} if code == 503 else {}
    body = {
        "type": f"urn:remit:error:{error.code}",
        "title": (type(error).__doc__ or "").split("\n", 1)[0],
        "status": code,
        "detail": str(error),
        "code": error.code,
        "error": type(error).__name__,
        "problems": [_shown(one, error, root) for one in error.problems[:_MOST_PROBLEMS]],
    }
    return Response(
        document_text(body, indent=None), status_code=code, media_type=MEDIA_TYPE, headers={**more, **(headers or {})}
    )


def _shown(problem: Problem, error: RemitError, root: Path) -> dict[str, Any]:
    where = plain(problem.where)
    if problem.where.file is not None:
        where["file"] = _in_project(problem.where.file, root)
    return {
        "code": problem.code or error.code,
        "message": problem.message,
        "where": where,
        "expected": for_http(problem.expected),
        "found": problem.found,
        "mend": for_http(problem.mend),
    }


def _in_project(file: str, root: Path) -> str:
    """A file as the project names it: where the machine keeps it is nobody's business."""
    path = Path(file)
    if not path.is_absolute():
        return file
    return str(path.relative_to(root)) if path.is_relative_to(root) else path.name
