"""A person is asked by a review, never by a call; in proofs the answers that were recorded stand."""

import time

import pytest

from remit.errors import CasesInvalid, ExecutorInvalid
from remit.executors import load, performer
from remit.items import ExecutorKind, Fault, FaultKind

ASK = Fault(kind=FaultKind.UNAVAILABLE, text="unavailable: a person has to be asked")


@pytest.fixture
def loaded(tmp_path, work, spec):
    def make(text=None, **given):
        settings = {}
        if text is not None:
            content = text if isinstance(text, bytes) else text.encode()
            (tmp_path / "answers.csv").write_bytes(content)
            settings = {"answers": "answers.csv"}
        definition = work(
            outputs={"team": ["orders", "fraud"], "n": "optional integer", "tags": "optional list of text <= 9"}
        )
        return load(
            spec(**{"kind": ExecutorKind.PERSON, "settings": settings, **given}), root=tmp_path, definition=definition
        )

    return make


def test_a_person_never_answers_a_call(loaded):
    made = loaded()
    assert made.answer({"subject": "x"}).fault == ASK
    assert made.gives_confidence is False
    assert made.answers_at_once is True


def test_recorded_answers_are_given_by_case(loaded):
    made = loaded('\ufeffcase,output.team,output.n,output.tags,seconds\nc1,orders,3,"[""a""]",12.5\n\nc2,fraud,,,\n')
    with performer(made, clock=time.perf_counter) as perform:
        first, second = perform({}, case="c1"), perform({}, case="c2")
        assert first.output == {"team": "orders", "n": 3, "tags": ["a"]}
        assert first.seconds == 12.5
        assert second.output == {"team": "fraud"}
        assert perform({}, case="c3").fault == ASK
        assert perform({}).fault == ASK


def test_the_digest_covers_the_recorded_answers(loaded):
    digests = {loaded(text).digest for text in (None, "case,output.team\nc1,orders\n", "case,output.team\nc1,fraud\n")}
    assert len(digests) == 3


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "columns of recorded answers are missing"),
        ("case,seconds\n", 1, "columns of recorded answers are missing"),
        ("output.team\norders\n", 1, "columns of recorded answers are missing"),
        ("case,output.taem\nc1,orders\n", 1, "column `output.taem` is not known"),
        ("case,output.team\nc1,orders\nc1,fraud\n", 3, "case `c1` was answered twice"),
        ("case,output.team\n,orders\n", 2, "the row names no case"),
        ("case,output.team\nc1,order\n", 2, "`output.team` is none of the allowed answers"),
        ("case,output.team,output.n\nc1,orders,x\n", 2, "`output.n` is no whole number"),
        ("case,output.team,seconds\nc1,orders,soon\n", 2, "`seconds` is no number"),
        ("case,output.team\nc1,orders,x\n", 2, "the row has 3 cells"),
    ],
)
def test_a_fault_in_the_recorded_answers_is_said_with_its_line(loaded, text, line, message):
    with pytest.raises(CasesInvalid) as refused:
        loaded(text)
    problem = refused.value.problems[0]
    assert message in problem.message
    assert (problem.where.file, problem.where.line) == ("answers.csv", line)


def test_every_fault_is_said_but_no_more_than_twenty_one(loaded):
    with pytest.raises(CasesInvalid) as refused:
        loaded("case,output.team\n" + "".join(f"c{n},wrong\n" for n in range(3)))
    assert [problem.where.line for problem in refused.value.problems] == [2, 3, 4]
    with pytest.raises(CasesInvalid) as refused:
        loaded("case,output.team\n" + "".join(f"c{n},wrong\n" for n in range(999)))
    assert len(refused.value.problems) == 21


def test_a_misspelt_column_gets_the_nearest_name(loaded):
    with pytest.raises(CasesInvalid) as refused:
        loaded("case,output.taem\nc1,orders\n")
    assert refused.value.problems[0].mend == "did you mean `output.team`?"


@pytest.mark.parametrize("content", [b"case,output.team\nc1,\xff\n", b'case,output.team\nc1,"orders\n'])
def test_what_is_no_csv_is_refused(loaded, content):
    with pytest.raises(ExecutorInvalid, match="is no CSV"):
        loaded(content)


def test_a_file_that_is_not_there_is_refused(loaded):
    with pytest.raises(ExecutorInvalid, match=r"there is no file `gone.csv`"):
        loaded(settings={"answers": "gone.csv"})


@pytest.mark.parametrize("given", [{"entry": "a.py:b"}, {"file": "a.csv"}, {"settings": {"answer": "x"}}])
def test_what_a_person_does_not_know_is_refused(loaded, given):
    with pytest.raises(ExecutorInvalid, match="an executor of kind `person` has no"):
        loaded(**given)
