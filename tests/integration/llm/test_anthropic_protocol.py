"""A service that speaks Anthropic's protocol: it tells no log-probabilities, and refuses in its own way."""

from __future__ import annotations

import time

import pytest
from tests.integration.llm.conftest import KEY
from tests.speaking_server import anthropic_error, message, raw

from remit.errors import ExecutorInvalid
from remit.items import FaultKind

ORDERS = '{"team": "orders"}'
MODEL = "anthropic:claude-sonnet-5"


def test_an_answer_is_forced_to_the_schema_and_has_no_confidence(ask, llm, serving):
    server = serving(message(ORDERS))
    assert llm(server, model=MODEL).gives_confidence is False
    answer = ask(server, model=MODEL)
    assert answer.output == {"team": "orders"}
    assert answer.confidence is None
    assert answer.signals == {"injection": False, "tokens_in": 100, "tokens_out": 10, "model": "claude-small"}
    (asked,) = server.asked
    assert asked["output_config"]["format"]["schema"]["properties"]["team"]["enum"] == ["orders", "fraud", "returns"]
    assert asked["max_tokens"] == 2000
    assert "temperature" not in asked, "this model takes none"
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"


def test_the_answer_may_come_as_the_call_of_a_tool(ask, serving):
    server = serving(message(tools=[{"team": "orders"}], stop="tool_use"))
    assert ask(server, model=MODEL, output="tool").output == {"team": "orders"}
    assert server.asked[0]["tools"][0]["input_schema"]["properties"]["team"]["enum"] == ["orders", "fraud", "returns"]


def test_a_confidence_comes_from_several_answers(ask, serving):
    server = serving(message(ORDERS), message('{"team": "fraud"}'), message(ORDERS))
    answer = ask(server, model=MODEL, confidence="consistency", consistency={"k": 3})
    assert answer.output == {"team": "orders"}
    assert answer.confidence == pytest.approx(2 / 3)


def test_a_temperature_is_refused_where_the_model_takes_none(llm):
    with pytest.raises(ExecutorInvalid) as refused:
        llm(model=MODEL, temperature=0.5)
    (problem,) = refused.value.problems
    assert problem.where.path == "settings.temperature"
    assert problem.message == "`claude-sonnet-5` takes no temperature"


def test_log_probabilities_are_refused_where_the_service_has_none(llm):
    with pytest.raises(ExecutorInvalid) as refused:
        llm(model=MODEL, confidence="logprobs")
    (problem,) = refused.value.problems
    assert problem.where.path == "confidence"
    assert "`anthropic` gives none" in problem.message


@pytest.mark.parametrize(
    ("says", "text"),
    [
        (message("Orders, I would say."), "the answer can't be read: it is no JSON"),
        (message(ORDERS, ORDERS), "the answer can't be read: it says the same again"),
        (
            message('{"team": "sales"}'),
            "the answer does not fit the outputs: team: `team` must be `orders`, `fraud` or `returns`",
        ),
        (
            message('{"team": "or', stop="max_tokens"),
            "the answer was cut off at its limit of 2,000 tokens (`max_tokens`)",
        ),
        (message("I can't help.", stop="refusal"), "the model refused to answer"),
        (message(), "the model gave no answer"),
    ],
)
def test_what_is_no_answer_is_a_fault_and_never_a_guess(ask, serving, says, text):
    answer = ask(serving(says), model=MODEL)
    assert (answer.fault.kind, answer.fault.text) == (FaultKind.RUBBISH, text)


@pytest.mark.parametrize(
    ("status", "name", "kind", "text"),
    [
        (401, "authentication_error", FaultKind.UNAVAILABLE, "the service refused the key (status 401)"),
        (404, "not_found_error", FaultKind.UNAVAILABLE, "the service knows no model `claude-sonnet-5` (status 404)"),
        (429, "rate_limit_error", FaultKind.UNAVAILABLE, "the service asks for fewer calls"),
        (400, "invalid_request_error", FaultKind.ERROR, "the service refused the request (status 400)"),
        (529, "overloaded_error", FaultKind.UNAVAILABLE, "the service failed (status 529)"),
        (500, "api_error", FaultKind.UNAVAILABLE, "the service failed (status 500)"),
    ],
)
def test_an_error_of_the_service_says_what_follows_and_repeats_nothing(ask, serving, status, name, kind, text):
    server = serving(anthropic_error(status, name))
    answer = ask(server, model=MODEL)
    assert (answer.fault.kind, answer.fault.text) == (kind, text)
    assert "parcel" not in repr(answer)
    assert len(server.asked) == 1


def test_it_is_asked_again_as_often_as_the_file_says(ask, serving):
    server = serving(anthropic_error(529, "overloaded_error", retry_after="0"), message(ORDERS))
    assert ask(server, model=MODEL, retries=1).output == {"team": "orders"}


def test_a_page_of_html_is_rubbish(ask, serving):
    answer = ask(serving(raw(200, b"<html>Sign in</html>", content_type="text/html")), model=MODEL)
    assert answer.fault.kind is FaultKind.RUBBISH


def test_a_service_that_hangs_is_given_up_at_the_deadline(ask, serving):
    server = serving(lambda body: server.hang(body))
    started = time.perf_counter()
    assert ask(server, model=MODEL, deadline_s=0.3).fault.kind is FaultKind.TIMEOUT
    assert time.perf_counter() - started < 5.0


def test_a_model_that_can_not_be_held_to_a_schema_is_refused_before_a_call(llm):
    with pytest.raises(ExecutorInvalid) as refused:
        llm(model="anthropic:claude-3-haiku-20240307")
    (problem,) = refused.value.problems
    assert problem.where.path == "settings.output"
    assert problem.mend == "`output: tool`"
