"""JSONL and Parquet say the same as CSV, and what is wrong with them has a row too."""

import json
import sys
from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest

from remit.cases.case import Case
from remit.cases.coverage import cover
from remit.errors import CasesInvalid, FileUnreadable, InvalidInput
from remit.files.case_file import stream_cases

CSV = (
    "case,input.subject,input.amount,input.vip,input.lines,expected.team,tags,labelled_by,split,region,second.team\n"
    'c1,hello,12,yes,"[1, 2.5]",orders,two late,ann,prove,north,fraud\n'
    "c2,é,,,,fraud,,bob; eve,tune,,\n"
    "3,third,-0.5,no,[],fraud,two,,,south,fraud\n"
)
ROWS = [
    {
        "case": "c1",
        "input": {"subject": "hello", "amount": 12, "vip": True, "lines": [1, 2.5]},
        "expected": {"team": "orders"},
        "second": {"team": "fraud"},
        "tags": ["two", "late"],
        "labelled_by": ["ann"],
        "split": "prove",
        "region": "north",
    },
    {
        "case": "c2",
        "input": {"subject": "é", "amount": None, "vip": None, "lines": None},
        "expected": {"team": "fraud"},
        "labelled_by": "bob; eve",
        "split": "tune",
    },
    {
        "case": 3,
        "input": {"subject": "third", "amount": -0.5, "vip": False, "lines": []},
        "expected": {"team": "fraud"},
        "second": {"team": "fraud"},
        "tags": "two",
        "region": "south",
    },
]
TEXTS = [
    {"case": "c1", "tags": "two late", "labelled_by": "ann"},
    {"case": "c2", "tags": None, "labelled_by": "bob; eve"},
    {"case": "3", "tags": "two", "labelled_by": None},
]
FLAT = [
    {
        **{f"input.{name}": value for name, value in row["input"].items()},
        **{f"expected.{name}": value for name, value in row["expected"].items()},
        "second.team": row.get("second", {}).get("team"),
        "split": row.get("split"),
        "region": row.get("region"),
        **texts,
    }
    for row, texts in zip(ROWS, TEXTS, strict=True)
]


