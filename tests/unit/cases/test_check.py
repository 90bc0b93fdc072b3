"""A row becomes a case with the types of the schemas, or everything that is wrong with it."""

import pytest

from remit.cases.case import Case, CaseUse
from remit.cases.check import CaseCheck, Cells


@pytest.fixture
def check(work):
    def make(**more):
        return CaseCheck(work(**more), file="cases.csv")

    return make


@pytest.fixture
def row(check):
    """Checks one CSV row given as column = cell."""

    def make(more=None, **cells):
        cells = {"case": "c1", "input.subject": "hello", "expected.team": "orders", **_dotted(cells)}
        made = check(**(more or {}))
        header = made.columns.header(list(cells))
        assert header.problems == ()
        return Cells(made, header.columns).case(list(cells.values()), 7)

    return make


def _dotted(cells):
    return {name.replace("__", "."): cell for name, cell in cells.items()}


def messages(found):
    assert not isinstance(found, Case), found
    assert {(one.where.file, one.where.line) for one in found} == {("cases.csv", 7)}
    return [one.message for one in found]


def test_a_row_becomes_a_case(row):
    found = row(
        input__amount="12",
        input__n="3.0",
        input__vip="yes",
        input__at="2027-06-30T14:05:00Z",
        input__lines='[{"text": "a", "price": 2}]',
        expected__note="fine",
        tags="two; empty two",
        labelled_by="senior clerk; team lead",
        split="prove",
        region="north",
    )
    assert found == Case(
        id="c1",
        input={
            "subject": "hello",
            "amount": 12.0,
            "n": 3,
            "vip": True,
            "at": "2027-06-30T14:05:00Z",
            "lines": [{"text": "a", "price": 2.0}],
        },
        expected={"team": "orders", "note": "fine"},
        tags=("two", "empty"),
        labelled_by=("senior clerk", "team lead"),
        slices={"region": "north"},
        use=CaseUse.PROVE,
        row=7,
    )
    assert type(found.input["lines"][0]["price"]) is float


def test_a_control_character_in_the_name_of_a_case_is_said_by_its_number(row):
    (problem,) = row(case="Straße\x1b[2J")
    assert problem.found == "U+001B as character 7 of the name"
    assert problem.where.line == 7


def test_empty_cells_are_absent(row):
    found = row(input__amount="", tags="", labelled_by="", split="", region="", expected__note="")
    assert found == Case(id="c1", input={"subject": "hello"}, expected={"team": "orders"}, row=7)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"case": ""}, "the row names no case"),
        ({"case": "x" * 201}, "the name of the case can't be used"),
        ({"case": "a\nb"}, "the name of the case in row 7 holds a control character"),
        ({"split": "test"}, "`split` is `test`"),
        ({"split": "Tune"}, "`split` is `Tune`"),
        ({"input.subject": ""}, "`input.subject` is missing"),
        ({"expected.team": ""}, "`expected.team` is missing"),
        ({"input.subject": "x" * 21}, "`input.subject`: `subject` must be text of at most 20 characters"),
        ({"input.amount": "-1"}, "`input.amount`: `amount` must be a number of at least 0"),
        ({"input.amount": "x"}, "`input.amount` is no number"),
        ({"input.at": "yesterday"}, "`input.at`: `at` must be a time with its offset (`2027-06-30T14:05:00Z`)"),
        ({"input.lines": '[{"text": "a"}]'}, "`input.lines[0].price`: `price` is missing"),
        ({"input.lines": '[{"text": "a", "price": 1, "x": 1}]'}, "`input.lines[0].x`: unknown field `x`"),
        ({"expected.team": "order"}, "`expected.team` is none of the allowed answers"),
        ({"expected.note": "x" * 10}, "`expected.note`: `note` must be text of at most 9 characters"),
    ],
)
def test_a_fault_is_said_with_its_row_and_column(row, cells, message):
    assert messages(row(**cells)) == [message]


def test_the_column_of_a_fault_is_where_it_points(row):
    (problem,) = row(**{"input.amount": "x"})
    assert problem.where.path == "input.amount"


def test_every_fault_of_a_row_is_said(row):
    found = row(**{"input.amount": "-1", "input.n": "3", "expected.note": "x" * 10, "split": "x", "case": ""})
    assert len(messages(found)) == 4
    assert len(messages(row(**{"input.amount": "x", "input.n": "y", "expected.team": "z"}))) == 3


@pytest.mark.parametrize("when_missing", [{"subject": "review"}, {"*": "reject"}, {"subject": {"use": "?"}}])
def test_an_input_that_may_be_missing_stays_missing_and_is_never_guessed(row, when_missing):
    found = row({"inputs": {"when_missing": when_missing}}, **{"input.subject": ""})
    assert found.input == {}


