"""A cell says what a spreadsheet means by it, or it is refused with what would do."""

import pytest

from remit.cases.cells import ABSENT, CellFault, answer_text, reader_of, value_of_cell

TEXT, NUMBER, WHOLE, YES_NO = ({"type": kind} for kind in ("string", "number", "integer", "boolean"))
NUMBERS = {"enum": [1, 2.5, 10]}
MIXED = {"enum": ["1", 1, True, None]}


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        (TEXT, "orders", "orders"),
        (TEXT, " padded ", " padded "),
        (TEXT, "12", "12"),
        (NUMBER, "12", 12.0),
        (NUMBER, " -0.5e3 ", -500.0),
        (NUMBER, "+.5", 0.5),
        (NUMBER, "5.", 5.0),
        (WHOLE, "007", 7),
        (WHOLE, "-3", -3),
        (WHOLE, "5.0", 5),
        (YES_NO, "YES", True),
        (YES_NO, "0", False),
        (YES_NO, " true ", True),
        (YES_NO, "False", False),
        ({"enum": ["yes", "no"]}, "yes", "yes"),
        ({"enum": ["a b", "c"]}, " a b ", "a b"),
        ({"enum": [" padded ", "padded"]}, " padded ", " padded "),
        (NUMBERS, "1", 1),
        (NUMBERS, "1.0", 1),
        (NUMBERS, "2.50", 2.5),
        (NUMBERS, "1e1", 10),
        ({"type": "number", "enum": [1, 2]}, "1", 1.0),
        (MIXED, "1", "1"),
        (MIXED, "yes", True),
        ({"const": "x"}, "x", "x"),
        ({"enum": [[1, 2]]}, "[1, 2]", [1, 2]),
        ({"type": "array"}, '[1, "a"]', [1, "a"]),
        ({"type": "object"}, '{"a": {"b": 1}}', {"a": {"b": 1}}),
        ({"type": ["number", "null"]}, "1.5", 1.5),
        ({"type": ["integer", "boolean"]}, "7", 7),
        ({"type": ["integer", "boolean"]}, "yes", True),
        ({"type": ["string", "number"]}, "1.5", 1.5),
        ({"type": ["string", "number"]}, "one", "one"),
        ({"anyOf": [{"type": "number"}, {"type": "null"}]}, "3", 3.0),
        ({}, "anything", "anything"),
    ],
)
def test_a_cell_is_read_by_the_schema_of_its_field(schema, text, value):
    found = reader_of(schema)(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "schema", [TEXT, NUMBER, WHOLE, YES_NO, NUMBERS, {"type": "array"}, {"type": ["string", "number"]}, {}]
)
def test_an_empty_cell_is_absent_and_neither_empty_text_nor_zero(schema):
    assert reader_of(schema)("") is ABSENT
    assert value_of_cell("", schema, "x") is ABSENT


@pytest.mark.parametrize("schema", [NUMBER, WHOLE, YES_NO, NUMBERS, {"type": "array"}])
def test_spaces_alone_are_absent_where_no_text_is_meant(schema):
    assert reader_of(schema)("  ") is ABSENT


@pytest.mark.parametrize(
    ("schema", "text", "message", "mend"),
    [
        (NUMBER, "twelve", "is no number", "write digits only, without separators or units"),
        (NUMBER, "1,5", "is no number", "write a point: 1.5"),
        (NUMBER, "5%", "is no number", "write a share, 0.05 for 5 %"),
        (NUMBER, "N/A", "is no number", "leave the cell empty where there is no value"),
        (NUMBER, "nan", "is no number", "leave the cell empty where there is no value"),
        (NUMBER, "inf", "is no number", "write digits only, without separators or units"),
        (NUMBER, "1_000", "is no number", "write digits only, without separators or units"),
        (NUMBER, "0x10", "is no number", "write digits only, without separators or units"),
        (NUMBER, "1e999", "is too large a number", None),
        (WHOLE, "5.5", "is no whole number", "write digits only, without separators or units"),
        (WHOLE, "9" * 19, "is no whole number", "write digits only, without separators or units"),
        (YES_NO, "maybe", "is no yes or no", None),
        ({"enum": ["orders", "fraud"]}, "frud", "is none of the allowed answers", "did you mean `fraud`?"),
        (NUMBERS, "3", "is none of the allowed answers", None),
        ({"type": "array"}, "a, b", "is no JSON", "write the list or object as JSON"),
        ({"type": "array"}, "[NaN]", "is no JSON", "write the list or object as JSON"),
        ({"type": "array"}, "[" * 100_000, "is no JSON", "write the list or object as JSON"),
        ({"type": ["integer", "boolean"]}, "x", "is no yes or no", None),
    ],
)
def test_a_cell_that_is_no_value_is_refused_with_the_mend(schema, text, message, mend):
    with pytest.raises(CellFault) as refused:
        value_of_cell(text, schema, "input.x")
    assert str(refused.value) == f"`input.x` {message}"
    if mend is not None:
        assert refused.value.mend == mend
    assert len(refused.value.found) < 100


@pytest.mark.parametrize(
    ("value", "text"), [("a", "a"), (1, "1"), (1.0, "1"), (2.5, "2.5"), (True, "true"), ("é", "é"), ([1], "[1]")]
)
def test_an_answer_as_text_has_one_spelling(value, text):
    assert answer_text(value) == text
