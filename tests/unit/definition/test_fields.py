"""The short form of fields and the schema it stands for."""

import pytest

from remit.definition.schemas import SchemaCheck
from remit.definition.schemas.fields import (
    MAX_ENUMERATION,
    MAX_FIELDS,
    build_fields,
    schema_of_fields,
    with_enumerations,
)
from remit.errors import DefinitionInvalid

TEXT_80 = {"type": "string", "maxLength": 80}
LINES = {
    "type": "object",
    "properties": {"text": TEXT_80, "price": {"type": "number"}},
    "required": ["text", "price"],
    "additionalProperties": False,
}


def schema(field):
    return schema_of_fields({"f": field})["properties"]["f"]


def flaw(field):
    built = build_fields({"f": field})
    assert built.schema is None
    (found,) = built.flaws
    return found


@pytest.mark.parametrize(
    ("field", "made"),
    [
        ("text <= 200", {"type": "string", "maxLength": 200}),
        ("text<=200", {"type": "string", "maxLength": 200}),
        ("text 1..20", {"type": "string", "minLength": 1, "maxLength": 20}),
        ("number", {"type": "number"}),
        ("number >= 0", {"type": "number", "minimum": 0}),
        ("number > 0 <= 5.5", {"type": "number", "exclusiveMinimum": 0, "maximum": 5.5}),
        ("number < 5", {"type": "number", "exclusiveMaximum": 5}),
        ("number 0..1", {"type": "number", "minimum": 0, "maximum": 1}),
        ("number -1.5..2", {"type": "number", "minimum": -1.5, "maximum": 2}),
        ("integer", {"type": "integer"}),
        ("integer 1 .. 10", {"type": "integer", "minimum": 1, "maximum": 10}),
        ("yes/no", {"type": "boolean"}),
        ("date", {"type": "string", "format": "date", "maxLength": 10}),
        ("datetime", {"type": "string", "format": "date-time", "maxLength": 40}),
        (["app", "web"], {"type": "string", "enum": ["app", "web"]}),
        ("[app, web]", {"type": "string", "enum": ["app", "web"]}),
        ("['a, b', two words, \"it's\"]", {"type": "string", "enum": ["a, b", "two words", "it's"]}),
        ([1, 2], {"type": "integer", "enum": [1, 2]}),
        ("[1, 2.5]", {"type": "number", "enum": [1, 2.5]}),
        ("[']', a b]", {"type": "string", "enum": ["]", "a b"]}),
        ("number >= 1 <= 1", {"type": "number", "minimum": 1, "maximum": 1}),
        ("['1', '2']", {"type": "string", "enum": ["1", "2"]}),
        ("list of number", {"type": "array", "items": {"type": "number"}, "maxItems": 1000}),
        ("list <= 50 of text <= 80", {"type": "array", "items": TEXT_80, "maxItems": 50}),
        ("list of {text: text <= 80, price: number}", {"type": "array", "items": LINES, "maxItems": 1000}),
        ({"list of": {"text": "text <= 80", "price": "number"}}, {"type": "array", "items": LINES, "maxItems": 1000}),
        ({"list <= 3 of": "text <= 80"}, {"type": "array", "items": TEXT_80, "maxItems": 3}),
        ({"list of": ["a"]}, {"type": "array", "items": {"type": "string", "enum": ["a"]}, "maxItems": 1000}),
        ({"text": "text <= 80", "price": "number"}, LINES),
        ("{text: text <= 80, price: number}", LINES),
    ],
)
def test_each_form_gives_its_schema(field, made):
    assert schema(field) == made
    SchemaCheck(schema_of_fields({"f": field}))


@pytest.mark.parametrize(
    "field",
    ["optional number", {"optional": "number"}],
)
def test_an_optional_field_is_not_required_and_never_null(field):
    made = schema_of_fields({"f": field, "g": "number"})
    assert made["required"] == ["g"]
    assert made["properties"]["f"] == {"type": "number"}
    check = SchemaCheck(made)
    assert check.is_valid({"g": 1})
    assert not check.is_valid({"g": 1, "f": None})


