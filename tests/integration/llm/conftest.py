"""A small work, asked of a model behind a real server."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from tests.speaking_server import SpeakingServer

from remit.definition.reading import read
from remit.executors import load, performer
from remit.executors.remote import Surroundings
from remit.items import ExecutorKind, ExecutorSpec

KEY = "sk-do-not-tell-anybody-0123456789"


@pytest.fixture
def serving():
    """Starts servers that say what they are told, and stops them."""
    servers: list[SpeakingServer] = []

    def start(*says):
        servers.append(SpeakingServer(*says))
        return servers[-1]

    yield start
    for one in servers:
        one.stop()


@pytest.fixture
def work():
    """The definition that is asked about."""
    return read(
        {
            "remit": 1,
            "id": "triage",
            "inputs": {"fields": {"subject": "text <= 300", "body": "optional text <= 20000"}},
            "outputs": {"fields": {"team": ["orders", "fraud", "returns"], "note": "optional text <= 20"}},
            "decisions": [{"id": "team", "question": "Which team?"}],
        }
    )


@pytest.fixture
def surroundings(tmp_path):
    """What a project would hand over, with one key in the environment."""
    variables = {"SERVICE_API_KEY": KEY}

    def purse():
        raise AssertionError("nothing here has a cap")

    return Surroundings(
        home=str(tmp_path),
        setting=variables.get,
        now=lambda: datetime(2027, 6, 1, tzinfo=UTC),
        monotonic=time.monotonic,
        new_id=iter(map(str, range(1000))).__next__,
        purse=purse,
    )


@pytest.fixture
def llm(work, surroundings, tmp_path):
    """Makes an executor of kind `llm`."""

    def make(server=None, *, deadline_s=10.0, retries=0, confidence=None, cost_per_item=None, cases=None, **settings):
        given = {"model": "openai:small", "key_from": "SERVICE_API_KEY", **settings}
        if server is not None:
            anthropic = given["model"].startswith("anthropic")
            given["base_url"] = server.url if anthropic else f"{server.url}/v1"
        spec = ExecutorSpec(
            name="gpt",
            work="triage",
            kind=ExecutorKind.LLM,
            settings=given,
            deadline=timedelta(seconds=deadline_s),
            retries=retries,
            confidence=confidence,
            cost_per_item=cost_per_item,
        )
        return load(spec, root=tmp_path, definition=work, surroundings=surroundings, cases=cases)

    return make


@pytest.fixture
def ask(llm):
    """Asks once, through the performer, as every door does."""

    def asked(server, given=None, **how):
        with performer(llm(server, **how), clock=time.perf_counter) as perform:
            return perform({"subject": "Where is my parcel?"} if given is None else given)

    return asked
