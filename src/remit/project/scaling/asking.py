"""The cases of a proof, asked of an executor by the workers of a Ray cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from remit.cases.case import Case
from remit.errors import RemitError
from remit.items import Answer, Fault, FaultKind, JsonObject
from remit.project.scaling.place import Place, opened_at, place_of
from remit.runtime.scaling.spread import Chunk, Refused, spread

if TYPE_CHECKING:
    from remit.project.work import Work
    from remit.runtime.scaling.cluster import Cluster

__all__ = ["RayAsking", "ask_chunk"]

_DIED = Answer(
    output=None,
    fault=Fault(
        kind=FaultKind.UNAVAILABLE, text="the executor was unavailable: its process ended, each of three times"
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a worker is told beside the cases: the work, and who is asked."""

    place: Place
    executor: str


def ask_chunk(asked: Asked, cases: Sequence[tuple[str, JsonObject]]) -> Chunk[Answer | None] | Refused:
    """In a worker: the answer to each case; None where the executor is not asked at all. Nothing is recorded."""
    from remit.proof.answers import ask_each

    try:
        opened = opened_at(asked.place)
        clock = opened.project.ambient.monotonic
        performer = opened.performer(asked.executor)
        started = clock()
        given = [Case(id=id_, input=one, expected={}) for id_, one in cases]
        return Chunk(results=[*ask_each(opened.work.prepared, given, performer)], seconds=clock() - started)
    except RemitError as error:
        return Refused(error=error)


class RayAsking:
    """Asks executors in the workers of a Ray cluster, which is started when the first case is to be asked.

    Args:
        work: the work.
        address: of the cluster; None for one of this machine, which ends with the block.
    """

    def __init__(self, work: Work, address: str | None = None) -> None:
        self._work = work
        self._address = address
        self._ending = ExitStack()
        self._on: Cluster | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self._ending.close()

    def ask(self, executor: str, cases: Sequence[Case]) -> Iterator[Mapping[str, Answer]]:
        """The answers to ``cases`` by their ids, as they come.

        Raises:
            InvalidInput: Ray is not installed, or a worker sees another work.
            OutsideError: the cluster can't be reached, or failed.
        """
        from remit.runtime.scaling.cluster import cluster

        if self._on is None:
            self._on = self._ending.enter_context(cluster(self._address))
        asked = Asked(place=place_of(self._work, executor), executor=executor)
        for chunk, found in spread(self._on, ask_chunk, asked, ((case.id, case.input) for case in cases)):
            answers = found if found is not None else [_DIED] * len(chunk)
            yield {id_: one for (id_, _), one in zip(chunk, answers, strict=True) if one is not None}
