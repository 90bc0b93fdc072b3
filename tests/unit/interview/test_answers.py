"""What people type, as values of the language, or refused in plain words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.definition.schemas.fields import build_fields
from remit.interview import AnswerRefused, is_unknown
from remit.interview.answers import AnswerKind, as_name, value_of


@pytest.mark.parametrize(
    "said", ["don't know", "I don’t know yet", "dk", "unknown", "no idea.", "?? ".strip(), "Not sure"]
)
def test_not_knowing_can_be_said_in_many_ways(said):
    assert is_unknown(said)


@pytest.mark.parametrize("said", ["", "unknown customers", "I know", "no"])
def test_an_answer_is_not_taken_for_not_knowing(said):
    assert not is_unknown(said)


@pytest.mark.parametrize(
    ("kind", "said", "value"),
    [
        (AnswerKind.TEXT, "  a   b ", "a b"),
        (AnswerKind.TEXTS, "a, b; c, d;", ["a, b", "c, d"]),
        (AnswerKind.TEXTS, "a, b, a", ["a", "b"]),
        (AnswerKind.ROLE, "Head of Claims, c@x.example", {"role": "Head of Claims", "contact": "c@x.example"}),
        (AnswerKind.ROLE, "Head of Claims <c@x.example>", {"role": "Head of Claims", "contact": "c@x.example"}),
        (AnswerKind.ROLE, "Head of Claims, don't know", {"role": "Head of Claims"}),
        (AnswerKind.NUMBER, "about 1,850 a day", 1850),
        (AnswerKind.NUMBER, "2.5", 2.5),
        (AnswerKind.NUMBER, "0", 0),
        (AnswerKind.SHARE, "95 %", 0.95),
        (AnswerKind.SHARE, "19 of 20", 0.95),
        (AnswerKind.SHARE, "1 in 200", 0.005),
        (AnswerKind.SHARE, "0.95", 0.95),
        (AnswerKind.SHARE, "0", 0.0),
        (AnswerKind.DURATION, "4 hours", "4h"),
        (AnswerKind.DURATION, "within 30 minutes", "30m"),
        (AnswerKind.DURATION, "one day", "1d"),
        (AnswerKind.DURATION, "90m", "90m"),
        (AnswerKind.OUTPUT, "Desk: late, loss or damage.", {"desk": ["late", "loss", "damage"]}),
        (AnswerKind.OUTPUT, "refund: money", {"refund": "number >= 0"}),
        (AnswerKind.OUTPUT, "score: integer 0..100", {"score": "integer 0..100"}),
        (AnswerKind.YES, "Yes.", True),
        (AnswerKind.YES, "not yet", False),
        (
            AnswerKind.FIELDS,
            "Days late: whole number, damaged: yes/no, size: small/large, note, kind: [a, b]; n: integer 0..9",
            {
                "days_late": "integer",
                "damaged": "yes/no",
                "size": ["small", "large"],
                "note": "text <= 2000",
                "kind": ["a", "b"],
                "n": "integer 0..9",
            },
        ),
    ],
)
def test_an_answer_is_read_as_it_is_meant(kind, said, value):
    assert value_of(kind, said) == value


@pytest.mark.parametrize(
    ("kind", "said", "why"),
    [
        (AnswerKind.TEXT, "...", "no word"),
        (AnswerKind.TEXT, "x" * 2001, "2,001 characters"),
        (AnswerKind.ROLE, "Head of Claims and Head of IT", "more than one role"),
        (AnswerKind.ROLE, "Head of Claims, somewhere", "no address"),
        (AnswerKind.ROLE, "Head of Claims", "how are they reached"),
        (AnswerKind.NUMBER, "many", "One number"),
        (AnswerKind.NUMBER, "3 or 4", "One number"),
        (AnswerKind.NUMBER, "-1", "below 0"),
        (AnswerKind.NUMBER, "9" * 20, "million million"),
        (AnswerKind.SHARE, "100", "All of them can't be proved"),
        (AnswerKind.SHARE, "5 of 0", "One number"),
        (AnswerKind.DURATION, "soon", "A time"),
        (AnswerKind.DURATION, "4 parsecs", "A time"),
        (AnswerKind.OUTPUT, "desk", "a colon"),
        (AnswerKind.OUTPUT, "desk: text", "Two different answers"),
        (AnswerKind.OUTPUT, "desk: late", "Two different answers"),
        (AnswerKind.OUTPUT, "desk: late, late", "Two different answers"),
        (AnswerKind.FIELDS, "день", "letters a to z"),
        (AnswerKind.FIELDS, "a, A", "there twice"),
        (AnswerKind.FIELDS, "a: banana", "I can't read `banana`"),
        (AnswerKind.YES, "maybe", "Yes or no"),
    ],
)
def test_nonsense_is_refused_with_what_would_do(kind, said, why):
    with pytest.raises(AnswerRefused, match=why):
        value_of(kind, said)


@given(st.sampled_from(AnswerKind), st.text(max_size=80) | st.text(alphabet="0123456789 :,;/[]{}%of.in-", max_size=40))
def test_any_answer_is_read_or_refused(kind, said):
    try:
        value = value_of(kind, said)
    except AnswerRefused:
        return
    if kind in (AnswerKind.FIELDS, AnswerKind.OUTPUT):
        assert build_fields(value).flaws == ()


@given(st.text(max_size=200))
def test_a_name_can_be_said_by_expressions(text):
    name = as_name(text)
    assert name == "" or build_fields({name: "date"}).flaws == ()
