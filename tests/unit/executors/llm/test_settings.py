"""Settings of a language model: read strictly, completed, and refused where they do not go together."""

from __future__ import annotations

import pytest

from remit.errors import ExecutorInvalid
from remit.executors.llm.settings import Confidence, OutputMode, llm_settings


def refusal(spec):
    with pytest.raises(ExecutorInvalid) as refused:
        llm_settings(spec)
    return refused.value.problems[0]


def test_what_is_left_out_is_filled_in(spec):
    found = llm_settings(spec())
    assert (found.provider, found.model) == ("openai", "small")
    assert found.temperature == 0.0
    assert found.max_tokens == 2000
    assert found.output is OutputMode.NATIVE
    assert found.confidence is Confidence.LOGPROBS
    assert (found.k, found.examples, found.max_input_characters) == (1, 0, 100_000)


def test_a_provider_of_its_own_leaves_the_model_as_it_is(spec):
    found = llm_settings(spec(provider="ollama", model="llama3:8b"))
    assert (found.provider, found.model) == ("ollama", "llama3:8b")


@pytest.mark.parametrize(
    ("confidence", "settings", "expected"),
    [
        (None, {}, Confidence.LOGPROBS),
        (None, {"output": "tool"}, Confidence.NONE),
        (None, {"model": "anthropic:claude"}, Confidence.NONE),
        ("none", {}, Confidence.NONE),
        ("consistency", {"model": "anthropic:claude"}, Confidence.CONSISTENCY),
    ],
)
def test_where_the_confidence_comes_from_is_known_without_a_call(spec, confidence, settings, expected):
    assert llm_settings(spec(confidence, **settings)).confidence is expected


def test_several_answers_are_drawn_at_the_temperature_of_the_model(spec):
    found = llm_settings(spec("consistency"))
    assert (found.temperature, found.k) == (None, 5)


def test_a_limit_of_calls_counts_every_call_of_an_item(spec):
    found = llm_settings(spec("consistency", consistency={"k": 4}, limits={"per_minute": 30}))
    assert found.limits.per_minute == 7


@pytest.mark.parametrize(
    ("confidence", "settings", "path", "message"),
    [
        (None, {"model": "left out"}, "settings.model", "`model` is missing"),
        (None, {"model": "gpt"}, "settings.model", "`model` does not say whose model it is"),
        (None, {"model": "openai:"}, "settings.model", "`model` does not say whose model it is"),
        (None, {"modell": "a"}, "settings.modell", "unknown key `modell`"),
        (None, {"key_from": "left out"}, "settings.key_from", "`key_from` is missing: a service wants a key"),
        (None, {"base_url": "ftp://a/v1"}, "settings.base_url", "`base_url` is no address of a service"),
        (None, {"base_url": "http://:80"}, "settings.base_url", "`base_url` is no address of a service"),
        (None, {"base_url": "http://a:0x/v1"}, "settings.base_url", "`base_url` is no address of a service"),
        (None, {"base_url": "http://a/v1?key=abc"}, "settings.base_url", "`base_url` holds more than an address"),
        (None, {"base_url": "http://u:p@a/v1"}, "settings.base_url", "`base_url` holds more than an address"),
        (None, {"api_key": "sk-0123456789abcdef"}, "settings.api_key", "`api_key` looks like a secret"),
        ("high", {}, "confidence", "a language model has no confidence `high`"),
        ("logprobs", {"output": "tool"}, "confidence", "there are no log-probabilities here"),
        ("logprobs", {"model": "anthropic:x"}, "confidence", "there are no log-probabilities here"),
        ("consistency", {"temperature": 0}, "settings.temperature", "at temperature 0 all answers are the same"),
        (None, {"consistency": {"k": 3}}, "settings.consistency", "`consistency` is said, and the confidence"),
        ("consistency", {"consistency": {"k": 1}}, "settings.consistency.k", "`k` must be"),
        ("consistency", {"limits": {"per_minute": 3}}, "settings.limits.per_minute", "one item is 5 calls"),
        (None, {"max_tokens": 0}, "settings.max_tokens", "`max_tokens` must be"),
        (None, {"temperature": 3}, "settings.temperature", "`temperature` must be"),
        (None, {"output": "json"}, "settings.output", "`output` must be"),
        (None, {"prices": {"input_per_million": 1}}, "settings.prices.output_per_million", "`output_per_million` is"),
    ],
)
def test_what_does_not_go_together_is_refused_at_its_place(spec, confidence, settings, path, message):
    problem = refusal(spec(confidence, **settings))
    assert problem.where.path == path
    assert problem.message.startswith(message)


def test_a_secret_in_an_address_is_not_repeated(spec):
    problem = refusal(spec(base_url="http://user:opensesame@a/v1"))
    assert "opensesame" not in repr(problem)


def test_a_server_of_ones_own_needs_no_key(spec):
    assert llm_settings(spec(key_from="left out", base_url="http://127.0.0.1:8080/v1")).key_from is None
