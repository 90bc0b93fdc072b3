"""Running a candidate: nothing is asked twice, nothing is lost, and whatever an executor does is an answer."""

import itertools
import threading
import time
from datetime import timedelta

import pytest
from tests.unit.proof.works import Remembered, broken, case, function, refunds, said, tally_of

from remit.deciding.prepare import prepare
from remit.definition.model import Autonomy, Never
from remit.executors.perform import performer
from remit.items import FaultKind, Route
from remit.proof.answers import observe
from remit.proof.tally import Tally

WORK = prepare(refunds())
YES, NO = {"refund": "yes"}, {"refund": "no"}


def cases(n, **parts):
    return [case(f"c{i}", **parts) for i in range(n)]


def run(answer, these, record=None, *, work=WORK, deadline=timedelta(seconds=30), clock=time.perf_counter, **parts):
    record = Remembered() if record is None else record
    with performer(function(answer, deadline=deadline), clock=time.perf_counter) as asking:
        found = list(observe(work, these, performer=asking, record=record, clock=clock, **parts))
    return found, record


def test_every_case_is_decided_once_in_its_order_and_kept():
    found, record = run(lambda given: (YES, 0.8), cases(7))
    assert [one.case.id for one in found] == [f"c{i}" for i in range(7)]
    assert [one.decision.answer.output for one in found] == [{"refund": "yes"}] * 7
    assert list(record.answers) == [f"c{i}" for i in range(7)]


def test_what_is_recorded_is_not_asked_again_and_not_written_again():
    asked = []

    def answer(given):
        asked.append(given["amount"])
        return NO, 0.7

    record = Remembered(c1=said("yes", 0.25), c3=said("yes", 0.5))
    found, record = run(answer, [case(f"c{i}", amount=float(i)) for i in range(5)], record)
    assert asked == [0.0, 2.0, 4.0]
    assert [one.decision.answer.output["refund"] for one in found] == ["no", "yes", "no", "yes", "no"]
    assert [one.decision.answer.confidence for one in found] == [0.7, 0.25, 0.7, 0.5, 0.7]
    assert [one.fresh is None for one in found] == [False, True, False, True, False]
    assert record.batches == [("c0", "c2", "c4")]


def test_a_second_run_asks_nothing_and_writes_nothing():
    _, record = run(lambda given: (YES, 0.8), cases(3))
    found, record = run(lambda given: 1 / 0, cases(3), record)
    assert [one.decision.answer.fault for one in found] == [None] * 3
    assert record.batches == [("c0", "c1", "c2")]


def test_only_where_the_executor_was_unavailable_is_it_asked_again():
    kept = {kind.value: broken(kind) for kind in FaultKind if kind is not FaultKind.UNAVAILABLE}
    asked = []
    record = Remembered(**kept, c=said("no"), gone=broken(FaultKind.UNAVAILABLE))
    found, record = run(
        lambda given: asked.append(given["amount"]) or (YES, 0.7),
        [case(id_, amount=float(i)) for i, id_ in enumerate((*kept, "c", "gone"))],
        record,
    )
    assert asked == [4.0]
    assert record.batches == [("gone",)]
    assert found[-1].decision.answer.output == YES


def test_a_case_is_kept_before_it_is_handed_on():
    record = Remembered()
    with performer(function(lambda given: (YES, 0.8)), clock=time.perf_counter) as asking:
        for one in observe(WORK, cases(3), performer=asking, record=record, clock=time.perf_counter):
            assert one.case.id in record.answers


def test_answers_are_kept_every_half_second_so_that_a_kill_costs_little():
    moments = itertools.count()
    found, record = run(lambda given: YES, cases(5), clock=lambda: 0.25 * next(moments))
    assert record.batches == [("c0", "c1"), ("c2", "c3"), ("c4",)]
    assert [one.case.id for one in found] == ["c0", "c1", "c2", "c3", "c4"]


def test_at_most_1000_cases_are_read_ahead_and_kept_together():
    read = []

    def coming():
        for one in cases(2400):
            read.append(one.id)
            yield one

    record = Remembered()
    with performer(function(lambda given: YES), clock=time.perf_counter) as asking:
        found = observe(WORK, coming(), performer=asking, record=record, clock=lambda: 0.0)
        next(found)
        assert len(read) == 1000
        assert len(list(found)) == 2399
    assert [len(batch) for batch in record.batches] == [1000, 1000, 400]


def test_progress_counts_the_cases_done():
    told = []
    run(lambda given: YES, cases(1100), clock=lambda: 0.0, on_progress=told.append)
    assert told[-1] == 1100
    assert told == sorted(told)


def test_no_case_is_no_answer():
    assert run(lambda given: YES, [])[0] == []


def test_an_executor_that_raises_is_an_answer_with_a_fault_and_the_run_goes_on():
    def answer(given):
        if given["amount"] == 1.0:
            raise ZeroDivisionError("no such thing")
        return YES

    found, record = run(answer, [case(f"c{i}", amount=float(i)) for i in range(3)])
    faults = [one.decision.answer.fault for one in found]
    assert [fault is None for fault in faults] == [True, False, True]
    assert faults[1].kind is FaultKind.ERROR
    assert "ZeroDivisionError" in faults[1].text
    assert record.answers["c1"].fault.kind is FaultKind.ERROR
    tally = Tally(WORK, majority=None)
    for one in found:
        tally.add(one)
    assert (tally.n_wrong, tally.n_errors, tally.n_timeouts, tally.n_rubbish) == (1, 1, 0, 0)


