from __future__ import annotations

import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from remit.errors import NotFound, RunInProgress
from remit.items import Answer, Fault, FaultKind
from remit.store import (
    ProofAnswer,
    ProofRun,
    Store,
    add_answers,
    answers,
    answers_to,
    attempts,
    begin_proof,
    finish_proof,
    n_answers,
    proof,
    proof_document,
    proofs_of,
)

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)


def run(**changes: object) -> ProofRun:
    made = ProofRun(
        id="p1",
        work="triage",
        executor="clerk",
        executor_digest="x" * 64,
        definition_digest="d" * 64,
        evidence_digest="e" * 64,
        case_set_digest="c" * 64,
        asked_digest="a" * 64,
        started_at=NOW,
    )
    return replace(made, **changes)


def given(case_id: str, **changes: object) -> ProofAnswer:
    return ProofAnswer(case_id=case_id, answer=replace(Answer(output={"team": "fraud"}, confidence=0.9), **changes))


def add(store: Store, run: ProofRun, batch: list[ProofAnswer]) -> None:
    add_answers(store, run, {one.case_id: one.answer for one in batch})


EVERY_KIND = [
    given("c0", seconds=0.25, cost=0.01),
    given("c1", confidence=None),
    given("c2", output=None, fault=Fault(kind=FaultKind.TIMEOUT, text="no answer in 30 s"), seconds=30.0),
    given("c3", signals={"injection": True, "score": 0.5, "language": "en"}, trace="seen \ud800\x00 ünïcode"),
    ProofAnswer(case_id="c4", answer=None),
    given("c5", output={"list": [{"a": 1.0, "b": None}], "text": 'a "quoted" ü'}),
]


def test_every_answer_comes_back_as_it_was_recorded(store: Store) -> None:
    begun = begin_proof(store, run())
    add(store, begun, EVERY_KIND)
    assert list(answers(store, begun)) == EVERY_KIND
    assert answers_to(store, begun, ["c4", "c1", "never"]) == {"c1": EVERY_KIND[1], "c4": EVERY_KIND[4]}
    assert answers_to(store, begun, []) == {}
    assert n_answers(store, begun) == 6


def test_no_case_is_recorded_twice_and_a_refused_batch_records_nothing(store: Store) -> None:
    begun = begin_proof(store, run())
    add(store, begun, [given("c1")])
    with pytest.raises(RunInProgress):
        add(store, begun, [given("c2"), given("c1", output={"team": "other"}), given("c3")])
    assert list(answers(store, begun)) == [given("c1")]


def test_where_the_executor_was_unavailable_the_next_answer_takes_the_place(store: Store) -> None:
    gone = given("c1", output=None, confidence=None, fault=Fault(kind=FaultKind.UNAVAILABLE, text="no network"))
    late = given("c2", output=None, confidence=None, fault=Fault(kind=FaultKind.TIMEOUT, text="no answer in 30 s"))
    begun = begin_proof(store, run())
    add(store, begun, [gone, late, given("c3")])
    assert n_answers(store, begun) == 2
    add(store, begun, [gone, given("c4")])
    add(store, begun, [given("c1", seconds=0.5, cost=0.1, trace="there")])
    assert list(answers(store, begun)) == [
        given("c1", seconds=0.5, cost=0.1, trace="there"),
        late,
        given("c3"),
        given("c4"),
    ]
    assert n_answers(store, begun) == 4
    for final in ("c1", "c2", "c3"):
        with pytest.raises(RunInProgress):
            add(store, begun, [given(final, output={"team": "other"})])


def test_where_nothing_may_be_recorded_yet_not_even_what_is_not_final_is_replaced(store: Store) -> None:
    begun = begin_proof(store, run())
    absent = given("c1", output=None, fault=Fault(kind=FaultKind.UNAVAILABLE, text="gone"))
    add_answers(store, begun, {"c1": absent.answer}, again=False)
    with pytest.raises(RunInProgress):
        add_answers(store, begun, {"c2": given("c2").answer, "c1": given("c1").answer}, again=False)
    assert list(answers(store, begun)) == [absent]
    with pytest.raises(NotFound):
        add_answers(store, run(id="nobody"), {"c1": given("c1").answer}, again=False)


def test_answers_to_a_run_that_was_never_begun_are_refused(store: Store) -> None:
    with pytest.raises(NotFound):
        add(store, run(id="nobody"), [given("c1")])


