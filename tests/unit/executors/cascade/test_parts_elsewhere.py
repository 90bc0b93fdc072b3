"""A cascade with a part that lives elsewhere: many items at once, limits that a proof waits for, one deadline."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import pytest

from remit.errors import SpendingReached, StoreError
from remit.executors.cascade.executor import WaitingCascadeExecutor
from remit.executors.cascade.loading import load_cascade
from remit.executors.cascade.walk import Member
from remit.executors.perform import decide_each, performer
from remit.executors.perform.call_failed import HeldBack
from remit.items import Answer, ExecutorKind, FaultKind


class Turns:
    """Everybody's turn at once, or after ``wait_s``; or what it raises."""

    def __init__(self, raises=None, wait_s=0.0):
        self.patience = []
        self._raises, self._wait_s = raises, wait_s

    async def take(self, patience_s):
        self.patience.append(patience_s)
        if self._raises is not None:
            raise self._raises
        await asyncio.sleep(self._wait_s)
        return self

    async def end(self, cost, *, rest_s=None):
        pass


class Service:
    """An executor that lives elsewhere, made of a coroutine function."""

    digest = "5" * 64
    gives_confidence = True

    def __init__(self, spec, ask, *, turns=None, at_a_time=4):
        self.spec = spec
        self.at_a_time = at_a_time
        self.turns = turns or Turns()
        self.n_closed = 0
        self._ask = ask

    def begin(self, given):
        async def attempt(left_s):
            del left_s
            return await self._ask(given)

        return attempt

    def answer(self, given):
        raise AssertionError

    async def close(self):
        self.n_closed += 1


@pytest.fixture
def service(spec):
    """Makes the service as the last part of a cascade."""

    def make(ask, *, deadline_s=5.0, **how):
        made = spec(ExecutorKind.HTTP, name="far", cost_per_item=2.0, deadline=timedelta(seconds=deadline_s))
        return Member(name="far", executor=Service(made, ask, **how))

    return make


@pytest.fixture
def cascade(spec):
    """Makes the whole."""

    def make(*members, deadline_s=5.0):
        described = spec(ExecutorKind.CASCADE, name="cascade", deadline=timedelta(seconds=deadline_s))
        return WaitingCascadeExecutor(members, spec=described, digest="c" * 64, tuned=None)

    return make


async def sure(given):
    await asyncio.sleep(0)
    return Answer(output={"team": "fraud"}, confidence=0.9)


def test_a_part_that_lives_elsewhere_is_asked_where_the_one_before_is_not_sure(cascade, part, service, said):
    whole = cascade(part("near", said(confidence=0.5), at_least=0.8), service(sure))
    with performer(whole, clock=time.perf_counter) as perform:
        answer = perform({"subject": "x"})
    assert (answer.output, answer.confidence, answer.cost) == ({"team": "fraud"}, 0.9, 3.0)
    assert answer.signals["part"] == "far"


def test_as_many_items_are_asked_at_once_as_the_part_allows_and_come_out_in_order(cascade, service):
    n_inside, together = 0, asyncio.Event()

    async def all_at_once(given):
        nonlocal n_inside
        n_inside += 1
        if n_inside == 4:
            together.set()
        await asyncio.wait_for(together.wait(), 5.0)  # fewer at once would wait in vain
        return Answer(output={"team": given["subject"]}, confidence=0.9)

    with performer(cascade(service(all_at_once)), clock=time.perf_counter) as perform:
        assert (perform.waits, perform.at_a_time, perform.needs_thread) == (True, 4, True)
        items = [{"subject": str(n)} for n in range(4)]
        answers = list(decide_each(perform, items, lambda given, ask: ask(given)))
    assert [one.output["team"] for one in answers] == ["0", "1", "2", "3"]


def test_a_proof_waits_for_a_turn_and_the_wait_is_no_time_of_the_cascade(cascade, service):
    turns = Turns(wait_s=0.4)
    with performer(cascade(service(sure, turns=turns), deadline_s=0.2), clock=time.perf_counter) as perform:
        answer = perform({"subject": "x"})
    assert answer.fault is None
    assert answer.seconds < 0.2
    assert turns.patience == [None]


def test_an_item_that_is_decided_does_not_wait_for_ever(cascade, service):
    turns = Turns(raises=HeldBack("at most 4 calls at a time"))
    whole = cascade(service(sure, turns=turns))
    whole.leave_absent_parts_alone()
    with performer(whole, clock=time.perf_counter) as perform:
        answer = perform({"subject": "x"})
    assert answer.fault.kind is FaultKind.UNAVAILABLE
    assert turns.patience[0] is not None


def test_a_limit_that_holds_items_back_is_no_absence_of_the_part(cascade, service):
    turns = Turns(raises=HeldBack("at most 4 calls at a time"))
    whole = cascade(service(sure, turns=turns))
    whole.leave_absent_parts_alone()
    with performer(whole, clock=time.perf_counter) as perform:
        for _ in range(8):
            perform({"subject": "x"})
    assert len(turns.patience) == 8, "every one of them tried to get a turn"


@pytest.mark.parametrize("error", [SpendingReached("spent"), StoreError("gone")])
def test_a_proof_stops_where_nothing_more_may_be_spent_or_recorded(cascade, service, error):
    whole = cascade(service(sure, turns=Turns(raises=error)))
    with performer(whole, clock=time.perf_counter) as perform, pytest.raises(type(error)):
        perform({"subject": "x"})


def test_a_part_that_hangs_has_what_is_left_of_the_deadline(cascade, service):
    async def hangs(given):
        await asyncio.sleep(30)

    with performer(cascade(service(hangs), deadline_s=0.3), clock=time.perf_counter) as perform:
        started = time.perf_counter()
        answer = perform({"subject": "x"})
    assert answer.fault.kind is FaultKind.TIMEOUT
    assert time.perf_counter() - started < 5.0


def test_a_part_that_raises_is_a_fault_and_breaks_nobody(cascade, service):
    async def raises(given):
        raise ValueError("no")

    with performer(cascade(service(raises)), clock=time.perf_counter) as perform:
        assert perform({"subject": "x"}).fault.kind is FaultKind.ERROR


def test_what_is_under_way_ends_and_connections_go_with_the_cascade(cascade, service):
    member = service(sure)
    with performer(cascade(member), clock=time.perf_counter) as perform:
        perform({"subject": "x"})
        perform.cancel()
    assert member.executor.n_closed == 1


def test_loading_takes_the_kind_that_waits_where_a_part_lives_elsewhere(spec, part, service, siblings, said, tmp_path):
    near, far = part("near", said(confidence=0.5)), service(sure)
    described = spec(
        ExecutorKind.CASCADE,
        name="cascade",
        settings={"parts": [{"executor": "near", "at_least": 0.8}, {"executor": "far"}]},
    )
    whole = load_cascade(described, root=tmp_path, siblings=siblings(near.executor, far.executor))
    assert isinstance(whole, WaitingCascadeExecutor)
    assert whole.at_a_time == 4
