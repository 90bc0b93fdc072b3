"""Parts are asked in their order until one answers and is sure enough; the rest is never asked."""

import asyncio
import threading
import time
from datetime import timedelta

import pytest

from remit.executors.cascade.tuned import Step
from remit.executors.cascade.walk import Member
from remit.executors.perform import performer
from remit.items import Answer, Fault, FaultKind

from .conftest import MadeAsync

GIVEN = {"subject": "a parcel"}
NO_RULE = Answer(output=None, fault=Fault(kind=FaultKind.ERROR, text="no rule of the table covers this item"))


def test_the_first_part_that_is_sure_enough_answers_and_nobody_else_is_asked(part, cascade, said):
    first = part("table", NO_RULE, sure=False, cost=0.0)
    second = part("svm", said("fraud", 0.91), at_least=0.9, cost=0.01)
    third = part("gpt", said("orders", 0.99), cost=2.0)
    answer = cascade(first, second, third).answer(GIVEN)
    assert answer.output == {"team": "fraud"}
    assert answer.signals["part"] == "svm"
    assert (first.executor.n_asked, second.executor.n_asked, third.executor.n_asked) == (1, 1, 0)


@pytest.mark.parametrize(("confidence", "who"), [(0.9, "svm"), (0.8999, "gpt"), (None, "gpt")])
def test_a_part_is_taken_at_its_limit_and_above(part, cascade, said, confidence, who):
    whole = cascade(part("svm", said("fraud", confidence), at_least=0.9), part("gpt", said("orders", 0.1)))
    assert whole.answer(GIVEN).signals["part"] == who


def test_the_last_part_stands_however_sure_it_is(part, cascade, said):
    answer = cascade(part("svm", said("fraud", 0.5), at_least=0.9), part("gpt", said("orders", 0.01))).answer(GIVEN)
    assert (answer.output, answer.confidence) == ({"team": "orders"}, 0.01)


@pytest.mark.parametrize(
    "bad",
    [ValueError("broken"), ConnectionError("gone"), TimeoutError("slow"), Answer(output={"team": float("nan")})],
    ids=["error", "unavailable", "timeout", "rubbish"],
)
def test_a_fault_of_one_part_passes_on_to_the_next_and_is_told(part, cascade, said, bad):
    answer = cascade(part("svm", bad), part("gpt", said("orders", 0.7))).answer(GIVEN)
    assert answer.output == {"team": "orders"}
    assert answer.fault is None
    assert answer.signals["svm.fault"] in {"error", "unavailable", "timeout", "rubbish"}
    assert answer.trace.startswith("svm: no answer (")


def test_the_fault_of_the_last_part_is_that_of_the_whole_with_what_was_paid(part, cascade, said):
    down = part("gpt", ConnectionError("gone"), cost=2.0)
    with performer(cascade(part("svm", said("a", 0.2), at_least=0.9), down), clock=time.perf_counter) as perform:
        answer = perform(GIVEN)
    assert answer.fault.kind is FaultKind.UNAVAILABLE
    assert answer.fault.text.startswith("gpt: ")
    assert answer.cost == 3.0
    assert answer.signals["svm.confidence"] == 0.2
    assert "part" not in answer.signals


def test_what_the_whole_costs_is_what_the_asked_parts_cost(part, cascade, said):
    members = (
        part("table", NO_RULE, sure=False, cost=0.0),
        part("svm", said("a", 0.2, cost=0.004), at_least=0.9, cost=0.01),
        part("gpt", said("b", 0.9), cost=2.0),
    )
    answer = cascade(*members).answer(GIVEN)
    assert answer.cost == pytest.approx(2.004)
    assert [answer.signals[f"{name}.cost"] for name in ("table", "svm", "gpt")] == [0.0, 0.004, 2.0]
    assert all(answer.signals[f"{name}.seconds"] >= 0.0 for name in ("table", "svm", "gpt"))


