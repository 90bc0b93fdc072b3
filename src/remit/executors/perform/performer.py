"""Step 3 of deciding: the executor answers, with a deadline, and whatever happens comes back as an answer.

A fault of the executor is a value: nothing it does can crash the caller, or hold it up for longer than the deadline.
One item is handed to a thread that stays (:class:`Performer`); many items in a row are decided in that thread
(:func:`decide_each`), which spares the hand-off for each: it costs more than deciding an item.
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from math import inf
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar, runtime_checkable

from remit.errors import SpendingReached, StoreError
from remit.executors.perform.accept import accept, no_answer
from remit.executors.perform.attempts import AsyncExecutor, Attempts, fault_of, late
from remit.executors.perform.breaker import LEFT_ALONE, Breaker
from remit.executors.perform.elsewhere import AnswersElsewhere, Elsewhere, together
from remit.executors.perform.outside import current_outside, going_outside
from remit.executors.perform.worker import MAX_ABANDONED, NoAnswer, Workers
from remit.items import Answer, Executor, ExecutorSpec, FaultKind, JsonObject

__all__ = ["AnswersAtOnce", "Perform", "Performer", "decide_each", "performer"]

_GRACE_S = 0.25  # a coroutine is cancelled in time by its own loop; its thread is given up a little later
_CLOSING_S = 1.0
_GLANCE_S = 0.05  # how often to look whether the executor was entered, while it was not
_CHUNK_S = 0.02  # how long a chunk of items should take
_MAX_CHUNK = 256

T = TypeVar("T")
R = TypeVar("R")


@runtime_checkable
class AnswersAtOnce(Protocol):
    """An executor that can't hang, because all it does is look something up: it is asked without a thread."""

    answers_at_once: bool


@runtime_checkable
class AnswersSideBySide(Protocol):
    """An executor that may be asked from ``at_a_time`` threads at once, and keeps to its deadline by itself.

    It is one that asks others, some of which live elsewhere: the time that they wait for their turn is not its own.
    """

    at_a_time: int

    @property
    def spec(self) -> ExecutorSpec:
        """What the executor file says."""
        ...

    def answer(self, given: JsonObject) -> Answer:
        """Answer one input.

        Raises:
            SpendingReached: what may be spent is spent, where that ends a proof.
            StoreError: what is spent can't be recorded.
        """
        ...

    def cancel(self) -> None:
        """End what is under way."""
        ...

    def close(self) -> None:
        """Let threads and connections go; a later call makes new ones."""
        ...


class Perform(Protocol):
    """Asks an executor; never raises, except a KeyboardInterrupt in the main thread, which is the user's."""

    def __call__(self, given: JsonObject, *, case: str | None = None) -> Answer:
        """Answer one input, already admitted.

        ``case`` is the id of the case, in proofs, for executors whose answers were recorded case by case.
        """
        ...


