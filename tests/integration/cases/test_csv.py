"""A CSV file gives its cases, and everything wrong with it has a line and a column."""

import csv
import tracemalloc
from itertools import islice

import pytest

from remit.cases.case import Case, CaseUse
from remit.errors import CasesInvalid, FileUnreadable
from remit.files.case_file import stream_cases

HEADER = "case,input.subject,expected.team\n"
NOT_ALLOWED = "`expected.team` is none of the allowed answers"


def test_rows_become_cases_with_their_lines(streamed):
    found = streamed(
        "case,input.subject,input.amount,input.vip,input.lines,expected.team,tags,labelled_by,split,region\n"
        'c1,"hello, you",12,yes,"[1, 2]",orders,two late,ann,prove,north\n'
        '\nc2,"two\nlines",,,,fraud,,,tune,\n'
        "c3,third,,,,fraud,,,,\n"
    )
    assert found == [
        Case(
            id="c1",
            input={"subject": "hello, you", "amount": 12.0, "vip": True, "lines": [1.0, 2.0]},
            expected={"team": "orders"},
            tags=("two", "late"),
            labelled_by=("ann",),
            slices={"region": "north"},
            use=CaseUse.PROVE,
            row=2,
        ),
        Case(id="c2", input={"subject": "two\nlines"}, expected={"team": "fraud"}, use=CaseUse.TUNE, row=4),
        Case(id="c3", input={"subject": "third"}, expected={"team": "fraud"}, row=6),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_a_byte_order_mark_play_no_part(streamed, end, bom):
    found = streamed(bom + f"{HEADER}c1,é,orders\nc2,b,fraud".replace("\n", end).encode())
    assert [(one.id, one.input, one.row) for one in found] == [("c1", {"subject": "é"}, 2), ("c2", {"subject": "b"}, 3)]


def test_spaces_around_the_names_of_columns_do_not_count(streamed):
    assert len(streamed("case, input.subject , expected.team\nc1,x,orders\n")) == 1


def test_rows_without_anything_in_them_are_passed_over(streamed):
    assert [
        one.id for one in streamed(f"\n,,\n{HEADER}c1,x,orders\n,,\n\n  \nc2,x,orders\n") if isinstance(one, Case)
    ] == [
        "c1",
        "c2",
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", [(1, "the file is empty")]),
        ("\n\n,,\n", [(1, "the file is empty")]),
        (HEADER.replace(",", ";") + "c1;x;orders\n", [(1, "the columns are separated by semicolons")]),
        (HEADER.replace(",", "\t") + "c1\tx\torders\n", [(1, "the columns are separated by tabs")]),
        ("case,expected.team\nc1,orders\n", [(1, "column `input.subject` is missing")]),
        ("\ncase,expected.team\nc1,orders\n", [(2, "column `input.subject` is missing")]),
        (HEADER + "c1,x\n", [(2, "the row has fewer cells than there are columns")]),
        (HEADER + "c1,x,orders,y\n", [(2, "the row has more cells than there are columns")]),
        (HEADER + "c1,x,orders\nc1,y,orders\n", [(3, "case `c1` is there twice")]),
        (HEADER + "c1,x,order\n", [(2, NOT_ALLOWED)]),
        (HEADER + 'c1,"a\nb",order\nc2,x,fraudd\n', [(2, NOT_ALLOWED), (4, NOT_ALLOWED)]),
        (HEADER + 'c1,x,orders\nc2,"x,orders\nc3,x,orders\n', [(3, "a double quote is opened and never closed")]),
        (HEADER + 'c1,x,orders\nc2,"x"y,orders\n', [(3, "a double quote stands inside a quoted cell")]),
        (HEADER + f"c1,{'x' * 1_000_001},orders\n", [(2, "a cell is longer than 1000000 characters")]),
    ],
    ids=lambda one: None if isinstance(one, list) else repr(one[:40]),
)
def test_what_is_wrong_is_said_with_its_line(said, content, expected):
    assert said(content) == expected


def test_good_rows_come_through_beside_wrong_ones(streamed):
    found = streamed(f"{HEADER}c1,x,orders\nc2,x,nobody\nc3,x,fraud\n")
    assert [one.id for one in found if isinstance(one, Case)] == ["c1", "c3"]


def test_a_column_that_is_missing_gives_no_cases(streamed):
    assert not [one for one in streamed("case,input.subject\nc1,x\n") if isinstance(one, Case)]


def test_only_the_first_problems_are_shown_and_the_others_counted(said):
    wrong = HEADER + "".join(f"c{n},x,nobody\n" for n in range(100))
    shown = said(wrong)
    assert len(shown) == 21
    assert shown[-1] == (None, "and 80 more")
    assert len(said(wrong, limit_problems=None)) == 100
    assert len(said(HEADER + "".join(f"c{n},x,nobody\n" for n in range(20)))) == 20


@pytest.mark.parametrize(
    ("content", "line", "found"),
    [
        (f"{HEADER}c1,ok,orders\n".encode() + b"c2,caf\xe9,orders\n", 3, "byte 0xe9"),
        (HEADER.encode("utf-16"), 1, "UTF-16"),
        (HEADER.encode() + b"c,x,orders\n" * 5000 + b"\xff,x,orders\n", 5002, "byte 0xff"),
    ],
)
def test_a_file_that_is_not_utf8_is_refused_with_its_line(streamed, content, line, found):
    with pytest.raises(FileUnreadable) as refused:
        streamed(content)
    problem = refused.value.problems[0]
    assert (problem.where.line, problem.found, problem.expected) == (line, found, "UTF-8")


def test_a_file_that_is_not_there_or_a_folder_is_refused(work, tmp_path):
    for path in (tmp_path / "gone.csv", tmp_path / "gone.jsonl", tmp_path / "gone.parquet"):
        with pytest.raises(FileUnreadable, match="does not exist"):
            list(stream_cases(path, definition=work()))
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    with pytest.raises(FileUnreadable, match="is no file"):
        list(stream_cases(folder, definition=work()))


@pytest.mark.parametrize(("name", "mend"), [("cases.xlsx", "CSV"), ("cases", "CSV"), ("cases.json", ".jsonl")])
def test_another_ending_is_refused(streamed, name, mend):
    with pytest.raises(CasesInvalid) as refused:
        streamed(HEADER, name)
    assert mend in refused.value.problems[0].mend


def test_the_limit_of_the_csv_module_is_only_ever_raised(streamed):
    before = csv.field_size_limit(5_000_000)
    try:
        streamed(HEADER)
        assert csv.field_size_limit() == 5_000_000
    finally:
        csv.field_size_limit(before)


def test_memory_does_not_grow_with_the_file(work, write):
    """The peak of reading ten times as many rows is that of the numbers kept against doubles, no rows."""
    text = "x" * 100

    def peak(n):
        path = write(HEADER + "".join(f"c{i},{text},orders\n" for i in range(n)))
        tracemalloc.start()
        assert sum(1 for _ in stream_cases(path, definition=work())) == n
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(10)
    assert peak(20_000) - peak(2_000) < 60 * 18_000


def test_reading_may_stop_anywhere(work, write):
    path = write(HEADER + "c1,x,orders\nc2,x,nobody\n")
    assert len(list(islice(stream_cases(path, definition=work()), 1))) == 1
