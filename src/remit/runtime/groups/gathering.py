"""What many asyncio callers ask for at about the same time, done together in one thread."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from remit.errors import StoreError

__all__ = ["Gathering"]

Q = TypeVar("Q")
A = TypeVar("A")


@dataclass(slots=True, eq=False)
class _Waiting(Generic[Q, A]):
    """One question, and where its answer is waited for."""

    question: Q
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[A]


class Gathering(Generic[Q, A]):
    """Gathers questions and has them answered a group at a time, in the order in which they came.

    A group goes off as soon as the one before it is answered, so nobody waits where there is nobody to wait for, and
    the more callers there are the more share a group.  Callers may be on several event loops.

    Args:
        answer_all: answers a group in the thread of the gathering: an answer, or an exception, for each question.
            What it raises is everybody's.
        name: of the thread.
        most: the largest group.
        room: how many may wait; more wait for room.
    """

    def __init__(
        self,
        answer_all: Callable[[Sequence[Q]], Sequence[A | Exception]],
        *,
        name: str,
        most: int,
        room: int,
    ) -> None:
        self._answer_all = answer_all
        self._name = name
        self._most = most
        self._room = room
        self._changed = threading.Condition()
        self._waiting: deque[_Waiting[Q, A]] = deque()
        self._outside: list[_Waiting[Any, None]] = []
        self._thread: threading.Thread | None = None
        self._closing = False

    async def ask(self, question: Q) -> A:
        """The answer to ``question``, once the group it is in is answered.

        Raises:
            StoreError: the gathering is closed.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[A] = loop.create_future()
        waiting = _Waiting(question, loop, answer)
        while (room := self._put(waiting)) is not None:
            await room
        return await answer

    def close(self) -> None:
        """Answer all that waits, take nothing more, and end the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify()
            thread = self._thread
            outside, self._outside = self._outside, []
        _deliver(outside, [None] * len(outside))
        if thread is not None:
            thread.join()

    def _put(self, one: _Waiting[Q, A]) -> asyncio.Future[None] | None:
        """Let ``one`` wait for its answer; where there is no room, what comes back tells when to try again."""
        with self._changed:
            if self._closing:
                raise StoreError("nothing more is taken: the store is being closed", mend="open the project again")
            if len(self._waiting) >= self._room:
                room: asyncio.Future[None] = one.loop.create_future()
                self._outside.append(_Waiting(None, one.loop, room))
                return room
            self._waiting.append(one)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            if len(self._waiting) == 1:
                self._changed.notify()
            return None

    def _run(self) -> None:
        while group := self._next_group():
            asked = [one for one in group if not one.answer.cancelled()]
            if not asked:
                continue
            try:
                answers: Sequence[A | Exception] = self._answer_all([one.question for one in asked])
            except Exception as error:  # noqa: BLE001 - each of them is told
                answers = [error] * len(asked)
            _deliver(asked, answers)

    def _next_group(self) -> list[_Waiting[Q, A]]:
        """The next group; empty once closed and nothing waits."""
        with self._changed:
            while not self._waiting and not self._closing:
                self._changed.wait()
            group = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._most))]
            outside, self._outside = self._outside, []
        _deliver(outside, [None] * len(outside))
        return group


def _deliver(asked: Sequence[_Waiting[Any, Any]], answers: Sequence[object]) -> None:
    """Hand answers over, in one call for each event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], object]]] = {}
    for one, answer in zip(asked, answers, strict=True):
        by_loop.setdefault(one.loop, []).append((one.answer, answer))
    for loop, pairs in by_loop.items():
        try:
            loop.call_soon_threadsafe(_set, pairs)
        except RuntimeError:  # the loop is closed: nobody waits there any more
            continue


def _set(pairs: Sequence[tuple[asyncio.Future[Any], object]]) -> None:
    for future, answer in pairs:
        if future.done():  # the caller gave up
            continue
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)
