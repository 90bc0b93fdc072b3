"""The split is written into the column `split`, and every other byte of the file stays what it was."""

import csv
import io
import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.cases.case import CaseUse
from remit.errors import CasesInvalid, FileUnreadable
from remit.files.case_file import write_split
from remit.files.case_file.splicing import spliced

TUNE, PROVE = CaseUse.TUNE, CaseUse.PROVE


def split_of(path, uses):
    write_split(path, uses)
    return path.read_bytes().decode()


def test_a_column_that_is_there_changes_in_its_cells_only(write):
    path = write('case,split,"note, odd"\r\nc1,,"a ""quote"", and\r\nmore"\r\n"c2","tune",  x \r\nc3,prove,\r\n')
    assert split_of(path, {"c1": TUNE, "c2": PROVE, "c3": PROVE}) == (
        'case,split,"note, odd"\r\nc1,tune,"a ""quote"", and\r\nmore"\r\n"c2",prove,  x \r\nc3,prove,\r\n'
    )


def test_a_column_that_is_missing_is_added_at_the_end(write):
    path = write('\ufeffcase,x\nc1,"a\nb"\n\nc2,\nc3,c')
    assert split_of(path, {"c1": TUNE, "c2": PROVE}) == ('\ufeffcase,x,split\nc1,"a\nb",tune\n\nc2,,prove\nc3,c,')


def test_cases_that_are_not_named_keep_what_they_have(write):
    path = write("split,case\nprove,c1\n,c2\n")
    assert split_of(path, {"c2": TUNE}) == "split,case\nprove,c1\ntune,c2\n"


def test_the_same_split_again_changes_no_byte(write):
    path = write('case,split\n"c1","tune"\nc2,prove\n')
    before = path.read_bytes()
    write_split(path, {"c1": TUNE, "c2": PROVE})
    assert path.read_bytes() == before


cells = st.text(st.sampled_from('ab,"\n\r é;'), max_size=6)


@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=5), st.integers(0, 3), st.booleans())
def test_only_the_one_cell_changes_whatever_stands_in_the_others(rows, index, quoted):
    for row in rows:
        text = io.StringIO()
        csv.writer(text, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL).writerow(row)
        written = spliced(text.getvalue(), {index: "prove"})
        (found,) = csv.reader(io.StringIO(written, newline=""), strict=True)
        assert found == [*row[:index], "prove", *row[index + 1 :]]
        assert written.endswith("\r\n")


def test_jsonl_keeps_everything_but_the_key(write):
    path = write(
        '{"case":"c1",  "input":{"split": "mine"}}\n'
        '{"case": "c2", "split" : null, "x": 1e2}\r\n'
        '\n{"case": 3, "split": "prove"}\n'
        '{"case": "c4", "input": {"split": "x"}, "split": "tune"}',
        "cases.jsonl",
    )
    assert split_of(path, {"c1": TUNE, "c2": PROVE, "3": PROVE, "c4": PROVE}) == (
        '{"case":"c1",  "input":{"split": "mine"}, "split": "tune"}\n'
        '{"case": "c2", "split": "prove", "x": 1e2}\r\n'
        '\n{"case": 3, "split": "prove"}\n'
        '{"case": "c4", "input": {"split": "x"}, "split": "prove"}'
    )


def test_jsonl_with_a_byte_order_mark_stays_one(write):
    path = write(b'\xef\xbb\xbf{"case": "c1"}\n', "cases.jsonl")
    write_split(path, {"c1": TUNE})
    assert path.read_bytes() == b'\xef\xbb\xbf{"case": "c1", "split": "tune"}\n'
    assert json.loads(path.read_text("utf-8-sig"))["split"] == "tune"


@pytest.mark.parametrize("before", [None, ["prove", None, None]])
def test_parquet_gets_the_column(tmp_path, before):
    path = tmp_path / "cases.parquet"
    frame = pl.DataFrame({"case": [1, 2, 3], "x": [0.5, None, 1.5], **({"split": before} if before else {})})
    frame.write_parquet(path)
    write_split(path, {"1": TUNE, "2": PROVE})
    found = pl.read_parquet(path)
    assert found["split"].to_list() == ["tune", "prove", None]
    assert found["x"].equals(frame["x"])


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        ("case,x\nc1,1\n", "cases.csv", "1 cases of the split are not in the file"),
        ("x\n1\n", "cases.csv", "column `case` is missing"),
        ("case,x\nc9,1,2\n", "cases.csv", "the row has another number of cells"),
        ('case,x\nc9,"1\n', "cases.csv", "the file is no CSV"),
        ("{\n", "cases.jsonl", "the line is no JSON"),
        ("[]\n", "cases.jsonl", "the line is no object"),
        ("not parquet", "cases.parquet", "is no Parquet"),
        ("x", "cases.xlsx", "is no case file"),
    ],
)
def test_a_file_that_can_not_take_the_split_stays_as_it_is(write, content, name, message):
    path = write(content, name)
    with pytest.raises(CasesInvalid, match=message):
        write_split(path, {"c9": TUNE, "gone": PROVE} if "not in" not in message else {"c1": TUNE, "gone": PROVE})
    assert path.read_text() == content


def test_a_file_that_is_not_utf8_stays_as_it_is(write):
    path = write(b"case,x\nc1,\xff\n")
    with pytest.raises(FileUnreadable, match="not UTF-8"):
        write_split(path, {"c1": TUNE})
    assert path.read_bytes() == b"case,x\nc1,\xff\n"
