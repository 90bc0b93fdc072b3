"""Threads that may hang without taking anybody with them.

A caller hands one task at a time to a thread that stays, and waits as long as it has patience.  A thread that does
not come back in time is abandoned: Python can't end it, so there is a limit on how many may hang at once.
"""

from __future__ import annotations

from _thread import allocate_lock
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from threading import TIMEOUT_MAX, Lock, Thread
from typing import Generic, Protocol, TypeVar, cast

__all__ = ["MAX_ABANDONED", "Closable", "NoAnswer", "Workers"]

MAX_ABANDONED = 8
"""How many threads of one executor may hang at once before it is called no more."""


class Closable(Protocol):
    """What a thread holds from task to task."""

    def close(self) -> None:
        """Let go of it, in the thread that holds it."""
        ...


H = TypeVar("H", bound=Closable)
T = TypeVar("T")


class NoAnswer(Enum):
    """Why a task brought nothing."""

    LATE = "late"
    ALL_HANG = "all hang"


@dataclass(frozen=True, slots=True)
class _Raised:
    error: BaseException


class _Worker(Generic[H]):
    """One thread.

    The hand-off is two bare locks, the cheapest there is: there and back 8 microseconds of CPU where both threads run
    on one core, up to 80 where they do not (``queue.SimpleQueue``: the same).
    """

    __slots__ = ("_done", "_go", "_got", "_leaving", "_make_held", "_task", "thread")

    def __init__(self, make_held: Callable[[], H], name: str) -> None:
        self._go, self._done = allocate_lock(), allocate_lock()
        self._go.acquire()
        self._done.acquire()
        self._leaving = False
        self._task: Callable[[H], object] | None = None
        self._got: object = None
        self._make_held = make_held
        self.thread = Thread(target=self._serve, name=name, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        held = self._make_held()
        try:
            while True:
                self._go.acquire()
                task, self._task = self._task, None
                if self._leaving or task is None:
                    return
                try:
                    self._got = task(held)
                except BaseException as error:  # noqa: BLE001 - raised again in the thread of the caller
                    self._got = _Raised(error)
                del task
                self._done.release()
        finally:
            held.close()

    def start(self, task: Callable[[H], object]) -> None:
        self._task = task
        self._go.release()

    def wait(self, seconds: float) -> bool:
        return self._done.acquire(timeout=min(seconds, TIMEOUT_MAX))

    def take(self) -> object:
        got, self._got = self._got, None
        if isinstance(got, _Raised):
            raise got.error
        return got

    def leave(self) -> None:
        """Ask the thread to end: at once where it waits, else when what it is at comes to an end."""
        self._leaving = True
        with suppress(RuntimeError):  # it was started, and did not wake up yet
            self._go.release()


class Workers(Generic[H]):
    """The threads that serve one caller: one at work, and those that were abandoned.

    Args:
        make_held: makes what one thread holds from task to task.
        name: the name of the threads, for whoever looks at a stack.
    """

    __slots__ = ("_abandoned", "_make_held", "_name", "_turn", "_worker")

    def __init__(self, make_held: Callable[[], H], *, name: str) -> None:
        self._make_held = make_held
        self._name = name
        self._turn = Lock()
        self._worker: _Worker[H] | None = None
        self._abandoned: list[_Worker[H]] = []

    def ask(self, task: Callable[[H], T], patience: Callable[[], float]) -> T | NoAnswer:
        """Have a task done; callers from several threads take turns.

        Args:
            task: gets what the thread holds; what it raises is raised here.
            patience: how many more seconds to wait, asked again whenever they are over; at zero the thread is
                abandoned.
        """
        with self._turn:
            worker = self._worker
            if worker is None or not worker.thread.is_alive():  # never started, or lost in a fork
                worker = self._start()
                if worker is None:
                    return NoAnswer.ALL_HANG
            try:
                worker.start(task)
                late = not self._wait(worker, patience)
            except BaseException:  # the caller was interrupted while waiting
                self._abandon(worker)
                raise
            if late:
                self._abandon(worker)
                return NoAnswer.LATE
            return cast("T", worker.take())

    @staticmethod
    def _wait(worker: _Worker[H], patience: Callable[[], float]) -> bool:
        while (left_s := patience()) > 0.0:
            if worker.wait(left_s):
                return True
        return False

    def _start(self) -> _Worker[H] | None:
        self._abandoned = [one for one in self._abandoned if one.thread.is_alive()]
        if len(self._abandoned) >= MAX_ABANDONED:
            return None
        self._worker = _Worker(self._make_held, self._name)
        return self._worker

    def _abandon(self, worker: _Worker[H]) -> None:
        self._worker = None
        self._abandoned.append(worker)
        worker.leave()

    @property
    def n_abandoned(self) -> int:
        """How many threads hang now."""
        return sum(one.thread.is_alive() for one in self._abandoned)

    def close(self, *, wait_s: float = 0.0) -> None:
        """Let the threads go; an idle one is waited for up to ``wait_s``, one that hangs is not."""
        with self._turn:
            worker, self._worker = self._worker, None
        if worker is not None:
            worker.leave()
            if wait_s > 0.0:
                worker.thread.join(wait_s)
