"""An executor that hangs, comes and goes, or answers rubbish: people get the item, callers get an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.integration.fire.burning import hold, hold_all, input_of

from remit.definition.levels import Level
from remit.project import Project
from remit.project.ambient import system

MOODY = '''\
"""Answers as the note says; what it must not do is told by a file."""

import time
from pathlib import Path

AWAY = Path(__file__).with_name("away")


class Odd:
    """Nothing that anybody knows."""


def answer(given: dict):
    """The refund, in whatever mood."""
    if AWAY.exists():
        raise ConnectionError("nobody is there")
    note = given.get("note") or ""
    if note == "hang":
        time.sleep(60)
    if note == "raise":
        raise ZeroDivisionError("a bug")
    return {
        "": ({"refund": "yes"}, 0.95),
        "nothing": None,
        "odd": Odd(),
        "other field": {"refnd": "yes"},
        "other value": ({"refund": "perhaps"}, 0.99),
        "nan": ({"refund": "yes"}, float("nan")),
        "too sure": ({"refund": "yes"}, 17.0),
        "endless": ({"refund": "yes" * 10_000_000}, 0.99),
    }[note]
'''


@pytest.fixture
def moody(burning):
    """The project with the moody executor, a clock of its own for the breaker, and the seconds of that clock."""
    burning.small.write("functions/desk.py", MOODY)
    burning.small.change("executors/desk.yaml", "deadline: 5s", "deadline: 1s")
    seconds, env, own = [0.0], burning.env, system()
    ambient = replace(own, monotonic=lambda: own.monotonic() + seconds[0], setting=env.get)
    with Project.open(burning.root, ambient=ambient) as project:
        hold(project, Level.SUPERVISED)
        yield project.work("refunds"), seconds


def decide(burning, work, key, note=None):
    given = input_of(3) if note is None else {**input_of(3), "note": note}
    settled = work.decide(given, key=key, executor="desk")
    burning.told[key] = settled.record.id
    return settled.record.decision


@pytest.mark.parametrize(
    "note", ["hang", "raise", "nothing", "odd", "other field", "other value", "nan", "too sure", "endless"]
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_whatever_it_does_the_item_goes_to_a_person_and_the_next_one_is_decided(burning, moody, note):
    work, _ = moody
    found = decide(burning, work, "odd", note)
    assert found.route == "review", found
    assert found.reason.text
    assert decide(burning, work, "next").route == "act"
    assert hold_all(burning, set(burning.told)).routes == {"review": 1, "act": 1}


def test_one_that_comes_and_goes_is_left_alone_and_asked_again(burning, moody):
    work, seconds = moody
    away = burning.root / "functions" / "away"
    for turn in range(3):
        away.touch()
        routes = [decide(burning, work, f"{turn}-away-{i}").route for i in range(8)]
        assert set(routes) == {"review"}
        away.unlink()
        seconds[0] += 31.0
        assert decide(burning, work, f"{turn}-back").route == "act"
    assert hold_all(burning, set(burning.told)).routes == {"review": 24, "act": 3}
