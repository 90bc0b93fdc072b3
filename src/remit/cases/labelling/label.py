"""What one person said about one item, and one line of a label file into it, or into everything wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import isfinite
from typing import Final

from remit.definition.digests import digest_of
from remit.definition.flaws import json_found, listing, shortened, suggestion
from remit.definition.model import Definition
from remit.definition.positions import dotted
from remit.definition.schemas import SchemaCheck, coercer, input_schema, output_schema, properties, required
from remit.errors import Location, Problem
from remit.items import Json, JsonObject

__all__ = ["Label", "LabelCheck", "Said", "asked_digest", "asked_fields", "standing"]

_LENGTH_OF_ASKED: Final = 12
_MAX_ID: Final = 200
_MAX_NOTE: Final = 2000


class Said(StrEnum):
    """What a line of a label file says about its item."""

    ANSWER = "answer"
    SKIP = "skip"
    QUESTION = "question"
    UNDO = "undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What one person said about one item, by themselves.

    ``output`` is there for an answer, ``note`` for a question ("I don't know", and why).  ``asked`` is the digest of
    what the person was asked; an answer to another question does not count for this one.  ``seconds`` is how long it
    took, None where nobody measured it.  ``by`` names who settled it, in the file of settled answers.
    """

    case: str
    said: Said
    at: datetime
    asked: str
    output: JsonObject | None = None
    note: str | None = None
    seconds: float | None = None
    by: str | None = None


def asked_digest(definition: Definition) -> str:
    """The digest of what a labeller sees and may answer: fields of inputs and outputs, questions, what is good.

    With another one, an answer was given to another question.
    """
    return digest_of(
        {
            "input": input_schema(definition),
            "output": output_schema(definition),
            "decisions": [[one.id, one.question, one.good] for one in definition.decisions],
        }
    )[:_LENGTH_OF_ASKED]


def asked_fields(definition: Definition) -> tuple[str, ...]:
    """The output fields that a labeller answers: the decisions, or without decisions every required output."""
    schema = output_schema(definition)
    decided = tuple(one.id for one in definition.decisions if one.id in properties(schema))
    return decided or required(schema)


def standing(labels: Iterable[Label], *, asked: str) -> dict[str, Label]:
    """What still stands of a label file, by case: the last word counts, and nothing where it was taken back.

    Args:
        labels: the lines, in their order.
        asked: what is asked now; answers to something else do not stand.
    """
    found: dict[str, Label] = {}
    for label in labels:
        found.pop(label.case, None)
        if label.said is not Said.UNDO and label.asked == asked:
            found[label.case] = label
    return found


