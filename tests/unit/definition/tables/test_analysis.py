"""Gaps, overlaps and idle rules of single tables, where the random ones of the property tests do not reach."""

import pytest

from remit.definition.reading import read
from remit.definition.tables import analyse
from remit.definition.tables.columns import columns_of


def work(rules, columns, fields=None, policy="UNIQUE", schema=None, **inputs):
    given = {"schema": schema} if schema is not None else {"fields": fields}
    return read(
        {
            "remit": 1,
            "id": "w",
            "inputs": {**given, **inputs},
            "outputs": {"fields": {"b": ["x", "y"]}},
            "decisions": [{"id": "b", "table": {"hit_policy": policy, "in": columns, "out": ["b"], "rules": rules}}],
        }
    )


def analysed(*given, steps=None, **more):
    definition = work(*given, **more)
    limit = {} if steps is None else {"steps": steps}
    return analyse(definition.decisions[0].table, definition, **limit)


def gaps(*given, **more):
    return [dict(gap.example) for gap in analysed(*given, **more).gaps]


@pytest.mark.parametrize(
    ("field", "cells", "expected"),
    [
        ("integer 0..10", ["[0..4]", "[5..10]"], []),
        ("number 0..10", ["[0..4]", "[5..10]"], [{"a": 4.5}]),
        ("number 0..10", ["[0..4]", "(4..10)"], [{"a": 10}]),
        ("number > 0 < 10", ["(0..4]", "(4..10)"], []),
        ("[p, q]", ["p", 'not("p")'], []),
        ("[p, q]", ["p"], [{"a": "q"}]),
        ("yes/no", ["true"], [{"a": False}]),
        ("date", ['< "2027-01-01"', '> "2027-01-01"'], [{"a": "2027-01-01"}]),
        ("date", ['<= "2027-01-31"', '>= "2027-02-01"'], []),
        ("date", ['<= "2027-01-31"', '>= "2027-02-02"'], [{"a": "2027-02-01"}]),
        ("date", ['>= "0001-01-02"'], [{"a": "0001-01-01"}]),
        ("datetime", ['< "2027-01-01T00:00:00Z"', '> "2027-01-02T00:00:00Z"'], None),
        ("text <= 2", ['"DE"', '"FR"'], None),
        ("text 1..2", ["p"], None),
        ("optional number", [">= 0", "< 0"], [{}]),
        ("optional number", [">= 0", "< 0", "-"], []),
        ("list of text <= 5", ['not("x")'], []),
        ("list of text <= 5", ['"x"'], [{"a": []}]),
        ("integer", ["<= 0", "> 1"], [{"a": 1}]),
        ("number", ["< 0", "> 0.0"], [{"a": 0}]),
    ],
)
def test_a_column_has_the_values_of_its_field(field, cells, expected):
    policy = "FIRST" if "-" in cells else "UNIQUE"
    found = analysed([[cell, "x"] for cell in cells], ["input.a"], {"a": field}, policy=policy)
    assert found.unknown == ()
    assert all(gap.certain for gap in found.gaps)
    if expected is None:
        assert found.gaps
    else:
        assert [dict(gap.example) for gap in found.gaps] == expected


def test_what_is_put_in_for_a_missing_field_counts_as_its_value():
    table = ([[">= 0", "x"], ["< 0", "y"]], ["input.a"])
    assert gaps(*table, {"a": "number"}, when_missing={"a": "review"}) == []
    assert gaps(*table, {"a": "optional number"}, when_missing={"a": {"use": 1}}) == []
    assert gaps(*table, {"a": "optional number"}, when_missing={"*": "review"}) == [{}]


def test_nested_fields_are_missing_where_their_parents_may_be():
    rules, columns = [[">= 0", "x"], ["< 0", "y"]], ["input.a.b"]
    assert gaps(rules, columns, {"a": "{b: number}"}) == []
    assert gaps(rules, columns, {"a": "optional {b: number}"}) == [{}]
    assert gaps(rules, columns, {"a": "{b: optional number}"}) == [{}]
    assert gaps([["5", "x"]], columns, {"a": "{b: integer 4..5}"}) == [{"a": {"b": 4}}]


