"""Audits are drawn when an item is acted on, in the same transaction, with a chance that is on record."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from remit.definition.levels import Level
from remit.items import Route
from remit.ledger import Break, Verified
from remit.reviews import Ask, ReviewKind, ReviewState
from remit.runtime.settle import AUDITED, Auditing, recall
from remit.runtime.stop import stop
from remit.runtime.verify import verify_ledger
from remit.store.decisions import decision
from remit.store.reviews import review_of, reviews_in
from remit.store.statements import prepare
from remit.store.tables import outbox, reviews

BY = Ask(path="E2", role="senior clerk", queue="audits", shows_answer=True)


def auditing(draw: float, share: float = 0.25) -> Auditing:
    return Auditing(share=share, draw=draw, ask=lambda: BY)


@pytest.fixture
def acting(desk):
    desk.hold(desk.grant(Level.SUPERVISED, certificate=desk.certificate()))
    return desk


@pytest.mark.parametrize(("draw", "is_audited"), [(0.0, True), (0.2499, True), (0.25, False), (0.99, False)])
def test_an_audit_opens_where_the_draw_is_below_the_share(store, acting, draw, is_audited):
    settled = acting.settle("k1", Route.ACT, auditing=auditing(draw))
    assert (settled.audit is not None) is is_audited
    assert settled.audit == review_of(store, settled.record.id)
    assert settled.review is None


@pytest.mark.parametrize("draw", [0.1, 0.9])
def test_the_chance_is_recorded_whether_or_not_it_was_drawn(store, acting, draw):
    settled = acting.settle("k1", Route.ACT, auditing=auditing(draw))
    assert settled.record.inclusion == decision(store, settled.record.id).inclusion == 0.25
    assert [type(one.result) for one in verify_ledger(store)] == [Verified]


def test_an_audit_is_blind_and_says_nothing_of_the_answer(store, acting):
    audit = acting.settle("k1", Route.ACT, auditing=auditing(0.0)).audit
    assert (audit.kind, audit.state, audit.reason) == (ReviewKind.AUDIT, ReviewState.OPEN, AUDITED)
    assert not audit.ask.shows_answer
    assert (audit.ask.path, audit.ask.role, audit.ask.queue) == ("E2", "senior clerk", "audits")
    assert reviews_in(store, work="triage", state=ReviewState.OPEN) == (audit,)


@pytest.mark.parametrize("route", [Route.ACT, Route.REVIEW, Route.INCUMBENT])
def test_an_open_audit_or_review_that_vanishes_is_found(store, acting, route):
    acting.settle("k1", route, auditing=auditing(0.9))
    settled = acting.settle("k2", route, auditing=auditing(0.0), ask=lambda _: BY)
    assert [type(one.result) for one in verify_ledger(store)] == [Verified]
    gone = settled.audit or settled.review
    with store.writing() as writing:
        writing.update(prepare(reviews.delete().where(reviews.c.id == sa.bindparam("gone"))), gone=gone.id)
    found = [one.result for one in verify_ledger(store)]
    assert [(one.seq, one.what) for one in found] == [(settled.record.seq, Break.RECORD_MISSING)]


def test_an_audit_holds_no_effect_back(store, acting):
    acting.settle("k1", Route.ACT, auditing=auditing(0.0), effects=lambda _: ("queued", "told"))
    assert len(store.rows(prepare(outbox.select()))) == 2


@pytest.mark.parametrize("route", [Route.REVIEW, Route.INCUMBENT, Route.REJECT, Route.STOPPED])
def test_what_was_not_acted_on_is_not_audited(acting, route):
    settled = acting.settle("k1", route, auditing=auditing(0.0))
    assert (settled.record.inclusion, settled.audit) == (None, None)


def test_an_act_that_ends_under_the_lock_is_not_audited(store, acting):
    stop(store, "triage", executor="clerk", by="ann", reason="odd", now=acting.now)
    settled = acting.settle("k1", Route.ACT, auditing=auditing(0.0), ask=lambda _: Ask())
    assert (settled.record.decision.route, settled.record.inclusion, settled.audit) == (Route.INCUMBENT, None, None)
    assert settled.review.kind is ReviewKind.REVIEW


def test_without_a_share_nothing_is_drawn(acting):
    settled = acting.settle("k1", Route.ACT)
    assert (settled.record.inclusion, settled.audit) == (None, None)


def test_the_same_item_again_is_not_drawn_again(store, acting):
    first = acting.settle("k1", Route.ACT, auditing=auditing(0.9))
    again = acting.settle("k1", Route.ACT, auditing=auditing(0.0))
    assert (again.record, again.audit) == (first.record, None)
    drawn = acting.settle("k2", Route.ACT, auditing=auditing(0.0))
    known = recall(store, acting.item("k2"), work="triage")
    assert (known.audit, known.review) == (drawn.audit, None)
