"""What an executor that asks somebody outside takes along and brings back, whichever thread it answers in.

An executor that speaks HTTP sends :func:`outgoing_headers` with its request, so that a trace goes on at the other end.
One that calls a language model says so by :func:`note_call`.  Neither knows who watches, or whether anybody does: where
nobody does, there are no headers and nothing is kept.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

__all__ = ["ModelCall", "NotedCall", "Outside", "current_outside", "going_outside", "note_call", "outgoing_headers"]

MOST_CALLS = 100
"""How many calls of one answer are kept; an agent may make many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCall:
    """One call of a language model: who was asked and how much went to and fro, nothing of what was said.

    ``operation`` and ``provider`` are words of OpenTelemetry's GenAI conventions (``chat``, ``openai``, ``anthropic``);
    ``model`` is what was asked for, ``answered_by`` what answered.  ``n_input`` and ``n_output`` are tokens.
    ``seconds`` is how long it took.  ``fault`` is the class of the error, None where it answered.  Elsewhere None
    means that nobody knows.
    """

    provider: str
    model: str
    operation: str = "chat"
    answered_by: str | None = None
    answer_id: str | None = None
    finish_reasons: tuple[str, ...] = ()
    n_input: int | None = None
    n_output: int | None = None
    seconds: float = 0.0
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedCall:
    """A call, and when it was over: nanoseconds since 1970."""

    call: ModelCall
    ended: int


@dataclass(slots=True, kw_only=True)
class Outside:
    """What goes along with one answer, and what was noted on its way."""

    headers: Mapping[str, str] = field(default_factory=dict)
    calls: list[NotedCall] = field(default_factory=list)


_outside: ContextVar[Outside | None] = ContextVar("outside", default=None)


def current_outside() -> Outside | None:
    """What goes along with the answer that is being given in this context; None where nobody watches."""
    return _outside.get()


@contextmanager
def going_outside(outside: Outside) -> Iterator[None]:
    """Let ``outside`` go along with whatever answers within the block, in this context."""
    token = _outside.set(outside)
    try:
        yield
    finally:
        _outside.reset(token)


def outgoing_headers() -> Mapping[str, str]:
    """Headers to send with a request of an executor, so that it belongs to the item's trace; empty where none is."""
    outside = _outside.get()
    return {} if outside is None else outside.headers


def note_call(call: ModelCall) -> None:
    """Say that a language model was called, as soon as the call is over."""
    outside = _outside.get()
    if outside is not None and len(outside.calls) < MOST_CALLS:
        outside.calls.append(NotedCall(call=call, ended=time.time_ns()))
