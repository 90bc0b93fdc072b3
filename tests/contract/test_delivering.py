"""Delivering: at least once under one key, none held up by another, given up on in the end, and told."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count

import pytest
from tests.unit.delivering.receiver import OK, Receiver, status

from remit.definition.levels import Level
from remit.items import Route
from remit.report.terminal.delivering.outbox import render_delivered
from remit.reviews import Ask
from remit.runtime.delivering.deliver import ALERT_KIND, UNUSABLE_KIND, Courier, deliver_due
from remit.runtime.delivering.letter import Letter, Tried
from remit.runtime.delivering.retry import MOST_TRIES
from remit.runtime.delivering.webhook import WebhookAddress, WebhookSender
from remit.store.operations.alerts import AlertKind, alert_of, open_alerts, raise_alert, settle_alert
from remit.store.operations.outbox import OutgoingState, outgoing, outgoing_in

FOR_GOOD = Tried(fault="HTTP 404", again=False)
FAULT = Tried(fault="HTTP 500")


class KilledError(BaseException):
    """The process ends here."""


@dataclass
class Recorded:
    """A sender whose tries come to what it is told; the last of them for ever."""

    name: str
    results: list[Tried] = field(default_factory=lambda: [Tried()])
    letters: list[Letter] = field(default_factory=list)
    wants_input: bool = False
    timeout: timedelta = timedelta(seconds=10)
    meanwhile: object = None

    def send(self, one):
        result = self.results[min(len(self.letters), len(self.results) - 1)]
        self.letters.append(one)
        if self.meanwhile is not None:
            self.meanwhile()
        return result

    def close(self):
        pass


@pytest.fixture
def courier(desk):
    numbers = count()
    return Courier(
        senders={},
        unusable={},
        holder="w1",
        alert_sender=None,
        clock=lambda: desk.now,
        draw=lambda: 0.5,
        new_id=lambda: f"n{next(numbers)}",
        contact_of=lambda work: f"{work}@shop.example",
    )


def using(courier, *senders, **changes):
    return replace(courier, senders={one.name: one for one in senders}, **changes)


def acted(desk, *keys, effects=("notify",), senders=None):
    desk.hold(desk.grant(Level.SUPERVISED, certificate=desk.certificate()))
    for key in keys or ("k1",):
        desk.settle(key, Route.ACT, effects=lambda _: effects, senders=senders or {"notify": "desk", "file": "archive"})


def test_what_is_due_is_sent_once_with_its_key(desk, courier):
    acted(desk, "k1", "k2")
    sender = Recorded("desk")
    done = deliver_due(desk.store, using(courier, sender))
    assert (done.n_sent, done.n_failed, done.n_dead) == (2, 0, 0)
    assert [one.id for one in sender.letters] == ["d1/notify", "d2/notify"]
    assert sender.letters[0].content == {
        "id": "d1/notify",
        "effect": "notify",
        "work": "triage",
        "key": "k1",
        "output": {"team": "fraud"},
        "at": "2026-07-01T09:30:00.000000Z",
    }
    assert deliver_due(desk.store, using(courier, sender)).n == 0


def test_the_input_goes_along_only_where_it_is_asked_for(desk, courier):
    acted(desk)
    sender = Recorded("desk", wants_input=True)
    deliver_due(desk.store, using(courier, sender))
    assert sender.letters[0].content["input"] == desk.decision().input


def test_nothing_is_sent_inside_a_transaction(desk, courier):
    acted(desk)

    def write_too():
        with desk.store.writing() as writing:
            raise_alert(
                writing, id="a", work="w", kind=AlertKind.VOLUME, about="", text="t", contact=None, now=desk.now
            )

    assert deliver_due(desk.store, using(courier, Recorded("desk", meanwhile=write_too))).n_sent == 1


def test_a_worker_that_is_killed_before_it_records_leaves_it_to_the_next_under_the_same_key(desk, courier):
    acted(desk)

    def kill():
        raise KilledError

    first, second = Recorded("desk", meanwhile=kill), Recorded("desk")
    with pytest.raises(KilledError):
        deliver_due(desk.store, using(courier, first))
    other = using(courier, second, holder="w2")
    assert deliver_due(desk.store, other).n == 0
    desk.now += timedelta(minutes=1)
    assert deliver_due(desk.store, other).n_sent == 1
    assert [one.id for one in first.letters] == [one.id for one in second.letters] == ["d1/notify"]
    assert first.letters == second.letters


def test_what_ends_every_worker_is_given_up_on_too(desk, courier):
    acted(desk)

    def kill():
        raise KilledError

    deadly = using(courier, Recorded("desk", meanwhile=kill))
    for _ in range(MOST_TRIES):
        with pytest.raises(KilledError):
            deliver_due(desk.store, deadly)
        desk.now += timedelta(minutes=1)
    assert deliver_due(desk.store, deadly).n_dead == 1
    assert outgoing(desk.store, "d1/notify").fault == "every try ended the worker that made it"


def test_two_workers_never_send_the_same_at_the_same_time(desk, courier):
    acted(desk, *(f"k{n}" for n in range(6)))
    theirs = Recorded("desk")
    other = using(courier, theirs, holder="w2")
    ours = Recorded("desk", meanwhile=lambda: deliver_due(desk.store, other, most=1))
    deliver_due(desk.store, using(courier, ours))
    sent = [one.id for one in (*ours.letters, *theirs.letters)]
    assert len(theirs.letters) == 3
    assert sorted(sent) == [f"d{n}/notify" for n in range(1, 7)]


def test_a_failed_try_is_made_again_later_and_later(desk, courier):
    acted(desk)
    sender = using(courier, Recorded("desk", [FAULT]))
    begun, waits = desk.now, []
    for _ in range(MOST_TRIES - 1):
        assert deliver_due(desk.store, sender).n_failed == 1
        due_at = outgoing(desk.store, "d1/notify").due_at
        waits.append((due_at - desk.now).total_seconds())
        desk.now = due_at - timedelta(microseconds=1)
        assert deliver_due(desk.store, sender).n == 0
        desk.now = due_at
    assert waits[:4] == [15.0, 45.0, 135.0, 405.0]
    assert waits[-1] == 18 * 3600.0
    assert deliver_due(desk.store, sender).n_dead == 1
    assert outgoing(desk.store, "d1/notify").dead_at == desk.now
    assert desk.now - begun > timedelta(hours=64)


def test_a_receiver_may_say_when_to_come_back(desk, courier):
    acted(desk)
    deliver_due(desk.store, using(courier, Recorded("desk", [Tried(fault="HTTP 429", asked_s=600.0)])))
    assert outgoing(desk.store, "d1/notify").due_at == desk.now + timedelta(seconds=600 * 1.125)


def test_what_will_never_go_is_given_up_on_at_once_and_somebody_is_told(desk, courier):
    acted(desk, "k1", "k2")
    done = deliver_due(desk.store, using(courier, Recorded("desk", [FOR_GOOD])))
    assert (done.n_dead, done.n_failed) == (2, 0)
    (alert,) = open_alerts(desk.store)
    assert (alert.work, alert.kind, alert.about) == ("triage", "not delivered", "desk")
    assert alert.text.startswith("d1/notify was given up on (HTTP 404)")
    assert alert.contact == "triage@shop.example"


def test_a_sender_that_is_down_rests_and_holds_up_nobody(desk, courier):
    acted(desk, *(f"k{n}" for n in range(9)), effects=("notify", "file"))
    down, up = Recorded("desk", [FAULT]), Recorded("archive")
    done = deliver_due(desk.store, using(courier, down, up))
    assert (done.n_failed, done.n_sent) == (3, 9)
    assert deliver_due(desk.store, using(courier, down, up)).n_failed == 3


def test_a_round_ends_after_its_tries_and_after_its_time(desk, courier):
    acted(desk, *(f"k{n}" for n in range(9)))
    assert deliver_due(desk.store, using(courier, Recorded("desk")), most=2).n_sent == 2

    def late():
        desk.now += timedelta(seconds=3)

    assert deliver_due(desk.store, using(courier, Recorded("desk", meanwhile=late)), seconds=5).n_sent == 2


def test_what_was_erased_is_given_up_on_and_not_sent(desk, courier):
    import sqlalchemy as sa

    from remit.store.statements import prepare
    from remit.store.tables import payloads

    acted(desk)
    with desk.store.writing() as writing:
        writing.update(prepare(sa.delete(payloads)))
    sender = Recorded("desk")
    assert deliver_due(desk.store, using(courier, sender)).n_dead == 1
    assert sender.letters == []
    assert outgoing(desk.store, "d1/notify").fault == "its content was erased"


@pytest.mark.parametrize(
    ("unusable", "why"),
    [({}, "remit.yaml has no sender `desk`"), ({"desk": "HELP_DESK_SECRET is not set"}, "HELP_DESK_SECRET is not set")],
)
def test_a_sender_that_can_not_send_keeps_its_effects_and_somebody_is_told_once(desk, courier, unusable, why):
    acted(desk, effects=("notify", "file"))
    other = using(courier, Recorded("archive"), unusable=unusable)
    for _ in range(2):
        done = deliver_due(desk.store, other)
        assert done.waiting == {"desk": why}
    assert [one.n_tries for one in outgoing_in(desk.store, OutgoingState.WAITING, n=9)] == [0]
    (alert,) = open_alerts(desk.store)
    assert (alert.kind, alert.about, alert.text) == (UNUSABLE_KIND, "desk", f"nothing is sent by `desk`: {why}")
    desk.now += timedelta(minutes=1)
    assert deliver_due(desk.store, using(courier, Recorded("desk"), Recorded("archive"))).waiting == {}
    assert open_alerts(desk.store) == ()
    settled = alert_of(desk.store, alert.id)
    assert (settled.settled_by, settled.settled_at) == ("remit", desk.now)


def test_what_was_given_up_on_stays_told_when_its_sender_works_again(desk, courier):
    acted(desk, "k1", "k2")
    sender = Recorded("desk", [FOR_GOOD, Tried()])
    done = deliver_due(desk.store, using(courier, sender))
    assert (done.n_sent, done.n_dead) == (1, 1)
    assert deliver_due(desk.store, using(courier, sender)).n == 0
    assert [(one.kind, one.about) for one in open_alerts(desk.store)] == [(ALERT_KIND, "desk")]


def test_a_try_of_an_alert_that_failed_is_no_effect_that_failed(desk, courier):
    raised(desk)
    done = deliver_due(desk.store, using(courier, Recorded("pager", [FAULT]), alert_sender="pager"))
    assert (done.n_failed, done.n_alerts, done.n_alerts_failed, done.n) == (0, 0, 1, 1)
    assert render_delivered(done) == "effects and answers: 0 sent\nalerts: 0 sent, 1 failed and tried again later"


def test_what_is_not_due_yet_is_missed_by_nobody(desk, courier):
    desk.settle(ask=lambda _: Ask(), callback="desk")
    assert deliver_due(desk.store, courier).waiting == {}


def test_an_answer_goes_back_to_its_caller(desk, courier):
    desk.settle(ask=lambda _: Ask(), callback="desk")
    desk.decide("r1", {"team": "returns"})
    desk.now += timedelta(minutes=11)
    sender = Recorded("desk")
    assert deliver_due(desk.store, using(courier, sender)).n_sent == 1
    content = sender.letters[0].content
    assert (content["effect"], content["output"], content["outcome"]) == (
        "remit:answer",
        {"team": "returns"},
        "answered",
    )


def raised(desk, id_="a1"):
    with desk.store.writing() as writing:
        raise_alert(
            writing,
            id=id_,
            work="triage",
            kind=AlertKind.VOLUME,
            about=id_,
            text="too few",
            contact="ops",
            now=desk.now,
        )


def test_an_alert_is_sent_once_by_the_sender_of_alerts(desk, courier):
    raised(desk)
    sender, other = Recorded("pager"), Recorded("desk")
    ready = using(courier, sender, other, alert_sender="pager")
    assert deliver_due(desk.store, ready).n_alerts == 1
    assert deliver_due(desk.store, ready).n == 0
    assert other.letters == []
    (one,) = sender.letters
    assert one.id == "alert/a1"
    assert (one.content["effect"], one.content["output"]) == (
        "remit:alert",
        {"kind": AlertKind.VOLUME, "about": "a1", "text": "too few", "contact": "ops"},
    )
    assert open_alerts(desk.store)[0].sent_at == desk.now


def test_alerts_without_a_sender_wait_to_be_looked_at(desk, courier):
    raised(desk)
    assert deliver_due(desk.store, using(courier, Recorded("desk"))).n == 0
    assert deliver_due(desk.store, using(courier, Recorded("desk"), alert_sender="pager")).n == 0
    assert open_alerts(desk.store)[0].n_tries == 0


def test_an_alert_is_tried_twelve_times_unless_it_is_settled(desk, courier):
    raised(desk, "a1")
    raised(desk, "a2")
    sender = Recorded("pager", [FOR_GOOD])
    ready = using(courier, sender, alert_sender="pager")
    deliver_due(desk.store, ready)
    with desk.store.writing() as writing:
        settle_alert(writing, "a2", by="ann", now=desk.now)
    for _ in range(40):
        desk.now += timedelta(days=1)
        deliver_due(desk.store, ready)
    tries = [one.id for one in sender.letters]
    assert (tries.count("alert/a1"), tries.count("alert/a2")) == (MOST_TRIES, 1)


def test_over_the_wire_a_fault_is_followed_by_the_same_message_with_a_signature_of_its_own(desk, courier):
    acted(desk)
    with Receiver([status(500), OK]) as receiver:
        sender = WebhookSender(
            "desk",
            WebhookAddress(url=receiver.url, secret=b"a secret of the help desk"),
            timeout=timedelta(seconds=5),
            wants_input=False,
            clock=lambda: desk.now,
            monotonic=time.monotonic,
        )
        ready = using(courier, sender)
        assert deliver_due(desk.store, ready).n_failed == 1
        desk.now += timedelta(minutes=1)
        assert deliver_due(desk.store, ready).n_sent == 1
        sender.close()
    first, second = receiver.requests
    assert first.body == second.body
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] == "d1/notify"
    assert first.headers["remit-signature"] != second.headers["remit-signature"]