class Performer:
    """Asks one executor. Callable as :class:`Perform`; made by :func:`performer`.

    A context manager that lets its thread go.  One item is answered at a time, and callers from several threads take
    turns; only of an executor that lives elsewhere as many are asked at once as its limits allow.
    """

    __slots__ = (
        "__weakref__",
        "_attempts",
        "_elsewhere",
        "_side_by_side",
        "_workers",
        "breaker",
        "clock",
        "executor",
        "patience_s",
    )

    def __init__(
        self,
        executor: Executor,
        make_attempts: Callable[[], Attempts],
        clock: Callable[[], float],
        breaker: Breaker | None,
        elsewhere: Elsewhere | None = None,
    ) -> None:
        self.executor = executor
        self.clock = clock
        self.patience_s = executor.spec.deadline.total_seconds()
        if isinstance(executor, AsyncExecutor):
            self.patience_s += _GRACE_S
        self.breaker = breaker
        self._elsewhere = elsewhere
        is_many = elsewhere is None and isinstance(executor, AnswersSideBySide)
        self._side_by_side = executor if is_many and isinstance(executor, AnswersSideBySide) else None
        at_once = isinstance(executor, AnswersAtOnce) and executor.answers_at_once
        self._attempts = make_attempts() if at_once else None
        self._workers = Workers(make_attempts, name=f"remit-{executor.spec.name}")
        weakref.finalize(self, self._workers.close)

    def __call__(self, given: JsonObject, *, case: str | None = None, within_s: float = inf) -> Answer:
        """Answer one input, as :class:`Perform` says; within ``within_s`` seconds where the deadline is later."""
        if self._attempts is not None:
            return self._attempts.answer(given, case, within_s=within_s)
        if self._elsewhere is not None:
            return self._elsewhere.ask(given, within_s)
        if self._side_by_side is not None:
            return _asked_here(self._side_by_side, given)
        if self.breaker is None:
            return self._hand_over(given, case, within_s)
        if not self.breaker.admits():
            return no_answer(FaultKind.UNAVAILABLE, LEFT_ALONE)
        answer = self._hand_over(given, case, within_s)
        self.breaker.note(answer)
        return answer

    @property
    def elsewhere(self) -> Elsewhere | None:
        """Asks the executor from any event loop, where it lives elsewhere."""
        return self._elsewhere

    @property
    def waits(self) -> bool:
        """Whether the executor mostly waits for others, so that it is asked about several items at once."""
        return self._elsewhere is not None or self._side_by_side is not None

    @property
    def at_a_time(self) -> int:
        """About how many items the executor is asked at once."""
        side_by_side = self._elsewhere or self._side_by_side
        return 1 if side_by_side is None else side_by_side.at_a_time

    def cancel(self) -> None:
        """End what is under way, where several items are: nobody waits for it any more."""
        side_by_side = self._elsewhere or self._side_by_side
        if side_by_side is not None:
            side_by_side.cancel()

    def _hand_over(self, given: JsonObject, case: str | None, within_s: float) -> Answer:
        until = self.clock() + min(self.patience_s, within_s)
        outside = current_outside()

        def task(attempts: Attempts) -> Answer:
            if outside is None:
                return attempts.answer(given, case, within_s=within_s)
            with going_outside(outside):  # what the asker's context holds does not come into this thread by itself
                return attempts.answer(given, case, within_s=within_s)

        got = self.in_thread(task, lambda: until - self.clock())
        return self.missing(got, within_s) if isinstance(got, NoAnswer) else got

    @property
    def is_left_alone(self) -> bool:
        """Whether the breaker is open: the executor did not answer lately."""
        return self.breaker is not None and self.breaker.is_open

    @property
    def needs_thread(self) -> bool:
        """Whether the executor may hang."""
        return self._attempts is None

    def in_thread(self, task: Callable[[Attempts], T], patience: Callable[[], float]) -> T | NoAnswer:
        """Have a task done in the thread of this executor; what it raises is raised here."""
        return self._workers.ask(task, patience)

    def missing(self, why: NoAnswer, within_s: float = inf) -> Answer:
        """The answer in the place of one that did not come."""
        match why:
            case NoAnswer.LATE:
                seconds = min(self.executor.spec.deadline.total_seconds(), within_s)
                return late(self.executor.spec, seconds, within_s=seconds)
            case NoAnswer.ALL_HANG:
                return no_answer(
                    FaultKind.UNAVAILABLE,
                    f"the executor was unavailable: {MAX_ABANDONED} earlier calls of it still hang",
                )

    @property
    def n_hanging(self) -> int:
        """How many calls were given up and still hang."""
        return self._workers.n_abandoned

    def close(self) -> None:
        """Let the thread and the connections go. A later call makes new ones."""
        self._workers.close(wait_s=_CLOSING_S)
        if self._elsewhere is not None:
            self._elsewhere.close(_CLOSING_S)
        if self._side_by_side is not None:
            self._side_by_side.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def performer(
    executor: Executor,
    *,
    clock: Callable[[], float],
    breaker: Breaker | None = None,
    pause: Callable[[float], None] = time.sleep,
    jitter: Callable[[], float] = lambda: 0.5,
    patient: bool = False,
) -> Performer:
    """Make the callable that asks ``executor`` and never raises.

    The deadline of the executor's file holds for the whole of one item, retries and pauses included.  A call that
    overruns is given up: a coroutine is cancelled, a thread is abandoned, and while eight of them hang the executor
    counts as unavailable.  A C function that keeps Python's lock can't be given up, only called late afterwards.

    Args:
        executor: who is asked.
        clock: seconds, never going back (``time.perf_counter``).
        breaker: leaves an executor alone that does not answer; None, as in proofs, asks it every time.
        pause: waits some seconds before a retry of an executor that answers here.
        jitter: a number in [0, 1) that spreads the retries of many callers.
        patient: whether a limit on calls is waited for, as in proofs, and raises ``SpendingReached`` where what may be
            spent is spent; otherwise the item goes without an answer.
    """

    def make_attempts() -> Attempts:
        return Attempts(executor, clock=clock, pause=pause, jitter=jitter)

    elsewhere = None
    if isinstance(executor, AnswersElsewhere):
        elsewhere = Elsewhere(executor, clock=clock, jitter=jitter, breaker=breaker, patient=patient)
    return Performer(executor, make_attempts, clock, breaker, elsewhere)


