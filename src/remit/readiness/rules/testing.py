"""Tasks testable: is there a number for good enough, can it be computed, and can it be shown?"""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from remit.definition.model import Decision, Definition, ErrorCost, Json, Metric, Target
from remit.definition.positions import Path
from remit.definition.schemas import answers, output_schema
from remit.readiness.current import Current
from remit.readiness.outcome import PASS, Fault, NotApplicable, Outcome, verdict
from remit.readiness.registry import rule

__all__ = [
    "costly_errors_are_guarded",
    "decisions_have_targets",
    "delta_of_first_attempt",
    "metrics_fit",
    "n_faultless",
    "targets_agree",
    "targets_can_be_shown",
]

CORRECTNESS = frozenset(
    {
        Metric.ACCURACY,
        Metric.ERROR_RATE,
        Metric.PRECISION,
        Metric.RECALL,
        Metric.F1,
        Metric.FIELD_MATCH,
        Metric.EXPECTED_COST,
    }
)
"""Metrics that say how right the work is."""

PER_CLASS = frozenset({Metric.PRECISION, Metric.RECALL})
HIGHER_IS_BETTER = frozenset(
    {Metric.ACCURACY, Metric.PRECISION, Metric.RECALL, Metric.F1, Metric.FIELD_MATCH, Metric.CONSISTENCY}
)
SHARES = HIGHER_IS_BETTER | {Metric.ERROR_RATE, Metric.REVIEW_RATE}
EXACT = frozenset(
    {
        Metric.ACCURACY,
        Metric.ERROR_RATE,
        Metric.PRECISION,
        Metric.RECALL,
        Metric.FIELD_MATCH,
        Metric.CONSISTENCY,
        Metric.REVIEW_RATE,
    }
)
"""Metrics judged by the exact binomial bound, for which a faultless run has a known bound."""

