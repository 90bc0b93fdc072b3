"""On which terms an executor works at this moment, as the store says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from remit.autonomy.certificate import Grant, effective
from remit.autonomy.route import Terms
from remit.deciding.decide import Stopped
from remit.store.connections import Reader
from remit.store.grants import grant_now, stops_now
from remit.store.known import Allowance
from remit.store.moment import allowance_now

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
    """The terms that count now, the grant they come from, what is stopped, and of which version all that is.

    ``until`` is when the terms change by themselves; None where they do not.
    """

    terms: Terms
    grant: Grant | None
    stopped: Stopped | None
    allowance: Allowance
    until: datetime | None = None

    def holds(self, allowance: Allowance, *, now: datetime) -> bool:
        """Whether nothing changed: ``allowance`` is the version that holds at ``now``."""
        return self.allowance == allowance and (self.until is None or now < self.until)


def standing(
    reader: Reader,
    of: Provenance,
    *,
    now: datetime,
    seen: Standing | None = None,
    allowance: Allowance | None = None,
) -> Standing:
    """How the executor of ``of`` stands now: what was granted, as far as digests and dates let it count, and stops.

    Args:
        reader: the store.
        of: the definition and the executor as they are now.
        now: the present.
        seen: how the same executor stood before; grants and stops are read again only where there are new ones.
        allowance: the version of what is allowed, where it was read a moment ago.
    """
    if allowance is None:  # read first: what is read after it is no older
        allowance = allowance_now(reader, work=of.work)
    if seen is not None and seen.holds(allowance, now=now):
        return seen
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
    ends = grant.until if grant is not None and grant.until is not None and now < grant.until else None
    return Standing(terms=terms_of(grant, of, now=now), grant=grant, stopped=stopped, allowance=allowance, until=ends)


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