def lines(rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.fixture
def parquet(tmp_path):
    def make(rows, **more):
        path = tmp_path / "cases.parquet"
        frame = rows if isinstance(rows, pl.DataFrame) else pl.DataFrame(rows, strict=False, **more)
        frame.write_parquet(path)
        return path

    return make


@pytest.fixture
def without_rows(work):
    """The cases of a file without their row numbers, and its digests."""

    def make(path):
        definition = work()
        cases = list(stream_cases(path, definition=definition))
        found = cover(iter(cases), definition=definition)
        assert all(isinstance(one, Case) for one in cases), cases
        fields = ("id", "input", "expected", "tags", "labelled_by", "slices", "second", "use")
        return [{name: getattr(one, name) for name in fields} for one in cases], found.tune, found.prove

    return make


def test_csv_jsonl_and_parquet_hold_the_same_cases_with_the_same_digest(without_rows, write, parquet):
    expected = without_rows(write(CSV))
    assert expected[0][0]["input"] == {"subject": "hello", "amount": 12.0, "vip": True, "lines": [1.0, 2.5]}
    assert without_rows(write(lines(ROWS), "cases.jsonl")) == expected
    assert without_rows(write(lines(FLAT), "cases.jsonl")) == expected
    assert without_rows(parquet(FLAT)) == expected
    nested = [{**row, **texts} for row, texts in zip(ROWS, TEXTS, strict=True)]
    assert without_rows(parquet(nested)) == expected
    types = [type(value) for case in expected[0] for value in case["input"].values()]
    assert int not in types


class TestJsonl:
    USUAL = '{"case": "c1", "input": {"subject": "x"}, "expected": {"team": "orders"}}'

    @pytest.mark.parametrize(
        ("line", "message"),
        [
            ("{", "the line is no JSON: Expecting property name enclosed in double quotes at character 2"),
            ("[1]", "the line is no object"),
            ('"x"', "the line is no object"),
            ('{"case": "\\ud83d"}', "the line is no JSON that can be used: U+D83D is half a character"),
            ('{"case": NaN}', "the line is no JSON that can be used: NaN is no JSON number"),
            ('{"case": 1, "case": 2}', "the line is no JSON that can be used: `case` is there twice"),
            ("[" * 100_000, "the line is no JSON that can be used: it is nested too deep"),
            (
                '{"case": ' + "9" * 5000 + "}",
                "the line is no JSON that can be used: a number of more than 4,300 digits",
            ),
            ('{"case": "c9"}', "`input.subject` is missing"),
            (USUAL.replace("orders", "nobody"), "`expected.team`: `team` must be `orders` or `fraud`"),
        ],
        ids=range(10),
    )
    def test_a_wrong_line_is_said_and_the_next_one_read(self, streamed, line, message):
        found = streamed(f"{line}\n\n{self.USUAL}\n", "cases.jsonl")
        assert (found[0].where.line, found[0].message[: len(message)]) == (1, message)
        assert (found[-1].id, found[-1].row) == ("c1", 3)

    def test_a_byte_order_mark_plays_no_part(self, streamed):
        assert streamed(b"\xef\xbb\xbf" + self.USUAL.encode(), "cases.jsonl")[0].id == "c1"

    def test_an_empty_file_is_said(self, said):
        assert said("", "cases.jsonl") == [(1, "the file is empty")]
        assert said("\n \n", "cases.jsonl") == [(1, "the file is empty")]

    def test_a_line_that_never_ends_is_refused(self, said, monkeypatch):
        monkeypatch.setattr("remit.files.rows.jsonl_file.MAX_LINE", 200)
        assert said(f"{self.USUAL}\n{'x' * 300}\n{self.USUAL}\n", "cases.jsonl") == [
            (2, "the line is longer than 200 bytes")
        ]

    def test_other_bytes_are_refused_with_their_line(self, streamed):
        with pytest.raises(FileUnreadable) as refused:
            streamed(f"{self.USUAL}\n".encode() + b'{"case": "\xff"}\n', "cases.jsonl")
        assert refused.value.problems[0].where.line == 2

    def test_doubled_cases_are_found(self, said):
        assert said(f"{self.USUAL}\n{self.USUAL}\n", "cases.jsonl") == [(2, "case `c1` is there twice")]


class TestParquet:
    def said(self, path, work, **more):
        return [
            (one.where.line, one.message)
            for one in stream_cases(path, definition=work(**more))
            if not isinstance(one, Case)
        ]

    USUAL = {"case": ["a", "b"], "input.subject": ["x", "y"], "expected.team": ["orders", "fraud"]}  # noqa: RUF012

    def test_rows_are_numbered_from_one(self, parquet, work):
        found = list(stream_cases(parquet(self.USUAL), definition=work()))
        assert [one.row for one in found] == [1, 2]

    def test_more_rows_than_a_slice_are_all_read_once(self, parquet, work, monkeypatch):
        monkeypatch.setattr("remit.files.rows.parquet_file._SLICE", 7)
        n = 40
        columns = {"case": [f"c{i}" for i in range(n)], "input.subject": ["x"] * n, "expected.team": ["orders"] * n}
        found = list(stream_cases(parquet(columns), definition=work()))
        assert [(one.id, one.row) for one in found] == [(f"c{i}", i + 1) for i in range(n)]

    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            ({"input.subject": ["x", None]}, [(2, "`input.subject` is missing")]),
            ({"input.amount": [1.0, float("nan")]}, [(2, "`input.amount` is nan, which is no number")]),
            ({"input.amount": ["1", None]}, [(1, "`input.amount`: `amount` must be a number")]),
            ({"region": [b"x", None]}, [(1, "`region` is of a type that JSON does not have")]),
            ({"region": [datetime(2027, 1, 1), None]}, [(1, "`region` is a time without an offset")]),  # noqa: DTZ001
            ({"case": ["a", "a"]}, [(2, "case `a` is there twice")]),
            ({"input.amuont": [1, 2]}, [(None, "column `input.amuont` is no field of the definition")]),
        ],
    )
    def test_what_is_wrong_is_said_with_its_row(self, parquet, work, change, expected):
        assert self.said(parquet({**self.USUAL, **change}), work) == expected

    def test_times_dates_and_decimals_become_what_the_schemas_know(self, parquet, work):
        fields = {"subject": "text <= 9", "at": "datetime", "day": "date", "price": "number"}
        path = parquet(
            {
                **self.USUAL,
                "input.at": [datetime(2027, 6, 30, 14, 5, tzinfo=UTC)] * 2,
                "input.day": [date(2027, 6, 30)] * 2,
                "input.price": [Decimal("1.50"), Decimal("2.00")],
            }
        )
        first = next(iter(stream_cases(path, definition=work(inputs={"fields": fields}))))
        assert first.input == {"subject": "x", "at": "2027-06-30T14:05:00Z", "day": "2027-06-30", "price": 1.5}

    def test_a_missing_column_is_said_before_any_row(self, parquet, work):
        assert self.said(parquet({"case": ["a"], "input.subject": ["x"]}), work) == [
            (None, "column `expected.team` is missing")
        ]

    def test_an_empty_file_is_said(self, parquet, work):
        path = parquet(pl.DataFrame(self.USUAL).clear())
        assert self.said(path, work) == [(None, "the file is empty")]

    @pytest.mark.parametrize("content", [b"", b"not parquet", b"PAR1" + b"\0" * 100 + b"PAR1"])
    def test_what_is_no_parquet_is_refused(self, write, work, content):
        with pytest.raises(CasesInvalid, match="is no Parquet"):
            list(stream_cases(write(content, "cases.parquet"), definition=work()))

    def test_without_polars_the_extra_is_named(self, parquet, work, monkeypatch):
        path = parquet(self.USUAL)
        monkeypatch.setitem(sys.modules, "polars", None)
        with pytest.raises(InvalidInput) as refused:
            list(stream_cases(path, definition=work()))
        assert refused.value.problems[0].mend.startswith("pip install 'remit[data]'")
