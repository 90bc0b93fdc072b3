"""What an answer writes into the definition."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from remit.definition.positions import Path
from remit.interview.answers import AnswerRefused, as_name, value_of
from remit.interview.next_question import open_question, value_at
from remit.interview.proposals import Proposal
from remit.interview.questions import Question

__all__ = ["Entry", "Write", "confirm_text", "writes", "writes_of_proposal", "writes_unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A value at a path; ``notes`` are comments behind the lines of a mapping, by key."""

    path: Path
    value: Any
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One more entry of the list at a path."""

    path: Path
    value: Any


_SAME: Final = re.compile(r"(?:the )?same(?: as above| person| one)?\.?", re.IGNORECASE)
_CHOICES: Final[Mapping[str, Mapping[str, Any]]] = {
    "when_missing": {"person": "review", "look": "review", "review": "review", "back": "reject", "reject": "reject"},
    "kind": {
        "look": "lookup",
        "rule": "rule",
        "calculat": "calculation",
        "comput": "calculation",
        "judg": "judgement",
        "decid": "judgement",
    },
}


def writes(question: Question, answer: str, data: Mapping[str, Any]) -> tuple[Write | Entry, ...]:
    """What to write for an answer.

    Raises:
        AnswerRefused: it can't be read as what was asked for.
    """
    same = value_at(data, ("owner",)) if question.id == "accountable" and _SAME.fullmatch(answer.strip()) else None
    value = same if same is not None else value_of(question.kind, answer)
    made = _place(question, value, data)
    return (made, *_closed(question, answer, data))


def writes_unknown(question: Question, data: Mapping[str, Any], *, by: str | None) -> tuple[Write | Entry, ...]:
    """What to write where nobody knows: `unknown` where the language has it, else an open question."""
    if question.has_unknown:
        return () if value_at(data, question.path) == "unknown" else (Write(path=question.path, value="unknown"),)
    if open_question(question.ask, data) is not None:
        return ()
    asked = {"text": question.ask} | ({"by": by} if by is not None else {}) | {"blocks": question.blocks}
    return (Entry(path=("questions",), value=asked),)


def writes_of_proposal(proposal: Proposal, data: Mapping[str, Any], *, by: str | None) -> Iterator[Write | Entry]:
    """What past items propose, with a mark on each line and one question that stays open until somebody confirms."""
    for path, fields in ((("inputs", "fields"), proposal.inputs), (("outputs", "fields"), proposal.outputs)):
        if fields and value_at(data, path) is None and value_at(data, (path[0], "schema")) is None:
            notes = {name: f"assumed: {proposal.notes[name]}" for name in fields if name in proposal.notes}
            yield Write(path=path, value=dict(fields), notes=notes)
            text = confirm_text(path[0])
            if open_question(text, data) is None:
                asked = {"text": text} | ({"by": by} if by is not None else {}) | {"blocks": "suggest"}
                yield Entry(path=("questions",), value=asked)


def confirm_text(part: str) -> str:
    """The question whether what was taken from past items, ``inputs`` or ``outputs``, is right."""
    return f"The {part} were taken from past items and are assumed. Are they right?"


def _closed(question: Question, answer: str, data: Mapping[str, Any]) -> Iterator[Write]:
    index = open_question(question.ask, data)
    if index is not None:
        yield Write(path=("questions", index, "answer"), value=" ".join(answer.split()))


def _place(question: Question, value: Any, data: Mapping[str, Any]) -> Write:
    match question.id:
        case "excludes":
            return Write(path=question.path, value=[{"what": one, "then": "review"} for one in value])
        case "when_missing":
            return Write(path=question.path, value={"*": _choice(question, value)})
        case "question" | "kind" | "good":
            chosen = _choice(question, value) if question.id == "kind" else value
            return _of_decision(question.id, chosen, data)
        case "tolerance" if value < 0.5:
            raise AnswerRefused("That would be wrong more often than right. How many of 100 have to be RIGHT?")
        case "tolerance":
            return Write(path=question.path, value=[{"id": "Q1", "metric": "accuracy", "at_least": value}])
        case "cost":
            name = _output_name(data)
            wrong = {"kind": f"wrong {name}", "when": f"output.{name} != expected.{name}", "cost": value}
            return Write(path=question.path, value=[wrong])
        case "escalation":
            return Write(path=question.path, value=[_escalation(value, data)])
        case "within" if value_at(data, ("escalation", "paths", 0)) is None:
            raise AnswerRefused("First it has to be said who gets it: Enter goes on without it.")
        case "stop":
            return Write(path=question.path, value={"who": value, "safe_state": "review"})
        case _:
            return Write(path=question.path, value=value)


def _choice(question: Question, said: str) -> Any:
    found = {value for word, value in _CHOICES[question.id].items() if word in said}
    if len(found) != 1:
        raise AnswerRefused(f"One of these, please: {', '.join(question.choices)}.")
    return found.pop()


def _of_decision(key: str, value: Any, data: Mapping[str, Any]) -> Write:
    if value_at(data, ("decisions", 0)) is not None:
        return Write(path=("decisions", 0, key), value=value)
    return Write(path=("decisions",), value=[{"id": _output_name(data), key: value}])


def _output_name(data: Mapping[str, Any]) -> str:
    known = value_at(data, ("outputs", "fields")) or value_at(data, ("outputs", "schema", "properties"))
    decided = value_at(data, ("decisions", 0, "id"))
    if isinstance(decided, str):
        return decided
    if not isinstance(known, Mapping) or not known:
        raise AnswerRefused("First it has to be said what comes out: Enter goes on without it.")
    return str(next(iter(known)))


def _escalation(role: str, data: Mapping[str, Any]) -> dict[str, Any]:
    fields = value_at(data, ("inputs", "fields"))
    shown = list(fields) if isinstance(fields, Mapping) else []
    queue = as_name(str(data.get("id", "reviews"))) or "reviews"
    return {"id": "E1", "role": role, "queue": queue} | ({"show": shown} if shown else {}) | {"on_timeout": "keep"}