COSTLY = 10.0
"""An error this many times as costly as the median one needs a target of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _At:
    path: Path
    target: Target


def _targets(definition: Definition) -> tuple[_At, ...]:
    targets = definition.quality.targets if definition.quality else ()
    return tuple(_At(path=("quality", "targets", i), target=target) for i, target in enumerate(targets))


def delta_of_first_attempt(definition: Definition) -> float:
    """What the first attempt to prove may be wrong by: half of what all attempts together may, as a proof spends it."""
    return (definition.quality.delta if definition.quality else 0.05) / 2


def n_faultless(limit: float, delta: float) -> int | None:
    """The fewest cases that show a share of at least ``limit`` when all of them are right; None where none do.

    Args:
        limit: in [0, 1].
        delta: allowed failure probability, in (0, 1).

    Source: exact binomial bound for zero errors, ``limit ** n <= delta``.
    """
    if limit >= 1:
        return None
    if limit <= 0:
        return 0
    return math.ceil(math.log(delta) / math.log(limit) - 1e-9)


@rule("TT01")
def decisions_have_targets(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """At least one quality target per decision."""
    if not definition.decisions:
        return NotApplicable(why="no decision is written yet")
    named = {at.target.of for at in _targets(definition) if at.target.metric in CORRECTNESS}
    if None in named:
        return PASS
    return verdict(
        Fault(
            path=("decisions", i),
            values={"decision": decision.id},
            expected=f"a target with `of: {decision.id}`, or one for the whole item",
        )
        for i, decision in enumerate(definition.decisions)
        if decision.id not in named
    )


@rule("TT02")
def metrics_fit(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """Every metric can be computed for the answer it is about, and its limit makes sense."""
    targets = _targets(definition)
    if not targets:
        return NotApplicable(why="there are no targets yet")
    schema = output_schema(definition)
    return verdict(fault for at in targets for fault in _metric_faults(at, definition, schema))


def _metric_faults(at: _At, definition: Definition, schema: Mapping[str, Json]) -> Iterator[Fault]:
    metric = at.target.metric
    if metric in PER_CLASS or (metric is Metric.F1 and at.target.class_ is not None):
        yield from _class_faults(at, definition, schema)
    elif at.target.class_ is not None:
        yield _unfit(at, "class", "one class", "recall, precision or f1")
    if metric is Metric.EXPECTED_COST and not (definition.quality and definition.quality.error_costs):
        yield _unfit(at, "metric", "errors without a cost", "error_rate, or write quality.error_costs")
    yield from _limit_faults(at)


def _class_faults(at: _At, definition: Definition, schema: Mapping[str, Json]) -> Iterator[Fault]:
    decision = _decision_of(at.target, definition)
    if decision is None:
        yield _unfit(at, "of", "an item with several answers", "accuracy, or name the decision with `of`")
        return
    allowed = answers(schema, decision.id)
    if allowed is None:
        yield _unfit(at, "of", "a number or free text", "accuracy, field_match or error_rate")
    elif at.target.class_ is None:
        yield _unfit(at, "metric", "all answers at once", f"`class` with one of {_sample(allowed)}, or accuracy")
    elif not any(_same(at.target.class_, one) for one in allowed):
        yield _unfit(at, "class", f"an answer that is not allowed ({at.target.class_})", f"one of {_sample(allowed)}")


def _same(left: Json, right: Json) -> bool:
    """Equality that keeps ``true`` and 1 apart."""
    return isinstance(left, bool) is isinstance(right, bool) and left == right


def _sample(allowed: tuple[Json, ...]) -> str:
    shown = ", ".join(one if isinstance(one, str) else json.dumps(one) for one in allowed[:8])
    return shown + (", ..." if len(allowed) > 8 else "")


def _decision_of(target: Target, definition: Definition) -> Decision | None:
    if target.of is None and len(definition.decisions) == 1:
        return definition.decisions[0]
    return next((one for one in definition.decisions if one.id == target.of), None)


def _unfit(at: _At, key: str, what: str, suggestion: str) -> Fault:
    values = {"metric": at.target.metric.value, "type": what, "suggestion": suggestion}
    return Fault(path=(*at.path, key), values=values, expected=suggestion, found=what)


def _limit_faults(at: _At) -> Iterator[Fault]:
    target = at.target
    name, at_least, at_most = target.metric.value, target.at_least, target.at_most
    if at_least is None and at_most is None:
        yield Fault(
            path=at.path,
            variant="limit",
            values={"metric": name},
            expected="at_least or at_most",
            mend="Add the limit.",
        )
    wrong_way = at_most if target.metric in HIGHER_IS_BETTER else at_least
    if wrong_way is not None:
        right, key = ("at_least", "at_most") if target.metric in HIGHER_IS_BETTER else ("at_most", "at_least")
        yield Fault(
            path=(*at.path, key),
            variant="direction",
            values={"metric": name, "key": key, "limit": f"{wrong_way:g}"},
            expected=right,
            found=key,
            mend=f"Write {right}.",
        )
    for key, limit in (("at_least", at_least), ("at_most", at_most)):
        if limit is not None and target.metric in SHARES and not 0 <= limit <= 1:
            yield Fault(
                path=(*at.path, key),
                variant="share",
                values={"metric": name, "limit": f"{limit:g}"},
                expected="a number from 0 to 1",
                found=f"{limit:g}",
                mend="Write 0.95 for 95 %.",
            )


@rule("TT03")
def targets_can_be_shown(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """Faultless cases in the planned number would show every target, in the first attempt to prove them."""
    exact = [(at, limit) for at in _targets(definition) if (limit := _share_right(at.target)) is not None]
    if not exact:
        return NotApplicable(why="no target is judged by counting cases")
    delta = delta_of_first_attempt(definition)
    planned = definition.cases.minimum if definition.cases else None
    return verdict(fault for at, limit in exact for fault in _short_of(at, limit, planned, delta))


def _share_right(target: Target) -> float | None:
    """The share of cases that has to be right for an exactly judged target, in (0, 1]."""
    if target.metric not in EXACT:
        return None
    limit = target.at_least if target.metric in HIGHER_IS_BETTER else target.at_most
    if limit is None or not 0 <= limit <= 1:
        return None
    share = limit if target.metric in HIGHER_IS_BETTER else 1 - limit
    return share if share > 0 else None


def _short_of(at: _At, limit: float, planned: int | None, delta: float) -> Iterator[Fault]:
    needed = n_faultless(limit, delta)
    if planned is None:
        yield Fault(
            path=("cases", "minimum"),
            variant="unplanned",
            values={"target": at.target.id},
            expected=f"at least {needed} cases" if needed else "a number of cases",
            mend=f"Plan at least {needed} cases." if needed else "Plan a number of cases, and lower the target.",
        )
    elif needed is None:
        yield Fault(
            path=at.path,
            variant="perfect",
            values={"target": at.target.id},
            expected="a limit that a number of cases can show",
            mend=f"Write a limit below perfection: 0.99 takes {n_faultless(0.99, delta)} faultless cases here.",
        )
    elif planned < needed:
        shown = delta ** (1 / planned)
        yield Fault(
            path=("cases", "minimum"),
            values={"n": planned, "x": f"{shown:.4f}", "t": f"{limit:g}", "m": needed},
            expected=f"at least {needed}",
            found=str(planned),
        )


@rule("TT04")
def costly_errors_are_guarded(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """An error that costs ten times the median has a recall or precision target."""
    costs = definition.quality.error_costs if definition.quality else ()
    if len(costs) < 2:
        return NotApplicable(why="there are no error costs to compare")
    median = statistics.median_low(cost.cost for cost in costs)
    guards = [at.target for at in _targets(definition) if at.target.metric in PER_CLASS]
    return verdict(
        Fault(
            path=("quality", "error_costs", i),
            values={"class": cost.kind, "c": f"{cost.cost:g}"},
            expected="a recall or precision target for the class that the error is about",
            found=f"{cost.cost:g} against a median of {median:g}",
        )
        for i, cost in enumerate(costs)
        if cost.cost > 0 and cost.cost >= COSTLY * median and not _is_guarded(cost, guards, definition)
    )


def _is_guarded(cost: ErrorCost, guards: Iterable[Target], definition: Definition) -> bool:
    """Whether a target's class and decision are spoken of in the condition of the cost."""
    for target in guards:
        decision = _decision_of(target, definition)
        class_ = target.class_
        spelled = not isinstance(class_, str) or f"'{class_}'" in cost.when or f'"{class_}"' in cost.when
        if decision is not None and f".{decision.id}" in cost.when and spelled:
            return True
    return False


