"""One round of the sweeper, under a lease.

The lease keeps two sweepers from doing the same work twice for nothing.  Nothing depends on it: every task looks again
in the transaction in which it changes something, so that two that run at once (a clock that jumped, a process that was
asleep) do no harm, and one that is killed at any point loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from remit.errors import RemitError
from remit.store.connections import Store
from remit.store.operations.leases import give_up_lease, take_lease

__all__ = ["SWEEPER", "Swept", "Task", "TaskDone", "give_up", "sweep"]

SWEEPER = "sweeper"
LENGTH = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something that has to happen by itself. ``do`` says how much of it there was to do."""

    name: str
    do: Callable[[Store, datetime], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDone:
    """What one task came to in one round: how much was done, and what kept it from doing all."""

    name: str
    n: int
    fault: RemitError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """One round. ``led`` False: another process is the sweeper now, and nothing was done here."""

    led: bool
    tasks: tuple[TaskDone, ...] = ()


def sweep(store: Store, tasks: Sequence[Task], *, holder: str, now: datetime) -> Swept:
    """Do every task once, where this process is the sweeper or can become it.

    A task that fails does not keep the others from running.

    Args:
        store: the store.
        tasks: what there is to do, in this order.
        holder: names this process, unique among all that may sweep.
        now: the present.

    Raises:
        StoreError: the lease can't be asked for.
    """
    with store.writing() as writing:
        if not take_lease(writing, SWEEPER, holder=holder, now=now, length=LENGTH):
            return Swept(led=False)
    return Swept(led=True, tasks=tuple(_done(store, task, now) for task in tasks))


def give_up(store: Store, *, holder: str) -> bool:
    """Let another process sweep at once; False where it does already."""
    with store.writing() as writing:
        return give_up_lease(writing, SWEEPER, holder=holder)


def _done(store: Store, task: Task, now: datetime) -> TaskDone:
    try:
        return TaskDone(name=task.name, n=task.do(store, now))
    except RemitError as fault:
        return TaskDone(name=task.name, n=0, fault=fault)
