"""How far an interview is: which questions the definition answers, which are open, which were never asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from remit.definition.positions import Path
from remit.interview.questions import QUESTIONS, Question

__all__ = ["Progress", "is_answered", "open_question", "progress", "value_at"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The questions, by what the definition says about them; ``left`` were not asked, ``unknown`` nobody knew.

    ``n_others`` entries of `questions` have no answer and stand for none of ``unknown``.
    """

    answered: tuple[Question, ...]
    unknown: tuple[Question, ...]
    left: tuple[Question, ...]
    n_others: int

    @property
    def n_open(self) -> int:
        """How many questions are written down as open, from the interview or from elsewhere."""
        return len(self.unknown) + self.n_others


def progress(data: Mapping[str, Any]) -> Progress:
    """How far a definition is."""
    answered = tuple(one for one in QUESTIONS if is_answered(one, data))
    unknown = tuple(one for one in QUESTIONS if one not in answered and is_known_unknown(one, data))
    left = tuple(one for one in QUESTIONS if one not in answered and one not in unknown)
    asked = {one.ask for one in unknown}
    others = [text for text in _open_texts(data) if text not in asked]
    return Progress(answered=answered, unknown=unknown, left=left, n_others=len(others))


def is_answered(question: Question, data: Mapping[str, Any]) -> bool:
    """Whether something other than `unknown` stands where the answer belongs."""
    value = value_at(data, question.path)
    if value is None and question.id == "inputs":
        value = value_at(data, ("inputs", "schema"))
    if value is None and question.id == "output":
        value = value_at(data, ("outputs", "schema"))
    return value is not None and value not in ("unknown", "", [], {})


def is_known_unknown(question: Question, data: Mapping[str, Any]) -> bool:
    """Whether somebody said that they don't know."""
    return value_at(data, question.path) == "unknown" or open_question(question.ask, data) is not None


def open_question(text: str, data: Mapping[str, Any]) -> int | None:
    """The index of the entry of `questions` with this text that has no answer; None where there is none."""
    entries = data.get("questions")
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, Mapping) and entry.get("text") == text and entry.get("answer") is None:
            return index
    return None


def _open_texts(data: Mapping[str, Any]) -> list[str]:
    entries = data.get("questions")
    return [
        str(entry.get("text"))
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, Mapping) and entry.get("answer") is None
    ]


def value_at(data: Any, path: Path) -> Any:
    """What stands at ``path``, None where there is nothing."""
    for key in path:
        if isinstance(key, int):
            data = data[key] if isinstance(data, list) and key < len(data) else None
        else:
            data = data.get(key) if isinstance(data, Mapping) else None
    return data
