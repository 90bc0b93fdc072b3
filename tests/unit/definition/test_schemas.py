"""The schemas of a definition: what they say, how values are checked and brought into their types."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum

import numpy as np
import pytest

from remit.definition.model import Definition, Inputs, Outputs
from remit.definition.schemas import (
    SchemaCheck,
    answers,
    coercer,
    input_schema,
    leaf,
    output_schema,
    properties,
    required,
)
from remit.definition.schemas.validity import schema_flaws
from remit.errors import DefinitionInvalid

SCHEMA = {
    "type": "object",
    "properties": {
        "amount": {"type": "number", "minimum": 0},
        "n": {"type": "integer"},
        "team": {"type": "string", "enum": ["orders", "fraud"]},
        "when": {"type": "string", "format": "date-time"},
        "flag": {"type": "boolean"},
        "kind": {"const": "x"},
        "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}, "maxItems": 2},
        "other": {"$ref": "#/$defs/line"},
    },
    "$defs": {"line": {"type": "object", "properties": {"price": {"type": "number"}}, "additionalProperties": False}},
    "required": ["amount"],
    "additionalProperties": False,
}


def test_the_schemas_come_from_either_form():
    definition = Definition(
        remit=1, id="x", inputs=Inputs(fields={"a": "yes/no"}), outputs=Outputs(schema={"type": "object"})
    )
    assert input_schema(definition)["properties"] == {"a": {"type": "boolean"}}
    assert output_schema(definition) == {"type": "object"}
    assert input_schema(Definition(remit=1, id="x")) == {}
    assert output_schema(Definition(remit=1, id="x", outputs=Outputs())) == {}


def test_a_schema_is_made_anew_each_time():
    definition = Definition(remit=1, id="x", inputs=Inputs(fields={"a": "yes/no"}))
    input_schema(definition)["properties"].clear()
    assert input_schema(definition)["properties"] == {"a": {"type": "boolean"}}


def test_answers_are_those_that_can_be_listed():
    assert answers(SCHEMA, "team") == ("orders", "fraud")
    assert answers(SCHEMA, "flag") == (True, False)
    assert answers(SCHEMA, "kind") == ("x",)
    assert answers(SCHEMA, "amount") is None
    assert answers(SCHEMA, "nowhere") is None


def test_fields_are_found_through_references_and_all_of():
    schema = {"$ref": "#/$defs/a", "$defs": {"a": {"allOf": [SCHEMA], "properties": {"z": {}}, "required": ["z"]}}}
    assert set(properties(schema)) == {"z", *SCHEMA["properties"]}
    assert required(schema) == ("z", "amount")
    assert leaf(SCHEMA, "other") == SCHEMA["$defs"]["line"]
    assert leaf(SCHEMA, "nowhere") is None


def test_references_in_circles_end():
    schema = {
        "properties": {"a": {"$ref": "#/$defs/x"}},
        "$defs": {"x": {"$ref": "#/$defs/y"}, "y": {"$ref": "#/$defs/x"}},
    }
    assert leaf(schema, "a") == {}
    assert properties({"allOf": [{"$ref": "#"}], "properties": {"a": {}}}) == {"a": {}}
    assert coercer(schema)({"a": 1}) == {"a": 1}
    for nowhere in ("#/nowhere/1", "other.json", "other.json#/properties", "#/allOf/9", "#/allOf/x", "#/type/x"):
        assert leaf({"properties": {"a": {"$ref": nowhere}}, "allOf": [{}], "type": "object"}, "a") == {}
    assert leaf({"properties": {"a": {"$ref": "#/allOf/0"}}, "allOf": [{"type": "null"}]}, "a") == {"type": "null"}
    assert leaf({"properties": {"a": {"$ref": "#/$defs/x~1y~0z"}}, "$defs": {"x/y~z": {"enum": [1]}}}, "a") == {
        "enum": [1]
    }


@pytest.mark.parametrize(
    ("value", "path", "keyword", "expected", "found"),
    [
        ({}, ("amount",), "required", "a value", "nothing"),
        ({"amount": "5"}, ("amount",), "type", "a number", "the text `5`"),
        ({"amount": -1}, ("amount",), "minimum", "a number of at least 0", "the number -1"),
        ({"amount": 1, "team": "fraut"}, ("team",), "enum", "`orders` or `fraud`", "the text `fraut`"),
        ({"amount": 1, "when": "today"}, ("when",), "format", "a time with its offset (`2027-06-30T14:05:00Z`)", None),
        ({"amount": 1, "lines": [1]}, ("lines", 0), "type", "a mapping", "the number 1"),
        ({"amount": 1, "lines": [{}, {}, {}]}, ("lines",), "maxItems", "a list of at most 2", "a list of 3"),
        (
            {"amount": 1, "lines": [{"prize": 1}]},
            ("lines", 0, "prize"),
            "additionalProperties",
            "one of `price`",
            "`prize`",
        ),
        ({"amount": 1, "kind": 5}, ("kind",), "const", "`x`", "the number 5"),
        ([], (), "type", "a mapping", "an empty list"),
    ],
)
def test_a_value_that_does_not_fit_says_where_and_why(value, path, keyword, expected, found):
    check = SchemaCheck(SCHEMA)
    assert not check.is_valid(value)
    fault = next(fault for fault in check.faults(value) if fault.path == path)
    assert (fault.path, fault.keyword, fault.expected) == (path, keyword, expected)
    assert found is None or fault.found == found


def test_a_near_answer_and_a_near_field_are_suggested():
    faults = SchemaCheck(SCHEMA).faults({"amuont": 1, "team": "fraut"})
    assert {fault.mend for fault in faults} >= {"did you mean `amount`?", "did you mean `fraud`?"}


def test_only_so_many_faults_are_told():
    check = SchemaCheck({"type": "object", "additionalProperties": {"type": "number"}})
    assert len(check.faults({str(i): "x" for i in range(50)}, limit=7)) == 7
    closed = SchemaCheck({"type": "object", "properties": {"a": {}}, "additionalProperties": False})
    assert len(closed.faults({str(i): "x" for i in range(50)}, limit=7)) == 7


NAIVE = datetime(2027, 1, 1)  # noqa: DTZ001


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1: 2}, "\ud800", {1, 2}, NAIVE])
def test_what_is_no_json_never_fits_and_never_raises(value):
    check = SchemaCheck({"type": "object", "properties": {"a": {"type": "number"}}, "additionalProperties": False})
    assert not check.is_valid({"a": value})
    assert check.faults({"a": value})
    assert not check.is_valid(value)


def test_the_empty_schema_takes_everything():
    assert SchemaCheck({}).is_valid({"a": [1, None]})
    assert SchemaCheck({}).faults(5) == ()


def test_a_broken_schema_is_refused():
    for schema in ({"type": "objct"}, {"$ref": "https://elsewhere.example/x"}, {"pattern": "(?=a)"}):
        with pytest.raises(DefinitionInvalid):
            SchemaCheck(schema)


def test_numbers_get_the_type_of_the_schema_nested_too():
    given = {"amount": 5, "n": 3.0, "lines": [{"price": 2}], "other": {"price": 1}, "unknown": {"x": 1}}
    coerced = coercer(SCHEMA)(given)
    assert coerced == {"amount": 5.0, "n": 3, "lines": [{"price": 2.0}], "other": {"price": 1.0}, "unknown": {"x": 1}}
    kinds = [
        type(coerced["amount"]),
        type(coerced["n"]),
        type(coerced["lines"][0]["price"]),
        type(coerced["other"]["price"]),
    ]
    assert kinds == [float, int, float, float]
    assert type(coerced["unknown"]["x"]) is int


def test_what_does_not_fit_is_copied_as_it_is():
    given = {"amount": True, "n": 2.5, "lines": 7, "other": ["x"], "flag": None}
    assert coercer(SCHEMA)(given) == given
    assert coercer(SCHEMA)({"amount": True})["amount"] is True


def test_coercing_copies_deeply():
    given = {"lines": [{"price": 2.0}], "free": {"a": [1]}}
    coerced = coercer(SCHEMA)(given)
    coerced["lines"][0]["price"] = 9.0
    coerced["free"]["a"].append(2)
    assert given == {"lines": [{"price": 2.0}], "free": {"a": [1]}}


@pytest.mark.parametrize(
    ("node", "value", "kind"),
    [
        ({"type": ["number", "null"]}, 1, float),
        ({"type": ["integer", "number"]}, 1, float),
        ({"type": ["integer", "number"]}, 1.0, float),
        ({"type": "number"}, "x", str),
        ({"type": "number"}, None, type(None)),
        ({"type": "integer"}, None, type(None)),
        ({"type": "string"}, 1.0, float),
        ({"anyOf": [{"type": "null"}, {"type": "number"}]}, 1, float),
        ({"anyOf": [{"type": "null"}, {"type": "integer"}]}, 1.0, int),
        ({"type": "integer"}, 1, int),
        ({"type": "string"}, 1, int),
        ({}, 1.0, float),
    ],
)
def test_alternatives_of_a_type_coerce_too(node, value, kind):
    assert type(coercer({"type": "object", "properties": {"a": node}})({"a": value})["a"]) is kind


def test_fields_beyond_the_named_ones_and_alternatives_of_objects_are_coerced():
    open_schema = {"type": "object", "additionalProperties": {"type": "number"}}
    assert type(coercer(open_schema)({"a": 1})["a"]) is float
    either = {"properties": {"o": {"oneOf": [{"properties": {"p": {"type": "number"}}}, {"type": "null"}]}}}
    assert type(coercer(either)({"o": {"p": 1}})["o"]["p"]) is float
    rows = {"properties": {"l": {"anyOf": [{"type": "array", "items": {"type": "number"}}, {"type": "null"}]}}}
    assert type(coercer(rows)({"l": [1]})["l"][0]) is float


def test_a_schema_that_holds_itself_coerces_at_every_depth():
    tree = {
        "type": "object",
        "properties": {"v": {"type": "number"}, "below": {"type": "array", "items": {"$ref": "#"}}},
    }
    coerced = coercer(tree)({"v": 1, "below": [{"v": 2, "below": [{"v": 3}]}]})
    assert type(coerced["below"][0]["below"][0]["v"]) is float


def test_times_and_scalars_of_numpy_become_plain():
    class Team(StrEnum):
        FRAUD = "fraud"

    at = datetime(2027, 6, 30, 14, 5, tzinfo=UTC)
    summer = datetime(2027, 6, 30, 14, 5, tzinfo=timezone(timedelta(hours=2)))
    given = {
        "a": at,
        "b": summer,
        "c": date(2027, 6, 30),
        "d": np.float64(1.5),
        "e": np.int64(2),
        "f": Team.FRAUD,
        "g": (1,),
    }
    assert coercer({})(given) == {
        "a": "2027-06-30T14:05:00Z",
        "b": "2027-06-30T14:05:00+02:00",
        "c": "2027-06-30",
        "d": 1.5,
        "e": 2,
        "f": "fraud",
        "g": [1],
    }
    assert {type(value) for value in coercer({})(given).values()} == {str, float, int, list}
    assert type(coercer(SCHEMA)({"amount": np.int32(3)})["amount"]) is float


def test_a_time_without_offset_is_not_given_one():
    coerced = coercer(SCHEMA)({"amount": 1, "when": NAIVE})
    assert not SchemaCheck(SCHEMA).is_valid(coerced)


def test_a_number_beyond_doubles_and_nesting_beyond_reason_do_no_harm():
    assert coercer(SCHEMA)({"amount": 10**400})["amount"] == 10**400
    deep: dict = {}
    at = deep
    for _ in range(5000):
        at["a"] = {}
        at = at["a"]
    assert not SchemaCheck(SCHEMA).is_valid(coercer(SCHEMA)(deep))


def test_a_value_of_another_kind_is_left_alone():
    @dataclass
    class Thing:
        x: int = 1

    thing, row = Thing(), np.array([1])
    assert coercer({})({"a": thing})["a"] is thing
    assert coercer({})({"a": row})["a"] is row


def paths(schema):
    return [flaw.path for flaw in schema_flaws(schema)]


def test_a_usable_schema_has_no_flaws():
    assert schema_flaws(SCHEMA) == ()
    assert schema_flaws({"type": "object", "properties": {"below": {"$ref": "#"}}}) == ()
    assert schema_flaws({"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:x", **SCHEMA}) == ()


@pytest.mark.parametrize(
    ("part", "path"),
    [
        ({"type": "array"}, ("type",)),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, ("$schema",)),
        ({"properties": {"a": {"$ref": "https://elsewhere.example/x"}}}, ("properties", "a", "$ref")),
        ({"properties": {"a": {"$ref": "other.json#/x"}}}, ("properties", "a", "$ref")),
        ({"allOf": [{"$dynamicRef": "#x"}]}, ("allOf", 0, "$dynamicRef")),
        ({"properties": {"a": {"$id": "urn:y"}}}, ("properties", "a", "$id")),
        ({"properties": {"a": {"minimum": "x"}}}, ("properties", "a", "minimum")),
        ({"properties": {"a": {"type": "strng"}}}, ("properties", "a", "type")),
        ({"properties": {"a": {"pattern": "(?=a)b"}}}, ("properties", "a", "pattern")),
        ({"properties": {"a": {"$ref": "#/$defs/nowhere"}}}, ()),
    ],
)
def test_a_schema_that_cannot_be_used_says_where(part, path):
    assert path in paths({"type": "object", **part})


def test_a_pattern_that_cannot_be_used_says_what_can():
    (flaw,) = schema_flaws({"type": "object", "properties": {"a": {"pattern": "(a{900}){900}"}}})
    assert "look-around" in (flaw.expected or "")
    assert "pattern" in flaw.message


def test_every_flaw_of_a_schema_is_told():
    found = paths({"properties": {"a": {"minimum": "x"}, "b": {"$ref": "x.json"}}})
    assert found == [("type",), ("properties", "b", "$ref"), ("properties", "a", "minimum")]


def test_a_reference_that_is_a_plain_value_or_the_name_of_a_field_is_none():
    schema = {
        "type": "object",
        "properties": {"$ref": {"type": "string"}, "a": {"const": {"$ref": "https://elsewhere.example"}}},
    }
    assert schema_flaws(schema) == ()
