"""A label file survives being cut anywhere, tells what was changed by hand, and fills a case file cell by cell."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.cases.case import Case
from remit.cases.labelling.agreement import Answered, agreement_of
from remit.cases.labelling.label import Label, LabelCheck, Said, asked_digest, standing
from remit.definition.reading import read
from remit.errors import CasesInvalid
from remit.files.case_file.filling import Filled, write_answers
from remit.files.labels.log import LabelLog, read_labels

WORK = read(
    {
        "remit": 1,
        "id": "triage",
        "inputs": {"fields": {"subject": "text <= 200"}},
        "outputs": {"fields": {"team": ["orders", "fraud"], "note": "optional text <= 90"}},
        "decisions": [{"id": "team", "kind": "judgement"}],
    }
)
ASKED = asked_digest(WORK)
START = datetime(2026, 11, 22, tzinfo=UTC)
names = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=20)


@st.composite
def label(draw, at=START):
    said = draw(st.sampled_from(Said))
    answer = {"team": draw(st.sampled_from(["orders", "fraud"]))}
    if draw(st.booleans()):
        answer["note"] = draw(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30))
    return Label(
        case=draw(names),
        said=said,
        at=at + timedelta(seconds=draw(st.integers(0, 10**6))),
        asked=draw(st.sampled_from([ASKED, ASKED, "0" * 12])),
        output=answer if said is Said.ANSWER else None,
        note=draw(names.filter(str.strip)) if said is Said.QUESTION else None,
        seconds=draw(st.none() | st.integers(0, 999).map(float)),
    )


def check(path):
    return LabelCheck(WORK, file=str(path))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("labels")


@settings(max_examples=60, deadline=None)
@given(labels=st.lists(label(), max_size=8), cut=st.integers(0, 10**6))
def test_a_file_that_was_cut_anywhere_is_the_lines_before_and_can_be_added_to(folder, labels, cut):
    path = folder / "mira.jsonl"
    path.unlink(missing_ok=True)
    with LabelLog(path) as log:
        for one in labels:
            log.add(one)
    assert list(read_labels(path, check(path))) == labels
    whole = path.read_bytes()
    cut %= len(whole) + 1
    path.write_bytes(whole[:cut])
    n_kept = whole[:cut].count(b"\n")
    found = list(read_labels(path, check(path)))
    assert found in (labels[:n_kept], labels[: n_kept + 1])  # a line that only misses its end is whole
    more = Label(case="c", said=Said.SKIP, at=START, asked=ASKED)
    with LabelLog(path) as log:
        log.add(more)
    assert list(read_labels(path, check(path))) == [*found, more]


@settings(max_examples=60, deadline=None)
@given(labels=st.lists(label(), min_size=1, max_size=5), at=st.integers(0, 10**6), byte=st.integers(1, 255))
def test_a_changed_byte_is_read_or_refused_and_never_a_crash(folder, labels, at, byte):
    path = folder / "tarek.jsonl"
    path.unlink(missing_ok=True)
    with LabelLog(path) as log:
        for one in labels:
            log.add(one)
    content = bytearray(path.read_bytes())
    content[at % len(content)] = byte
    path.write_bytes(bytes(content))
    try:
        lines = []
        read_labels(path, check(path))
    except CasesInvalid as error:
        lines = [problem.where.line for problem in error.problems]
    assert None not in lines


@given(labels=st.lists(label(), max_size=12))
def test_the_last_word_on_a_case_stands(labels):
    found = standing(labels, asked=ASKED)
    for case in {one.case for one in labels}:
        last = [one for one in labels if one.case == case][-1]
        counts = last.said is not Said.UNDO and last.asked == ASKED
        assert found.get(case) == (last if counts else None)


cells = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\r"), max_size=12)
rows = st.lists(st.tuples(cells, cells), min_size=1, max_size=6)


@settings(max_examples=80, deadline=None)
@given(
    rows=rows, quoted=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), team=st.sampled_from(["a", 'b,"c"']), n=...
)
def test_filling_changes_the_named_cells_and_no_others(folder, rows, quoted, team, n: int):
    text = io.StringIO()
    write = csv.writer(text, quoting=quoted, lineterminator="\r\n")
    write.writerow(["case", "input.subject", "expected.team"])
    write.writerows([f"c{i}", *row] for i, row in enumerate(rows))
    path = folder / "cases.csv"
    path.write_bytes(text.getvalue().encode())
    named = f"c{n % len(rows)}"
    new = Case(id="new", input={"subject": "x, y"}, expected={"team": "a"}, labelled_by=("mira", "lena"))
    changed = [Filled(case=named, values={"expected.team": team, "second.team": "a"})]
    write_answers(path, changed=changed, added=[new], columns=())
    after = list(csv.reader(io.StringIO(path.read_bytes().decode(), newline=""), strict=True))
    assert after[0] == ["case", "input.subject", "expected.team", "second.team", "labelled_by"]
    for i, (subject, before) in enumerate(rows):
        is_named = f"c{i}" == named
        assert after[i + 1] == [f"c{i}", subject, team if is_named else before, "a" if is_named else "", ""]
    assert after[-1] == ["new", "x, y", "a", "", "mira;lena"]


@settings(max_examples=40, deadline=None)
@given(answers=st.lists(st.tuples(*[st.sampled_from(["a", "b", "c"])] * 2), min_size=1, max_size=30))
def test_the_order_of_people_and_items_plays_no_part_in_the_share(answers):
    import numpy as np

    def found(pairs, first, second):
        items = [
            Answered(case=str(i), answers={first: {"team": a}, second: {"team": b}}) for i, (a, b) in enumerate(pairs)
        ]
        return agreement_of(items, fields=("team",), delta=0.05, rng=np.random.default_rng(1))

    one, other = found(answers, "x", "y"), found(answers[::-1], "y", "x")
    assert (one.n, one.n_agreed, one.lower, one.upper) == (other.n, other.n_agreed, other.lower, other.upper)
    assert one.n_agreed == sum(a == b for a, b in answers)
    assert len(one.split) == one.n - one.n_agreed


def test_a_line_says_one_thing(folder):
    path = folder / "lena.jsonl"
    good = {"case": "c", "answer": {"team": "fraud"}, "asked": ASKED, "at": "2026-11-22T10:00:00Z"}
    for wrong, told in (
        ({**good, "skip": True}, "more than one thing"),
        ({**good, "answer": None}, "`answer` can't be used"),
        ({**good, "answer": {"team": "nobody"}}, "answer.team"),
        ({**good, "answer": {}}, "`answer.team` is missing"),
        ({**good, "at": "yesterday"}, "`at` can't be used"),
        ({**good, "at": "2026-11-22T10:00:00"}, "`at` can't be used"),
        ({**good, "asked": 5}, "`asked` can't be used"),
        ({**good, "case": ""}, "`case` can't be used"),
        ({**good, "seconds": -1}, "`seconds` can't be used"),
        ({**good, "by": "lena"}, "`by` is no key"),
        ({name: value for name, value in good.items() if name != "answer"}, "says nothing"),
        ([1], "no object"),
    ):
        path.write_text(json.dumps(good) + "\n\n" + json.dumps(wrong) + "\n")
        with pytest.raises(CasesInvalid, match=told) as refused:
            read_labels(path, check(path))
        assert {problem.where.line for problem in refused.value.problems} == {3}
