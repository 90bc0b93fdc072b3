"""What a process remembers of its works is never older than what is there: somebody else's commit makes it forget."""

from __future__ import annotations

from dataclasses import replace

import pytest

from remit.definition.levels import Level
from remit.errors import KeyConflict
from remit.items import ReasonKind, Route
from remit.ledger import Verified
from remit.runtime.groups.settle_group import Decided, settle_group
from remit.runtime.settle import settle, settle_in
from remit.runtime.stop import resume, stop
from remit.runtime.terms import standing
from remit.runtime.verify import verify_ledger
from remit.store import open_store
from remit.store.connections import RowRefused
from remit.store.known import Allowance, WorkNow
from remit.store.tables import EVERYTHING


@pytest.fixture
def other(place):
    """The same store as another process has it open."""
    with open_store(place) as opened:
        yield opened


@pytest.fixture
def acting(desk):
    """A desk whose executor may act alone, and which has just recorded an item."""
    desk.hold(desk.grant(Level.SUPERVISED, certificate=desk.certificate()))
    assert settled_alone(desk, "first").record.decision.route is Route.ACT
    return desk


def settled_alone(desk, key, **changes):
    decision = desk.decision(Route.ACT, level=Level.SUPERVISED, checked=None)
    return settle(desk.store, desk.item(key), decision, desk.settlement(**changes))


def whole(store):
    return [type(one.result) for one in verify_ledger(store)] == [Verified]


def remembered(store, work="triage"):
    with store.writing() as writing:
        return writing.known(work)


def test_a_work_is_remembered_after_its_own_decision_and_no_other(desk):
    assert remembered(desk.store) is None
    seq = desk.settle("k1").record.seq
    assert remembered(desk.store).head.seq == seq
    desk.settle("k2")
    assert remembered(desk.store, "another") is None


def test_a_commit_of_another_process_makes_it_forget(desk, other):
    desk.settle("k1")
    stop(other, "quite another", by="ann", reason="whatever", now=desk.now)
    assert remembered(desk.store) is None


def test_a_stop_by_another_process_reaches_the_next_item(acting, other):
    seen = acting.settlement().standing
    stop(other, "triage", by="ann", reason="the camera is turned", now=acting.now)
    settled = settled_alone(acting, "k2", standing=seen)
    assert settled.record.decision.route is Route.STOPPED


def test_a_stop_of_everything_by_another_process_reaches_the_next_item(acting, other):
    """It stands in another chain: nothing but the version of the file tells of it."""
    seen = acting.settlement().standing
    stop(other, EVERYTHING, by="ann", reason="all of it", now=acting.now)
    assert settled_alone(acting, "k2", standing=seen).record.decision.route is Route.STOPPED


def test_a_stop_of_everything_by_another_process_is_seen_before_the_next_item_is_decided(acting, other):
    seen = acting.settlement().standing
    stop(other, EVERYTHING, by="ann", reason="all of it", now=acting.now)
    assert standing(acting.store, acting.of, now=acting.now, seen=seen).stopped is not None


def test_a_stop_by_another_process_is_seen_before_the_next_item_is_decided(acting, other):
    stop(other, "triage", by="ann", reason="the camera is turned", now=acting.now)
    assert acting.settlement().standing.stopped is not None
    resume(other, "triage", by="ann", reason="it is straight again", now=acting.now)
    assert acting.settlement().standing.stopped is None


def test_a_stop_by_this_process_reaches_the_next_item(acting):
    seen = acting.settlement().standing
    stop(acting.store, "triage", by="ann", reason="the camera is turned", now=acting.now)
    assert settled_alone(acting, "k2", standing=seen).record.decision.route is Route.STOPPED


def test_a_grant_that_is_taken_away_by_another_process_stops_the_next_item_from_acting(acting, other):
    seen = acting.settlement().standing
    elsewhere = replace(acting, store=other)
    elsewhere.hold(acting.grant(Level.SHADOW))
    settled = settled_alone(acting, "k2", standing=seen)
    assert settled.record.decision.route is Route.REVIEW
    assert settled.record.decision.reasons[0].kind is not ReasonKind.CONSTRAINT


def test_items_of_two_processes_in_turns_are_one_chain(desk, other):
    elsewhere = replace(desk, store=other, n=100)
    seqs = [(desk if n % 2 else elsewhere).settle(f"k{n}").record.seq for n in range(6)]
    assert seqs == [1, 2, 3, 4, 5, 6]
    assert whole(desk.store)


def test_an_item_that_another_process_decided_is_recalled(desk, other):
    desk.settle("k1")
    elsewhere = replace(desk, store=other, n=100)
    theirs = elsewhere.settle("k2")
    again = desk.settle("k2")
    assert (again.record.id, again.repeated) == (theirs.record.id, True)


def test_an_item_that_this_process_decided_is_recalled_without_a_look(desk):
    first = desk.settle("k1")
    assert desk.settle("k2").record.seq == 2
    again = desk.settle("k1")
    assert (again.record.id, again.repeated) == (first.record.id, True)
    assert desk.settle("k3").record.seq == 3
    assert whole(desk.store)


def test_a_key_with_another_input_is_a_conflict_without_a_look(desk):
    desk.settle("k1")
    with pytest.raises(KeyConflict):
        settle(desk.store, desk.item("k1", amount=6.0), desk.decision(), desk.settlement())
    assert desk.settle("k2").record.seq == 2


def test_an_id_that_stands_twice_is_refused_and_forgotten(desk):
    desk.settle("k1")
    with pytest.raises(RowRefused):
        desk.settle("k2", id="d1")
    assert desk.settle("k2").record.seq == 2
    assert whole(desk.store)


def test_a_transaction_that_is_undone_is_not_remembered(desk):
    desk.settle("k1")

    def settle_and_fail():
        with desk.store.writing() as writing:
            settle_in(writing, desk.item("k2"), desk.decision(), desk.settlement())
            writing.remember(
                {"triage": WorkNow(head=None, allowance=Allowance(grant=9, n_stop_changes=9), newest_act=9)}
            )
            raise RuntimeError("of the caller")

    with pytest.raises(RuntimeError):
        settle_and_fail()
    assert desk.settle("k3").record.seq == 2
    assert whole(desk.store)


def test_what_else_a_transaction_wrote_is_looked_at_again(acting):
    """A caller may settle and grant in one transaction: nothing of it is remembered."""
    with acting.store.writing() as writing:
        settle_in(writing, acting.item("k2"), acting.decision(), acting.settlement())
    assert remembered(acting.store) is None
    assert acting.settle("k3").record.seq == 4
    assert whole(acting.store)


def test_a_group_is_remembered_too_and_its_works_apart(desk):
    group = [
        Decided(item=desk.item(f"k{n}"), decision=desk.decision(), settlement=desk.settlement(provenance=of))
        for n, of in enumerate((desk.of, replace(desk.of, work="other"), desk.of))
    ]
    assert [one.record.seq for one in settle_group(desk.store, group)] == [1, 1, 2]
    assert desk.settle("k9").record.seq == 3
    assert desk.settle("k10", provenance=replace(desk.of, work="other")).record.seq == 2
    assert [type(one.result) for one in verify_ledger(desk.store)] == [Verified, Verified]
