"""Whatever bytes a case file holds: cases, problems with a place, or a refusal in the error form."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.cases.case import Case
from remit.definition.reading import read
from remit.errors import InvalidInput, Problem
from remit.files.case_file import stream_cases, write_split

WORK = read(
    {
        "remit": 1,
        "id": "triage",
        "inputs": {
            "fields": {"subject": "text <= 20", "amount": "optional number", "lines": "optional list of number"}
        },
        "outputs": {"fields": {"team": ["orders", "fraud"]}},
        "decisions": [{"id": "team"}],
    }
)
VALID = {
    ".csv": (
        b"case,input.subject,input.amount,input.lines,expected.team,tags,split,region\n"
        b'c1,"hello, you",12,"[1, 2]",orders,two late,prove,north\n'
        b'c2,"two\nlines",,,fraud,,tune,\n'
    ),
    ".jsonl": (
        b'{"case": "c1", "input": {"subject": "x", "lines": [1]}, "expected": {"team": "orders"}, "split": "tune"}\n'
        b'{"case": 2, "input.subject": "y", "input.amount": 1.5, "expected.team": "fraud", "tags": ["a"]}\n'
    ),
}
PIECES = [
    b"",
    b",",
    b'"',
    b"\n",
    b"\r",
    b"\xff",
    b"\0",
    b"\xef\xbb\xbf",
    b"[",
    b"{",
    b"}",
    b"NaN",
    b"1e999",
    b"null",
    b":",
]


@pytest.mark.parametrize("ending", sorted(VALID))
@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 12), st.sampled_from(PIECES)), max_size=6))
def test_a_mutated_file_gives_cases_problems_or_a_refusal(ending, edits):
    content = VALID[ending]
    for at, n, piece in edits:
        content = content[:at] + piece + content[at + n :]
    with TemporaryDirectory() as folder:
        path = Path(folder, f"cases{ending}")
        path.write_bytes(content)
        try:
            found = list(stream_cases(path, definition=WORK))
        except InvalidInput as refused:
            found = list(refused.problems)
        for one in found:
            assert isinstance(one, Case | Problem)
            if isinstance(one, Problem):
                assert one.where.file == str(path)
                assert one.message
        if all(isinstance(one, Case) for one in found):
            write_split(path, {})
            assert path.read_bytes()
