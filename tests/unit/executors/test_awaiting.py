"""An async executor on the event loop of whoever asks: an answer in time, faults told, and nobody held up."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from remit.executors.perform.attempts import FIRST_PAUSE_S
from remit.executors.perform.awaiting import awaiting
from remit.items import Answer, Fault, FaultKind

RIGHT = Answer(output={"team": "orders"})


class Asked:
    """An executor that gives what it is told to, one after the other, at a clock of its own."""

    def __init__(self, spec, *answers, deadline_s=30.0, takes_s=0.0, n_awaited=1, **given):
        self.now = 0.0
        self.n_asked = 0
        self.n_awaited = n_awaited
        self.reached = asyncio.Event()
        self.pauses = []
        self._answers = answers
        self._takes_s = takes_s
        self.spec = spec(deadline=timedelta(seconds=deadline_s), **given)

    async def answer(self, given):
        found = self._answers[min(self.n_asked, len(self._answers) - 1)]
        self.n_asked += 1
        if self.n_asked == self.n_awaited:
            self.reached.set()
        self.now += self._takes_s
        if isinstance(found, BaseException):
            raise found
        if isinstance(found, asyncio.Event):
            await found.wait()
        return found

    async def pause(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds

    @property
    def perform(self):
        return awaiting(self.answer, self.spec, clock=lambda: self.now, pause=self.pause)

    def ask(self):
        async def once():
            return await self.perform({"subject": "x"})

        return asyncio.run(once())


def test_an_answer_comes_back_with_the_time_it_took_and_what_it_cost(spec):
    found = Asked(spec, RIGHT, takes_s=2.0, cost_per_item=0.5).ask()
    assert (found.output, found.seconds, found.cost) == ({"team": "orders"}, 2.0, 0.5)


def test_an_executor_that_hangs_is_given_up_at_its_deadline(spec):
    async def hang():
        asked = Asked(spec, asyncio.Event(), deadline_s=0.05, cost_per_item=0.5)
        return await asked.perform({})

    found = asyncio.run(hang())
    assert found.fault == Fault(kind=FaultKind.TIMEOUT, text="no answer within 0.05 s")
    assert (found.output, found.seconds, found.cost) == (None, 0.05, 0.5)


def test_an_answer_that_came_after_the_deadline_does_not_count(spec):
    found = Asked(spec, RIGHT, deadline_s=1.0, takes_s=1.5).ask()
    assert found.fault == Fault(kind=FaultKind.TIMEOUT, text="no answer within 1 s")
    assert (found.output, found.seconds) == (None, 1.5)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ValueError("bad"), FaultKind.ERROR),
        (SystemExit(3), FaultKind.ERROR),
        (asyncio.CancelledError("by itself"), FaultKind.ERROR),
        (ConnectionRefusedError("no"), FaultKind.UNAVAILABLE),
        (TimeoutError("its own"), FaultKind.TIMEOUT),
    ],
)
def test_an_executor_that_raises_is_a_fault_and_the_caller_goes_on(spec, error, kind):
    asked = Asked(spec, error)
    found = asked.ask()
    assert found.output is None
    assert found.fault.kind is kind
    assert type(error).__name__ in found.fault.text
    assert asked.n_asked == 1


@pytest.mark.parametrize("rubbish", ["orders", None, Answer(output={}, confidence=2.0)])
def test_rubbish_is_a_fault(spec, rubbish):
    assert Asked(spec, rubbish).ask().fault.kind is FaultKind.RUBBISH


def test_what_may_help_is_tried_again_with_longer_pauses(spec):
    asked = Asked(spec, ConnectionResetError(), TimeoutError(), RIGHT, retries=2)
    assert asked.ask().output == {"team": "orders"}
    assert asked.pauses == [FIRST_PAUSE_S, 2 * FIRST_PAUSE_S]


def test_it_is_tried_as_often_as_its_file_says_and_not_once_more(spec):
    asked = Asked(spec, ConnectionResetError("gone"), retries=2)
    assert asked.ask().fault.kind is FaultKind.UNAVAILABLE
    assert asked.n_asked == 3


def test_what_can_not_help_is_not_tried_again(spec):
    asked = Asked(spec, ValueError("bad"), retries=2)
    assert asked.ask().fault.kind is FaultKind.ERROR
    assert asked.n_asked == 1


def test_nothing_is_tried_again_where_the_pause_alone_would_pass_the_deadline(spec):
    asked = Asked(spec, ConnectionResetError(), retries=9, deadline_s=1.0, takes_s=0.95)
    assert asked.ask().fault.kind is FaultKind.UNAVAILABLE
    assert (asked.n_asked, asked.pauses) == (1, [])


def test_the_deadline_is_one_for_all_tries_and_pauses(spec):
    asked = Asked(spec, ConnectionResetError(), RIGHT, retries=1, deadline_s=1.0, takes_s=0.6)
    found = asked.ask()
    assert asked.n_asked == 2
    assert found.fault == Fault(kind=FaultKind.TIMEOUT, text="no answer within 1 s")


def test_a_try_that_hangs_is_given_up_after_what_is_left_of_the_deadline(spec):
    async def hang():
        asked = Asked(spec, ConnectionResetError(), asyncio.Event(), retries=1, deadline_s=30.0, takes_s=29.85)
        return await asyncio.wait_for(asked.perform({}), 10.0)  # 0.05 s are left

    assert asyncio.run(hang()).fault == Fault(kind=FaultKind.TIMEOUT, text="no answer within 30 s")


def test_a_caller_that_is_cancelled_is_cancelled_and_not_answered(spec):
    async def cancel():
        asked = Asked(spec, asyncio.Event(), retries=3)
        task = asyncio.ensure_future(asked.perform({}))
        await asked.reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return asked.n_asked

    assert asyncio.run(cancel()) == 1


def test_many_wait_at_once(spec):
    async def all_of_them():
        gate = asyncio.Event()
        asked = Asked(spec, gate, n_awaited=50)
        tasks = [asyncio.ensure_future(asked.perform({})) for _ in range(50)]
        await asked.reached.wait()
        gate.set()
        return len(await asyncio.gather(*tasks))

    assert asyncio.run(all_of_them()) == 50
