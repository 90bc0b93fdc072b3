"""The way of one item as spans and numbers: complete, in order, and without anything that the item holds."""

from __future__ import annotations

import asyncio
import itertools
import json
from dataclasses import replace

import pytest
from opentelemetry.trace import SpanKind, StatusCode
from tests.integration.small_project import ITEM

from remit.definition.levels import Level
from remit.errors import KeyConflict
from remit.executors.perform.outside import ModelCall, current_outside, note_call, outgoing_headers
from remit.items import Item
from remit.project import Project, system
from remit.project.telemetry.names import ATTRIBUTES, METRICS

MARK = "Q7marked"
MARKED = {**ITEM, "note": f"a note {MARK}"}
STEPS = ["look", "admit", "perform", "check", "settle"]

ASKING = '''\
"""A desk that asks a language model and a service of its own; what it was asked with lies beside it."""

import json
from pathlib import Path

from remit.executors.perform.outside import ModelCall, note_call, outgoing_headers


def answer(given: dict) -> tuple[dict, float]:
    Path(__file__).with_name("headers.json").write_text(json.dumps(dict(outgoing_headers())))
    note_call(
        ModelCall(
            provider="openai",
            model="small-1",
            answered_by="small-1-2026",
            answer_id="chatcmpl-1",
            finish_reasons=("stop",),
            n_input=120,
            n_output=7,
            seconds=0.25,
        )
    )
    return {"refund": "yes"}, 0.99
'''


@pytest.fixture
def work(frozen, kept):
    with Project.open(frozen.root, ambient=replace(system(), telemetry=kept.telemetry)) as project:
        yield project.work("refunds")


@pytest.fixture
def acting(frozen, work):
    work.grant("desk", level=Level.SHADOW, reason="a look at it", by="jonas")
    return work


def test_an_item_is_one_span_with_a_span_for_each_step_in_order(acting, kept):
    settled = acting.decide(MARKED, key="k1", executor="desk")
    item = kept.only("decide")
    steps = kept.within(item)
    assert [one.name for one in steps] == STEPS
    assert all(item.start_time <= one.start_time <= one.end_time <= item.end_time for one in steps)
    assert all(one.end_time <= after.start_time for one, after in itertools.pairwise(steps))
    assert dict(item.attributes) == {
        "remit.work": "refunds",
        "remit.executor": "desk",
        "remit.decision.id": settled.record.id,
        "remit.repeated": False,
        "remit.route": "incumbent",
        "remit.level": "shadow",
        "remit.reason": settled.record.decision.reason.kind.value,
        **({} if settled.review is None else {"remit.review.id": settled.review.id}),
    }
    perform = steps[2]
    assert dict(perform.attributes) == {
        "remit.work": "refunds",
        "remit.executor": "desk",
        "remit.executor.kind": "function",
    }
    route = (("remit.route", "incumbent"), ("remit.work", "refunds"))
    assert kept.values("remit.decisions") == {route: 1}
    assert kept.values("remit.decide.duration") == {route: 1}


def test_an_asyncio_caller_is_seen_in_the_same_way_and_the_repeated_one_shorter(acting, kept):
    async def twice():
        first = await acting.adecide(MARKED, key="k1", executor="desk")
        return first, await acting.adecide(MARKED, key="k1", executor="desk")

    first, again = asyncio.run(twice())
    acting.end_deciding()
    assert again.repeated
    one, other = kept.named("decide")
    assert [step.name for step in kept.within(one)] == STEPS
    assert [step.name for step in kept.within(other)] == ["look"]
    assert (one.attributes["remit.repeated"], other.attributes["remit.repeated"]) == (False, True)
    assert other.attributes["remit.decision.id"] == first.record.id
    assert sum(kept.values("remit.decisions").values()) == 1


def test_a_batch_is_one_span_a_group_with_each_answer_within(acting, kept):
    items = [Item(key=f"k{i}", input=MARKED) for i in range(7)]
    assert len(list(acting.decide_many(items, executor="desk"))) == 7
    groups = kept.named("decide many")
    assert sum(one.attributes["remit.items"] for one in groups) == 7
    assert sum(len([step for step in kept.within(one) if step.name == "perform"]) for one in groups) == 7
    assert sum(kept.values("remit.decisions").values()) == 7
    list(acting.decide_many(items, executor="desk"))
    assert sum(kept.values("remit.decisions").values()) == 7


