import asyncio
from datetime import UTC, datetime

import pytest
from tests.unit.deciding.works import ITEM, SUPERVISED, answers, triage

from remit.autonomy.route import Terms
from remit.deciding.decide import Stopped, decide, decide_again, decide_async
from remit.deciding.prepare import prepare
from remit.definition.levels import Level
from remit.definition.model import Constraint, Escalation, Inputs, Stop, Uncertainty
from remit.errors import ExpressionInvalid
from remit.items import Answer, Fault, FaultKind, Item, ReasonKind, Route

WORK = prepare(triage())


def run(given=None, *, perform=None, terms=SUPERVISED, stopped=None, work=WORK, **changes):
    item = Item(key="k1", input={**ITEM, **changes} if given is None else given)
    return decide(work, item, perform=perform if perform is not None else answers(), terms=terms, stopped=stopped)


def fault(kind=FaultKind.ERROR):
    return lambda given: Answer(output=None, fault=Fault(kind=kind, text="it broke"))


def test_an_item_within_every_limit_is_acted_on():
    decision = run()
    assert decision.route is Route.ACT
    assert decision.eligible
    assert decision.answer.output == {"team": "orders"}
    assert decision.reason.kind is ReasonKind.WITHIN_LIMITS


def test_whole_numbers_reach_the_executor_as_the_numbers_of_the_schema():
    perform = answers({"team": "orders", "score": 3})
    decision = run(perform=perform)
    assert type(perform.asked[0]["amount"]) is float
    assert type(decision.answer.output["score"]) is float


def test_a_missing_input_with_a_declared_value_is_filled():
    perform = answers()
    given = {name: value for name, value in ITEM.items() if name != "subject"}
    assert run(given, perform=perform).route is Route.ACT
    assert perform.asked[0]["subject"] == "(none)"


def test_null_is_missing():
    perform = answers()
    assert run(subject=None, perform=perform).route is Route.ACT
    assert perform.asked[0]["subject"] == "(none)"


@pytest.mark.parametrize(("name", "route"), [("body", Route.REVIEW), ("amount", Route.REJECT)])
def test_a_missing_input_goes_where_it_is_declared_to_and_nothing_runs(name, route):
    perform = answers()
    decision = run({key: value for key, value in ITEM.items() if key != name}, perform=perform)
    assert decision.route is route
    assert decision.reason.kind is ReasonKind.INPUT_REFUSED
    assert decision.reason.id == name
    assert perform.asked == []
    assert not decision.eligible


def test_an_optional_input_may_be_missing_unless_something_is_declared_for_it():
    assert run().route is Route.ACT
    inputs = triage().inputs
    strict = Inputs(fields=inputs.fields, when_missing={**inputs.when_missing, "country": "review"})
    assert run(work=prepare(triage(inputs=strict))).route is Route.REVIEW


@pytest.mark.parametrize("changes", [{"amount": -1}, {"amount": "ten"}, {"subject": "x" * 101}, {"unknown": 1}])
def test_an_input_that_does_not_fit_is_refused_with_the_place(changes):
    perform = answers()
    decision = run(perform=perform, **changes)
    assert decision.route is Route.REJECT
    assert decision.reason.kind is ReasonKind.INPUT_REFUSED
    assert next(iter(changes)) in decision.reason.text
    assert perform.asked == []


def test_what_is_out_of_scope_goes_where_it_is_declared_to():
    perform = answers()
    rejected = run(business=True, perform=perform)
    assert (rejected.route, rejected.reason.kind) == (Route.REJECT, ReasonKind.OUT_OF_SCOPE)
    assert "business customers" in rejected.reason.text
    assert run(subject="legal", perform=perform).route is Route.REVIEW
    assert perform.asked == []


def test_a_never_on_the_input_keeps_the_item_before_anything_runs():
    perform = answers()
    decision = run(amount=600, perform=perform)
    assert (decision.route, decision.reason.kind) == (Route.REVIEW, ReasonKind.NEVER_INPUT)
    assert "large amounts" in decision.reason.text
    assert perform.asked == []


