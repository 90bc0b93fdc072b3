"""What every endpoint of one server shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from anyio import to_thread

from remit.api.callers import Callers
from remit.api.limits import Buckets, Room
from remit.api.seeing.metrics import Metrics
from remit.items import JsonObject
from remit.project.logs import noted
from remit.project.serving.refused import Refusals
from remit.project.serving.reopening import Served

if TYPE_CHECKING:
    from remit.project.folder import Project
    from remit.project.work import Work
    from remit.runtime.settle import Settled

__all__ = ["Limits", "Service"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a server takes.

    ``body_bytes`` of one request; ``inside`` requests and ``inside_bytes`` of their bodies at once; ``per_s`` requests
    a second and a ``burst`` of one token; ``guesses_per_s`` refused log-ins a second of one address; ``body_s``
    seconds to send a body.
    """

    body_bytes: int = 1_000_000
    inside: int = 2_000
    inside_bytes: int = 64_000_000
    per_s: float = 1_000.0
    burst: int = 2_000
    guesses_per_s: float = 1.0
    guesses: int = 20
    body_s: float = 10.0


class Service:
    """One served project, and what a server keeps about its callers.

    Args:
        project: the project; it is opened again when its files change.
        own_machine: whether only this machine can reach the server.
        limits: how much it takes.
    """

    def __init__(self, project: Project, *, own_machine: bool, limits: Limits | None = None) -> None:
        self.served = Served(project)
        self.own_machine = own_machine
        self.limits = limits if limits is not None else Limits()
        self.callers = Callers(self.served, own_machine=own_machine)
        self.refusals = Refusals(project)
        self.metrics = Metrics()
        clock = project.ambient.monotonic
        self.requests = Buckets(per_s=self.limits.per_s, burst=self.limits.burst, clock=clock)
        self.guesses = Buckets(per_s=self.limits.guesses_per_s, burst=self.limits.guesses, clock=clock)
        self.room = Room(most=self.limits.inside, most_bytes=self.limits.inside_bytes)
        self._works: dict[str, Work] = {}

    @property
    def project(self) -> Project:
        """The project as it is served now."""
        return self.served.now

    async def look(self) -> None:
        """Take changed files, where it is time to look."""
        if self.served.is_time:
            await to_thread.run_sync(self.served.look)

    async def decide(
        self,
        project: Project,
        work: str,
        given: JsonObject,
        *,
        key: str | None,
        actor: str,
        executor: str | None,
        callback: str | None,
    ) -> Settled:
        """Decide one item of ``work``; whoever decides at the moment shares one commit."""
        clock = project.ambient.monotonic
        since = clock()
        one = self._works.get(work)
        if one is None or one.project is not project:
            one = self._works[work] = await to_thread.run_sync(_ready, project, work)
        settled = await one.adecide(given, key=key, actor=actor, executor=executor, callback=callback)
        if not settled.repeated:
            self.metrics.decided(one.id, settled.record.decision.route.value, clock() - since)
        record = settled.record
        noted(
            executor=record.executor,
            decision=record.id,
            review=None if settled.review is None else settled.review.id,
            outcome=record.decision.route.value,
            repeated=settled.repeated,
        )
        return settled


def _ready(project: Project, work: str) -> Work:
    """A work whose files were read, so that nobody waits for that on the event loop."""
    one = project.work(work)
    _ = one.prepared
    return one
