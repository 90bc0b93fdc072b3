"""Asking an executor in the thread at hand: every exception becomes a fault, transient ones are tried again."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable, Coroutine
from contextvars import copy_context
from math import inf
from threading import current_thread, main_thread
from typing import Any, Protocol, runtime_checkable

from remit.executors.perform.accept import accept, describe_error, no_answer
from remit.executors.perform.call_failed import CallFailed
from remit.executors.perform.outside import current_outside
from remit.items import Answer, Executor, ExecutorSpec, FaultKind, JsonObject

__all__ = ["FIRST_PAUSE_S", "AnswersByCase", "AsyncExecutor", "Attempts", "fault_of", "is_transient", "late"]

FIRST_PAUSE_S = 0.1
_TRANSIENT_ERRNOS = frozenset(
    {errno.EAGAIN, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.ETIMEDOUT, errno.EHOSTDOWN}
)


@runtime_checkable
class AnswersByCase(Protocol):
    """An executor whose answers were recorded beforehand, case by case: people, mostly."""

    def answer_case(self, case: str, given: JsonObject) -> Answer:
        """The recorded answer to a case."""
        ...


@runtime_checkable
class AsyncExecutor(Protocol):
    """An executor that is a coroutine; it runs on one event loop that is kept from item to item."""

    def answer_async(self, given: JsonObject) -> Coroutine[Any, Any, Answer]:
        """Answer one input, already admitted."""
        ...


class Attempts:
    """Asks an executor until it answers, or trying again would not help, or its deadline is used up.

    It can't interrupt an executor that hangs, except for a coroutine, which is cancelled: see ``performer.py``.

    Args:
        executor: who is asked.
        clock: seconds, never going back.
        pause: waits some seconds before a retry.
        jitter: a number in [0, 1) that spreads the retries of many callers.
    """

    __slots__ = ("_by_case", "_clock", "_coroutine", "_deadline_s", "_executor", "_jitter", "_pause", "_runner")

    def __init__(
        self,
        executor: Executor,
        *,
        clock: Callable[[], float],
        pause: Callable[[float], None],
        jitter: Callable[[], float],
    ) -> None:
        self._executor = executor
        self._clock = clock
        self._pause = pause
        self._jitter = jitter
        self._deadline_s = executor.spec.deadline.total_seconds()
        self._by_case = executor.answer_case if isinstance(executor, AnswersByCase) else None
        self._coroutine = executor.answer_async if isinstance(executor, AsyncExecutor) else None
        self._runner: asyncio.Runner | None = None

    def answer(self, given: JsonObject, case: str | None = None, *, within_s: float = inf) -> Answer:
        """Answer one input, within ``within_s`` seconds where the deadline is later.

        Raises:
            KeyboardInterrupt: in the main thread, where it is the user's. Nothing else is ever raised.
        """
        spec = self._executor.spec
        deadline_s = min(self._deadline_s, within_s)
        started = self._clock()
        retries_left = spec.retries
        pause_s = FIRST_PAUSE_S
        while True:
            left_s = deadline_s - (self._clock() - started)
            try:
                answer = self._ask(given, case, left_s)
                seconds = self._clock() - started
                if seconds > deadline_s:
                    return late(spec, seconds, within_s=deadline_s)
                return accept(answer, seconds=seconds, cost=spec.cost_per_item)
            except BaseException as error:  # whatever an executor raises is a fault, SystemExit too
                if isinstance(error, KeyboardInterrupt) and current_thread() is main_thread():
                    raise  # Python interrupts the main thread only: elsewhere the executor raised it itself
                seconds = self._clock() - started
                this_pause_s = pause_s * (0.5 + self._jitter())
                in_time = seconds + this_pause_s < deadline_s
                if not (retries_left and in_time and is_transient(error)):
                    return fault_of(error, given, spec, seconds)
            self._pause(this_pause_s)
            retries_left -= 1
            pause_s *= 2.0

    def _ask(self, given: JsonObject, case: str | None, left_s: float) -> object:
        if self._coroutine is not None:
            if self._runner is None:
                self._runner = asyncio.Runner()
            context = None if current_outside() is None else copy_context()  # else the runner has one of its own
            return self._runner.run(self._in_time(self._coroutine, given, left_s), context=context)
        if self._by_case is not None and case is not None:
            return self._by_case(case, given)
        return self._executor.answer(given)

    async def _in_time(
        self, ask: Callable[[JsonObject], Coroutine[Any, Any, Answer]], given: JsonObject, left_s: float
    ) -> Answer:
        limit = asyncio.timeout(left_s)
        try:
            async with limit:
                return await ask(given)
        except TimeoutError:
            if limit.expired():
                return late(self._executor.spec, left_s, within_s=left_s)
            raise

    def close(self) -> None:
        """Close the event loop, if one was needed."""
        if self._runner is not None:
            self._runner.close()


def late(spec: ExecutorSpec, seconds: float, *, within_s: float = inf) -> Answer:
    """The answer of an executor that gave none within its deadline, or within what was left for it."""
    text = f"no answer within {min(spec.deadline.total_seconds(), within_s):.3g} s"
    return no_answer(FaultKind.TIMEOUT, text, seconds=seconds, cost=spec.cost_per_item)


def fault_of(error: BaseException, given: JsonObject, spec: ExecutorSpec, seconds: float) -> Answer:
    """The answer of an executor that raised ``error``."""
    if isinstance(error, CallFailed):
        return no_answer(error.kind, error.text, seconds=seconds, cost=spec.cost_per_item if error.charged else 0.0)
    if isinstance(error, TimeoutError):
        kind = FaultKind.TIMEOUT
    else:
        kind = FaultKind.UNAVAILABLE if is_transient(error) else FaultKind.ERROR
    who = "the executor was unavailable: it" if kind is FaultKind.UNAVAILABLE else "the executor"
    text = f"{who} raised {describe_error(error, given)}"
    return no_answer(kind, text, seconds=seconds, cost=spec.cost_per_item)


def is_transient(error: BaseException) -> bool:
    """Whether trying again may help: a connection that broke, a time-out, a network that is away."""
    if isinstance(error, CallFailed):
        return error.again
    if isinstance(error, ConnectionError | TimeoutError | InterruptedError | BlockingIOError):
        return True
    return isinstance(error, OSError) and error.errno in _TRANSIENT_ERRNOS
