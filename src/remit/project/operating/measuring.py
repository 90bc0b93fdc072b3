"""Measure how a work runs, from the newest records of the store, and mirror it: ``remit check`` then needs no store."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from remit.definition.digests import definition_digest, evidence_digest
from remit.definition.levels import Level
from remit.errors import DocumentInvalid
from remit.ledger import LedgerKind
from remit.project.operating.drills import (
    alarm_drill,
    drilled_reviews,
    interrupted_stop,
    records_drill,
    replays,
    stop_drill,
)
from remit.project.operating.load import load_of
from remit.project.operating.reviewing import asked_back, path_uses, planted_cases
from remit.project.operating.shares import Sharing
from remit.project.operating.truths import outcome_of, rates_of, signals_of
from remit.project.state.mirror import Mirrored, mirror, read_mirror
from remit.readiness.operation.facts import DriftFact, OperationFacts

if TYPE_CHECKING:
    from remit.project.work import Work
    from remit.store.figures.recent import RecentTruth
    from remit.store.operations.acts import Act

__all__ = ["WINDOW", "measure_operation", "operation_of"]

WINDOW = timedelta(days=60)
"""How far back reviews are looked at: twice the time in which one has to be used."""

MOST_ENTRIES = 50_000
MOST_REVIEWS = 20_000


def measure_operation(work: Work) -> OperationFacts:
    """What :func:`operation_of` says, mirrored for readiness."""
    facts = operation_of(work)
    mirror(work, operation=facts)
    return facts


def operation_of(work: Work) -> OperationFacts:
    """What the newest records of the store show of ``work``.

    At most the last 50,000 entries of its ledger and the newest 20,000 reviews of each state are read, so that it
    costs the same whatever came before.
    """
    from remit.store.figures.recent import recent_decisions, recent_reviews, recent_truths
    from remit.store.operations.acts import acts_of

    project, definition = work.project, work.definition
    store, now = project.store, project.ambient.now()
    sharing = Sharing(delta=definition.quality.delta if definition.quality is not None else 0.05)
    evidence = evidence_digest(definition)
    acts = acts_of(store, work=work.id, kind=LedgerKind.DRILL)
    decisions = recent_decisions(store, work.id, n_entries=MOST_ENTRIES)
    reviews = recent_reviews(store, work.id, since=now - WINDOW, n=MOST_REVIEWS)
    truths = recent_truths(store, work.id, n_entries=MOST_ENTRIES)
    drilled = drilled_reviews(acts)
    uses = path_uses(definition, reviews, since=now - WINDOW / 2)
    people = planted_cases(work, [one for one in reviews if one.id not in drilled], sharing)
    return OperationFacts(
        measured_at=now,
        stop_drill=stop_drill(acts),
        interrupted_stop=interrupted_stop(store, work.id),
        paths=uses.paths,
        modes=uses.modes,
        replays=replays(acts, sharing),
        records=records_drill(acts, sharing),
        alarm=alarm_drill(store, acts),
        load=load_of(definition, evidence, decisions, [one for one in reviews if one.id not in drilled], sharing),
        asked_back=asked_back([one for one in reviews if one.id not in drilled], sharing),
        planted=people.planted,
        skill=people.skill,
        signals=signals_of(truths, sharing),
        rates=rates_of(definition, evidence, decisions, sharing),
        drift=_drift(work),
        outcome=outcome_of(definition, acts_of(store, work=work.id, kind=LedgerKind.OUTCOME), sharing),
        evidence_at=_evidence_at(work, acts, truths),
        definition_digest=definition_digest(definition),
        signed_at=_signed_at(work),
        used_since=_used_since(work),
    )


def _drift(work: Work) -> DriftFact | None:
    from remit.project.operating.drift import drift_of

    return drift_of(work, n_entries=MOST_ENTRIES)


def _evidence_at(work: Work, acts: tuple[Act, ...], truths: tuple[RecentTruth, ...]) -> datetime | None:
    from remit.store.grants import grants_of

    found = [one.at for one in acts[-1:]]
    found.extend(one.at for one in truths[-1:])
    found.extend(one.granted_at for one in grants_of(work.project.store, work.id)[-1:])
    found.extend(one.proved_at for one in _mirrored(work).proofs)
    return max(found, default=None)


def _signed_at(work: Work) -> datetime | None:
    """When a person last granted a level on the definition as it is."""
    from remit.store.grants import grants_of

    digest = definition_digest(work.definition)
    people = {person.id for person in work.project.file.people}
    return max(
        (
            one.granted_at
            for one in grants_of(work.project.store, work.id)
            if one.definition_digest == digest and one.level is not Level.MANUAL and one.by in people
        ),
        default=None,
    )


def _used_since(work: Work) -> datetime | None:
    from remit.store.definitions import kept_definitions

    digest = definition_digest(work.definition)
    return next((one.at for one in kept_definitions(work.project.store, work.id) if one.digest == digest), None)


def _mirrored(work: Work) -> Mirrored:
    try:
        return read_mirror(work.project.state, work.id)
    except DocumentInvalid:  # derived data: it is made anew
        return Mirrored()
