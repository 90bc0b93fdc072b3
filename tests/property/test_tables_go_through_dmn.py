"""A table that is written as DMN and read again is the same table."""

from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from remit.definition.model import Aggregation, HitPolicy
from remit.definition.reading import read
from remit.definition.tables.cells import (
    AnyOf,
    Anything,
    Interval,
    Negated,
    OneOf,
    parse_cell,
    parse_output,
    written,
    written_output,
)
from remit.definition.tables.hits import LISTS
from remit.errors import TableInvalid
from remit.interchange import read_dmn, write_dmn
from remit.interchange.feel import FeelFault, read_literal, read_test

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=12).filter(
    lambda text: not ('"' in text and "'" in text)
)
ANSWERS = TEXTS.filter(lambda text: text.strip() == text and text not in ("", "-"))
NUMBERS = st.one_of(st.integers(-(10**9), 10**9), st.floats(-1e9, 1e9, allow_nan=False))
DAYS = st.dates().map(lambda day: day.isoformat())
VALUES = {"text": TEXTS, "number": NUMBERS, "day": DAYS, "flag": st.booleans()}


def intervals(values):
    def made(draw_low, draw_high, low_in, high_in):
        low, high = draw_low, draw_high
        if low is not None and high is not None and low > high:
            low, high = high, low
        return Interval(low=low, high=high, low_in=low_in or low is None, high_in=high_in or high is None)

    ends = st.one_of(st.none(), values)
    return st.builds(made, ends, ends, st.booleans(), st.booleans()).filter(
        lambda one: one.low is not None or one.high is not None
    )


def cell_tests(kind):
    listed = st.lists(VALUES[kind], min_size=1, max_size=3).map(lambda values: (OneOf(values=tuple(values)),))
    ranges = st.lists(intervals(VALUES[kind]), max_size=2).map(tuple) if kind != "flag" else st.just(())
    parts = st.one_of(listed, st.tuples(listed, ranges).map(lambda two: two[0] + two[1]))
    if kind != "flag":
        parts = st.one_of(parts, st.lists(intervals(VALUES[kind]), min_size=1, max_size=2).map(tuple))
    positive = parts.map(lambda tests: tests[0] if len(tests) == 1 else AnyOf(tests=tests))
    return st.one_of(st.just(Anything()), positive, parts.map(lambda tests: Negated(tests=tests)))


FIELDS = {"text": "text <= 200", "number": "number", "day": "date", "flag": "yes/no"}


@st.composite
def works(draw):
    kinds = draw(st.lists(st.sampled_from(list(FIELDS)), min_size=1, max_size=3, unique=True))
    policy = draw(st.sampled_from(list(HitPolicy)))
    aggregation = draw(st.sampled_from([None, *Aggregation])) if policy is HitPolicy.COLLECT else None
    if aggregation is None:
        answers = draw(st.lists(ANSWERS, min_size=1, max_size=3, unique=True))
        choice = st.sampled_from(answers).map(written_output)
        quoted = ('"' + one.replace("\\", "\\\\").replace('"', '\\"') + '"' for one in answers)
        listed = f"[{', '.join(quoted)}]"
        field = f"list of {listed}" if policy in LISTS else answers
    else:
        choice, field = NUMBERS, "number"
    rules = draw(
        st.lists(st.tuples(*(cell_tests(kind).map(written) for kind in kinds), choice), min_size=1, max_size=5)
    )
    table = {"hit_policy": policy.value, "in": [f"input.{kind}" for kind in kinds], "out": ["answer"]}
    if aggregation is not None:
        table["aggregation"] = aggregation.value
    return read(
        {
            "remit": 1,
            "id": "random",
            "inputs": {"fields": {kind: FIELDS[kind] for kind in kinds}},
            "outputs": {"fields": {"answer": field}},
            "decisions": [{"id": "answer", "table": {**table, "rules": [list(rule) for rule in rules]}}],
        }
    )


def meaning(table):
    n_in = len(table.in_)
    tests = [[parse_cell(cell) for cell in row[:n_in]] for row in table.rules]
    answers = [[parse_output(cell) for cell in row[n_in:]] for row in table.rules]
    types = [[type(answer) for answer in row] for row in answers]
    return table.hit_policy, table.aggregation, table.in_, table.out, tests, answers, types


@settings(deadline=None, max_examples=300)
@given(works())
def test_a_table_comes_back_from_dmn_as_it_went(definition):
    text = write_dmn(definition)
    ET.fromstring(text)
    again = read(read_dmn(text.encode("utf-8"), file="random.dmn", id_="random").definition)
    assert meaning(again.decisions[0].table) == meaning(definition.decisions[0].table)
    assert again.inputs.fields == definition.inputs.fields
    if definition.decisions[0].table.aggregation is not Aggregation.COUNT:
        assert again.outputs == definition.outputs
    assert write_dmn(again).replace('name="answer" namespace', 'name="random" namespace') == text


FILE = (Path(__file__).resolve().parents[1] / "data" / "dmn" / "parcel-desk.dmn").read_bytes()
PARTS = st.one_of(
    st.binary(max_size=6),
    st.sampled_from(
        [b"<", b">", b'"', b"<context/>", b"[1..", b"not(", b"date(", b"null", b"\x00", b"-", b"1e999", b"..]"]
    ),
)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(st.integers(0, len(FILE)), st.integers(0, 30), PARTS), min_size=1, max_size=4))
def test_a_damaged_file_is_read_or_refused(damage):
    data = FILE
    for at, n_lost, put in damage:
        data = data[:at] + put + data[at + n_lost :]
    with suppress(TableInvalid):
        read(read_dmn(data, file="damaged.dmn").definition)


@settings(deadline=None, max_examples=500)
@given(st.text(st.sampled_from('"\\[]()<>=-.,1e9atnodu u{}?'), max_size=16))
def test_any_feel_is_a_cell_or_refused(text):
    for reading in (read_test, read_literal):
        with suppress(FeelFault):
            reading(text)
