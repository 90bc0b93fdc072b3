"""Decide, audit, warn, audit more, settle, fall: a work as it runs, on both stores."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from remit.autonomy.certificate import Certificate, Grant
from remit.definition.levels import Level
from remit.items import Item, Route
from remit.ledger import LedgerKind, Verified
from remit.project import Project
from remit.project.ambient import system
from remit.project.items import provenance
from remit.project.state.mirror import read_mirror
from remit.runtime.recording import record_grant
from remit.store.grants import grants_of
from remit.store.operations.alerts import open_alerts

ITEM = {"amount": 20.0, "channel": "web", "dealer": False}


@dataclass
class Running:
    """A work whose desk acts alone, and of which every act is audited."""

    project: Project
    n: int = 0

    @property
    def work(self):
        return self.project.work("refunds")

    @property
    def store(self):
        return self.project.store

    @property
    def alerts(self):
        return [alert.kind for alert in open_alerts(self.store)]

    def act(self, n=1):
        items = [Item(key=f"k{self.n + i}", input=ITEM) for i in range(n)]
        self.n += n
        return list(self.work.decide_many(items, executor="desk"))

    def learn(self, settled, *, wrong):
        said = json.dumps({"refund": "no" if wrong else "yes"})
        lines = [f'{{"key": "{one.record.key}", "expected": {said}, "by": "tarek"}}\n' for one in settled]
        file = self.project.root / "truths.jsonl"
        file.write_text("".join(lines), encoding="utf-8")
        return self.work.import_truths(file, by="tarek").changes

    def audit(self, settled, *, wrong):
        """A person looks at what was acted on, and says what is right."""
        self.work.decide_review(
            settled.audit.id, by="tarek", output={"refund": "no" if wrong else "yes"}, comment="looked at again"
        )

    def hold(self, level=Level.SUPERVISED, **days):
        of = provenance(self.work, "desk")
        now = self.project.ambient.now()
        certificate = Certificate(
            threshold=0.7,
            alpha=0.3,
            delta=0.05,
            n_acted=300,
            n_wrong=2,
            n_cases=500,
            coverage=0.6,
            upper_bound=0.04,
            method="step_down",
            assumptions=(),
            evidence_digest=of.evidence_digest,
            executor_digest=of.executor_digest,
            case_set_digest="c",
            made_at=now,
        )
        given = Grant(
            work="refunds",
            executor="desk",
            level=level,
            by="jonas",
            reason="so",
            definition_digest=of.definition_digest,
            evidence_digest=of.evidence_digest,
            executor_digest=of.executor_digest,
            granted_at=now,
            until=now + timedelta(**days) if days else None,
            certificate=certificate,
        )
        with self.store.writing() as writing:
            record_grant(writing, given, LedgerKind.GRANT)
        self.work.autonomy()

    def is_whole(self):
        return all(isinstance(chain.result, Verified) for chain in self.project.verify_ledger())


@pytest.fixture(params=["sqlite", "postgresql"])
def opened(request, small, monkeypatch):
    monkeypatch.delenv("REMIT_STORE", raising=False)
    if request.param == "postgresql":
        monkeypatch.setenv("REMIT_STORE", request.getfixturevalue("postgres_url"))
    small.change("work/refunds.yaml", "error_budget: 0.10", "error_budget: 0.30")
    made = []

    def open_(**ambient):
        made.append(Project.open(small.root, ambient=replace(system(), draw=lambda: 0.01, **ambient)))
        return Running(made[-1])

    yield open_
    for project in made:
        project.close()


def test_wrong_audits_warn_and_raise_what_is_audited_of_the_next_items_until_it_settles(opened):
    running = opened()
    running.hold()
    first = running.act(600)
    assert {one.record.inclusion for one in first} == {0.05}
    running.learn(first, wrong=False)
    for _ in range(15):
        (acted,) = running.act()
        assert acted.record.inclusion == 0.05
        running.audit(acted, wrong=True)
        if running.alerts:
            break
    assert running.alerts == ["warning"]
    (next_one,) = running.act()
    assert next_one.record.decision.route is Route.ACT
    assert next_one.record.inclusion == 0.25
    running.learn(running.act(60), wrong=False)
    assert running.alerts == []
    assert running.act()[0].record.inclusion == 0.05
    assert running.is_whole()


def test_a_broken_budget_reaches_the_next_decision_of_a_desk_that_is_open(opened):
    running = opened()
    running.hold()
    for _ in range(40):
        (acted,) = running.act()
        if acted.record.decision.route is not Route.ACT:
            break
        running.audit(acted, wrong=True)
    assert acted.record.decision.route is Route.REVIEW
    assert acted.record.decision.level is Level.SUGGEST
    assert "demoted" in running.alerts
    assert running.is_whole()


def test_whoever_decides_first_after_a_change_records_the_fall_once_and_says_why(opened, small):
    opened().hold()
    small.change("functions/desk.py", "amount < 60.0", "amount < 61.0")
    running = opened()
    settled = running.act(3)
    assert [one.record.decision.route for one in settled] == [Route.INCUMBENT] * 3
    assert "the executor changed since the grant" in settled[0].record.decision.reasons[0].text
    given = grants_of(running.store, "refunds")
    assert [(one.level, one.by) for one in given] == [(Level.SUPERVISED, "jonas"), (Level.SHADOW, "remit")]
    running.act(3)
    assert len(grants_of(running.store, "refunds")) == 2
    assert running.alerts == ["demoted"]
    assert running.is_whole()


def test_a_grant_that_expires_while_the_desk_is_open_falls_by_an_entry_of_its_own(opened):
    later = timedelta(0)
    running = opened(now=lambda: system().now() + later)
    running.hold(days=2)
    assert running.act()[0].record.decision.route is Route.ACT
    later = timedelta(days=3)
    (acted,) = running.act()
    assert acted.record.decision.route is Route.REVIEW
    assert "the grant expired" in acted.record.decision.reasons[0].text
    assert [one.level for one in grants_of(running.store, "refunds")] == [Level.SUPERVISED, Level.SUGGEST]
    assert running.is_whole()


def test_one_decided_audit_that_takes_a_level_away_is_in_the_mirror_that_check_reads(opened):
    running = opened()
    running.hold()
    held = grants_of(running.store, "refunds")
    while len(grants_of(running.store, "refunds")) == len(held):
        (settled,) = running.act()
        running.audit(settled, wrong=True)
    (fact,) = read_mirror(running.project.state, "refunds").grants
    assert (fact.executor, fact.level) == ("desk", Level.SUGGEST)