def test_a_fault_is_told_by_its_kind_and_counted(frozen, work, kept):
    frozen.write("functions/desk.py", "def answer(given):\n    raise ValueError(str(given))\n")
    work.grant("desk", level=Level.SHADOW, reason="a look at it", by="jonas")
    work.decide(MARKED, key="k1", executor="desk")
    perform = kept.only("perform")
    assert (perform.attributes["remit.fault"], perform.attributes["error.type"]) == ("error", "error")
    assert perform.status.status_code is StatusCode.ERROR
    assert perform.status.description is None
    assert list(kept.values("remit.executor.faults").values()) == [1]


def test_a_refusal_marks_the_span_with_its_class_and_not_with_its_words(acting, kept):
    acting.decide(MARKED, key=f"key-{MARK}")
    with pytest.raises(KeyConflict):
        acting.decide({**MARKED, "amount": 1.0}, key=f"key-{MARK}")
    failed = kept.named("decide")[-1]
    assert failed.attributes["error.type"] == "KeyConflict"
    assert failed.events == ()
    nothing_marked(kept)


@pytest.mark.parametrize("way", ["thread", "await", "batch"])
def test_calls_of_a_model_are_spans_by_the_conventions_and_requests_carry_the_trace(frozen, work, kept, way):
    frozen.write("functions/desk.py", ASKING)
    work.grant("desk", level=Level.SHADOW, reason="a look at it", by="jonas")
    if way == "thread":
        work.decide(MARKED, key="k1", executor="desk")
    elif way == "await":
        asyncio.run(work.adecide(MARKED, key="k1", executor="desk"))
        work.end_deciding()
    else:
        list(work.decide_many([Item(key="k1", input=MARKED)], executor="desk"))
    perform = kept.only("perform")
    call = kept.only("chat small-1")
    assert kept.within(perform) == [call]
    assert call.kind is SpanKind.CLIENT
    assert dict(call.attributes) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "small-1",
        "gen_ai.response.model": "small-1-2026",
        "gen_ai.response.id": "chatcmpl-1",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 120,
        "gen_ai.usage.output_tokens": 7,
    }
    assert (call.end_time - call.start_time) / 1e9 == pytest.approx(0.25)
    sent = json.loads(frozen.read("functions/headers.json"))
    of = perform.context
    assert sent["traceparent"] == f"00-{of.trace_id:032x}-{of.span_id:016x}-{of.trace_flags:02x}"
    usage = kept.values("gen_ai.client.token.usage")
    assert sorted(dict(key)["gen_ai.token.type"] for key in usage) == ["input", "output"]
    assert sum(kept.values("gen_ai.client.operation.duration").values()) == 1


def test_where_nobody_watches_nothing_goes_along_and_nothing_is_kept(frozen):
    frozen.write("functions/desk.py", ASKING)
    with Project.open(frozen.root) as project:
        work = project.work("refunds")
        work.grant("desk", level=Level.SHADOW, reason="a look at it", by="jonas")
        work.decide(ITEM, key="k1", executor="desk")
    assert json.loads(frozen.read("functions/headers.json")) == {}
    note_call(ModelCall(provider="openai", model="small-1"))
    assert (current_outside(), outgoing_headers()) == (None, {})


def test_a_proof_is_one_span(work, kept):
    document = work.prove("desk").document
    assert dict(kept.only("prove").attributes) == {
        "remit.work": "refunds",
        "remit.executor": "desk",
        "remit.cases": document.n_cases,
        "remit.certified": document.certificate is not None,
    }


def test_no_attribute_leaves_that_is_not_on_the_list_and_none_holds_what_an_item_holds(acting, kept):
    for i in range(3):
        acting.decide(MARKED, key=f"key-{MARK}-{i}", executor="desk", actor=f"somebody {MARK}")
    with kept.telemetry.span("decide", {"payload": MARK, "remit.work": "refunds"}) as seeing:
        seeing.note({"remit.route": None, "remit.input": MARK})
    kept.telemetry.count("remit.decisions", 1, {"remit.key": MARK})
    assert dict(kept.named("decide")[-1].attributes) == {"remit.work": "refunds"}
    nothing_marked(kept)


def nothing_marked(kept):
    assert kept.spans
    for one in kept.spans:
        assert MARK not in one.to_json()
        assert one.attributes.keys() <= ATTRIBUTES.keys()
    for metric in METRICS:
        for key in kept.values(metric):
            assert MARK not in str(key)
            assert {name for name, _ in key} <= ATTRIBUTES.keys()
