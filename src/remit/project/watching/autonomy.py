"""Autonomy of one work as it stands: who holds what since when, and what the next level still needs."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from remit.definition.levels import Level, level_above
from remit.errors import InvalidInput, NotFound
from remit.project.parts.made_of import parts_of
from remit.project.watching.mirrored import mirror_grants
from remit.project.watching.watched import advance_work, watched_executors, watching_of

if TYPE_CHECKING:
    from remit.autonomy.certificate import Grant
    from remit.autonomy.evidence import Seen
    from remit.autonomy.watch import WatchTerms
    from remit.project.work import Work
    from remit.runtime.watching.outcomes import StopRule

__all__ = ["Autonomy", "Held", "LevelChange", "autonomy_of"]

_LAST_CHANGES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelChange:
    """One grant, one renewal, or one fall."""

    at: datetime
    level: Level
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One executor: what it holds, what was seen of it, and what is missing for the next level.

    ``next`` is the level above, None at the ceiling.  ``missing`` says in numbers what it still needs, ``estimate``
    about how long that takes; ``seen`` is None before any evidence.
    """

    executor: str
    level: Level
    since: datetime
    by: str
    until: datetime | None
    stopped: bool
    next: Level | None
    missing: tuple[str, ...]
    estimate: str | None
    seen: Seen | None
    slices_not_watched: tuple[str, ...]
    changes: tuple[LevelChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Autonomy:
    """Autonomy of one work: its executors, its ceiling, and its stop rule."""

    work: str
    ceiling: Level | None
    because: str | None
    held: tuple[Held, ...]
    rule: StopRule | None
    stopped: bool


def autonomy_of(work: Work, *, take_in: bool = True) -> Autonomy:
    """How autonomy stands.

    Args:
        work: the work.
        take_in: what is new in the ledger is taken in first, and levels fall that must; else nothing is written, and
            this is how it stood when it was last taken in.
    """
    from remit.runtime.watching.outcomes import stop_rule_now
    from remit.store.grants import grants_of, stops_now

    store = work.project.store
    if take_in:
        with store.writing() as writing:
            advance_work(work, writing, anew=True)
        mirror_grants(work)
    stops = stops_now(store, work=work.id)
    every = grants_of(store, work.id)
    ceiling = work.definition.autonomy.ceiling if work.definition.autonomy is not None else None
    return Autonomy(
        work=work.id,
        ceiling=None if ceiling is None else ceiling.level,
        because=None if ceiling is None else ceiling.because,
        held=tuple(
            _held(
                work,
                executor,
                tuple(one for one in every if one.executor == executor),
                stopped=bool({stop.executor for stop in stops} & _whose_stop_counts(work, executor)),
            )
            for executor in watched_executors(store, work.id)
        ),
        rule=stop_rule_now(store, work.definition),
        stopped=any(stop.executor is None for stop in stops),
    )


def _whose_stop_counts(work: Work, executor: str) -> frozenset[str]:
    """An executor, and those that it asks: a stop of any of them stops it."""
    with suppress(NotFound, InvalidInput):
        return frozenset({executor, *(one.name for one in parts_of(work, work.executor_file(executor).spec))})
    return frozenset({executor})


def _held(work: Work, executor: str, given: tuple[Grant, ...], *, stopped: bool) -> Held:
    from remit.autonomy.evidence import phase_of
    from remit.autonomy.watch import missing_for
    from remit.runtime.watching import evidence_now

    now = given[-1]
    kept = evidence_now(work.project.store, work=work.id, executor=executor)
    seen = kept.look() if kept is not None and kept.begun.phase is phase_of(now.level) else None
    ceiling = work.definition.autonomy.ceiling if work.definition.autonomy is not None else None
    above: Level | None = level_above(now.level)
    if above is now.level or (above is not None and (ceiling is None or above.rank > ceiling.level.rank)):
        above = None
    missing: tuple[str, ...] = ()
    estimate = None
    not_watched: tuple[str, ...] = ()
    try:
        terms = watching_of(work, executor).terms
    except (NotFound, InvalidInput) as fault:
        missing = (f"the executor can't be read: {fault}",)
    else:
        not_watched = terms.slices_not_watched
        if above is not None:
            missing = missing_for(above, terms, seen)
            estimate = _estimate(above, terms, seen)
    same = [one for one in given if one.level is now.level]
    return Held(
        executor=executor,
        level=now.level,
        since=_since(given),
        by=same[-1].by,
        until=now.until,
        stopped=stopped,
        next=above,
        missing=missing,
        estimate=estimate,
        seen=seen,
        slices_not_watched=not_watched,
        changes=tuple(
            LevelChange(at=one.granted_at, level=one.level, by=one.by, reason=one.reason)
            for one in reversed(given[-_LAST_CHANGES:])
        ),
    )


def _since(given: tuple[Grant, ...]) -> datetime:
    """Since when the level is held without a break."""
    since = given[-1].granted_at
    for one in reversed(given):
        if one.level is not given[-1].level:
            break
        since = one.granted_at
    return since


def _estimate(above: Level, terms: WatchTerms, seen: Seen | None) -> str | None:
    """How many more items, and about how many days, at the pace until now; None where nothing tells."""
    if not above.at_least(Level.SUPERVISED) or seen is None:
        return None
    acting = above is Level.AUTONOMOUS
    n, what = (seen.n_audited, "audited items") if acting else (seen.n_items, "items")
    more = max(0, (terms.min_items or 1) - n)
    days = max(0, (terms.min_days or 0) - seen.n_days)
    more_tested = _more_tested(seen)
    words = [f"{more:,} more {what}"] if more else []
    if more and n and seen.n_days:
        days = max(days, math.ceil(more * seen.n_days / n))
    if more_tested:
        words.append(f"{more_tested:,} more items decided without seeing its answer, if none of them is wrong")
        tested = seen.promotion.n if seen.promotion is not None else 0
        if tested and seen.n_days:
            days = max(days, math.ceil(more_tested * seen.n_days / tested))
    if days:
        words.append(f"about {days:,} {'day' if days == 1 else 'days'}")
    return ", ".join(words) if words else None


def _more_tested(seen: Seen) -> int:
    from remit.stats.watch.promotion import items_to_promotion

    test, begun = seen.promotion, seen.begun
    if test is None or test.passed or begun.budget is None:
        return 0
    budget = begun.budget * begun.budget_share
    return max(0, items_to_promotion(test.n_wrong, budget, begun.promotion_delta, attempt=begun.attempt) - test.n)
