"""Whatever is done to a chain is found, and whatever people do to a review leaves at most one decision."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from remit.errors import AlreadyDecided, Conflict, OverrideRefused
from remit.items import Reason, ReasonKind
from remit.ledger import Broken, LedgerKind, Verified, append, json_text, verify
from remit.reviews import Ask, OutputCheck, Review, ReviewState, Violation, claim, decide, open_review

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def chain(subjects):
    entries = []
    for subject in subjects:
        head = entries[-1].head if entries else None
        values = {"kind": LedgerKind.DECISION, "actor": "ann", "digests": {}, "body_digest": subject.encode()}
        entries.append(append(head, work="w", at=NOW, subject=subject, **values))
    return entries


@given(st.permutations(range(6)), st.integers(0, 6))
def test_every_other_order_and_every_gap_is_found(order, n):
    entries = chain("abcdef")
    told = [entries[i] for i in order][:n]
    found = verify(told, head=entries[-1].head)
    if told == entries:
        assert isinstance(found, Verified)
    else:
        assert isinstance(found, Broken)


@given(JSON)
def test_one_value_has_one_text_that_reads_back(value):
    import json

    text = json_text(value)
    assert json.loads(text) == value
    assert text.isascii()
    assert json_text(json.loads(text)) == text


class ReviewMachine(RuleBasedStateMachine):
    """People claim and decide one review in any order, with a clock that only goes on."""

    people = st.sampled_from(["ann", "bob", "eve"])

    @initialize()
    def opened(self):
        reason = Reason(kind=ReasonKind.LEVEL, text="the level is suggest")
        self.review: Review = open_review(id="r", work="w", decision_id="d", reason=reason, ask=Ask(), now=NOW)
        self.now = NOW
        self.decided: Review | None = None

    @rule(minutes=st.integers(0, 20))
    def wait(self, minutes):
        self.now += timedelta(minutes=minutes)

    @rule(by=people)
    def claim(self, by):
        self._do(by, lambda: claim(self.review, by=by, until=self.now + timedelta(minutes=10), now=self.now))

    @rule(by=people, blocks=st.booleans())
    def decide(self, by, blocks):
        found = OutputCheck(violated=(Violation(id="C1", message="never", blocks=blocks),))

        def answer():
            return decide(
                self.review,
                by=by,
                output={},
                comment="why",
                suggested=None,
                check=lambda _: found,
                now=self.now,
            ).review

        if blocks and self._free(by):
            with pytest.raises(OverrideRefused):
                answer()
        else:
            self._do(by, answer)

    def _free(self, by):
        until = self.review.claimed_until
        held = until is not None and self.now < until and self.review.claimed_by != by
        return self.review.state is not ReviewState.DECIDED and not held

    def _do(self, by, change):
        if self._free(by):
            self.review = change()
            return
        with pytest.raises(AlreadyDecided if self.review.state is ReviewState.DECIDED else Conflict):
            change()

    @invariant()
    def a_decision_stays(self):
        if not hasattr(self, "review"):
            return
        if self.decided is None and self.review.state is ReviewState.DECIDED:
            self.decided = self.review
        assert self.decided is None or self.review == self.decided
        complete = (self.review.decided_by, self.review.decided_at, self.review.outcome)
        assert (None in complete) is (self.review.state is not ReviewState.DECIDED)


ReviewMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=20)
TestReviews = ReviewMachine.TestCase
