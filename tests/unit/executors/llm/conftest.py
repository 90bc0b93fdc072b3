"""What the tests of the parts of a language-model executor share."""

from __future__ import annotations

import pytest

from remit.definition.reading import read
from remit.items import ExecutorKind, ExecutorSpec


@pytest.fixture
def spec():
    """Makes a spec of kind `llm` from its settings."""

    def make(confidence=None, **settings):
        given = {"model": "openai:small", "key_from": "SERVICE_API_KEY", **settings}
        given = {name: value for name, value in given.items() if value != "left out"}
        return ExecutorSpec(name="gpt", work="triage", kind=ExecutorKind.LLM, settings=given, confidence=confidence)

    return make


@pytest.fixture
def work():
    """A definition with one decision."""

    def make(**more):
        return read(
            {
                "remit": 1,
                "id": "triage",
                "title": "Triage",
                "inputs": {"fields": {"subject": "text <= 300", "urgent": "optional yes/no"}},
                "outputs": {"fields": {"team": ["orders", "fraud"]}},
                "decisions": [{"id": "team", "question": "Which team?", "good": "The one that can answer"}],
                **more,
            }
        )

    return make
