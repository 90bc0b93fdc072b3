"""Many items at once: in batches, by asyncio callers, killed in the middle. Each is decided once, and all is kept."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys

import pytest
from tests.integration.small_project import ITEM, environment

from remit.definition.levels import Level
from remit.errors import ItemInvalid, KeyConflict, NotFound, StoreError
from remit.items import Item
from remit.ledger import Verified
from remit.runtime.groups.settle_group import NotSettled
from remit.runtime.settle import Settled

GATHERED = '''\
"""Answers once three are waiting."""

import asyncio

waiting = []
all_there = []


async def answer(given: dict) -> dict:
    """The refund."""
    waiting.append(given)
    if not all_there:
        all_there.append(asyncio.Event())
    if len(waiting) == 3:
        all_there[0].set()
    await all_there[0].wait()
    return {"refund": "yes"}
'''


@pytest.fixture
def work(frozen):
    with frozen.opened() as opened:
        opened.grant("desk", level=Level.SHADOW, reason="a look at it", by="jonas")
        yield opened


def items(n: int, first: int = 0) -> list[Item]:
    return [Item(key=f"k{i}", input={**ITEM, "amount": 1.0 + i * 37 % 179}) for i in range(first, first + n)]


def keys_in_order(work) -> list[str]:
    from remit.store.ledger_entries import recorded

    return [one.body[3] for one in recorded(work.project.store, work.id) if one.entry.kind == "decision"]


def verified(work) -> bool:
    return all(isinstance(one.result, Verified) for one in work.project.verify_ledger())


class TestBatches:
    def test_a_batch_is_decided_and_recorded_in_its_order(self, work):
        outcomes = list(work.decide_many(items(250)))
        assert [one.record.key for one in outcomes] == keys_in_order(work) == [f"k{i}" for i in range(250)]
        assert verified(work)

    def test_an_item_of_a_batch_comes_to_what_it_comes_to_alone(self, work):
        given = items(20)
        alone = [work.decide(one.input, key=f"alone {one.key}").record.decision for one in given]
        batch = [one.record.decision for one in work.decide_many(given)]
        for one, other in zip(alone, batch, strict=True):
            assert (one.route, one.reasons, one.input, one.level) == (
                other.route,
                other.reasons,
                other.input,
                other.level,
            )
            assert (one.answer.output, one.answer.confidence) == (other.answer.output, other.answer.confidence)

    def test_the_same_batch_again_asks_nobody_and_records_nothing(self, work):
        first = list(work.decide_many(items(30)))
        again = list(work.decide_many(items(30)))
        assert [one.record for one in again] == [one.record for one in first]
        assert all(one.repeated for one in again)
        assert len(keys_in_order(work)) == 30

    def test_a_key_twice_in_one_batch_is_one_decision(self, work):
        (one,) = items(1)
        outcomes = list(work.decide_many([one] * 7))
        assert [outcome.repeated for outcome in outcomes] == [False] + [True] * 6
        assert keys_in_order(work) == ["k0"]

    def test_what_is_wrong_with_one_item_breaks_no_other(self, work):
        work.decide(ITEM, key="k3")
        bad = Item(key="", input=ITEM)
        no_json = Item(key="set", input={**ITEM, "note": {1}})
        outcomes = list(work.decide_many([*items(5), bad, no_json, *items(5, 5)]))
        failed = [one for one in outcomes if isinstance(one, NotSettled)]
        assert [(one.key, type(one.error)) for one in failed] == [
            ("k3", KeyConflict),
            ("", ItemInvalid),
            ("set", ItemInvalid),
        ]
        assert sum(isinstance(one, Settled) for one in outcomes) == 9
        assert verified(work)

    def test_an_executor_that_is_not_there_is_refused(self, work):
        with pytest.raises(NotFound):
            list(work.decide_many(items(2), executor="nobody"))

    def test_a_stop_in_the_middle_reaches_the_next_group(self, work):
        outcomes = work.decide_many(items(400))
        first = next(outcomes)
        work.project.stop("refunds", executor=None, by="tarek", reason="odd")
        rest = list(outcomes)
        assert first.record.decision.route == "incumbent"
        assert {one.record.decision.route for one in rest} == {"stopped"}

    def test_items_are_read_no_further_than_one_group_ahead(self, work):
        read = []

        def coming():
            for one in items(200):
                read.append(one)
                yield one

        outcomes = work.decide_many(coming())
        next(outcomes)
        assert len(read) == 1

    def test_an_async_caller_gets_the_same(self, work):
        async def all_of_them():
            return [one async for one in work.adecide_many(items(40))]

        assert [one.record.key for one in asyncio.run(all_of_them())] == keys_in_order(work)
        assert len(keys_in_order(work)) == 40


class TestAsyncioCallers:
    def test_many_callers_are_answered_each_with_its_own_record(self, work):
        async def all_of_them():
            return await asyncio.gather(*(work.adecide(one.input, key=one.key) for one in items(60)))

        settled = asyncio.run(all_of_them())
        assert [one.record.key for one in settled] == [f"k{i}" for i in range(60)]
        assert sorted(keys_in_order(work)) == sorted(f"k{i}" for i in range(60))
        assert [one.record.input["amount"] for one in settled] == [one.input["amount"] for one in items(60)]
        assert verified(work)

    def test_what_was_recorded_comes_back_and_another_input_is_a_conflict(self, work):
        first = work.decide(ITEM, key="k1")

        async def again():
            with pytest.raises(KeyConflict):
                await work.adecide({**ITEM, "amount": 1.0}, key="k1")
            with pytest.raises(ItemInvalid):
                await work.adecide(ITEM, key="")
            with pytest.raises(NotFound):
                await work.adecide(ITEM, executor="nobody")
            return await work.adecide(ITEM, key="k1")

        settled = asyncio.run(again())
        assert (settled.record, settled.repeated) == (first.record, True)

    def test_without_a_key_each_call_is_a_new_item(self, work):
        async def twice():
            return await asyncio.gather(work.adecide(ITEM), work.adecide(ITEM))

        one, other = asyncio.run(twice())
        assert one.record.key != other.record.key

    def test_a_second_event_loop_uses_the_same_work(self, work):
        for key in ("a", "b"):
            assert asyncio.run(work.adecide(ITEM, key=key)).record.key == key

    def test_an_async_executor_is_awaited_for_many_items_at_a_time(self, frozen):
        frozen.write("functions/gathered.py", GATHERED)
        frozen.write(
            "executors/gathered.yaml",
            'for: refunds\nkind: function\nentry: functions/gathered.py:answer\nversion: "1"\ndeadline: 30s\n'
            "confidence: none\ncost_per_item: 0.0\nauthor: sam\n",
        )
        with frozen.opened() as work:
            work.grant("gathered", level=Level.SHADOW, reason="a look at it", by="jonas")

            async def three():
                return await asyncio.gather(*(work.adecide(ITEM, key=key) for key in "abc"))

            answers = [one.record.decision.answer for one in asyncio.run(three())]
        assert [answer.output for answer in answers] == [{"refund": "yes"}] * 3

    def test_an_async_executor_that_is_not_there_is_left_alone(self, frozen):
        frozen.write(
            "functions/away.py",
            '"""Nobody there."""\n\n\nasync def answer(given: dict) -> dict:\n    """No refund."""\n'
            '    raise ConnectionRefusedError("away")\n',
        )
        frozen.write(
            "executors/away.yaml",
            'for: refunds\nkind: function\nentry: functions/away.py:answer\nversion: "1"\n'
            "confidence: none\nauthor: sam\n",
        )
        with frozen.opened() as work:
            work.grant("away", level=Level.SHADOW, reason="a look at it", by="jonas")

            async def one_after_the_other():
                return [await work.adecide(ITEM, key=key) for key in "abcdef"]

            faults = [one.record.decision.answer.fault.text for one in asyncio.run(one_after_the_other())]
        assert ["left alone" in text for text in faults] == [False] * 5 + [True]

    def test_closing_the_project_records_what_waits_and_takes_nothing_more(self, work):
        async def leave():
            asked = [asyncio.ensure_future(work.adecide(one.input, key=one.key)) for one in items(5)]
            done = await asyncio.gather(*asked)
            desk = work._awaiting_desk
            work.end_deciding()
            with pytest.raises(StoreError):
                await desk.decide(ITEM, key="late", actor="python", executor=None)
            return done

        assert len(asyncio.run(leave())) == 5
        assert len(keys_in_order(work)) == 5
        assert asyncio.run(work.adecide(ITEM, key="later")).record.key == "later"


PROCESS = """
import sys
from remit import Item, Project
project = Project.open(sys.argv[1])
items = (Item(key=f"k{i}", input={"amount": float(i % 180), "channel": "web", "dealer": False}) for i in range(1000))
for one in project.work("refunds").decide_many(items):
    sys.stdout.write(f"{one.record.key} {one.record.id}\\n")
    sys.stdout.flush()
project.close()
"""


@pytest.mark.parametrize("moments", [(1, 340, 610)])
def test_a_batch_that_is_killed_and_run_again_loses_nothing_and_records_nothing_twice(work, frozen, moments):
    told: dict[str, str] = {}
    for n in moments:
        process = subprocess.Popen(
            [sys.executable, "-c", PROCESS, str(frozen.root)], env=environment(), stdout=subprocess.PIPE, text=True
        )
        with process:
            told |= dict(process.stdout.readline().split() for _ in range(n))
            process.send_signal(signal.SIGKILL)
            whole = [line for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
            told |= dict(line.split() for line in whole)
    found = keys_in_order(work)
    assert set(told) <= set(found)
    outcomes = list(work.decide_many(Item(key=f"k{i}", input={**ITEM, "amount": float(i % 180)}) for i in range(1000)))
    assert len(outcomes) == 1000
    ids = {one.record.key: one.record.id for one in outcomes}
    assert told.items() <= ids.items()
    assert keys_in_order(work) == [f"k{i}" for i in range(1000)]
    assert verified(work)
