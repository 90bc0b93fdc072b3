"""What a sentence of a strategy says, and that an intent never comes out as a draft."""

import csv
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools.intent_page import is_held_out, judged

from remit.intent import FindingKind, IntentVerdict, Slot, read_intent
from remit.intent.reading import MAX_CHARACTERS

SENTENCES = Path(__file__).resolve().parents[2] / "data" / "intent-sentences.csv"
STUFFING = {
    Slot.OUTPUT: "return yes, no or unclear",
    Slot.INPUT: "based on the file",
    Slot.TOLERANCE: "at most 1 % wrong",
    Slot.ESCALATION: "in doubt a clerk decides",
    Slot.CONDITION: "never above 100 EUR",
    Slot.TRIGGER: "when a message arrives in the inbox",
    Slot.OWNER: "the Head of Finance is accountable",
}
DRAFT = (
    "For each supplier invoice received, compare amount and account with the purchase order and return approve, query "
    "or reject; at most 1 in 200 approvals wrong; if the account changed, it goes to a person; the Finance Director is "
    "accountable."
)
INTENTS = [one.sentence for one in judged() if one.verdict is IntentVerdict.INTENT_ONLY]


def filled(text):
    return {one.slot for one in read_intent(text).slots if one.words is not None}


def test_the_collection_is_large_of_three_kinds_and_half_of_it_is_set_aside():
    with SENTENCES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["sentence"] for row in rows}) == len(rows) >= 200
    for verdict in IntentVerdict:
        assert sum(row["verdict"] == verdict.value for row in rows) >= 60
    assert 0.4 < sum(is_held_out(row["sentence"]) for row in rows) / len(rows) < 0.6
    assert sum("paraphrase of" in row["source"] for row in rows) >= 10


def test_no_intent_of_the_collection_comes_out_as_an_executable_draft():
    assert [one.sentence for one in judged() if one.verdict == "intent only" and one.said == "executable draft"] == []
    assert {one.said for one in judged() if one.verdict is IntentVerdict.INTENT_ONLY} == {IntentVerdict.INTENT_ONLY}


@pytest.mark.parametrize("held_out", [False, True])
def test_verdicts_are_those_of_a_person_for_nine_of_ten(held_out):
    half = [one for one in judged() if one.held_out is held_out]
    for verdict in IntentVerdict:
        real = [one for one in half if one.verdict is verdict]
        said = [one for one in half if one.said is verdict]
        both = sum(one.said is verdict for one in real)
        assert both / len(real) >= 0.9
        assert both / len(said) >= 0.9


@pytest.mark.parametrize("intent", INTENTS)
def test_an_intent_with_everything_around_it_is_no_draft(intent):
    around = "; ".join(STUFFING.values())
    for text in (f"{intent.rstrip('.')}; {around}.", f"{around.capitalize()}; {intent}"):
        assert read_intent(text).verdict is not IntentVerdict.EXECUTABLE_DRAFT, text


@pytest.mark.parametrize(("slot", "text"), STUFFING.items(), ids=str)
def test_each_slot_is_filled_by_the_form_in_which_people_write_it(slot, text):
    assert slot in filled(text.capitalize() + ".")


@pytest.mark.parametrize(
    ("slot", "text"),
    [
        (Slot.ACTION, "Improve how we answer each customer e-mail."),
        (Slot.ACTION, "Reduce the time to approve each loan application."),
        (Slot.ACTION, "Help our nurses write each discharge letter."),
        (Slot.ACTION, "The answers to each customer are better."),
        (Slot.ACTION, "A list of the reviews of each product."),
        (Slot.ACTION, "Refer each doubt to a clerk."),
        (Slot.ACTION, "Answer customers faster."),
        (Slot.UNIT, "Empower every employee in all processes."),
        (Slot.UNIT, "Every department has three use cases."),
        (Slot.INPUT, "Decide by using machine learning and the cloud."),
        (Slot.INPUT, "Approved by the Head of Claims."),
        (Slot.TOLERANCE, "Reduce errors by 30 %."),
        (Slot.TOLERANCE, "At least 40 staff members are trained."),
        (Slot.ESCALATION, "Keep a human in the loop."),
        (Slot.ESCALATION, "Each ticket is routed to the service desk."),
        (Slot.CONDITION, "Automate where possible and if needed."),
        (Slot.TRIGGER, "When markets move, we follow."),
        (Slot.TRIGGER, "Whenever possible, quickly."),
        (Slot.OWNER, "Responsible AI and a strong Head of Data."),
    ],
)
def test_a_topic_alone_fills_no_slot(slot, text):
    assert slot not in filled(text)