class LabelCheck:
    """Checks the lines of the label files of one definition.

    Args:
        definition: what is asked.
        file: the name of the file, for the problems.
        settled: it is the file of settled answers: every line is an answer, and says by whom.

    Attributes:
        asked: the digest of what is asked.
        written_by: the command that writes such a file.
        mend: what to do about a line that can't be used.
    """

    def __init__(self, definition: Definition, *, file: str, settled: bool = False) -> None:
        schema = output_schema(definition)
        self.asked = asked_digest(definition)
        self._file = file
        self._settled = settled
        self._check = SchemaCheck(schema)
        self._coerce = coercer(schema)
        self._needed = asked_fields(definition)
        self.written_by = "`remit cases agree --settle`" if settled else "`remit cases label`"
        self.mend = f"restore the line, or take it out: {self.written_by} asks again"
        own = ("by",) if settled else ("skip", "question", "undo", "seconds")
        self._keys = ("case", "at", "asked", "answer", *own)

    def label(self, values: Mapping[str, Json], line: int) -> Label | tuple[Problem, ...]:
        """The label that one line says, or what is wrong with it."""
        problems = tuple(self._faults(values, line))
        if problems:
            return problems
        said = self._said(values)
        answer, seconds = values.get("answer"), values.get("seconds")
        output = None
        if said is Said.ANSWER and isinstance(answer, dict):
            output = self._coerce(answer) if values["asked"] == self.asked else answer
        return Label(
            case=str(values["case"]),
            said=said,
            at=datetime.fromisoformat(str(values["at"])),
            asked=str(values["asked"]),
            output=output,
            note=str(values["question"]) if said is Said.QUESTION else None,
            seconds=float(seconds) if isinstance(seconds, int | float) else None,
            by=str(values["by"]) if self._settled else None,
        )

    def answer_faults(self, answer: JsonObject, line: int | None = None) -> Iterator[Problem]:
        """What is wrong with an answer to what is asked now."""
        for name in self._needed:
            if name not in answer:
                yield self._problem(line, f"answer.{name}", f"`answer.{name}` is missing", expected="an answer")
        for fault in self._check.faults(answer):
            if fault.keyword == "required" and len(fault.path) == 1:
                continue
            place = dotted(("answer", *fault.path))
            yield self._problem(
                line, place, f"`{place}`: {fault.message}", expected=fault.expected, found=fault.found, mend=fault.mend
            )

    def _said(self, values: Mapping[str, Json]) -> Said:
        return next(said for said in Said if said.value in values)

    def _faults(self, values: Mapping[str, Json], line: int) -> Iterator[Problem]:
        for key in values:
            if key not in self._keys:
                yield self._problem(
                    line,
                    key,
                    f"`{shortened(key)}` is no key of a label",
                    expected=listing(self._keys),
                    found=shortened(key),
                    mend=suggestion(key, self._keys) or "take it out",
                )
        yield from self._own_faults(values, line)
        words = [said.value for said in Said if said.value in values]
        wanted = (Said.ANSWER.value,) if self._settled else tuple(said.value for said in Said)
        if len(words) != 1:
            yield self._problem(
                line,
                None,
                "the line says nothing" if not words else "the line says more than one thing",
                expected=f"one of {listing(wanted)}" if len(wanted) > 1 else "`answer`",
                found=listing(words, joint="and") if words else "none of them",
            )
            return
        yield from self._said_faults(Said(words[0]), values, line)

    def _own_faults(self, values: Mapping[str, Json], line: int) -> Iterator[Problem]:
        case = values.get("case")
        if not isinstance(case, str) or not 0 < len(case) <= _MAX_ID:
            yield self._wrong(line, "case", case, "the name of a case")
        if _moment(values.get("at")) is None:
            yield self._wrong(line, "at", values.get("at"), "a time with its offset: 2027-06-30T14:05:00Z")
        asked = values.get("asked")
        if not isinstance(asked, str) or len(asked) != _LENGTH_OF_ASKED:
            yield self._wrong(line, "asked", asked, f"{_LENGTH_OF_ASKED} letters and digits: what was asked")
        seconds = values.get("seconds", 0)
        if (
            isinstance(seconds, bool)
            or not isinstance(seconds, int | float)
            or not seconds >= 0
            or not _finite(seconds)
        ):
            yield self._wrong(line, "seconds", seconds, "seconds, 0 or more")
        if self._settled and (not isinstance(values.get("by"), str) or not values.get("by")):
            yield self._wrong(line, "by", values.get("by"), "who settled it: an id from `people` in remit.yaml")

    def _said_faults(self, said: Said, values: Mapping[str, Json], line: int) -> Iterator[Problem]:
        value = values[said.value]
        match said:
            case Said.ANSWER:
                if not isinstance(value, dict):
                    yield self._wrong(line, "answer", value, "an object with the answers")
                elif values.get("asked") == self.asked:
                    yield from self.answer_faults(value, line)
            case Said.QUESTION:
                if not isinstance(value, str) or not 0 < len(value) <= _MAX_NOTE:
                    yield self._wrong(line, "question", value, f"what is not clear, in 1 to {_MAX_NOTE} characters")
            case Said.SKIP | Said.UNDO:
                if value is not True:
                    yield self._wrong(line, said.value, value, "true")

    def _wrong(self, line: int, key: str, value: Json, expected: str) -> Problem:
        found = "nothing" if value is None else json_found(value)
        return self._problem(line, key, f"`{key}` can't be used", expected=expected, found=found)

    def _problem(
        self,
        line: int | None,
        key: str | None,
        message: str,
        *,
        expected: str,
        found: str | None = None,
        mend: str | None = None,
    ) -> Problem:
        where = Location(file=self._file, line=line, path=key)
        return Problem(message=message, where=where, expected=expected, found=found, mend=mend or self.mend)


def _finite(value: float) -> bool:
    try:
        return isfinite(value)
    except OverflowError:
        return False


def _moment(value: Json) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
