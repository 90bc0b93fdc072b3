"""What it takes to act alone within the error budget, to earn each level after that, and to notice a break."""

from __future__ import annotations

import math

import numpy as np

from remit.definition.levels import Level
from remit.definition.model import Cap, Definition, Promote
from remit.proof.planning.document import BreakPlan, BudgetPlan, LevelPlan, WatchPlan
from remit.proof.planning.known import Known, Point, certificate_for, volume_of
from remit.proof.planning.targets import plan_by_attempt
from remit.stats import chance_of_claim, detection_delay, items_to_promotion, plan, promotion_delay

__all__ = ["acted_per_day", "plan_budget", "plan_levels", "plan_watching"]

N_GOOD_BEFORE = 1000
MULTIPLES = (2.0, 3.0)
_ERRORS = (0, 1, 2, 3)
_HOURS_A_DAY = 24


def plan_budget(
    budget: float, *, point: Point, delta: float, delta_full: float, power: float, known: Known
) -> BudgetPlan:
    """What a certificate within the error budget takes."""
    rate, share = point.rate.value, point.share
    needed = plan(budget, delta, true_rate=rate, power=power)
    n_acted = math.floor(known.cases.n_prove * share) if known.cases is not None else None
    certificate = certificate_for(known, budget)
    return BudgetPlan(
        alpha=budget,
        delta=delta,
        rate=point.rate,
        coverage=point.coverage,
        n_min=needed.n_min,
        n_likely=needed.n_cases,
        n_min_cases=math.ceil(needed.n_min / share),
        n_likely_cases=None if needed.n_cases is None else math.ceil(needed.n_cases / share),
        n_acted_now=n_acted,
        chance_now=None if n_acted is None else chance_of_claim(n_acted, budget, delta, true_rate=rate),
        is_certified=certificate is not None,
        threshold=certificate.threshold if certificate is not None else None,
        by_attempt=plan_by_attempt(budget, delta_full, power=power, true_rate=rate),
    )


def plan_levels(
    definition: Definition, budget: float, *, point: Point, delta_full: float, power: float
) -> tuple[LevelPlan, ...]:
    """What it takes to earn ``supervised`` at ``suggest``, and ``autonomous`` at ``supervised``.

    The first try is planned, which spends half of ``delta_full``.
    """
    autonomy, volume = definition.autonomy, volume_of(definition)
    promote = (autonomy.promote if autonomy is not None else None) or Promote()
    ceiling = autonomy.ceiling.level if autonomy is not None and autonomy.ceiling is not None else Level.AUTONOMOUS
    audit_share = definition.observe.audit_share if definition.observe is not None else None
    acted = acted_per_day(definition, point.coverage.value)
    hidden = None if volume is None else volume * point.coverage.value * promote.hidden_share
    audited = None if acted is None or audit_share is None else acted * audit_share
    delay = promotion_delay(budget, point.rate.value, delta=delta_full, attempt=1, power=power)
    by_errors = tuple(items_to_promotion(k, budget, delta_full, attempt=1) for k in _ERRORS)

    def level(level: Level, checked: str, per_day: float | None) -> LevelPlan:
        return LevelPlan(
            level=level,
            above_ceiling=not ceiling.at_least(level),
            checked=checked,
            by_errors=by_errors,
            median=delay.median,
            likely=delay.likely,
            min_items=promote.min_items,
            min_days=promote.min_days,
            checked_per_day=per_day,
            days_fewest=_days(delay.fewest, per_day, promote),
            days_median=_days(delay.median, per_day, promote),
            days_likely=_days(delay.likely, per_day, promote),
        )

    return (
        level(Level.SUPERVISED, "decided at suggest by a person who did not see the answer", hidden),
        level(Level.AUTONOMOUS, "acted on at supervised and audited", audited),
    )


def plan_watching(
    definition: Definition, budget: float, *, point: Point, delta_full: float, rng: np.random.Generator
) -> WatchPlan:
    """How soon a break would be noticed, after 1,000 audits at the rate supposed, by simulation."""
    share = definition.observe.audit_share if definition.observe is not None else None
    acted = acted_per_day(definition, point.coverage.value)
    return WatchPlan(
        audit_share=share,
        acted_per_day=acted,
        audits_per_day=None if acted is None or share is None else acted * share,
        n_good_before=N_GOOD_BEFORE,
        breaks=tuple(
            _broken(budget, multiple, point=point, delta=delta_full, share=share, acted=acted, rng=rng)
            for multiple in MULTIPLES
            if multiple * budget < 1
        ),
    )


def acted_per_day(definition: Definition, coverage: float) -> float | None:
    """The items a day that would be acted on: the volume times the coverage, at most what the caps let through."""
    volume = volume_of(definition)
    if volume is None:
        return None
    caps = definition.autonomy.caps if definition.autonomy is not None else ()
    limits = [limit for limit in map(_items_a_day, caps) if limit is not None]
    return min(volume * coverage, *limits) if limits else volume * coverage


def _items_a_day(cap: Cap) -> float | None:
    if cap.items is None:
        return None
    return float(cap.items * (_HOURS_A_DAY if cap.per == "hour" else 1))


def _days(items: int | None, per_day: float | None, promote: Promote) -> float | None:
    if items is None or not per_day:
        return None
    needed = items if promote.min_items is None else max(items, promote.min_items)
    days = needed / per_day
    return days if promote.min_days is None else max(days, float(promote.min_days))


def _broken(
    budget: float,
    multiple: float,
    *,
    point: Point,
    delta: float,
    share: float | None,
    acted: float | None,
    rng: np.random.Generator,
) -> BreakPlan:
    rate = round(multiple * budget, 12)
    found = detection_delay(
        budget,
        rate,
        good_rate=point.rate.value,
        n_good=N_GOOD_BEFORE,
        rng=rng,
        delta=delta,
        audit_share=1.0 if share is None else share,
        acted_per_day=acted if share is not None and acted else None,
    )
    audits = found.median_to_alarm
    return BreakPlan(
        multiple=multiple,
        rate=rate,
        audits_to_warning=found.median_to_warning,
        audits_to_stop=audits,
        audits_to_stop_p90=found.p90_to_alarm,
        days_to_warning=found.median_days_to_warning,
        days_to_stop=found.median_days_to_alarm,
        n_wrong_by_stop=None if audits is None or share is None else math.ceil(audits / share * rate),
    )
