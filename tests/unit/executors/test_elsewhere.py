"""Executors that live elsewhere: many calls at once, limits that wait or refuse, and retries that listen."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import timedelta

import pytest

from remit.errors import SpendingReached, StoreError
from remit.executors.perform import Breaker, decide_each, performer
from remit.executors.perform.awaiting import Awaiting
from remit.executors.perform.call_failed import CallFailed, HeldBack
from remit.items import Answer, ExecutorKind, Fault, FaultKind

CLOCK = time.perf_counter


class FreeTurns:
    """Everybody's turn at once; what calls cost is noted."""

    def __init__(self, raises: Exception | None = None, at_the_end: Exception | None = None) -> None:
        self.costs: list[float | None] = []
        self.patience: list[float | None] = []
        self.rests: list[float | None] = []
        self._raises, self._at_the_end = raises, at_the_end

    async def take(self, patience_s):
        self.patience.append(patience_s)
        if self._raises is not None:
            raise self._raises
        return self

    async def end(self, cost, *, rest_s=None):
        self.costs.append(cost)
        self.rests.append(rest_s)
        if self._at_the_end is not None:
            raise self._at_the_end


@pytest.fixture
def elsewhere(spec):
    """Makes an executor that lives elsewhere from a coroutine function of the input."""

    def make(ask, *, at_a_time=4, turns=None, deadline_s=30.0, **given):
        class Made:
            digest = "0" * 64
            gives_confidence = True

            def __init__(self):
                self.spec = spec(kind=ExecutorKind.HTTP, deadline=timedelta(seconds=deadline_s), **given)
                self.at_a_time = at_a_time
                self.turns = turns or FreeTurns()
                self.n_closed = 0

            def begin(self, given):
                async def attempt(left_s):
                    assert 0.0 < left_s <= deadline_s
                    return await ask(given)

                return attempt

            def answer(self, given):
                raise AssertionError

            async def close(self):
                self.n_closed += 1

        return Made()

    return make


