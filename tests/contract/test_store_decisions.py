from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.by_hand import tamper

from remit.autonomy.route import Terms
from remit.deciding.decide import Stopped, decide_again
from remit.deciding.decision import Checked
from remit.definition.levels import Level
from remit.errors import ItemInvalid, KeyConflict, LedgerBroken, NotFound
from remit.items import Answer, Fault, FaultKind, Item, ReasonKind, Route
from remit.ledger import LedgerKind, Verified
from remit.reviews import ReviewState
from remit.runtime.grant import revoke
from remit.runtime.settle import recall, settle
from remit.runtime.stop import EVERYTHING, resume, stop
from remit.runtime.terms import Provenance, standing
from remit.runtime.verify import verify_ledger
from remit.store.decisions import decision, decision_by_key
from remit.store.ledger_entries import recorded
from remit.store.reviews import review_of, reviews_in
from remit.store.statements import prepare
from remit.store.tables import decisions, ledger, outbox, payloads, reviews


def n(store, table):
    import sqlalchemy as sa

    return store.rows(prepare(sa.select(sa.func.count()).select_from(table)))[0][0]


def test_a_decision_comes_back_as_it_was_settled(store, desk):
    settled = desk.settle()
    assert decision_by_key(store, work="triage", key="k1") == settled.record
    assert decision(store, "d1") == settled.record
    assert settled.record.decision == desk.decision()
    assert settled.record.input == desk.item().input
    assert (settled.record.seq, settled.repeated) == (1, False)


@pytest.mark.parametrize(
    "changes",
    [
        {"answer": None, "checked": None},
        {"answer": Answer(output=None, fault=Fault(kind=FaultKind.ERROR, text="it broke")), "checked": Checked()},
        {
            "answer": Answer(
                output={"team": "fraud"}, confidence=-0.0, seconds=3, signals={"injection": True}, trace="…"
            )
        },
        {"checked": Checked(output_faults=("team: no",), modes=("F1",), never=("n",), review_when=True)},
        {"input": {"subject": "repaired"}, "eligible": True, "level": Level.AUTONOMOUS},
    ],
)
def test_every_part_of_a_decision_is_kept(store, desk, changes):
    made = desk.decision(**changes)
    settled = settle(store, desk.item(), made, desk.settlement())
    assert decision(store, "d1").decision == made
    assert settled.record == decision(store, "d1")
    assert [type(one.result) for one in verify_ledger(store)] == [Verified]


def test_nothing_is_known_of_an_item_that_never_came(store, desk):
    assert decision_by_key(store, work="triage", key="k1") is None
    assert recall(store, desk.item(), work="triage") is None
    with pytest.raises(NotFound):
        decision(store, "d1")


def test_the_same_key_and_input_give_the_stored_decision_and_record_nothing_new(store, desk):
    first = desk.settle()
    again = desk.settle(route=Route.ACT)
    assert again.record == first.record
    assert again.review == first.review
    assert again.repeated
    assert recall(store, desk.item(), work="triage") == again
    assert [n(store, table) for table in (decisions, payloads, ledger, reviews)] == [1, 1, 1, 1]


def test_the_same_key_with_another_input_is_a_conflict(store, desk):
    desk.settle()
    with pytest.raises(KeyConflict) as refused:
        settle(store, desk.item(amount=6.0), desk.decision(), desk.settlement())
    assert "d1" in str(refused.value.problems[0].expected)
    with pytest.raises(KeyConflict):
        recall(store, desk.item(amount=6.0), work="triage")
    assert n(store, decisions) == 1


def test_the_same_key_of_another_work_is_another_item(store, desk):
    desk.settle()
    desk.of = replace(desk.of, work="refunds")
    assert not desk.settle().repeated
    assert n(store, decisions) == 2


def test_each_work_has_a_chain_of_its_own_and_each_decision_its_entry(store, desk):
    for key in ("k1", "k2", "k3"):
        desk.settle(key)
    desk.of = replace(desk.of, work="refunds")
    desk.settle()
    chain = [one.entry for one in recorded(store, "triage")]
    assert [(one.seq, one.subject, one.kind) for one in chain] == [
        (1, "d1", LedgerKind.DECISION),
        (2, "d2", LedgerKind.DECISION),
        (3, "d3", LedgerKind.DECISION),
    ]
    assert chain[2].previous == chain[1].hash
    assert [one.entry.seq for one in recorded(store, "refunds")] == [1]
    assert chain[0].digests.keys() == {"definition", "evidence", "executor", "payload", "review"}


