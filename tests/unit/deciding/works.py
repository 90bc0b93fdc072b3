"""Small definitions for the tests of deciding."""

from remit.autonomy.route import Terms
from remit.definition.levels import Level
from remit.definition.model import (
    Autonomy,
    Constraint,
    Decision,
    Definition,
    Escalation,
    Exclusion,
    FailureKind,
    FailureMode,
    Inputs,
    Never,
    Outputs,
    Scope,
    Stop,
    Uncertainty,
    UseValue,
)
from remit.items import Answer

SUPERVISED = Terms(level=Level.SUPERVISED, certified=True, threshold=0.8)


def triage(**changes):
    """E-mail triage, small: every kind of rule once."""
    parts = {
        "remit": 1,
        "id": "triage",
        "inputs": Inputs(
            fields={
                "subject": "text <= 100",
                "body": "text <= 200",
                "amount": "number >= 0",
                "business": "yes/no",
                "country": "optional text <= 2",
            },
            when_missing={"subject": UseValue(use="(none)"), "body": "review", "*": "reject"},
        ),
        "outputs": Outputs(fields={"team": ["orders", "payments", "fraud"], "score": "optional number"}),
        "decisions": (Decision(id="team"),),
        "scope": Scope(
            excludes=(
                Exclusion(what="business customers", when="input.business", then="reject"),
                Exclusion(what="letters from lawyers", when="input.subject == 'legal'", then="review"),
                Exclusion(what="what people recognise"),
            )
        ),
        "constraints": (
            Constraint(
                id="C1", expr="!input.body.contains('stolen') || output.team == 'fraud'", message="stolen is fraud"
            ),
            Constraint(id="C2", expr="input.amount <= 1000.0", on_violation="block"),
        ),
        "failure_modes": (
            FailureMode(id="F1", kind=FailureKind.WRONG, mode="a wrong team", detect="output.team != expected.team"),
            FailureMode(
                id="F2", kind=FailureKind.MANIPULATED, mode="it gives orders", detect="answer.signals.injection"
            ),
            FailureMode(id="F3", kind=FailureKind.UNAVAILABLE, mode="no answer", detect="answer.error != ''"),
            FailureMode(id="F4", kind=FailureKind.MISSING, mode="nothing to decide on", detect="input.body == ''"),
            FailureMode(id="F5", kind=FailureKind.LATE, mode="too late", detect="answer.seconds > 30.0"),
        ),
        "uncertainty": Uncertainty(review_when="answer.confidence < 0.5"),
        "escalation": Escalation(stop=Stop(who=("clerk",), safe_state="review")),
        "autonomy": Autonomy(
            never=(
                Never(when="output.team == 'fraud'", because="fraud is for people"),
                Never(when="input.amount > 500.0", because="large amounts are for people"),
            )
        ),
    }
    return Definition(**{**parts, **changes})


ITEM = {"subject": "hello", "body": "where is my order", "amount": 10, "business": False}


def answers(output=None, **parts):
    """An executor that always gives this answer, and remembers what it was asked."""
    asked = []

    def perform(given):
        asked.append(given)
        return Answer(**{"output": {"team": "orders"} if output is None else output, "confidence": 0.9, **parts})

    perform.asked = asked
    return perform
