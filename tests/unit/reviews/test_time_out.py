"""When the time of a review runs out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.unit.reviews.test_transitions import HARD, NOW, SOFT, decided, opened

from remit.reviews import Outcome, OutputCheck, ReviewKind, ReviewState, TimeOutStep, claim, time_out

HALF = timedelta(minutes=30)
DUE = NOW + HALF
SAFE = {"answer": {"team": "other"}}
LEAD = {"reassign": "team lead"}


def run_out(review, found=OutputCheck(), now=DUE):  # noqa: B008
    return time_out(review, check=lambda _: found, now=now)


def waiting(on_timeout, kind=ReviewKind.REVIEW):
    return replace(opened(within=HALF, on_timeout=on_timeout), kind=kind)


@pytest.mark.parametrize("on_timeout", [SAFE, LEAD, None])
def test_a_review_without_a_time_and_one_that_is_not_due_never_time_out(on_timeout):
    assert run_out(opened(on_timeout=on_timeout), now=NOW + timedelta(days=999)) is None
    assert run_out(waiting(on_timeout), now=DUE - timedelta(microseconds=1)) is None
    assert run_out(decided(waiting(on_timeout)).review) is None


def test_the_safe_answer_counts_and_is_nobodys_decision():
    out = run_out(waiting(SAFE))
    assert (out.step, out.output) == (TimeOutStep.ANSWERED, {"team": "other"})
    review = out.review
    assert (review.state, review.outcome, review.timed_out_at) == (ReviewState.EXPIRED, Outcome.TIMED_OUT, DUE)
    assert (review.decided_by, review.decided_at) == (None, None)
    assert run_out(review) is None


def test_a_safe_answer_that_the_item_does_not_allow_is_not_given():
    for found in (OutputCheck(faults=("team: none",)), OutputCheck(violated=(HARD,))):
        out = run_out(waiting(SAFE), found)
        assert (out.step, out.output, out.review.state) == (TimeOutStep.KEPT, None, ReviewState.OPEN)
    assert run_out(waiting(SAFE), OutputCheck(violated=(SOFT,))).review.overridden == ("C2",)


def test_another_role_gets_it_once_with_a_new_time_and_then_it_is_kept():
    claimed = claim(waiting(LEAD), by="eve", until=DUE + HALF, now=NOW)
    out = run_out(claimed)
    review = out.review
    assert (out.step, review.ask.role, review.due_at) == (TimeOutStep.REASSIGNED, "team lead", DUE + HALF)
    assert (review.state, review.claimed_by, review.due_at - review.opened_at) == (
        ReviewState.OPEN,
        None,
        review.ask.within,
    )
    assert run_out(review) is None
    again = run_out(review, now=DUE + HALF)
    assert again.step is TimeOutStep.KEPT
    assert run_out(again.review, now=DUE + 9 * HALF) is None


def test_what_is_kept_is_told_once():
    out = run_out(waiting(None))
    assert (out.step, out.review.state, out.review.timed_out_at) == (TimeOutStep.KEPT, ReviewState.OPEN, DUE)
    assert run_out(out.review, now=DUE + HALF) is None


def test_an_audit_gets_no_safe_answer_and_a_planted_case_goes():
    assert run_out(waiting(SAFE, ReviewKind.AUDIT)).step is TimeOutStep.KEPT
    assert run_out(waiting(LEAD, ReviewKind.AUDIT)).step is TimeOutStep.REASSIGNED
    out = run_out(waiting(SAFE, ReviewKind.PLANTED))
    assert (out.step, out.output, out.review.state) == (TimeOutStep.WITHDRAWN, None, ReviewState.WITHDRAWN)
