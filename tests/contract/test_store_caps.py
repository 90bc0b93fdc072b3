"""Caps hold exactly, under the lock, whatever the clock does; nothing is counted where none is declared."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from remit.definition.levels import Level
from remit.definition.model import Autonomy, Cap, Definition
from remit.items import Item, ReasonKind, Route
from remit.runtime.caps import capping
from remit.runtime.settle import settle
from remit.runtime.stop import resume, stop
from remit.store.statements import prepare
from remit.store.tables import outbox, usage


@pytest.fixture
def acting(desk):
    desk.hold(desk.grant(Level.SUPERVISED, certificate=desk.certificate()))
    return desk


def act(desk, *caps: Cap, amount: float = 5.0, at: timedelta = timedelta(), key: str | None = None):
    given = {"amount": amount}
    uses = capping(Definition(remit=1, id="triage", autonomy=Autonomy(caps=caps)))(given)
    settlement = desk.settlement(caps=uses, now=desk.now + at, effects=lambda _: ("queued",))
    item = Item(key=key or f"key of {settlement.id}", input=given)
    return settle(desk.store, item, desk.decision(Route.ACT, input=given), settlement)


def routes(desk, n: int, *caps: Cap, **given) -> list[Route]:
    return [act(desk, *caps, **given).record.decision.route for _ in range(n)]


def counted(store):
    return store.rows(prepare(sa.select(usage).order_by(usage.c.what, usage.c.since)))


def test_the_item_that_would_exceed_a_cap_goes_to_a_person(store, acting):
    assert routes(acting, 3, Cap(per="hour", items=3)) == [Route.ACT] * 3
    over = act(acting, Cap(per="hour", items=3))
    decided = over.record.decision
    assert (decided.route, decided.reason.kind) == (Route.REVIEW, ReasonKind.CAP)
    assert decided.reason.text == "this would be item 4 of this hour, and the cap is 3"
    assert decided.reasons[1:] == acting.decision().reasons
    assert over.review is not None
    assert over.record.effects == ()
    assert len(store.rows(prepare(sa.select(outbox.c.effect)))) == 3
    assert [row[-1] for row in counted(store)] == [3.0]


def test_a_sum_of_a_field_is_held_to_the_cent(store, acting):
    cap = Cap(per="day", sum=0.3, of="amount")
    assert routes(acting, 3, cap, amount=0.1) == [Route.ACT] * 3
    over = act(acting, cap, amount=0.01).record.decision
    assert over.reason.text == "with this item `amount` would come to 0.31 in this day, and the cap is 0.3"
    assert act(acting, cap, amount=0.0).record.decision.route is Route.ACT


def test_an_item_too_large_leaves_room_for_one_that_fits(acting):
    cap = Cap(per="day", sum=100.0, of="amount")
    assert act(acting, cap, amount=60.0).record.decision.route is Route.ACT
    assert act(acting, cap, amount=60.0).record.decision.route is Route.REVIEW
    assert act(acting, cap, amount=40.0).record.decision.route is Route.ACT


def test_what_is_taken_back_gives_no_room_for_more(acting):
    cap = Cap(per="day", sum=10.0, of="amount")
    assert act(acting, cap, amount=-1_000.0).record.decision.route is Route.ACT
    assert act(acting, cap, amount=10.5).record.decision.route is Route.REVIEW


def test_of_two_caps_neither_is_used_by_an_item_that_the_other_stops(store, acting):
    caps = (Cap(per="hour", items=10), Cap(per="day", sum=5.0, of="amount"))
    assert routes(acting, 2, *caps) == [Route.ACT, Route.REVIEW]
    assert {row[2]: row[-1] for row in counted(store)} == {"items per hour": 1.0, "sum of amount per day": 5.0}


def test_two_limits_on_the_same_count_use_it_once(store, acting):
    caps = (Cap(per="hour", items=3), Cap(per="hour", items=2))
    assert routes(acting, 3, *caps) == [Route.ACT, Route.ACT, Route.REVIEW]
    assert [row[-1] for row in counted(store)] == [2.0]


def test_a_new_hour_has_its_own_allowance(acting):
    cap = Cap(per="hour", items=1)
    assert routes(acting, 2, cap) == [Route.ACT, Route.REVIEW]
    assert routes(acting, 2, cap, at=timedelta(minutes=29, seconds=59)) == [Route.REVIEW] * 2
    assert routes(acting, 2, cap, at=timedelta(minutes=30)) == [Route.ACT, Route.REVIEW]


def test_a_clock_that_goes_back_opens_no_allowance_twice(acting):
    cap = Cap(per="hour", items=1)
    assert act(acting, cap).record.decision.route is Route.ACT
    assert act(acting, cap, at=timedelta(hours=1)).record.decision.route is Route.ACT
    assert routes(acting, 2, cap) == [Route.REVIEW] * 2
    assert act(acting, cap, at=timedelta(hours=1)).record.decision.route is Route.REVIEW


def test_each_executor_has_its_own_allowance(acting):
    cap = Cap(per="day", items=1)
    assert routes(acting, 2, cap) == [Route.ACT, Route.REVIEW]
    acting.of = replace(acting.of, executor="other")
    acting.hold(acting.grant(Level.SUPERVISED, certificate=acting.certificate()))
    assert act(acting, cap).record.decision.route is Route.ACT


def test_the_same_item_again_uses_nothing(store, acting):
    cap = Cap(per="day", items=1)
    first = act(acting, cap, key="k1")
    again = act(acting, cap, key="k1")
    assert (again.record, again.repeated) == (first.record, True)
    assert [row[-1] for row in counted(store)] == [1.0]


def test_an_item_that_was_stopped_meanwhile_uses_nothing(store, acting):
    stop(store, "triage", by="ann", reason="odd", now=acting.now)
    assert act(acting, Cap(per="day", items=1)).record.decision.route is Route.STOPPED
    assert counted(store) == []
    resume(store, "triage", by="ann", reason="mended", now=acting.now)
    assert act(acting, Cap(per="day", items=1)).record.decision.route is Route.ACT


@pytest.mark.parametrize("route", [Route.REVIEW, Route.INCUMBENT, Route.REJECT])
def test_what_is_not_acted_on_uses_nothing(store, acting, route):
    uses = capping(Definition(remit=1, id="triage", autonomy=Autonomy(caps=(Cap(per="day", items=1),))))({})
    acting.settle("k1", route, caps=uses)
    assert counted(store) == []


def test_nothing_is_counted_where_there_is_no_cap(store, acting):
    assert act(acting).record.decision.route is Route.ACT
    assert counted(store) == []


def test_a_settlement_that_fails_uses_nothing(store, acting):
    uses = capping(Definition(remit=1, id="triage", autonomy=Autonomy(caps=(Cap(per="day", items=1),))))({})

    def fail(_):
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        acting.settle("k1", Route.ACT, caps=uses, effects=fail)
    assert counted(store) == []
    assert act(acting, Cap(per="day", items=1)).record.decision.route is Route.ACT
