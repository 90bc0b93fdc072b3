"""A person's output passes the same output schema and the same constraints as an executor's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from tests.unit.deciding.works import ITEM, triage

from remit.deciding.decision import Decision
from remit.deciding.prepare import prepare
from remit.definition.levels import Level
from remit.definition.model import Constraint
from remit.items import Reason, ReasonKind, Route
from remit.runtime.review import person_check
from remit.store.decisions import DecisionRecord

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
RECORD = DecisionRecord(
    id="d1",
    work="triage",
    seq=1,
    key="k1",
    at=NOW,
    actor="ann",
    received_at=NOW,
    input=ITEM,
    decision=Decision(
        route=Route.REVIEW,
        reasons=(Reason(kind=ReasonKind.LEVEL, text="the level is suggest"),),
        level=Level.SUGGEST,
        input=ITEM,
    ),
    effects=(),
    executor=None,
    definition_digest="d",
    evidence_digest="e",
    executor_digest=None,
)
CONSTRAINTS = (
    Constraint(id="HARD", expr="output.team != 'fraud'", message="never by hand", on_violation="block"),
    Constraint(id="SOFT", expr="output.team == 'orders'", on_violation="review"),
    Constraint(id="SURE", expr="answer.confidence >= 0.0", on_violation="block"),
)
CHECK = person_check(prepare(triage(constraints=CONSTRAINTS)))


def violated(output):
    found = CHECK(RECORD, output)
    assert found.faults == ()
    return [(one.id, one.blocks) for one in found.violated]


def test_broken_constraints_are_named_and_say_whether_they_block():
    assert violated({"team": "fraud"}) == [("HARD", True), ("SOFT", False)]
    assert violated({"team": "payments"}) == [("SOFT", False)]
    assert [one.message for one in CHECK(RECORD, {"team": "fraud"}).violated][:2] == [
        "never by hand",
        "output.team == 'orders'",
    ]


def test_a_constraint_that_can_not_be_evaluated_counts_as_broken():
    odd = Constraint(id="ODD", expr="input.nothing == output.team", on_violation="review")
    check = person_check(prepare(triage(constraints=(odd,))))
    assert [one.id for one in check(RECORD, {"team": "orders"}).violated] == ["ODD"]


def test_a_constraint_on_how_the_executor_answered_is_not_asked_of_a_person():
    assert violated({"team": "orders"}) == []


def test_an_output_outside_the_schema_has_faults_and_is_not_checked_further():
    found = CHECK(RECORD, {"team": "nobody"})
    assert found.faults
    assert found.faults[0].startswith("team: ")
    assert found.violated == ()
    assert CHECK(RECORD, {}).faults


def test_the_item_is_looked_at_as_it_was_admitted():
    seen = Constraint(id="SEEN", expr="input.amount == 7.0 && item.key == 'k1'", on_violation="review")
    check = person_check(prepare(triage(constraints=(seen,))))
    admitted = replace(RECORD, decision=replace(RECORD.decision, input={**ITEM, "amount": 7.0}))
    assert check(admitted, {"team": "orders"}).violated == ()
    assert [one.id for one in check(RECORD, {"team": "orders"}).violated] == ["SEEN"]
