from __future__ import annotations

from datetime import timedelta

import pytest

from remit.errors import AlreadyDecided, Conflict, ItemInvalid, NotAllowed, NotFound, OverrideRefused
from remit.ledger import LedgerKind
from remit.reviews import Ask, Outcome, OutputCheck, ReviewState, Violation
from remit.runtime.review import claim_review, decide_review
from remit.runtime.verify import verify_ledger
from remit.store.ledger_entries import recorded
from remit.store.reviews import TruthSource, review, review_of, review_output, reviews_in, truths_of
from remit.store.statements import prepare
from remit.store.tables import outbox


def effects_waiting(store):
    import sqlalchemy as sa

    return store.rows(prepare(sa.select(outbox.c.decision_id, outbox.c.effect, outbox.c.payload_id)))


def test_a_person_decides_and_everything_about_it_is_recorded_together(store, desk, ask):
    desk.settle(ask=lambda _: ask)
    reviewed = desk.decide("r1", {"team": "returns"}, "it says so at the end")
    decided = review(store, "r1")
    assert decided == reviewed.review == review_of(store, "d1")
    assert (decided.state, decided.decided_by, decided.outcome) == (ReviewState.DECIDED, "bob", Outcome.ANSWERED)
    assert (decided.comment, decided.ask) == ("it says so at the end", ask)
    assert review_output(store, decided) == {"team": "returns"}
    assert effects_waiting(store) == [("d1", "queued", "r1")]
    ((truth, output),) = truths_of(store, "d1")
    assert (truth.by, truth.source, truth.answer_seen) == ("bob", TruthSource.REVIEW, True)
    assert output == {"team": "returns"}
    last = list(recorded(store, "triage"))[-1].entry
    assert (last.seq, last.kind, last.actor, last.subject) == (2, LedgerKind.REVIEW, "bob", "r1")
    assert reviews_in(store, work="triage", state=ReviewState.OPEN) == ()
    assert reviews_in(store, work="triage", state=ReviewState.DECIDED) == (decided,)


def test_taking_the_suggestion_is_told_from_an_answer_of_ones_own(store, desk):
    desk.settle("k1")
    desk.settle("k2", ask=lambda _: Ask(shows_answer=False))
    assert desk.decide("r1", {"team": "fraud"}).review.outcome is Outcome.ACCEPTED
    unseen = desk.decide("r2", {"team": "fraud"})
    assert unseen.review.outcome is Outcome.ANSWERED
    assert [truth.answer_seen for one in ("d1", "d2") for truth, _ in truths_of(store, one)] == [True, False]


def test_second_decision_on_a_review_is_refused_and_changes_nothing(store, desk):
    desk.settle()
    first = desk.decide("r1", {"team": "returns"})
    with pytest.raises(AlreadyDecided, match="bob"):
        desk.decide("r1", {"team": "fraud"}, by="eve")
    assert review(store, "r1") == first.review
    assert len(list(recorded(store, "triage"))) == 2
    assert review_output(store, first.review) == {"team": "returns"}


def test_rejecting_takes_a_reason_and_leaves_no_truth_and_no_effect(store, desk):
    desk.settle()
    with pytest.raises(NotAllowed):
        desk.decide("r1", None, "  ")
    reviewed = desk.decide("r1", None, "not for us")
    assert (reviewed.review.outcome, reviewed.output) == (Outcome.REJECTED, None)
    assert review_output(store, reviewed.review) is None
    assert truths_of(store, "d1") == ()
    assert effects_waiting(store) == []
    assert not [one for one in verify_ledger(store) if type(one.result).__name__ == "Broken"]


@pytest.mark.parametrize(
    ("check", "comment", "refusal"),
    [
        (OutputCheck(faults=("team: no such team",)), "why not", ItemInvalid),
        (OutputCheck(violated=(Violation(id="C1", message="never", blocks=True),)), "I may", OverrideRefused),
        (OutputCheck(violated=(Violation(id="C2", message="rarely", blocks=False),)), None, NotAllowed),
    ],
)
def test_a_refused_answer_leaves_the_review_open_and_records_nothing(store, desk, check, comment, refusal):
    opened = desk.settle().review
    with pytest.raises(refusal) as refused:
        decide_review(store, "r1", desk.answer({"team": "x"}, comment), rules=desk.rules(check=lambda *_: check))
    assert type(refused.value) is refusal
    assert review(store, "r1") == opened
    assert len(list(recorded(store, "triage"))) == 1
    assert effects_waiting(store) == []
    assert desk.decide("r1", {"team": "fraud"}).review.state is ReviewState.DECIDED


def test_a_constraint_for_review_may_be_set_aside_with_a_reason_that_is_recorded(store, desk):
    desk.settle()
    check = OutputCheck(violated=(Violation(id="C2", message="rarely", blocks=False),))
    decide_review(store, "r1", desk.answer({"team": "x"}, "known customer"), rules=desk.rules(check=lambda *_: check))
    assert (review(store, "r1").overridden, review(store, "r1").comment) == (("C2",), "known customer")


def test_the_check_sees_the_recorded_item(store, desk):
    seen = []

    def check(record, output):
        seen.append((record, output))
        return OutputCheck()

    record = desk.settle().record
    decide_review(store, "r1", desk.answer({"team": "x"}), rules=desk.rules(check=check))
    assert seen == [(record, {"team": "x"})]


def test_a_claimed_review_is_decided_by_who_claimed_it_until_the_claim_ends(store, desk):
    desk.settle()
    until = desk.now + timedelta(minutes=30)
    claimed = claim_review(store, "r1", by="eve", until=until, now=desk.now)
    assert claimed == review(store, "r1")
    assert (claimed.state, claimed.claimed_by) == (ReviewState.CLAIMED, "eve")
    with pytest.raises(Conflict, match="eve"):
        desk.decide("r1", {"team": "fraud"}, by="bob")
    with pytest.raises(Conflict, match="eve"):
        claim_review(store, "r1", by="bob", until=until, now=desk.now)
    assert claim_review(store, "r1", by="bob", until=until, now=until).claimed_by == "bob"
    assert desk.decide("r1", {"team": "fraud"}, by="bob").review.decided_by == "bob"
    with pytest.raises(AlreadyDecided):
        claim_review(store, "r1", by="bob", until=until, now=desk.now)


def test_a_review_that_is_not_there_is_not_found(store, desk):
    with pytest.raises(NotFound):
        desk.decide("r9", {"team": "fraud"})
    with pytest.raises(NotFound):
        claim_review(store, "r9", by="bob", until=desk.now, now=desk.now)
    assert review_of(store, "d9") is None


def test_reviews_wait_in_the_order_in_which_they_came(store, desk):
    for key in ("k3", "k1", "k2"):
        desk.settle(key)
        desk.now += timedelta(seconds=1)
    waiting = reviews_in(store, work="triage", state=ReviewState.OPEN)
    assert [one.id for one in waiting] == ["r1", "r2", "r3"]
    assert reviews_in(store, work="other", state=ReviewState.OPEN) == ()