def test_an_absent_input_does_not_hide_a_wrong_one(row):
    found = row({"inputs": {"when_missing": {"*": "review"}}}, **{"input.subject": "", "input.amount": "-1"})
    assert messages(found) == ["`input.amount`: `amount` must be a number of at least 0"]


class TestValuesWithTypes:
    @pytest.fixture
    def values(self, check):
        def make(values, **more):
            return check(**more).from_values(values, 7)

        return make

    USUAL = ("case", "c1"), ("input", {"subject": "hello"}), ("expected", {"team": "orders"})

    def test_nested_and_flat_say_the_same(self, values):
        nested = values({**dict(self.USUAL), "input": {"subject": "hello", "amount": 2}, "tags": ["a", "b"]})
        flat = values(
            {"case": "c1", "input.subject": "hello", "input.amount": 2.0, "expected.team": "orders", "tags": "a b"}
        )
        assert nested == flat
        assert isinstance(nested, Case)
        assert type(nested.input["amount"]) is float

    def test_null_is_absent(self, values):
        given = {"subject": "hello", "amount": None}
        found = values({**dict(self.USUAL), "input": given, "tags": None, "region": None, "split": None})
        assert found.input == {"subject": "hello"}
        assert found.slices == {}

    def test_null_stays_where_the_answer_may_be_null(self, values):
        outputs = {"schema": {"type": "object", "properties": {"team": {"type": ["string", "null"]}}}}
        found = values({**dict(self.USUAL), "expected": {"team": None}}, outputs=outputs)
        assert found.expected == {"team": None}

    def test_a_slice_is_kept_as_text(self, values):
        found = values({**dict(self.USUAL), "age": 40, "score": 1.0, "vip": True, "region": "north"})
        assert found.slices == {"age": "40", "score": "1", "vip": "true", "region": "north"}

    def test_a_wrong_column_does_not_hide_a_wrong_value(self, values):
        found = values({**dict(self.USUAL), "case": None, "input.amuont": 1})
        assert messages(found) == ["column `input.amuont` is no field of the definition", "the row names no case"]

    def test_a_number_may_name_a_case(self, values):
        assert values({**dict(self.USUAL), "case": 17}).id == "17"

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"case": None}, "the row names no case"),
            ({"case": 1.5}, "the name of the case can't be used"),
            ({"case": True}, "the name of the case can't be used"),
            ({"split": 1}, "`split` is `1`"),
            ({"tags": 3}, "`tags` is no text"),
            ({"tags": [1]}, "`tags` is no text"),
            ({"labelled_by": {"a": 1}}, "`labelled_by` is no text"),
            ({"region": ["a"]}, "`region` is no single value"),
            ({"input.amuont": 1}, "column `input.amuont` is no field of the definition"),
            ({"input": {"subject": "x", "amuont": 1}}, "`input.amuont`: unknown field `amuont`"),
            ({"input": {"subject": 5}}, "`input.subject`: `subject` must be text"),
            ({"input": {"subject": "x", "vip": "yes"}}, "`input.vip`: `vip` must be `true` or `false`"),
            ({"input": "hello"}, "column `input` is no field of the definition"),
            ({"expected": {}}, "`expected.team` is missing"),
            ({"expected": None}, "`expected.team` is missing"),
        ],
    )
    def test_a_fault_is_said_with_its_row(self, values, change, message):
        assert message in messages(values({**dict(self.USUAL), **change}))


def test_a_second_answer_is_read_like_the_first(row, check):
    found = row(second__team="fraud", second__note="odd")
    assert (found.expected, found.second) == ({"team": "orders"}, {"team": "fraud", "note": "odd"})
    assert row(second__team="").second == {}
    values = {"case": "c1", "input": {"subject": "hi"}, "expected": {"team": "orders"}}
    for second in ({"second": {"team": "fraud"}}, {"second.team": "fraud"}):
        assert check().from_values({**values, **second}, 7).second == {"team": "fraud"}
    assert check().from_values({**values, "second": None}, 7).second == {}


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"second.team": "order"}, "`second.team` is none of the allowed answers"),
        (
            {"second.team": "fraud", "second.note": "x" * 10},
            "`second.note`: `note` must be text of at most 9 characters",
        ),
        ({"second.team": "", "second.note": "odd"}, "`second.team` is missing"),
    ],
)
def test_a_fault_in_a_second_answer_is_said(row, cells, message):
    assert messages(row(**cells)) == [message]


def test_a_second_answer_without_its_decision_is_a_problem_of_the_columns(check):
    names = ["case", "input.subject", "expected.team", "second.note"]
    (problem,) = check().columns.header(names).problems
    assert problem.message == "column `second.team` is missing"
    (unknown,) = check().columns.header([*names[:3], "second.team", "second.tem"]).problems
    assert (unknown.message, unknown.where.path) == (
        "column `second.tem` is no field of the definition",
        "second.tem",
    )
