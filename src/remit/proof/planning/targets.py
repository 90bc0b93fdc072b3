"""What each quality target takes: the fewest cases, the likely number, and what is there."""

from __future__ import annotations

from typing import assert_never

from remit.cases.cells import answer_text
from remit.definition.model import Metric, Target
from remit.proof.planning.document import AttemptPlan, TargetPlan
from remit.proof.planning.known import Known, KnownCases
from remit.proof.tally import about_target
from remit.proof.targets import SHARE_LATE
from remit.readiness.facts import TargetFact
from remit.stats import plan

__all__ = ["plan_by_attempt", "plan_target"]

_ATTEMPTS = 3


def plan_target(
    target: Target, decisions: tuple[str, ...], *, delta: float, delta_full: float, power: float, known: Known
) -> TargetPlan:
    """What one target takes.

    Args:
        target: the target.
        decisions: the ids of the decisions of the work; a target without `of` is of the only one.
        delta: what the next attempt may spend.
        delta_full: 1 - assurance.
        power: with which probability ``n_likely`` cases shall show it.
        known: the cases and the proof there are.
    """
    fact = _fact(target, known)
    of = target.of if target.of is not None else decisions[0] if len(decisions) == 1 else None
    why = _not_a_share(target, of)
    allowed = _allowed(target) if why is None else None
    if allowed is not None and not 0 < allowed < 1:
        kept = "always kept" if allowed >= 1 else "shown by no number of cases: leave room for an error"
        why, allowed = f"a limit of {_limit(target):g} is {kept}", None
    needed = plan(allowed, delta, power=power) if allowed is not None else None
    return TargetPlan(
        id=target.id,
        metric=target.metric.value,
        limit=_limit(target),
        at_least=target.at_least is not None,
        about=fact.about if fact is not None else about_target(target, decisions),
        allowed=allowed,
        n_min=needed.n_min if needed is not None else None,
        n_likely=needed.n_cases if needed is not None else None,
        n_now=fact.n if fact is not None else _there_are(target, of, known.cases),
        verdict=fact.verdict if fact is not None and _asks_the_same(fact, target) else None,
        n_more=fact.n_more if fact is not None and _asks_the_same(fact, target) else None,
        by_attempt=plan_by_attempt(allowed, delta_full, power=power) if allowed is not None else (),
        why=why,
    )


def plan_by_attempt(
    allowed: float, delta_full: float, *, power: float, true_rate: float | None = None
) -> tuple[AttemptPlan, ...]:
    """What a share of failures of at most ``allowed`` takes at the first three attempts on the same cases."""
    plans = [
        (attempt, plan(allowed, delta_full / 2**attempt, true_rate=true_rate, power=power))
        for attempt in range(1, _ATTEMPTS + 1)
    ]
    return tuple(
        AttemptPlan(attempt=attempt, delta=one.delta, n_min=one.n_min, n_likely=one.n_cases) for attempt, one in plans
    )


def _fact(target: Target, known: Known) -> TargetFact | None:
    facts = known.proof.targets if known.proof is not None else ()
    return next((fact for fact in facts if fact.id == target.id), None)


def _asks_the_same(fact: TargetFact, target: Target) -> bool:
    """Whether the proof judged the target as it is written now: a limit may change without a new proof."""
    asked = (fact.metric, fact.limit, fact.at_least)
    return asked == (target.metric.value, _limit(target), target.at_least is not None)


def _limit(target: Target) -> float:
    limit = target.at_least if target.at_least is not None else target.at_most
    if limit is None:  # reading refuses a target without a limit
        raise AssertionError(f"target {target.id} has no limit")
    return limit


def _allowed(target: Target) -> float:
    """The share of the target's cases that may fail it."""
    limit = _limit(target)
    match target.metric:
        case Metric.SECONDS_P95:
            return SHARE_LATE
        case Metric.F1:  # F1 = 2 J / (1 + J): J is the share of the cases where either says so in which both do
            limit = limit / (2 - limit)
        case _:
            pass
    return round(1 - limit if target.at_least is not None else limit, 12)


def _not_a_share(target: Target, of: str | None) -> str | None:
    """Why the target is not about a share of cases; None where it is."""
    match target.metric:
        case Metric.COST_PER_ITEM | Metric.EXPECTED_COST:
            return "about an amount: how many cases it takes depends on how much they differ"
        case Metric.CONSISTENCY:
            return "not measured: nothing is asked twice yet"
        case Metric.F1 if target.class_ is None:
            return "over several fields: how many cases it takes depends on how much they differ"
        case Metric.F1 | Metric.PRECISION | Metric.RECALL if of is None:
            return "`of` must name the decision it is about"
        case Metric.SECONDS_P95 if target.at_most is None:
            return "only `at_most` can be judged: how many answers are later than a limit"
        case (
            Metric.ACCURACY
            | Metric.ERROR_RATE
            | Metric.FIELD_MATCH
            | Metric.PRECISION
            | Metric.RECALL
            | Metric.F1
            | Metric.REVIEW_RATE
            | Metric.SECONDS_P95
        ):
            return None
        case _:
            assert_never(target.metric)


def _there_are(target: Target, of: str | None, cases: KnownCases | None) -> int | None:
    """The cases that count for the target, as far as they are known before a proof."""
    if cases is None:
        return 0
    if target.where is not None or target.metric in (Metric.PRECISION, Metric.F1):
        return None
    if target.metric is Metric.RECALL:
        expected = cases.classes.get(of, {}) if of is not None else {}
        return expected.get(answer_text(target.class_))
    return cases.n_prove