@pytest.mark.parametrize(
    "rubbish",
    [
        None,
        object(),
        {"refund": float("nan")},
        ({"refund": "yes"}, float("nan")),
        ({"refund": "yes"}, 1.5),
        ({"refund": "yes"}, "sure"),
        {"refund": {"a"}},
        {1: "yes"},
        ({"refund": "yes"}, 0.5, "more"),
        "yes",
        {"refund": "\ud800"},
    ],
    ids=lambda rubbish: type(rubbish).__name__,
)
def test_rubbish_is_wrong_and_counted_apart(rubbish):
    found, _ = run(lambda given: rubbish, cases(2))
    assert [one.decision.answer.fault.kind for one in found] == [FaultKind.RUBBISH] * 2
    tally = Tally(WORK, majority=None)
    for one in found:
        tally.add(one)
    assert (tally.n_wrong, tally.n_rubbish, tally.n_errors) == (2, 2, 0)


@pytest.mark.parametrize("output", [{"refund": "perhaps"}, {}, {"refund": "yes", "more": 1}, {"refund": 1}])
def test_an_answer_that_breaks_the_schema_is_wrong_and_counted_apart(output):
    found, _ = run(lambda given: output, cases(2))
    tally = Tally(WORK, majority=None)
    for one in found:
        tally.add(one)
    assert (tally.n_wrong, tally.n_invalid, tally.n_rubbish, tally.n_errors) == (2, 2, 0, 0)


def test_an_executor_that_hangs_is_given_up_and_the_run_goes_on():
    free = threading.Event()

    def answer(given):
        if given["amount"] == 1.0:
            free.wait(20)
        return YES

    try:
        found, _ = run(answer, [case(f"c{i}", amount=float(i)) for i in range(4)], deadline=timedelta(milliseconds=80))
    finally:
        free.set()
    kinds = [one.decision.answer.fault.kind if one.decision.answer.fault else None for one in found]
    assert kinds == [None, FaultKind.TIMEOUT, None, None]
    tally = Tally(WORK, majority=None)
    for one in found:
        tally.add(one)
    assert (tally.n_wrong, tally.n_timeouts, tally.n_errors) == (1, 1, 0)


def test_an_executor_that_always_hangs_ends_as_unavailable_and_never_hangs_the_proof():
    free = threading.Event()
    try:
        found, record = run(lambda given: free.wait(30), cases(12), deadline=timedelta(milliseconds=30))
    finally:
        free.set()
    kinds = [one.decision.answer.fault.kind for one in found]
    assert kinds == [FaultKind.TIMEOUT] * 8 + [FaultKind.UNAVAILABLE] * 4
    assert len(record.answers) == 12
    tally = Tally(WORK, majority=None)
    for one in found:
        tally.add(one)
    assert (tally.n_wrong, tally.n_timeouts, tally.n_errors) == (12, 8, 4)


def test_a_case_that_the_definition_keeps_is_not_asked_and_nothing_is_recorded_for_it():
    asked = []
    work = prepare(refunds(autonomy=Autonomy(never=(Never(when="input.amount > 500.0"),))))
    found, record = run(
        lambda given: asked.append(given["amount"]) or YES, [case("c0"), case("c1", amount=600.0)], work=work
    )
    assert asked == [10.0]
    assert list(record.answers) == ["c0"]
    assert found[1].decision.answer is None
    assert found[1].decision.route is Route.REVIEW


def test_what_would_be_acted_on_is_asked_as_if_every_answer_were_covered():
    found, _ = run(lambda given: (YES, 0.01), cases(1))
    assert found[0].decision.route is Route.ACT
    assert found[0].decision.eligible


def test_the_executor_gets_the_input_as_it_was_admitted_and_can_not_change_the_case():
    seen = []

    def answer(given):
        seen.append(dict(given))
        given.clear()
        return YES

    given = {"amount": 5, "channel": "web", "vip": None}
    run(answer, [case("c1", given=given)])
    assert seen == [{"amount": 5.0, "channel": "web"}]
    assert type(seen[0]["amount"]) is float
    assert given == {"amount": 5, "channel": "web", "vip": None}


def test_a_store_that_fails_ends_the_run():
    class Full(Remembered):
        def add(self, answers):
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        run(lambda given: YES, cases(3), Full())


def test_a_tally_does_not_depend_on_whether_answers_were_recorded():
    answers = [(case(f"c{i}"), said("yes" if i % 3 else "no", 0.5 + i / 100)) for i in range(30)]
    fresh = tally_of(WORK, answers)
    found, _ = run(
        lambda given: 1 / 0, [one for one, _ in answers], Remembered(**{one.id: answer for one, answer in answers})
    )
    again = Tally(WORK, majority=None)
    for one in found:
        again.add(one)
    assert (again.wrong, again.confidence, again.eligible) == (fresh.wrong, fresh.confidence, fresh.eligible)