def test_a_failure_mode_that_shows_in_the_input_keeps_the_item_before_anything_runs():
    perform = answers()
    decision = run(body="", perform=perform)
    assert (decision.route, decision.reason.kind, decision.reason.id) == (Route.REVIEW, ReasonKind.FAILURE_MODE, "F4")
    assert perform.asked == []


def test_a_fault_is_a_review_with_the_declared_failure_mode():
    decision = run(perform=fault())
    assert (decision.route, decision.reason.kind, decision.reason.id) == (Route.REVIEW, ReasonKind.FAULT, "F3")
    assert "it broke" in decision.reason.text
    late = run(perform=fault(FaultKind.TIMEOUT))
    assert (late.route, late.reason.kind, late.reason.id) == (Route.REVIEW, ReasonKind.TIMEOUT, "F5")


@pytest.mark.parametrize("output", [{"team": "nobody"}, {}, {"team": "orders", "extra": 1}, {"team": 5}])
def test_an_output_that_breaks_the_schema_is_a_review(output):
    decision = run(perform=answers(output))
    assert (decision.route, decision.reason.kind) == (Route.REVIEW, ReasonKind.OUTPUT_INVALID)
    assert decision.checked.output_faults
    assert decision.answer.output == output


def test_a_never_on_the_output_keeps_the_item():
    decision = run(perform=answers({"team": "fraud"}))
    assert (decision.route, decision.reason.kind) == (Route.REVIEW, ReasonKind.NEVER_OUTPUT)
    assert "fraud is for people" in decision.reason.text


def test_a_broken_constraint_is_a_review_and_says_whether_it_blocks():
    decision = run(body="my card was stolen")
    assert (decision.route, decision.reason.kind, decision.reason.id) == (Route.REVIEW, ReasonKind.CONSTRAINT, "C1")
    assert not decision.reason.blocks
    assert "stolen is fraud" in decision.reason.text
    blocking = triage(constraints=(Constraint(id="C9", expr="false", on_violation="block"),))
    assert run(work=prepare(blocking)).reason.blocks


def test_a_constraint_that_cannot_be_evaluated_counts_as_broken_and_the_record_says_so():
    decision = run(work=prepare(triage(constraints=(Constraint(id="C3", expr="output.score > 1.0"),))))
    assert decision.reason.id == "C3"
    assert any(text.startswith("C3:") for text in decision.checked.not_evaluated)


def test_a_live_failure_mode_is_a_review_with_its_id():
    decision = run(perform=answers(signals={"injection": True}))
    assert (decision.route, decision.reason.kind, decision.reason.id) == (Route.REVIEW, ReasonKind.FAILURE_MODE, "F2")
    slow = run(perform=answers(seconds=31.0))
    assert slow.reason.id == "F5"


def test_a_detect_that_speaks_of_the_expected_answer_is_not_live():
    assert "F1" not in [rule.id for rule in (*WORK.modes, *WORK.keep_modes)]


def test_a_doubtful_answer_is_a_review():
    decision = run(perform=answers(confidence=0.4))
    assert decision.reason.kind is ReasonKind.REVIEW_WHEN
    assert ReasonKind.CONFIDENCE in [reason.kind for reason in decision.reasons]


def test_without_a_confidence_review_when_counts_as_true():
    decision = run(perform=answers(confidence=None))
    assert decision.reason.kind is ReasonKind.REVIEW_WHEN
    assert decision.checked.review_when


def test_a_never_that_cannot_be_evaluated_counts_as_true():
    from remit.definition.model import Autonomy, Never

    work = prepare(triage(autonomy=Autonomy(never=(Never(when="output.score > 5.0", because="high scores"),))))
    assert run(work=work).reason.kind is ReasonKind.NEVER_OUTPUT


