"""A service, then a language model, then people, as one executor: proved, decided, each part's share and cost told."""

from __future__ import annotations

import json

import pytest
from tests.integration.llm.conftest import KEY
from tests.integration.llm.test_a_project_with_a_model import clerk, five_lines
from tests.speaking_server import raw

from remit.definition.levels import Level
from remit.errors import SpendingReached
from remit.items import Item


def supplier(body):
    """Sure, and right, of small amounts; elsewhere it says that it is not."""
    amount = body["input"]["amount"]
    said = {"output": {"refund": "yes"}, "confidence": 0.95 if amount < 50 else 0.3, "cost": 0.001}
    return raw(200, json.dumps(said).encode())(body)


@pytest.fixture
def cascade(frozen, serving, monkeypatch):
    """The project with all three, and the two servers."""
    monkeypatch.setenv("SERVICE_API_KEY", KEY)
    far, model = serving(supplier), serving(clerk)
    frozen.write(
        "executors/supplier.yaml",
        "for: refunds\nkind: http\nversion: '1'\ndeadline: 10s\nconfidence: its own score\ncost_per_item: 0.001\n"
        f"settings: {{url: {far.url}/answer}}\n",
    )
    five_lines(frozen, model, "cost_per_item: 0.05", "confidence: none")
    frozen.write("executors/people.yaml", "for: refunds\nkind: person\n")
    frozen.write(
        "executors/both.yaml",
        "for: refunds\nkind: cascade\ndeadline: 20s\n"
        "settings: {parts: [{executor: supplier, at_least: 0.8}, {executor: gpt}, {executor: people}]}\n",
    )
    return frozen, far, model


def test_a_service_and_a_model_are_proved_as_one_and_each_has_its_share(cascade):
    project, far, model = cascade
    with project.opened() as work:
        document = work.prove("both").document
    shares = {one.name: one for one in document.cascade.parts}
    n_small = sum(body["input"]["amount"] < 50 for body in far.asked)
    assert 0 < n_small < len(far.asked)
    assert shares["supplier"].n_asked == len(far.asked)
    assert shares["supplier"].n_taken == n_small
    assert shares["gpt"].n_asked == len(model.asked) == len(far.asked) - n_small
    assert all(KEY.encode() not in path.read_bytes() for path in project.root.rglob("*") if path.is_file())


def test_items_go_from_one_to_the_next_in_a_batch_and_the_record_says_who_answered(cascade):
    project, far, model = cascade
    items = [Item(key=f"k{n}", input={"amount": float(n), "channel": "web", "dealer": False}) for n in range(40, 60)]
    with project.opened() as work:
        work.grant("both", level=Level.SHADOW, reason="a look at it", by="jonas")
        settled = list(work.decide_many(items, executor="both"))
    assert [one.record.key for one in settled] == [one.key for one in items]
    answers = [one.record.decision.answer for one in settled]
    assert [one.signals["part"] for one in answers] == ["supplier"] * 10 + ["gpt"] * 10
    assert [one.cost for one in answers[:10]] == [pytest.approx(0.001)] * 10
    assert all(one.cost == pytest.approx(0.051) for one in answers[10:])
    assert (len(far.asked), len(model.asked)) == (20, 10)


def test_where_the_service_is_gone_the_model_is_asked(cascade):
    project, far, _ = cascade
    far.stop()
    with project.opened() as work:
        work.grant("both", level=Level.SHADOW, reason="a look at it", by="jonas")
        settled = work.decide({"amount": 45.0, "channel": "web", "dealer": False}, key="k1", executor="both")
    answer = settled.record.decision.answer
    assert answer.fault is None
    assert answer.signals["part"] == "gpt"
    assert answer.signals["supplier.fault"] == "unavailable"


def test_where_the_money_is_spent_tuning_says_that_it_keeps_nothing(cascade):
    project, far, _ = cascade
    project.change("executors/supplier.yaml", "/answer}", "/answer, limits: {spend_at_most: {amount: 0.01, per: day}}}")
    with project.opened() as work, pytest.raises(SpendingReached) as refused:
        work.tune("both")
    assert len(far.asked) == 10
    assert "tuning keeps no answers" in refused.value.problems[0].mend
    assert not (project.root / "executors" / "both.tuned.json").exists()