@pytest.mark.parametrize(
    "field",
    ["optional list <= 5 of number", {"optional list <= 5 of": "number"}, {"optional": {"list <= 5 of": "number"}}],
)
def test_an_optional_list_is_written_in_three_ways(field):
    made = schema_of_fields({"f": field})
    assert made["required"] == []
    assert made["properties"]["f"]["maxItems"] == 5


def test_objects_are_closed_and_fields_required():
    check = SchemaCheck(schema_of_fields({"a": "number", "o": {"b": "yes/no"}}))
    assert check.is_valid({"a": 1, "o": {"b": True}})
    assert not check.is_valid({"a": 1, "o": {"b": True}, "c": 1})
    assert not check.is_valid({"a": 1, "o": {"b": True, "c": 1}})
    assert not check.is_valid({"a": 1, "o": {}})
    assert not check.is_valid({"o": {"b": True}})


def test_a_datetime_needs_an_offset():
    check = SchemaCheck(schema_of_fields({"f": "datetime"}))
    assert check.is_valid({"f": "2027-06-30T14:05:00Z"})
    assert check.is_valid({"f": "2027-06-30T14:05:00.123+02:00"})
    assert not check.is_valid({"f": "2027-06-30T14:05:00"})
    assert not check.is_valid({"f": "2027-06-30"})


def test_every_string_is_bounded():
    for field in ("text <= 5", "date", "datetime"):
        assert "maxLength" in schema(field)


NONE = "no mend at all"


@pytest.mark.parametrize(
    ("field", "column", "words", "mend"),
    [
        ("text", 5, "no bound", "write `text <= 200`"),
        ("list of text", 13, "no bound", "write `text <= 200`"),
        ("text <= 0", 9, "bound", None),
        ("text <= 1000001", 9, "the bound is too large", None),
        ("text <= ²", 9, "bound", None),
        ("text ²..5", 6, "no bound", None),
        ("text 5..3", 9, "ends before", None),
        ("text <= 200 characters", 13, "goes on", None),
        ("string", 1, "no type", "write `text <= 200`"),
        ("int", 1, "no type", "write `integer`"),
        ("boolean", 1, "no type", "write `yes/no`"),
        ("txt <= 5", 1, "no type", "did you mean `text`?"),
        ("'text' <= 5", 1, "type is missing", None),
        ("", 1, "type is missing", None),
        ("optional", 9, "type is missing", None),
        ("optional optional number", 10, "can't stand", None),
        ("number 5..1", 11, "no number", None),
        ("number > 1 < 1", 14, "no number", None),
        ("number > 1 <= 1", 15, "no number", None),
        ("number >= 1 < 1", 15, "no number", None),
        ("number '0'..1", 8, "goes on", NONE),
        ("number 0..1 <= 3", 13, "twice", None),
        ("list of yes/no 5", 16, "goes on", NONE),
        ("yes/no <= 5", 8, "goes on", NONE),
        ("text '1'..5", 6, "no bound", None),
        ("{", 2, "no name", None),
        ("[a 'b']", 4, "`[`", None),
        ("['a' b]", 6, "`[`", None),
        ("[a, {b}]", 5, "missing", None),
        ("number > 0 >= 1", 12, "twice", None),
        ("number <=", 10, "bound", None),
        ("number <= '5'", 11, "a bound is missing", None),
        ("number <= 5%", 11, "bound", None),
        ("integer 0..0.5", 12, "the bound is no whole number", None),
        ("number 1", 9, "`..`", None),
        ("list", 5, "`of`", None),
        ("list <= 100001 of number", 9, "the bound is too large", None),
        ("list of {a: number} <= 10", 21, "before `of`", "write `list <= n of ...`"),
        ("list of optional number", 9, "optional", None),
        ("{a: number", 11, "`{`", None),
        ("{a: number, a: number}", 13, "twice", None),
        ("{a: number,}", 12, "no name", None),
        ("{a number}", 4, "`:`", None),
        ("{due-date: number}", 2, "name of a field", "write `due_date`"),
        ("[a, b", 6, "`[`", None),
        ("[a, , b]", 5, "missing", None),
        ("[a, a]", 1, "twice", None),
        ("[a, 1]", 1, "mixed", 'put quotes around it: "1"'),
        ("[true, false]", 1, "no texts", "write `yes/no`"),
        ("[]", 1, "nothing", None),
        ("'a", 1, "quote", None),
        ("from x.csv#a", 1, "file", None),
    ],
)
def test_a_field_that_cannot_be_read_says_where_and_how_to_mend_it(field, column, words, mend):
    found = flaw(field)
    assert (found.path, found.column) == (("f",), column)
    assert words in found.message
    assert found.expected
    if mend is not None:
        assert found.mend == (None if mend == NONE else mend)


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (5, "no type"),
        (True, "no type"),
        (None, "no type"),
        ([], "nothing"),
        ([None], "null"),
        ([True], "no texts"),
        ([["a"]], "neither"),
        (["a", "a"], "twice"),
        ({}, "no fields"),
        ({"list <= 0 of": "number"}, "bounded wrongly"),
        ({"list <= 100001 of": "number"}, "bounded wrongly"),
        ({"list of": "optional number"}, "optional"),
        ({"optional": "optional number"}, "twice"),
    ],
)
def test_a_structured_field_that_cannot_be_read_is_refused(field, words):
    built = build_fields({"f": field})
    assert words in built.flaws[0].message or words in (built.flaws[0].expected or "")