@pytest.mark.parametrize("level", [Level.MANUAL, Level.SHADOW])
def test_below_suggest_the_incumbent_decides(level):
    perform = answers()
    decision = run(perform=perform, terms=Terms(level=level))
    assert decision.route is Route.INCUMBENT
    assert len(perform.asked) == (0 if level is Level.MANUAL else 1)


def test_at_suggest_a_person_decides_and_the_answer_is_there_to_be_shown():
    decision = run(terms=Terms(level=Level.SUGGEST))
    assert decision.route is Route.REVIEW
    assert decision.answer.output == {"team": "orders"}


def test_stopped_work_runs_nothing_and_says_what_happens_instead():
    perform = answers()
    decision = run(perform=perform, stopped=Stopped.WORK)
    assert (decision.route, decision.reason.kind) == (Route.STOPPED, ReasonKind.STOPPED)
    assert "a person decides" in decision.reason.text
    assert perform.asked == []
    refusing = prepare(triage(escalation=Escalation(stop=Stop(who=("clerk",), safe_state="reject"))))
    assert "refused" in run(stopped=Stopped.WORK, work=refusing).reason.text


def test_a_stopped_executor_leaves_the_work_to_the_incumbent():
    perform = answers()
    assert run(perform=perform, stopped=Stopped.EXECUTOR).route is Route.INCUMBENT
    assert perform.asked == []


def test_the_async_twin_decides_alike():
    async def perform(given):
        return Answer(output={"team": "orders"}, confidence=0.9)

    item = Item(key="k1", input=ITEM, received_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert asyncio.run(decide_async(WORK, item, perform=perform, terms=SUPERVISED)) == decide(
        WORK, item, perform=answers(), terms=SUPERVISED
    )


def test_expressions_see_when_the_item_came():
    work = prepare(triage(constraints=(Constraint(id="C4", expr="item.received_at == '2026-01-01T00:00:00Z'"),)))
    item = Item(key="k1", input=ITEM, received_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert decide(work, item, perform=answers(), terms=SUPERVISED).route is Route.ACT
    assert run(work=work).reason.id == "C4"


def test_every_expression_that_does_not_compile_is_told_at_once():
    bad = triage(uncertainty=Uncertainty(review_when="answer."), constraints=(Constraint(id="C1", expr="1 +"),))
    with pytest.raises(ExpressionInvalid) as caught:
        prepare(bad)
    assert len(caught.value.problems) == 2


def test_the_quick_way_and_the_slow_way_agree():
    """``quiet`` only skips work: with it switched off every decision is the same."""
    from dataclasses import replace

    from remit.definition.expressions import AllOf, Expression

    never_quiet = replace(WORK, quiet=AllOf([Expression("false")]))
    for output in ({"team": "orders"}, {"team": "fraud"}, {"team": "nobody"}):
        for confidence in (None, 0.4, 0.9):
            for changes in ({}, {"body": "stolen"}, {"amount": 900}):
                quick = run(perform=answers(output, confidence=confidence), **changes)
                slow = run(perform=answers(output, confidence=confidence), work=never_quiet, **changes)
                assert quick.route is slow.route
                assert quick.reasons == slow.reasons


@pytest.mark.parametrize("stopped", [None, *Stopped])
@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("more", [{}, {"threshold": 0.9999}, {"cap": "a cap is reached"}, {"certified": False}])
def test_what_is_decided_again_before_it_is_recorded_takes_the_route_that_deciding_takes(stopped, level, more):
    """Between deciding and recording a level may fall and a stop be pressed: there is one way to say what follows."""
    terms = Terms(**{"level": level, "certified": True, "threshold": 0.1, **more})
    first = run(terms=Terms(level=Level.AUTONOMOUS, certified=True))
    assert first.route is Route.ACT
    again = decide_again(first, terms=terms, stopped=stopped)
    anew = run(terms=terms, stopped=stopped)
    assert (again.route, again.reason.kind) == (anew.route, anew.reason.kind)
