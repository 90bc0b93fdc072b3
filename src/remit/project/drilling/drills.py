"""Drills of one work, each with who does it, what it came to in the ledger, and the facts measured anew."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from remit.deciding.decision import Decision
from remit.definition.levels import Level
from remit.definition.model import EscalationPath
from remit.definition.similar import mend_of_name
from remit.errors import Conflict, NotEnough, NotFound, UsageError
from remit.items import ExecutorKind, Reason, ReasonKind, Route
from remit.ledger import LedgerKind
from remit.project.items import provenance
from remit.project.operating import measure_operation
from remit.project.operating.drills import drilled_reviews
from remit.project.operating.measuring import MOST_ENTRIES, MOST_REVIEWS, WINDOW
from remit.project.people import require_role, who

if TYPE_CHECKING:
    from remit.autonomy.route import Terms
    from remit.project.work import Work
    from remit.reviews import Review
    from remit.runtime.drilling.paths import DrillCase
    from remit.runtime.drilling.replaying import Replayed
    from remit.runtime.drilling.stopping import StopDrilled
    from remit.store.decisions import DecisionRecord

__all__ = [
    "PathsDrilled",
    "drill_paths",
    "drill_replay",
    "drill_stop",
    "waiting_drills",
]

MOST_REPLAYED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PathsDrilled:
    """The reviews that a drill of the paths opened."""

    reviews: tuple[Review, ...]


def drill_stop(work: Work, *, executor: str | None, by: str | None) -> StopDrilled:
    """Press the stop of the work, or of one executor, watch over a second connection that nothing acts, let it go.

    Raises:
        NotAllowed: this person may not stop it.
        Conflict: it is stopped already, perhaps by a drill that was interrupted.
    """
    from remit.runtime.drilling.stopping import DrillClock, drill_stop
    from remit.store import open_store

    project, ambient = work.project, work.project.ambient
    person = who(project, by)
    stop = work.definition.escalation.stop if work.definition.escalation is not None else None
    accountable = work.definition.accountable
    require_role(person, *(stop.who if stop is not None else ()), accountable=accountable, what=f"stop `{work.id}`")
    of = provenance(work, executor)
    clock = DrillClock(now=ambient.now, monotonic=ambient.monotonic, pause=time.sleep)
    store = project.store
    with open_store(project.store_location) as elsewhere:
        found = drill_stop(store, elsewhere, of, executor=executor, by=person.id, drill=ambient.new_id(), clock=clock)
    measure_operation(work)
    return found


def drill_paths(work: Work, *, by: str | None, path: str | None = None, mode: str | None = None) -> PathsDrilled:
    """Send a case to the real queue of every escalation path, of one of them, or of the one that a failure mode takes.

    The people are not told that it is a drill; what they answer becomes no truth and has no effect.  A path on which a
    drill still waits gets no second one.

    Raises:
        NotFound: there is no such path or failure mode.
        NotEnough: no item was decided yet that could be shown.
        Conflict: a drill waits on every one of them already.
    """
    from remit.runtime.drilling.paths import drill_paths
    from remit.store.figures.recent import newest_decision

    project, ambient = work.project, work.project.ambient
    person = who(project, by)
    waiting = {(one.ask.path, one.reason.id) for one in waiting_drills(work)}
    cases = [one for one in _cases(work, path, mode) if (one.ask.path, one.reason.id) not in waiting]
    if not cases:
        raise Conflict(
            "a drill waits there already",
            found=f"{len(waiting)} that nobody answered yet",
            mend=f"`remit review list {work.id}`: somebody has to answer it",
        )
    decision_id = newest_decision(project.store, work.id, n_entries=MOST_ENTRIES)
    if decision_id is None:
        raise NotEnough(
            f"nothing was decided for `{work.id}` yet, so there is no item to show",
            expected="one recorded decision",
            found="none",
            mend=f"`remit decide {work.id} --input ITEM`",
        )
    opened = drill_paths(
        project.store, work.id, decision_id, cases, by=person.id, drill=ambient.new_id(), now=ambient.now()
    )
    measure_operation(work)
    return PathsDrilled(reviews=opened)


def waiting_drills(work: Work) -> tuple[Review, ...]:
    """The reviews of drills that nobody answered yet, oldest first."""
    from remit.store.figures.recent import recent_reviews
    from remit.store.operations.acts import acts_of

    store = work.project.store
    drilled = drilled_reviews(acts_of(store, work=work.id, kind=LedgerKind.DRILL))
    since = work.project.ambient.now() - WINDOW
    found = recent_reviews(store, work.id, since=since, n=MOST_REVIEWS)
    return tuple(one for one in found if one.id in drilled and one.state.value in ("open", "claimed", "returned"))


def _cases(work: Work, path: str | None, mode: str | None) -> Iterable[DrillCase]:
    from dataclasses import replace

    from remit.runtime.asking import ask_on_path, asking
    from remit.runtime.drilling.paths import DrillCase

    new_id = work.project.ambient.new_id
    if mode is None:
        for one in _paths(work, path):
            reason = Reason(kind=ReasonKind.REVIEW_WHEN, text="a person looks at this item")
            yield DrillCase(id=new_id(), ask=replace(ask_on_path(one), on_timeout=None), reason=reason)
        return
    known = {one.id: one for one in work.definition.modes}
    if mode not in known:
        raise NotFound(
            f"there is no failure mode `{mode}` in `{work.id}`",
            expected="one of " + ", ".join(known),
            found=mode,
            mend=mend_of_name(mode, tuple(known), folder="work"),
        )
    reason = Reason(kind=ReasonKind.FAILURE_MODE, text=f"noticed: {known[mode].mode}", id=mode)
    decision = Decision(route=Route.REVIEW, reasons=(reason,), level=Level.SHADOW, input={})
    ask = asking(work.definition, people_are_incumbent=False, draw=work.project.ambient.draw)(decision)
    if ask is None or ask.path is None:
        raise NotFound(f"no escalation path takes `{mode}`", mend="write a path whose `when` is true for it")
    yield DrillCase(id=new_id(), ask=replace(ask, on_timeout=None), reason=reason)


def _paths(work: Work, path: str | None) -> tuple[EscalationPath, ...]:
    paths = work.definition.escalation.paths if work.definition.escalation is not None else ()
    found = tuple(one for one in paths if path in (None, one.id))
    if not found:
        what = "no escalation path" if path is None else f"no escalation path `{path}`"
        raise NotFound(
            f"there is {what} in `{work.id}`",
            expected="one of " + ", ".join(one.id for one in paths) if paths else "escalation.paths",
            found=path or "none",
            mend="name one of them" if paths else "write who gets what could not be decided",
        )
    return found


def drill_replay(
    work: Work,
    executor: str,
    *,
    n: int,
    by: str | None,
    on_progress: Callable[[int], None] | None = None,
) -> Replayed:
    """Answer the newest ``n`` recorded items once more with the executor that answered them, and compare.

    Only decisions of exactly this executor on exactly this definition are replayed, and only where their content was
    not erased.

    Raises:
        UsageError: it is a person, or ``n`` is outside 1 to 10,000.
        NotEnough: there is no such decision.
    """
    from remit.executors.perform import performer
    from remit.runtime.drilling.record import record_drill
    from remit.runtime.drilling.replaying import replay_records
    from remit.store.decisions import decision
    from remit.store.figures.recent import to_replay

    project, ambient = work.project, work.project.ambient
    person = who(project, by)
    if not 1 <= n <= MOST_REPLAYED:
        raise UsageError(
            f"{n} items can't be replayed", expected=f"1 to {MOST_REPLAYED:,}", found=str(n), mend="give another --n"
        )
    found = work.executor(executor)
    if found.spec.kind is ExecutorKind.PERSON:
        raise UsageError(
            f"{executor} is a person: nobody is asked the same twice to see whether they say the same",
            expected="an executor that answers by itself",
            found="kind: person",
            mend="name software",
        )
    of = provenance(work, executor)
    ids = to_replay(
        project.store,
        work.id,
        executor=executor,
        executor_digest=found.digest,
        evidence_digest=of.evidence_digest,
        n=n,
        n_entries=MOST_ENTRIES,
    )
    if not ids:
        raise NotEnough(
            f"{executor} as it is now answered no recorded item of `{work.id}` as it is now",
            expected="one decision with an answer of it, or more",
            found="none",
            mend=f"grant it shadow, so that it answers: `remit grant {work.id} --executor {executor} --level shadow`",
        )

    def records() -> Iterable[DecisionRecord]:
        for done, id_ in enumerate(ids, start=1):
            yield decision(project.store, id_)
            if on_progress is not None:
                on_progress(done)

    with performer(found, clock=time.perf_counter, jitter=ambient.draw, patient=True) as perform:
        replayed = replay_records(work.prepared, records(), perform=perform, terms_then=_terms_then(work, executor))
    record_drill(
        project.store,
        work=work.id,
        drill=ambient.new_id(),
        what="replay",
        by=person.id,
        now=ambient.now(),
        found={
            "executor": executor,
            "executor_digest": found.digest,
            "evidence_digest": of.evidence_digest,
            "n": replayed.n,
            "n_same": replayed.n_same,
            "sample": list(replayed.sample),
        },
    )
    measure_operation(work)
    return replayed


def _terms_then(work: Work, executor: str) -> Callable[[DecisionRecord], Terms]:
    """The terms at the time of a record: those of the newest grant before it, at the level it was decided at."""
    from dataclasses import replace

    from remit.runtime.terms import Provenance, terms_of
    from remit.store.grants import grants_of

    grants = [one for one in grants_of(work.project.store, work.id) if one.executor == executor]

    def terms(record: DecisionRecord) -> Terms:
        of = Provenance(
            work=work.id,
            definition_digest=record.definition_digest,
            evidence_digest=record.evidence_digest,
            executor=executor,
            executor_digest=record.executor_digest,
        )
        before = [one for one in grants if one.granted_at <= record.at]
        held = max(before, key=lambda one: one.granted_at, default=None)
        return replace(terms_of(held, of, now=record.at), level=record.decision.level)

    return terms
