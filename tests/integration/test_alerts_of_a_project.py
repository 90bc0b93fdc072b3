"""Alerts that a project raises by itself, on both databases: each once, with its contact, closed when it is over."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.by_hand import tamper
from tests.integration.small_project import ITEM, PROJECT, make

from remit.autonomy.certificate import Grant
from remit.definition.levels import Level
from remit.ledger import LedgerKind
from remit.project import Project
from remit.project.ambient import system
from remit.project.items import provenance
from remit.project.sweeping import Sweeper
from remit.runtime.recording import record_grant
from remit.store.operations.alerts import AlertKind, open_alerts

MOST_OF_A_DAY = timedelta(hours=25)


class Clock:
    """The time of a project, moved by hand."""

    def __init__(self):
        self.now = system().now()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request):
    """Where the store is; None: in the project."""
    if request.param == "sqlite":
        yield None
        return
    server = request.getfixturevalue("postgres_server")
    url = server.make_store()
    yield url
    server.drop_database(url)


@pytest.fixture
def shop(place, tmp_path):
    """A project on one of the two databases, with its clock."""
    small = make(tmp_path / "shop")
    if place is not None:
        small.write("remit.yaml", PROJECT + f"store: {json.dumps(place)}\n")
    clock = Clock()
    ambient = replace(system(), now=lambda: clock.now, setting=lambda _: None)
    with Project.open(small.root, ambient=ambient) as project:
        yield small, project, clock


def sweep(project):
    swept = Sweeper(project).sweep(holder="a", delivers=False)
    return {one.name: one.fault for one in swept.tasks if one.fault is not None}


def told(project, kind):
    return [one for one in open_alerts(project.store) if one.kind == kind]


def hold(project, level, now):
    of = provenance(project.work("refunds"), "desk")
    digests = {"evidence_digest": of.evidence_digest, "executor_digest": of.executor_digest}
    given = Grant(
        work="refunds",
        executor="desk",
        level=level,
        by="jonas",
        reason="so",
        definition_digest=of.definition_digest,
        granted_at=now,
        **digests,
    )
    with project.store.writing() as writing:
        record_grant(writing, given, LedgerKind.GRANT)


def test_too_few_items_are_told_once_and_closed_when_they_are_back(shop):
    small, project, clock = shop
    small.change("work/refunds.yaml", "volume_between: [100, 400]", "volume_between: [2, 400]")
    work = Project.open(small.root, ambient=project.ambient).work("refunds")
    with work.project as again:
        work.decide(ITEM, key="k0")
        assert sweep(again) == {}
        assert told(again, AlertKind.VOLUME) == [], "the first day is not over"
        clock.now += MOST_OF_A_DAY
        for _ in range(2):
            assert sweep(again) == {}
            clock.now += timedelta(hours=2)
        (alert,) = told(again, AlertKind.VOLUME)
        assert (alert.about, alert.contact) == ("too few", "mira@shop.example")
        assert "too few items: 0 in the last 24 hours, 2 to 400 are expected" in alert.text
        for n in range(2):
            work.decide(ITEM, key=f"k{n + 1}")
        clock.now += timedelta(hours=2)
        assert sweep(again) == {}
        assert told(again, AlertKind.VOLUME) == []


def test_a_review_that_goes_on_waiting_is_told_once_and_closed_when_it_is_decided(shop):
    _, project, clock = shop
    project.work("refunds").decide(ITEM, key="k0")
    (waiting,) = project.review_desk.waiting("refunds")
    assert told(project, AlertKind.TIME_OUT) == []
    clock.now += timedelta(hours=5)
    assert sweep(project) == {}
    assert told(project, AlertKind.TIME_OUT) == [], "it went to another role first"
    clock.now += timedelta(days=3)
    for _ in range(2):
        assert sweep(project) == {}
    (alert,) = told(project, AlertKind.TIME_OUT)
    assert (alert.work, alert.about, alert.contact) == ("refunds", waiting.id, "mira@shop.example")
    assert f"review {waiting.id} goes on waiting" in alert.text
    project.review_desk.decide(waiting.id, by="mira", output={"refund": "yes"}, comment=None)
    assert told(project, AlertKind.TIME_OUT) == []


def test_a_stop_rule_that_fired_is_told_once_and_closed_when_the_rule_is_another(shop):
    small, project, clock = shop
    hold(project, Level.SUGGEST, clock.now)
    work = project.work("refunds")
    work.add_outcome(3.9, by="mira")
    assert told(project, AlertKind.STOP_RULE) == [], "its time has not come"
    clock.now += timedelta(days=61)
    for _ in range(2):
        assert sweep(project) == {}, "the sweeper notices that the time has come"
    (alert,) = told(project, AlertKind.STOP_RULE)
    assert (alert.about, alert.contact) == ("", "mira@shop.example")
    assert "the stop rule of the intent fired: stop and review the definition" in alert.text
    small.change("work/refunds.yaml", "outcome.value > 3.8", "outcome.value > 3.95")
    with Project.open(small.root, ambient=project.ambient) as again:
        assert sweep(again) == {}
        assert told(again, AlertKind.STOP_RULE) == []


def test_a_chain_that_does_not_hold_is_told_once_and_closed_when_it_can_be_sealed(shop):
    _, project, clock = shop
    decided = project.work("refunds").decide(ITEM, key="k0")
    clock.now += timedelta(minutes=2)
    tamper(project.store, "UPDATE ledger SET actor = 'eve' WHERE seq = 1")
    for _ in range(2):
        assert set(sweep(project)) == {"seals"}
    (alert,) = told(project, AlertKind.LEDGER_BROKEN)
    assert (alert.work, alert.about, alert.contact) == ("refunds", "", "mira@shop.example")
    assert "the ledger of refunds is broken at entry 1" in alert.text
    tamper(project.store, f"UPDATE ledger SET actor = '{decided.record.actor}' WHERE seq = 1")
    assert sweep(project) == {}
    assert told(project, AlertKind.LEDGER_BROKEN) == []
