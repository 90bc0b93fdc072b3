"""Every target judged by the bound that fits its metric, overall and by slice.

met: the bound on the side of the limit keeps it; missed: the other bound rules it out; else unproven, with the number
of further cases that would decide it if the rate stays what it is.  Several targets need no correction (every one must
be met), several slices are claimed singly and are corrected by Holm.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from remit.definition.model import Metric, Target
from remit.proof.tally import Counted, SliceKey, TargetTally
from remit.readiness.facts import TargetFact, TargetVerdict
from remit.stats import (
    binomial_lower,
    binomial_p_value,
    binomial_upper,
    f1_bounds_fields,
    further_cases,
    holm,
    judge,
    mean_lower,
    mean_upper,
)

__all__ = ["SMALLEST_SLICE", "Terms", "judge_slices", "judge_target"]

SMALLEST_SLICE = 30
"""Slices with fewer counting cases are not judged."""

SHARE_LATE = 0.05
"""``seconds_p95`` allows this share of answers to be later than the limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On which terms targets are judged: what may fail with which chance, and what the executor may cost an item."""

    delta: float
    cost_cap: float | None
    n_reviewed: int
    n_cases: int
    highest_loss: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Proportion:
    """A target as a proportion: its limit, and which side of it is asked for."""

    limit: float
    at_least: bool
    is_f1: bool = False

    def shown(self, share: float) -> float:
        """The metric for a share: F1 = 2 J / (1 + J), else the share itself."""
        return 2 * share / (1 + share) if self.is_f1 else share


def judge_target(tally: TargetTally, terms: Terms, rng: np.random.Generator) -> TargetFact:
    """The verdict on one target over all its cases."""
    return replace(_judged(tally, terms, rng), about=tally.about)


def _judged(tally: TargetTally, terms: Terms, rng: np.random.Generator) -> TargetFact:
    target = tally.target
    match target.metric:
        case Metric.SECONDS_P95 if target.at_most is None:
            return _open(target, "only `at_most` can be judged: how many answers are later than a limit")
        case Metric.REVIEW_RATE:
            return _review_rate(target, terms)
        case Metric.CONSISTENCY:
            return _open(target, "not measured: nothing is asked twice yet")
        case Metric.COST_PER_ITEM:
            return _cost(tally, terms, rng)
        case Metric.EXPECTED_COST:
            if terms.highest_loss <= 0:
                return _open(target, "no costs of errors are written in quality.error_costs")
            return _mean(target, np.asarray(tally.values), terms.highest_loss, terms.delta, rng)
        case Metric.F1 if target.class_ is None:
            return _f1_over_fields(tally, terms.delta, rng)
        case _ if tally.success is None:
            return _open(target, "`of` must name the decision it is about")
        case _:
            return _proportion_fact(target, tally.overall, _proportion(target), terms.delta)


def judge_slices(tally: TargetTally, delta: float) -> Iterator[TargetFact]:
    """The verdict on one target for each slice of at least 30 counting cases, corrected by Holm over its slices.

    The bounds shown are at delta / number of slices, the verdicts by Holm's steps, which are never less.
    """
    if tally.target.metric is Metric.SECONDS_P95:  # how fast it answers is no question of fairness between slices
        return
    judged = [(key, counted) for key, counted in sorted(tally.slices.items()) if counted.n >= SMALLEST_SLICE]
    if not judged:
        return
    target, proportion = tally.target, _proportion(tally.target)
    met = holm([_p_value(counted, proportion, met=True) for _, counted in judged], delta)
    missed = holm([_p_value(counted, proportion, met=False) for _, counted in judged], delta)
    for (key, counted), is_met, is_missed in zip(judged, met, missed, strict=True):
        verdict = TargetVerdict.MET if is_met else TargetVerdict.MISSED if is_missed else TargetVerdict.UNPROVEN
        fact = _proportion_fact(target, counted, proportion, delta / len(judged), verdict=verdict, key=key)
        yield replace(fact, about=tally.about)


def _proportion(target: Target) -> _Proportion:
    limit, at_least = _limit(target), target.at_least is not None
    if target.metric is Metric.SECONDS_P95:
        return _Proportion(limit=SHARE_LATE, at_least=False)
    if target.metric is Metric.F1:
        return _Proportion(limit=limit / (2 - limit), at_least=at_least, is_f1=True)
    return _Proportion(limit=limit, at_least=at_least)


def _limit(target: Target) -> float:
    limit = target.at_least if target.at_least is not None else target.at_most
    if limit is None:  # reading refuses a target without a limit
        raise AssertionError(f"target {target.id} has no limit")
    return limit


def _p_value(counted: Counted, proportion: _Proportion, *, met: bool) -> float:
    """Of the test whose rejection shows the target met (or missed) in this slice."""
    k, n, limit = counted.successes, counted.n, proportion.limit
    if not 0 < limit < 1:  # nothing, or everything, can be on that side of 0 and 1
        kept = k / n >= limit if proportion.at_least else k / n <= limit
        trivial = limit <= 0 if proportion.at_least else limit >= 1
        return 0.0 if (trivial and met) or (not kept and not met) else 1.0
    few = proportion.at_least != met
    return binomial_p_value(k, n, limit) if few else binomial_p_value(n - k, n, 1 - limit)


def _proportion_fact(
    target: Target,
    counted: Counted,
    proportion: _Proportion,
    delta: float,
    *,
    verdict: TargetVerdict | None = None,
    key: SliceKey | None = None,
) -> TargetFact:
    k, n = counted.successes, counted.n
    lower, upper = binomial_lower(k, n, delta), binomial_upper(k, n, delta)
    if verdict is None:
        verdict = TargetVerdict(judge(lower, upper, proportion.limit, at_least=proportion.at_least))
    undecided = verdict is TargetVerdict.UNPROVEN and 0 < proportion.limit < 1
    more = further_cases(k, n, proportion.limit, at_least=proportion.at_least, delta=delta) if undecided else None
    return TargetFact(
        id=target.id,
        metric=target.metric.value,
        verdict=verdict,
        limit=_limit(target),
        at_least=target.at_least is not None,
        value=proportion.shown(k / n) if n else None,
        lower=proportion.shown(lower) if n else None,
        upper=proportion.shown(upper) if n else None,
        n=n,
        n_more=more,
        slice_column=key.column if key is not None else None,
        slice_value=key.value if key is not None else None,
        why=_why(target, counted),
    )


def _why(target: Target, counted: Counted) -> str | None:
    if counted.n == 0:
        return "no case counts for it"
    if target.metric is Metric.SECONDS_P95:
        return (
            f"{counted.successes} of {counted.n} answers took longer than {_limit(target):g} s; "
            f"the shares shown are of late answers, at most {SHARE_LATE * 100:g} % may be"
        )
    return None


def _review_rate(target: Target, terms: Terms) -> TargetFact:
    if target.where is not None:
        return _open(target, "a review rate is judged over all cases only: leave `where` out")
    counted = Counted(successes=terms.n_reviewed, n=terms.n_cases)
    return _proportion_fact(
        target, counted, _Proportion(limit=_limit(target), at_least=target.at_least is not None), terms.delta
    )


def _cost(tally: TargetTally, terms: Terms, rng: np.random.Generator) -> TargetFact:
    target, cap = tally.target, terms.cost_cap
    if cap is None:
        return _open(target, "the executor file gives no cost_per_item, so no bound can be given")
    values = np.asarray(tally.values)
    values = np.where(np.isnan(values), cap, values)
    if values.size and float(values.max()) > cap:
        return _open(
            target, f"an item cost {float(values.max()):g}, more than the cost_per_item {cap:g} of the executor"
        )
    if values.size and float(values.min()) == cap:  # every item costs what the file says: nothing to estimate
        verdict = TargetVerdict(judge(cap, cap, _limit(target), at_least=target.at_least is not None))
        return _fact(target, verdict, value=cap, lower=cap, upper=cap, n=int(values.size))
    return _mean(target, values, cap, terms.delta, rng)


def _mean(target: Target, values: np.ndarray, high: float, delta: float, rng: np.random.Generator) -> TargetFact:
    if not values.size:
        return _open(target, "no case counts for it")
    lower = mean_lower(values, low=0.0, high=high, delta=delta, rng=rng)
    upper = mean_upper(values, low=0.0, high=high, delta=delta, rng=rng)
    verdict = TargetVerdict(judge(lower, upper, _limit(target), at_least=target.at_least is not None))
    return _fact(target, verdict, value=float(values.mean()), lower=lower, upper=upper, n=int(values.size))


def _f1_over_fields(tally: TargetTally, delta: float, rng: np.random.Generator) -> TargetFact:
    target = tally.target
    hits, extra, missed = (np.asarray(counts) for counts in (tally.hits, tally.extra, tally.missed))
    if not hits.size:
        return _open(target, "no case counts for it")
    n_fields = int((hits + np.maximum(extra, missed)).max())
    bounds = f1_bounds_fields(hits, extra, missed, n_fields=max(n_fields, 1), delta=delta, rng=rng)
    total = 2 * int(hits.sum()) + int(extra.sum()) + int(missed.sum())
    verdict = TargetVerdict(judge(bounds.lower, bounds.upper, _limit(target), at_least=target.at_least is not None))
    value = 2 * int(hits.sum()) / total if total else None
    return _fact(target, verdict, value=value, lower=bounds.lower, upper=bounds.upper, n=int(hits.size))


def _open(target: Target, why: str) -> TargetFact:
    return _fact(target, TargetVerdict.UNPROVEN, value=None, lower=None, upper=None, n=0, why=why)


def _fact(
    target: Target,
    verdict: TargetVerdict,
    *,
    value: float | None,
    lower: float | None,
    upper: float | None,
    n: int,
    why: str | None = None,
) -> TargetFact:
    return TargetFact(
        id=target.id,
        metric=target.metric.value,
        verdict=verdict,
        limit=_limit(target),
        at_least=target.at_least is not None,
        value=value,
        lower=lower,
        upper=upper,
        n=n,
        why=why,
    )
