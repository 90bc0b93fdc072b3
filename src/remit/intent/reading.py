"""A strategy sentence read: what of it is there, what is missing, what to ask next. Never "bad", only "not yet"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from remit.intent.forms import Slot
from remit.intent.slots import slots_in
from remit.readiness.lexicons import TECHNOLOGY, VAGUE

__all__ = [
    "MAX_CHARACTERS",
    "Filled",
    "FindingKind",
    "IntentFinding",
    "IntentQuestion",
    "IntentReading",
    "IntentVerdict",
    "read_intent",
]

MAX_CHARACTERS: Final = 5_000
"""How long one statement may be; what is behind that is not read."""

_N_QUESTIONS: Final = 3
_DRAFT: Final = (Slot.ACTION, Slot.UNIT, Slot.OUTPUT, Slot.TOLERANCE, Slot.ESCALATION)
_DRAFT_SLOTS: Final = 7
_PARTLY_SLOTS: Final = 4


class IntentVerdict(StrEnum):
    """How far a sentence is from work that can be done."""

    INTENT_ONLY = "intent only"
    PARTLY_DEFINED = "partly defined"
    EXECUTABLE_DRAFT = "executable draft"


class FindingKind(StrEnum):
    """What keeps two readers of a sentence apart."""

    VAGUE_VERB = "vague verb"
    NO_BOUNDARY = "no boundary"
    NO_NUMBER = "quality word without a number"
    TECHNOLOGY = "technology named"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """One slot, and the words that fill it; None where nothing does."""

    slot: Slot
    words: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentFinding:
    """Words that keep two readers from reading the same. It never decides the verdict."""

    kind: FindingKind
    words: tuple[str, ...]
    message: str
    mend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentQuestion:
    """What to ask next: the first empty slots in their order."""

    slot: Slot
    text: str
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentReading:
    """What one statement says."""

    text: str
    verdict: IntentVerdict
    slots: tuple[Filled, ...]
    findings: tuple[IntentFinding, ...]
    questions: tuple[IntentQuestion, ...]

    def words(self, slot: Slot) -> str | None:
        """The words that fill ``slot``, None where nothing does."""
        return next(one.words for one in self.slots if one.slot is slot)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    text: str
    example: str


_QUESTIONS: Final[Mapping[Slot, _Asked]] = {
    Slot.ACTION: _Asked(
        text="What does a person do today, in one verb, to one item?", example="read one message and choose a team"
    ),
    Slot.UNIT: _Asked(
        text="What is one item of this work? How many arrive in a day?", example="one e-mail, 1,850 a day"
    ),
    Slot.OUTPUT: _Asked(
        text="What exactly comes out, and which answers are allowed?", example="one of orders, payments, returns, other"
    ),
    Slot.INPUT: _Asked(
        text="What does the person look at before deciding? What of it can be missing or wrong?",
        example="subject and text of the e-mail; the text may be empty",
    ),
    Slot.TOLERANCE: _Asked(
        text="How often may it be wrong, and what does one wrong answer cost?",
        example="at most 1 in 20 wrong, 6 EUR each",
    ),
    Slot.ESCALATION: _Asked(
        text="When it is unsure or wrong, who gets the item, and how soon must they act?",
        example="a senior clerk, within 30 minutes",
    ),
    Slot.CONDITION: _Asked(
        text="Where must a person decide, and what must never happen?",
        example="a letter from a lawyer is never answered without a person",
    ),
    Slot.TRIGGER: _Asked(
        text="What starts it? When does an item arrive, and where?", example="an e-mail arrives in the shared inbox"
    ),
    Slot.OWNER: _Asked(text="Which one role answers for a wrong result?", example="the Head of Support is accountable"),
}

_VAGUE_VERBS: Final = re.compile(
    r"\b(?:automat(?:e|es|ed|ing|ion)|leverag\w+|harness\w*|improv\w+|optimi[sz]\w+|enhanc\w+|transform\w*|streamlin\w+"
    r"|moderni[sz]\w+|digiti[sz]\w+|digitali[sz]\w+|empower\w*|accelerat\w+|enabl(?:e|es|ing)|revolutioni[sz]\w+"
    r"|reimagin\w+|adopt(?:s|ing)?|embed(?:s|ding)?|explor(?:e|es|ing)|innovat\w+|augment\w*|unlock\w*|boost\w*|embrac\w+"
    r"|orchestrat\w+|scal(?:e|es|ing)(?= )|assisted|handle[sd]?|support(?:s|ed|ing)?|drive[sn]?(?= )|manage[sd]?"
    r"|reduce[sd]?|speed up|cut(?= the| cost| time)|free up)\b",
    re.IGNORECASE,
)
_NO_BOUNDARY: Final = re.compile(
    r"\b(?:across (?:the|our|all) [\w-]+|everywhere|end[- ]to[- ]end|(?:all|every) (?:departments?|teams?"
    r"|process(?:es)?|functions?|workflows?|areas?|levels?|channels?|regions?|plants?)"
    r"|(?:company|enterprise|organi[sz]ation)[- ]wide"
    r"|everything|everyone|everybody|at scale|the whole [\w-]+)\b",
    re.IGNORECASE,
)
_QUALITY_WORDS: Final = re.compile(
    r"\b(?:better|faster|cheaper|easier|easily|smart(?:er)?|intelligent(?:ly)?|efficien(?:t|tly|cy)|quick(?:er|ly)?"
    r"|more (?:accurate(?:ly)?|reliabl[ey]|productive|resilient|consistent)|reliabl[ey]|accurate(?:ly)?"
    r"|consistent(?:ly)?|predictive|proactive|personal(?:i[sz]ed)?|trustworthy"
    r"|less|more|high[- ]quality|at all times|real[- ]time)\b",
    re.IGNORECASE,
)


def read_intent(text: str) -> IntentReading:
    """Read one statement of a strategy. Deterministic; no model, no network."""
    text = " ".join(text[:MAX_CHARACTERS].split())
    found = slots_in(text)
    missing = [slot for slot in Slot if found[slot] is None]
    return IntentReading(
        text=text,
        verdict=_verdict(found),
        slots=tuple(Filled(slot=slot, words=found[slot]) for slot in Slot),
        findings=tuple(_findings(text, found)),
        questions=tuple(
            IntentQuestion(slot=slot, text=_QUESTIONS[slot].text, example=_QUESTIONS[slot].example)
            for slot in missing[:_N_QUESTIONS]
        ),
    )


def _verdict(found: Mapping[Slot, str | None]) -> IntentVerdict:
    filled = {slot for slot, words in found.items() if words is not None}
    if filled.issuperset(_DRAFT) and len(filled) >= _DRAFT_SLOTS:
        return IntentVerdict.EXECUTABLE_DRAFT
    if Slot.ACTION in filled and (Slot.UNIT in filled or len(filled) >= _PARTLY_SLOTS):
        return IntentVerdict.PARTLY_DEFINED
    return IntentVerdict.INTENT_ONLY


def _findings(text: str, found: Mapping[Slot, str | None]) -> Iterator[IntentFinding]:
    if found[Slot.ACTION] is None and (words := _words(_VAGUE_VERBS, text)):
        yield IntentFinding(
            kind=FindingKind.VAGUE_VERB,
            words=words,
            message="a verb that nobody can be shown doing",
            mend="say what a person does to one item: read, choose, compare, write",
        )
    if words := _words(_NO_BOUNDARY, text):
        yield IntentFinding(
            kind=FindingKind.NO_BOUNDARY,
            words=words,
            message="no boundary",
            mend="name the one place where it begins, and what is not in it",
        )
    if found[Slot.TOLERANCE] is None and (words := (*_words(VAGUE, text), *_words(_QUALITY_WORDS, text))):
        yield IntentFinding(
            kind=FindingKind.NO_NUMBER,
            words=tuple(dict.fromkeys(words)),
            message="a word of quality without a number",
            mend="say how often it may be wrong, or by when an item is done",
        )
    if words := _words(TECHNOLOGY, text):
        yield IntentFinding(
            kind=FindingKind.TECHNOLOGY,
            words=words,
            message="a technology is named",
            mend="say what must come out; who or what makes it is settled later, by proof",
        )


def _words(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found[0] for found in pattern.finditer(text)))
