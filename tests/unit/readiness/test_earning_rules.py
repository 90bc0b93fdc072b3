"""Evidence gathered at a level, as readiness judges it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.unit.readiness.conftest import NOW
from tests.unit.readiness.test_gate_rules import executor

from remit.definition.digests import evidence_digest
from remit.definition.levels import Level
from remit.readiness import State
from remit.readiness.facts import AutonomyFact, StopRuleFact


@pytest.fixture
def seen(work):
    work.with_executors(executor())
    (known,) = work.facts.project.executors

    def put(**changes):
        fact = AutonomyFact(
            executor="svm",
            executor_digest=known.digest,
            evidence_digest=evidence_digest(work.definition),
            level=Level.SUGGEST,
            looked_at=NOW,
            n_items=300,
            n_days=14,
            n_acted=0,
            missing=(),
        )
        work.facts = replace(work.facts, autonomy=(replace(fact, **changes),))
        return work

    return put


def state(work, rule):
    return next(one for one in work.judge().results if one.rule == rule).state


def test_evidence_below_is_judged_in_numbers(seen, work):
    assert state(work, "AU02") is State.UNKNOWN
    assert state(seen(), "AU02") is State.PASS
    late = seen(missing=("212 of 300 items, 9 of 14 days at suggest",))
    (result,) = [one for one in late.judge().results if one.rule == "AU02"]
    assert result.state is State.FAIL
    assert result.findings[0].message == "212 of 300 items, 9 of 14 days at suggest."
    assert state(seen(level=Level.SHADOW), "AU02") is State.FAIL
    assert state(seen(executor_digest="other"), "AU02") is State.UNKNOWN


def test_what_was_seen_under_another_definition_does_not_count(seen):
    (result,) = [one for one in seen(evidence_digest="other").judge().results if one.rule == "AU02"]
    assert result.state is State.UNKNOWN
    assert "stale: the definition changed in what the evidence is about" in result.findings[0].message


def test_at_the_highest_level_nothing_is_left_to_be_earned(seen):
    assert state(seen(level=Level.AUTONOMOUS, missing=("nothing is above",)), "AU02") is State.PASS


def test_an_open_warning_or_an_alarm_says_how_much_of_the_budget_is_used(seen):
    assert state(seen(), "OB09") is State.NOT_APPLICABLE
    acting = {"level": Level.SUPERVISED, "n_acted": 9, "budget_used": 1.4}
    assert state(seen(**acting), "OB09") is State.PASS
    for sign in ("warning", "alarm"):
        (result,) = [one for one in seen(**acting, **{sign: True}).judge().results if one.rule == "OB09"]
        assert result.state is State.FAIL
        assert result.findings[0].message == "Budget used 140 %; autonomy goes back to suggest."


def test_never_was_never(seen, work):
    assert state(work, "AU04") is State.PASS
    assert state(seen(n_never=2), "AU04") is State.FAIL
    assert state(work.drop("autonomy.never"), "AU04") is State.NOT_APPLICABLE


def test_a_stop_rule_that_fired_is_a_blocker_until_it_is_written_anew(work):
    rule = work.data["intent"]["stop_if"]
    fact = StopRuleFact(
        when=rule["when"], after=rule["after"], counts_from=NOW - timedelta(days=1), latest=9.0, fired_at=NOW
    )

    def judged(**changes):
        work.facts = replace(work.facts, stop_rule=replace(fact, **changes))
        return state(work, "LV02")

    assert state(work, "LV02") is State.NOT_APPLICABLE
    assert judged() is State.FAIL
    assert judged(fired_at=None) is State.PASS
    assert judged(fired_at=None, latest=None) is State.UNKNOWN
    assert judged(fired_at=None, counts_from=NOW + timedelta(days=1)) is State.NOT_APPLICABLE
    assert judged(when="another") is State.NOT_APPLICABLE
