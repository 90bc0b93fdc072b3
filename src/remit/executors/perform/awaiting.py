"""Asking an async executor on the event loop of whoever asks: many may wait for it at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from remit.executors.perform.accept import accept
from remit.executors.perform.attempts import FIRST_PAUSE_S, fault_of, is_transient, late
from remit.items import Answer, ExecutorSpec, JsonObject

__all__ = ["awaiting"]


def awaiting(
    ask: Callable[[JsonObject], Coroutine[Any, Any, Answer]],
    spec: ExecutorSpec,
    *,
    clock: Callable[[], float],
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    jitter: Callable[[], float] = lambda: 0.5,
) -> Callable[[JsonObject], Awaitable[Answer]]:
    """The async twin of ``performer``: awaits the executor and never raises, except where the caller is cancelled.

    The deadline of the executor's file holds for the whole of one item, retries and pauses included.

    Args:
        ask: the coroutine function of the executor.
        spec: what its file says.
        clock: seconds, never going back.
        pause: waits some seconds before a retry.
        jitter: a number in [0, 1) that spreads the retries of many callers.
    """
    deadline_s = spec.deadline.total_seconds()

    async def perform(given: JsonObject) -> Answer:
        started = clock()
        retries_left = spec.retries
        pause_s = FIRST_PAUSE_S
        while True:
            limit = asyncio.timeout(deadline_s - (clock() - started))
            try:
                async with limit:
                    answer = await ask(given)
                seconds = clock() - started
                return (
                    late(spec, seconds)
                    if seconds > deadline_s
                    else accept(answer, seconds=seconds, cost=spec.cost_per_item)
                )
            except (Exception, asyncio.CancelledError, SystemExit) as error:
                if isinstance(error, asyncio.CancelledError) and _is_cancelled():
                    raise
                if limit.expired():
                    return late(spec, deadline_s)
                seconds = clock() - started
                this_pause_s = pause_s * (0.5 + jitter())
                if not (retries_left and seconds + this_pause_s < deadline_s and is_transient(error)):
                    return fault_of(error, given, spec, seconds)
            await pause(this_pause_s)
            retries_left -= 1
            pause_s *= 2.0

    return perform


def _is_cancelled() -> bool:
    """Whether the caller is, and not only what it asked."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
