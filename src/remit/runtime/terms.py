"""On which terms an executor works at this moment, as the store says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from remit.autonomy.certificate import Grant, effective
from remit.autonomy.route import Terms
from remit.deciding.decide import Stopped
from remit.store.connections import Reader
from remit.store.grants import grant_now, stops_now
from remit.store.moment import Allowance, allowance_now

__all__ = ["Provenance", "Standing", "standing", "terms_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What a decision is made with: the work definition and the executor, by their digests.

    ``executor`` and its digest are None where the work has no candidate.
    """

    work: str
    definition_digest: str
    evidence_digest: str
    executor: str | None = None
    executor_digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The terms that count now, the grant they come from, what is stopped, and of which version all that is."""

    terms: Terms
    grant: Grant | None
    stopped: Stopped | None
    allowance: Allowance


def standing(reader: Reader, of: Provenance, *, now: datetime, seen: Standing | None = None) -> Standing:
    """How the executor of ``of`` stands now: what was granted, as far as digests and dates let it count, and stops.

    Args:
        reader: the store.
        of: the definition and the executor as they are now.
        now: the present.
        seen: how the same executor stood before; grants and stops are read again only where there are new ones.
    """
    allowance = allowance_now(reader, work=of.work, executor=of.executor)  # first: what is read later is no older
    if seen is not None and seen.allowance == allowance:
        return replace(seen, terms=terms_of(seen.grant, of, now=now))
    grant = None
    if of.executor is not None:
        grant = grant_now(reader, work=of.work, executor=of.executor)
    stopped = None
    for stop in stops_now(reader, work=of.work):
        if stop.executor is None:
            stopped = Stopped.WORK
            break
        if stop.executor == of.executor:
            stopped = Stopped.EXECUTOR
    return Standing(terms=terms_of(grant, of, now=now), grant=grant, stopped=stopped, allowance=allowance)


def terms_of(grant: Grant | None, of: Provenance, *, now: datetime) -> Terms:
    """The terms that ``grant`` comes to now."""
    state = effective(grant, evidence_digest=of.evidence_digest, executor_digest=of.executor_digest or "", now=now)
    certificate = None if grant is None else grant.certificate
    return Terms(
        level=state.level,
        certified=certificate is not None,
        threshold=None if certificate is None else certificate.threshold,
        because=state.because,
    )
