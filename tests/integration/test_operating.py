"""What is measured of a work that runs, from commands to the facts of readiness: planted cases, and drift."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from remit.store.operations.volume import first_item_at, items_since
from tests.integration.small_project import ITEM

from remit.definition.levels import Level
from remit.project.operating import measure_operation
from remit.project.reviewing.planting import plant_cases
from remit.store.decisions import decision


@pytest.fixture
def work(frozen):
    with frozen.opened() as opened:
        opened.prove("desk")
        opened.grant("desk", level=Level.SHADOW, by="jonas", reason="a look at it")
        yield opened


def right(amount: float) -> dict[str, str]:
    return {"refund": "yes" if amount < 63 else "ask" if amount < 123 else "no"}


def test_wrong_suggestions_that_people_catch_and_let_pass_are_counted(work):
    n = 12
    planted = plant_cases(work, n=n, seed=3, share_wrong=1.0, by="mira")
    shown = [one for one in planted if one.ask.shows_answer]
    for i, one in enumerate(planted):
        record = decision(work.project.store, one.decision_id)
        suggested = record.decision.answer.output
        given = suggested if i % 3 == 0 else right(record.input["amount"])
        work.decide_review(one.id, by="tarek", output=given, comment="so it is")
    found = measure_operation(work)
    assert shown
    assert found.planted is not None
    assert found.planted.caught.n == len(shown)
    assert found.planted.caught.k < len(shown)


def test_the_skill_of_who_decides_alone_is_measured_in_halves(work):
    work.decide(ITEM, key="alone")  # at shadow people see no answer, and planted cases come as the others do
    planted = plant_cases(work, n=40, seed=4, share_wrong=0.0, by="mira")
    assert not any(one.ask.shows_answer for one in planted)
    for i, one in enumerate(planted):
        amount = decision(work.project.store, one.decision_id).input["amount"]
        given = right(amount) if i < 20 else {"refund": "ask"}
        work.decide_review(one.id, by="tarek", output=given, comment="so it is")
    found = measure_operation(work)
    assert found.planted is None
    assert found.skill is not None
    assert (found.skill.before.n, found.skill.now.n) == (20, 20)
    assert found.skill.before.k < found.skill.now.k


def test_inputs_like_those_of_the_cases_do_not_drift_and_others_do(work):
    rng = np.random.default_rng(5)
    assert measure_operation(work).drift is None  # too few items
    for i in range(320):
        channel = "web" if rng.random() < 0.6 else "shop"
        work.decide({"amount": round(float(rng.uniform(1, 200)), 2), "channel": channel}, key=f"k{i}")
    drift = measure_operation(work).drift
    assert drift is not None
    assert (drift.n_cases, drift.n_items) == (120, 320)
    alike = {one.field: one.stability for one in drift.fields}
    assert alike["amount"] < 0.25
    assert alike["channel"] < 0.25
    for i in range(2_000):
        work.decide({"amount": round(float(rng.uniform(150, 160)), 2), "channel": "shop"}, key=f"odd{i}")
    drift = measure_operation(work).drift
    assert drift.n_items == 2_000
    other = {one.field: one.stability for one in drift.fields}
    assert other["amount"] > 1.0
    assert other["channel"] > 1.0


def test_planted_cases_are_no_items_of_the_stream(work):
    for i in range(300):
        work.decide({**ITEM, "amount": 1.0 + i % 199}, key=f"k{i}")
    plant_cases(work, n=5, seed=3, share_wrong=0.0, by="mira")
    found = measure_operation(work)
    assert found.drift.n_items == 300
    assert items_since(work.project.store, work="refunds", since=work.project.ambient.now() - timedelta(days=1)) == 300
    assert first_item_at(work.project.store, work="refunds") is not None
