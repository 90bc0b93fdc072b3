"""Confidence from the chances of tokens: renormalised over the alternatives of a decision, and honest about gaps."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from remit.executors.llm.json_text import NotAnObject, read_object, value_spans
from remit.executors.llm.logprobs import Token, confidence_of, tokens_of


def token(written, chance, others=None):
    """A token as a service tells it, itself among the listed."""
    listed = {written: chance, **(others or {})}
    return Token(
        written=written,
        chance=chance,
        listed=[{"bytes": list(one), "logprob": math.log(p)} for one, p in listed.items()],
    )


def tokens(*told):
    """Each written token with its chance and those of the others in its place."""
    made = []
    for written, chance, others in told:
        made.append(token(written.encode(), chance, {name.encode(): p for name, p in others.items()}))
    return tuple(made)


def sure(*texts):
    return [(text, 1.0, {}) for text in texts]


def confidence(told, allowed, field="team"):
    text = "".join(one[0] for one in told)
    return confidence_of(text, tokens(*told), {field: allowed})


def test_what_is_no_alternative_is_left_out():
    told = [*sure('{"team": "'), ("orders", 0.3, {"fraud": 0.1, "hello": 0.6}), *sure('"}')]
    assert confidence(told, ["orders", "fraud"]) == pytest.approx(0.75)


def test_it_is_never_the_product_of_all_tokens():
    told = [
        ("{", 0.5, {}),
        ('"team": "', 0.5, {}),
        ("or", 0.5, {"fraud": 0.5}),
        ("ders", 0.2, {"chids": 0.8}),
        ('"}', 0.1, {}),
    ]
    assert confidence(told, ["orders", "fraud"]) == pytest.approx(0.5)


def test_alternatives_that_begin_alike_are_told_apart_where_they_differ():
    told = [*sure('{"team": "'), ("card", 0.9, {"other": 0.1}), ("_lost", 0.6, {"_new": 0.2}), *sure('"}')]
    assert confidence(told, ["card_lost", "card_new", "other"]) == pytest.approx(0.9 * 0.75)


def test_an_answer_that_another_one_begins_with_is_told_apart_at_its_end():
    told = [*sure('{"team": "', "order"), ('"', 0.7, {"s": 0.3}), *sure("}")]
    assert confidence(told, ["order", "orders"]) == pytest.approx(0.7)


@pytest.mark.parametrize(
    ("told", "allowed", "expected"),
    [
        ([*sure('{"team": '), ("1", 1.0, {}), ("}", 0.6, {"0": 0.4})], [1, 10], 0.6),
        ([*sure('{"team": ', "1"), ("0", 0.4, {"}": 0.6}), *sure("}")], [1, 10], 0.4),
        ([*sure('{"team":'), (" true", 0.8, {" false": 0.2}), *sure("}")], [True, False], 0.8),
        ([*sure('{"team":'), (" false", 0.5, {" true": 0.25, " null": 0.25}), *sure("}")], [True, False], 2 / 3),
    ],
)
def test_numbers_and_yes_and_no_are_alternatives_too(told, allowed, expected):
    assert confidence(told, allowed) == pytest.approx(expected)


def test_another_cut_into_tokens_counts_for_the_same_answer():
    told = [*sure('{"team": "'), ("orders", 0.5, {"ord": 0.1, "fraud": 0.4}), *sure('"}')]
    assert confidence(told, ["orders", "fraud"]) == pytest.approx(0.6)


def test_a_token_that_could_become_another_answer_counts_against():
    told = [*sure('{"team": "'), ("orders", 0.5, {"o": 0.1, "fraud": 0.4}), *sure('"}')]
    assert confidence(told, ["orders", "other", "fraud"]) == pytest.approx(0.5)


def test_alternatives_that_are_not_listed_get_the_most_they_can_have():
    told = [*sure('{"team": "'), ("orders", 0.6, {"hello": 0.1}), *sure('"}')]
    assert confidence(told, ["orders", "fraud"]) == pytest.approx(0.6 / 0.7), "no more than the least listed"
    told = [*sure('{"team": "'), ("orders", 0.6, {"hello": 0.3}), *sure('"}')]
    assert confidence(told, ["orders", "fraud", "returns"]) == pytest.approx(0.6 / 0.7), "no more than is left of 1"


def test_how_much_space_stands_before_a_value_makes_no_difference():
    told = [*sure('{"team":'), (' "orders', 0.5, {'"orders': 0.1, ' "fraud': 0.2, '"fraud': 0.2}), *sure('"}')]
    assert confidence(told, ["orders", "fraud"]) == pytest.approx(0.6)


def test_a_value_whose_token_begins_before_it_is_found():
    told = [*sure('{"team'), ('":"or', 0.9, {'":"fr': 0.1}), *sure("ders", '"}')]
    assert confidence(told, ["orders", "fraud"]) == pytest.approx(0.9)


def test_letters_that_are_cut_in_two_are_put_together():
    left, right = "é".encode()[:1], "é".encode()[1:]
    made = (
        *tokens(*sure('{"team": "caf')),
        token(left, 0.7, {b"e": 0.3}),
        token(right, 1.0),
        *tokens(*sure('"}')),
    )
    assert confidence_of('{"team": "café"}', made, {"team": ["café", "cafe"]}) == pytest.approx(0.7)


def test_of_several_decisions_the_least_certain_counts():
    told = [
        *sure('{"a": "'),
        ("x", 0.9, {"y": 0.1}),
        *sure('", "b": "'),
        ("x", 0.6, {"y": 0.4}),
        *sure('"}'),
    ]
    text = "".join(one[0] for one in told)
    assert confidence_of(text, tokens(*told), {"a": ["x", "y"], "b": ["x", "y"]}) == pytest.approx(0.6)


def test_one_alternative_alone_is_certain():
    assert confidence([*sure('{"team": "'), ("orders", 0.1, {"x": 0.9}), *sure('"}')], ["orders"]) == 1.0


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ('{"team": "x"}', '{"team": "y"}'),
        ('{"team": "x"}', '{"team": "x"}{"team": "x"}'),
        ('{"other": "x"}', '{"other": "x"}'),
    ],
)
def test_where_the_tokens_are_not_those_of_the_answer_there_is_none(text, whole):
    assert confidence_of(text, tokens(*sure(whole)), {"team": ["x", "y"]}) is None


def test_the_answer_may_stand_inside_of_more_that_was_written():
    told = [*sure("```json\n", '{"team": "'), ("x", 0.8, {"y": 0.2}), *sure('"}', "\n```")]
    assert confidence_of('{"team": "x"}', tokens(*told), {"team": ["x", "y"]}) == pytest.approx(0.8)


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        "logprobs",
        [1],
        [{"token": "a"}],
        [{"token": "a", "logprob": 0.5}],
        [{"token": "a", "logprob": math.nan}],
        [{"token": "a", "logprob": True}],
        [{"token": 5, "logprob": -1.0}],
        [{"token": "a", "bytes": [300], "logprob": -1.0}],
        [{"token": "a", "bytes": ["a"], "logprob": -1.0}],
    ],
)
def test_what_are_no_log_probabilities_are_not_believed(told):
    assert tokens_of(told) is None


@pytest.mark.parametrize("listed", [[{"token": "x", "logprob": "x"}], [5], [{"token": "y", "logprob": 3.0}]])
def test_where_what_is_listed_can_not_be_read_there_is_no_confidence(listed):
    told = (token(b'{"team": "', 1.0), Token(written=b"x", chance=0.5, listed=listed), token(b'"}', 1.0))
    assert confidence_of('{"team": "x"}', told, {"team": ["x", "y"]}) is None


def test_a_written_token_that_is_not_listed_is_added():
    (one,) = tokens_of(
        [{"token": "a", "logprob": math.log(0.1), "top_logprobs": [{"token": "b", "logprob": math.log(0.6)}]}]
    )
    assert one.chances() == {b"a": pytest.approx(0.1), b"b": pytest.approx(0.6)}
    assert one.least == pytest.approx(0.6), "what is not listed may have as much as the least that is"


ALPHABET = ["a", "b", '"', "x"]


def chances_after(written, seed):
    """A model that is made up: for every text that went before, a chance for every token of a small alphabet."""
    weights = np.random.default_rng([seed, *written.encode()]).random(len(ALPHABET)) ** 3
    return dict(zip(ALPHABET, (weights / weights.sum()).tolist(), strict=True))


def constrained(written, alternatives, seed):
    """The chance with which the model, kept to the alternatives, goes on to each of them: by walking all ways."""
    chances = {
        token: p
        for token, p in chances_after(written, seed).items()
        if any(f'{one}"'.startswith(written + token) for one in alternatives)
    }
    found = dict.fromkeys(alternatives, 0.0)
    for token, p in chances.items():
        share = p / sum(chances.values())
        if token == '"':
            found[written] += share
        else:
            for one, below in constrained(written + token, alternatives, seed).items():
                found[one] += share * below
    return found


@pytest.mark.parametrize("seed", range(60))
def test_it_is_the_chance_of_a_model_that_is_kept_to_the_alternatives(seed):
    rng = np.random.default_rng(seed)
    alternatives = rng.choice(["a", "b", "ab", "ba", "aab", "bb", "abba"], rng.integers(2, 6), replace=False).tolist()
    answer = str(rng.choice(alternatives))
    told = sure('{"team": "')
    for i, token in enumerate(f'{answer}"'):
        chances = chances_after(answer[:i], seed)
        told.append((token, chances.pop(token), chances))
    told.append(("}", 1.0, {}))
    assert confidence(told, alternatives) == pytest.approx(constrained("", alternatives, seed)[answer], abs=1e-9)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        ("no", "it is no JSON"),
        ("[]", "it is JSON, but no object"),
        ('{"a": 1, "a": 2}', "it says `a` twice"),
        ('{"a": {"b": 1, "b": 1}}', "it says `b` twice"),
        ('{"a": Infinity}', "it holds Infinity, which is no JSON"),
        ('{"a": 1}{"a": 1}', "it says the same again"),
        ('{"a": 1} {"a": 2}', "more text follows the JSON"),
        ("[" * 100_000, "it is no JSON"),
        ("x" * 1_000_001, "it is longer than 1,000,000 characters"),
    ],
)
def test_only_one_json_object_is_read(text, why):
    with pytest.raises(NotAnObject, match=why):
        read_object(text)


def test_the_place_of_every_value_is_known():
    text = ' {\n "a" : "x{\\"}" ,"b":[1, {"a": 2}],"c":  true }\n'
    spans = value_spans(text)
    assert {name: json.loads(text[a:b]) for name, (a, b) in spans.items()} == {
        "a": 'x{"}',
        "b": [1, {"a": 2}],
        "c": True,
    }
    assert value_spans("{}") == {}
