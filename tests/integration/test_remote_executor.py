"""A service decides items of a project: one by one, a hundred at once, in batches and in proofs, within its limits."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator

import pytest
from tests.integration.small_project import ITEM, Small
from tests.unit.executors.http.services import Asked, Service, hangs, response, says

from remit.definition.levels import Level
from remit.errors import ExecutorInvalid, OutsideError, SpendingReached
from remit.items import FaultKind, Item, ReasonKind

KEY = "a-key-that-nobody-may-see-0123456789"


def refund(amount: float) -> str:
    return "yes" if amount < 60.0 else "ask" if amount < 120.0 else "no"


def answer_to(asked: Asked, **more: object) -> bytes:
    amount = asked.content["input"]["amount"]
    near = min(abs(amount - 60.0), abs(amount - 120.0))
    return response({"output": {"refund": refund(amount)}, "confidence": min(0.99, 0.6 + near / 100.0), **more})


async def decides(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(answer_to(asked))
    await writer.drain()


class Crowd:
    """Answers once so many are asked at the same time; the first ``n_alone`` at once."""

    def __init__(self, size: int, *, n_alone: int = 0) -> None:
        self._size = size
        self._n_alone = n_alone
        self._here = 0
        self.most = 0
        self._all = asyncio.Event()

    async def __call__(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        if self._n_alone:
            self._n_alone -= 1
            await decides(asked, writer)
            return
        self._here += 1
        self.most = max(self.most, self._here)
        if self._here == self._size:
            self._all.set()
        await self._all.wait()
        self._here -= 1
        await decides(asked, writer)


def describe(small: Small, url: str, *, limits: str = "{}", more: str = "") -> None:
    small.write(
        "executors/supplier.yaml",
        f'for: refunds\nkind: http\nversion: "1"\ndeadline: 20s\nconfidence: share of its votes\nauthor: sam\n{more}'
        f"settings:\n  url: {url}\n  key_from: SUPPLIER_KEY\n  limits: {limits}\n",
    )


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPPLIER_KEY", KEY)


@pytest.fixture
def service() -> Iterator[Service]:
    with Service(decides) as started:
        yield started


def items(n: int) -> list[Item]:
    return [Item(key=f"k{i}", input={**ITEM, "amount": 1.0 + i * 37 % 179}) for i in range(n)]


def outputs(outcomes) -> list[str]:
    return [one.record.decision.answer.output["refund"] for one in outcomes]


def expected(given) -> list[str]:
    return [refund(one.input["amount"]) for one in given]


class TestDeciding:
    def shadowed(self, work):
        work.grant("supplier", level=Level.SHADOW, reason="a look at it", by="jonas")
        return work

    def test_a_hundred_asyncio_callers_are_served_at_once(self, frozen):
        crowd = Crowd(100)
        given = items(100)

        async def all_of_them(work):
            return await asyncio.gather(*(work.adecide(one.input, key=one.key) for one in given))

        with Service(crowd) as service:
            describe(frozen, service.url, limits="{at_a_time: 100}")
            with frozen.opened() as work:
                found = asyncio.run(all_of_them(self.shadowed(work)))
        assert outputs(found) == expected(given)
        assert crowd.most == 100

    def test_a_batch_asks_as_many_at_once_as_it_may_and_is_recorded_in_its_order(self, frozen):
        from remit.store.ledger_entries import recorded

        crowd = Crowd(8, n_alone=1)  # the executor is met at the first item, which is a group of its own
        given = items(60)
        with Service(crowd) as service:
            describe(frozen, service.url, limits="{at_a_time: 8}")
            with frozen.opened() as work:
                found = list(self.shadowed(work).decide_many(given))
                kept = [one.body[3] for one in recorded(work.project.store, work.id) if one.entry.kind == "decision"]
        assert [one.record.key for one in found] == kept == [one.key for one in given]
        assert outputs(found) == expected(given)
        assert crowd.most == 8

    def test_a_service_that_is_not_there_sends_items_to_people_and_is_left_alone_by_every_door(self, frozen):
        with Service(says(status="500 Oh")) as service:
            describe(frozen, service.url)
            with frozen.opened() as work:
                self.shadowed(work)
                found = [work.decide(one.input, key=one.key) for one in items(3)]
                asyncio.run(work.adecide(ITEM, key="four"))
                work.decide(ITEM, key="five")
                left_alone = [work.decide(ITEM, key="six"), asyncio.run(work.adecide(ITEM, key="seven"))]
                left_alone.extend(work.decide_many([Item(key="eight", input=ITEM)]))
            assert len(service.asked) == 5
        assert found[0].record.decision.answer.fault.kind is FaultKind.ERROR
        for one in left_alone:
            assert "left alone for a while" in one.record.decision.answer.fault.text

    def test_what_is_spent_is_counted_by_all_who_decide_and_the_rest_goes_to_people(self, frozen, service):
        describe(
            frozen,
            service.url,
            limits="{spend_at_most: {amount: 1.0, per: day}}",
            more="cost_per_item: 0.25\n",
        )
        with frozen.opened() as work:
            self.shadowed(work)
            first = [work.decide(one.input, key=one.key) for one in items(3)]
        with frozen.opened() as work:  # as another process would
            then = list(work.decide_many(Item(key=f"m{n}", input=ITEM) for n in range(3)))
        assert all(one.record.decision.answer.fault is None for one in first)
        faults = [one.record.decision.answer.fault for one in then]
        assert [fault is None for fault in faults] == [True, False, False]
        assert "`limits.spend_at_most` allows 1 a day, and 1 are spent" in faults[1].text
        assert any(one.kind is ReasonKind.FAULT for one in then[1].record.decision.reasons)
        assert len(service.asked) == 4

    def test_without_its_key_it_is_refused_where_it_is_used_and_not_where_it_is_checked(
        self, frozen, service, monkeypatch
    ):
        describe(frozen, service.url)
        monkeypatch.delenv("SUPPLIER_KEY")
        with frozen.opened() as work:
            fact = work.executor_digest("supplier")
            assert work.check(executor="supplier") is not None
            with pytest.raises(ExecutorInvalid, match="SUPPLIER_KEY") as refused:
                work.executor("supplier")
            assert refused.value.problems[0].where.line == 9
        monkeypatch.setenv("SUPPLIER_KEY", KEY)
        with frozen.opened() as work:
            assert work.executor("supplier").digest == fact
        assert service.asked == []

    def test_a_key_in_the_file_is_refused_and_its_line_is_not_shown(self, frozen, service, remit):
        describe(frozen, service.url)
        frozen.change("executors/supplier.yaml", "  key_from: SUPPLIER_KEY\n", f"  api_key: {KEY}\n")
        spoken = remit("prove", "refunds", "--executor", "supplier")
        assert spoken.code == 3
        assert "looks like a secret" in spoken.err
        assert "executors/supplier.yaml:9:" in spoken.err
        assert KEY not in spoken.err + spoken.out


class TestProving:
    def test_a_proof_asks_many_at_once_and_comes_to_the_same(self, frozen):
        crowd = Crowd(6)
        with Service(crowd) as service:
            describe(frozen, service.url, limits="{at_a_time: 6}")
            with frozen.opened() as work:
                proof = work.prove("supplier", against="desk")
            assert len(service.asked) == 110
        assert crowd.most == 6
        assert proof.document.executor.gives_confidence
        with frozen.opened() as work:
            alone = work.prove("desk")
        one, other = proof.document, alone.document
        assert one.n_cases == other.n_cases == 120
        assert (one.n_wrong, one.routes, one.curve) == (other.n_wrong, other.routes, other.curve)

    def test_a_proof_stops_where_nothing_may_be_spent_and_goes_on_where_it_was(self, frozen, service):
        describe(frozen, service.url, limits="{spend_at_most: {amount: 10, per: hour}}", more="cost_per_item: 0.25\n")
        with frozen.opened() as work, pytest.raises(SpendingReached) as stopped:
            work.prove("supplier")
        assert stopped.value.code == "E803"
        assert "kept and not asked again" in stopped.value.problems[0].mend
        assert len(service.asked) == 40
        describe(frozen, service.url, limits="{spend_at_most: {amount: 1000, per: hour}}", more="cost_per_item: 0.25\n")
        with frozen.opened() as work:
            proof = work.prove("supplier")
        assert proof.n_recorded_before == 40
        assert proof.document.attempt == 1
        assert len(service.asked) == 110

    def test_a_service_that_is_away_ruins_no_proof(self, frozen):
        with Service(says(status="404 Not Found")) as service:
            describe(frozen, service.url)
        with frozen.opened() as work, pytest.raises(OutsideError, match="unavailable in all of 110 cases"):
            work.prove("supplier")

    def test_another_version_is_not_proved_as_this_one(self, frozen):
        with Service(says({"output": {"refund": "yes"}, "version": "2"})) as service:
            describe(frozen, service.url)
            with frozen.opened() as work, pytest.raises(OutsideError) as refused:
                work.prove("supplier")
        assert "version `2` of the service answered" in refused.value.problems[0].found


def test_a_key_is_nowhere_in_the_project_or_its_store(frozen, service):
    describe(frozen, service.url)
    with frozen.opened() as work:
        work.grant("supplier", level=Level.SHADOW, reason="a look at it", by="jonas")
        work.decide(ITEM, key="one")
        work.prove("supplier")
        work.check(executor="supplier")
    assert service.asked[0].headers["authorization"] == f"Bearer {KEY}"
    for path in frozen.root.rglob("*"):
        if path.is_file():
            assert KEY.encode() not in path.read_bytes(), path
    with sqlite3.connect(frozen.root / ".remit" / "remit.db") as store:
        assert KEY not in "\n".join(store.iterdump())


def test_the_connections_go_when_the_project_closes(frozen, service):
    describe(frozen, service.url)
    with frozen.opened() as work:
        work.grant("supplier", level=Level.SHADOW, reason="a look at it", by="jonas")
        work.decide(ITEM, key="one")
        assert service.n_open == 1
    assert service.all_left.wait(10.0)


def test_one_that_hangs_holds_nobody_up_when_the_project_closes(frozen):
    with Service(hangs) as service:
        describe(frozen, service.url)
        with frozen.opened() as work:
            work.grant("supplier", level=Level.SHADOW, reason="a look at it", by="jonas")

            async def leave():
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.2):
                        await work.adecide(ITEM, key="one")

            asyncio.run(leave())
            assert len(service.asked) == 1
            started = time.perf_counter()
        assert time.perf_counter() - started < 5.0
