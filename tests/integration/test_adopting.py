"""A function that does the work today is recorded beside what it does, and nothing of that reaches its caller."""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import subprocess
import sys

import pytest
from tests.integration.small_project import environment
from tests.integration.test_from_warning_to_fall import Running

from remit.definition.levels import Level
from remit.errors import ReviewPending, StoreError
from remit.items import Route
from remit.ledger import Verified
from remit.project import Project
from remit.store.decisions import decision_by_key
from remit.store.reviews import truths_of

SERVICE = '''\
"""The service as it runs today."""

import remit


@remit.executor("refunds", name="shop", incumbent=True, key=lambda given: given["note"], files=()){options}
{kind}def refund(given: dict) -> dict:
    """Who gets the money back."""
    given["seen"] = True
    if given["amount"] < 0:
        raise ValueError("no such amount")
    return {{"refund": "yes" if given["amount"] < 50 else "no"}}
'''


def item(key, amount=20.0):
    return {"amount": amount, "channel": "web", "note": key, "dealer": False}


@pytest.fixture
def service(small, request):
    """The module of the service, loaded as the service does."""
    made = []

    def load(kind="", **options):
        text = SERVICE.format(kind=kind, options="").replace(
            "files=()", ", ".join(f"{name}={value!r}" for name, value in options.items()) or "files=()"
        )
        path = small.write("service/app.py", text)
        spec = importlib.util.spec_from_file_location("app_of_the_service", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        made.append(module.refund.remit)
        return module.refund

    yield load
    for recording in made:
        recording.close()


def found(small, key):
    with Project.open(small.root) as project:
        record = decision_by_key(project.store, work="refunds", key=key)
        return record, None if record is None else truths_of(project.store, record.id)


def hold(small, level):
    small.change("work/refunds.yaml", "error_budget: 0.10", "error_budget: 0.30")
    with Project.open(small.root) as project:
        Running(project).hold(level)


def test_the_function_keeps_its_signature_and_its_answer_and_is_recorded(small, service):
    refund = service()
    assert str(inspect.signature(refund)) == "(given: dict) -> dict"
    assert refund.__doc__ == "Who gets the money back."
    given = item("a")
    assert refund(given) == {"refund": "yes"}
    assert given["seen"] is True, "the function was given what its caller gave"
    with pytest.raises(ValueError, match="no such amount"):
        refund(item("b", -1.0))
    refund.remit.close()
    record, truths = found(small, "a")
    assert (record.decision.route, record.input, truths[0][1]) == (Route.INCUMBENT, item("a"), {"refund": "yes"})
    assert truths[0][0].by == "incumbent shop"
    assert found(small, "b")[0] is None
    with Project.open(small.root) as project:
        assert project.work("refunds").reviews() == (), "software is the incumbent: nobody is asked"
        assert all(isinstance(chain.result, Verified) for chain in project.verify_ledger())


def test_a_candidate_at_shadow_answers_beside_it_and_changes_nothing(small, service):
    hold(small, Level.SHADOW)
    refund = service()
    assert refund(item("a", 55.0)) == {"refund": "no"}
    refund.remit.close()
    record, truths = found(small, "a")
    assert (record.executor, record.decision.answer.output) == ("desk", {"refund": "yes"})
    assert (record.decision.route, truths[0][0].wrong) == (Route.INCUMBENT, True)


def test_above_shadow_the_candidate_answers_and_the_rest_waits_for_a_person(small, service):
    hold(small, Level.SUPERVISED)
    refund = service()
    refund(item("a"))
    refund.remit.drain()
    assert refund.remit.is_above_shadow
    assert refund(item("b", 50.0)) == {"refund": "yes"}, "the desk says yes below 60"
    with pytest.raises(ReviewPending, match="waits for a person") as caught:
        refund(item("c", 61.0))
    with Project.open(small.root) as project:
        assert [one.id for one in project.work("refunds").reviews()][-1] == caught.value.id


def test_what_waits_for_a_person_may_be_left_to_the_function(small, service):
    hold(small, Level.SUPERVISED)
    refund = service(on_review="incumbent")
    refund.remit.start()
    refund(item("a"))
    refund.remit.drain()
    assert refund(item("c", 61.0)) == {"refund": "no"}
    assert found(small, "c")[0].decision.route is Route.REVIEW


@pytest.mark.parametrize("is_above", [False, True])
def test_a_store_that_fails_never_breaks_the_caller(small, service, is_above):
    refund = service()

    def broken():
        raise StoreError("the disk is full")

    refund.remit._opened = broken
    refund.remit.is_above_shadow = is_above
    for n in range(3):
        assert refund(item(f"k{n}")) == {"refund": "yes"}
    refund.remit.close()
    assert refund.remit.n_lost == 3


def test_a_queue_that_is_full_drops_and_says_so(small, service, monkeypatch):
    refund = service()
    monkeypatch.setattr(refund.remit, "start", lambda: None)
    for n in range(1002):
        refund(item(f"k{n}"))
    assert refund.remit.n_lost == 2


def test_a_coroutine_function_is_awaited_as_before(small, service):
    refund = service(kind="async ")
    assert inspect.iscoroutinefunction(refund)
    assert asyncio.run(refund(item("a"))) == {"refund": "yes"}
    refund.remit.close()
    assert found(small, "a")[0] is not None


def test_what_waits_is_recorded_when_the_process_ends(small, service):
    service()
    given = "{'amount': 20.0, 'channel': 'web', 'note': f'k{n}', 'dealer': False}"
    code = f"from app import refund\nfor n in range(30):\n    refund({given})\n"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=small.root / "service",
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert found(small, "k29")[0] is not None
