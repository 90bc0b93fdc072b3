"""The interview as it goes: what is asked next, what an answer writes, and how it ends."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from remit.cli.commands.defining.dialogue import Dialogue, Word
from remit.cli.output import Output
from remit.errors import Conflict, DefinitionInvalid, FileUnreadable, UsageError, YamlInvalid
from remit.files.past_items import PastItems, read_past_items
from remit.files.yaml_edit import emitted
from remit.intent import IntentReading, read_intent
from remit.interview import (
    QUESTIONS,
    AnswerRefused,
    Entry,
    Question,
    Write,
    hint,
    is_answered,
    is_unknown,
    open_question,
    progress,
    proposed_fields,
    understood,
    writes,
    writes_of_proposal,
    writes_unknown,
)
from remit.interview.answers import as_name
from remit.interview.next_question import value_at
from remit.interview.writing import confirm_text
from remit.project.defining import Draft, begin, home_of

__all__ = ["Interview"]

_MOST_TRIES = 3


class _Stopped(Exception):
    """The person, or the input, ends it here."""


class Interview:
    """One session of questions about one work."""

    def __init__(self, dialogue: Dialogue, draft: Draft, items: PastItems | None) -> None:
        self._ask = dialogue
        self._draft = draft
        self._items = items
        self._passed: set[str] = set()
        self._was_unknown = frozenset(one.id for one in progress(draft.data).unknown)

    @classmethod
    def begin(cls, output: Output, work_id: str | None, *, from_intent: str | None, from_items: Path | None) -> Self:
        """Open or make the draft, and put into it what is known beforehand.

        Raises:
            RemitError: the file of the work, or the items, can't be used; nothing was changed.
        """
        items = read_past_items(from_items) if from_items is not None else None
        dialogue = Dialogue(output)
        id_ = work_id if work_id is not None else _id_asked(dialogue)
        home = home_of(Path())
        root = home if home is not None else Path.cwd()
        path = root / "work" / f"{id_}.yaml"
        here = Path.cwd()
        draft = begin(id_, root=root, path=path.relative_to(here) if path.is_relative_to(here) else path)
        interview = cls(dialogue, draft, items)
        interview._greet(is_new_project=home is None)
        if from_intent is not None:
            interview._take_intent(from_intent)
        return interview

    def run(self) -> None:
        """Ask until nothing is left, or until the person stops."""
        try:
            if self._items is not None:
                self._take_items(self._items)
            self._confirm("inputs")
            self._confirm("outputs")
            while (question := self._next()) is not None:
                self._passed.add(question.id)
                self._put(question)
        except _Stopped:
            self._end("Stopped.")
        except KeyboardInterrupt:
            self._ask.blank()
            self._end("Stopped.")
            raise
        else:
            self._end("That was the last question." if self._passed else "Nothing is left to ask.")

    def _next(self) -> Question | None:
        """What was never asked comes first, then what nobody knew when this session began."""
        now = progress(self._draft.data)
        again = (one for one in now.unknown if one.id in self._was_unknown)
        return next((one for one in (*now.left, *again) if one.id not in self._passed), None)

    def _greet(self, *, is_new_project: bool) -> None:
        path = self._draft.path
        if is_new_project:
            self._ask.say("This folder is a project now: remit.yaml was made.")
        now = progress(self._draft.data)
        if self._draft.is_new:
            self._ask.say(f"{path} is new, and grows with each answer. {len(QUESTIONS)} questions, about 20 minutes.")
        else:
            self._ask.say(
                f"{path} is there: {len(now.answered)} of {len(QUESTIONS)} answered, {now.n_open} open, "
                f"{len(now.left)} not asked yet."
            )
        if not now.left and not now.unknown and not self._has_to_confirm(self._draft.data):
            return
        self._ask.say(
            "Enter skips a question, `don't know` writes it down as open, `stop` ends; the same command goes on later."
        )

    def _take_intent(self, sentence: str) -> None:
        reading = read_intent(sentence)
        said = value_at(self._draft.data, ("intent", "statement"))
        if said is not None:
            if said != reading.text:
                self._ask.say("The file has a statement of intent already. It stays; yours was not taken.")
            return
        if not any(char.isalnum() for char in reading.text) or len(reading.text) > 2000:
            raise UsageError(
                "--from-intent needs a sentence",
                expected="a sentence of at most 2,000 characters",
                found=f"{len(sentence):,} characters",
                mend='--from-intent "Route every claim to one of four desks."',
            )
        self._draft.write([Write(path=("intent", "statement"), value=reading.text)])
        known = [one.slot.value for one in reading.slots if one.words is not None]
        told = f"It says something about: {', '.join(known)}." if known else "It says nothing yet that could be done."
        self._ask.say(f"Your sentence is the reason (intent.statement): {reading.verdict.value}. {told}")

    def _take_items(self, items: PastItems) -> None:
        data = self._draft.data
        if is_answered(_question("inputs"), data):
            self._ask.say(f"The file has inputs already. They stay; {items.name} was not taken.")
            return
        answer = self._answer_column(items) if not is_answered(_question("output"), data) else None
        proposal = proposed_fields(items.columns, answer=answer)
        if not proposal.inputs:
            self._ask.say(f"No column of {items.name} has a name and values that a field could be made of.")
            return
        for piece in writes_of_proposal(proposal, data, by=_owner(data)):
            self._draft.write([piece])
        n = items.n_items
        looked = f"1 item of {items.name} was" if n == 1 else f"{n:,} items of {items.name} were"
        self._ask.say(f"{looked} looked at. What is proposed from there is marked as assumed.")
        if proposal.left_out:
            self._ask.say(f"Left out, for want of a name or of values: {', '.join(map(repr, proposal.left_out[:10]))}.")

    def _answer_column(self, items: PastItems) -> str | None:
        names = [column.name for column in items.columns if column.name]
        if any(name.startswith("expected.") for name in names):
            return None
        ask = "Which column holds what was decided?"
        shown = ", ".join(names[:40]) + (f" and {len(names) - 40} more" if len(names) > 40 else "")
        why = "The column becomes the output of the work, and no input: whoever decides can't look at it."
        while True:
            # The columns again each time: what is said next is never taken for the answer to another question.
            self._ask.question("before the questions", ask, (f"columns: {shown}", "Enter: none of them"))
            said = self._ask.answer(why)
            if said is Word.STOP:
                raise _Stopped
            if said is Word.SKIP:
                return None
            if is_unknown(said):
                self._leave_open(f"Which column of {items.name} holds what was decided? It can't be an input.")
                return None
            found = next((name for name in names if name.casefold() == said.casefold()), None)
            if found is not None:
                return found
            self._ask.say(f"There is no column `{said[:60]}`.", indent=2)

    def _leave_open(self, text: str) -> None:
        data = self._draft.data
        if open_question(text, data) is None:
            by = _owner(data)
            asked = {"text": text} | ({"by": by} if by is not None else {}) | {"blocks": "shadow"}
            self._draft.write([Entry(path=("questions",), value=asked)])
        self._ask.say("Written down as open.", indent=2)

    def _confirm(self, part: str) -> None:
        """Ask whether what was taken from past items is right; it stays marked until somebody says yes."""
        data = self._draft.data
        index = open_question(confirm_text(part), data)
        fields = value_at(data, (part, "fields"))
        if index is None or not isinstance(fields, Mapping):
            return
        lines = tuple(f"{name}: {emitted(value)}" for name, value in fields.items())
        ask = f"These {part} were taken from past items. Are they right?"
        self._ask.question("to confirm", ask, (*lines, "why: a bound that is too tight refuses real items; yes or no"))
        why = f"Each line is marked as assumed in {self._draft.path} until somebody says yes."
        for _ in range(_MOST_TRIES):
            said = self._ask.answer(why)
            if said is Word.STOP:
                raise _Stopped
            if said is Word.SKIP or is_unknown(said) or said.casefold() in {"no", "n"}:
                self._ask.say(
                    f"They stay marked as assumed. Change them in {self._draft.path}, then say yes.", indent=2
                )
                return
            if said.casefold().rstrip(".!") in {"yes", "y", "right"}:
                self._draft.write([Write(path=("questions", index, "answer"), value="yes, confirmed in the interview")])
                self._draft.drop_marks(part)
                return
            self._ask.say("Yes or no, please; Enter leaves them as assumed.", indent=2)

    def _put(self, question: Question) -> None:
        """Put one question until it has an answer, is skipped, or three answers made no sense."""
        data = self._draft.data
        reading = _reading(data) if question.id != "statement" else None
        said = hint(question, reading)
        lines = [f"why: {question.why}", f"for example: {question.example}"]
        if said is not None:
            lines.append(f"your sentence says: {said}")
        number = [one.id for one in QUESTIONS].index(question.id) + 1
        self._ask.question(f"{number} of {len(QUESTIONS)}", question.ask, tuple(lines))
        for _ in range(_MOST_TRIES):
            if self._is_settled(question):
                return
        self._ask.say("It is left for now; the same command asks again.", indent=2)

    def _is_settled(self, question: Question) -> bool:
        said = self._ask.answer(f"It becomes `{_shown(question)}` in {self._draft.path}. {question.why}")
        match said:
            case Word.STOP:
                raise _Stopped
            case Word.SKIP:
                return True
            case str():
                return self._is_taken(question, said)

    def _is_taken(self, question: Question, said: str) -> bool:
        try:
            data = self._draft.data  # anew: somebody may have edited the file since the question was asked
            if is_answered(question, data):
                self._ask.say(f"Meanwhile somebody wrote `{_shown(question)}` into the file. That stays.", indent=2)
                return True
            pieces: tuple[Write | Entry, ...]
            if is_unknown(said):
                pieces = writes_unknown(question, data, by=_owner(data))
            else:
                pieces = writes(question, said, data)
            self._draft.write(pieces)
        except AnswerRefused as refused:
            self._ask.say(str(refused), indent=2)
            return False
        except DefinitionInvalid as fault:
            self._ask.say(f"That can't stand there: {fault.problems[0].message}.", indent=2)
            return False
        except (FileUnreadable, YamlInvalid):
            self._ask.say(
                f"{self._draft.path} can't be read any more, so your last answer was not kept; those before are in it. "
                "When the file is mended, the same command goes on.",
                indent=2,
            )
            raise
        except Conflict as fault:
            self._ask.say(f"{fault.problems[0].message}. {fault.problems[0].mend}.", indent=2)
            return True
        if is_unknown(said):
            self._ask.say("Written down as open.", indent=2)
        elif (read := understood(question.kind, said)) is not None:
            self._ask.say(read, indent=2)
        return True

    @staticmethod
    def _has_to_confirm(data: Mapping[str, Any]) -> bool:
        return any(open_question(confirm_text(part), data) is not None for part in ("inputs", "outputs"))

    def _end(self, why: str) -> None:
        data = self._draft.data
        now = progress(data)
        self._ask.blank()
        self._ask.say(
            f"{why} {len(now.answered)} of {len(QUESTIONS)} are answered, {now.n_open} open, "
            f"{len(now.left)} not answered yet. All of it is in {self._draft.path}."
        )
        id_ = self._draft.path.stem
        more = f"`remit define {id_}` goes on. " if now.left or now.unknown or self._has_to_confirm(data) else ""
        self._ask.say(f"{more}`remit check {id_} --for shadow` says what else is missing.")


def _question(id_: str) -> Question:
    return next(one for one in QUESTIONS if one.id == id_)


def _shown(question: Question) -> str:
    return ".".join(str(part) for part in question.path if isinstance(part, str))


def _owner(data: Mapping[str, Any]) -> str | None:
    role = value_at(data, ("owner", "role"))
    return role if isinstance(role, str) else None


def _reading(data: Mapping[str, Any]) -> IntentReading | None:
    said = value_at(data, ("intent", "statement"))
    return read_intent(said) if isinstance(said, str) else None


def _id_asked(dialogue: Dialogue) -> str:
    dialogue.question(
        "before the questions",
        "What shall this work be called? Two or three words.",
        ("why: it is the name of the file", "for example: parcel claim"),
    )
    for _ in range(_MOST_TRIES):
        said = dialogue.answer("It is the name of the file: `parcel claim` becomes work/parcel-claim.yaml.")
        if isinstance(said, str) and (name := as_name(said).replace("_", "-")):
            return name
        if said is Word.STOP:
            break
        dialogue.say("Letters and digits, please: parcel claim", indent=2)
    raise UsageError(
        "a work needs a name", expected="two or three words", found="none", mend="remit define parcel-claim"
    )