class Crowd:
    """Answers once so many are asked at the same time: fewer at once would wait until their deadline."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._here = 0
        self.most = 0
        self._all: asyncio.Event | None = None

    async def __call__(self, given):
        self._all = self._all or asyncio.Event()
        self._here += 1
        self.most = max(self.most, self._here)
        if self._here == self._size:
            self._all.set()
        await self._all.wait()
        self._here -= 1
        return Answer(output={"n": given["n"]})


def ask_one(n, perform):
    return n, perform({"n": n})


class TestManyAtOnce:
    def test_a_batch_asks_as_many_at_once_as_it_may_and_answers_in_order(self, elsewhere):
        crowd = Crowd(8)
        with performer(elsewhere(crowd, at_a_time=8, deadline_s=20.0), clock=CLOCK) as perform:
            found = list(decide_each(perform, range(100), ask_one))
        assert [n for n, _ in found] == list(range(100))
        assert [answer.output["n"] for _, answer in found] == list(range(100))
        assert crowd.most == 8

    def test_threads_that_ask_at_the_same_time_do_not_take_turns(self, elsewhere):
        crowd = Crowd(5)
        with performer(elsewhere(crowd, deadline_s=20.0), clock=CLOCK) as perform:
            found = []
            threads = [
                threading.Thread(target=lambda n=n: found.append(perform({"n": n}).output["n"])) for n in range(5)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(20.0)
        assert sorted(found) == list(range(5))

    def test_a_hundred_calls_are_under_way_at_once_for_asyncio_callers(self, elsewhere):
        crowd = Crowd(100)
        with performer(elsewhere(crowd, deadline_s=20.0), clock=CLOCK) as perform:

            async def all_of_them():
                return await asyncio.gather(*(perform.elsewhere.ask_async({"n": n}) for n in range(100)))

            found = asyncio.run(all_of_them())
        assert [one.output["n"] for one in found] == list(range(100))

    def test_items_are_read_twice_as_far_ahead_as_may_be_under_way_and_no_further(self, elsewhere):
        async def ask(given):
            return Answer(output={})

        read = []
        items = (read.append(n) or n for n in range(1000))
        with performer(elsewhere(ask, at_a_time=3), clock=CLOCK) as perform:
            stream = decide_each(perform, items, ask_one)
            next(stream)
            assert len(read) == 7
            stream.close()

    def test_what_deciding_raises_comes_at_its_place_and_the_rest_is_cancelled(self, elsewhere):
        cancelled = threading.Event()

        async def ask(given):
            if given["n"] == 1:
                return Answer(output={"stop": True})
            try:
                await asyncio.Event().wait() if given["n"] > 1 else None
            except asyncio.CancelledError:
                cancelled.set()
                raise
            return Answer(output={})

        def decide(n, perform):
            if perform({"n": n}).output == {"stop": True}:
                raise ZeroDivisionError
            return n

        with performer(elsewhere(ask), clock=CLOCK) as perform:
            stream = decide_each(perform, range(10), decide)
            assert next(stream) == 0
            with pytest.raises(ZeroDivisionError):
                next(stream)
            assert cancelled.wait(5.0)

    def test_where_nothing_more_may_be_spent_what_was_under_way_still_comes_out(self, elsewhere):
        others_asked = asyncio.Event()

        class OneTooMany(FreeTurns):
            n = 0

            async def take(self, patience_s):
                self.n += 1
                if self.n == 2:  # whoever comes second; it hears so once both others are under way
                    await others_asked.wait()
                    raise SpendingReached("spent")
                return self

        asked = []

        async def ask(given):
            asked.append(given)
            if len(asked) == 2:
                others_asked.set()
            return Answer(output={"n": given["n"]})

        with performer(elsewhere(ask, at_a_time=3, turns=OneTooMany()), clock=CLOCK, patient=True) as perform:
            came = []

            def collect():
                for n, _ in decide_each(perform, range(3), ask_one):
                    came.append(n)  # what came before the end is what is looked at

            with pytest.raises(SpendingReached):
                collect()
        assert len(came) == 2

    def test_the_connections_go_with_the_performer_and_an_asyncio_caller_that_leaves_ends_its_call(self, elsewhere):
        cancelled = threading.Event()

        async def ask(given):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled.set()
                raise

        made = elsewhere(ask)
        with performer(made, clock=CLOCK) as perform:

            async def leave():
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.01):
                        await perform.elsewhere.ask_async({})

            asyncio.run(leave())
            assert cancelled.wait(5.0)
        assert made.n_closed == 1


class TestDeadlineAndRetries:
    def test_one_that_hangs_is_cancelled_at_the_deadline(self, elsewhere):
        async def ask(given):
            await asyncio.Event().wait()

        with performer(elsewhere(ask, deadline_s=0.05), clock=CLOCK) as perform:
            assert perform({}).fault == Fault(kind=FaultKind.TIMEOUT, text="no answer within 0.05 s")

    def failing(self, spec, failures, *, retries, deadline_s=30.0, turns=None, jitter=0.5, patient=False):
        """What comes of failures in a row, on a clock that moves only in pauses; with the pauses."""
        now, pauses, coming = [0.0], [], list(failures)

        async def pause(seconds):
            pauses.append(seconds)
            now[0] += seconds

        async def attempt(left_s):
            if coming:
                raise coming.pop(0)
            return Answer(output={})

        asking = Awaiting(
            begin=lambda given: attempt,
            spec=spec(retries=retries, deadline=timedelta(seconds=deadline_s), cost_per_item=0.5),
            clock=lambda: now[0],
            pause=pause,
            jitter=lambda: jitter,
            turns=turns,
            patient=patient,
        )
        return asyncio.run(asking({})), pauses

    def test_a_failure_that_may_pass_is_tried_again_after_a_pause_that_grows(self, spec):
        found, pauses = self.failing(spec, [CallFailed("busy", again=True)] * 3, retries=3)
        assert found.output == {}
        assert pauses == pytest.approx([0.1, 0.2, 0.4])

    def test_a_service_that_says_when_is_not_asked_before_and_callers_are_spread(self, spec):
        busy = CallFailed("busy", again=True, after_s=7.0)
        assert self.failing(spec, [busy], retries=1, jitter=0.0)[1] == pytest.approx([7.0])
        assert self.failing(spec, [busy], retries=1, jitter=0.9)[1] == pytest.approx([7.09])

    def test_a_service_that_asks_for_more_than_is_left_is_not_waited_for(self, spec):
        busy = CallFailed("the service is busy", again=True, after_s=31.0)
        found, pauses = self.failing(spec, [busy], retries=5)
        assert pauses == []
        assert found.fault == Fault(kind=FaultKind.UNAVAILABLE, text="the service is busy")

    def test_a_proof_leaves_a_service_alone_as_long_as_it_asks_and_that_is_no_time_of_it(self, spec):
        busy = CallFailed("the service is busy", again=True, after_s=300.0)
        turns = FreeTurns()
        found, pauses = self.failing(spec, [busy], retries=1, jitter=0.0, turns=turns, patient=True)
        assert (found.output, found.seconds) == ({}, 0.0)
        assert pauses == pytest.approx([300.0])
        assert turns.rests == [300.0, None]
        for_ever = CallFailed("the service is busy", again=True, after_s=1e9)
        found, pauses = self.failing(spec, [for_ever], retries=1, patient=True)
        assert (found.output, pauses) == (None, [])

    def test_a_failure_that_stays_is_not_tried_again_and_keeps_its_kind_and_words(self, spec):
        found, pauses = self.failing(spec, [CallFailed("refused", kind=FaultKind.ERROR)], retries=5)
        assert pauses == []
        assert found.fault == Fault(kind=FaultKind.ERROR, text="refused")
        assert found.cost == 0.5

    def test_what_surely_cost_nothing_costs_nothing(self, spec):
        turns = FreeTurns()
        found, _ = self.failing(spec, [CallFailed("not there", charged=False)], retries=0, turns=turns)
        assert found.cost == 0.0
        assert turns.costs == [0.0]
        turns = FreeTurns()
        self.failing(spec, [CallFailed("lost on the way")], retries=0, turns=turns)
        assert turns.costs == [None]


class TestTurns:
    async def answered(self, given):
        return Answer(output={}, cost=0.25)

    def test_an_item_waits_at_most_half_of_what_is_left_and_a_proof_as_long_as_it_takes(self, elsewhere):
        turns = FreeTurns()
        made = elsewhere(self.answered, turns=turns, deadline_s=10.0)
        with performer(made, clock=CLOCK) as perform:
            perform({})
        with performer(made, clock=CLOCK, patient=True) as perform:
            perform({})
        assert turns.patience == [pytest.approx(5.0, abs=0.1), None]
        assert turns.costs == [0.25, 0.25]

    def test_the_wait_of_a_proof_counts_neither_as_time_of_the_executor_nor_against_its_deadline(self, spec):
        now = [0.0]

        class Slow(FreeTurns):
            async def take(self, patience_s):
                now[0] += 600.0
                return self

        async def attempt(left_s):
            assert left_s == pytest.approx(30.0)
            now[0] += 2.0
            return Answer(output={})

        asking = Awaiting(begin=lambda given: attempt, spec=spec(), clock=lambda: now[0], turns=Slow(), patient=True)
        found = asyncio.run(asking({}))
        assert found.output == {}
        assert found.seconds == pytest.approx(2.0)

    def test_an_item_that_is_held_back_goes_without_an_answer_and_the_breaker_learns_nothing(self, elsewhere):
        breaker = Breaker(clock=CLOCK, opens_after=1)
        turns = FreeTurns(raises=HeldBack("held back by `limits.per_minute`"))
        with performer(elsewhere(self.answered, turns=turns), clock=CLOCK, breaker=breaker) as perform:
            found = perform({})
        assert found.fault == Fault(kind=FaultKind.UNAVAILABLE, text="held back by `limits.per_minute`")
        assert found.cost == 0.0
        assert not breaker.is_open

    @pytest.mark.parametrize(
        "turns",
        [{"raises": SpendingReached("spent")}, {"raises": StoreError("full")}, {"at_the_end": StoreError("full")}],
    )
    def test_what_our_own_limits_raise_is_no_fault_of_the_executor(self, elsewhere, turns):
        made = elsewhere(self.answered, turns=FreeTurns(**turns))
        with performer(made, clock=CLOCK, patient=True) as perform, pytest.raises((SpendingReached, StoreError)):
            perform({})

    def test_an_error_of_ours_that_the_executor_raises_is_its_fault(self, elsewhere):
        async def ask(given):
            raise StoreError("its own")

        with performer(elsewhere(ask), clock=CLOCK) as perform:
            assert perform({}).fault.kind is FaultKind.ERROR


class TestBreakerOfCalls:
    def test_a_service_that_says_it_failed_is_not_there_and_one_that_refuses_an_item_is(self, elsewhere):
        coming = [CallFailed("500", kind=FaultKind.ERROR, absent=True)] * 4 + [
            CallFailed("422", kind=FaultKind.ERROR, absent=False)
        ]

        async def ask(given):
            raise coming[given["n"] % 5]

        breaker = Breaker(clock=CLOCK)
        with performer(elsewhere(ask), clock=CLOCK, breaker=breaker) as perform:
            for n in range(15):
                perform({"n": n})
                assert not breaker.is_open

    def test_it_opens_at_the_fifth_failure_for_sync_and_async_callers_and_batches_alike(self, elsewhere):
        asked = []

        async def ask(given):
            asked.append(given)
            raise CallFailed("gone", absent=True)

        breaker = Breaker(clock=CLOCK)
        with performer(elsewhere(ask, at_a_time=1), clock=CLOCK, breaker=breaker) as perform:
            for _ in range(2):
                perform({})
            asyncio.run(perform.elsewhere.ask_async({}))
            found = list(decide_each(perform, range(10), ask_one))
            assert breaker.is_open
            perform({})
            asyncio.run(perform.elsewhere.ask_async({}))
        assert len(asked) == 5
        assert found[-1][1].fault.text.endswith("left alone for a while")
