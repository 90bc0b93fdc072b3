"""What executors spend on calls holds for all processes on a store, on SQLite and on PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from tests.contract.conftest import NOW

from remit.executors.remote import Exhausted, Reserved, SpendingCap
from remit.runtime.spending import StoredPurse

DAY = SpendingCap(amount=1.0, per="day")

SPENDER = """
import sys
from datetime import datetime
from remit.executors.remote import Reserved, SpendingCap
from remit.runtime.spending import StoredPurse
from remit.store import open_store

place, now = sys.argv[1], datetime.fromisoformat(sys.argv[2])
with open_store(place) as store:
    purse = StoredPurse(lambda: store, work="triage", now=lambda: now)
    cap = SpendingCap(amount=1.0, per="day")
    print(sum(isinstance(purse.reserve("supplier", cap, 0.05), Reserved) for _ in range(20)))
"""


def purse(store, now=NOW, work="triage") -> StoredPurse:
    return StoredPurse(lambda: store, work=work, now=lambda: now)


def granted(found, n: int, amount: float, cap=DAY) -> int:
    return sum(isinstance(found.reserve("supplier", cap, amount), Reserved) for _ in range(n))


def test_nobody_gets_more_than_the_cap_and_is_told_when_there_is_more(store):
    assert granted(purse(store), 12, 0.1) == 10
    thrice = SpendingCap(amount=0.3, per="hour")
    assert granted(purse(store), 5, 0.1, thrice) == 3  # three times 0.1 is 0.3, whatever floats say
    refused = purse(store).reserve("supplier", DAY, 0.1)
    assert refused == Exhausted(spent=pytest.approx(1.0), until=NOW.replace(hour=0, minute=0) + timedelta(days=1))


def test_what_an_item_did_not_cost_is_there_for_the_next_and_what_it_cost_more_is_gone(store):
    found = purse(store)
    reserved = found.reserve("supplier", DAY, 0.5)
    found.correct(reserved, 0.1)
    assert granted(found, 12, 0.1) == 9
    found.correct(reserved, 3.0)
    assert found.reserve("supplier", DAY, 0.0).spent == pytest.approx(3.5)


def test_a_correction_counts_in_the_day_of_its_call(store):
    reserved = purse(store).reserve("supplier", DAY, 1.0)
    tomorrow = purse(store, NOW + timedelta(days=1))
    assert granted(tomorrow, 12, 0.1) == 10
    tomorrow.correct(reserved, 0.0)
    assert granted(tomorrow, 1, 0.1) == 0
    assert granted(purse(store), 12, 0.1) == 10


def test_hours_and_days_works_and_executors_are_counted_apart(store):
    found = purse(store)
    assert granted(found, 2, 1.0) == 1
    assert granted(found, 2, 1.0, SpendingCap(amount=1.0, per="hour")) == 1
    assert granted(purse(store, work="other"), 2, 1.0) == 1
    assert isinstance(found.reserve("another", DAY, 1.0), Reserved)


def test_where_nobody_knows_the_cost_calls_are_made_until_the_cap_is_reached(store):
    found = purse(store)
    reserved = found.reserve("supplier", DAY, 0.0)
    assert isinstance(reserved, Reserved)
    found.correct(reserved, 1.0)
    assert isinstance(found.reserve("supplier", DAY, 0.0), Exhausted)


def test_two_processes_share_one_cap(place):
    command = [sys.executable, "-c", SPENDER, place, NOW.isoformat()]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [int(one.communicate(timeout=60)[0]) for one in both]
    assert sum(told) == 20
