"""What every endpoint of one server shares."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from anyio import CapacityLimiter, to_thread

from remit.api.callers import Callers
from remit.api.limits import Buckets, Room
from remit.api.metrics import Metrics
from remit.items import JsonObject
from remit.project.serving.refused import Refusals

if TYPE_CHECKING:
    from remit.project.folder import Project
    from remit.runtime.settle import Settled

__all__ = ["Limits", "Service"]

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a server takes.

    ``body_bytes`` of one request; ``inside`` requests and ``inside_bytes`` of their bodies at once; ``per_s`` requests
    a second and a ``burst`` of one token; ``guesses_per_s`` refused log-ins a second of one address; ``body_s``
    seconds to send a body; ``threads`` that decide.
    """

    body_bytes: int = 1_000_000
    inside: int = 2_000
    inside_bytes: int = 64_000_000
    per_s: float = 1_000.0
    burst: int = 2_000
    guesses_per_s: float = 1.0
    guesses: int = 20
    body_s: float = 10.0
    threads: int = 8


class Service:
    """One open project, and what a server keeps about its callers.

    Args:
        project: the project; its files are read once.
        own_machine: whether only this machine can reach the server.
        limits: how much it takes.
    """

    def __init__(self, project: Project, *, own_machine: bool, limits: Limits | None = None) -> None:
        self.project = project
        self.own_machine = own_machine
        self.limits = limits if limits is not None else Limits()
        self.callers = Callers(project, own_machine=own_machine)
        self.refusals = Refusals(project)
        self.metrics = Metrics()
        clock = project.ambient.monotonic
        self.requests = Buckets(per_s=self.limits.per_s, burst=self.limits.burst, clock=clock)
        self.guesses = Buckets(per_s=self.limits.guesses_per_s, burst=self.limits.guesses, clock=clock)
        self.room = Room(most=self.limits.inside, most_bytes=self.limits.inside_bytes)
        self._threads = CapacityLimiter(self.limits.threads)

    async def decide(
        self, work: str, given: JsonObject, *, key: str | None, actor: str, executor: str | None
    ) -> Settled:
        """Decide one item of ``work`` in a thread of its own; no more than ``limits.threads`` at once, others wait."""
        clock = self.project.ambient.monotonic
        since = clock()
        one = self.project.work(work)
        settled = await to_thread.run_sync(
            partial(one.decide, given, key=key, actor=actor, executor=executor), limiter=self._threads
        )
        if not settled.repeated:
            self.metrics.decided(one.id, settled.record.decision.route.value, clock() - since)
        return settled