def test_schemas_are_followed_and_their_values_tried():
    schema = {
        "type": "object",
        "$defs": {"even": {"type": "integer", "multipleOf": 2, "minimum": 0, "exclusiveMaximum": 8}},
        "properties": {
            "a": {"$ref": "#/$defs/even"},
            "c": {"const": 5},
            "d": {"anyOf": [{"type": "boolean"}, {"enum": ["z"]}]},
        },
        "required": ["a", "c", "d"],
    }
    columns = ["input.a"]
    assert gaps([["0", "x"], ["2, 4", "y"]], columns, schema=schema) == [{"a": 6}]
    assert gaps([["0", "x"], ["2, 4, 6", "y"]], columns, schema=schema) == []
    assert gaps([["5", "x"]], ["input.c"], schema=schema) == []
    assert gaps([["true", "x"], ['"z"', "y"]], ["input.d"], schema=schema) == [{"d": False}]


def test_a_value_that_only_a_pattern_could_tell_is_no_certain_gap():
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string", "pattern": "^(K1|Q[0-9]{7}z)$"}},
        "required": ["a"],
    }
    found = analysed([['"K1"', "x"]], ["input.a"], schema=schema)
    assert {gap.certain for gap in found.gaps} == {False}
    assert analysed([['"K2"', "x"], ["-", "y"]], ["input.a"], schema=schema).unreachable[0].column == "input.a"


def test_a_field_that_nobody_knows_may_hold_anything():
    found = analysed([['"x"', "x"]], ["input.zzz"], {"a": "number"})
    assert found.gaps
    assert {type(gap.shown["input.zzz"]) for gap in found.gaps} & {str, int, bool, list, type(None)}


def test_null_that_is_put_in_is_no_value():
    schema = {"type": "object", "properties": {"a": {"type": ["number", "null"]}}, "required": ["a"]}
    table = ([[">= 0", "x"], ["< 0", "y"]], ["input.a"])
    assert gaps(*table, schema=schema, when_missing={"a": "review"}) == []
    assert gaps(*table, schema=schema, when_missing={"a": {"use": None}}) == [{}]


def test_a_gap_that_plain_columns_show_is_certain_beside_a_computed_one():
    fields = {"a": "integer 0..3", "c": "number", "d": "number"}
    found = analysed([["0", "true", "x"]], ["input.a", "input.c > input.d"], fields)
    assert [gap.certain for gap in found.gaps] == [True]
    assert "c" not in found.gaps[0].example


@pytest.mark.parametrize(
    ("column", "types"),
    [
        ("input.c > input.d", {"boolean"}),
        ("input.c + input.d", {"number"}),
        ("input.c / input.d", {"number", "null"}),
        ("input.t + 'x/'", {"string"}),
        ("input.t.contains('[')", {"boolean"}),
        ("input.o > 1.0", {"boolean", "null"}),
        ("has(input.o)", {"boolean"}),
        ("size(input.t)", {"integer"}),
        ("int(input.t)", {"integer", "null"}),
        ("input.t.matches('x')", {"boolean", "null"}),
        ("item.key", {"string", "null"}),
        ("input.zzz", {"string", "number", "boolean", "object", "null", "other"}),
        ("input.l[0]", {"string", "null"}),
    ],
)
def test_a_computed_column_has_the_values_of_its_type(column, types):
    fields = {"c": "number", "d": "number", "t": "text <= 5", "o": "optional number", "l": "list of text <= 5"}
    definition = work([["-", "x"]], [column], fields)
    (found,) = columns_of(definition.decisions[0].table, definition)
    assert set(found.domain.types) == types


def test_columns_about_the_same_field_depend_on_each_other():
    fields = {"a": "{b: integer 0..3}"}
    definition = work([["-", "-", "x"]], ["input.a.b", "input.a . b"], fields)
    assert [column.path for column in columns_of(definition.decisions[0].table, definition)] == [("a", "b"), None]


def test_a_search_that_is_cut_off_says_so():
    rules = [[f"[{n}..{n + 5}]", f"[{n}..{n + 9}]", "x" if n % 2 else "y"] for n in range(60)]
    fields = {"a": "number", "c": "number"}
    found = analysed(rules, ["input.a", "input.c"], fields, steps=100)
    assert "the table is too intricate to look for all overlaps" in found.unknown
    assert not found.is_sound
    assert analysed(rules, ["input.a", "input.c"], fields).unknown == ()


def test_priority_masks_by_rank_and_not_by_place():
    fields = {"a": "integer 0..9"}
    found = analysed([["[2..4]", "y"], ["-", "x"]], ["input.a"], fields, policy="PRIORITY")
    assert [(one.rule, one.by) for one in found.unreachable] == [(1, (2,))]
    assert analysed([["[2..4]", "x"], ["-", "y"]], ["input.a"], fields, policy="PRIORITY").is_sound