def decide_each(perform: Performer, items: Iterable[T], decide_one: Callable[[T, Perform], R]) -> Iterator[R]:
    """Decide many items one after the other, in their order, with the promises of :class:`Performer` for each.

    Whole chunks run in the thread of the executor, about 20 milliseconds of work each, so that the hand-off costs
    next to nothing per item (0.5 microseconds against 8 to 80).  ``items`` is read, and what comes out is used, in
    the thread of the caller.  The breaker is not asked.  An executor that lives elsewhere is asked about several items
    at once, each in a thread of its own, and its breaker is asked; they come out in their order all the same.

    Args:
        perform: the performer; ``decide_one`` must use the one it is given instead.
        items: what to decide; read as far ahead as one chunk.
        decide_one: decides one item with the perform it is given. Must be pure: it is called once more for an item
            whose executor overran, with a perform that says so.
    """
    if perform.waits:
        decide_here, name = partial(_decide, decide_one, perform), f"remit-{perform.executor.spec.name}"
        yield from together(items, decide_here, at_a_time=perform.at_a_time, name=name, cancel=perform.cancel)
        return
    if not perform.needs_thread:
        for item in items:
            yield decide_one(item, perform)
        return
    coming = iter(items)
    size = 1
    while chunk := list(islice(coming, size)):
        n = len(chunk)
        busy_s = 0.0
        while chunk:
            started = perform.clock()
            run = _Run(perform, chunk, decide_one)
            got = perform.in_thread(run.decide_all, run.patience)
            decided = run.give_up() if isinstance(got, NoAnswer) else run.decided
            busy_s += perform.clock() - started
            yield from decided
            chunk = chunk[len(decided) :]
            if isinstance(got, NoAnswer) and chunk:
                yield decide_one(chunk.pop(0), _always(perform.missing(got)))
        size = _next_size(n, busy_s)


def _asked_here(executor: AnswersSideBySide, given: JsonObject) -> Answer:
    try:
        answer = executor.answer(given)
    except (SpendingReached, StoreError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it raises is a fault of the executor
        return fault_of(error, given, executor.spec, 0.0)
    return accept(answer, seconds=0.0, cost=executor.spec.cost_per_item)


def _decide(decide_one: Callable[[T, Perform], R], perform: Perform, item: T) -> R:
    return decide_one(item, perform)


def _next_size(n: int, busy_s: float) -> int:
    if busy_s < _CHUNK_S / 2:
        return min(2 * n, _MAX_CHUNK)
    return max(n // 2, 1) if busy_s > _CHUNK_S else n


def _always(answer: Answer) -> Perform:
    def perform(given: JsonObject, *, case: str | None = None) -> Answer:
        del given, case
        return answer

    return perform


class _GivenUp(BaseException):
    """Ends a run in its own thread, after the caller has gone on without it. Nothing may catch it on the way."""


class _Run(Generic[T, R]):
    """A chunk of items being decided in the thread of the executor, watched from the thread of the caller."""

    __slots__ = ("_attempts", "_clock", "_decide_one", "_entered", "_given_up", "_items", "_patience_s", "decided")

    def __init__(self, perform: Performer, items: Sequence[T], decide_one: Callable[[T, Perform], R]) -> None:
        self._clock = perform.clock
        self._patience_s = perform.patience_s
        self._items = items
        self._decide_one = decide_one
        self._attempts: Attempts | None = None
        self._entered: float | None = None
        self._given_up = False
        self.decided: list[R] = []

    def decide_all(self, attempts: Attempts) -> None:
        """In the thread of the executor."""
        self._attempts = attempts
        for item in self._items:
            self.decided.append(self._decide_one(item, self._perform))

    def _perform(self, given: JsonObject, *, case: str | None = None) -> Answer:
        if self._given_up or self._attempts is None:
            raise _GivenUp
        self._entered = self._clock()
        try:
            answer = self._attempts.answer(given, case)
        finally:
            self._entered = None
        if self._given_up:
            raise _GivenUp
        return answer

    def patience(self) -> float:
        """How much longer to wait, asked in the thread of the caller."""
        entered = self._entered
        return _GLANCE_S if entered is None else entered + self._patience_s - self._clock()

    def give_up(self) -> list[R]:
        """Go on without this run: what is decided up to now, and no more."""
        self._given_up = True
        return self.decided.copy()
