"""What comes back: a document, or the error that the server raised."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from remit.client.calls import Document
from remit.errors import Location, OutsideError, Problem, RemitError, all_errors

if TYPE_CHECKING:
    import httpx2

__all__ = [
    "AGAIN",
    "POLL_S",
    "TRIES",
    "document_of",
    "headers_of",
    "httpx_library",
    "nobody_decided",
    "not_reached",
    "pause_s",
    "review_of",
]

TRIES = 4
AGAIN = frozenset({429, 502, 503, 504})
_LONGEST_WAIT_S = 30.0
POLL_S = 5.0


def httpx_library() -> Any:
    """The library that speaks HTTP; loaded where a client is made."""
    try:
        import httpx2
    except ModuleNotFoundError as error:
        raise OutsideError("httpx2 is not installed", mend="install Remit with its client: remit[client]") from error
    return httpx2


def headers_of(token: str | None) -> dict[str, str]:
    """What goes with every request."""
    return {} if token is None else {"Authorization": f"Bearer {token}"}


def pause_s(n: int, told: str | None) -> float:
    """How long to wait after the ``n``-th try: as long as the server says, else twice as long each time."""
    if told is not None and told.isdigit():
        return min(float(told), _LONGEST_WAIT_S)
    return min(0.1 * math.pow(2, n - 1), _LONGEST_WAIT_S)


def document_of(response: httpx2.Response) -> Document:
    """The document of an answer; raises the error that the server raised."""
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


def review_of(said: Document) -> Document:
    """The review in a document."""
    review: Document = said["review"]
    return review


def not_reached(error: Exception) -> OutsideError:
    """That there is no server."""
    return OutsideError(
        f"the server can't be reached: {error}", expected="a running `remit serve`", mend="look at its address and log"
    )


def nobody_decided(decision_id: str, timeout_s: float) -> OutsideError:
    """That a decision still waits."""
    return OutsideError(
        f"nobody decided {decision_id} within {timeout_s:g} s",
        mend="ask again later: the decision is recorded and the review waits",
    )
