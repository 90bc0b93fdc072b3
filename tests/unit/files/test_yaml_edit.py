"""One value put into a file that people write too; everything else stays, character for character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.errors import Conflict, RemitError, YamlInvalid
from remit.files.yaml_edit import emitted, with_entry, with_value
from remit.files.yaml_reader import read_yaml_text

FILE = """# head
remit: 1 # one
id: a
scope:
  unit: one x   # keep

  # inner
  includes: [a, b]

# tail
today: {error_rate: unknown}
questions:
- text: q
  by: me
empty:
long: |
  foo
  bar
"""
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(st.characters(codec="utf-8"), max_size=30),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(min_size=1, max_size=8), below, max_size=3),
    max_leaves=8,
)


def lines_left(before, after):
    """The lines of ``before`` that are not in ``after`` any more."""
    return [line for line in before.splitlines() if line not in after.splitlines()]


@pytest.mark.parametrize(
    ("path", "value", "gone"),
    [
        (("scope", "trigger"), "a message arrives", []),
        (("title",), "T: # x", []),
        (("owner", "role"), "Head", []),
        (("today", "error_rate"), 0.1, ["today: {error_rate: unknown}"]),
        (("today", "cost_per_item"), 2, ["today: {error_rate: unknown}"]),
        (("questions", 0, "answer"), "yes", []),
        (("empty",), "x", ["empty:"]),
        (("empty", "below"), "x", ["empty:"]),
        (("scope", "includes"), ["q"], ["  includes: [a, b]"]),
        (("scope", "unit"), "one y", ["  unit: one x   # keep"]),
        (("decisions",), [{"id": "team", "question": "Which?"}], []),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_only_the_line_of_the_value_changes(path, value, gone, line_end):
    before = FILE.replace("\n", line_end)
    after = with_value(before, path, value, name="f")
    found = read_yaml_text(after).data
    for key in path:
        found = found[key]
    assert found == value
    assert lines_left(before, after) == gone
    assert after.count("\n") == after.count(line_end)
    assert after.count("#") - str(value).count("#") == before.count("#")


def test_an_entry_is_put_behind_the_last_one():
    block = with_entry(FILE, ("questions",), {"text": "why?"}, name="f")
    assert '- text: q\n  by: me\n- text: "why?"\nempty:' in block
    assert "includes: [a, b, c]" in with_entry(FILE, ("scope", "includes"), "c", name="f")
    assert read_yaml_text(with_entry(FILE, ("new",), {"a": 1}, name="f")).data["new"] == [{"a": 1}]


def test_notes_stand_behind_the_lines_they_are_about():
    made = with_value("remit: 1\n", ("inputs", "fields"), {"a": "date", "b": ["x"]}, name="f", notes={"a": "assumed"})
    assert made == "remit: 1\ninputs:\n  fields:\n    a: date  # assumed\n    b: [x]\n"
    made = with_value("inputs: {}\n", ("inputs", "fields"), {"a": "date"}, name="f")
    assert made == "inputs: {fields: {a: date}}\n"
    made = with_value("inputs:\n  x: 1\n", ("inputs", "fields"), {"a": "date", "b": 1}, name="f", notes={"b": "n"})
    assert made == "inputs:\n  x: 1\n  fields:\n    a: date\n    b: 1  # n\n"


def test_a_file_that_ends_without_a_line_end_gets_one():
    assert with_value("a: 1", ("b",), 2, name="f") == "a: 1\nb: 2\n"
    assert with_value("{a: 1}", ("b",), 2, name="f") == "{a: 1, b: 2}"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a:\n  b: 1  # mine\n", ("a",)),
        ("a: |\n  x\n  y\n", ("a",)),
        ("a: &x {b: 1}\nc: *x\n", ("c", "d")),
    ],
)
def test_what_can_not_be_changed_safely_is_refused(text, path):
    with pytest.raises(Conflict, match="without touching what you wrote"):
        with_value(text, path, 1, name="f")


def test_a_broken_file_is_refused_before_anything():
    with pytest.raises(YamlInvalid):
        with_value("a: [", ("b",), 1, name="f")


@given(values)
def test_any_value_comes_back_as_it_was(value):
    try:
        made = with_value(FILE, ("new",), value, name="f")
    except RemitError:
        return  # a character or a size that no definition may hold
    assert read_yaml_text(made).data["new"] == value


@given(values)
def test_a_value_in_one_line_is_one_line(value):
    assert "\n" not in emitted(value)
