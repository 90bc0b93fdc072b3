"""What follows from a call to a model that failed: pydantic-ai's errors, as what Remit does about them.

What the service wrote is not repeated: it may hold the item.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from remit.executors.perform.call_failed import CallFailed
from remit.items import FaultKind

__all__ = ["failed", "not_its_protocol"]

_MOST_CAUSES: Final = 10

_unasked = partial(CallFailed, charged=False)
_refused = partial(CallFailed, kind=FaultKind.ERROR, absent=False, charged=False)


def not_its_protocol(text: str) -> CallFailed:
    """Something came that is no reply: the service is there, and talks rubbish."""
    return CallFailed(text, kind=FaultKind.RUBBISH, absent=False)


def failed(error: Exception, *, model: str) -> CallFailed:
    """What follows from ``error``, which a call to ``model`` raised."""
    from pydantic_ai import exceptions

    ours = _ours(error)
    if ours is not None:
        return ours
    for name, make in _MEANINGS:
        if isinstance(error, getattr(exceptions, name)):
            return make(error, model)
    known = isinstance(error, exceptions.AgentRunError)
    what = "what came back is no reply of the protocol of the service"
    return not_its_protocol(what if known else f"{what} ({type(error).__name__[:64]})")


def _connection(error: Any, model: str) -> CallFailed:
    del model
    if error.phase in ("pool", "connect"):
        return _unasked("the service could not be reached", again=True)
    return CallFailed("the connection to the service broke", again=True)


_MEANINGS: Final[tuple[tuple[str, Callable[[Any, str], CallFailed]], ...]] = (
    ("ModelRateLimitError", lambda e, _: _unasked("the service asks for fewer calls", again=True, after_s=_after_s(e))),
    ("ModelQuotaExceededError", lambda _, __: _unasked("the account with the service is used up")),
    (
        "ModelUnavailableError",
        lambda e, _: _unasked(f"the service failed{_status(e)}", again=True, after_s=_after_s(e)),
    ),
    ("ModelServerError", lambda e, _: CallFailed(f"the service failed{_status(e)}", again=True, after_s=_after_s(e))),
    (
        "ModelTimeoutError",
        lambda _, __: CallFailed("the service did not answer in time", kind=FaultKind.TIMEOUT, again=True),
    ),
    ("ModelConnectionError", _connection),
    ("ModelAuthenticationError", lambda e, _: _unasked(f"the service refused the key{_status(e)}")),
    ("ModelNotFoundError", lambda e, model: _unasked(f"the service knows no model `{model}`{_status(e)}")),
    ("ModelContextWindowExceededError", lambda _, __: _refused("the item is longer than the model can read")),
    ("ModelRequestRejectedError", lambda e, _: _refused(f"the service refused the request{_status(e)}")),
    ("ModelHTTPError", lambda e, _: _unasked(f"the service failed{_status(e)}")),
)
"""The errors of ``pydantic_ai.exceptions`` with what each means, the more special ones first."""


def _ours(error: BaseException | None) -> CallFailed | None:
    """What a hook of ours raised, however deep a library wrapped it."""
    for _ in range(_MOST_CAUSES):
        if error is None or isinstance(error, CallFailed):
            return error
        error = error.__cause__ or error.__context__
    return None


def _status(error: object) -> str:
    status = getattr(error, "status_code", None)
    return f" (status {status})" if isinstance(status, int) else ""


def _after_s(error: object) -> float | None:
    value = getattr(error, "retry_after", None)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return max(float(value), 0.0)
