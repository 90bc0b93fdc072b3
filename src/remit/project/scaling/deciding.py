"""The items of a file, decided and recorded by the workers of a Ray cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from remit.errors import RemitError
from remit.items import FaultKind, Route
from remit.project.running.engine import Done, decided_lines
from remit.project.scaling.place import Place, opened_at, place_of
from remit.runtime.scaling.spread import Chunk, Refused, spread

if TYPE_CHECKING:
    from remit.files.arriving import ItemLine
    from remit.project.work import Work

__all__ = ["RayEngine", "decide_chunk"]

_DIED = "the process that decided it ended, each of three times"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a worker is told beside the items: the work, who asks, and the candidate."""

    place: Place
    actor: str
    executor: str | None


def decide_chunk(
    asked: Asked, lines: Sequence[ItemLine]
) -> Chunk[tuple[Route | None, str, FaultKind | None]] | Refused:
    """In a worker: decide and record items, each once by its key; what each came to, as :class:`Done` says it."""
    try:
        work = opened_at(asked.place).work
        clock = work.project.ambient.monotonic
        started = clock()
        found = [
            (done.route, done.why, done.fault)
            for done in decided_lines(work, lines, actor=asked.actor, executor=asked.executor)
        ]
        return Chunk(results=found, seconds=clock() - started)
    except RemitError as error:
        return Refused(error=error)


class RayEngine:
    """Decides in the workers of a Ray cluster; items come out as they are done, in no order.

    Args:
        address: of the cluster; None for one of this machine, which ends when all is decided.
    """

    def __init__(self, address: str | None = None) -> None:
        self.address = address

    def decide(self, work: Work, lines: Iterable[ItemLine], *, actor: str, executor: str | None) -> Iterator[Done]:
        """Decide ``lines``, as :meth:`~remit.project.running.engine.Engine.decide` says.

        Raises:
            StoreError: the store failed; what was recorded stays.
            InvalidInput: Ray is not installed, or a worker sees another work.
            OutsideError: the cluster can't be reached, or failed.
        """
        from remit.runtime.scaling.cluster import cluster

        coming = iter(lines)
        first = next(coming, None)
        if first is None:  # all is recorded: nobody has to be started for that
            return
        asked = Asked(place=place_of(work, executor), actor=actor, executor=executor)
        _ = work.project.store  # made or refused here, before many try to
        with cluster(self.address) as on:
            for chunk, found in spread(on, decide_chunk, asked, chain((first,), coming)):
                if found is None:
                    yield from (_after_death(work, line) for line in chunk)
                    continue
                for line, (route, why, fault) in zip(chunk, found, strict=True):
                    yield Done(line=line, route=route, why=why, fault=fault)


def _after_death(work: Work, line: ItemLine) -> Done:
    """What an item came to on which workers died: it may have been recorded before that."""
    from remit.store.decisions import routes_among

    route, _ = routes_among(work.project.store, work=work.id, keys=[line.key]).get(line.key, (None, None))
    return Done(line=line, route=route, why=_DIED if route is None else "")