def test_a_cost_that_nobody_knows_makes_that_of_the_whole_unknown(part, cascade, said):
    answer = cascade(part("svm", said("a", 0.2), at_least=0.9, cost=None), part("gpt", said("b", 0.9))).answer(GIVEN)
    assert answer.cost is None


def test_what_one_part_noticed_another_one_does_not_take_back(part, cascade, said):
    noticed = part("svm", said("a", 0.2, signals={"injection": True, "words": 3}), at_least=0.9)
    answer = cascade(noticed, part("gpt", said("b", 0.9, signals={"injection": False, "words": 4}))).answer(GIVEN)
    assert answer.signals["injection"] is True
    assert answer.signals["words"] == 4


def test_before_a_person_the_last_answer_is_a_suggestion_without_confidence(part, cascade, said):
    person = Member(name="clerks", executor=None)
    answer = cascade(part("svm", said("fraud", 0.6), at_least=0.9), person).answer(GIVEN)
    assert (answer.output, answer.confidence) == ({"team": "fraud"}, None)
    assert answer.signals["part"] == "clerks"
    assert answer.trace.endswith("clerks decides")
    sure = cascade(part("svm", said("fraud", 0.95), at_least=0.9), person).answer(GIVEN)
    assert (sure.confidence, sure.signals["part"]) == (0.95, "svm")


def test_before_a_person_a_fault_stays_a_fault(part, cascade):
    answer = cascade(part("table", NO_RULE, sure=False), Member(name="clerks", executor=None)).answer(GIVEN)
    assert answer.fault.text == "table: no rule of the table covers this item"


def test_a_part_that_hangs_is_given_up_at_its_own_deadline_and_the_next_is_asked(part, cascade, said, gate):
    hangs = part("svm", lambda _: gate.wait(5.0), deadline_s=0.1)
    answer = cascade(hangs, part("gpt", said("b", 0.9))).answer(GIVEN)
    assert answer.output == {"team": "b"}
    assert answer.signals["svm.fault"] == "timeout"


def test_a_part_has_no_more_time_than_the_whole_has_left(part, cascade, said, gate):
    whole = cascade(part("svm", lambda _: gate.wait(5.0), deadline_s=60.0), part("gpt", said("b", 0.9)), deadline_s=0.3)
    started = time.perf_counter()
    answer = whole.answer(GIVEN)
    assert time.perf_counter() - started < 3.0
    assert answer.fault.kind is FaultKind.TIMEOUT
    assert whole.members[1].executor.n_asked == 0
    assert answer.fault.text == "no answer within 0.3 s: there was no time left after `svm`"
    assert answer.cost == 1.0


def test_a_part_is_tried_again_as_its_own_file_says(part, cascade, said):
    answers = iter([ConnectionError("gone"), said("fraud", 0.95)])
    retried = part("svm", lambda _: next(answers), at_least=0.9, retries=1)
    assert cascade(retried, part("gpt", said("b", 0.9))).answer(GIVEN).signals["part"] == "svm"


def test_a_part_that_is_away_is_left_alone_for_a_while_but_never_in_a_proof(part, cascade, said):
    now = [0.0]

    def whole():
        return cascade(
            part("svm", ConnectionError("gone"), at_least=0.9), part("gpt", said("b", 0.9)), clock=lambda: now[0]
        )

    proving, deciding = whole(), whole()
    deciding.leave_absent_parts_alone()
    for _ in range(9):
        assert proving.answer(GIVEN).output == deciding.answer(GIVEN).output == {"team": "b"}
    assert proving.members[0].executor.n_asked == 9
    assert deciding.members[0].executor.n_asked == 5
    assert deciding.answer(GIVEN).cost == 1.0  # nobody is paid for not being asked
    now[0] = 31.0
    deciding.answer(GIVEN)
    assert deciding.members[0].executor.n_asked == 6


