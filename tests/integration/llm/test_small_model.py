"""The real, small model on this machine: what it answers is held to the schema, and how sure it is comes from it."""

from __future__ import annotations

import time

import pytest
from tests.language_model import MODEL, LanguageModel

from remit.executors import performer
from remit.items import FaultKind

TEAMS = ("orders", "fraud", "returns")


@pytest.fixture
def small_model(llm, language_model: LanguageModel):
    """Asks the small model, which is slow while the machine is busy."""

    def ask(*givens, **how):
        executor = llm(
            model=f"openai:{MODEL}", base_url=language_model.base_url, deadline_s=120.0, **{"max_tokens": 80, **how}
        )
        with performer(executor, clock=time.perf_counter) as perform:
            return [perform(given) for given in givens]

    return ask


def test_it_is_held_to_the_schema_and_says_how_sure_it_is(small_model):
    given = {"subject": "My card was stolen and somebody bought things with it"}
    (first,) = small_model(given, seed=1)
    assert first.fault is None
    assert first.output["team"] in TEAMS
    assert 0.0 < first.confidence < 1.0
    assert first.trace == "confidence from log-probabilities, over the alternatives of the decision"
    assert first.signals["tokens_in"] > 100
    assert first.signals["model"].endswith(".gguf")


def test_its_confidence_may_be_the_share_of_its_answers_that_agree(small_model):
    (answer,) = small_model({"subject": "Where is my parcel?"}, confidence="consistency", consistency={"k": 3}, seed=5)
    assert answer.output["team"] in TEAMS
    assert answer.confidence in (pytest.approx(1 / 3), pytest.approx(2 / 3), 1.0)


def test_an_answer_that_runs_past_its_limit_is_a_fault(small_model):
    (answer,) = small_model({"subject": "Where is my parcel?"}, max_tokens=2)
    assert answer.fault.kind is FaultKind.RUBBISH
    assert "cut off at its limit of 2 tokens" in answer.fault.text