@rule("TT05")
def targets_agree(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """Targets don't contradict one another."""
    targets = _targets(definition)
    if len(targets) < 2:
        return NotApplicable(why="there are no two targets to compare")
    return verdict((*_nothing_to_review(targets), *_crossed(targets)))


def _nothing_to_review(targets: tuple[_At, ...]) -> Iterator[Fault]:
    silent = next((at for at in targets if at.target.metric is Metric.REVIEW_RATE and at.target.at_most == 0), None)
    for at in targets if silent else ():
        if silent and at is not silent and _share_right(at.target) == 1:
            yield _contradiction(at, silent)


def _crossed(targets: tuple[_At, ...]) -> Iterator[Fault]:
    for i, at in enumerate(targets):
        for other in targets[i + 1 :]:
            if _about(at.target) == _about(other.target):
                lows = [one.target.at_least for one in (at, other) if one.target.at_least is not None]
                highs = [one.target.at_most for one in (at, other) if one.target.at_most is not None]
                if lows and highs and max(lows) > min(highs):
                    yield _contradiction(at, other, "crossed")


def _about(target: Target) -> str:
    return json.dumps([target.metric.value, target.of, target.class_, target.where], sort_keys=True)


def _contradiction(at: _At, other: _At, variant: str | None = None) -> Fault:
    found = f"{_limit_text(at.target)} with {_limit_text(other.target)}"
    return Fault(
        path=at.path,
        variant=variant,
        values={"a": at.target.id, "b": other.target.id, "found": found},
        expected="targets that can hold together",
        found=found,
    )


def _limit_text(target: Target) -> str:
    side, limit = ("at least", target.at_least) if target.at_least is not None else ("at most", target.at_most)
    return f"{target.metric.value} {side} {limit:g}"
