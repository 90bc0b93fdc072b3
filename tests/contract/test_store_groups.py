"""Group commit on every store: one commit for many callers, each answered as if it had been alone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from remit.definition.levels import Level
from remit.errors import ItemInvalid, KeyConflict, StoreError
from remit.items import Item, Route
from remit.ledger import Verified
from remit.runtime.groups.gathering import Gathering
from remit.runtime.groups.group_commit import GroupCommit
from remit.runtime.groups.settle_group import Decided, NotSettled, settle_group
from remit.runtime.settle import Settled
from remit.runtime.stop import stop
from remit.runtime.verify import verify_ledger
from remit.store.ledger_entries import recorded


def decided(desk, key: str = "k1", route: Route = Route.REVIEW, **changes) -> Decided:
    return Decided(item=desk.item(key), decision=desk.decision(route), settlement=desk.settlement(**changes))


def keys(store) -> list[str]:
    return [one.body[3] for one in recorded(store, "triage") if one.entry.kind == "decision"]


class Gate:
    """A store whose transactions wait until they may, and tell how many there were."""

    def __init__(self, store) -> None:
        self._store = store
        self.n = 0
        self.began = threading.Event()
        self.may = threading.Event()

    def rows(self, statement, **values):
        return self._store.rows(statement, **values)

    def writing(self):
        self.n += 1
        self.began.set()
        self.may.wait(30)
        return self._store.writing()


class Broken(Gate):
    def writing(self):
        raise StoreError("the disk is full: nothing of this was recorded")


async def all_of(commit: GroupCommit, group: Sequence[Decided]) -> list[Settled | BaseException]:
    return await asyncio.gather(*map(commit.settle, group), return_exceptions=True)


def run(store, group: Sequence[Decided], **given) -> list[Settled | BaseException]:
    commit = GroupCommit(store, **given)
    try:
        return asyncio.run(all_of(commit, group))
    finally:
        commit.close()


def together(gate: Gate, first: Decided, group: Sequence[Decided], **given) -> list[Settled | BaseException]:
    """What comes of ``group``, all of which comes while ``first`` is being recorded."""

    async def come() -> list[Settled | BaseException]:
        asked = [asyncio.ensure_future(commit.settle(first))]
        await asyncio.to_thread(gate.began.wait, 30)
        asked += [asyncio.ensure_future(commit.settle(one)) for one in group]
        await asyncio.sleep(0)
        gate.may.set()
        return (await asyncio.gather(*asked, return_exceptions=True))[1:]

    commit = GroupCommit(gate, **given)
    try:
        return asyncio.run(come())
    finally:
        gate.may.set()
        commit.close()


class TestSettleGroup:
    def test_a_group_is_recorded_in_its_order(self, store, desk):
        settled = settle_group(store, [decided(desk, key) for key in "cab"])
        assert [one.record.key for one in settled] == keys(store) == ["c", "a", "b"]
        assert [type(one.result) for one in verify_ledger(store)] == [Verified]

    def test_what_is_wrong_with_one_item_breaks_no_other(self, store, desk):
        desk.settle("known")
        conflict = Decided(item=desk.item("known", amount=6.0), decision=desk.decision(), settlement=desk.settlement())
        no_key = Decided(item=Item(key=" ", input={}), decision=desk.decision(), settlement=desk.settlement())
        no_json = Decided(item=Item(key="k", input={"x": {1}}), decision=desk.decision(), settlement=desk.settlement())
        found = settle_group(store, [decided(desk, "a"), conflict, no_key, no_json, decided(desk, "b")])
        assert [type(one) for one in found] == [Settled, NotSettled, NotSettled, NotSettled, Settled]
        assert [type(one.error) for one in found[1:4]] == [KeyConflict, ItemInvalid, ItemInvalid]
        assert [one.key for one in found[1:4]] == ["known", " ", "k"]
        assert keys(store) == ["known", "a", "b"]

    def test_a_row_that_can_not_be_written_breaks_no_other(self, store, desk):
        desk.settle("known", id="taken")
        found = settle_group(store, [decided(desk, "a"), decided(desk, "b", id="taken"), decided(desk, "c")])
        assert [type(one) for one in found] == [Settled, NotSettled, Settled]
        assert keys(store) == ["known", "a", "c"]
        assert [type(one.result) for one in verify_ledger(store)] == [Verified]

    def test_a_failing_effect_is_its_own_items_fault(self, store, desk):
        desk.hold(desk.grant(Level.SUPERVISED, certificate=desk.certificate()))

        def fail(_):
            raise RuntimeError("of this item")

        found = settle_group(store, [decided(desk, "a", Route.ACT, effects=fail), decided(desk, "b", Route.ACT)])
        assert [type(one) for one in found] == [NotSettled, Settled]

    def test_a_store_that_fails_is_everybodys(self, store, desk):
        with pytest.raises(StoreError):
            settle_group(Broken(store), [decided(desk)])


class TestGroupCommit:
    def test_callers_who_come_while_one_is_recorded_share_one_transaction(self, store, desk):
        gate = Gate(store)
        settled = together(gate, decided(desk, "first"), [decided(desk, f"k{i}") for i in range(20)])
        assert gate.n == 2
        assert (
            ["first", *(one.record.key for one in settled)] == keys(store) == ["first", *(f"k{i}" for i in range(20))]
        )

    def test_a_group_is_never_larger_than_it_may_be(self, store, desk):
        gate = Gate(store)
        together(gate, decided(desk, "first"), [decided(desk, f"k{i}") for i in range(20)], most=5)
        assert gate.n == 1 + 4

    def test_a_lone_caller_waits_for_nobody(self, store, desk):
        assert run(store, [decided(desk)])[0].record.key == "k1"

    def test_the_same_key_twice_in_one_group_is_one_decision(self, store, desk):
        one, other = together(Gate(store), decided(desk, "first"), [decided(desk), decided(desk)])
        assert (one.repeated, other.repeated) == (False, True)
        assert one.record == other.record
        assert keys(store) == ["first", "k1"]

    def test_nobody_is_answered_before_the_commit(self, store, desk):
        gate = Gate(store)

        async def watch() -> None:
            asked = [asyncio.ensure_future(commit.settle(decided(desk, f"k{i}"))) for i in range(3)]
            await asyncio.to_thread(gate.began.wait, 30)
            assert [one.done() for one in asked] == [False] * 3
            assert keys(store) == []
            gate.may.set()
            await asyncio.gather(*asked)
            assert len(keys(store)) == 3

        commit = GroupCommit(gate, most=3)
        try:
            asyncio.run(watch())
        finally:
            gate.may.set()
            commit.close()

    def test_a_stop_that_is_committed_meanwhile_is_respected(self, store, desk):
        desk.hold(desk.grant(Level.SUPERVISED, certificate=desk.certificate()))
        group = [decided(desk, f"k{i}", Route.ACT) for i in range(3)]
        stop(store, "triage", by="ann", reason="odd answers", now=desk.now)
        assert {one.record.decision.route for one in run(store, group)} == {Route.STOPPED}

    def test_what_is_wrong_with_one_caller_is_only_told_to_that_one(self, store, desk):
        bad = Decided(item=Item(key="", input={}), decision=desk.decision(), settlement=desk.settlement())
        found = run(store, [decided(desk, "a"), bad, decided(desk, "b")])
        assert [type(one) for one in found] == [Settled, ItemInvalid, Settled]

    def test_where_the_commit_fails_every_caller_hears_it_and_nothing_is_recorded(self, store, desk):
        found = run(Broken(store), [decided(desk, f"k{i}") for i in range(3)])
        assert [type(one) for one in found] == [StoreError] * 3
        assert keys(store) == []

    def test_the_next_group_goes_on_after_one_that_failed(self, store, desk):
        class Second(Gate):
            def writing(self):
                transaction = super().writing()
                if self.n == 2:
                    raise StoreError("locked for too long")
                return transaction

        found = together(Second(store), decided(desk, "first"), [decided(desk, f"k{i}") for i in range(4)], most=2)
        assert [type(one) for one in found] == [StoreError, StoreError, Settled, Settled]
        assert keys(store) == ["first", "k2", "k3"]

    def test_whoever_finds_no_room_waits_for_it(self, store, desk):
        gate = Gate(store)

        async def watch() -> None:
            asked = [asyncio.ensure_future(commit.settle(decided(desk, f"k{i}"))) for i in range(9)]
            await asyncio.to_thread(gate.began.wait, 30)
            assert len(commit._gathering._waiting) <= 3
            gate.may.set()
            assert len(await asyncio.gather(*asked)) == 9

        commit = GroupCommit(gate, most=3, room=3)
        try:
            asyncio.run(watch())
        finally:
            gate.may.set()
            commit.close()
        assert sorted(keys(store)) == [f"k{i}" for i in range(9)]

    def test_closing_records_what_waits_and_takes_nothing_more(self, store, desk):
        async def leave() -> list[Settled | BaseException]:
            asked = [asyncio.ensure_future(commit.settle(decided(desk, f"k{i}"))) for i in range(3)]
            await asyncio.sleep(0)
            gate.may.set()
            await asyncio.to_thread(commit.close)
            with pytest.raises(StoreError):
                await commit.settle(decided(desk, "late"))
            return await asyncio.gather(*asked)

        gate = Gate(store)
        commit = GroupCommit(gate)
        assert [one.record.key for one in asyncio.run(leave())] == keys(store) == ["k0", "k1", "k2"]

    def test_a_caller_that_gave_up_before_its_group_went_off_leaves_nothing(self, store, desk):
        gate = Gate(store)

        async def leave() -> None:
            first = asyncio.ensure_future(commit.settle(decided(desk, "first")))
            await asyncio.to_thread(gate.began.wait, 30)
            gone = asyncio.ensure_future(commit.settle(decided(desk, "gone")))
            await asyncio.sleep(0)
            gone.cancel()
            gate.may.set()
            await asyncio.gather(first, commit.settle(decided(desk, "stays")))

        commit = GroupCommit(gate)
        try:
            asyncio.run(leave())
        finally:
            gate.may.set()
            commit.close()
        assert keys(store) == ["first", "stays"]

    def test_callers_on_two_event_loops_share_a_thread(self, store, desk):
        commit = GroupCommit(store)
        found = []
        threads = [
            threading.Thread(target=lambda one=one: found.append(asyncio.run(commit.settle(one))))
            for one in (decided(desk, "a"), decided(desk, "b"))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        commit.close()
        assert sorted(one.record.key for one in found) == sorted(keys(store)) == ["a", "b"]


def test_a_gathering_that_was_never_asked_closes_at_once():
    gathering: Gathering[int, int] = Gathering(list, name="none", most=1, room=1)
    gathering.close()
    gathering.close()