def test_every_faulty_field_is_told_at_its_path():
    with pytest.raises(DefinitionInvalid) as caught:
        schema_of_fields({"a": "text", "b": {"c": "nmber", "d": {"list of": {"e": 1}}}, "ok": "number"})
    assert [problem.where.path for problem in caught.value.problems] == ["a", "b.c", "b.d.list of.e"]


@pytest.mark.parametrize("name", ["due-date", "in", "null", "1a", "é", "a" * 65, "", "a b"])
def test_a_name_that_expressions_cannot_say_is_refused(name):
    (found,) = build_fields({name: "number"}).flaws
    assert found.at_key
    assert "name of a field" in found.message
    assert found.mend == {"due-date": "write `due_date`", "a b": "write `a_b`"}.get(name)


def test_nesting_sizes_and_lengths_are_limited():
    deep = "number"
    for _ in range(20):
        deep = {"a": deep}
    assert "deeply" in flaw(deep).message
    assert "deeply" in flaw("list of " * 17 + "number").message
    assert schema("list of " * 15 + "number")
    assert "too long" in flaw("[" + "a, " * 2000 + "b]").message
    assert "too many" in flaw([str(i) for i in range(MAX_ENUMERATION + 1)]).message
    assert schema([str(i) for i in range(MAX_ENUMERATION)])
    assert "too many" in build_fields({f"f{i}": "number" for i in range(MAX_FIELDS + 1)}).flaws[0].message
    assert build_fields({f"f{i}": "number" for i in range(MAX_FIELDS)}).schema


def test_enumerations_are_taken_in_wherever_they_stand():
    asked = []

    def load(file, column, path):
        asked.append((file, column, path))
        return ["x", "y"]

    taken = with_enumerations(
        {
            "a": "from t.csv#topic",
            "b": "optional [...] from ../lists/t.csv#my topic",
            "c": "list <= 5 of from t.csv#topic",
            "d": {"e": "optional list of from t.csv#topic"},
            "f": "text <= 5",
            "g": ["from t.csv#topic"],
        },
        load,
    )
    assert taken == {
        "a": ["x", "y"],
        "b": {"optional": ["x", "y"]},
        "c": {"list <= 5 of": ["x", "y"]},
        "d": {"e": {"optional": {"list of": ["x", "y"]}}},
        "f": "text <= 5",
        "g": ["from t.csv#topic"],
    }
    assert asked[1] == ("../lists/t.csv", "my topic", ("b",))
    assert asked[3] == ("t.csv", "topic", ("d", "e"))
    made = schema_of_fields({name: taken[name] for name in "abcd"})
    assert made["required"] == ["a", "c", "d"]
    assert made["properties"]["c"]["items"]["enum"] == ["x", "y"]
