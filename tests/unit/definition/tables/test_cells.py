import pytest

from remit.definition.tables.cells import CellFault, parse_cell, parse_output


@pytest.mark.parametrize(
    ("cell", "passing", "failing"),
    [
        ("-", [1, "x", None, True], []),
        ("", [1, None], []),
        ('"a", "b"', ["a", "b"], ["c", None, 1]),
        ('"a, b"', ["a, b"], ["a", "b"]),
        ("approve", ["approve"], ["deny", None]),
        ("5", [5, 5.0], [4, "5", None, True]),
        (5, [5, 5.0], ["5", True]),
        (True, [True], [1, "true", None]),
        ("true", [True], [False, 1]),
        ("< 10", [9.9, -1], [10, 11, "9", None, True]),
        ("<= 10", [10], [10.1]),
        ("> 10", [10.5], [10]),
        (">= 10", [10], [9.99]),
        ("[1..5]", [1, 5, 3.3], [0.9, 5.1, None]),
        ("(1..5]", [1.1, 5], [1]),
        ("]1..5[", [1.1, 4.9], [1, 5]),
        ("[1..5)", [1], [5]),
        ("< 3, > 7", [2, 8], [3, 7, 5]),
        ("1, 2, [5..6]", [1, 2, 5.5], [3, 7]),
        ('not("a", "b")', ["c", 5], ["a", "b", None]),
        ("not([1..5])", [0, 6], [1, 3, None]),
        ('["2026-01-01".."2026-12-31"]', ["2026-06-30"], ["2025-12-31", "2027-01-01", 5]),
    ],
)
def test_a_cell_passes_just_what_it_says(cell, passing, failing):
    test = parse_cell(cell)
    assert [value for value in passing if not test.holds(value)] == []
    assert [value for value in failing if test.holds(value)] == []


@pytest.mark.parametrize("cell", ["[5..1]", "< abc", '"a', "a, , b", "[1..", "not(", "= 5", '[1.."b"]', "< true"])
def test_what_is_no_test_is_refused(cell):
    with pytest.raises(CellFault):
        parse_cell(cell)


@pytest.mark.parametrize(
    ("cell", "value"), [("deny", "deny"), ('"5"', "5"), ("5", 5), ("0.5", 0.5), ("true", True), (3, 3), ("a b", "a b")]
)
def test_an_answer_cell_is_a_value(cell, value):
    assert parse_output(cell) == value
    assert type(parse_output(cell)) is type(value)


@pytest.mark.parametrize("cell", ["", "-", "  "])
def test_an_answer_cell_is_never_empty(cell):
    with pytest.raises(CellFault):
        parse_output(cell)
