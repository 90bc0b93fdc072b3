"""The gates: AI is an implementation detail, and autonomy comes last."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from remit.definition.levels import LEVELS, Level, level_above
from remit.definition.model import DecisionKind, Definition
from remit.items import ExecutorKind
from remit.readiness.current import Current
from remit.readiness.facts import ExecutorFact
from remit.readiness.lexicons import MOVING_VERSIONS
from remit.readiness.outcome import PASS, Failed, Fault, NotApplicable, Outcome, Unknown, verdict
from remit.readiness.registry import rule

__all__ = [
    "agents_parts_are_proven",
    "approval_is_judged_when_granting",
    "budget_is_no_looser",
    "executor_is_pinned",
    "judgement_stays_with_people",
    "levels_one_by_one",
]

REMOTE = frozenset({ExecutorKind.HTTP, ExecutorKind.LLM, ExecutorKind.AGENT})
"""Kinds whose behaviour no digest of local files can hold."""


@rule("AX03")
def executor_is_pinned(_definition: Definition, current: Current, _now: datetime) -> Outcome:
    """Every executor that is asked about has a digest, and a version that stays what it is."""
    if current.project is None:
        return Unknown(why="not measured yet: the executors of the project were not read", mend="remit check")
    asked = current.project.asked(current.executor)
    if not asked:
        what = f"{current.executor} is not described" if current.executor else "no executor is described"
        return Unknown(why=f"{what} in the project yet", mend="Write executors/NAME.yaml.")
    if all(one.kind is ExecutorKind.PERSON for one in asked):
        return NotApplicable(why="people do the work")
    return verdict(fault for one in asked for fault in _loose(one))


def _loose(executor: ExecutorFact) -> Iterator[Fault]:
    if executor.kind is ExecutorKind.PERSON:
        return
    values = {"executor": executor.name}
    where = f"executors/{executor.name}.yaml"
    if executor.digest is None:
        mend = f"Mend {where}, or make the files that it names."
        yield Fault(values=values, variant="digest", expected=f"a digest of {where}", found=executor.fault, mend=mend)
    if executor.version is not None and MOVING_VERSIONS.search(executor.version):
        yield Fault(values=values, expected=f"an exact version in {where}", found=executor.version)
    if executor.version is None and executor.kind in REMOTE:
        yield Fault(values=values, expected=f"an exact version in {where}")


@rule("AU05")
def agents_parts_are_proven(_definition: Definition, current: Current, _now: datetime) -> Outcome:
    """Only an agent has parts that need a proof of their own; agents can't be proved in this release."""
    if current.project is None:
        return Unknown(why="not measured yet: the executors of the project were not read", mend="remit check")
    asked = current.project.asked(current.executor)
    if any(one.kind is ExecutorKind.AGENT for one in asked):
        return Unknown(why="not measured yet: agents come in a later release", mend="Use another kind of executor.")
    return NotApplicable(why="no executor is an agent")


@rule("AU07")
def approval_is_judged_when_granting(_definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """There is nothing to judge beforehand: ``remit grant`` holds who signs, and on which digests, itself."""
    return NotApplicable(why="remit grant judges it, on the digests of that moment")


@rule("AU01")
def levels_one_by_one(definition: Definition, current: Current, _now: datetime) -> Outcome:
    """No level above the ceiling, and none skipped; fails from the first level that may not be taken now.

    It speaks of the level that is asked about; where that one may be taken, of the first that may not.
    """
    ceiling = definition.autonomy.ceiling if definition.autonomy else None
    # Nothing acts alone before its owner wrote how far it may go.
    highest = ceiling.level if ceiling else Level.SUGGEST
    reachable = level_above(current.granted)
    barred = [level for level in LEVELS if not (highest.at_least(level) and reachable.at_least(level))]
    if not barred:
        return PASS
    level = max(current.asked, barred[0], key=lambda one: one.rank)
    if highest.at_least(level):
        values = {"a": current.granted.value, "b": level.value, "c": reachable.value}
        fault = Fault(values=values, expected=reachable.value, found=level.value)
    else:
        fault = Fault(
            path=("autonomy", "ceiling", "level") if ceiling else ("autonomy", "ceiling"),
            variant="ceiling" if ceiling else "unwritten",
            values={"b": level.value},
            expected=f"at most {highest.value}",
            found=level.value,
            mend=f"Ask for {highest.value} at most, or raise the ceiling."
            if ceiling
            else "Write autonomy.ceiling with level and because.",
        )
    return Failed(faults=(fault,), since=barred[0])


@rule("AU03")
def judgement_stays_with_people(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """A judgement with an irreversible effect goes no further than `suggest`."""
    ceiling = definition.autonomy.ceiling if definition.autonomy else None
    effects = definition.outputs.effects if definition.outputs else ()
    if ceiling is None or Level.SUGGEST.at_least(ceiling.level):
        return NotApplicable(why="the ceiling lets nothing act alone")
    kinds = {decision.kind for decision in definition.decisions}
    final = [effect for effect in effects if effect.reversible is not True]
    if not final or not kinds & {DecisionKind.JUDGEMENT, None}:
        return PASS
    path = ("autonomy", "ceiling", "level")
    certain = [effect for effect in final if effect.reversible is False]
    if certain and DecisionKind.JUDGEMENT in kinds:
        values = {"effect": certain[0].what}
        return Failed(faults=(Fault(path=path, values=values, expected="at most suggest", found=ceiling.level.value),))
    return Unknown(
        why="nobody said whether a judgement with an irreversible effect is among the decisions",
        mend="Write `kind` of every decision and `reversible` of every effect.",
        path=path,
    )


@rule("AU08")
def budget_is_no_looser(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """The error budget is no looser than people are today, where that is known."""
    budget = definition.autonomy.error_budget if definition.autonomy else None
    path = ("autonomy", "error_budget")
    if budget is None:
        expected = "the share of acted-on items that may be wrong"
        return Failed(faults=(Fault(path=path, variant="absent", expected=expected, mend="Write error_budget."),))
    today = definition.today.error_rate if definition.today else None
    if not isinstance(today, float | int):
        return NotApplicable(why="today's error rate is not known")
    if budget <= today:
        return PASS
    values = {"a": f"{budget:g}", "b": f"{today:g}"}
    return Failed(faults=(Fault(path=path, values=values, expected=f"at most {today:g}", found=f"{budget:g}"),))
