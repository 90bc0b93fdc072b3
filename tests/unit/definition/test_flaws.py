"""Words for what is wrong: names, lists and values as people read them."""

import pytest

from remit.definition.flaws import Flaw, found, listing, problems_of, shortened, unknown_name
from remit.definition.positions import SourceMap


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        (True, "`true`"),
        (5, "the number 5"),
        (0.5, "the number 0.5"),
        (10**40, "the number of more than 40 digits"),
        (1e300, "the number 1e+300"),
        ("abc", "the text `abc`"),
        ("two\n  lines", "the text `two lines`"),
        ("x" * 61, f"the text `{'x' * 59}…`"),
        ("x" * 60, f"the text `{'x' * 60}`"),
        ("", "an empty text"),
        (" \n", "an empty text"),
        ([1, 2], "a list of 2"),
        ((), "an empty list"),
        ({"a": 1, "b": 2}, "a mapping with `a` and `b`"),
        ({}, "an empty mapping"),
        ({1, 2}, "a set"),
    ],
)
def test_a_value_is_told_in_plain_words(value, words):
    assert found(value) == words


def test_names_are_listed_and_long_lists_are_cut():
    assert listing([]) == ""
    assert listing(["a"]) == "`a`"
    assert listing(["a", "b", "c"]) == "`a`, `b` or `c`"
    assert listing(["a", "b"], joint="and") == "`a` and `b`"
    assert listing(map(str, range(30))).endswith("or `29`")
    assert listing(map(str, range(33))).endswith("`29` and 3 more")


def test_white_space_alone_is_shortened_to_nothing():
    assert shortened("  ") == ""


def test_an_unknown_name_says_which_there_are():
    flaw = unknown_name((), "tem", "decision", ["team", "team", "urgent"])
    assert (flaw.expected, flaw.mend) == ("one of `team` or `urgent`", "did you mean `team`?")
    none = unknown_name((), "x", "decision", [])
    assert (none.expected, none.mend) == ("decisions are not given", None)


def test_problems_come_once_and_in_the_order_of_the_file():
    source = SourceMap(file="f", lines=("a: 1", "b: 2"), positions={(): (1, 1), ("a",): (1, 4), ("b",): (2, 4)})
    flaws = [Flaw(path=("b",), message="x"), Flaw(path=("a",), message="y"), Flaw(path=("b",), message="x")]
    assert [(p.where.line, p.message) for p in problems_of(flaws, source)] == [(1, "y"), (2, "x")]
    assert [p.where.path for p in problems_of(flaws)] == ["b", "a"]


def test_a_flaw_moves_with_its_document():
    flaw = Flaw(path=("a", 1), message="x")
    assert flaw.inside(("top",)).path == ("top", "a", 1)
    assert flaw.below(1).path == (1,)