def test_an_unfinished_run_goes_on_with_its_attempt_and_its_answers(store: Store) -> None:
    begun = begin_proof(store, run())
    add(store, begun, [given("c1")])
    again = begin_proof(store, run(id="p2", started_at=NOW + timedelta(hours=1)))
    assert again == begun
    assert n_answers(store, again) == 1


ANYTHING = ["executor_digest", "definition_digest", "case_set_digest", "asked_digest", "executor", "work"]


@pytest.mark.parametrize("changed", ANYTHING)
def test_a_run_of_anything_else_is_a_new_run(store: Store, changed: str) -> None:
    begin_proof(store, run())
    begun = begin_proof(store, run(id="p2", **{changed: "other"}))
    assert begun.id == "p2"
    assert begun.answers_from == ("p1" if changed == "definition_digest" else None)


def test_attempts_on_one_case_set_are_counted_and_baselines_are_free(store: Store) -> None:
    first = begin_proof(store, run())
    finish_proof(store, first, document="{}", at=NOW)
    baseline = begin_proof(store, run(id="b1"), baseline=True)
    other_set = begin_proof(store, run(id="p3", case_set_digest="z" * 64))
    second = begin_proof(store, run(id="p2", executor_digest="y" * 64))
    assert [first.attempt, baseline.attempt, other_set.attempt, second.attempt] == [1, None, 1, 2]
    counted = attempts(store, work="triage", executor="clerk", case_set_digest="c" * 64)
    assert [one.id for one in counted] == ["p1", "p2"]
    assert [one.id for one in proofs_of(store, "triage")] == ["b1", "p1", "p2", "p3"]


def test_the_same_executor_again_is_the_same_attempt_and_another_one_the_next(store: Store) -> None:
    for n, digest in enumerate(("x", "y", "x", "z", "y")):
        finish_proof(store, begin_proof(store, run(id=f"p{n}", executor_digest=digest)), document="{}", at=NOW)
    counted = attempts(store, work="triage", executor="clerk", case_set_digest="c" * 64)
    assert {(one.executor_digest, one.attempt) for one in counted} == {("x", 1), ("y", 2), ("z", 3)}


def test_an_unfinished_baseline_is_not_taken_for_an_attempt(store: Store) -> None:
    begin_proof(store, run(id="b1"), baseline=True)
    assert begin_proof(store, run()).attempt == 1
    assert begin_proof(store, run(id="b2"), baseline=True).id == "b1"


def test_the_document_is_kept_to_the_letter_and_a_run_is_finished_once(store: Store) -> None:
    begun = begin_proof(store, run())
    assert proof_document(store, begun) is None
    text = '{"b": 1.0,\n "a": "ü"}'
    finished = finish_proof(store, begun, document=text, at=NOW + timedelta(minutes=3))
    assert finished.finished_at == NOW + timedelta(minutes=3)
    assert proof(store, "p1") == finished
    assert proof_document(store, finished) == text
    with pytest.raises(RunInProgress):
        finish_proof(store, begun, document="{}", at=NOW)
    assert proof_document(store, finished) == text
    with pytest.raises(NotFound):
        proof(store, "p9")


def test_stored_answers_can_be_judged_again_without_running_anew(store: Store) -> None:
    begun = begin_proof(store, run())
    add(store, begun, [given("c1")])
    finish_proof(store, begun, document="{}", at=NOW)
    again = begin_proof(store, run(id="p2", definition_digest="changed"))
    assert (again.id, again.answers_from, again.attempt) == ("p2", "p1", 1)
    assert list(answers(store, again)) == [given("c1")]
    assert n_answers(store, again) == 1
    assert answers_to(store, again, ["c1"]) == {"c1": given("c1")}
    finish_proof(store, again, document="{}", at=NOW)
    third = begin_proof(store, run(id="p3", definition_digest="again"))
    assert (third.id, third.answers_from) == ("p3", "p1")
    add(store, third, [given("c2")])
    assert n_answers(store, begun) == 2


def test_answers_are_read_in_pages_with_flat_memory(store: Store) -> None:
    begun = begin_proof(store, run())
    n = 5_000
    for start in range(0, n, 1000):
        add(store, begun, [given(f"c{i:06d}", trace="t" * 1000) for i in range(start, start + 1000)])
    tracemalloc.start()
    try:
        assert [one.case_id for one in answers(store, begun)] == [f"c{i:06d}" for i in range(n)]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4_000_000, peak
    assert len(answers_to(store, begun, [f"c{i:06d}" for i in range(250)])) == 250
