"""What the evidence says is told to somebody: once, and only as long as it lasts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.unit.runtime.test_watching import audits, critical, earn_suggest, kinds

from remit.definition.levels import Level
from remit.runtime.grant import revoke
from remit.runtime.watching import ChangeKind
from remit.store.operations.alerts import open_alerts


def ending(watched):
    """An executor whose grant ends in a month."""
    return watched.hold(Level.SUPERVISED, until=watched.now + timedelta(days=30))


def test_a_warning_is_told_once_and_settled_with_it(watched):
    watched.terms = replace(watched.terms, budget=0.3, certificate=replace(watched.terms.certificate, alpha=0.3))
    watched.hold(Level.SUPERVISED)
    for _ in range(600):
        watched.learn(watched.decide(audited=True), wrong=False)
    audits(watched, *[True] * 12)
    assert watched.alerts == [("warning", "clerk")]
    (alert,) = open_alerts(watched.store)
    assert alert.contact == "ops@shop.example"
    assert "the error budget may be broken" in alert.text
    watched.advance()
    assert watched.alerts == [("warning", "clerk")]
    audits(watched, *[False] * 60)
    assert watched.alerts == []
    assert watched.told[-1].kind is ChangeKind.SETTLED


def test_a_fall_is_told_in_the_place_of_the_warning_until_somebody_grants_anew(watched):
    watched.hold(Level.SUPERVISED)
    while watched.level is Level.SUPERVISED:
        audits(watched, *[True])
    assert watched.alerts == [("demoted", "clerk")]
    earn_suggest(watched, 200)
    assert sorted(watched.alerts) == [("demoted", "clerk"), ("may promote", "clerk")]
    watched.grant(Level.SUPERVISED)
    assert watched.alerts == []


def test_a_critical_failure_is_told_as_what_it_is(watched):
    watched.critical = critical()
    watched.hold(Level.SUPERVISED)
    watched.learn(watched.decide(audited=True, output={"team": "orders"}), wrong=True, expected={"team": "fraud"})
    watched.advance()
    assert sorted(watched.alerts) == [("critical failure", "clerk"), ("demoted", "clerk")]


def test_the_end_of_a_grant_is_told_seven_days_before_and_once(watched):
    ending(watched).wait(days=22)
    assert watched.advance() == ()
    watched.wait(days=1)
    assert kinds(watched.advance()) == [ChangeKind.ENDING]
    assert watched.advance() == ()
    assert watched.alerts == [("grant ends", "clerk")]
    watched.hold(Level.SUPERVISED, until=watched.now + timedelta(days=5))
    assert [change.kind for change in watched.told] == [ChangeKind.ENDING] * 2, "another grant, another end"
    watched.wait(days=7)
    watched.advance()
    assert watched.alerts == [("demoted", "clerk")]


def test_a_grant_that_renews_itself_ends_nothing(watched):
    watched.terms = replace(watched.terms, min_items=5, min_days=0)
    watched.hold(Level.AUTONOMOUS, until=watched.now + timedelta(days=30))
    audits(watched, *[False] * 80)
    assert watched.told[-1].kind is ChangeKind.RENEWED
    assert watched.alerts == []


@pytest.mark.parametrize("level", [Level.SHADOW, Level.SUGGEST])
def test_a_level_at_which_a_person_decides_has_no_end_to_tell(watched, level):
    watched.hold(level, until=watched.now + timedelta(days=1))
    assert watched.alerts == []


def test_taking_the_grant_away_ends_what_was_told_about_it(watched):
    ending(watched).wait(days=29)
    watched.advance()
    assert watched.alerts
    revoke(watched.store, work="triage", executor="clerk", by="ann", reason="no more", now=watched.now)
    assert watched.alerts == []
