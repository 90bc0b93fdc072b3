"""A cascade as one executor: asks its parts in their order until one answers and is sure enough.

Whether the parts are asked one after the other in a thread, or awaited on an event loop, one walk says who is asked
next and what the answer of the whole is (:mod:`remit.executors.cascade.walk`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from time import perf_counter
from typing import Any

from remit.executors.cascade.tuned import Tuned
from remit.executors.cascade.walk import Member, Walk
from remit.executors.perform import Breaker, Performer, performer
from remit.executors.perform.accept import no_answer
from remit.executors.perform.attempts import AsyncExecutor
from remit.executors.perform.awaiting import awaiting
from remit.executors.perform.breaker import LEFT_ALONE
from remit.executors.perform.elsewhere import AnswersElsewhere
from remit.items import Answer, ExecutorSpec, FaultKind, JsonObject

__all__ = ["AsyncCascadeExecutor", "CascadeExecutor", "WaitingCascadeExecutor"]

_MARGIN = 0.05  # of the deadline: what is left to say what came of it, before whoever asks gives up waiting
_LONGEST_MARGIN_S = 0.1


class CascadeExecutor:
    """Several executors as one, with one digest and one confidence.

    Args:
        members: the parts, in the order in which they are asked.
        spec: of the executor file, with what it has from its parts.
        digest: over parts, order, limits and what was tuned.
        tuned: what was fixed from the tune cases; None where nothing was, and each part's own confidence counts.
        clock: seconds, never going back.
    """

    __slots__ = (
        "_breakers",
        "_clock",
        "_deadline_s",
        "_performers",
        "digest",
        "gives_confidence",
        "members",
        "spec",
        "tuned",
    )

    def __init__(
        self,
        members: Sequence[Member],
        *,
        spec: ExecutorSpec,
        digest: str,
        tuned: Tuned | None,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self.members = tuple(members)
        self.spec = spec
        self.digest = digest
        self.tuned = tuned
        self.gives_confidence = tuned is not None or any(one.gives_confidence for one in members)
        self._clock = clock
        deadline_s = spec.deadline.total_seconds()
        self._deadline_s = deadline_s - min(_MARGIN * deadline_s, _LONGEST_MARGIN_S)
        self._performers: dict[str, Performer] = {}
        self._breakers: dict[str, Breaker] = {}

    def leave_absent_parts_alone(self) -> None:
        """From now on a part that does not answer for a while is passed over for a while. Never in proofs."""
        self._breakers = {one.name: Breaker(clock=self._clock) for one in self.members if one.executor is not None}

    def answer(self, given: JsonObject) -> Answer:
        """Answer one input."""
        walk = Walk(self.members)
        while (member := walk.next()) is not None:
            left_s = self._deadline_s - walk.seconds
            if left_s <= 0.0:
                walk.end_of_time(self.spec)
            else:
                walk.take(self._performer(member)(given, within_s=left_s))
        return walk.answer()

    def _performer(self, member: Member) -> Performer:
        made = self._performers.get(member.name)
        if made is None:
            assert member.executor is not None  # noqa: S101 - people are never asked
            breaker = self._breakers.get(member.name)
            made = performer(member.executor, clock=self._clock, breaker=breaker, patient=breaker is None)
            made = self._performers.setdefault(member.name, made)
        return made


class WaitingCascadeExecutor(CascadeExecutor):
    """A cascade with a part that lives elsewhere: asked about many items at once, each in a thread of its caller.

    What a part waits for its turn is no time of the cascade, as it is none of the part.
    """

    __slots__ = ("at_a_time",)

    def __init__(
        self,
        members: Sequence[Member],
        *,
        spec: ExecutorSpec,
        digest: str,
        tuned: Tuned | None,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        super().__init__(members, spec=spec, digest=digest, tuned=tuned, clock=clock)
        parts: list[object] = [one.executor for one in members]
        self.at_a_time = max((one.at_a_time for one in parts if isinstance(one, AnswersElsewhere)), default=1)

    def cancel(self) -> None:
        """End the calls that are under way."""
        for one in tuple(self._performers.values()):
            one.cancel()

    def close(self) -> None:
        """Let threads and connections of the parts go; a later call makes new ones."""
        for one in tuple(self._performers.values()):
            one.close()


class AsyncCascadeExecutor(CascadeExecutor):
    """A cascade with a part that is a coroutine: many callers may wait for it at a time."""

    __slots__ = ("_awaitings",)

    def __init__(
        self,
        members: Sequence[Member],
        *,
        spec: ExecutorSpec,
        digest: str,
        tuned: Tuned | None,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        super().__init__(members, spec=spec, digest=digest, tuned=tuned, clock=clock)
        self._awaitings: dict[str, Callable[[JsonObject], Awaitable[Answer]]] = {}
        for one in members:
            executor = one.executor
            if executor is not None and isinstance(executor, AsyncExecutor):
                self._awaitings[one.name] = awaiting(executor.answer_async, executor.spec, clock=clock)

    def answer(self, given: JsonObject) -> Answer:
        """Answer one input on an event loop of its own."""
        return asyncio.run(self.answer_async(given))

    def answer_async(self, given: JsonObject) -> Coroutine[Any, Any, Answer]:
        """Answer one input on the event loop of whoever asks."""
        return self._answer(given)

    async def _answer(self, given: JsonObject) -> Answer:
        walk = Walk(self.members)
        started = self._clock()
        while (member := walk.next()) is not None:
            left_s = self._deadline_s - (self._clock() - started)
            if left_s <= 0.0:
                walk.end_of_time(self.spec)
            else:
                walk.take(await self._ask_async(member, given, left_s))
        return walk.answer()

    async def _ask_async(self, member: Member, given: JsonObject, left_s: float) -> Answer:
        ask = self._awaitings.get(member.name)
        if ask is None:
            return await self._ask_in_thread(member, given, left_s)
        breaker = self._breakers.get(member.name)
        if breaker is not None and not breaker.admits():
            return no_answer(FaultKind.UNAVAILABLE, LEFT_ALONE, cost=0.0)
        limit = asyncio.timeout(left_s)
        try:
            async with limit:
                answer = await ask(given)
        except TimeoutError:
            cost = member.executor.spec.cost_per_item if member.executor is not None else None
            answer = no_answer(FaultKind.TIMEOUT, f"no answer within {left_s:.3g} s", seconds=left_s, cost=cost)
        if breaker is not None:
            breaker.note(answer)
        return answer

    async def _ask_in_thread(self, member: Member, given: JsonObject, left_s: float) -> Answer:
        perform = self._performer(member)
        if not perform.needs_thread:
            return perform(given, within_s=left_s)
        return await asyncio.to_thread(perform, given, within_s=left_s)
