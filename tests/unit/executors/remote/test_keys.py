"""A key is read from the environment when it is needed, and seen nowhere."""

from __future__ import annotations

import copy
import json

import pytest

from remit.errors import ExecutorInvalid
from remit.executors.remote.keys import Key, read_key, refuse_secrets

SECRET = "sk-ant-0123456789abcdefghij"


def test_a_key_shows_itself_to_nobody_who_does_not_ask():
    key = Key(SECRET, variable="SUPPLIER_KEY")
    assert key.reveal() == SECRET
    for shown in (repr(key), str(key), f"{key}", repr([key]), json.dumps({"key": key}, default=repr)):
        assert SECRET not in shown
    with pytest.raises(TypeError, match="not written down"):
        copy.deepcopy(key)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (None, "nothing"),
        ("  ", "nothing"),
        ("line\nbreak-in-it", "characters that no key has"),
        ("short", "5 characters"),
    ],
)
def test_a_variable_that_holds_no_key_is_refused_without_its_value(spec, value, found):
    with pytest.raises(ExecutorInvalid) as refused:
        read_key(spec(), "SUPPLIER_KEY", path="settings.key_from", setting=lambda _: value, at_least=8)
    (problem,) = refused.value.problems
    assert problem.found == found
    assert problem.where.path == "settings.key_from"
    assert problem.mend == "set SUPPLIER_KEY where Remit runs"
    assert value is None or not value.strip() or value not in repr(problem)


def test_a_key_is_what_stands_in_the_variable_without_the_line_end(spec):
    found = read_key(spec(), "A", path="settings.key_from", setting={"A": f"{SECRET}\n"}.get)
    assert found.reveal() == SECRET


@pytest.mark.parametrize(
    "settings",
    [
        {"api_key": "anything"},
        {"password": "x"},
        {"headers": {"Authorization": "whatever"}},
        {"headers": {"X-Api-Key": "whatever"}},
        {"headers": {"X-Other": f"Bearer {SECRET}"}},
        {"model": SECRET},
        {"key_from": SECRET},
        {"key_from": "whatever-it-is-0123"},
        {"sign_with_from": "A" * 200},
        {"key": "anything"},
        {"tls": {"private_key": "anything"}},
        {"list": [{"deep": "ghp_0123456789abcdef"}]},
        {"tls": {"key": "-----BEGIN PRIVATE KEY-----\nabc"}},
        {"x": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc"},
    ],
)
def test_a_setting_that_looks_like_a_secret_is_refused_and_not_repeated(settings):
    with pytest.raises(ExecutorInvalid, match="looks like a secret") as refused:
        refuse_secrets(settings)
    (problem,) = refused.value.problems
    assert problem.where.excerpt == ""
    assert "key_from" in problem.mend
    for value in ("anything", "whatever", SECRET, "ghp_", "abc"):
        assert value not in repr(problem)


def test_settings_that_are_no_secrets_pass():
    refuse_secrets(
        {
            "url": "https://service.example/v1/answer",
            "key_from": "SK_SUPPLIER_KEY_OF_OURS",
            "max_tokens": 100,
            "model": "claude-sonnet-4-5-20250929",
            "headers": {"X-Tenant": "shop"},
            "prompt": "Never ask for a password or a token. Bearer bonds are none: Bearer obligations.",
        },
        texts=frozenset({"prompt"}),
    )
