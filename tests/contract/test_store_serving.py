"""What a server keeps: tokens, refusals; and what it counts and lists: what waits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from remit.errors import Conflict
from remit.items import Route
from remit.reviews import Ask
from remit.runtime.erasing import erase_item
from remit.store.figures.waiting import review_ids, waiting
from remit.store.operations.denials import Denial, add_denials, newest_denials
from remit.store.operations.outbox import OutgoingState, add_callback, add_effects, outgoing_in, outgoing_of
from remit.store.operations.tokens import (
    Token,
    add_token,
    every_token,
    has_tokens,
    revoke_token,
    token_by_hash,
    token_by_id,
)


def token(desk, id_="t1", **changes):
    made = {
        "id": id_,
        "person": "ann",
        "roles": ("reviewer", "author"),
        "work": None,
        "made_at": desk.now,
        "made_by": "bob",
        "expires_at": desk.now + timedelta(days=1),
        "revoked_at": None,
        "hash": id_ * 16,
    }
    return Token(**(made | changes))


def test_a_token_is_found_by_its_hash_and_its_id_as_it_was_made(desk):
    assert not has_tokens(desk.store)
    first, second = token(desk), token(desk, "t2", work="triage", expires_at=None)
    with desk.store.writing() as writing:
        add_token(writing, first)
        add_token(writing, second)
    assert has_tokens(desk.store)
    assert every_token(desk.store) == (first, second)
    assert token_by_hash(desk.store, first.hash) == first
    assert token_by_id(desk.store, "t2") == second
    assert token_by_hash(desk.store, "none") is None
    assert token_by_id(desk.store, "none") is None


def test_a_token_is_revoked_once_and_stays_so(desk):
    with desk.store.writing() as writing:
        add_token(writing, token(desk))
        add_token(writing, token(desk, "t2"))
    later = desk.now + timedelta(minutes=5)
    with desk.store.writing() as writing:
        assert revoke_token(writing, "t1", at=later)
        assert not revoke_token(writing, "t1", at=later + timedelta(days=1))
        assert not revoke_token(writing, "none", at=later)
    assert token_by_id(desk.store, "t1").revoked_at == later
    assert token_by_id(desk.store, "t2").revoked_at is None


def test_the_newest_refusals_come_first(desk):
    made = tuple(
        Denial(id=f"n{n}", at=desk.now + timedelta(seconds=n), who="Ünï", what="GET /v1", why="no") for n in range(4)
    )
    with desk.store.writing() as writing:
        add_denials(writing, made)
    assert newest_denials(desk.store, n=3) == made[:0:-1]


def test_reviews_are_listed_a_page_at_a_time_by_what_they_are(desk, ask):
    for n in range(5):
        desk.settle(f"k{n}", ask=lambda _: ask)
        desk.now += timedelta(seconds=1)
    every = {"work": None, "state": None, "role": None}
    first = review_ids(desk.store, **every, after=None, n=3)
    rest = review_ids(desk.store, **every, after=first[-1], n=3)
    assert len({one.id for one in (*first, *rest)}) == 5
    assert review_ids(desk.store, **every, kind="audit", after=None, n=9) == ()
    assert review_ids(desk.store, **{**every, "work": "returns"}, after=None, n=9) == ()
    assert review_ids(desk.store, **{**every, "role": ask.role, "state": "open"}, after=None, n=9) == (*first, *rest)
    assert review_ids(desk.store, **{**every, "state": "decided"}, after=None, n=9) == ()
    (counted,) = waiting(desk.store).reviews
    assert (counted.work, counted.n, counted.first_opened_at < desk.now) == ("triage", 5, True)


def acted(desk, key, *, senders):
    """An item that was acted on, with one effect."""
    made = desk.settle(key, Route.INCUMBENT).record.id
    with desk.store.writing() as writing:
        add_effects(
            writing,
            work="triage",
            decision_id=made,
            payload_id=made,
            effects=("tell",),
            at=desk.now,
            senders=senders,
        )
    return made


def counts(desk):
    found = waiting(desk.store)
    return found.n_effects, found.n_held, found.n_dead


def test_only_what_remit_sends_is_counted_as_waiting(desk):
    sent, theirs = acted(desk, "k1", senders={"tell": "desk"}), acted(desk, "k2", senders={})
    assert counts(desk) == (1, 0, 0)
    asked = desk.settle("k3", ask=lambda _: Ask()).record.id
    with desk.store.writing() as writing:
        add_callback(writing, work="triage", decision_id=asked, sender="desk", at=desk.now)
    assert counts(desk) == (1, 1, 0)
    assert [one.state for one in outgoing_of(desk.store, theirs)] == [OutgoingState.NOT_OURS]
    assert [one.id for one in outgoing_of(desk.store, sent)] == [f"{sent}/tell"]
    for state, n in ((OutgoingState.WAITING, 1), (OutgoingState.HELD, 1), (OutgoingState.NOT_OURS, 1)):
        assert len(outgoing_in(desk.store, state, n=9, work="triage")) == n
        assert outgoing_in(desk.store, state, n=9, work="returns") == ()


def test_an_effect_that_remit_does_not_send_holds_no_content_back(desk):
    acted(desk, "k1", senders={"tell": "desk"})
    acted(desk, "k2", senders={})
    asked = {"reason": "asked for", "by": "ann", "now": desk.now}
    with pytest.raises(Conflict, match="has not left"):
        erase_item(desk.store, "triage", "k1", **asked)
    assert erase_item(desk.store, "triage", "k2", **asked).ids
