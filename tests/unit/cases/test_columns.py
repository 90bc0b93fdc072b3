"""Every column is known for what it is; what is missing or misspelt is said once, with the mend."""

import pytest

from remit.cases.columns import Columns, Part

USUAL = ["case", "input.subject", "expected.team"]


@pytest.fixture
def header(work):
    def make(names, **more):
        return Columns(work(**more), file="cases.csv").header(names, line=1)

    return make


def messages(header):
    return [problem.message for problem in header.problems]


def test_each_column_is_what_its_name_says(header):
    names = [*USUAL, "input.amount", "expected.note", "tags", "labelled_by", "split", "region", "cluster"]
    found = header(names)
    assert found.problems == ()
    assert [(one.part, one.name) for one in found.columns] == [
        (Part.CASE, "case"),
        (Part.INPUT, "subject"),
        (Part.EXPECTED, "team"),
        (Part.INPUT, "amount"),
        (Part.EXPECTED, "note"),
        (Part.TAGS, "tags"),
        (Part.LABELLED_BY, "labelled_by"),
        (Part.SPLIT, "split"),
        (Part.SLICE, "region"),
        (Part.SLICE, "cluster"),
    ]


@pytest.mark.parametrize("missing", USUAL)
def test_a_column_that_every_case_needs_is_missed(header, missing):
    found = header([name for name in USUAL if name != missing])
    assert messages(found) == [f"column `{missing}` is missing"]
    assert (found.problems[0].where.file, found.problems[0].where.line) == ("cases.csv", 1)


@pytest.mark.parametrize("when_missing", [{"subject": "review"}, {"*": "reject"}, {"subject": {"use": ""}}])
def test_an_input_that_may_be_missing_needs_no_column(header, when_missing):
    assert messages(header(["case", "expected.team"], inputs={"when_missing": when_missing})) == []


def test_other_output_fields_than_decisions_need_no_column(header):
    assert messages(header(USUAL)) == []


def test_without_decisions_every_required_output_needs_one(header):
    assert messages(header(USUAL, decisions=[])) == ["column `expected.note` is missing"]


@pytest.mark.parametrize(
    ("name", "mend"),
    [
        ("input.amuont", "did you mean `input.amount`?"),
        ("expected.nots", "did you mean `expected.note`?"),
        ("inputs.amount", "did you mean `input.amount`?"),
        ("output.team", None),
        ("input", None),
        ("expected", None),
        ("other.thing", None),
    ],
)
def test_a_column_that_is_no_field_is_refused(header, name, mend):
    (problem,) = header([*USUAL, name]).problems
    assert problem.message == f"column `{name}` is no field of the definition"
    assert problem.where.path == name
    if mend:
        assert problem.mend == mend


def test_a_misspelt_required_column_is_said_with_its_likely_name(header):
    found = header(["case", "input.subjekt", "expected.team"])
    assert messages(found) == [
        "column `input.subject` is missing",
        "column `input.subjekt` is no field of the definition",
    ]
    assert found.problems[0].mend == "rename `input.subjekt`"


@pytest.mark.parametrize(("name", "meant"), [("tag", "tags"), ("labeled_by", "labelled_by"), ("splits", "split")])
def test_a_column_that_is_probably_one_of_ours_is_asked_about(header, name, meant):
    assert messages(header([*USUAL, name])) == [f"column `{name}` is probably `{meant}`"]
    assert messages(header([*USUAL, name, meant])) == []
    assert messages(header([*USUAL, name], quality={"slices": [name]})) == []


def test_a_slice_that_is_neither_input_nor_column_is_missed(header):
    slices = {"slices": ["region", "subject", "age_band"]}
    assert messages(header([*USUAL, "region"], quality=slices)) == ["column `age_band` is missing"]


def test_a_column_twice_without_a_name_or_too_many_are_refused(header):
    assert messages(header([*USUAL, "region", "region"])) == ["column `region` is there twice"]
    assert "a column has no name" in messages(header([*USUAL, ""]))
    assert "the file has too many columns" in messages(header([*USUAL, *(f"c{n}" for n in range(2000))]))


def test_all_problems_come_at_once(header):
    assert len(header(["input.x", "expected.y", "region", "region"]).problems) == 6


def test_a_schema_that_allows_more_fields_takes_them(header):
    schema = {
        "type": "object",
        "properties": {"subject": {"type": "string"}},
        "required": ["subject"],
        "additionalProperties": True,
    }
    assert messages(header([*USUAL, "input.more"], inputs={"fields": None, "schema": schema})) == []
