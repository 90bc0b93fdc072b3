"""A small definition, cases of it and judged runs for the tests of proofs. Everything goes through the real code."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np

from remit.cases.case import Case, CaseUse
from remit.deciding.decide import decide
from remit.deciding.prepare import prepare
from remit.definition.model import (
    Autonomy,
    Constraint,
    Decision,
    Definition,
    ErrorCost,
    FailureKind,
    FailureMode,
    Inputs,
    Metric,
    Never,
    Outputs,
    Quality,
    Target,
    Today,
)
from remit.executors.function import bind
from remit.items import Answer, ExecutorKind, ExecutorSpec, Fault, FaultKind, Item
from remit.proof.answers import HYPOTHETICAL, Observed, is_final
from remit.proof.conclude import Setting, conclude
from remit.proof.document import ProvedExecutor
from remit.proof.tally import Tally

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)

REFUND = {"refund": ["yes", "no", "ask"]}


def refunds(**changes) -> Definition:
    """Refunds, small: one decision among three answers; an amount, a channel and a text come in."""
    parts = {
        "remit": 1,
        "id": "refunds",
        "title": "Decide one refund",
        "inputs": Inputs(
            fields={
                "amount": "number >= 0",
                "channel": ["web", "shop"],
                "vip": "optional yes/no",
                "note": "optional text <= 200",
            },
            when_missing={"amount": "review"},
        ),
        "outputs": Outputs(fields={**REFUND, "words": "optional text <= 100", "days": "optional number"}),
        "decisions": (Decision(id="refund"),),
    }
    return Definition(**{**parts, **changes})


def quality(*targets: Target, **parts) -> Quality:
    return Quality(targets=targets, **parts)


def target(metric, id_="Q1", **parts) -> Target:
    return Target(id=id_, metric=Metric(metric), **parts)


def case(id_="c1", expected="yes", *, amount=10.0, channel="web", given=None, also=None, slices=None, tags=()) -> Case:
    return Case(
        id=id_,
        input={"amount": amount, "channel": channel} if given is None else given,
        expected={"refund": expected, **(also or {})},
        tags=tags,
        slices=slices or {},
        use=CaseUse.PROVE,
    )


def said(refund="yes", confidence=0.9, **parts) -> Answer:
    """An answer that an executor might give, with output ``{"refund": refund}``."""
    return Answer(**{"output": {"refund": refund}, "confidence": confidence, "seconds": 0.01, **parts})


def broken(kind=FaultKind.ERROR, **parts) -> Answer:
    fault = Fault(kind=kind, text=f"it was {kind.value}")
    return Answer(**{"output": None, "fault": fault, "seconds": 0.01, **parts})


def observed(work, one: Case, answer: Answer) -> Observed:
    """The case decided by the real code, the executor having answered ``answer``."""
    decision = decide(work, Item(key=one.id, input=one.input), perform=lambda _: answer, terms=HYPOTHETICAL)
    return Observed(case=one, decision=decision, fresh=answer if decision.answer is not None else None)


def tally_of(definition, answered, *, majority=None, **parts) -> Tally:
    """The counts of a run: ``answered`` are pairs of a case and the answer to it."""
    work = definition if not isinstance(definition, Definition) else prepare(definition)
    tally = Tally(work, majority=majority, **parts)
    for one, answer in answered:
        tally.add(observed(work, one, answer))
    return tally


def run_of(n_right: int, n_wrong: int = 0, *, confidence=0.9, **parts):
    """Cases that are answered rightly, then cases that are answered wrongly, each with an id of its own."""
    numbers = itertools.count()
    right = [(case(f"c{next(numbers)}", **parts), said("yes", confidence)) for _ in range(n_right)]
    wrong = [(case(f"c{next(numbers)}", **parts), said("no", confidence)) for _ in range(n_wrong)]
    return [*right, *wrong]


def concluded(definition, answered, *, majority=None, **parts):
    """The proof document of a run, by the real code."""
    said_of_majority = {"majority": None if majority is None else "refund yes"}
    return concluded_from(
        definition, tally_of(definition, answered, majority=majority), **{**said_of_majority, **parts}
    )


def concluded_from(
    definition, tally, *, attempt=0, others=(), gives_confidence=True, cost=None, kind="function", **parts
):
    """The proof document of counts, by the real code."""
    setting = Setting(
        definition=definition,
        executor=ProvedExecutor(
            name="clerk",
            kind=kind,
            digest="e" * 64,
            version="1",
            author="ann",
            gives_confidence=gives_confidence,
            cost_per_item=cost,
        ),
        case_set_digest="c" * 64,
        attempt=attempt,
        made_at=NOW,
        remit_version="0",
        reproduce="remit prove refunds --executor clerk",
        **parts,
    )
    return conclude(setting, tally, rng=np.random.default_rng(1), others=others)


def function(answer, *, deadline=timedelta(seconds=30), definition=None, **parts):
    """An executor that calls ``answer``."""
    spec = ExecutorSpec(
        name="clerk", work="refunds", kind=ExecutorKind.FUNCTION, version="1", deadline=deadline, **parts
    )
    return bind(answer, spec, definition=refunds() if definition is None else definition)


class Remembered:
    """A record of answers in memory, which notes what was asked of it."""

    def __init__(self, **answers: Answer) -> None:
        self.answers = dict(answers)
        self.batches: list[tuple[str, ...]] = []

    def recorded(self, case_ids):
        return {id_: self.answers[id_] for id_ in case_ids if id_ in self.answers}

    def add(self, answers):
        twice = {id_ for id_ in answers.keys() & self.answers.keys() if is_final(self.answers[id_])}
        assert not twice, f"recorded twice: {twice}"
        self.answers.update(answers)
        self.batches.append(tuple(answers))


ERROR_COSTS = (
    ErrorCost(kind="money lost", when="output.refund == 'yes' && expected.refund != 'yes'", cost=40.0),
    ErrorCost(kind="an angry customer", when="output.refund == 'no' && expected.refund == 'yes'", cost=10.0),
)

KEPT = Autonomy(error_budget=0.05, never=(Never(when="input.amount > 500.0", because="large amounts"),))
KEPT_AFTER = Autonomy(error_budget=0.05, never=(Never(when="output.refund == 'ask'", because="a question"),))
CEILING = (Constraint(id="C1", expr="output.refund != 'yes' || input.amount <= 100.0", message="too much"),)
SILENT = (FailureMode(id="F1", kind=FailureKind.WRONG, mode="a wrong no", detect="output.refund == 'no'"),)
TODAY = Today(cost_per_item=2.0)

fail_late = partial(broken, FaultKind.TIMEOUT)