@pytest.mark.parametrize("missing", [Slot.OUTPUT, Slot.TOLERANCE, Slot.ESCALATION])
def test_a_draft_without_one_of_its_five_is_partly_defined(missing):
    parts = {
        Slot.OUTPUT: "return approve, query or reject",
        Slot.TOLERANCE: "at most 1 in 200 wrong",
        Slot.ESCALATION: "it goes to a person if the account changed",
    }
    kept = "; ".join(text for slot, text in parts.items() if slot is not missing)
    text = f"For each invoice received, compare it with the order; {kept}; the Finance Director is accountable."
    assert read_intent(text.replace("; it", ", it")).words(missing) is None
    assert read_intent(text).verdict is IntentVerdict.PARTLY_DEFINED


def test_fewer_than_seven_slots_make_no_draft():
    text = "Classify each invoice; at most 1 % wrong; those are decided by a clerk."
    assert filled(text) == {Slot.ACTION, Slot.UNIT, Slot.OUTPUT, Slot.TOLERANCE, Slot.ESCALATION, Slot.CONDITION}
    assert read_intent(text).verdict is IntentVerdict.PARTLY_DEFINED


def test_the_next_three_questions_are_those_of_the_first_empty_slots():
    assert [one.slot for one in read_intent("We want to automate X.").questions] == [
        Slot.ACTION,
        Slot.UNIT,
        Slot.OUTPUT,
    ]
    asked = [one.slot for one in read_intent("Classify each incoming message.").questions]
    assert asked == [Slot.INPUT, Slot.TOLERANCE, Slot.ESCALATION]
    assert all(one.text.endswith("?") and one.example for one in read_intent("").questions)
    assert Slot.ACTION not in {one.slot for one in read_intent(DRAFT).questions}


@pytest.mark.parametrize(
    ("kind", "text", "word"),
    [
        (FindingKind.VAGUE_VERB, "We want to leverage our data.", "leverage"),
        (FindingKind.NO_BOUNDARY, "Classify each ticket across the company.", "across the company"),
        (FindingKind.NO_NUMBER, "Answer each ticket faster.", "faster"),
        (FindingKind.TECHNOLOGY, "Use AI to label each ticket.", "AI"),
    ],
)
def test_a_finding_names_the_words(kind, text, word):
    assert {one.kind: one.words for one in read_intent(text).findings}[kind] == (word,)


def test_findings_go_when_an_action_or_a_number_is_there_and_never_decide_the_verdict():
    assert read_intent(DRAFT).findings == ()
    loaded = read_intent(f"{DRAFT.rstrip('.')}, with AI, end to end, seamless, improve.")
    assert loaded.verdict is IntentVerdict.EXECUTABLE_DRAFT
    assert {one.kind for one in loaded.findings} == {FindingKind.NO_BOUNDARY, FindingKind.TECHNOLOGY}


@given(st.text(max_size=300) | st.text(alphabet=string.ascii_lowercase + " ,;.%0123456789", max_size=400))
def test_any_text_can_be_read(text):
    reading = read_intent(text)
    assert len(reading.slots) == len(Slot)
    assert len(reading.questions) == min(3, sum(one.words is None for one in reading.slots))


def test_what_is_too_long_is_cut():
    assert read_intent("x" * (MAX_CHARACTERS + 1)).text == "x" * MAX_CHARACTERS
