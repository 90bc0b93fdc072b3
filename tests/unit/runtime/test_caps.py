from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest

from remit.definition.model import Autonomy, Cap, Definition
from remit.runtime.caps import CapUse, capping, sentence, since


def use(cap: Cap, **given: object) -> CapUse:
    (found,) = capping(Definition(remit=1, id="triage", autonomy=Autonomy(caps=(cap,))))(given)
    return found


def test_work_without_caps_uses_none():
    assert capping(Definition(remit=1, id="triage"))({"amount": 5}) == ()


def test_a_cap_on_items_counts_each_as_one():
    assert use(Cap(per="day", items=20)) == CapUse(what="items per day", per="day", limit=20.0, amount=1.0)


@pytest.mark.parametrize(
    ("value", "amount"),
    [(5, 5.0), (0.1, 0.1), (-3, 0.0), (True, None), ("5", None), (None, None), (10**400, math.inf), (math.nan, None)],
)
def test_a_cap_on_a_sum_takes_the_number_of_the_field(value, amount):
    found = use(Cap(per="hour", sum=10, of="amount"), amount=value)
    assert (found.amount, found.what, found.of) == (amount, "sum of amount per hour", "amount")


def test_the_counter_does_not_hang_on_the_limit():
    assert use(Cap(per="day", items=20)).what == use(Cap(per="day", items=30)).what


def test_an_item_without_the_number_can_not_keep_the_cap():
    found = sentence(use(Cap(per="day", sum=10, of="amount")), 0.0)
    assert found == "`amount` is no number here: whether the cap of 10 a day holds can't be told"


@pytest.mark.parametrize(("before", "is_reached"), [(0.0, False), (19.0, False), (20.0, True), (25.0, True)])
def test_the_last_item_up_to_the_limit_may_still_be_acted_on(before, is_reached):
    assert (sentence(use(Cap(per="day", items=20)), before) is not None) is is_reached


def test_a_cap_of_nothing_lets_nothing_through():
    assert sentence(use(Cap(per="day", items=0)), 0.0) == "this would be item 1 of this day, and the cap is 0"


def test_hours_and_days_are_those_of_utc_whatever_zone_the_clock_tells():
    at = datetime(2026, 7, 1, 0, 30, 5, 7, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert since("hour", at) == datetime(2026, 6, 30, 19, tzinfo=UTC)
    assert since("day", at) == datetime(2026, 6, 30, tzinfo=UTC)
