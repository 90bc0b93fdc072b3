"""A stop or a demotion while a group of items is being decided: nothing acts after its entry, nothing is lost."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from tests.by_hand import found_by_hand
from tests.integration.fire.burning import hold, hold_all, input_of

from remit.autonomy.certificate import Grant
from remit.definition.levels import Level
from remit.errors import Conflict
from remit.ledger import LedgerKind
from remit.project import Project
from remit.project.ambient import system
from remit.runtime.recording import record_grant
from remit.store.grants import grant_now

N = 400


def decide_all(burning, change):
    """Decide items of which each would be acted on, from many asyncio callers, while ``change`` happens elsewhere."""
    deciding = threading.Event()

    async def one(work, i):
        found = await work.adecide(input_of(3), key=f"k{i}", executor="desk")
        if i == N // 8:
            deciding.set()
        return found

    async def all_of_them(work):
        waves = [await asyncio.gather(*(one(work, i) for i in range(n, n + N // 4))) for n in range(0, N, N // 4)]
        return [settled for wave in waves for settled in wave]

    def elsewhere():
        assert deciding.wait(30)
        with burning.opened() as project:
            change(project)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    with burning.opened() as project:
        settled = asyncio.run(all_of_them(project.work("refunds")))
        thread.join(30)
        again = asyncio.run(project.work("refunds").adecide(input_of(3), key="after", executor="desk"))
        burning.told |= {one.record.key: one.record.id for one in [*settled, again]}
        entries = found_by_hand(
            project.store,
            "SELECT l.seq, l.kind, d.route FROM ledger l LEFT JOIN decisions d ON d.id = l.subject ORDER BY l.seq",
        )
    assert hold_all(burning, set(burning.told)).routes.total() == N + 1
    return entries


def after(entries, kind):
    """The routes decided after the newest entry of that kind."""
    at = max(seq for seq, found, _ in entries if found == kind)
    return {route for seq, found, route in entries if found == "decision" and seq > at}


def before(entries, kind):
    at = max(seq for seq, found, _ in entries if found == kind)
    return {route for seq, found, route in entries if found == "decision" and seq < at}


def test_nothing_is_acted_on_after_the_entry_of_a_stop(burning):
    entries = decide_all(burning, lambda project: project.stop("refunds", executor=None, by="jonas", reason="odd"))
    assert before(entries, "stop") == {"act"}
    assert after(entries, "stop") == {"stopped"}


def test_nothing_is_acted_on_after_the_entry_of_a_stop_of_the_executor(burning):
    entries = decide_all(burning, lambda project: project.stop("refunds", executor="desk", by="jonas", reason="odd"))
    assert before(entries, "stop") == {"act"}
    assert after(entries, "stop") <= {"review", "incumbent"}


def test_nothing_is_acted_on_after_a_demotion_and_what_was_in_flight_goes_to_people(burning):
    entries = decide_all(burning, lambda project: hold(project, Level.SUGGEST))
    assert before(entries, "grant") == {"act"}
    assert after(entries, "grant") == {"review"}


@pytest.mark.parametrize("seed", [1, 2])
def test_a_clock_that_jumps_by_hours_loses_nothing_and_keeps_nobody_waiting(burning, seed):
    rng = np.random.default_rng(seed)
    now = [0.0]
    own = system().now()
    env = burning.env
    ambient = replace(system(), now=lambda: own + timedelta(hours=now[0]), setting=env.get)
    with Project.open(burning.root, ambient=ambient) as project:
        work = project.work("refunds")
        for i in range(60):
            now[0] += float(rng.choice([-7.0, -3.0, -0.02, 0.001, 0.02, 3.0, 7.5]))
            found = work.decide(input_of(i), key=f"k{i}", executor="desk")
            burning.told[f"k{i}"] = found.record.id
            if found.review is not None and rng.random() < 0.5:
                project.review_desk.claim(found.review.id, by="tarek")
                now[0] += float(rng.choice([-5.0, 0.0, 5.0]))
                with suppress(Conflict):  # the claim was over, or the time of the review
                    work.decide_review(found.review.id, by="tarek", output={"refund": "ask"}, comment="so")
            if i % 4 == 3:
                swept = project.sweeper.sweep(holder=f"sweeper-{rng.integers(2)}")
                assert [one.fault for one in swept.tasks if one.fault is not None] == []
        now[0] = 10_000.0  # nothing can be due in the future for ever
        for _ in range(3):
            swept = project.sweeper.sweep(holder="the last")
            assert swept.led
            assert [one.fault for one in swept.tasks if one.fault is not None] == []
        assert found_by_hand(project.store, "SELECT effect FROM outbox WHERE sent_at IS NULL AND dead_at IS NULL") == []
        open_still = found_by_hand(
            project.store, "SELECT count(*) FROM reviews WHERE kind IS NULL AND state IN ('open', 'claimed')"
        )
    assert open_still == [(0,)]
    assert hold_all(burning, set(burning.told)).routes.total() == 60


def test_a_grant_that_ends_while_the_clock_goes_back_and_forth_counts_only_until_its_end(burning):
    env, hours = burning.env, [0.0]
    start = system().now()
    ambient = replace(system(), now=lambda: start + timedelta(hours=hours[0]), setting=env.get)
    with Project.open(burning.root, ambient=ambient) as project:
        held = grant_now(project.store, work="refunds", executor="desk")
        assert isinstance(held, Grant)
        with project.store.writing() as writing:
            record_grant(writing, replace(held, until=start + timedelta(hours=2)), LedgerKind.GRANT)
        work = project.work("refunds")
        routes = {}
        for i, at in enumerate([0.0, 1.9, 2.0, 5.0, -3.0, 1.0, 2.1, 1.8]):
            hours[0] = at
            routes[at] = work.decide(input_of(3), key=f"k{i}", executor="desk").record.decision.route.value
    assert (routes[0.0], routes[1.9]) == ("act", "act")
    assert {route for at, route in routes.items() if at >= 2.0} == {"review"}


def test_of_an_hour_no_more_than_the_cap_is_acted_on_however_the_clock_jumps(burning):
    burning.small.change(
        "work/refunds.yaml", "  error_budget: 0.10\n", "  error_budget: 0.10\n  caps: [{per: hour, items: 3}]\n"
    )
    env, hours = burning.env, [0.0]
    start = system().now().replace(minute=30)
    ambient = replace(system(), now=lambda: start + timedelta(hours=hours[0]), setting=env.get)
    with Project.open(burning.root, ambient=ambient) as project:
        hold(project, Level.SUPERVISED)
        work = project.work("refunds")
        rng = np.random.default_rng(4)
        acted: Counter[float] = Counter()
        for i in range(60):
            hours[0] = float(rng.integers(-2, 3))
            found = work.decide(input_of(3), key=f"k{i}", executor="desk")
            acted[hours[0]] += found.record.decision.route == "act"
    assert set(acted.values()) == {3}
