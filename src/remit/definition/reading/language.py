"""The JSON Schema of the language: what editors complete from and what ``remit schema`` prints."""

from __future__ import annotations

import copy
from typing import Any, Final

from remit.definition.reading.read import DEFINITION

__all__ = ["LANGUAGE_ID", "language_schema"]

LANGUAGE_ID: Final = "urn:remit:definition:1"

_SHORT_FORM: Final = (
    "The short form: `text <= 200`, `number >= 0`, `integer 1..10`, `yes/no`, `date`, `datetime`, `[one, other]`, "
    "`list <= 50 of ...`, `{name: type}`, `from topics.csv#topic`; `optional` before any of them."
)


_QUESTIONS: Final = {
    "remit": "The version of the language: 1.",
    "id": "The name of the work, and of its file: work/<id>.yaml.",
    "title": "One line that says what is decided or done.",
    "owner": "Who keeps the definition true? One role, with a contact.",
    "accountable": "Who answers for a wrong outcome? One role, with a contact.",
    "intent": "Why? When do we adjust or stop?",
    "today": "What work actually happens today? A value that nobody knows yet is `unknown`.",
    "scope": "Where are the boundaries?",
    "inputs": "What inputs are used? What if one is missing?",
    "outputs": "What exactly comes out, with which consequence?",
    "decisions": "Where is judgement required, and what is good? Each id is the name of an output field.",
    "constraints": "Under what conditions? What must never happen?",
    "quality": "With what tolerance for error?",
    "failure_modes": "What happens when it is wrong?",
    "cases": "How do we test it?",
    "uncertainty": "What happens when it is uncertain?",
    "escalation": "Who gets what could not be decided, how soon, and who can stop the work?",
    "autonomy": "Where is automation acceptable, and where not?",
    "observe": "How do we know when it is wrong?",
    "obligations": "Which rules bind us?",
    "questions": "Which doubts are open? One that blocks a level, blocks it until it is answered.",
}


def language_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a work definition in version 1 of the language; closed everywhere."""
    schema = _without_titles(copy.deepcopy(dict(DEFINITION.schema)))
    for key, question in _QUESTIONS.items():
        schema["properties"][key]["description"] = question
    for part in ("Inputs", "Outputs"):
        properties = schema["$defs"][part]["properties"]
        properties["fields"]["description"] = _SHORT_FORM
        properties["schema"]["description"] = "A JSON Schema (2020-12) of an object, where the short form ends."
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": LANGUAGE_ID,
        "title": "Remit work definition",
        **schema,
    }


def _without_titles(node: Any) -> Any:
    """The schema without the titles that only repeat the name of their key."""
    if isinstance(node, dict):
        return {
            key: _without_titles(below)
            for key, below in node.items()
            if not (key == "title" and isinstance(below, str))
        }
    return [_without_titles(below) for below in node] if isinstance(node, list) else node
