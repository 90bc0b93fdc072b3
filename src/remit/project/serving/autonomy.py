"""How far each executor of a work may go now, and what is stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from remit.autonomy.certificate import effective
from remit.definition.levels import Level
from remit.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from remit.project.work import Work
    from remit.store.grants import StopChange

__all__ = ["Autonomy", "Standing", "autonomy_now"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One executor: what was granted, what of it counts now, and why not all of it."""

    executor: str
    granted: Level
    counts: Level
    because: str | None
    until: datetime | None
    threshold: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Autonomy:
    """One work: its executors with a grant, the highest first, and the stops that hold."""

    work: str
    executors: tuple[Standing, ...]
    stops: tuple[StopChange, ...]


def autonomy_now(work: Work) -> Autonomy:
    """The levels that count now."""
    from remit.definition.digests import evidence_digest
    from remit.store.grants import grants_of, stops_now

    store, now = work.project.store, work.project.ambient.now()
    newest = {one.executor: one for one in grants_of(store, work.id)}
    evidence = evidence_digest(work.definition)
    found = []
    for grant in newest.values():
        state = effective(grant, evidence_digest=evidence, executor_digest=_digest(work, grant.executor), now=now)
        found.append(
            Standing(
                executor=grant.executor,
                granted=grant.level,
                counts=state.level,
                because=state.because,
                until=grant.until,
                threshold=None if grant.certificate is None else grant.certificate.threshold,
            )
        )
    return Autonomy(
        work=work.id,
        executors=tuple(sorted(found, key=lambda one: (-one.counts.rank, one.executor))),
        stops=stops_now(store, work=work.id),
    )


def _digest(work: Work, executor: str) -> str:
    """The digest of an executor now; one whose file is gone or wrong is no more what it was."""
    try:
        return work.executor_digest(executor)
    except (InvalidInput, NotFound):
        return ""
