"""The questions of the interview, in the order in which they are asked: what a draft needs from its owner."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from remit.definition.positions import Path
from remit.intent import IntentReading, Slot
from remit.interview.answers import AnswerKind

__all__ = ["QUESTIONS", "Question", "hint"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question.

    Attributes:
        id: its name.
        path: the place of the answer in the definition; where something is there, the question is answered.
        ask: the question, in plain words.
        why: what depends on it.
        example: an answer.
        kind: how an answer is read.
        blocks: the autonomy level that waits for it where nobody knows.
        choices: what may be answered, where the kind is a choice.
        has_unknown: whether the language has `unknown` for it; else not knowing becomes an open question.
        slot: what a sentence of intent says about it.
    """

    id: str
    path: Path
    ask: str
    why: str
    example: str
    kind: AnswerKind = AnswerKind.TEXT
    blocks: str = "shadow"
    choices: tuple[str, ...] = field(default=())
    has_unknown: bool = False
    slot: Slot | None = None


QUESTIONS: Final = (
    Question(
        id="title",
        path=("title",),
        ask="What is decided or done, in one line?",
        why="Everybody who meets this work will read this line first.",
        example="Decide which desk gets one parcel claim",
        slot=Slot.ACTION,
    ),
    Question(
        id="statement",
        path=("intent", "statement"),
        ask="Why should this work change? What hurts today?",
        why="When the reason is gone, the work should stop.",
        example="Customers wait six days because claims are passed from desk to desk.",
        blocks="suggest",
    ),
    Question(
        id="owner",
        path=("owner",),
        ask="Who keeps this description true? One role, and how to reach it.",
        why="Work changes; a description without an owner is soon wrong.",
        example="Head of Claims, claims@parcels.example",
        kind=AnswerKind.ROLE,
        slot=Slot.OWNER,
    ),
    Question(
        id="accountable",
        path=("accountable",),
        ask="Who answers for a wrong result? One role, and how to reach it; or: the same.",
        why="This person alone allows software to act, and stops it.",
        example="Head of Claims, claims@parcels.example",
        kind=AnswerKind.ROLE,
        slot=Slot.OWNER,
    ),
    Question(
        id="performed_by",
        path=("today", "performed_by"),
        ask="Who does this work today?",
        why="They stay in charge until something else has proved itself.",
        example="nine claims clerks",
        blocks="suggest",
    ),
    Question(
        id="volume",
        path=("today", "volume_per_day"),
        ask="How many come in on a usual day?",
        why="It says how many people a doubt may cost, and how long a proof takes.",
        example="400",
        kind=AnswerKind.COUNT,
        has_unknown=True,
    ),
    Question(
        id="minutes",
        path=("today", "minutes_per_item"),
        ask="How many minutes does one take?",
        why="Without it nobody can say what is gained.",
        example="5",
        kind=AnswerKind.MINUTES,
        has_unknown=True,
    ),
    Question(
        id="error_rate",
        path=("today", "error_rate"),
        ask="How many of 100 go wrong today?",
        why="Software is held against people as they are, not against perfect ones.",
        example="4 of 100",
        kind=AnswerKind.SHARE,
        has_unknown=True,
    ),
    Question(
        id="unit",
        path=("scope", "unit"),
        ask="What is one item of this work?",
        why="If two people count it differently, no number about it means anything.",
        example="one parcel claim",
        slot=Slot.UNIT,
    ),
    Question(
        id="trigger",
        path=("scope", "trigger"),
        ask="What starts it, and where?",
        why="Without a beginning nobody can say whether it is late.",
        example="a claim arrives in the claims inbox",
        slot=Slot.TRIGGER,
    ),
    Question(
        id="includes",
        path=("scope", "includes"),
        ask="What belongs to it? With ; between several.",
        why="The nearer the border is drawn, the sooner it can be proved.",
        example="parcels of private customers",
        kind=AnswerKind.TEXTS,
    ),
    Question(
        id="excludes",
        path=("scope", "excludes"),
        ask="What looks like it and does not belong to it? With ; between several.",
        why="This is what gets decided wrongly first. Such items go to a person.",
        example="parcels of business customers; letters from lawyers",
        kind=AnswerKind.TEXTS,
        slot=Slot.CONDITION,
    ),
    Question(
        id="inputs",
        path=("inputs", "fields"),
        ask="What does a person look at to decide? Names, with commas, and what each is unless it is text.",
        why="What is not named here can't be used, and what is named must be there.",
        example="days_late: whole number, damaged: yes/no, value: money, note",
        kind=AnswerKind.FIELDS,
        slot=Slot.INPUT,
    ),
    Question(
        id="when_missing",
        path=("inputs", "when_missing"),
        ask="When one of them is missing: should a person look at it, or is it sent back?",
        why="Otherwise whoever does the work guesses.",
        example="a person",
        kind=AnswerKind.CHOICE,
        choices=("a person", "sent back"),
        blocks="suggest",
    ),
    Question(
        id="messy",
        path=("inputs", "messy"),
        ask="What is untidy about them in real life? With ; between several.",
        why="A proof on tidy cases says nothing about Monday morning.",
        example="no value is given; one claim for two parcels",
        kind=AnswerKind.TEXTS,
        blocks="suggest",
    ),
    Question(
        id="output",
        path=("outputs", "fields"),
        ask="What comes out? Its name, a colon, and the only answers allowed.",
        why="An answer that is not on the list can be stopped; one in free words can't.",
        example="desk: late, loss, damage, none of these",
        kind=AnswerKind.OUTPUT,
        slot=Slot.OUTPUT,
    ),
    Question(
        id="question",
        path=("decisions", 0, "question"),
        ask="Which question does that answer, as you would ask a colleague?",
        why="Two people who read it should look for the same thing.",
        example="Which desk can answer this claim?",
    ),
    Question(
        id="kind",
        path=("decisions", 0, "kind"),
        ask="How is it decided: looked up, by a rule, calculated, or judged?",
        why="A rule can be checked line by line; a judgement has to be proved on cases.",
        example="judged",
        kind=AnswerKind.CHOICE,
        choices=("looked up", "by a rule", "calculated", "judged"),
    ),
    Question(
        id="good",
        path=("decisions", 0, "good"),
        ask="How do you recognise a good answer?",
        why="It is what people who label cases go by.",
        example="The desk that closes the claim without passing it on",
        blocks="suggest",
    ),
    Question(
        id="tolerance",
        path=("quality", "targets"),
        ask="How many of 100 answers have to be right?",
        why="Without a number nobody can ever say that it is good enough. 100 of 100 can't be proved.",
        example="95",
        kind=AnswerKind.SHARE,
        blocks="suggest",
        slot=Slot.TOLERANCE,
    ),
    Question(
        id="cost",
        path=("quality", "error_costs"),
        ask="What does one wrong answer cost, in money, all in all?",
        why="It says how much care is worth its price.",
        example="9",
        kind=AnswerKind.COST,
        blocks="supervised",
    ),
    Question(
        id="escalation",
        path=("escalation", "paths"),
        ask="Who gets what is in doubt? One role.",
        why="A doubt that nobody gets is decided by nobody.",
        example="claims clerk",
        kind=AnswerKind.TEXT,
        blocks="suggest",
        slot=Slot.ESCALATION,
    ),
    Question(
        id="within",
        path=("escalation", "paths", 0, "within"),
        ask="How soon must they decide?",
        why="Whoever waits wants to know how long.",
        example="4 hours",
        kind=AnswerKind.DURATION,
        blocks="suggest",
    ),
    Question(
        id="stop",
        path=("escalation", "stop"),
        ask="Who may stop the work at once? Roles, with commas. The items then go to people.",
        why="Whoever sees it go wrong must not have to ask first.",
        example="claims clerk, Head of Claims",
        kind=AnswerKind.TEXTS,
        blocks="suggest",
    ),
)


def hint(question: Question, reading: IntentReading | None) -> str | None:
    """What the sentence of intent says about a question, None where it says nothing."""
    words = reading.words(question.slot) if reading is not None and question.slot is not None else None
    return words if words is not None and " " in words else None