def test_a_review_opens_with_the_decision_and_says_why_for_whom_and_until_when(store, desk, ask):
    opened = desk.settle(ask=lambda _: ask).review
    assert opened == review_of(store, "d1")
    assert (opened.reason, opened.ask, opened.state) == (desk.decision().reason, ask, ReviewState.OPEN)
    assert opened.due_at == desk.now + timedelta(minutes=30)
    assert reviews_in(store, work="triage", state=ReviewState.OPEN) == (opened,)


def test_an_item_for_review_is_never_without_one(store, desk):
    assert desk.settle(ask=lambda _: None).review == review_of(store, "d1") is not None


@pytest.mark.parametrize("route", [Route.REJECT, Route.INCUMBENT, Route.STOPPED])
def test_other_items_open_a_review_only_where_somebody_is_to_be_asked(store, desk, ask, route):
    assert desk.settle("k1", route).review is None
    assert desk.settle("k2", route, ask=lambda _: ask).review == review_of(store, "d2")


def test_an_act_leaves_its_effects_in_the_outbox_and_opens_no_review(store, desk):
    desk.hold(desk.grant(Level.SUPERVISED, certificate=desk.certificate()))
    settled = desk.settle("k1", Route.ACT, effects=lambda output: (f"tell {output['team']}", "file"))
    assert (settled.record.decision.route, settled.review) == (Route.ACT, None)
    assert settled.record.effects == ("tell fraud", "file") == decision(store, "d1").effects
    assert n(store, outbox) == 2


@pytest.mark.parametrize("route", [Route.REVIEW, Route.INCUMBENT, Route.REJECT, Route.STOPPED])
def test_nothing_leaves_for_an_item_that_is_not_acted_on(store, desk, route):
    desk.settle("k1", route, effects=lambda _: ("queued",))
    assert (n(store, outbox), decision(store, "d1").effects) == (0, ())


def test_whatever_fails_in_between_leaves_nothing_behind(store, desk):
    def fail(_):
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        desk.settle(ask=fail)
    assert [n(store, table) for table in (decisions, payloads, ledger, reviews, outbox)] == [0] * 5
    assert not desk.settle().repeated


@pytest.mark.parametrize("key", ["", " ", "   ", "k" * 513, "a\x00b", "half \ud800", "two\nlines"])
def test_a_key_that_can_not_be_recorded_is_refused(store, desk, key):
    with pytest.raises(ItemInvalid):
        desk.settle(key)
    assert n(store, ledger) == 0


@pytest.mark.parametrize("given", [float("nan"), float("inf"), {1, 2}, b"bytes"])
def test_an_input_that_is_no_json_is_refused(store, desk, given):
    with pytest.raises(ItemInvalid):
        settle(store, Item(key="k1", input={"amount": given}), desk.decision(), desk.settlement())


def test_a_decision_whose_content_is_gone_is_not_read_as_empty(store, desk):
    desk.settle()
    tamper(store, "DELETE FROM payloads")
    with pytest.raises(LedgerBroken):
        decision(store, "d1")


