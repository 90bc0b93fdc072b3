"""What people type, as values of the language, or refused in plain words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.definition.schemas.fields import build_fields
from remit.interview import AnswerRefused, is_unknown
from remit.interview.answers import AnswerKind, as_name, understood, value_of


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
        (AnswerKind.COUNT, "about 1,850 a day", 1850),
        (AnswerKind.COUNT, "2.5", 2.5),
        (AnswerKind.COUNT, "0", 0),
        (AnswerKind.SHARE, "95 %", 0.95),
        (AnswerKind.SHARE, "19 of 20", 0.95),
        (AnswerKind.SHARE, "1 in 200", 0.005),
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
        (AnswerKind.COUNT, "many", "One number"),
        (AnswerKind.COUNT, "3 or 4", "One number"),
        (AnswerKind.COUNT, "-1", "below 0"),
        (AnswerKind.COUNT, "9" * 20, "million million"),
        (AnswerKind.SHARE, "100", "All of them can't be proved"),
        (AnswerKind.SHARE, "5 of 0", "so many of 0"),
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


@pytest.mark.parametrize(
    ("kind", "said", "value"),
    [
        (AnswerKind.SHARE, "0.5 of 100", 0.005),
        (AnswerKind.SHARE, "2.5 of 100", 0.025),
        (AnswerKind.SHARE, "1.5 out of 100", 0.015),
        (AnswerKind.SHARE, "97.5 of 100", 0.975),
        (AnswerKind.SHARE, "99.5 of 100", 0.995),
        (AnswerKind.SHARE, "99.995 %", 0.99995),
        (AnswerKind.SHARE, "0.5%", 0.005),
        (AnswerKind.SHARE, "about 4", 0.04),
        (AnswerKind.SHARE, "1", 0.01),
        (AnswerKind.SHARE, "1 in 100,000", 0.00001),
        (AnswerKind.SHARE, "1/25", 0.04),
        (AnswerKind.SHARE, "1 in 100000000000", 1e-11),
        (AnswerKind.MINUTES, "5", 5),
        (AnswerKind.MINUTES, "2.5 min", 2.5),
        (AnswerKind.MINUTES, "1 hour", 60),
        (AnswerKind.MINUTES, "an hour", 60),
        (AnswerKind.MINUTES, "1.5 h", 90),
        (AnswerKind.MINUTES, "30 seconds", 0.5),
        (AnswerKind.COUNT, "1 850 per day", 1850),
        (AnswerKind.COUNT, "0.125", 0.125),
        (AnswerKind.COST, "€ 9", 9),
        (AnswerKind.COST, "about 2,000,000.50 euros", 2000000.5),
    ],
)
def test_a_number_is_read_whole(kind, said, value):
    assert value_of(kind, said) == value


@pytest.mark.parametrize(
    ("kind", "said", "why"),
    [
        (AnswerKind.SHARE, "0,5 of 100", "write 0.5"),
        (AnswerKind.SHARE, "1,5", "write 1.5"),
        (AnswerKind.SHARE, "4 or 5 of 100", "One number of 100"),
        (AnswerKind.SHARE, "-3 of 100", "below 0"),
        (AnswerKind.SHARE, "0.5", "`0.5 of 100` or `50 of 100`"),
        (AnswerKind.SHARE, "100 %", "can't be proved"),
        (AnswerKind.SHARE, "101 of 100", "can't be proved"),
        (AnswerKind.SHARE, "99.99999999999999999999 %", "can't be proved"),
        (AnswerKind.SHARE, "1 in 10.000", "10000 or 10"),
        (AnswerKind.SHARE, "1.500 of 2000", "1500 or 1.5"),
        (AnswerKind.SHARE, "4 of 100 today", "One number of 100"),
        (AnswerKind.MINUTES, "2 days", "number of minutes"),
        (AnswerKind.MINUTES, "one", "number of minutes"),
        (AnswerKind.MINUTES, "5-10", "number of minutes"),
        *[
            (kind, said, "please")
            for kind in (AnswerKind.COUNT, AnswerKind.COST)
            for said in ("10k", "2 million", "50 cents", "2 hours", "[31m5", "3 or 4", "5 red")
        ],
        (AnswerKind.COUNT, "1.500", "1500 or 1.5"),
        (AnswerKind.COUNT, "1,5", "write 1.5"),
        (AnswerKind.COUNT, "1.500.000", "plain figures"),
        (AnswerKind.COUNT, "12 34", "plain figures"),
        (AnswerKind.COUNT, "٣", "One number"),
        (AnswerKind.COST, "9 a day", "One amount"),
    ],
)
def test_a_number_that_could_be_misread_is_refused(kind, said, why):
    with pytest.raises(AnswerRefused, match=why):
        value_of(kind, said)


@pytest.mark.parametrize(
    ("kind", "said", "read"),
    [
        (AnswerKind.SHARE, "0.5 of 100", "That is 0.5 %: 0.005."),
        (AnswerKind.SHARE, "1 in 100000000000", "That is 0.000000001 %: 0.00000000001."),
        (AnswerKind.MINUTES, "30 seconds", "That is 0.5 minutes."),
        (AnswerKind.MINUTES, "1", "That is 1 minute."),
        (AnswerKind.COUNT, "about 1,850", "That is 1850 a day."),
        (AnswerKind.COST, "10", "That is 10 in money."),
        (AnswerKind.DURATION, "one day", "That is 1d."),
        (AnswerKind.TEXT, "400", None),
    ],
)
def test_what_was_understood_is_read_back(kind, said, read):
    assert understood(kind, said) == read