STEPS = {
    "table": (Step(at=0.0, right=0.99),),
    "svm": (Step(at=0.0, right=0.5), Step(at=0.8, right=0.97)),
}


def test_a_tuned_whole_puts_the_answers_of_its_parts_on_one_scale(part, cascade, said):
    def confidence(*members):
        return cascade(*members, tuned=object()).answer(GIVEN).confidence

    table = part("table", said("a"), sure=False, steps=STEPS["table"])
    high, low = (part("svm", said("a", c), steps=STEPS["svm"]) for c in (0.9, 0.3))
    assert confidence(table) == 0.99
    assert 0.96 < confidence(high) < 0.971 < confidence(table)
    assert confidence(low) == pytest.approx(0.5, abs=0.001)


def test_an_answer_without_the_confidence_that_its_part_gives_has_none_in_the_whole(part, cascade, said):
    whole = cascade(part("svm", said("a", None), steps=STEPS["svm"]), tuned=object())
    assert whole.answer(GIVEN).confidence is None


def test_whether_the_whole_gives_confidence_follows_from_its_parts_or_from_tuning(part, cascade, said):
    table = part("table", said("a"), sure=False)
    assert not cascade(table).gives_confidence
    assert cascade(table, part("svm", said("a", 0.5))).gives_confidence
    assert cascade(table, tuned=object()).gives_confidence


def test_async_parts_are_awaited_on_the_loop_of_the_caller_many_at_a_time(part, cascade, said):
    begun, together = [], asyncio.Barrier(3)

    async def slow():
        begun.append(asyncio.get_running_loop())
        await together.wait()
        return said("b", 0.9)

    whole = cascade(part("svm", said("a", 0.2), at_least=0.9), part("gpt", lambda _: slow(), made=MadeAsync))

    async def three():
        found = await asyncio.gather(*(whole.answer_async(GIVEN) for _ in range(3)))
        return found, asyncio.get_running_loop()

    answers, loop = asyncio.run(asyncio.wait_for(three(), 10.0))
    assert [one.output for one in answers] == [{"team": "b"}] * 3
    assert set(begun) == {loop}


def test_an_async_part_that_hangs_is_cancelled_and_the_next_is_asked(part, cascade, said):
    cancelled = threading.Event()

    async def hangs():
        try:
            await asyncio.sleep(60.0)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    whole = cascade(
        part("gpt", lambda _: hangs(), made=MadeAsync, deadline_s=0.05), part("svm", said("a", 0.9), cost=0.01)
    )
    with performer(whole, clock=time.perf_counter) as perform:
        answer = perform(GIVEN)
    assert answer.output == {"team": "a"}
    assert answer.signals["gpt.fault"] == "timeout"
    assert answer.cost == pytest.approx(1.01)
    assert cancelled.is_set()


def test_an_async_part_has_no_more_time_than_the_whole_has_left(part, cascade, said):
    whole = cascade(
        part("gpt", lambda _: asyncio.sleep(60.0), made=MadeAsync, deadline_s=60.0),
        part("svm", said("a", 0.9)),
        deadline_s=0.2,
    )
    answer = whole.answer(GIVEN)
    assert answer.fault.kind is FaultKind.TIMEOUT
    assert whole.members[1].executor.n_asked == 0


def test_an_async_part_that_is_away_is_left_alone_for_a_while(part, cascade, said):
    whole = cascade(part("gpt", ConnectionError("gone"), made=MadeAsync), part("svm", said("a", 0.9)))
    whole.leave_absent_parts_alone()
    for _ in range(8):
        assert whole.answer(GIVEN).output == {"team": "a"}
    assert whole.members[0].executor.n_asked == 5


def test_the_deadline_of_the_whole_leaves_time_to_say_what_came_of_it(part, cascade, said):
    whole = cascade(part("svm", said("a", 0.9)), deadline_s=10.0)
    assert whole.spec.deadline == timedelta(seconds=10)
    assert whole._deadline_s == pytest.approx(9.9)
