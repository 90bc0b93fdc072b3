"""A task in a thread of its own, which may hang without taking the sweeper with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from remit.executors.perform.worker import NoAnswer, Workers
from remit.runtime.delivering.letter import Tried

__all__ = ["InTime", "too_late"]

T = TypeVar("T")


class _Nothing:
    """What the thread holds."""

    def close(self) -> None:
        """There is nothing to let go of."""


class InTime:
    """Runs tasks of one sender, each for at most ``timeout``.

    Args:
        name: of the threads.
        timeout: how long a task may take.
        monotonic: seconds that only grow.
    """

    def __init__(self, name: str, *, timeout: timedelta, monotonic: Callable[[], float]) -> None:
        self._workers = Workers(_Nothing, name=f"remit-sender-{name}")
        self._timeout_s = timeout.total_seconds()
        self._monotonic = monotonic

    def run(self, task: Callable[[float], Tried]) -> Tried:
        """What ``task`` came to; it is told at which monotonic second its time is over."""
        until = self._monotonic() + self._timeout_s
        found = self._workers.ask(lambda _: task(until), lambda: until - self._monotonic())
        match found:
            case NoAnswer.LATE:
                return Tried(fault=too_late(self._timeout_s))
            case NoAnswer.ALL_HANG:
                return Tried(fault="not tried: too many earlier tries hang still")
            case _:
                return found

    def close(self) -> None:
        """Let the threads go; those that hang end with the process."""
        self._workers.close()


def too_late(timeout_s: float) -> str:
    """The fault of a try that took too long."""
    return f"no answer within {timeout_s:g} s"
