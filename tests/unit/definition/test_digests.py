"""Digests are over the meaning, in one form, and evidence has a digest of its own."""

import copy
from enum import StrEnum
from pathlib import Path

import pytest

from remit.definition.digests import canonical_json, definition_digest, digest_of, evidence_digest
from remit.definition.model import Definition
from remit.definition.reading import read
from remit.errors import ArgumentInvalid
from remit.files.yaml_reader import read_yaml

BASE = read_yaml(Path(__file__).parents[2] / "data" / "whole.yaml").data


class Word(StrEnum):
    A = "a"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, "ä"]}, '{"a":[true,null,"ä"],"b":1}'),
        (5.0, "5"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (1e22, "1" + "0" * 22),
        (1e-7, "1e-07"),
        ((1, 2), "[1,2]"),
        (Word.A, '"a"'),
        ({Word.A: 1}, '{"a":1}'),
        (10**30, "1" + "0" * 30),
        (True, "true"),
    ],
)
def test_canonical_json_has_one_form(value, text):
    assert canonical_json(value) == text.encode()


def test_the_digest_is_sha256_of_the_canonical_json():
    assert digest_of({"a": 5.0}) == digest_of({"a": 5})
    assert digest_of({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert digest_of({"a": True}) != digest_of({"a": 1})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1: 2}, {1, 2}, object(), "\ud800", {"\ud800": 1}])
def test_what_cannot_be_json_has_no_canonical_form(value):
    with pytest.raises(ArgumentInvalid):
        canonical_json(value)
    with pytest.raises(ArgumentInvalid):
        canonical_json([{"a": value}])


def test_a_circle_has_no_canonical_form():
    circle: list = []
    circle.append(circle)
    with pytest.raises(ArgumentInvalid):
        canonical_json(circle)


def digests(data):
    definition = read(data)
    return definition_digest(definition), evidence_digest(definition)


def with_(path, value):
    data = copy.deepcopy(BASE)
    at = data
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = value
    return data


DEFINITION, EVIDENCE = digests(BASE)


@pytest.mark.parametrize(
    ("path", "value"),
    [(("title",), "Another title"), (("title",), None), (("questions",), []), (("questions",), [{"text": "Why?"}])],
)
def test_title_and_questions_are_no_part_of_the_meaning(path, value):
    assert digests(with_(path, value)) == (DEFINITION, EVIDENCE)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("owner", "contact"), "new@shop.example"),
        (("today", "volume_per_day"), 1900),
        (("today", "error_rate"), 0.1),
        (("intent", "outcome", "target"), 3),
        (("failure_modes", 0, "severity"), 9),
        (("cases", "path"), "cases/new.csv"),
        (("uncertainty", "review_when"), "true"),
        (("escalation", "paths", 0, "within"), "10m"),
        (("escalation", "paths", 0, "on_timeout", "answer", "team"), "fraud"),
        (("autonomy", "error_budget"), 0.06),
        (("observe", "audit_share"), 0.06),
        (("obligations", "four_eyes"), True),
        (("id",), "other"),
    ],
)
def test_a_change_outside_of_the_evidence_changes_only_the_definition_digest(path, value):
    definition, evidence = digests(with_(path, value))
    assert definition != DEFINITION
    assert evidence == EVIDENCE


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("inputs", "fields", "subject"), "text <= 301"),
        (("inputs", "when_missing", "subject"), "review"),
        (("inputs", "sources", 1, "personal_data"), True),
        (("outputs", "fields", "team"), ["payments", "orders", "returns", "fraud", "other"]),
        (("outputs", "effects", 0, "undo_within"), "5h"),
        (("decisions", 0, "good"), "Whatever"),
        (("decisions", 1, "table", "hit_policy"), "UNIQUE"),
        (("decisions", 1, "table", "rules", 2, 2), True),
        (("scope", "unit"), "one letter"),
        (("constraints", 1, "on_violation"), "review"),
        (("quality", "targets", 0, "at_least"), 0.91),
        (("quality", "targets", 1, "class"), "orders"),
        (("quality", "assurance"), 0.99),
        (("quality", "slices"), ["country"]),
    ],
)
def test_a_change_in_what_evidence_is_about_changes_both_digests(path, value):
    definition, evidence = digests(with_(path, value))
    assert definition != DEFINITION
    assert evidence != EVIDENCE


def test_writing_a_default_out_changes_nothing():
    data = with_(("autonomy", "promote", "hidden_share"), 0.2)
    del (without := copy.deepcopy(data))["autonomy"]["promote"]["hidden_share"]
    assert digests(data) == digests(without)
    assert digests(with_(("constraints", 0, "on_violation"), "review")) == (DEFINITION, EVIDENCE)


def test_absent_and_unknown_differ():
    data = copy.deepcopy(BASE)
    del data["today"]["error_rate"]
    assert digests(data)[0] != DEFINITION


def test_5_and_5_0_are_the_same():
    assert digests(with_(("quality", "error_costs", 1, "cost"), 400.0)) == (DEFINITION, EVIDENCE)
    assert digests(with_(("today", "volume_per_day"), 1850.0)) == (DEFINITION, EVIDENCE)


def test_where_the_rules_of_a_table_come_from_is_no_part_of_the_meaning():
    assert digests(with_(("decisions", 1, "table", "file"), "rules.csv")) == (DEFINITION, EVIDENCE)


def test_keys_of_the_language_name_the_parts():
    assert definition_digest(Definition(remit=1, id="x")) == digest_of({"remit": 1, "id": "x"})
    table = {"in": ["a"], "out": ["d"], "rules": [["-", "p"]]}
    data = {"remit": 1, "id": "x", "outputs": {"fields": {"d": ["p"]}}, "decisions": [{"id": "d", "table": table}]}
    assert digests(data)[0] == digest_of(data)
    assert digests(data)[1] == digest_of({key: data[key] for key in ("outputs", "decisions")})
