"""Limits on the calls of one executor: how many at once, how many a minute, and how much they may cost.

The first two hold for one process; what may be spent holds for all processes on one store.
"""

from __future__ import annotations

import asyncio
import math
import os
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from pydantic import Field

from remit.definition.model import record
from remit.errors import ExecutorInvalid, Location, SpendingReached
from remit.executors.perform.call_failed import HeldBack
from remit.executors.perform.turns import Turn, Turns
from remit.executors.remote.spending import Exhausted, Reserved, SpendingCap
from remit.executors.remote.surroundings import Surroundings
from remit.items import ExecutorSpec

__all__ = ["Gate", "Limits", "limited"]

AT_A_TIME: Final = 4
_MINUTE_S: Final = 60.0
_LONGEST_REST_S: Final = 60.0  # whatever a service asks for, somebody looks again after a minute
_SLACK_S: Final = 0.001  # a sleep may end a little early


@record
class Limits:
    """How an executor may call: ``settings.limits`` of its file. They do not change what is answered."""

    at_a_time: Annotated[int, Field(ge=1, le=1000)] = AT_A_TIME
    per_minute: Annotated[int, Field(ge=1, le=100_000)] | None = None
    spend_at_most: SpendingCap | None = None


class Gate:
    """How many calls are under way, and when the last ones began. Lives on the call loop, and needs no lock there.

    Args:
        limits: what it holds.
        clock: seconds, never going back.
        now: aware UTC, to say when a limit ends.
        sleep: waits some seconds.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        clock: Callable[[], float],
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._now = now
        self._sleep = sleep
        self._room = asyncio.Semaphore(limits.at_a_time)
        self._begun: deque[float] = deque(maxlen=limits.per_minute)
        self._rests_until = -math.inf

    async def enter(self, patience_s: float | None) -> None:
        """Wait until one more call may begin.

        Raises:
            HeldBack: it may not within ``patience_s``.
        """
        since = self._clock()
        try:
            async with asyncio.timeout(patience_s):
                await self._room.acquire()
        except TimeoutError:
            n = self._limits.at_a_time
            raise HeldBack(
                f"held back by `limits.at_a_time`: {n} calls were under way all the time, and the next may begin when "
                "one of them ends"
            ) from None
        try:
            await self._rate(None if patience_s is None else patience_s - (self._clock() - since))
        except BaseException:
            self._room.release()
            raise

    def leave(self, rest_s: float | None = None) -> None:
        """A call ended; the service asks to be left alone for ``rest_s``, which holds for a minute at most."""
        self._room.release()
        if rest_s is not None:
            self._rests_until = max(self._rests_until, self._clock() + min(rest_s, _LONGEST_REST_S))

    async def _rate(self, patience_s: float | None) -> None:
        most, begun = self._limits.per_minute, self._begun
        now = self._clock()
        at = now if most is None or len(begun) < most else max(now, begun[0] + _MINUTE_S)
        rests = self._rests_until > at
        at = max(at, self._rests_until)
        if patience_s is not None and at - now > patience_s:
            when = _instant(self._now() + timedelta(seconds=at - now))
            if rests:
                raise HeldBack(f"held back: the service asked to be left alone, and the next call may begin at {when}")
            raise HeldBack(f"held back by `limits.per_minute`: {most:,} calls began, and the next may at {when}")
        if most is not None:
            begun.append(at)  # whoever comes next counts from here
        while (wait_s := at - self._clock()) > 0.0:
            await self._sleep(wait_s + _SLACK_S)


class _Limited:
    """Turns of one executor: through the gate, and with money set aside where there is a cap."""

    def __init__(self, spec: ExecutorSpec, cap: SpendingCap | None, gate: Callable[[], Gate], of: Surroundings) -> None:
        self._spec = spec
        self._cap = cap
        self._gate = gate
        self._of = of

    async def take(self, patience_s: float | None) -> Turn:
        gate = self._gate()
        await gate.enter(patience_s)
        try:
            reserved = None if self._cap is None else await self._reserve(self._cap, patience_s)
        except BaseException:
            gate.leave()
            raise
        return _Turn(gate, reserved, self._of)

    async def _reserve(self, cap: SpendingCap, patience_s: float | None) -> Reserved:
        amount = self._spec.cost_per_item or 0.0
        found = await asyncio.to_thread(self._reserve_here, cap, amount)
        if isinstance(found, Reserved):
            return found
        when = _instant(found.until)
        text = f"`limits.spend_at_most` allows {cap.amount:,g} a {cap.per}, and {found.spent:,g} are spent"
        if patience_s is not None:
            raise HeldBack(f"held back by spending: {text}; the next {cap.per} begins at {when}")
        raise SpendingReached(
            f"`{self._spec.name}` has spent what it may: {text}",
            where=Location(path="settings.limits.spend_at_most"),
            expected=f"room for {amount:,g} more" if amount else "room for one call more",
            found=f"{found.spent:,g} of {cap.amount:,g}",
            mend=f"go on after {when}, or allow more: what was answered is kept and not asked again",
        )

    def _reserve_here(self, cap: SpendingCap, amount: float) -> Reserved | Exhausted:
        return self._of.purse().reserve(self._spec.name, cap, amount)


class _Turn:
    __slots__ = ("_gate", "_of", "_reserved")

    def __init__(self, gate: Gate, reserved: Reserved | None, of: Surroundings) -> None:
        self._gate = gate
        self._reserved = reserved
        self._of = of

    async def end(self, cost: float | None, *, rest_s: float | None = None) -> None:
        self._gate.leave(rest_s)
        reserved = self._reserved
        if reserved is None or cost is None or not _is_amount(cost) or cost == reserved.amount:
            return
        await asyncio.to_thread(self._correct, reserved, cost)

    def _correct(self, reserved: Reserved, cost: float) -> None:
        self._of.purse().correct(reserved, cost)


def _is_amount(cost: object) -> bool:
    return isinstance(cost, int | float) and not isinstance(cost, bool) and math.isfinite(cost) and cost >= 0.0


_gates: dict[tuple[object, ...], Gate] = {}


def limited(spec: ExecutorSpec, limits: Limits, of: Surroundings) -> Turns:
    """The turns of one executor. Loaded twice in a process, it still has one gate.

    Raises:
        ExecutorInvalid: one item may cost more than all that may be spent.
    """
    cap = limits.spend_at_most
    if cap is not None and (spec.cost_per_item or 0.0) > cap.amount:
        raise ExecutorInvalid(
            "one item may cost more than all that may be spent",
            where=Location(path="settings.limits.spend_at_most.amount"),
            expected=f"at least `cost_per_item`, which is {spec.cost_per_item:,g}",
            found=f"{cap.amount:,g}",
            mend="allow more, or correct `cost_per_item`",
        )

    def gate() -> Gate:
        name = (os.getpid(), of.home, spec.work, spec.name, limits.at_a_time, limits.per_minute)
        found = _gates.get(name)
        if found is None:
            found = _gates[name] = Gate(limits, clock=of.monotonic, now=of.now)
        return found

    return _Limited(spec, cap, gate, of)


def _instant(moment: datetime) -> str:
    """The first full second that is not before ``moment``."""
    moment = moment.astimezone(UTC)
    if moment.microsecond:
        moment = moment.replace(microsecond=0) + timedelta(seconds=1)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
