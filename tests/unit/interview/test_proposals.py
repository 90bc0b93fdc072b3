"""What past items propose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.definition.schemas.fields import build_fields
from remit.interview import Column, proposed_fields


def column(name, cells):
    made = Column(name=name)
    for cell in cells:
        made.take(cell)
    return made


def field(cells, **options):
    proposal = proposed_fields([column("a", cells)], **options)
    return {**proposal.inputs, **proposal.outputs}["a"]


@pytest.mark.parametrize(
    ("cells", "proposed"),
    [
        (["1", "47"], "integer 0..50"),
        (["-1", "47"], "integer"),
        (["1.5", "3"], "number 0..5"),
        (["007", "008"], "text <= 20"),
        (["2027-01-31", "2026-02-01"], "date"),
        (["2027-01-31T10:00:00Z"], "datetime"),
        (["2027-01-31T10:00:00"], "text <= 20"),
        (["yes", "No"], "yes/no"),
        (["x" * 21], "text <= 50"),
        (["b", "a"] * 5, ["a", "b"]),
        (["a", "b", "c"], "text <= 20"),
        (["1", ""], "optional integer 0..1"),
        ([*["b", "a"] * 5, " "], {"optional": ["a", "b"]}),
    ],
)
def test_a_column_proposes_type_bound_and_values(cells, proposed):
    assert field(cells) == proposed


def test_the_answer_is_a_list_of_values_where_there_are_few():
    assert field(["1", "2"] * 5, answer="a") == ["1", "2"]
    assert field(["x", "y"], answer="a") == ["x", "y"]


def test_columns_of_a_case_file_keep_their_side_and_odd_ones_are_left_out():
    columns = [column(name, ["x"]) for name in ("input.Days Late", "expected.desk", "", "день", "days_late")]
    proposal = proposed_fields([*columns, column("empty", [""])])
    assert (list(proposal.inputs), list(proposal.outputs)) == (["days_late"], ["desk"])
    assert proposal.left_out == ("", "день", "days_late", "empty")
    assert proposal.notes["days_late"] == "1 different in 1"


@given(st.lists(st.text(max_size=30) | st.integers().map(str) | st.floats(allow_nan=False).map(str), max_size=30))
def test_whatever_a_column_holds_the_proposal_is_a_field(cells):
    proposal = proposed_fields([column("a", cells)], answer="b")
    assert not proposal.inputs or build_fields(dict(proposal.inputs)).flaws == ()


def test_long_texts_are_never_cut_into_a_list():
    assert field(["x" * 201, "y"] * 5) == "text <= 500"


def test_a_column_of_many_values_stays_small():
    assert len(column("a", map(str, range(1000))).values) <= 21
