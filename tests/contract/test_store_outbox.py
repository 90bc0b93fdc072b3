"""What leaves: taken by one worker at a time, recorded, tried again, given up on, sent again by a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from remit.definition.levels import Level
from remit.errors import Conflict, NotFound
from remit.items import Route
from remit.ledger import LedgerKind, Verified
from remit.reviews import UNDO_WINDOW, Ask
from remit.runtime.delivering.replay import replay, replay_all
from remit.runtime.review import decide_review
from remit.runtime.verify import verify_ledger
from remit.store.operations.acts import acts_of
from remit.store.operations.outbox import (
    ANSWER,
    OutgoingState,
    answer_callback,
    content_of,
    outgoing,
    outgoing_in,
    record_failed,
    record_sent,
    sender_names,
    take_back_effects,
    take_due,
)
from remit.store.statements import prepare
from remit.store.tables import outbox

SOON = timedelta(seconds=30)
SENDERS = {"notify": "desk", "file": "archive"}


def acted(desk, key="k1", effects=("notify",), senders=SENDERS):
    desk.hold(desk.grant(Level.SUPERVISED, certificate=desk.certificate()))
    return desk.settle(key, Route.ACT, effects=lambda _: effects, senders=senders).record


def take(desk, holder="w1", sender="desk", later=timedelta(0)):
    now = desk.now + later
    with desk.store.writing() as writing:
        return take_due(writing, sender=sender, holder=holder, until=now + SOON, now=now)


def failed(desk, one, *, again=True, holder="w1", why="HTTP 500"):
    due_at = desk.now + timedelta(minutes=1) if again else None
    with desk.store.writing() as writing:
        return record_failed(writing, one, holder=holder, why=why, due_at=due_at, now=desk.now)


def sent(desk, one):
    with desk.store.writing() as writing:
        return record_sent(writing, one, now=desk.now)


def in_state(desk, state, **more):
    return [one.id for one in outgoing_in(desk.store, state, n=100, **more)]


def test_what_one_worker_took_no_other_takes_until_the_lease_is_over(desk):
    acted(desk)
    one = take(desk)
    assert (one.id, one.n_tries, one.sender) == ("d1/notify", 1, "desk")
    assert take(desk, "w2") is None
    assert take(desk, "w2", later=SOON - timedelta(microseconds=1)) is None
    again = take(desk, "w2", later=SOON)
    assert (again.id, again.n_tries) == (one.id, 2)


def test_a_worker_takes_only_what_its_sender_sends_and_what_is_due(desk):
    acted(desk, effects=("notify", "file", "tell"))
    assert take(desk, sender="archive").effect == "file"
    assert take(desk, sender="archive") is None
    assert take(desk, later=-timedelta(microseconds=1)) is None
    assert in_state(desk, OutgoingState.NOT_OURS) == ["d1/tell"]
    assert list(sender_names(desk.store)) == ["archive", "desk"]


def test_what_is_due_longest_is_taken_first(desk):
    acted(desk, "k1")
    desk.now += timedelta(seconds=1)
    acted(desk, "k2")
    assert [take(desk).decision_id for _ in range(2)] == ["d1", "d2"]


def test_what_was_sent_is_not_taken_again_and_is_recorded_once(desk):
    acted(desk)
    one = take(desk)
    assert sent(desk, one)
    assert not sent(desk, one)
    assert take(desk, later=timedelta(days=1)) is None
    found = outgoing(desk.store, one.id)
    assert (found.state, found.sent_at, found.fault) == (OutgoingState.SENT, desk.now, None)


def test_a_failed_try_waits_for_its_time_and_says_why(desk):
    acted(desk)
    one = take(desk)
    assert failed(desk, one)
    assert take(desk, later=timedelta(seconds=59)) is None
    again = take(desk, later=timedelta(seconds=60))
    assert (again.n_tries, again.fault, again.id) == (2, "HTTP 500", one.id)


def test_a_worker_whose_lease_was_taken_over_changes_nothing_but_may_say_that_it_sent(desk):
    acted(desk)
    one = take(desk, "w1")
    take(desk, "w2", later=SOON)
    assert not failed(desk, one, again=False, holder="w1")
    assert outgoing(desk.store, one.id).state is OutgoingState.WAITING
    assert sent(desk, one)
    assert not failed(desk, one, again=False, holder="w2")
    assert outgoing(desk.store, one.id).state is OutgoingState.SENT


def test_what_was_given_up_on_rests_until_a_person_has_it_sent_again_under_the_same_key(desk):
    acted(desk)
    one = take(desk)
    failed(desk, one, again=False, why="HTTP 404")
    assert take(desk, later=timedelta(days=400)) is None
    assert in_state(desk, OutgoingState.DEAD) == ["d1/notify"]
    desk.now += timedelta(days=1)
    assert [row.id for row in replay(desk.store, ["d1/notify", "d1/notify"], by="ann", now=desk.now)] == ["d1/notify"]
    again = take(desk)
    assert (again.id, again.n_tries) == ("d1/notify", 1)
    (act,) = acts_of(desk.store, work="triage", kind=LedgerKind.DELIVERY)
    assert (act.by, act.subject) == ("ann", "d1/notify")
    assert act.body == {"what": "sent again", "sender": "desk", "tries": 1, "fault": "HTTP 404"}
    (chain,) = verify_ledger(desk.store)
    assert isinstance(chain.result, Verified)


def test_all_that_was_given_up_on_is_sent_again_at_once(desk):
    for key in ("k1", "k2", "k3"):
        acted(desk, key)
        failed(desk, take(desk), again=False)
    assert len(replay_all(desk.store, by="ann", now=desk.now)) == 3
    assert replay_all(desk.store, by="ann", now=desk.now) == ()
    assert len(in_state(desk, OutgoingState.WAITING)) == 3


def test_what_was_not_given_up_on_is_not_sent_again_and_nothing_else_with_it(desk):
    acted(desk, "k1")
    acted(desk, "k2")
    failed(desk, take(desk), again=False)
    with pytest.raises(Conflict, match="d2/notify was not given up on"):
        replay(desk.store, ["d1/notify", "d2/notify"], by="ann", now=desk.now)
    with pytest.raises(NotFound, match="nothing in the outbox under `d9`"):
        replay(desk.store, ["d1/notify", "d9"], by="ann", now=desk.now)
    assert in_state(desk, OutgoingState.DEAD) == ["d1/notify"]
    assert acts_of(desk.store, work="triage", kind=LedgerKind.DELIVERY) == ()


def test_an_effect_carries_what_was_decided_on_and_the_output(desk):
    acted(desk)
    content = content_of(desk.store, take(desk))
    assert (content.key, content.output, content.outcome) == ("k1", {"team": "fraud"}, None)
    assert content.input == desk.decision().input


def test_an_erased_content_is_nothing_to_send(desk):
    acted(desk)
    one = take(desk)
    from remit.store.tables import payloads

    with desk.store.writing() as writing:
        writing.update(prepare(sa.update(payloads).values({payloads.c.output: sa.null(), payloads.c.input: sa.null()})))
    assert content_of(desk.store, one) is None
    with desk.store.writing() as writing:
        writing.update(prepare(sa.delete(payloads)))
    assert content_of(desk.store, one) is None


def waiting_caller(desk):
    desk.settle(ask=lambda _: Ask(), callback="desk")
    return f"d1/{ANSWER}"


def test_a_caller_is_sent_the_answer_once_a_person_gave_it(desk):
    id_ = waiting_caller(desk)
    assert outgoing(desk.store, id_).state is OutgoingState.HELD
    assert in_state(desk, OutgoingState.HELD) == [id_]
    assert take(desk, later=timedelta(days=400)) is None
    desk.decide("r1", {"team": "returns"})
    one = take(desk, later=timedelta(minutes=11))
    content = content_of(desk.store, one)
    assert (one.id, content.output, content.outcome) == (id_, {"team": "returns"}, "answered")


def test_a_caller_is_told_that_the_item_was_rejected(desk):
    waiting_caller(desk)
    desk.decide("r1", None, "nonsense")
    content = content_of(desk.store, take(desk, later=timedelta(minutes=11)))
    assert (content.output, content.outcome) == (None, "rejected")


def test_nobody_calls_back_where_no_person_was_asked(desk):
    desk.hold(desk.grant(Level.SUPERVISED, certificate=desk.certificate()))
    desk.settle("k1", Route.ACT, callback="desk")
    assert [in_state(desk, state) for state in OutgoingState] == [[]] * len(OutgoingState)
    with desk.store.writing() as writing:
        assert not answer_callback(writing, decision_id="d1", review_id="r1", due_at=desk.now)


def undo(desk, at):
    with desk.store.writing() as writing:
        return take_back_effects(writing, decision_id="d1", payload_id="r1", now=at)


def test_an_undone_answer_leaves_nothing_behind_and_its_caller_waits_on(desk):
    id_ = waiting_caller(desk)
    desk.decide("r1", {"team": "returns"})
    assert in_state(desk, OutgoingState.NOT_OURS) == ["d1/queued"]
    assert undo(desk, desk.now) == 1
    assert in_state(desk, OutgoingState.NOT_OURS) == []
    assert outgoing(desk.store, id_).state is OutgoingState.HELD
    assert undo(desk, desk.now) == 0
    with desk.store.writing() as writing:
        assert answer_callback(writing, decision_id="d1", review_id="r1", due_at=desk.now)
    assert content_of(desk.store, take(desk)).output == {"team": "returns"}


def test_what_has_left_or_is_leaving_can_not_be_taken_back(desk):
    waiting_caller(desk)
    desk.decide("r1", {"team": "returns"})
    later = timedelta(minutes=11)
    one = take(desk, later=later)
    assert undo(desk, desk.now + later) is None
    failed(desk, one)
    assert undo(desk, desk.now + timedelta(days=1)) is None
    sent(desk, one)
    assert undo(desk, desk.now + timedelta(days=1)) is None
    assert in_state(desk, OutgoingState.NOT_OURS) == ["d1/queued"]


def test_lists_are_in_order_and_end_where_they_are_told_to(desk):
    for n in range(5):
        acted(desk, f"k{n}", effects=("notify", "file", "tell"))
        desk.now += timedelta(seconds=1)
    assert in_state(desk, OutgoingState.WAITING)[:3] == ["d1/file", "d1/notify", "d2/file"]
    assert in_state(desk, OutgoingState.WAITING, sender="archive") == [f"d{n}/file" for n in range(1, 6)]
    assert len(outgoing_in(desk.store, OutgoingState.WAITING, n=3)) == 3
    assert len(outgoing_in(desk.store, OutgoingState.NOT_OURS, n=3)) == 3
    for _ in range(2):
        sent(desk, take(desk))
        desk.now += timedelta(seconds=1)
    assert in_state(desk, OutgoingState.SENT) == ["d2/notify", "d1/notify"]


def test_effects_of_a_person_leave_after_the_time_to_undo(desk):
    desk.settle(ask=lambda _: Ask())
    answer = replace(desk.answer({"team": "returns"}), now=desk.now)
    rules = desk.rules(effects=lambda *_: ("notify",), senders=SENDERS)
    decide_review(desk.store, "r1", answer, rules=rules)
    assert take(desk, later=UNDO_WINDOW - timedelta(microseconds=1)) is None
    assert take(desk, later=UNDO_WINDOW).effect == "notify"


def test_a_sender_is_the_one_that_was_named_when_it_was_decided(desk):
    acted(desk, "k1", senders={})
    acted(desk, "k2", senders={"notify": "desk"})
    assert in_state(desk, OutgoingState.NOT_OURS) == ["d1/notify"]
    assert take(desk).id == "d2/notify"
    assert desk.store.rows(prepare(sa.select(outbox.c.sender).order_by(outbox.c.decision_id))) == [(None,), ("desk",)]
