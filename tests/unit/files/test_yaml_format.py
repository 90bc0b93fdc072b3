"""What the one layout of a definition file is, rule by rule."""

import dataclasses
import textwrap
import typing

import pytest

from remit.definition import model
from remit.errors import FileUnreadable, YamlInvalid
from remit.files.yaml_format import canonical, format_definition
from remit.files.yaml_format.layout import EXPRESSIONS, WIDTH


def formatted(text):
    return format_definition(textwrap.dedent(text))


def same(text):
    """A text that is in the one layout already."""
    text = textwrap.dedent(text)
    assert format_definition(text) == text


def test_keys_of_the_top_level_stand_in_the_order_of_the_language_and_unknown_ones_behind():
    assert formatted("other: 1\ntitle: t\nid: x\nscope: {unit: u}\nremit: 1\nowner: {role: r}\n") == (
        "remit: 1\nid: x\ntitle: t\nowner: {role: r}\nscope: {unit: u}\nother: 1\n"
    )


def test_keys_further_down_stay_as_they_were_written():
    same("scope: {trigger: t, unit: u}\n")


def test_a_comment_goes_with_the_key_below_it():
    assert formatted("# about the id\nid: x\n# about the version\nremit: 1\n") == (
        "# about the version\nremit: 1\n# about the id\nid: x\n"
    )


def test_comments_above_a_blank_line_stay_on_top_of_the_file():
    assert formatted("# who made it\n\n# about the id\nid: x\nremit: 1\n") == (
        "# who made it\n\nremit: 1\n# about the id\nid: x\n"
    )


def test_comments_at_the_end_of_a_section_stay_in_it():
    same(
        """\
        owner:
          role: clerk
          # nobody else
        # about the scope
        scope:
          includes:
            - a
            # more later
          # and more
        # the end
        """
    )


def test_a_comment_in_front_of_a_list_that_is_not_indented_belongs_to_what_follows():
    assert formatted("questions:\n- {text: q}\n# next\nother: 1\n") == "questions:\n  - {text: q}\n# next\nother: 1\n"


def test_comments_beside_values_keep_two_blanks():
    assert formatted("remit: 1 # one\nowner: # who\n    role: clerk # r\nintent: >- # why\n  text\n") == (
        "remit: 1  # one\nowner:  # who\n  role: clerk  # r\nintent: text  # why\n"
    )


def test_brackets_with_comments_are_opened():
    assert formatted("scope: {unit: u, # first\n  # second\n  trigger: t}\n") == (
        "scope:\n  unit: u  # first\n  # second\n  trigger: t\n"
    )


def test_a_comment_beside_a_dash_goes_above_it():
    assert formatted("questions:\n  - # one\n    text: q\n  - text: r\n") == (
        "questions:\n  # one\n  - text: q\n  - text: r\n"
    )


def test_brackets_stay_where_they_fit_on_a_line_and_are_opened_where_not():
    names = [f"name{n:02}" for n in range(13)]
    fits = f"today: {{steps: [{', '.join(names)}]}}"
    assert len(fits) <= WIDTH
    same(fits + "\n")
    long = fits.replace("name12", "name12" + "x" * (WIDTH + 1 - len(fits)))
    assert formatted(long) == "today:\n" + long[len("today: {") : -1].join(["  ", "\n"])


def test_long_text_is_folded_and_comes_back_as_it_was():
    text = "title: " + " ".join(["word"] * 40) + "\n"
    made = formatted(text)
    assert made.startswith("title: >-\n  word word")
    assert max(map(len, made.splitlines())) <= WIDTH


def test_text_of_several_lines_stands_as_it_is():
    same("title: |-\n  one\n    two\n\n  three\n")
    same("title: |\n  one\n  two\n")


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ('"plain"', "plain"),
        ("'plain'", "plain"),
        ('"true"', '"true"'),
        ("'12'", '"12"'),
        ('"a: b"', '"a: b"'),
        ('"a #b"', '"a #b"'),
        ("'say: \"no\"'", "'say: \"no\"'"),
        ('"say \\"no\\""', 'say "no"'),
        ('"it\'s: \\"so\\""', '"it\'s: \\"so\\""'),
        ('"*"', '"*"'),
        ('""', '""'),
        ("no", "no"),
        ('"no"', '"no"'),
        ("2027-06-30", "2027-06-30"),
        ('"2027-06-30"', '"2027-06-30"'),
        ("0.90", "0.90"),
        ("~", "~"),
        ('"\\u0007"', '"\\u0007"'),
        ('"caf\\u00e9"', "café"),
        ('"what?"', "what?"),
    ],
)
def test_quotes_stand_only_where_they_are_needed(written, wanted):
    assert format_definition(f"title: {written}\n") == f"title: {wanted}\n"


def test_in_brackets_more_texts_need_quotes():
    assert formatted('scope: {unit: "what?", includes: ["a, b", "[c]", "d"]}\n') == (
        'scope: {unit: "what?", includes: ["a, b", "[c]", d]}\n'
    )


def test_expressions_stand_in_quotes_always():
    assert formatted("uncertainty: {review_when: answer.confidence < 0.5}\n") == (
        'uncertainty: {review_when: "answer.confidence < 0.5"}\n'
    )


def test_a_long_expression_keeps_the_lines_that_its_author_gave_it():
    line = "output.team != 'fraud' || " * 3
    same(f"constraints:\n  - id: C1\n    expr: >-\n      {line.strip()}\n      {line}output.urgent\n")


def test_the_keys_of_expressions_are_those_of_the_language():
    found = set()
    for name in model.__all__:
        cls = getattr(model, name)
        if not dataclasses.is_dataclass(cls):
            continue
        hints = typing.get_type_hints(cls, include_extras=True)
        found |= {key for key, hint in hints.items() if "expression in CEL" in str(hint)}
    assert found - {"in_"} == EXPRESSIONS  # the columns of a table are names more often than not


def test_blank_lines_between_sections_stay_one_at_most_and_none_at_the_beginning():
    assert formatted("\n\nremit: 1\n\n\n\nid: x\nowner:\n\n  role: r\n\n  contact: c\n\n\n") == (
        "remit: 1\n\nid: x\nowner:\n  role: r\n\n  contact: c\n"
    )


def test_an_alias_stays_behind_what_it_stands_for():
    text = "owner: &who {role: clerk}\naccountable: *who\n"
    same(text)
    same("accountable: &who {role: clerk}\nowner: *who\n")


def test_windows_line_ends_and_a_byte_order_mark_go():
    assert format_definition("\ufeffremit: 1\r\nid: x\r\n") == "remit: 1\nid: x\n"


def test_what_is_no_yaml_is_refused_with_its_place():
    with pytest.raises(YamlInvalid) as refused:
        format_definition("a: 1\na: 2\n", "work/x.yaml")
    assert str(refused.value.problems[0].where) == "work/x.yaml:2:1"
    with pytest.raises(FileUnreadable):
        format_definition("x: " + "y" * 1_000_001)


def test_a_text_that_would_say_something_else_is_never_given_out(monkeypatch):
    monkeypatch.setattr(canonical, "laid_out", lambda root, header: "remit: 2\n")
    with pytest.raises(AssertionError, match="something else"):
        format_definition("remit: 1\n")


def test_a_lost_comment_is_noticed(monkeypatch):
    monkeypatch.setattr(canonical, "laid_out", lambda root, header: "remit: 1\n")
    with pytest.raises(AssertionError):
        format_definition("remit: 1  # one\n")


def test_the_longest_key_can_still_be_read():
    key = "k" * 1200
    assert format_definition(f"? {key}\n: 1\n") == f"? {key}\n: 1\n"
