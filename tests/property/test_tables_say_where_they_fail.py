"""What the analysis of decision tables says is so, and what it does not say is not so, on random tables."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.definition.expressions import activation
from remit.definition.model import HitPolicy
from remit.definition.reading import read
from remit.definition.schemas import SchemaCheck, coercer, input_schema, output_schema
from remit.definition.tables import CompiledTable, analyse, answers_in_order
from remit.definition.tables.cells import parse_cell, written
from remit.definition.tables.columns import columns_of
from remit.definition.tables.pieces import Pieces

FIELDS = {
    "n": "number -1..4",
    "k": "integer 0..3",
    "t": "[a, b, c]",
    "d": "date",
    "w": "optional text <= 3",
    "y": "optional yes/no",
}
POINTS = {
    "n": [-1, -0.5, 0, 0.25, 1, 1.5, 2, 3.75, 4],
    "k": [0, 1, 2, 3],
    "t": ["a", "b", "c"],
    "d": ["2026-12-31", "2027-01-01", "2027-01-15", "2027-01-31", "2027-02-01"],
    "w": [None, "", "a", "ab", "b", "c", "zzz"],
    "y": [None, True, False],
}
NUMBERS = st.sampled_from(["-1", "0", "1", "1.5", "2", "3", "4", "9"])


def number_ranges():
    pair = st.tuples(NUMBERS, NUMBERS).map(lambda two: sorted(two, key=float))
    one = st.tuples(st.sampled_from("[("), pair, st.sampled_from("])")).map(
        lambda p: f"{p[0]}{p[1][0]}..{p[1][1]}{p[2]}"
    )
    compared = st.tuples(st.sampled_from(["<", "<=", ">", ">="]), NUMBERS).map(" ".join)
    return st.one_of(one, compared, NUMBERS)


def text_ranges(texts):
    ends = st.sampled_from([f'"{text}"' for text in texts])
    pair = st.tuples(ends, ends).map(sorted)
    one = st.tuples(st.sampled_from("[("), pair, st.sampled_from("])")).map(
        lambda p: f"{p[0]}{p[1][0]}..{p[1][1]}{p[2]}"
    )
    compared = st.tuples(st.sampled_from(["<", "<=", ">", ">="]), ends).map(" ".join)
    return st.one_of(one, compared, ends)


def cells(single):
    several = st.lists(single, min_size=1, max_size=2).map(", ".join)
    return st.one_of(st.just("-"), st.just("-"), several, several.map(lambda text: f"not({text})"))


CELLS = {
    "n": cells(number_ranges()),
    "k": cells(number_ranges()),
    "t": cells(st.sampled_from(['"a"', '"b"', '"c"', '"d"'])),
    "d": cells(text_ranges(["2027-01-01", "2027-01-31"])),
    "w": cells(text_ranges(["a", "b"])),
    "y": cells(st.sampled_from(["true", "false"])),
}


@st.composite
def works(draw, policies=tuple(HitPolicy)):
    names = draw(st.lists(st.sampled_from(list(FIELDS)), min_size=1, max_size=3, unique=True))
    rules = draw(
        st.lists(st.tuples(*(CELLS[name] for name in names), st.sampled_from(["low", "high"])), min_size=1, max_size=6)
    )
    policy = draw(st.sampled_from(policies))
    many = policy in (HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER)
    table = {
        "hit_policy": policy.value,
        "in": [f"input.{name}" for name in names],
        "out": ["level"],
        "rules": [list(rule) for rule in rules],
    }
    answers = "list of [high, low]" if many else ["high", "low"]
    return read(
        {
            "remit": 1,
            "id": "random",
            "inputs": {"fields": {name: FIELDS[name] for name in names}},
            "outputs": {"fields": {"level": answers}},
            "decisions": [{"id": "level", "table": table}],
        }
    )


def compiled_of(definition):
    table = definition.decisions[0].table
    return CompiledTable(table, order=answers_in_order(table, output_schema(definition)))


def matching(definition, example):
    values = coercer(input_schema(definition))(example)
    return compiled_of(definition).matching(activation(input=values))


def points(definition):
    names = list(definition.inputs.fields)
    for values in itertools.product(*(POINTS[name] for name in names)):
        yield {name: value for name, value in zip(names, values, strict=True) if value is not None}


@settings(deadline=None, max_examples=200)
@given(works())
def test_every_example_is_an_item_that_shows_what_is_said_of_it(definition):
    found = analyse(definition.decisions[0].table, definition)
    check = SchemaCheck(input_schema(definition))
    for one in (*found.gaps, *found.overlaps):
        assert one.certain
        assert check.is_valid(one.example), check.faults(one.example)
    assert [gap.example for gap in found.gaps if matching(definition, gap.example) != ()] == []
    for overlap in found.overlaps:
        assert {overlap.first, overlap.second} <= set(matching(definition, overlap.example))
        answers = [definition.decisions[0].table.rules[rule - 1][-1] for rule in (overlap.first, overlap.second)]
        assert overlap.same_answer == (answers[0] == answers[1])


@settings(deadline=None, max_examples=200)
@given(works())
def test_an_item_that_no_rule_matches_means_that_a_gap_is_told(definition):
    found = analyse(definition.decisions[0].table, definition)
    assert found.unknown == ()
    open_ = [example for example in points(definition) if matching(definition, example) == ()]
    assert not open_ or found.gaps


@settings(deadline=None, max_examples=200)
@given(works(policies=(HitPolicy.UNIQUE, HitPolicy.ANY)))
def test_an_item_that_two_rules_match_means_that_their_overlap_is_told(definition):
    table = definition.decisions[0].table
    found = analyse(table, definition)
    told = {(one.first, one.second) for one in found.overlaps}
    for example in points(definition):
        for pair in itertools.combinations(matching(definition, example), 2):
            differ = table.rules[pair[0] - 1][-1] != table.rules[pair[1] - 1][-1]
            if table.hit_policy is HitPolicy.UNIQUE or differ:
                assert pair in told or found.n_overlaps > len(told)


@settings(deadline=None, max_examples=200)
@given(works(policies=(HitPolicy.FIRST, HitPolicy.PRIORITY)))
def test_a_rule_that_decides_an_item_is_never_called_unreachable(definition):
    table = definition.decisions[0].table
    never = {one.rule for one in analyse(table, definition).unreachable}
    compiled = compiled_of(definition)
    coerce = coercer(input_schema(definition))
    for example in points(definition):
        answer = compiled.decide(activation(input=coerce(example)))
        assert not never & set(answer.rules)


@settings(deadline=None, max_examples=200)
@given(works())
def test_a_cell_passes_a_piece_just_where_it_passes_its_example(definition):
    table = definition.decisions[0].table
    compiled = compiled_of(definition)
    for number, column in enumerate(columns_of(table, definition)):
        tests = [rule.tests[number] for rule in compiled.rules]
        cut = Pieces(column.domain, tests)
        for test in tests:
            passed = {at for one in cut.slices(test) for at in range(one.start, one.end)}
            assert passed == {at for at, piece in enumerate(cut.pieces) if test.holds(piece.example)}


@pytest.mark.parametrize("name", list(CELLS))
def test_a_cell_is_written_as_it_was_read(name):
    @settings(deadline=None, max_examples=60)
    @given(CELLS[name])
    def check(cell):
        test = parse_cell(cell)
        assert parse_cell(written(test)) == test

    check()
