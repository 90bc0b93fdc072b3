from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from tests.unit.deciding.works import ITEM, SUPERVISED, triage

from remit.autonomy.route import Terms
from remit.deciding.decide import decide
from remit.deciding.prepare import prepare
from remit.deciding.replay import RecordedItem, replay
from remit.definition.levels import Level
from remit.errors import ArgumentInvalid
from remit.items import Answer, Item, Route

WORK = prepare(triage())
MONDAY = datetime(2026, 7, 6, 9, tzinfo=UTC)
BOLD = Terms(level=Level.SUPERVISED, certified=True, threshold=0.5)
MANUAL = Terms(level=Level.MANUAL)


def past(confidence, *, at=MONDAY, wrong=False, **changes):
    answer = None if confidence is None else Answer(output={"team": "orders"}, confidence=confidence)
    return RecordedItem(item=Item(key="k", input={**ITEM, **changes}, received_at=at), answer=answer, wrong=wrong)


def test_another_threshold_acts_on_what_it_would_have_acted_on():
    items = [past(0.9), past(0.6, wrong=True), past(0.4), past(0.95, wrong=None)]
    found = replay(WORK, items, {"as it was": SUPERVISED, "bolder": BOLD, "nobody": MANUAL})
    (was,), (bolder,), (nobody,) = found.values()
    assert (was.n, was.n_acted, was.n_asked, was.n_known, was.n_wrong) == (4, 2, 2, 1, 0)
    assert (bolder.n_acted, bolder.n_asked, bolder.n_known, bolder.n_wrong) == (3, 1, 2, 1)
    assert (nobody.n, nobody.n_acted, nobody.n_asked) == (4, 0, 0)


def test_it_comes_to_what_deciding_comes_to_item_by_item():
    for changes in ({}, {"body": "stolen"}, {"amount": 900.0}, {"amount": 5000.0}, {"business": True}):
        for confidence in (0.4, 0.9):
            one = past(confidence, **changes)
            (day,) = replay(WORK, [one], {"p": SUPERVISED})["p"]
            decision = decide(WORK, one.item, perform=lambda given, one=one: one.answer, terms=SUPERVISED)
            assert day.n_acted == (decision.route is Route.ACT)
            assert day.n_asked == (decision.route is Route.REVIEW)


def test_days_are_kept_apart_by_utc_and_come_in_order():
    late = datetime(2026, 7, 6, 1, tzinfo=timezone(timedelta(hours=5)))  # still Sunday in UTC
    days = replay(WORK, [past(0.9), past(0.9, at=late), past(0.9)], {"p": SUPERVISED})["p"]
    assert [(one.day, one.n) for one in days] == [(date(2026, 7, 5), 1), (date(2026, 7, 6), 2)]


def test_an_answer_that_was_never_recorded_goes_to_a_person_and_is_counted():
    (day,) = replay(WORK, [past(None), past(None, business=True)], {"p": BOLD})["p"]
    assert (day.n, day.n_acted, day.n_asked, day.n_unanswered) == (2, 0, 1, 1)


def test_an_item_without_its_moment_is_refused():
    with pytest.raises(ArgumentInvalid, match="no moment"):
        replay(WORK, [past(0.9, at=None)], {"p": BOLD})
