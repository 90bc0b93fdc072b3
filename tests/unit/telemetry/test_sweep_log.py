"""A sweeper says what is new: who leads, what was done, what goes wrong and when that is over, once each."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO

import pytest

from remit.errors import ItemInvalid, StoreError
from remit.project.logs import logging_to, why_of
from remit.project.sweeping.telling import SweepLog, say_delivered
from remit.runtime.delivering.deliver import Delivered
from remit.runtime.sweeping.sweep import Swept, TaskDone

AWAY = StoreError("the store can't be reached", found="a text of the driver")


@pytest.fixture
def said():
    stream = StringIO()
    with logging_to(stream, form="json"):
        yield lambda: [
            (one["event"], one.get("task"), one["level"]) for one in map(json.loads, stream.getvalue().splitlines())
        ]


def led(*tasks):
    return Swept(led=True, tasks=tasks)


def test_a_round_in_which_nothing_is_new_says_nothing(said):
    log = SweepLog()
    for _ in range(3):
        log.told(led(TaskDone(name="claims", n=0)))
    assert said() == [("sweep.leads", None, "info")]
    log.told(Swept(led=False))
    log.told(Swept(led=False))
    assert said()[1:] == [("sweep.waits", None, "info")]


def test_a_fault_is_said_once_and_its_end_too(said):
    log = SweepLog()
    broken = led(TaskDone(name="seals", n=0, fault=AWAY), TaskDone(name="claims", n=2))
    log.told(broken)
    log.told(broken)
    log.faults.failed(AWAY)
    log.faults.failed(AWAY)
    log.told(led(TaskDone(name="seals", n=0)))
    assert said() == [
        ("sweep.leads", None, "info"),
        ("sweep.done", "claims", "info"),
        ("sweep.fault", "seals", "error"),
        ("sweep.done", "claims", "info"),
        ("sweep.fault", "round", "error"),
        ("sweep.well", "seals", "info"),
        ("sweep.well", "round", "info"),
    ]


def test_what_is_sent_is_a_warning_where_it_did_not_arrive(said):
    nothing = Delivered(n_sent=0, n_failed=0, n_dead=0, n_alerts=0, n_alerts_failed=0, waiting={})
    say_delivered(nothing)
    say_delivered(replace(nothing, n_sent=1, n_alerts=1))
    say_delivered(replace(nothing, n_sent=1, n_failed=2))
    say_delivered(replace(nothing, n_alerts_failed=1))
    assert said() == [
        ("delivery.done", None, "info"),
        ("delivery.done", None, "warning"),
        ("delivery.done", None, "warning"),
    ]


def test_the_words_of_an_error_about_an_item_are_left_out():
    assert why_of(AWAY) == "the store can't be reached"
    told = why_of(ItemInvalid("the input holds Q7marked", found="Q7marked"))
    assert "Q7marked" not in told
    assert told.startswith("An item")
