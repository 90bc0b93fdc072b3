"""What a person may see: the executor's answer never before they answered where it has to be blind."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.reviews.test_transitions import NOW, decided, opened

from remit.reviews import (
    UNDO_WINDOW,
    EffectUndo,
    PersonsView,
    ReviewedItem,
    ReviewKind,
    ReviewState,
    Surroundings,
    TakenBack,
    changed,
    claim,
    view_of,
)

SECRET = "the-answer-of-the-executor"
ITEM = ReviewedItem(key="k1", input={"subject": "card"}, answer={"team": SECRET})
UNDO = EffectUndo(effect="queued", what="it is in the queue", undo="move it back", until=NOW)

UNDONE = TakenBack(by="ann", at=NOW, review="again", waits=True)


def seen(review, around=Surroundings(), now=NOW):  # noqa: B008
    return view_of(review, ITEM, around, now=now)


def audit(review):
    return replace(review, kind=ReviewKind.AUDIT)


def everything(value):
    """Every text anywhere in a view."""
    return str(dataclasses.asdict(value))


@given(
    state=st.sampled_from([ReviewState.OPEN, ReviewState.CLAIMED, ReviewState.RETURNED]),
    shows=st.booleans(),
    is_open=st.booleans(),
    undone=st.sampled_from([None, UNDONE]),
    wrong=st.sampled_from([None, True, False]),
    days=st.integers(-9, 999),
)
def test_an_audit_that_waits_carries_the_answer_nowhere(state, shows, is_open, undone, wrong, days):
    around = Surroundings(is_open=is_open, undone=undone, wrong=wrong, undos=(UNDO,), output={"team": SECRET})
    view = seen(changed(audit(opened(shows_answer=shows)), state=state), around, NOW + timedelta(days=days))
    assert SECRET not in everything(view)
    assert (view.finding, view.suggestion, view.why.startswith("drawn at random")) == (None, None, True)


def test_a_decided_audit_says_what_was_acted_on_and_how_it_is_undone():
    review = decided(audit(opened(shows_answer=False))).review
    around = Surroundings(output={"team": "fraud"}, wrong=True, undos=(UNDO,))
    found = seen(review, around).finding
    assert (found.acted_on, found.wrong, found.undos) == (ITEM.answer, True, (UNDO,))
    assert seen(review, replace(around, wrong=False)).finding.undos == ()


@pytest.mark.parametrize("around", [Surroundings(undone=UNDONE), Surroundings(is_open=True)])
def test_an_audit_that_was_undone_is_blind_again(around):
    review = decided(audit(opened(shows_answer=False))).review
    assert SECRET not in everything(seen(review, around, NOW + timedelta(days=1)))


def test_a_hidden_answer_is_told_only_when_the_decision_stands_for_good():
    assert seen(opened()).suggestion == ITEM.answer
    hidden = opened(shows_answer=False)
    assert seen(hidden).suggestion is None
    review = decided(hidden).review
    assert seen(review, now=NOW + UNDO_WINDOW - timedelta(microseconds=1)).suggestion is None
    assert seen(review, now=NOW + UNDO_WINDOW).suggestion == ITEM.answer


def test_the_second_pair_of_eyes_does_not_see_what_the_first_came_to():
    first = decided(opened(), comment="clearly fraud").review
    around = Surroundings(output={"team": "first"}, is_open=True)
    view = seen(first, around)
    assert (view.outcome, view.output, view.comment, view.overridden) == (None, None, None, ())
    view = seen(first, replace(around, is_open=False))
    assert (view.output, view.comment) == ({"team": "first"}, "clearly fraud")


def test_only_who_settles_sees_both():
    eyes = (PersonsView(by="bob", output={"team": "a"}, comment=None), PersonsView(by="eve", output=None, comment="no"))
    for kind in ReviewKind:
        shown = seen(replace(opened(), kind=kind), Surroundings(eyes=eyes)).eyes
        assert shown == (eyes if kind is ReviewKind.SETTLING else ())


def test_a_planted_case_looks_like_a_review():
    review = opened()
    assert seen(replace(review, kind=ReviewKind.PLANTED)) == seen(review)
    after = decided(review).review
    assert seen(replace(after, kind=ReviewKind.PLANTED)) == seen(after)


def test_a_claim_is_shown_while_it_holds():
    claimed = claim(opened(), by="eve", until=NOW + UNDO_WINDOW, now=NOW)
    assert seen(claimed).claimed_by == "eve"
    assert seen(claimed, now=NOW + UNDO_WINDOW).claimed_by is None
