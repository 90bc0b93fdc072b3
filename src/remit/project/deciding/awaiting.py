"""Items of asyncio callers: nothing that reads, writes or takes long happens on their event loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

from remit.deciding.decide import decide_async
from remit.executors.perform import Performer
from remit.executors.perform.attempts import AsyncExecutor
from remit.executors.perform.awaiting import awaiting
from remit.items import Answer, JsonObject
from remit.project.items import Arrival, Desk, Ready, Way
from remit.project.telemetry.items import seeing_item
from remit.runtime.groups.gathering import Gathering
from remit.runtime.groups.group_commit import MOST, ROOM, GroupCommit
from remit.runtime.groups.settle_group import Decided
from remit.runtime.settle import Settled

__all__ = ["AwaitingDesk"]


class AwaitingDesk:
    """A desk for asyncio callers, with a thread that looks up what is known of their items, and one that records."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._looks: Gathering[Arrival, Settled | Ready] = Gathering(
            desk.look_all, name="remit-look", most=MOST, room=ROOM
        )
        self._commits = GroupCommit(desk.work.project.store)
        self._performs: dict[int, Callable[[JsonObject], Awaitable[Answer]]] = {}

    async def decide(
        self, given: JsonObject, *, key: str | None, actor: str, executor: str | None, callback: str | None = None
    ) -> Settled:
        """Steps 0 to 7 for one item, as :meth:`~remit.project.items.Desk.decide`."""
        desk = self._desk
        desk.refuse(callback)
        with seeing_item(desk.work.project.ambient.telemetry, desk.work.id) as seen:
            ready = await self._looks.ask(Arrival(item=desk.item(given, key), executor=executor))
            seen.looked()
            if isinstance(ready, Settled):
                seen.settled(ready)
                return ready
            now = ready.standing
            perform = seen.awaits(self._perform(ready.way), ready.way.spec)
            decision = await decide_async(
                desk.prepared, ready.item, perform=perform, terms=now.terms, stopped=now.stopped
            )
            seen.decided()
            settlement = desk.settlement(ready, decision, actor, callback=callback)
            settled = await self._commits.settle(Decided(item=ready.item, decision=decision, settlement=settlement))
            seen.settled(settled)
            return settled

    @property
    def group_sizes(self) -> Mapping[int, int]:
        """How many transactions recorded so many items, by how many."""
        return self._commits.sizes

    def close(self) -> None:
        """Record what waits to be recorded, and take nothing more."""
        self._looks.close()
        self._commits.close()

    def _perform(self, way: Way) -> Callable[[JsonObject], Awaitable[Answer]]:
        perform = self._performs.get(id(way))  # the desk keeps every way
        if perform is None:
            perform = self._performs[id(way)] = _awaitable(way, self._desk.work.project.ambient.draw)
        return perform


def _awaitable(way: Way, draw: Callable[[], float]) -> Callable[[JsonObject], Awaitable[Answer]]:
    executor, perform = way.executor, way.perform
    if isinstance(perform, Performer) and perform.elsewhere is not None:
        return perform.elsewhere.ask_async
    if executor is not None and isinstance(executor, AsyncExecutor) and isinstance(perform, Performer):
        ask, spec = executor.answer_async, executor.spec
        return awaiting(ask, spec, clock=time.perf_counter, jitter=draw, breaker=perform.breaker)

    async def in_thread(given: JsonObject) -> Answer:
        return await asyncio.to_thread(perform, given)

    async def at_once(given: JsonObject) -> Answer:
        return perform(given)

    return in_thread if isinstance(perform, Performer) and perform.needs_thread else at_once
