"""Batches: items decided in their order, and recorded a group at a time.

One after the other, but for an executor that lives elsewhere: it is asked about as many at once as its limits allow.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, islice

from remit.deciding.decide import decide
from remit.deciding.decision import Decision
from remit.errors import ContentErased, ItemInvalid, KeyConflict
from remit.executors.perform import Perform, Performer, decide_each
from remit.items import Item
from remit.project.items import Arrival, Desk, Ready
from remit.project.telemetry.items import asked_within
from remit.project.telemetry.port import Seeing
from remit.runtime.groups.group_commit import MOST
from remit.runtime.groups.settle_group import Decided, NotSettled, settle_group
from remit.runtime.settle import Settled, content

__all__ = ["decide_batch", "decide_batch_async"]

_LONG_S = 0.1  # a group that takes longer is halved, so that a stop or a crash costs little


def decide_batch(
    desk: Desk, items: Iterable[Item], *, actor: str, executor: str | None
) -> Iterator[Settled | NotSettled]:
    """Decide ``items`` in their order; each comes out once it is recorded.

    Grants and stops are looked at for each item before its group, and for every ``act`` again under the lock.
    """
    clock = desk.work.project.ambient.monotonic
    coming = iter(items)
    while group := list(islice(coming, desk.group_size)):
        started = clock()
        yield from _decide_group(desk, group, actor, executor)
        _fit_size(desk, clock() - started)


async def decide_batch_async(
    desk: Desk, items: Iterable[Item], *, actor: str, executor: str | None
) -> AsyncIterator[Settled | NotSettled]:
    """The same in a thread, as much at a time as is recorded in one group."""
    clock = desk.work.project.ambient.monotonic
    coming = iter(items)
    while group := await asyncio.to_thread(_next, coming, desk.group_size):
        started = clock()
        for outcome in await asyncio.to_thread(_decide_group, desk, group, actor, executor):
            yield outcome
        _fit_size(desk, clock() - started)


def _fit_size(desk: Desk, seconds: float) -> None:
    """The size of the next group, of this batch or of the next one: never fewer than are asked about at once."""
    n = desk.group_size
    desk.group_size = min(max(2 * n if seconds <= _LONG_S else n // 2, desk.at_a_time), MOST)


def _next(coming: Iterator[Item], size: int) -> list[Item]:
    return list(islice(coming, size))


def _decide_group(
    desk: Desk, group: Sequence[Item], actor: str, executor: str | None
) -> Sequence[Settled | NotSettled]:
    telemetry, work = desk.work.project.ambient.telemetry, desk.work.id
    with telemetry.span("decide many", {"remit.work": work, "remit.items": len(group)}) as seeing:
        outcomes = _settled_group(desk, group, actor, executor, seeing)
    if telemetry.on:
        for one in outcomes:
            if isinstance(one, Settled) and not one.repeated:
                route = one.record.decision.route.value
                telemetry.count("remit.decisions", 1, {"remit.work": work, "remit.route": route})
    return outcomes


def _settled_group(
    desk: Desk, group: Sequence[Item], actor: str, executor: str | None, seeing: Seeing
) -> Sequence[Settled | NotSettled]:
    now = desk.work.project.ambient.now()
    came = [item if item.received_at is not None else replace(item, received_at=now) for item in group]
    looks = _look_all(desk, came, executor)
    new = [look for look in looks if isinstance(look, Ready)]
    decided = [
        Decided(item=ready.item, decision=decision, settlement=desk.settlement(ready, decision, actor))
        for ready, decision in zip(new, _decisions(desk, new, seeing), strict=True)
    ]
    settled = iter(settle_group(desk.work.project.store, decided) if decided else ())
    return [next(settled) if isinstance(look, Ready) else look for look in looks]


def _look_all(desk: Desk, items: Sequence[Item], executor: str | None) -> Sequence[Settled | Ready | NotSettled]:
    refused = {at: fault for at, item in enumerate(items) if (fault := _fault(item)) is not None}
    fit = [Arrival(item=item, executor=executor) for at, item in enumerate(items) if at not in refused]
    looks = iter(desk.look_all(fit) if fit else ())
    return [refused[at] if at in refused else _concerns(item, next(looks)) for at, item in enumerate(items)]


def _fault(item: Item) -> NotSettled | None:
    try:
        content(item)
    except ItemInvalid as error:
        return NotSettled(key=item.key, error=error)
    return None


def _concerns(item: Item, look: Settled | Ready | Exception) -> Settled | Ready | NotSettled:
    """What a look came to, where it concerns this item alone."""
    if isinstance(look, ItemInvalid | KeyConflict | ContentErased):
        return NotSettled(key=item.key, error=look)
    if isinstance(look, Exception):
        raise look
    return look


def _decisions(desk: Desk, ready: Sequence[Ready], seeing: Seeing) -> Iterator[Decision]:
    telemetry, work = desk.work.project.ambient.telemetry, desk.work.id

    def decide_one(one: Ready, perform: Perform) -> Decision:
        now = one.standing
        asked = asked_within(telemetry, perform, one.way.spec, seeing, work)
        return decide(desk.prepared, one.item, perform=asked, terms=now.terms, stopped=now.stopped)

    for _, run in groupby(ready, key=lambda one: id(one.way)):
        taking = list(run)
        perform = taking[0].way.perform
        if isinstance(perform, Performer):
            yield from decide_each(perform, taking, decide_one)
        else:
            for one in taking:
                now = one.standing
                yield decide(desk.prepared, one.item, perform=perform, terms=now.terms, stopped=now.stopped)
