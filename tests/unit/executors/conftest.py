"""A small work, and executors that behave as badly as executors do."""

import threading
from datetime import timedelta

import pytest

from remit.definition.reading import read
from remit.items import Answer, ExecutorKind, ExecutorSpec


@pytest.fixture
def work():
    """Makes a definition: by default one decision, `team`, from one text."""

    def make(inputs=None, outputs=None, decisions=("team",), **more):
        return read(
            {
                "remit": 1,
                "id": "triage",
                "inputs": {"fields": inputs or {"subject": "text <= 300"}},
                "outputs": {"fields": outputs or {"team": ["orders", "fraud"]}},
                "decisions": [{"id": name} for name in decisions],
                **more,
            }
        )

    return make


@pytest.fixture
def spec():
    """Makes a spec for `triage`."""

    def make(kind=ExecutorKind.FUNCTION, **given):
        return ExecutorSpec(**{"name": "one", "work": "triage", "kind": kind, **given})

    return make


@pytest.fixture
def executor(spec):
    """Makes an executor from a function of the input that returns an Answer or an output."""

    def make(answer, *, deadline_s=30.0, at_once=False, **given):
        class Made:
            digest = "0" * 64
            gives_confidence = True

            def __init__(self):
                self.spec = spec(deadline=timedelta(seconds=deadline_s), **given)
                if at_once:
                    self.answers_at_once = True

            def answer(self, given):
                got = answer(given)
                return Answer(output=got) if isinstance(got, dict) else got

        return Made()

    return make


@pytest.fixture
def gate():
    """An event that hanging executors wait for; it opens at the end of the test, and no thread stays behind."""
    before = set(threading.enumerate())
    event = threading.Event()
    yield event
    event.set()
    for thread in set(threading.enumerate()) - before:
        thread.join(5.0)
        assert not thread.is_alive()
