"""Who is watched in a work, and on which terms, as definition, executor files and proofs say now."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from remit.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from remit.autonomy.certificate import Certificate
    from remit.project.work import Work
    from remit.readiness.facts import AutonomyFact
    from remit.runtime.terms import Provenance
    from remit.runtime.watching import Change, Watching
    from remit.runtime.watching.critical import CriticalCheck
    from remit.store.connections import Reader, Writing

__all__ = [
    "Watched",
    "advance_work",
    "latest_certificate",
    "mirror_autonomy",
    "watched_executors",
    "watching_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """How an executor is watched, made once as long as its newest proof stays the same: it is asked at every truth."""

    newest_proof: str | None
    watching: Watching


def watching_of(work: Work, executor: str) -> Watching:
    """How ``executor`` is watched.

    Raises:
        NotFound, InvalidInput: there is no such executor, or it can't be read.
    """
    from remit.store import proofs_of

    runs = [run for run in proofs_of(work.project.store, work.id) if run.executor == executor and run.finished_at]
    newest = runs[-1].id if runs else None
    known = work.watchings.get(executor)
    if known is None or known.newest_proof != newest:
        known = work.watchings[executor] = Watched(newest_proof=newest, watching=_watching(work, executor))
    return known.watching


def _watching(work: Work, executor: str) -> Watching:
    from remit.autonomy.watch import watch_terms
    from remit.project.state.provenance import provenance
    from remit.project.watching.planted import planted_flags
    from remit.reviews.statistics import noticed_share
    from remit.runtime.watching import Watching
    from remit.runtime.watching.alarms import alarming
    from remit.runtime.watching.critical import CriticalCheck

    of = provenance(work, executor)
    observe = work.definition.observe

    @cache
    def critical() -> CriticalCheck:
        return CriticalCheck(work.prepared)

    terms = watch_terms(
        work.definition,
        evidence_digest=of.evidence_digest,
        executor_digest=of.executor_digest or "",
        certificate=latest_certificate(work, of),
    )
    return Watching(
        work=work.id,
        executor=executor,
        terms=terms,
        noticed=lambda: noticed_share(planted_flags(work), terms.delta / 2.0),
        critical=critical,
        tell=alarming(contact=None if observe is None else observe.alert, new_id=work.project.ambient.new_id),
    )


def watched_executors(reader: Reader, work: str) -> tuple[str, ...]:
    """The executors that ever held a grant for ``work``, sorted."""
    from remit.store.grants import grants_of

    return tuple(sorted({one.executor for one in grants_of(reader, work)}))


def advance_work(
    work: Work, writing: Writing, *, only: frozenset[str] | None = None, anew: bool = False
) -> tuple[Change, ...]:
    """Take in what is new for every executor of a work (or for some), and do what the evidence says now.

    An executor that can't be read at the moment is passed over: it can't act either.  ``anew``: what people notice is
    measured again.
    """
    from remit.runtime.watching import advance

    changes: list[Change] = []
    for executor in watched_executors(writing, work.id):
        if only is not None and executor not in only:
            continue
        try:
            watching = watching_of(work, executor)
        except (NotFound, InvalidInput):
            continue
        changes.extend(advance(writing, watching, now=work.project.ambient.now(), anew=anew))
    return tuple(changes)


def mirror_autonomy(work: Work) -> None:
    """Mirror what was seen of every executor at its level, and where the stop rule stands, for ``remit check``."""
    from remit.project.state.mirror import mirror
    from remit.readiness.facts import StopRuleFact
    from remit.runtime.watching.outcomes import stop_rule_now

    store = work.project.store
    found = tuple(fact for name in watched_executors(store, work.id) if (fact := _fact(work, name)) is not None)
    written = work.definition.intent.stop_if if work.definition.intent is not None else None
    rule = stop_rule_now(store, work.definition)
    stands = None
    if rule is not None and written is not None:
        stands = StopRuleFact(
            when=written.when,
            after=written.after,
            counts_from=rule.counts_from,
            latest=None if rule.latest is None else rule.latest.value,
            fired_at=rule.fired_at,
        )
    mirror(work, autonomy=found, stop_rule=stands)


def _fact(work: Work, executor: str) -> AutonomyFact | None:
    from remit.autonomy.evidence import Phase
    from remit.autonomy.watch import missing_for
    from remit.definition.levels import level_above
    from remit.readiness.facts import AutonomyFact
    from remit.runtime.watching import evidence_now
    from remit.store.grants import grant_now

    store = work.project.store
    held = grant_now(store, work=work.id, executor=executor)
    kept = evidence_now(store, work=work.id, executor=executor)
    if held is None or kept is None:
        return None
    try:
        terms = watching_of(work, executor).terms
    except (NotFound, InvalidInput):
        return None
    seen, begun = kept.look(), kept.begun
    monitor, promotion = seen.monitor, seen.promotion
    test = monitor if monitor is not None else promotion
    return AutonomyFact(
        executor=executor,
        executor_digest=begun.executor_digest,
        evidence_digest=begun.evidence_digest,
        level=held.level,
        looked_at=work.project.ambient.now(),
        n_items=seen.n_audited if begun.phase is Phase.ACTING else seen.n_items,
        n_days=seen.n_days,
        n_acted=seen.n_acted,
        missing=missing_for(level_above(held.level), terms, seen),
        promotion_passed=None if promotion is None else promotion.passed,
        e_value=None if test is None else test.e_value,
        e_value_needed=seen.alarm_needed if promotion is None else promotion.needed,
        budget_used=seen.budget_used,
        warning=seen.warning,
        alarm=seen.alarm,
        n_never=seen.n_never,
    )


def latest_certificate(work: Work, of: Provenance) -> Certificate | None:
    """The certificate of the newest proof of this executor as it is now, if that proof gave one.

    A proof as the incumbent spent no attempt, however often it was tried: nobody may act alone on it.  One that is
    about another version of the definition or of the executor does not count.
    """
    from remit.report.documents import from_json
    from remit.store import proof_document, proofs_of

    store = work.project.store
    runs = [run for run in proofs_of(store, work.id) if run.executor == of.executor and run.finished_at is not None]
    text = proof_document(store, runs[-1]) if runs else None
    if text is None:
        return None
    document = from_json(json.loads(text))
    free = document.is_baseline and not document.is_own_table
    return None if free else document.certificate
