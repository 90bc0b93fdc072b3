"""Whatever people and time do to the reviews of an item: one decision counts, no effect twice, the chain verifies."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from remit.deciding.decision import Decision
from remit.definition.levels import Level
from remit.errors import Conflict, NotAllowed
from remit.items import Answer, Item, Reason, ReasonKind, Route
from remit.ledger import Broken
from remit.reviews import Ask, OutputCheck, ReviewKind, ReviewState
from remit.runtime.review import PersonsAnswer, ReviewRules, claim_review, decide_review
from remit.runtime.reviewing.steps import answer_about, ask_about, put_off_review, release_review, undo_review
from remit.runtime.reviewing.time_outs import REMIT, end_claims, time_out_reviews
from remit.runtime.settle import Settlement, settle
from remit.runtime.terms import Provenance, standing
from remit.runtime.verify import verify_ledger
from remit.store import open_store
from remit.store.operations.reviewing import is_undone, reviews_of_decision
from remit.store.reviews import truths_of
from remit.store.statements import prepare
from remit.store.tables import outbox

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
OF = Provenance(work="w", definition_digest="d", evidence_digest="e", executor="x", executor_digest="x")
WAITING = prepare(sa.select(outbox.c.payload_id, outbox.c.due_at, outbox.c.sent_at))
SEND = prepare(
    sa.update(outbox)
    .where(outbox.c.due_at <= sa.bindparam("now"), outbox.c.sent_at.is_(None))
    .values(sent_at=sa.bindparam("at"))
)
PEOPLE = st.sampled_from(["ann", "bob", "eve", "sam"])
WHICH = st.integers(0, 20)
ON_TIMEOUT = st.sampled_from([None, {"reassign": "lead"}, {"answer": {"team": "other"}}])


class Reviews(RuleBasedStateMachine):
    """One item, and everything that people, time and the outbox do."""

    @initialize(four_eyes=st.booleans(), on_timeout=ON_TIMEOUT)
    def opened(self, four_eyes, on_timeout):
        self.folder = tempfile.TemporaryDirectory()
        self.store = open_store(Path(self.folder.name) / "remit.db")
        self.now, self.n, self.sent = NOW, 0, []
        self.rules = ReviewRules(
            check=lambda *_: OutputCheck(),
            effects=lambda *_: ("paid",),
            wrong=lambda record, output: record.decision.answer.output != output,
            four_eyes=four_eyes,
            accountable="head",
            authors=lambda _: {"sam"},
        )
        decision = Decision(
            route=Route.REVIEW,
            reasons=(Reason(kind=ReasonKind.LEVEL, text="the level is suggest"),),
            level=Level.SUGGEST,
            input={},
            answer=Answer(output={"team": "a"}),
        )
        settlement = Settlement(
            provenance=OF,
            standing=standing(self.store, OF, now=NOW),
            actor="ann",
            id="d",
            review_id="r",
            salt=b"s" * 16,
            now=NOW,
            ask=lambda _: Ask(within=timedelta(minutes=30), on_timeout=on_timeout),
            effects=lambda _: (),
        )
        settle(self.store, Item(key="k", input={}), decision, settlement)

    def teardown(self):
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()

    def some(self, which):
        found = reviews_of_decision(self.store, "d")
        return found[-1 - which % len(found)].id

    def new_id(self):
        self.n += 1
        return f"n{self.n}"

    def tries(self, do):
        with suppress(Conflict, NotAllowed):  # in words of our own, and nothing was written: the invariants say so
            do()

    @rule(seconds=st.sampled_from([0, 1, 5, 9, 10, 60, 900, 1800]))
    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule(by=PEOPLE, which=WHICH)
    def claim(self, by, which):
        until = self.now + timedelta(minutes=10)
        self.tries(
            lambda: claim_review(self.store, self.some(which), by=by, until=until, now=self.now, rules=self.rules)
        )

    @rule(by=PEOPLE, which=WHICH, later=st.booleans())
    def leave(self, by, which, later):
        if later:
            until = self.now + timedelta(minutes=10)
            self.tries(lambda: put_off_review(self.store, self.some(which), by=by, until=until, now=self.now))
        else:
            self.tries(lambda: release_review(self.store, self.some(which), by=by, now=self.now))

    @rule(by=PEOPLE, which=WHICH, back=st.booleans())
    def talk(self, by, which, back):
        do = ask_about if back else answer_about
        self.tries(lambda: do(self.store, self.some(which), by=by, text="so", now=self.now))

    @rule(by=PEOPLE, which=st.just(0) | WHICH, team=st.sampled_from(["a", "b", None]))
    def decide(self, by, which, team):
        output = None if team is None else {"team": team}
        answer = PersonsAnswer(by=by, output=output, comment="so", salt=b"t" * 16, next_id=self.new_id(), now=self.now)
        self.tries(lambda: decide_review(self.store, self.some(which), answer, rules=self.rules))

    @rule(by=PEOPLE, which=WHICH)
    def undo(self, by, which):
        self.tries(
            lambda: undo_review(
                self.store, self.some(which), by=by, is_accountable=by == "ann", new_id=self.new_id(), now=self.now
            )
        )

    @rule()
    def sweep(self):
        end_claims(self.store, now=self.now)
        time_out_reviews(
            self.store, rules=lambda _: self.rules, salt=lambda: b"u" * 16, alarm=lambda *_: None, now=self.now
        )

    @rule()
    def deliver(self):
        text = self.now.isoformat(timespec="microseconds").replace("+00:00", "Z")
        with self.store.writing() as writing:
            due = [one for one, due_at, sent in writing.rows(WAITING) if sent is None and due_at <= text]
            writing.update(SEND, now=text, at=text)
        self.sent += due

    @invariant()
    def at_most_one_decision_counts_and_no_effect_leaves_twice(self):
        if not hasattr(self, "store"):
            return
        found = reviews_of_decision(self.store, "d")
        assert sum(one.waits for one in found) <= 1
        effects = self.store.rows(WAITING)
        assert len(effects) <= 1
        assert len(self.sent) <= 1
        counting = {one.id: one for one in found if not one.waits and not is_undone(self.store, one)}
        assert all(payload in counting for payload, _, _ in effects)
        assert all(one in counting for one in self.sent)
        truths = truths_of(self.store, "d")
        assert len(truths) <= 1
        for truth, _ in truths:
            one = counting[truth.payload_id]
            assert (one.state, one.decided_by) == (ReviewState.DECIDED, truth.by)
            assert truth.by != REMIT
        deciders = {one.kind: one.decided_by for one in counting.values() if one.state is ReviewState.DECIDED}
        if self.rules.four_eyes:
            assert "sam" not in deciders.values()
            assert len(set(deciders.values())) == len(deciders)
            assert not truths or ReviewKind.SECOND in deciders or ReviewKind.SETTLING in deciders
        assert not [one for one in verify_ledger(self.store) if isinstance(one.result, Broken)]


Reviews.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestReviewsInAStore = Reviews.TestCase
