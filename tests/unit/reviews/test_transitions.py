from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from remit.errors import AlreadyDecided, Conflict, ItemInvalid, NotAllowed, OverrideRefused
from remit.items import Reason, ReasonKind
from remit.reviews import Ask, Outcome, OutputCheck, Review, ReviewState, Violation, claim, decide, open_review

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
WHY = Reason(kind=ReasonKind.CONFIDENCE, text="confidence 0.62 is below the limit 0.90")
HARD = Violation(id="C1", message="a stolen card goes to fraud", blocks=True)
SOFT = Violation(id="C2", message="at most 60 %", blocks=False)


def opened(**ask: object) -> Review:
    return open_review(id="r1", work="triage", decision_id="d1", reason=WHY, ask=Ask(**ask), now=NOW)


def decided(review: Review, found: OutputCheck = OutputCheck(), **changes: object):  # noqa: B008
    values = {"by": "bob", "output": {"team": "fraud"}, "comment": None, "suggested": None, "now": NOW, **changes}
    return decide(review, check=lambda _: found, **values)


def test_a_review_is_due_after_the_time_its_path_gives():
    assert opened(within=timedelta(minutes=30)).due_at == NOW + timedelta(minutes=30)
    assert opened().due_at is None
    assert opened().state is ReviewState.OPEN


def test_deciding_keeps_who_when_what_and_why():
    reviewed = decided(opened(), comment="  the last line says so ")
    review = reviewed.review
    assert (review.state, review.decided_by, review.decided_at) == (ReviewState.DECIDED, "bob", NOW)
    assert (review.comment, review.overridden, reviewed.output) == ("the last line says so", (), {"team": "fraud"})
    assert (review.reason, review.id, review.decision_id) == (WHY, "r1", "d1")


@pytest.mark.parametrize(
    ("suggested", "output", "outcome"),
    [
        ({"team": "fraud"}, {"team": "fraud"}, Outcome.ACCEPTED),
        ({"team": "other"}, {"team": "fraud"}, Outcome.ANSWERED),
        (None, {"team": "fraud"}, Outcome.ANSWERED),
    ],
)
def test_the_outcome_says_whether_the_suggestion_was_taken(suggested, output, outcome):
    assert decided(opened(), suggested=suggested, output=output).review.outcome is outcome


@pytest.mark.parametrize("comment", [None, "", "  "])
def test_an_item_is_rejected_only_with_a_reason(comment):
    with pytest.raises(NotAllowed):
        decided(opened(), output=None, comment=comment)
    reviewed = decided(opened(), output=None, comment="not ours", found=OutputCheck(faults=("never: asked",)))
    assert (reviewed.review.outcome, reviewed.output) == (Outcome.REJECTED, None)


def test_an_output_that_does_not_fit_is_refused_with_every_fault_and_its_place():
    with pytest.raises(ItemInvalid) as refused:
        decided(opened(), OutputCheck(faults=("team: no such team", "note: too long")), comment="but")
    assert [(one.where.path, one.message) for one in refused.value.problems] == [
        ("output.team", "the answer does not fit the outputs: no such team"),
        ("output.note", "the answer does not fit the outputs: too long"),
    ]


def test_a_blocking_constraint_can_not_be_overridden_whatever_is_said():
    with pytest.raises(OverrideRefused) as refused:
        decided(opened(), OutputCheck(violated=(SOFT, HARD)), comment="I know better")
    assert [one.where.path for one in refused.value.problems] == ["constraints.C1"]


def test_another_constraint_is_overridden_with_a_reason_only():
    found = OutputCheck(violated=(SOFT,))
    with pytest.raises(NotAllowed) as refused:
        decided(opened(), found)
    assert type(refused.value) is NotAllowed
    assert decided(opened(), found, comment="known customer").review.overridden == ("C2",)


def test_second_decision_on_a_review_is_refused():
    first = decided(opened()).review
    for again in (
        lambda: decided(first),
        lambda: decided(first, by="bob", output=None, comment="no"),
        lambda: claim(first, by="bob", until=NOW, now=NOW),
    ):
        with pytest.raises(AlreadyDecided, match="bob decided"):
            again()


def test_a_claim_holds_against_others_until_it_ends():
    until = NOW + timedelta(minutes=5)
    claimed = claim(opened(), by="eve", until=until, now=NOW)
    assert (claimed.state, claimed.claimed_by, claimed.claimed_until) == (ReviewState.CLAIMED, "eve", until)
    with pytest.raises(Conflict, match="eve"):
        decided(claimed)
    with pytest.raises(Conflict, match="eve"):
        claim(claimed, by="bob", until=until, now=until - timedelta(microseconds=1))
    assert decided(claimed, by="eve").review.decided_by == "eve"
    assert decided(claimed, now=until).review.decided_by == "bob"
    assert claim(claimed, by="eve", until=until + timedelta(minutes=5), now=NOW).claimed_until > until
    assert claim(claimed, by="bob", until=until + timedelta(days=1), now=until).claimed_by == "bob"


def test_a_review_is_a_value_that_nothing_changes_in_place():
    review = opened()
    before = replace(review)
    decided(review)
    claim(review, by="eve", until=NOW, now=NOW)
    assert review == before
