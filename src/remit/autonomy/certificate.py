"""Certificates and grants: how far the evidence reaches, and what a person allowed on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from remit.definition.levels import Level

__all__ = ["Certificate", "Grant", "GrantState", "effective"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """How far one executor may act alone, by one proof.

    It may act alone at confidence >= ``threshold``: had ``alpha`` of such items or more been wrong, this much
    evidence would have come up with a chance of at most ``delta``.  ``threshold`` is None for an executor without
    confidence, which is one tie block: all or nothing.  ``upper_bound`` is an upper bound of the error rate above the
    threshold; ``coverage`` is ``n_acted / n_cases``.  Bound to three digests.
    """

    threshold: float | None
    alpha: float
    delta: float
    n_acted: int
    n_wrong: int
    n_cases: int
    coverage: float
    upper_bound: float
    method: str
    assumptions: tuple[str, ...]
    evidence_digest: str
    executor_digest: str
    case_set_digest: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A person's permission for an executor to work at one level. ``hypothetical`` ones are never stored."""

    work: str
    executor: str
    level: Level
    by: str
    reason: str
    definition_digest: str
    evidence_digest: str
    executor_digest: str
    granted_at: datetime
    until: datetime | None = None
    certificate: Certificate | None = None
    hypothetical: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantState:
    """The level that counts now, and the sentence that says why where it is not the granted one."""

    level: Level
    because: str | None = None


def effective(grant: Grant | None, *, evidence_digest: str, executor_digest: str, now: datetime) -> GrantState:
    """The level at which a grant counts now.

    No grant is ``manual``.  An evidence digest or executor digest that no longer matches, or a certificate for other
    digests, falls to ``shadow``; an expired grant falls to ``suggest``; both only where they are lower than what was
    granted.
    """
    if grant is None:
        return GrantState(level=Level.MANUAL)
    mismatch = _mismatch(grant, evidence_digest, executor_digest)
    if mismatch is not None and grant.level.at_least(Level.SHADOW):
        return GrantState(level=Level.SHADOW, because=mismatch)
    if grant.until is not None and now >= grant.until and grant.level.at_least(Level.SUPERVISED):
        return GrantState(level=Level.SUGGEST, because=f"the grant expired on {grant.until.date().isoformat()}")
    return GrantState(level=grant.level)


def _mismatch(grant: Grant, evidence_digest: str, executor_digest: str) -> str | None:
    certificate = grant.certificate
    if grant.evidence_digest != evidence_digest or (
        certificate is not None and certificate.evidence_digest != evidence_digest
    ):
        return "the definition changed in what the evidence is about since the grant"
    if grant.executor_digest != executor_digest or (
        certificate is not None and certificate.executor_digest != executor_digest
    ):
        return "the executor changed since the grant"
    return None