class TestActUnderTheLock:
    def settled(self, desk):
        return desk.settle("k1", Route.ACT, effects=lambda _: ("queued",)).record

    def test_it_stays_where_the_grant_still_allows_it(self, store, desk):
        desk.hold(desk.grant(Level.SUPERVISED, certificate=desk.certificate()))
        assert self.settled(desk).decision == desk.decision(Route.ACT)

    @pytest.mark.parametrize(
        ("held", "kind", "level"),
        [
            (None, ReasonKind.LEVEL_MANUAL, Level.MANUAL),
            ({"level": Level.MANUAL}, ReasonKind.LEVEL_MANUAL, Level.MANUAL),
            ({"level": Level.SHADOW}, ReasonKind.LEVEL, Level.SHADOW),
            ({"level": Level.SUGGEST}, ReasonKind.LEVEL, Level.SUGGEST),
            ({"level": Level.SUPERVISED, "certificate": None}, ReasonKind.CONFIDENCE, Level.SUPERVISED),
            ({"evidence_digest": "changed"}, ReasonKind.LEVEL, Level.SHADOW),
            ({"executor_digest": "changed"}, ReasonKind.LEVEL, Level.SHADOW),
        ],
    )
    def test_it_goes_where_the_level_that_is_held_now_sends_it(self, store, desk, held, kind, level):
        if held is not None:
            desk.hold(replace(desk.grant(Level.SUPERVISED, certificate=desk.certificate()), **held))
        record = self.settled(desk)
        route = Route.REVIEW if level.at_least(Level.SUGGEST) else Route.INCUMBENT  # as deciding it now would say
        assert (record.decision.route, record.decision.level, record.effects) == (route, level, ())
        assert record.decision.reason.kind is kind
        assert record.decision.reasons[1:] == desk.decision().reasons
        opened = review_of(store, "d1")
        assert (None if opened is None else opened.reason) == (
            record.decision.reason if route is Route.REVIEW else None
        )
        assert n(store, outbox) == 0

    def test_it_becomes_a_review_below_the_threshold_of_the_certificate_held_now(self, desk):
        desk.hold(desk.grant(Level.SUPERVISED, certificate=replace(desk.certificate(), threshold=0.9)))
        assert self.settled(desk).decision.reason.kind is ReasonKind.CONFIDENCE

    def test_it_becomes_a_review_once_the_grant_is_over(self, desk):
        desk.hold(desk.grant(Level.SUPERVISED, certificate=desk.certificate(), until=desk.now))
        assert self.settled(desk).decision.level is Level.SUGGEST

    @pytest.mark.parametrize(
        ("work", "executor", "route"),
        [
            ("triage", None, Route.STOPPED),
            (EVERYTHING, None, Route.STOPPED),
            ("triage", "clerk", Route.INCUMBENT),
        ],
    )
    def test_it_ends_at_a_stop(self, store, desk, work, executor, route):
        desk.hold(desk.grant(Level.SUPERVISED, certificate=desk.certificate()))
        stop(store, work, executor=executor, by="ann", reason="odd answers", now=desk.now)
        record = self.settled(desk)
        assert (record.decision.route, record.decision.reason.kind) == (route, ReasonKind.STOPPED)
        assert n(store, outbox) == 0

    @pytest.mark.parametrize(("work", "executor"), [("refunds", None), ("triage", "other")])
    def test_a_stop_of_something_else_leaves_it_alone(self, store, desk, work, executor):
        desk.hold(desk.grant(Level.SUPERVISED, certificate=desk.certificate()))
        stop(store, work, executor=executor, by="ann", reason="odd answers", now=desk.now)
        assert self.settled(desk).decision.route is Route.ACT

    @pytest.mark.parametrize("route", [Route.REVIEW, Route.INCUMBENT, Route.REJECT, Route.STOPPED])
    def test_nothing_else_is_touched(self, desk, route):
        terms = Terms(level=Level.MANUAL)
        assert decide_again(desk.decision(route), terms=terms, stopped=Stopped.WORK) == desk.decision(route)

    def test_what_changed_while_it_was_decided_counts(self, store, desk):
        desk.hold(desk.grant(Level.SUPERVISED, certificate=desk.certificate()))
        seen = standing(store, desk.of, now=desk.now)
        assert desk.settle("k1", Route.ACT, standing=seen).record.decision.route is Route.ACT
        stop(store, "triage", by="ann", reason="odd answers", now=desk.now)
        assert desk.settle("k2", Route.ACT, standing=seen).record.decision.route is Route.STOPPED
        resume(store, "triage", by="ann", reason="mended", now=desk.now)
        assert desk.settle("k3", Route.ACT, standing=seen).record.decision.route is Route.ACT
        stop(store, EVERYTHING, by="ann", reason="odd answers", now=desk.now)
        assert desk.settle("k4", Route.ACT, standing=seen).record.decision.route is Route.STOPPED
        resume(store, EVERYTHING, by="ann", reason="mended", now=desk.now)
        revoke(store, work="triage", executor="clerk", by="ann", reason="odd", now=desk.now)
        assert desk.settle("k5", Route.ACT, standing=seen).record.decision.route is Route.INCUMBENT

    def test_a_grant_that_ended_while_it_was_decided_counts(self, store, desk):
        until = desk.now + timedelta(seconds=1)
        desk.hold(desk.grant(Level.SUPERVISED, certificate=desk.certificate(), until=until))
        seen = standing(store, desk.of, now=desk.now)
        assert desk.settle("k1", Route.ACT, standing=seen).record.decision.route is Route.ACT
        assert desk.settle("k2", Route.ACT, standing=seen, now=until).record.decision.route is Route.REVIEW


def test_work_without_an_executor_can_be_decided_too(store, desk):
    desk.of = Provenance(work="triage", definition_digest="d", evidence_digest="e")
    settled = desk.settle("k1", Route.INCUMBENT)
    assert (settled.record.executor, settled.record.executor_digest) == (None, None)
    assert decision(store, "d1") == settled.record
