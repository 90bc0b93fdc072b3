"""Limits on calls: how many at once, how many a minute, what they may cost; and who waits, and who goes without."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from remit.errors import ExecutorInvalid, SpendingReached
from remit.executors.perform.call_failed import HeldBack
from remit.executors.remote import Exhausted, Limits, Reserved, SpendingCap, Surroundings, limited
from remit.executors.remote.limits import Gate

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)


class Clock:
    """Seconds that pass only while somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(0)


class Purse:
    """A purse in memory, to see what is asked of it."""

    def __init__(self, limit_reached: bool = False) -> None:
        self.limit_reached = limit_reached
        self.reserved: list[float] = []
        self.corrected: list[float] = []

    def reserve(self, executor, cap, amount):
        if self.limit_reached:
            return Exhausted(spent=5.0, until=NOW + timedelta(hours=1))
        self.reserved.append(amount)
        return Reserved(executor=executor, per=cap.per, since=NOW, amount=amount)

    def correct(self, reserved, cost):
        self.corrected.append(cost)


def gate(clock, **limits) -> Gate:
    return Gate(Limits(**limits), clock=clock, now=clock.now, sleep=clock.sleep)


def turns(spec, purse, *, name="one", **limits):
    clock = Clock()
    of = Surroundings(
        home=f"/home of {name}",
        setting={}.get,
        now=clock.now,
        monotonic=clock,
        new_id=lambda: "id",
        purse=lambda: purse,
    )
    return limited(spec(name=name, cost_per_item=0.5), Limits(**limits), of)


class TestAtATime:
    def test_one_more_than_may_be_under_way_waits_until_one_ends(self):
        async def run():
            found = gate(Clock(), at_a_time=2)
            await found.enter(None)
            await found.enter(None)
            third = asyncio.create_task(found.enter(None))
            await asyncio.sleep(0)
            assert not third.done()
            found.leave()
            await third

        asyncio.run(run())

    def test_one_that_can_not_wait_goes_without_and_is_told_which_limit(self):
        async def run():
            found = gate(Clock(), at_a_time=1)
            await found.enter(None)
            with pytest.raises(HeldBack, match=r"`limits\.at_a_time`: 1 calls.*when one of them ends"):
                await found.enter(0.001)
            found.leave()
            await found.enter(0.001)

        asyncio.run(run())


class TestPerMinute:
    def test_no_minute_sees_more_than_the_limit_and_those_who_are_patient_wait(self):
        async def run():
            clock = Clock()
            found = gate(clock, at_a_time=10, per_minute=3)
            began = []
            for _ in range(9):
                await found.enter(None)
                found.leave()
                began.append(clock())
            return began

        began = asyncio.run(run())
        assert all(later - earlier >= 60.0 for earlier, later in zip(began, began[3:], strict=False))
        assert began[8] < 121.0

    def test_one_that_can_not_wait_is_told_when_the_next_may_begin_and_takes_no_room(self):
        async def run():
            clock = Clock()
            found = gate(clock, at_a_time=1, per_minute=1)
            await found.enter(5.0)
            found.leave()
            clock.seconds = 10.0
            with pytest.raises(HeldBack, match=r"`limits\.per_minute`: 1 calls.* 2026-07-01T09:31:00Z"):
                await found.enter(5.0)
            clock.seconds = 60.0
            await found.enter(0.001)  # neither the room nor the turn of the one that went is lost

        asyncio.run(run())

    def test_one_that_waited_for_its_minute_and_was_cancelled_gives_its_room_back(self):
        async def run():
            clock = Clock()
            found = Gate(
                Limits(at_a_time=1, per_minute=1), clock=clock, now=clock.now, sleep=lambda _: asyncio.sleep(9)
            )
            await found.enter(None)
            found.leave()
            waiting = asyncio.create_task(found.enter(None))
            await asyncio.sleep(0)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            clock.seconds = 200.0
            await found.enter(0.001)

        asyncio.run(run())


class TestRest:
    def test_a_service_that_asks_to_be_left_alone_is_by_everybody_for_a_minute_at_most(self):
        async def run():
            clock = Clock()
            found = gate(clock, at_a_time=2)
            await found.enter(None)
            found.leave(20.0)
            with pytest.raises(HeldBack, match=r"asked to be left alone.* 2026-07-01T09:30:20Z"):
                await found.enter(5.0)
            await found.enter(None)
            assert clock() == pytest.approx(20.0, abs=0.1)
            found.leave(1e9)
            await found.enter(None)
            assert clock() == pytest.approx(80.0, abs=0.2)

        asyncio.run(run())


class TestSpending:
    cap = SpendingCap(amount=5.0, per="hour")

    def test_what_one_item_may_cost_is_set_aside_and_corrected_to_what_it_cost(self, spec):
        async def run():
            purse = Purse()
            found = turns(spec, purse, name="corrected", spend_at_most=self.cap)
            await (await found.take(1.0)).end(0.25)
            await (await found.take(1.0)).end(None)  # nobody said: it counts as what it may cost
            await (await found.take(1.0)).end(float("nan"))
            return purse

        purse = asyncio.run(run())
        assert purse.reserved == [0.5, 0.5, 0.5]
        assert purse.corrected == [0.25]

    def test_where_nothing_is_left_an_item_goes_without_and_a_proof_stops(self, spec):
        async def run():
            found = turns(spec, Purse(limit_reached=True), name="spent", at_a_time=1, spend_at_most=self.cap)
            with pytest.raises(HeldBack, match=r"`limits\.spend_at_most` allows 5 a hour.* 2026-07-01T10:30:00Z"):
                await found.take(1.0)
            with pytest.raises(SpendingReached) as stopped:
                await found.take(None)  # and the room of the first one is free again
            return stopped.value.problems[0]

        problem = asyncio.run(run())
        assert problem.where.path == "settings.limits.spend_at_most"
        assert "2026-07-01T10:30:00Z" in problem.mend

    def test_a_cap_below_what_one_item_costs_is_refused(self, spec):
        with pytest.raises(ExecutorInvalid, match="one item may cost more"):
            turns(spec, Purse(), spend_at_most=SpendingCap(amount=0.1, per="day"))

    def test_without_a_cap_the_purse_is_never_opened(self, spec):
        async def run():
            await (await turns(spec, None, name="free").take(1.0)).end(3.0)

        asyncio.run(run())


def test_an_executor_that_is_loaded_twice_has_one_gate(spec):
    async def run():
        first, second = (turns(spec, Purse(), name="twice", at_a_time=1) for _ in range(2))
        held = await first.take(None)
        with pytest.raises(HeldBack):
            await second.take(0.001)
        await held.end(None)
        await second.take(0.001)

    asyncio.run(run())
