"""Whatever people, truths, changes and the clock do: nothing acts beyond what a person granted and the digests hold."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.unit.runtime.watched import Watched

from remit.definition.levels import LEVELS, Level
from remit.errors import GrantRefused, NotFound
from remit.runtime.grant import revoke
from remit.runtime.stop import resume, stop
from remit.runtime.terms import standing
from remit.store import open_store


class AutonomyMachine(RuleBasedStateMachine):
    """One executor, a person who grants and takes back, items, truths, other versions, and time."""

    @initialize()
    def opened(self):
        self.folder = tempfile.TemporaryDirectory()
        self.watched = Watched(store=open_store(Path(self.folder.name) / "remit.db"))
        self.watched.terms = replace(self.watched.terms, min_items=3, min_days=1, budget=0.5)
        self.watched.terms = replace(self.watched.terms, certificate=replace(self.watched.terms.certificate, alpha=0.5))
        self.granted = Level.MANUAL
        self.stopped = False
        self.waiting: list[str] = []

    def teardown(self):
        if hasattr(self, "watched"):
            self.watched.store.close()
            self.folder.cleanup()

    @property
    def terms(self):
        return standing(self.watched.store, self.watched.of, now=self.watched.now)

    @rule(level=st.sampled_from(LEVELS), days=st.none() | st.integers(1, 30))
    def grant(self, level, days):
        before = self.terms.terms.level
        until = None if days is None else self.watched.now + (days * DAY)
        with suppress(GrantRefused):
            self.watched.grant(level, until=until)
            assert level.rank <= before.rank + 1, "a level was skipped"
            self.granted = level

    @rule()
    def revoke(self):
        with suppress(NotFound):
            revoke(self.watched.store, work="triage", executor="clerk", by="ann", reason="so", now=self.watched.now)
            self.granted = Level.MANUAL

    @rule(on=st.booleans())
    def stop(self, on):
        act = stop if on else resume
        with suppress(NotFound):
            act(self.watched.store, "triage", by="ann", reason="so", now=self.watched.now)
            self.stopped = on

    @rule(n=st.integers(1, 6), blind=st.booleans(), audited=st.booleans(), varies=st.booleans())
    def decide(self, n, blind, audited, varies):
        level = self.terms.terms.level
        if level is Level.MANUAL:
            return
        inclusion = 0.3 if varies else None
        for _ in range(n):
            self.waiting.append(self.watched.decide(level=level, blind=blind, audited=audited, inclusion=inclusion))

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), wrong=st.booleans(), at_once=st.booleans(), n=st.integers(1, 6))
    def learn(self, data, wrong, at_once, n):
        for _ in range(min(n, len(self.waiting))):
            item = self.waiting.pop(data.draw(st.integers(0, len(self.waiting) - 1)))
            self.watched.learn(item, wrong=wrong, imported=not self._has_review(item))
        if at_once:
            self.watched.advance()

    def _has_review(self, item):
        from remit.store.reviews import review_of

        return review_of(self.watched.store, item) is not None

    @rule(hours=st.integers(1, 80))
    def wait(self, hours):
        self.watched.wait(hours=hours)

    @rule(evidence=st.sampled_from("ef"), executor=st.sampled_from("xy"))
    def change(self, evidence, executor):
        terms = replace(self.watched.terms, evidence_digest=evidence, executor_digest=executor)
        certificate = replace(terms.certificate, evidence_digest=evidence, executor_digest=executor)
        self.watched.terms = replace(terms, certificate=certificate)

    @rule()
    def look(self):
        before = self.watched.level
        self.watched.advance()
        assert self.watched.level.rank <= before.rank, "a level rose without a person"

    @invariant()
    def nothing_acts_beyond_its_grant(self):
        if not hasattr(self, "watched"):
            return
        now = self.terms
        assert now.terms.level.rank <= self.granted.rank
        assert (now.stopped is not None) is self.stopped
        if now.terms.level.at_least(Level.SUPERVISED):
            held = self.watched.held
            assert (held.evidence_digest, held.executor_digest) == (
                self.watched.terms.evidence_digest,
                self.watched.terms.executor_digest,
            )
            assert held.until is not None
            assert self.watched.now < held.until

    @invariant()
    def the_ledger_alone_gives_the_same(self):
        if not hasattr(self, "watched") or self.watched.level is Level.MANUAL:
            return
        self.watched.advance()
        assert self.watched.is_the_same_again()
        assert self.terms.terms.level is self.watched.level, "what counts is what is recorded"


DAY = timedelta(days=1)
AutonomyMachine.TestCase.settings = settings(
    max_examples=20, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestAutonomy = AutonomyMachine.TestCase
