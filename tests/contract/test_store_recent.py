"""The newest records of a work, on every store."""

from __future__ import annotations

from datetime import timedelta

from remit.reviews import ReviewState
from remit.store.figures.recent import (
    alert_sent_at,
    n_recorded,
    newest_decision,
    recent_decisions,
    recent_inputs,
    recent_reviews,
    recent_truths,
    to_replay,
)

MANY = 1_000


def test_an_empty_store_has_nothing_recent(desk):
    store = desk.store
    assert recent_decisions(store, "triage", n_entries=MANY) == ()
    assert recent_inputs(store, "triage", n=5, n_entries=MANY) == ()
    assert recent_reviews(store, "triage", since=desk.now, n=5) == ()
    assert recent_truths(store, "triage", n_entries=MANY) == ()
    assert newest_decision(store, "triage", n_entries=MANY) is None
    assert n_recorded(store, "triage", "k") == 0
    assert alert_sent_at(store, "a") is None
    assert not to_replay(store, "triage", executor="x", executor_digest="x", evidence_digest="x", n=5, n_entries=MANY)


def test_the_newest_decisions_and_their_reviews_are_found_and_no_more_than_asked_for(desk):
    store = desk.store
    settled = [desk.settle(key=f"k{i}") for i in range(4)]
    found = recent_decisions(store, "triage", n_entries=MANY)
    assert [one.id for one in found] == [one.record.id for one in settled]
    assert [one.id for one in recent_decisions(store, "triage", n_entries=1)] == [settled[-1].record.id]
    assert newest_decision(store, "triage", n_entries=MANY) == settled[-1].record.id
    assert len(recent_inputs(store, "triage", n=3, n_entries=MANY)) == 3
    assert n_recorded(store, "triage", "k0") == 1
    last = settled[-1].record
    ids = to_replay(
        store,
        "triage",
        executor=last.executor or "",
        executor_digest=last.executor_digest or "",
        evidence_digest=last.evidence_digest,
        n=2,
        n_entries=MANY,
    )
    assert ids == (settled[-1].record.id, settled[-2].record.id)
    opened = [one.review for one in settled if one.review is not None]
    seen = recent_reviews(store, "triage", since=desk.now - timedelta(days=1), n=MANY)
    assert {one.id for one in seen if one.state is ReviewState.OPEN} == {one.id for one in opened}
    assert recent_reviews(store, "triage", since=desk.now + timedelta(days=1), n=MANY) == ()
