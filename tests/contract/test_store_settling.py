"""Several items in one transaction: each as if it were alone, and one that fails leaves nothing behind."""

from __future__ import annotations

from dataclasses import replace

import pytest

from remit.definition.levels import Level
from remit.errors import ItemInvalid, KeyConflict
from remit.items import Item, Route
from remit.ledger import Verified
from remit.runtime.settle import Settling, content, settle_in
from remit.runtime.verify import verify_ledger
from remit.store.ledger_entries import recorded


def settle_here(settling, desk, item, route=Route.REVIEW, **changes):
    return settling.settle(item, desk.decision(route), desk.settlement(**changes), given=content(item))


def subjects(store):
    return [one.entry.subject for one in recorded(store, "triage")]


def test_items_settled_in_one_transaction_stand_in_the_chain_in_their_order(store, desk):
    with store.writing() as writing:
        settled = [settle_in(writing, desk.item(key), desk.decision(), desk.settlement()) for key in ("a", "b", "c")]
    assert [one.record.seq for one in settled] == [1, 2, 3]
    assert subjects(store) == [one.record.id for one in settled]
    assert [type(one.result) for one in verify_ledger(store)] == [Verified]


def test_a_transaction_of_the_caller_that_fails_records_nothing(store, desk):
    def settle_and_fail():
        with store.writing() as writing:
            settle_in(writing, desk.item(), desk.decision(), desk.settlement())
            raise RuntimeError("of the caller")

    with pytest.raises(RuntimeError):
        settle_and_fail()
    assert subjects(store) == []


def test_the_same_key_twice_in_one_group_is_one_decision(store, desk):
    with store.writing() as writing:
        settling = Settling(writing)
        first = settle_here(settling, desk, desk.item())
        again = settle_here(settling, desk, desk.item())
        settling.write()
    assert (again.record, again.review, again.repeated) == (first.record, first.review, True)
    assert not first.repeated
    assert subjects(store) == [first.record.id]


def test_the_same_key_with_another_input_in_one_group_is_a_conflict_for_the_second_alone(store, desk):
    with store.writing() as writing:
        settling = Settling(writing)
        first = settle_here(settling, desk, desk.item())
        with pytest.raises(KeyConflict):
            settle_here(settling, desk, desk.item(amount=6.0))
        third = settle_here(settling, desk, desk.item("k3"))
        settling.write()
    assert subjects(store) == [first.record.id, third.record.id]


def test_a_key_decided_before_is_known_to_every_item_of_a_group(store, desk):
    before = desk.settle("k2")
    with store.writing() as writing:
        settling = Settling(writing)
        new = settle_here(settling, desk, desk.item("k1"))
        known = settle_here(settling, desk, desk.item("k2"))
        settling.write()
    assert (known.record, known.repeated) == (before.record, True)
    assert subjects(store) == [before.record.id, new.record.id]


def test_an_item_that_fails_leaves_nothing_behind_in_its_group(store, desk):
    desk.hold(desk.grant(Level.SUPERVISED, certificate=desk.certificate()))

    def fail(_):
        raise RuntimeError("of this item")

    with store.writing() as writing:
        settling = Settling(writing)
        with pytest.raises(RuntimeError):
            settle_here(settling, desk, desk.item("k1"), Route.ACT, effects=fail)
        with pytest.raises(RuntimeError):
            settle_here(settling, desk, desk.item("k2"), ask=fail)
        whole = settle_here(settling, desk, desk.item("k3"), Route.ACT, effects=lambda _: ("queued",))
        settling.write()
    assert subjects(store) == ["clerk", whole.record.id]
    assert [type(one.result) for one in verify_ledger(store)] == [Verified]


def test_works_of_one_group_have_a_chain_each(store, desk):
    with store.writing() as writing:
        settling = Settling(writing)
        one = settle_here(settling, desk, desk.item())
        desk.of = replace(desk.of, work="refunds")
        other = settle_here(settling, desk, desk.item())
        settling.write()
    assert (one.record.seq, other.record.seq, other.repeated) == (1, 1, False)
    assert [type(found.result) for found in verify_ledger(store)] == [Verified, Verified]


def test_content_is_refused_before_anything_is_locked():
    with pytest.raises(ItemInvalid):
        content(Item(key="", input={}))
    with pytest.raises(ItemInvalid):
        content(Item(key="k", input={"x": {1}}))
