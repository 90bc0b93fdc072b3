"""Alerts: one open for each thing, until somebody settles it; too few or too many items raise one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from remit.definition.model import Definition, Observe
from remit.errors import Conflict, NotFound
from remit.runtime.delivering.volume import check_volume
from remit.store.figures.volume import items_since
from remit.store.operations.alerts import (
    AlertKind,
    alert_failed,
    alert_sent,
    open_alerts,
    raise_alert,
    settle_alert,
    take_due_alert,
)

DAY = timedelta(hours=24)


def alarm(desk, id_="a1", **changes):
    said = {
        "work": "triage",
        "kind": AlertKind.VOLUME,
        "about": "",
        "text": "too few",
        "contact": "ops@shop.example",
    } | changes
    with desk.store.writing() as writing:
        return raise_alert(writing, id=id_, now=desk.now, **said)


def take(desk, later=timedelta(0), most=12):
    now = desk.now + later
    with desk.store.writing() as writing:
        return take_due_alert(writing, until=now + timedelta(seconds=30), most=most, now=now)


def ids(desk):
    return [alert.id for alert in open_alerts(desk.store)]


def test_one_alert_is_open_for_each_thing(desk):
    assert alarm(desk)
    assert not alarm(desk, "a2", text="too few again")
    for n, other in enumerate(({"work": "returns"}, {"kind": AlertKind.TIME_OUT}, {"about": "r1"})):
        assert alarm(desk, f"b{n}", **other)
    assert ids(desk) == ["a1", "b0", "b1", "b2"]


def test_a_settled_alert_is_closed_once_and_the_next_is_a_new_one(desk):
    alarm(desk)
    desk.now += timedelta(minutes=5)
    with desk.store.writing() as writing:
        settled = settle_alert(writing, "a1", by="ann", now=desk.now)
    assert (settled.settled_by, settled.settled_at) == ("ann", desk.now)
    assert ids(desk) == []
    assert take(desk) is None
    with pytest.raises(Conflict, match="is settled"), desk.store.writing() as writing:
        settle_alert(writing, "a1", by="bob", now=desk.now)
    with pytest.raises(NotFound), desk.store.writing() as writing:
        settle_alert(writing, "a9", by="bob", now=desk.now)
    assert alarm(desk, "a2")


def test_an_alert_that_is_undone_with_its_transaction_was_never_raised(desk):
    def fail():
        with desk.store.writing() as writing:
            raise_alert(
                writing, id="a1", work="triage", kind=AlertKind.VOLUME, about="", text="x", contact=None, now=desk.now
            )
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert ids(desk) == []


def test_an_alert_is_taken_by_one_worker_at_a_time(desk):
    alarm(desk)
    one = take(desk)
    assert (one.id, one.n_tries) == ("a1", 1)
    assert take(desk, later=timedelta(seconds=29)) is None
    assert take(desk, later=timedelta(seconds=30)).n_tries == 2


def test_an_alert_is_tried_again_at_its_time_and_not_beyond_its_tries(desk):
    alarm(desk)
    one = take(desk)
    with desk.store.writing() as writing:
        alert_failed(writing, one, why="HTTP 500", due_at=desk.now + timedelta(minutes=1))
    assert take(desk, later=timedelta(seconds=59)) is None
    assert take(desk, later=timedelta(seconds=60), most=1) is None
    again = take(desk, later=timedelta(seconds=60))
    assert (again.fault, again.n_tries) == ("HTTP 500", 2)
    with desk.store.writing() as writing:
        alert_failed(writing, one, why="late news", due_at=desk.now)  # of a worker that was overtaken
        assert open_alerts(writing)[0].fault == "HTTP 500"
        alert_sent(writing, again, now=desk.now)
    assert take(desk, later=timedelta(days=1)) is None
    assert ids(desk) == ["a1"]  # told, and open still


def observing(between=(2.0, 4.0)):
    return Definition(remit=1, id="triage", observe=Observe(volume_between=between, alert="ops@shop.example"))


@pytest.fixture
def look(desk):
    numbers = count()

    def check(definition=None):
        return check_volume(desk.store, definition or observing(), now=desk.now, new_id=lambda: f"v{next(numbers)}")

    return check


def items(desk, *keys):
    for key in keys:
        desk.settle(key)


def test_too_few_items_in_a_day_raise_an_alert(desk, look):
    items(desk, "k1")
    desk.now += DAY + timedelta(minutes=1)
    items(desk, "k2")
    assert look()
    (alert,) = open_alerts(desk.store)
    assert alert.text == "too few items: 1 in the last 24 hours, 2 to 4 are expected"
    assert (alert.kind, alert.about, alert.contact) == ("volume", "too few", "ops@shop.example")


def test_too_many_items_in_a_day_raise_an_alert(desk, look):
    items(desk, "k1")
    desk.now += DAY + timedelta(minutes=1)
    items(desk, "k2", "k3", "k4", "k5", "k6")
    assert look()
    assert open_alerts(desk.store)[0].text.startswith("too many items: 5 in")


@pytest.mark.parametrize("n", [2, 4])
def test_as_many_items_as_expected_raise_nothing(desk, look, n):
    items(desk, "k0")
    desk.now += DAY + timedelta(minutes=1)
    items(desk, *(f"k{i}" for i in range(1, n + 1)))
    assert not look()


def test_nothing_is_said_before_the_first_full_day(desk, look):
    assert not look()
    items(desk, "k1")
    desk.now += DAY - timedelta(microseconds=1)
    assert not look()
    desk.now += timedelta(microseconds=1)
    assert look()


def test_a_work_that_expects_nothing_is_not_looked_at(desk, look):
    items(desk, "k1")
    desk.now += 2 * DAY
    assert not look(Definition(remit=1, id="triage"))
    assert not look(replace(observing(), observe=Observe(audit_share=0.1)))


def test_the_volume_is_looked_at_once_an_hour(desk, look):
    items(desk, "k1")
    desk.now += DAY
    items(desk, "k2")
    assert not look()
    desk.now += timedelta(minutes=59, seconds=59)
    assert not look()
    desk.now += timedelta(seconds=1)
    assert look()


def test_a_clock_that_was_put_back_does_not_end_the_looking(desk, look):
    items(desk, "k1")
    desk.now += 3 * DAY
    items(desk, "k2", "k3")
    assert not look()
    desk.now -= DAY
    assert not look()  # two items lie ahead of this clock: they count
    desk.now += 3 * DAY
    assert look()


def test_only_items_count_and_only_those_of_the_time_asked_for(desk):
    for n in range(1, 21):
        items(desk, f"k{n}")
        desk.now += timedelta(minutes=1)
        if n % 4 == 0:
            desk.hold(desk.grant())
    for back in range(21):
        assert items_since(desk.store, work="triage", since=desk.now - timedelta(minutes=back)) == back
    assert items_since(desk.store, work="none", since=desk.now) == 0
