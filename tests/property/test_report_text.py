"""Text stays on its grid, carets point where they say, and no text from data takes the terminal over."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from remit.report.terminal.sheet import Cell, Column, Sheet
from remit.report.text import clipped, excerpt, padded, visible, width_of, wrapped

WILD = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("\t\n\x1b\x9b\u202e\u2028\u0301\u200d客户Ａｂ 1.6 %=n\ud800")),
    max_size=80,
)
WIDTHS = st.integers(min_value=40, max_value=140)


@given(WILD)
def test_visible_text_holds_no_control_and_no_half_character(text):
    shown = visible(text)
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
    shown.encode("utf-8")


@given(WILD, st.integers(min_value=2, max_value=60))
def test_wrapped_lines_fit_and_lose_no_word(text, width):
    lines = wrapped(text, width)
    assert all(width_of(line) <= width for line in lines)
    kept = "".join("".join(lines).split())
    assert kept == "".join(visible(text.replace("\r\n", "\n").replace("\n", " ")).split())


@given(WILD, st.integers(min_value=1, max_value=60))
def test_clipped_text_fits(text, width):
    assert width_of(clipped(visible(text), width)) <= width


@given(WILD, st.integers(min_value=0, max_value=60))
def test_padded_text_is_as_wide_as_asked_or_as_wide_as_it_is(text, width):
    shown = visible(text)
    assert width_of(padded(shown, width)) == max(width, width_of(shown))


def from_cell(line: str, cell: int) -> str:
    """The rest of a shown line from a cell on."""
    used = 0
    for index, char in enumerate(line):
        if used >= cell and width_of(char):
            return line[index:]
        used += width_of(char)
    return ""


@given(WILD.filter(lambda line: "\n" not in line), st.data(), st.integers(min_value=20, max_value=100))
def test_the_caret_stands_under_the_character_it_speaks_of(line, data, width):
    column = data.draw(st.integers(min_value=1, max_value=max(1, len(line))))
    shown = excerpt(line, column, width=width)
    assert width_of(shown.line) <= width
    assert shown.length >= 1
    assert shown.indent + shown.length <= width + 1
    char = line[column - 1 : column]
    if char and char != "\t" and width_of(visible(char)):
        assert from_cell(shown.line, shown.indent).startswith((visible(char)[0], "…"))


@given(WILD.filter(lambda line: "\n" not in line), st.integers(min_value=20, max_value=100))
def test_a_column_behind_the_end_points_behind_the_end(line, width):
    shown = excerpt(line, len(line) + 5, width=width)
    assert shown.indent == width_of(shown.line)
    assert shown.length == 1


@given(st.lists(st.tuples(WILD, WILD, WILD), max_size=4), WIDTHS)
def test_a_table_is_never_wider_than_its_sheet(rows, width):
    sheet = Sheet(width=width, colour=False)
    columns = (Column(heading="one"), Column(heading="two", right=True), Column(heading="three", gives=True))
    sheet.table(columns, [tuple(Cell(text=text) for text in row) for row in rows])
    assert all(width_of(line) <= width for line in sheet.text().split("\n"))
    assert "\x1b" not in sheet.text()
