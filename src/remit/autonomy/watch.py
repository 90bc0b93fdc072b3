"""Autonomy that is earned, and taken away by itself: what the evidence says of a grant. Pure.

Ways down need nobody: a broken budget or an expired grant lead to ``suggest``, a critical failure or a digest that no
longer matches to ``shadow``.  Ways up are proposed only; a person takes them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from remit.autonomy.certificate import Certificate, Grant, effective
from remit.autonomy.evidence import Begun, Phase, Seen, phase_of
from remit.definition.durations import parse_duration
from remit.definition.levels import Level, level_above
from remit.definition.model import Definition, Promote
from remit.definition.schemas import input_schema
from remit.definition.schemas.look import answers

__all__ = [
    "EXPIRES_AFTER",
    "MayPromote",
    "MustDemote",
    "Stay",
    "WatchTerms",
    "fixed_now",
    "may_renew",
    "missing_for",
    "slice_name",
    "unsettled",
    "watch",
    "watch_terms",
]

EXPIRES_AFTER = timedelta(days=90)
"""How long a grant to act alone lasts where nobody says; at ``autonomous`` it renews itself in its last half."""

DEADLINE = timedelta(days=14)
"""How long an item waits for its truth where no escalation path says ``within``."""

MOST_SLICES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchTerms:
    """What a definition and a certificate say about earning autonomy, as they are now.

    ``certificate`` is the one that a grant to act alone would rest on.  ``slices`` are the values of the slices that
    are input fields with a closed list of values, as ``field = value``; ``slices_not_watched`` names the other fields.
    """

    evidence_digest: str
    executor_digest: str
    delta: float
    deadline: timedelta = DEADLINE
    budget: float | None = None
    min_items: int | None = None
    min_days: int | None = None
    audit_share: float | None = None
    ceiling: Level | None = None
    certificate: Certificate | None = None
    slices: tuple[str, ...] = ()
    slice_fields: tuple[str, ...] = ()
    slices_not_watched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """The level stays. ``missing`` says in numbers what the next one still needs; empty where there is none."""

    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MayPromote:
    """A person may grant the next level: the evidence for it is there."""

    to: Level
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MustDemote:
    """The level falls, now, and nobody has to agree."""

    to: Level
    reasons: tuple[str, ...]


def watch_terms(
    definition: Definition,
    *,
    evidence_digest: str,
    executor_digest: str,
    certificate: Certificate | None,
) -> WatchTerms:
    """The terms of a definition. An item waits for its truth twice as long as the slowest path may take."""
    autonomy, quality, observe = definition.autonomy, definition.quality, definition.observe
    promote = (autonomy.promote if autonomy is not None else None) or Promote()
    watched, fields, others = _slices(definition)
    within = [
        found
        for path in (definition.escalation.paths if definition.escalation is not None else ())
        if path.within is not None and (found := parse_duration(path.within)) is not None
    ]
    return WatchTerms(
        evidence_digest=evidence_digest,
        executor_digest=executor_digest,
        delta=quality.delta if quality is not None else 0.05,
        deadline=2 * max(within) if within else DEADLINE,
        budget=autonomy.error_budget if autonomy is not None else None,
        min_items=promote.min_items,
        min_days=promote.min_days,
        audit_share=observe.audit_share if observe is not None else None,
        ceiling=autonomy.ceiling.level if autonomy is not None and autonomy.ceiling is not None else None,
        certificate=certificate,
        slices=watched,
        slice_fields=fields,
        slices_not_watched=others,
    )


def fixed_now(terms: WatchTerms, phase: Phase) -> Begun:
    """What a stretch of evidence that begins now is fixed to, but for its place and its number."""
    certificate = terms.certificate
    certified = certificate is not None or phase is Phase.ACTING
    return Begun(
        phase=phase,
        evidence_digest=terms.evidence_digest,
        executor_digest=terms.executor_digest,
        delta=terms.delta,
        tested=terms.budget is not None and certified and phase is not Phase.SHADOW,
        budget=terms.budget,
        threshold=certificate.threshold if certificate is not None and phase is Phase.SUGGEST else None,
        deadline_s=terms.deadline.total_seconds(),
        audit_share=terms.audit_share,
        slices=terms.slices if phase is Phase.ACTING else (),
    )


def watch(terms: WatchTerms, grant: Grant, seen: Seen, now: datetime) -> Stay | MayPromote | MustDemote:
    """What the evidence says of a grant.

    Args:
        terms: what definition and certificate say now.
        grant: the one that is held.
        seen: the evidence at the level that is held.
        now: aware.
    """
    falls = tuple(_falls(terms, grant, seen, now))
    if falls:
        to = min((one.to for one in falls), key=lambda level: level.rank)
        return MustDemote(to=to, reasons=tuple(reason for one in falls for reason in one.reasons))
    to = level_above(grant.level)
    if to is grant.level or terms.ceiling is None or to.rank > terms.ceiling.rank:
        return Stay()
    missing = missing_for(to, terms, seen)
    if missing or not seen.n_decided:
        return Stay(missing=missing)
    return MayPromote(to=to, reasons=tuple(_for(terms, seen)))


def _falls(terms: WatchTerms, grant: Grant, seen: Seen, now: datetime) -> Iterator[MustDemote]:
    state = effective(grant, evidence_digest=terms.evidence_digest, executor_digest=terms.executor_digest, now=now)
    if state.level.rank < grant.level.rank:
        yield MustDemote(to=state.level, reasons=(state.because or "the grant does not count any more",))
    if not grant.level.at_least(Level.SUPERVISED):
        return
    certificate = grant.certificate
    if certificate is not None and terms.budget is not None and certificate.alpha > terms.budget:
        found = (
            f"the certificate is for an error budget of {_percent(certificate.alpha)}, "
            f"and the definition now allows {_percent(terms.budget)}"
        )
        yield MustDemote(to=Level.SUGGEST, reasons=(found,))
    if terms.budget is None:
        yield MustDemote(to=Level.SUGGEST, reasons=("the definition does not say any more how much may be wrong",))
    if seen.critical is not None:
        yield MustDemote(to=Level.SHADOW, reasons=(seen.critical,))
    if seen.alarm:
        yield MustDemote(to=Level.SUGGEST, reasons=tuple(_broken(seen)))


def _broken(seen: Seen) -> Iterator[str]:
    monitor = seen.monitor
    budget = "" if seen.begun.budget is None else f" of {_percent(seen.begun.budget)}"
    if monitor is not None and monitor.alarm:
        yield f"the error budget{budget} is broken: {monitor.n_wrong:,} of {monitor.n:,} audited items were wrong"
    for name in seen.slices_alarmed:
        yield f"the error budget{budget} is broken where {name}"
    if seen.slice_alarm and not seen.slices_alarmed:
        yield f"the error budget{budget} is broken in some slice"


def missing_for(to: Level, terms: WatchTerms, seen: Seen | None) -> tuple[str, ...]:
    """What the evidence of the level below still lacks for ``to``, in numbers; empty where it is enough.

    Up to ``suggest`` nothing has to be earned: nothing depends on the executor there.
    """
    if not to.at_least(Level.SUPERVISED):
        return ()
    below = Level.SUPERVISED if to is Level.AUTONOMOUS else Level.SUGGEST
    phase = phase_of(below)
    return tuple(_missing(below, terms, seen if seen is not None and seen.begun.phase is phase else None))


def _missing(below: Level, terms: WatchTerms, seen: Seen | None) -> Iterator[str]:
    acting = below is Level.SUPERVISED
    what = "audited items" if acting else "items"
    n = 0 if seen is None else seen.n_audited if acting else seen.n_items
    n_days = 0 if seen is None else seen.n_days
    if terms.budget is None:
        yield "no error budget is written: `autonomy.error_budget`"
    if terms.min_items is None or terms.min_days is None:
        yield "nothing says what a promotion takes: `autonomy.promote` with min_items and min_days"
    n_asked, n_days_asked = terms.min_items or 1, terms.min_days or 0  # none is written: one item at the least
    if n < n_asked or n_days < n_days_asked:
        yield f"{n:,} of {n_asked:,} {what}, {n_days:,} of {n_days_asked:,} days at {below.value}"
    if terms.certificate is None:
        yield "no certificate says how far it may act alone"
    if acting:
        yield from unsettled(seen)
    elif terms.certificate is not None and terms.budget is not None:
        yield from _untested(seen)


def unsettled(seen: Seen | None) -> Iterator[str]:
    """What of the evidence at a level that acts alone stands against staying there, or going on; nothing usually."""
    if seen is None:
        return
    if seen.critical is not None:
        yield seen.critical
    if seen.alarm:
        yield from _broken(seen)
    elif seen.warning:
        where = f" where {seen.slices_warned[0]}" if seen.slices_warned else ""
        yield f"a warning is open: the error budget may be broken{where}"


def _untested(seen: Seen | None) -> Iterator[str]:
    test = None if seen is None else seen.promotion
    if test is None:
        yield "0 items decided without seeing its answer at or above the certificate's threshold"
    elif not test.passed:
        yield (
            f"the promotion test is at {test.e_value:.3g} of {test.needed:.3g}: {test.n_wrong:,} of {test.n:,} items "
            "wrong among those that were decided without seeing its answer and that it would act on"
        )


def _for(terms: WatchTerms, seen: Seen) -> Iterator[str]:
    if seen.begun.phase is Phase.SHADOW:
        yield "nothing depends on its answers at suggest: a person decides"
        return
    acting = seen.begun.phase is Phase.ACTING
    n, what = (seen.n_audited, "audited items") if acting else (seen.n_items, "items")
    yield f"{n:,} {what} on {seen.n_days:,} days; {terms.min_items or 1:,} on {terms.min_days or 0:,} were asked for"
    test = seen.promotion
    if test is not None:
        yield (
            f"of {test.n:,} items that were decided without seeing its answer {test.n_wrong:,} were wrong: the "
            f"promotion test passed, {test.e_value:.3g} of {test.needed:.3g}"
        )
    if acting:
        yield f"{seen.n_wrong:,} of {seen.n_audited:,} audits found an error, and no warning is open"


def may_renew(terms: WatchTerms, grant: Grant, seen: Seen | None, now: datetime) -> str | None:
    """The sentence with which an ``autonomous`` grant renews itself; None where it does not.

    It does in the last half of its time, while nothing warns, and with as many audits since it was last renewed as a
    claim about the error budget needs without an error.
    """
    if grant.level is not Level.AUTONOMOUS or grant.until is None or terms.budget is None or seen is None:
        return None
    if now < grant.until - EXPIRES_AFTER / 2 or now >= grant.until or seen.warning or seen.alarm or seen.critical:
        return None
    needed = math.ceil(math.log(terms.delta) / math.log1p(-terms.budget))
    if seen.n_since_renewal < needed:
        return None
    return (
        f"renewed by its evidence: {seen.n_since_renewal:,} audits since it was given or renewed "
        f"({needed:,} are asked for), and no warning is open"
    )


def _slices(definition: Definition) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """What is watched by slice, of which fields; and the slices whose values nobody can list beforehand."""
    schema = input_schema(definition)
    watched: list[str] = []
    fields: list[str] = []
    others: list[str] = []
    for column in definition.quality.slices if definition.quality is not None else ():
        field = column.removeprefix("input.")
        values = answers(schema, field)
        if values is None or len(watched) + len(values) > MOST_SLICES:
            others.append(column)
            continue
        fields.append(field)
        watched.extend(slice_name(field, value) for value in values if value is not None)
    return tuple(dict.fromkeys(watched)), tuple(dict.fromkeys(fields)), tuple(others)


def slice_name(field: str, value: object) -> str:
    """How a slice is called: ``channel = web``, ``dealer = yes``."""
    text = ("yes" if value else "no") if isinstance(value, bool) else str(value)
    return f"{field} = {text}"


def _percent(share: float) -> str:
    return f"{100.0 * share:.4g} %"
