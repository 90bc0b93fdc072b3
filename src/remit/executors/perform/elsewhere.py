"""Asking an executor that lives elsewhere: all it does here is wait, so many calls of it may be under way at once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from math import inf
from threading import Lock
from typing import Protocol, TypeVar, runtime_checkable

from remit.errors import SpendingReached
from remit.executors.perform.awaiting import Attempt, Awaiting
from remit.executors.perform.breaker import Breaker
from remit.executors.perform.call_loop import call_loop
from remit.executors.perform.turns import Turns
from remit.items import Answer, ExecutorSpec, JsonObject

__all__ = ["AnswersElsewhere", "Elsewhere", "together"]

_AHEAD = 2  # so many items for each call under way: one slow answer does not hold up the others

T = TypeVar("T")
R = TypeVar("R")


@runtime_checkable
class AnswersElsewhere(Protocol):
    """An executor that calls a service.

    It never blocks: its coroutines run on the :class:`~remit.executors.perform.call_loop.CallLoop` of the process, up
    to ``at_a_time`` of them at once, each of which waits for its turn.
    """

    at_a_time: int
    turns: Turns

    @property
    def spec(self) -> ExecutorSpec:
        """What the executor file says."""
        ...

    def begin(self, given: JsonObject) -> Attempt:
        """Make one item ready: what comes back asks once, and is called again for every retry."""
        ...

    async def close(self) -> None:
        """Let go of connections; a later call makes new ones."""
        ...


class Elsewhere:
    """Asks one such executor, from any thread and any event loop."""

    def __init__(
        self,
        executor: AnswersElsewhere,
        *,
        clock: Callable[[], float],
        jitter: Callable[[], float],
        breaker: Breaker | None,
        patient: bool,
    ) -> None:
        self.at_a_time = executor.at_a_time
        self._executor = executor
        self._answer = Awaiting(
            begin=executor.begin,
            spec=executor.spec,
            clock=clock,
            jitter=jitter,
            breaker=breaker,
            turns=executor.turns,
            patient=patient,
        )
        self._under_way: set[Future[Answer]] = set()
        self._lock = Lock()
        self._was_asked = False

    def ask(self, given: JsonObject, within_s: float = inf) -> Answer:
        """Answer one input, in the thread of the caller; within ``within_s`` seconds where the deadline is later."""
        future = self._submit(given, within_s)
        try:
            return future.result()
        except BaseException:  # the caller was interrupted while waiting
            future.cancel()
            raise

    async def ask_async(self, given: JsonObject) -> Answer:
        """Answer one input for a caller on any event loop."""
        return await asyncio.wrap_future(self._submit(given))

    def cancel(self) -> None:
        """Cancel the calls that are under way: nobody waits for them any more."""
        with self._lock:
            under_way = tuple(self._under_way)
        for future in under_way:
            future.cancel()

    def close(self, wait_s: float) -> None:
        """Cancel what is under way, and let go of the connections."""
        self.cancel()
        if self._was_asked:
            with suppress(TimeoutError):
                call_loop().submit(self._executor.close()).result(wait_s)

    def _submit(self, given: JsonObject, within_s: float = inf) -> Future[Answer]:
        self._was_asked = True
        future = call_loop().submit(self._answer(given, within_s))
        with self._lock:
            self._under_way.add(future)
        future.add_done_callback(self._forget)
        return future

    def _forget(self, future: Future[Answer]) -> None:
        with self._lock:
            self._under_way.discard(future)


def together(
    items: Iterable[T], decide_one: Callable[[T], R], *, at_a_time: int, name: str, cancel: Callable[[], None]
) -> Iterator[R]:
    """Decide many items, up to ``at_a_time`` of them at once; they come out in their order.

    Args:
        items: read as far ahead as twice what is at once under way.
        decide_one: decides one item in a thread of its own; what it raises is raised in the place of its item, but
            ``SpendingReached`` only after those that were under way then.
        at_a_time: how many at once.
        name: of the threads.
        cancel: ends what is under way, when nobody wants it any more.
    """
    coming = iter(items)
    pool = ThreadPoolExecutor(max_workers=at_a_time, thread_name_prefix=name)
    asked: deque[Future[R]] = deque()
    try:
        asked.extend(pool.submit(decide_one, item) for item in islice(coming, _AHEAD * at_a_time))
        while asked:
            try:
                found = asked.popleft().result()
            except SpendingReached:
                yield from _paid_for(asked)
                raise
            asked.extend(pool.submit(decide_one, item) for item in islice(coming, 1))
            yield found
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        if asked:
            cancel()


def _paid_for(asked: deque[Future[R]]) -> Iterator[R]:
    """What was under way when nothing more could be spent; what had not begun does not begin."""
    under_way = [one for one in asked if not one.cancel()]
    asked.clear()
    for one in under_way:
        if one.exception() is None:
            yield one.result()
