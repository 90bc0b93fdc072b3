"""The JSON Schema of the language: checked in, closed, and of one mind with the reader."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from remit.definition.reading.language import language_schema
from remit.files.yaml_reader import read_yaml

ROOT = Path(__file__).parents[2]
CHECKED_IN = ROOT / "docs" / "reference" / "language.schema.json"
WHOLE = read_yaml(ROOT / "tests" / "data" / "whole.yaml").data


def objects(node):
    if isinstance(node, dict):
        if "properties" in node and node.get("type") == "object":
            yield node
        for below in node.values():
            yield from objects(below)
    elif isinstance(node, list):
        for below in node:
            yield from objects(below)


def test_the_checked_in_schema_is_the_generated_one():
    anew = json.dumps(language_schema(), indent=2, ensure_ascii=False) + "\n"
    assert CHECKED_IN.read_text(encoding="utf-8") == anew, f"write this anew into {CHECKED_IN.relative_to(ROOT)}"


def test_the_schema_is_valid_names_itself_and_is_closed():
    schema = language_schema()
    jsonschema_rs.meta.validate(schema)
    assert schema["$id"] == "urn:remit:definition:1"
    assert schema["title"]
    assert all(found["additionalProperties"] is False for found in objects(schema))
    assert all("description" in found for found in objects(schema))
    assert all(found["description"] for found in schema["properties"].values())
    assert set(schema["required"]) == {"remit", "id"}


def test_keys_are_those_that_people_write():
    schema = language_schema()
    assert {"in", "out", "rules"} <= set(schema["$defs"]["Table"]["properties"])
    assert "class" in schema["$defs"]["Target"]["properties"]
    assert "title" in schema["properties"]


def test_the_whole_example_fits_and_a_wrong_key_does_not():
    check = jsonschema_rs.Draft202012Validator(language_schema())
    check.validate(WHOLE)
    with pytest.raises(jsonschema_rs.ValidationError):
        check.validate({**WHOLE, "ownr": 1})
