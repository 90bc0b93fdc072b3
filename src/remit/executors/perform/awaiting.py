"""Asking an async executor on the event loop of whoever asks: many may wait for it at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from math import inf
from typing import Any

from remit.executors.perform.accept import accept, no_answer
from remit.executors.perform.attempts import FIRST_PAUSE_S, fault_of, is_transient, late
from remit.executors.perform.breaker import LEFT_ALONE, Breaker
from remit.executors.perform.call_failed import CallFailed, HeldBack
from remit.executors.perform.turns import Turns
from remit.items import Answer, ExecutorSpec, FaultKind, JsonObject

__all__ = ["Attempt", "Awaiting", "awaiting"]

_SHARE_TO_WAIT = 0.5
"""How much of what is left of its deadline an item may wait for its turn: the rest is for the call."""

_LONGEST_REST_S = 600.0
"""For how long a proof leaves a service alone that asks for it: that is no time of the executor."""

Attempt = Callable[[float], Awaitable[Answer]]
"""Asks once about one item, with so many seconds left; called again for every retry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaiting:
    """Awaits one executor and never raises, except where the caller is cancelled or the store fails.

    The deadline of the executor's file holds for the whole of one item, retries and pauses included.

    ``begin`` makes one item ready to be asked about.  ``spec`` is what the executor's file says.  ``clock`` gives
    seconds that never go back, ``pause`` waits some before a retry, ``jitter`` is a number in [0, 1) that spreads the
    retries of many callers.  ``breaker`` leaves an executor alone that is not there; None, as in proofs, asks it every
    time.  ``turns`` are the limits on calls: an item waits for its turn at most half of what is left of its deadline,
    or, where it is ``patient``, until it comes.  Then neither that wait nor one that the service asks for before a
    retry counts as its time or against its deadline.
    """

    begin: Callable[[JsonObject], Attempt]
    spec: ExecutorSpec
    clock: Callable[[], float]
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    jitter: Callable[[], float] = lambda: 0.5
    breaker: Breaker | None = None
    turns: Turns | None = None
    patient: bool = False

    async def __call__(self, given: JsonObject, within_s: float = inf) -> Answer:
        """Answer one input, within ``within_s`` seconds where the deadline is later.

        Raises:
            SpendingReached: it is patient, and what may be spent is spent.
            StoreError: what is spent can't be recorded.
        """
        if self.breaker is not None and not self.breaker.admits():
            return no_answer(FaultKind.UNAVAILABLE, LEFT_ALONE)
        item = _Item(self, given, within_s)
        answer = await item.answer()
        if self.breaker is not None:
            failed = item.failed
            if failed is None:
                self.breaker.note(answer)
            elif failed.absent is not None:
                self.breaker.learn(absent=failed.absent)
        return answer


def awaiting(
    ask: Callable[[JsonObject], Coroutine[Any, Any, Answer]],
    spec: ExecutorSpec,
    *,
    clock: Callable[[], float],
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    jitter: Callable[[], float] = lambda: 0.5,
    breaker: Breaker | None = None,
) -> Awaiting:
    """The async twin of ``performer``, for a coroutine function; see :class:`Awaiting`."""

    def begin(given: JsonObject) -> Attempt:
        def attempt(left_s: float) -> Awaitable[Answer]:
            del left_s  # its coroutine is cancelled then, and needs no telling
            return ask(given)

        return attempt

    return Awaiting(begin=begin, spec=spec, clock=clock, pause=pause, jitter=jitter, breaker=breaker)


class _Item:
    """One item on its way: what is left of its deadline and of its retries, and the failure it ended with."""

    __slots__ = ("_attempt", "_by", "_deadline_s", "_given", "_started", "failed")

    def __init__(self, by: Awaiting, given: JsonObject, within_s: float) -> None:
        self._by = by
        self._deadline_s = min(by.spec.deadline.total_seconds(), within_s)
        self._given = given
        self._started = by.clock()
        self._attempt: Attempt | None = None
        self.failed: CallFailed | None = None

    async def answer(self) -> Answer:
        by, spec = self._by, self._by.spec
        deadline_s = self._deadline_s
        retries_left, pause_s = spec.retries, FIRST_PAUSE_S
        while True:
            limit = asyncio.timeout(None)
            try:
                answer = await self._once(limit, deadline_s)
                seconds = self._seconds()
                if seconds > deadline_s:
                    return late(spec, seconds, within_s=deadline_s)
                return accept(answer, seconds=seconds, cost=spec.cost_per_item)
            except _Ours as ours:
                raise ours.error from None
            except (Exception, asyncio.CancelledError, SystemExit) as error:
                if isinstance(error, asyncio.CancelledError) and _is_cancelled():
                    raise
                if limit.expired():
                    return late(spec, deadline_s, within_s=deadline_s)
                wait_s = self._wait_s(error, pause_s) if retries_left and is_transient(error) else None
                if wait_s is None:
                    return self._fault(error)
            await by.pause(wait_s)
            retries_left -= 1
            pause_s *= 2.0

    async def _once(self, limit: asyncio.Timeout, deadline_s: float) -> Answer:
        by = self._by
        if by.turns is None:
            return await self._ask(limit, deadline_s)
        waited_from = by.clock()
        try:
            turn = await by.turns.take(None if by.patient else _SHARE_TO_WAIT * (deadline_s - self._seconds()))
        except HeldBack:
            raise
        except Exception as error:
            raise _Ours(error) from error
        if by.patient:
            self._started += by.clock() - waited_from
        cost = rest_s = None
        try:
            answer = await self._ask(limit, deadline_s)
        except CallFailed as failed:
            cost = None if failed.charged else 0.0
            rest_s = failed.after_s
            raise
        else:
            cost = answer.cost
            return answer
        finally:
            try:
                await turn.end(cost, rest_s=rest_s)
            except Exception as error:
                raise _Ours(error) from error

    async def _ask(self, limit: asyncio.Timeout, deadline_s: float) -> Answer:
        if self._attempt is None:
            self._attempt = self._by.begin(self._given)
        left_s = deadline_s - self._seconds()
        async with limit:
            limit.reschedule(asyncio.get_running_loop().time() + left_s)
            return await self._attempt(left_s)

    def _wait_s(self, error: BaseException, pause_s: float) -> float | None:
        """How long to wait before a retry; None where it would not be in time."""
        by = self._by
        spread = by.jitter()
        wait_s = pause_s * (0.5 + spread)
        asked_s = error.after_s if isinstance(error, CallFailed) else None
        if asked_s is not None:
            wait_s = max(wait_s, asked_s + pause_s * spread)
            if by.patient and wait_s <= _LONGEST_REST_S:
                self._started += wait_s
                return wait_s
        return wait_s if self._seconds() + wait_s < self._deadline_s else None

    def _seconds(self) -> float:
        return self._by.clock() - self._started

    def _fault(self, error: BaseException) -> Answer:
        if isinstance(error, CallFailed):
            self.failed = error
        return fault_of(error, self._given, self._by.spec, self._seconds())


class _Ours(Exception):
    """Carries what our own limits raised past everything that is a fault of the executor."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


def _is_cancelled() -> bool:
    """Whether the caller is, and not only what it asked."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
