"""Wide characters, tabs and what belongs together."""

import pytest

from remit.report.text import clipped, excerpt, kept_together, sentence, visible, visible_lines, width_of, wrapped


def test_wide_and_combining_characters_count_as_they_are_shown():
    assert [width_of(text) for text in ("abc", "客户", "e\u0301", "Ａ")] == [3, 4, 1, 2]


def test_a_number_keeps_its_unit_at_a_line_end():
    assert wrapped("at most 1.6 % of 5", 11) == ["at most", "1.6 % of 5"]
    assert wrapped("it is n = 2,000", 10) == ["it is", "n = 2,000"]
    assert wrapped("it is p < 0.0001", 12) == ["it is", "p < 0.0001"]
    assert kept_together("1.6 %, n = 3") == "1.6\u00a0%, n\u00a0=\u00a03"


def test_a_word_that_does_not_fit_is_cut():
    assert wrapped("abcdefgh", 3) == ["abc", "def", "gh"]
    assert wrapped("客户客户", 3) == ["客", "户", "客", "户"]
    assert wrapped("客户", 1) == ["客", "户"]
    assert wrapped("ab" + "\u0301" * 3, 1) == ["a", "b\u0301\u0301\u0301"]


def test_lines_of_a_text_stay_lines():
    assert wrapped("one\ntwo\r\nthree", 20) == ["one", "two", "three"]
    assert visible_lines("a\r\nb\rc") == ("a", "b\\rc")


def test_what_is_no_text_is_written_out():
    assert visible("a\x1b[2J\t\n\u202e\ud800") == "a\\x1b[2J\\t\\n\\u202e\\ud800"


def test_clipped_text_says_that_something_is_missing():
    assert (clipped("abcdef", 4), clipped("abc", 4), clipped("abc", 0)) == ("abc…", "abc", "")


@pytest.mark.parametrize(
    ("line", "column", "indent", "length"),
    [
        ("  metric: acuracy", 11, 10, 7),
        ("\tname: x", 2, 4, 4),
        ("客户: x", 5, 6, 1),
        ("a: 'b c'", 4, 3, 1),
        ("short", 9, 5, 1),
    ],
)
def test_the_caret_stands_under_the_word(line, column, indent, length):
    shown = excerpt(line, column, width=60)
    assert (shown.indent, shown.length) == (indent, length)


def test_a_long_line_is_cut_around_the_caret():
    line = "x" * 500 + " acuracy " + "y" * 500
    shown = excerpt(line, 502, width=60)
    assert width_of(shown.line) <= 60
    assert shown.line.startswith("…")
    assert shown.line.endswith("…")
    assert shown.line[shown.indent : shown.indent + shown.length] == "acuracy"


@pytest.mark.parametrize(
    ("clause", "whole"),
    [
        ("the expected answers are right", "The expected answers are right."),
        ("Already one.", "Already one."),
        ("autonomy.error_budget is not written", "autonomy.error_budget is not written."),
        ("", ""),
    ],
)
def test_a_clause_becomes_a_sentence(clause, whole):
    assert sentence(clause) == whole
