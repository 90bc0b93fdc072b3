"""Grant a level to an executor, or take it away. Refused with every reason at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from remit.autonomy.certificate import Certificate, Grant
from remit.autonomy.watch import EXPIRES_AFTER, missing_for, unsettled
from remit.definition.levels import Level, level_above, level_below
from remit.errors import GrantRefused, NotFound, Problem
from remit.ledger import LedgerKind
from remit.runtime.recording import record_grant
from remit.runtime.terms import Provenance, terms_of
from remit.runtime.watching import Watching, advance, evidence_now
from remit.runtime.watching.alarms import given_anew
from remit.store.connections import Reader, Store
from remit.store.grants import grant_now

__all__ = ["Circumstances", "grant", "refusals", "revoke"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What decides whether a grant may be given.

    ``of`` and ``case_set_digest`` are as they are now.  ``accountable`` is the role that answers for the work,
    ``roles`` those of the person who grants.  ``authors`` made the executor or a part of it.  ``four_eyes`` is what the
    definition says; only an explicit no lets an author grant.  ``missing`` is what keeps the readiness of the level
    from being reached: what is wrong, and the mend.  ``promoter`` is the role of ``autonomy.promote.by``, ``watching``
    who is watched on which terms: without it nothing counts as earned.
    """

    of: Provenance
    case_set_digest: str | None
    accountable: str | None
    roles: Collection[str]
    authors: Collection[str]
    four_eyes: bool | None
    ceiling: Level | None
    missing: tuple[Problem, ...]
    promoter: str | None = None
    watching: Watching | None = None


def grant(store: Store, asked: Grant, circumstances: Circumstances) -> Grant:
    """Give the grant that is ``asked`` for, with its ledger entry, in one transaction.

    What the evidence says until now counts, so that a level that must fall has fallen before, whatever is asked.  A
    grant to act alone without an end ends after :data:`~remit.autonomy.watch.EXPIRES_AFTER`.

    Raises:
        GrantRefused: with every reason.
    """
    now, watching = asked.granted_at, circumstances.watching
    if asked.until is None and asked.level.at_least(Level.SUPERVISED):
        asked = replace(asked, until=now + EXPIRES_AFTER)
    if watching is not None:
        with store.writing() as writing:  # by itself: it stays, even where the grant is refused
            advance(writing, watching, now=now, anew=True)
    with store.writing() as writing:
        held = grant_now(writing, work=asked.work, executor=asked.executor)
        current = terms_of(held, circumstances.of, now=now).level
        unearned = tuple(_unearned(writing, asked, watching, current))
        problems = tuple(refusals(asked, circumstances, current=current, unearned=unearned))
        if problems:
            raise GrantRefused(problems=problems)
        record_grant(writing, asked, LedgerKind.GRANT)
        given_anew(writing, work=asked.work, executor=asked.executor, by=asked.by, now=now)
        if watching is not None:  # what counts from now on is fixed before anything is seen
            advance(writing, watching, now=now)
    return asked


def _unearned(reader: Reader, asked: Grant, watching: Watching | None, current: Level) -> Iterator[str]:
    """What the evidence still lacks: of the level below for a promotion, of the level itself for a renewal."""
    if not asked.level.at_least(Level.SUPERVISED) or asked.level.rank < current.rank:
        return
    if watching is None:
        yield f"nobody gathered evidence at {level_below(asked.level).value}"
        return
    kept = evidence_now(reader, work=asked.work, executor=asked.executor)
    seen = None if kept is None else kept.look()
    renews = asked.level is current
    yield from unsettled(seen) if renews else missing_for(asked.level, watching.terms, seen)


def revoke(store: Store, *, work: str, executor: str, by: str, reason: str, now: datetime) -> Grant:
    """Take the grant of an executor away: its level is ``manual`` from now on. This needs nobody's leave.

    Raises:
        NotFound: it holds no grant.
    """
    with store.writing() as writing:
        held = grant_now(writing, work=work, executor=executor)
        if held is None or held.level is Level.MANUAL:
            raise NotFound(f"{executor} holds no grant for {work}")
        taken = Grant(
            work=work,
            executor=executor,
            level=Level.MANUAL,
            by=by,
            reason=reason,
            definition_digest=held.definition_digest,
            evidence_digest=held.evidence_digest,
            executor_digest=held.executor_digest,
            granted_at=now,
        )
        record_grant(writing, taken, LedgerKind.LEVEL_CHANGE)
        given_anew(writing, work=work, executor=executor, by=by, now=now)
    return taken


