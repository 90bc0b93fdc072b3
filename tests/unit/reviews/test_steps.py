"""What may happen to a review besides being decided, and that everything else is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.unit.reviews.test_transitions import NOW, decided, opened

from remit.errors import AlreadyDecided, ArgumentInvalid, Conflict, NotAllowed
from remit.reviews import (
    ReviewState,
    answer_question,
    ask_back,
    changed,
    claim,
    lapse,
    put_off,
    reassign,
    release,
)
from remit.reviews.transitions import MOST_CHARACTERS, MOST_QUESTIONS

UNTIL = NOW + timedelta(minutes=15)
CHANGES = {
    "claim": lambda one, **more: claim(one, by="bob", until=UNTIL, now=NOW, **more),
    "put off": lambda one, **more: put_off(one, by="bob", until=UNTIL, now=NOW, **more),
    "ask": lambda one, **more: ask_back(one, by="bob", text="which card?", now=NOW, **more),
    "reassign": lambda one, **more: reassign(one, by="bob", reason="no idea", role="lead", now=NOW, **more),
    "decide": lambda one, **more: decided(one, **more).review,
}


def held(by="eve"):
    return claim(opened(), by=by, until=UNTIL, now=NOW)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_change_counts_the_version_up_and_refuses_one_that_is_stale(change):
    review = opened()
    assert change(review, expected_version=1).version == 2
    with pytest.raises(Conflict, match="changed since"):
        change(review, expected_version=2)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize(
    ("review", "refusal", "says"),
    [
        (decided(opened()).review, AlreadyDecided, "bob decided"),
        (changed(opened(), state=ReviewState.EXPIRED, timed_out_at=NOW), AlreadyDecided, "ran out"),
        (changed(opened(), state=ReviewState.WITHDRAWN), Conflict, "nobody has to"),
        (held(), Conflict, "desk of eve"),
    ],
)
def test_nothing_happens_to_a_review_that_is_over_or_on_another_desk(change, review, refusal, says):
    with pytest.raises(refusal, match=says):
        change(review)


@pytest.mark.parametrize("name", ["claim", "put off", "ask", "decide"])
def test_a_review_that_was_sent_back_waits_for_the_answer(name):
    asked = ask_back(opened(), by="eve", text="which card?", now=NOW)
    with pytest.raises(Conflict, match="question of eve"):
        CHANGES[name](asked)
    with pytest.raises(Conflict, match="question of eve"):
        reassign(asked, by="bob", reason="hers", person="mia", until=UNTIL, now=NOW)
    handed_on = reassign(asked, by="bob", reason="theirs", role="lead", now=NOW)
    assert (handed_on.state, handed_on.ask.role) == (ReviewState.RETURNED, "lead")


def test_a_question_and_its_answer_are_kept_and_the_review_is_open_again():
    asked = ask_back(held("bob"), by="bob", text=" which card? ", now=NOW)
    assert (asked.state, asked.claimed_by, asked.question["text"]) == (ReviewState.RETURNED, None, "which card?")
    answered = answer_question(asked, by="ann", text="the blue one", now=UNTIL)
    assert answered.state is ReviewState.OPEN
    assert (answered.question["by"], answered.question["answer"]["by"]) == ("bob", "ann")
    again = ask_back(answered, by="bob", text="whose?", now=UNTIL)
    assert [one["text"] for one in again.question["earlier"]] == ["which card?"]
    assert again.question["answer"] is None


def test_a_question_needs_words_and_ends_somewhere():
    for text in ("", "  ", "x" * (MOST_CHARACTERS + 1)):
        with pytest.raises(NotAllowed):
            ask_back(opened(), by="bob", text=text, now=NOW)
    review = opened()
    for _ in range(MOST_QUESTIONS):
        asked = ask_back(review, by="bob", text="why?", now=NOW)
        with pytest.raises(NotAllowed):
            answer_question(asked, by="ann", text=" ", now=NOW)
        review = answer_question(asked, by="ann", text="so", now=NOW)
    with pytest.raises(NotAllowed, match="questions"):
        ask_back(review, by="bob", text="why?", now=NOW)


def test_only_a_question_can_be_answered():
    for review in (opened(), held()):
        with pytest.raises(Conflict, match="nothing was asked"):
            answer_question(review, by="ann", text="so", now=NOW)


def test_only_who_has_it_on_the_desk_gives_it_back():
    assert release(held(), by="eve", now=NOW).state is ReviewState.OPEN
    for review, by, now in ((held(), "bob", NOW), (held(), "eve", UNTIL), (opened(), "eve", NOW)):
        with pytest.raises(Conflict, match="on the desk"):
            release(review, by=by, now=now)
    with pytest.raises(AlreadyDecided):
        release(decided(opened()).review, by="bob", now=NOW)


def test_a_claim_ends_by_itself_and_only_when_it_is_over():
    assert lapse(held(), now=UNTIL - timedelta(microseconds=1)) is None
    assert lapse(opened(), now=UNTIL) is None
    free = lapse(held(), now=UNTIL)
    assert (free.state, free.claimed_by, free.version) == (ReviewState.OPEN, None, 3)


def test_what_was_put_off_is_open_for_others():
    later = put_off(opened(), by="eve", until=UNTIL, now=NOW)
    assert (later.state, later.claimed_by, later.held_by(NOW)) == (ReviewState.OPEN, "eve", None)
    assert claim(later, by="bob", until=UNTIL, now=NOW).claimed_by == "bob"


def test_a_review_is_handed_to_a_role_or_to_a_person_with_a_reason():
    to_role = reassign(held("bob"), by="bob", reason="beyond my limit", role="lead", now=NOW)
    assert (to_role.state, to_role.ask.role, to_role.claimed_by) == (ReviewState.OPEN, "lead", None)
    to_person = reassign(opened(), by="bob", reason="hers", person="mia", until=UNTIL, now=NOW)
    assert (to_person.state, to_person.held_by(NOW)) == (ReviewState.CLAIMED, "mia")
    with pytest.raises(NotAllowed, match="reason"):
        reassign(opened(), by="bob", reason=" ", role="lead", now=NOW)
    with pytest.raises(NotAllowed, match="mia"):
        reassign(opened(), by="bob", reason="hers", person="mia", until=UNTIL, now=NOW, barred={"mia": "she built it"})
    for to in ({}, {"role": "lead", "person": "mia", "until": UNTIL}, {"person": "mia"}):
        with pytest.raises(ArgumentInvalid):
            reassign(opened(), by="bob", reason="so", now=NOW, **to)
    assert reassign(held(), by="ann", reason="eve is ill", role="lead", now=NOW, over_claims=True).claimed_by is None


@pytest.mark.parametrize("name", ["claim", "decide"])
def test_who_is_barred_neither_claims_nor_decides(name):
    with pytest.raises(NotAllowed, match="they built the executor"):
        CHANGES[name](opened(), barred={"bob": "they built the executor"})
