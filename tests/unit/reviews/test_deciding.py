"""Decisions that are taken back, two pairs of eyes, and who may not decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.unit.reviews.test_transitions import NOW, decided, opened

from remit.errors import Conflict, NotAllowed
from remit.reviews import UNDO_WINDOW, ReviewKind, ReviewState, Weight, barred, changed, following, undo, weigh

WHO = {"by": "bob", "is_accountable": False, "new_id": "r2", "now": NOW}


def test_a_decision_is_undone_by_who_made_it_or_by_the_accountable_person():
    review = decided(opened(within=timedelta(minutes=30))).review
    again = undo(review, **WHO)
    assert (again.id, again.follows, again.kind, again.state) == ("r2", "r1", review.kind, ReviewState.OPEN)
    assert (again.due_at, again.decided_by, again.version) == (review.due_at, None, 1)
    assert undo(review, **{**WHO, "by": "ann", "is_accountable": True}).follows == "r1"
    with pytest.raises(NotAllowed, match="may not undo a decision of bob"):
        undo(review, **{**WHO, "by": "ann"})


def test_a_decision_is_undone_within_ten_seconds():
    review = decided(opened()).review
    last = NOW + UNDO_WINDOW - timedelta(microseconds=1)
    assert undo(review, **{**WHO, "now": last}).state is ReviewState.OPEN
    with pytest.raises(Conflict, match="10 seconds"):
        undo(review, **{**WHO, "now": NOW + UNDO_WINDOW})


@pytest.mark.parametrize(
    "review", [opened(), changed(opened(), state=ReviewState.EXPIRED, timed_out_at=NOW, decided_at=NOW)]
)
def test_what_nobody_decided_is_not_undone(review):
    with pytest.raises(Conflict, match="nobody decided"):
        undo(review, **WHO)


@pytest.mark.parametrize(
    ("kind", "four_eyes", "same", "weight"),
    [
        (ReviewKind.REVIEW, False, None, Weight.COUNTS),
        (ReviewKind.REVIEW, True, None, Weight.SECOND),
        (ReviewKind.SECOND, True, True, Weight.COUNTS),
        (ReviewKind.SECOND, True, False, Weight.SETTLING),
        (ReviewKind.SETTLING, True, None, Weight.COUNTS),
        (ReviewKind.AUDIT, True, None, Weight.TRUTH),
        (ReviewKind.PLANTED, True, None, Weight.NOTHING),
    ],
)
def test_what_a_decision_weighs(kind, four_eyes, same, weight):
    assert weigh(replace(opened(), kind=kind), four_eyes=four_eyes, same=same) is weight


def kinds(*found):
    """A chain of decided reviews, the nearest first: kind and who decided."""
    made = [
        replace(decided(opened(), by=by).review, id=f"b{i}", kind=kind, follows=f"b{i + 1}")
        for i, (kind, by) in enumerate(found)
    ]
    return tuple(made)


def test_the_second_pair_of_eyes_is_another_person_and_who_settles_is_a_third():
    second = following(decided(opened()).review, kind=ReviewKind.SECOND, role="clerk", new_id="r2", now=NOW)
    assert (second.kind, second.follows, second.ask.role) == (ReviewKind.SECOND, "r1", "clerk")
    assert set(barred(second, kinds((ReviewKind.REVIEW, "bob")), authors=(), four_eyes=True)) == {"bob"}
    settling = replace(second, kind=ReviewKind.SETTLING)
    before = kinds((ReviewKind.SECOND, "eve"), (ReviewKind.REVIEW, "bob"))
    assert set(barred(settling, before, authors={"sam"}, four_eyes=True)) == {"bob", "eve", "sam"}


def test_an_undone_decision_bars_nobody_but_from_an_audit():
    again = undo(decided(opened()).review, **WHO)
    assert barred(again, kinds((ReviewKind.REVIEW, "bob")), authors=(), four_eyes=None) == {}
    second = replace(again, kind=ReviewKind.SECOND)
    before = kinds((ReviewKind.REVIEW, "bob"), (ReviewKind.REVIEW, "eve"))
    assert set(barred(second, before, authors=(), four_eyes=True)) == {"bob"}
    audit = replace(again, kind=ReviewKind.AUDIT)
    assert set(barred(audit, kinds((ReviewKind.AUDIT, "bob")), authors=(), four_eyes=None)) == {"bob"}


@pytest.mark.parametrize(
    ("kind", "four_eyes", "is_barred"),
    [
        (ReviewKind.REVIEW, None, False),
        (ReviewKind.REVIEW, False, False),
        (ReviewKind.REVIEW, True, True),
        (ReviewKind.AUDIT, None, True),
        (ReviewKind.AUDIT, True, True),
        (ReviewKind.AUDIT, False, False),
    ],
)
def test_who_built_the_executor_does_not_audit_it_and_is_no_pair_of_eyes(kind, four_eyes, is_barred):
    found = barred(replace(opened(), kind=kind), (), authors={"sam"}, four_eyes=four_eyes)
    assert ("sam" in found) is is_barred


@pytest.mark.parametrize(
    ("suggested", "output", "n_edits"),
    [
        ({"a": 1, "b": 2}, {"a": 1, "b": 2}, 0),
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, 1),
        ({"a": 1, "b": 2}, {"a": 2, "c": 3}, 3),
        (None, {"a": 1}, None),
    ],
)
def test_edits_are_counted_against_what_was_seen(suggested, output, n_edits):
    review = decided(opened(), suggested=suggested, output=output, seconds=12.5).review
    assert (review.n_edits, review.seconds) == (n_edits, 12.5)
    assert decided(opened(), suggested=suggested, output=output, n_edits=7).review.n_edits == 7