def refusals(
    asked: Grant, circumstances: Circumstances, *, current: Level, unearned: tuple[str, ...] = ()
) -> Iterator[Problem]:
    """Everything that stands against ``asked``, where the executor is at ``current`` now. Pure.

    ``unearned`` is what the evidence still lacks, a sentence each.
    """
    yield from _who(asked, circumstances)
    yield from _how_far(asked, circumstances, current)
    yield from _on_what(asked, circumstances)
    yield from _promoted_by(asked, circumstances, current)
    for sentence in unearned:
        yield Problem(
            message=f"{asked.level.value} is not earned yet: {sentence}",
            mend=f"`remit autonomy {asked.work}` says what is missing and how long it takes",
        )
    if asked.level.at_least(current):
        yield from circumstances.missing


def _promoted_by(asked: Grant, circumstances: Circumstances, current: Level) -> Iterator[Problem]:
    promoter = circumstances.promoter
    promotes = asked.level.at_least(Level.SUPERVISED) and asked.level.rank > current.rank
    if promotes and promoter is not None and promoter not in circumstances.roles:
        yield Problem(
            message=f"{asked.by} may not promote an executor of this work",
            expected=promoter,
            found=", ".join(sorted(circumstances.roles)) or "no role",
            mend=f"ask the {promoter}, or change `autonomy.promote.by`",
        )


def _who(asked: Grant, circumstances: Circumstances) -> Iterator[Problem]:
    accountable = circumstances.accountable
    if accountable is None:
        yield Problem(
            message="the definition names nobody who is accountable", mend="write `accountable: {role, contact}`"
        )
    elif accountable not in circumstances.roles:
        yield Problem(
            message=f"{asked.by} does not answer for this work",
            expected=accountable,
            found=", ".join(sorted(circumstances.roles)) or "no role",
            mend=f"ask the {accountable}, or give {asked.by} the role in remit.yaml",
        )
    if asked.by in circumstances.authors and circumstances.four_eyes is not False:
        yield Problem(
            message=f"{asked.by} made this executor and can't grant it",
            mend="ask somebody else; who works alone writes `obligations: {four_eyes: false}`",
        )
    if not asked.reason.strip():
        yield Problem(message="a grant needs a reason", mend="say why: --reason TEXT")


def _how_far(asked: Grant, circumstances: Circumstances, current: Level) -> Iterator[Problem]:
    level, ceiling = asked.level, circumstances.ceiling
    if level is Level.MANUAL:
        yield Problem(message="manual is what holds without a grant", mend="take the grant away: `remit revoke`")
    if ceiling is None and level.at_least(Level.SUPERVISED):
        yield Problem(
            message=f"{level.value} acts alone, and the definition says nowhere how far that may go",
            mend="write `autonomy: {ceiling: {level, because}}`",
        )
    if ceiling is not None and level.rank > ceiling.rank:
        yield Problem(
            message=f"{level.value} is above the ceiling of this work",
            expected=f"at most {ceiling.value}",
            found=level.value,
            mend="change `autonomy.ceiling`, with a reason",
        )
    above = level_above(current)
    if level.rank > above.rank:
        yield Problem(
            message=f"from {current.value} straight to {level.value}: levels are taken one at a time",
            expected=above.value,
            found=level.value,
            mend=f"grant {above.value} first",
        )
    if asked.until is not None and asked.until <= asked.granted_at:
        yield Problem(
            message="the grant would be over before it begins",
            expected=f"an end after {asked.granted_at.date().isoformat()}",
            found=asked.until.isoformat(),
            mend="give a later day to --until, or leave it out",
        )


def _on_what(asked: Grant, circumstances: Circumstances) -> Iterator[Problem]:
    of = circumstances.of
    if (asked.definition_digest, asked.evidence_digest) != (of.definition_digest, of.evidence_digest):
        yield Problem(message="the grant is for another version of the definition", mend="look at it again, then sign")
    if asked.executor_digest != of.executor_digest:
        yield Problem(
            message="the grant is for another version of the executor", mend="prove the executor as it is now"
        )
    certificate = asked.certificate
    if certificate is None:
        if asked.level.at_least(Level.SUPERVISED):
            yield Problem(
                message=f"{asked.level.value} acts alone, and no certificate says how far",
                mend=f"`remit prove {asked.work} --executor {asked.executor}`",
            )
        return
    for name, bound, now in _bound(certificate, circumstances):
        if bound != now:
            yield Problem(
                message=f"the certificate is for another {name}",
                expected=now,
                found=bound,
                mend=f"`remit prove {asked.work} --executor {asked.executor}`",
            )


def _bound(certificate: Certificate, circumstances: Circumstances) -> Iterator[tuple[str, str, str | None]]:
    yield "version of the definition", certificate.evidence_digest, circumstances.of.evidence_digest
    yield "version of the executor", certificate.executor_digest, circumstances.of.executor_digest
    yield "case set", certificate.case_set_digest, circumstances.case_set_digest
