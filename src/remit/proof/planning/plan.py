"""The plan of one work, from its definition, its cases and the newest proof."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from remit.definition.model import UNKNOWN, Definition, Quality
from remit.errors import UsageError
from remit.proof.conclude import delta_of_attempt
from remit.proof.planning.document import NotKnown, WorkPlan
from remit.proof.planning.earning import plan_budget, plan_levels, plan_watching
from remit.proof.planning.known import Known, expected_point, volume_of
from remit.proof.planning.targets import plan_target

__all__ = ["POWER", "plan_work"]

POWER = 0.8

_ASSUMPTIONS = (
    "cases are independent of each other and drawn like the items to come",
    "the confidence limit is chosen beforehand; looking for it on the same cases takes some per cent more",
    "an error rate that stays what it is, as long as nothing is said of a break",
    "a promotion at its first try, which spends half; the try after it spends half of that",
)


def plan_work(
    definition: Definition,
    known: Known,
    *,
    rng: np.random.Generator,
    rate: float | None = None,
    coverage: float | None = None,
) -> WorkPlan:
    """How many cases, audits and days until which claim could be made.

    Args:
        definition: of the work.
        known: its cases and the proof that counts.
        rng: for the simulated histories after a break.
        rate: the error rate to plan with where the executor acts alone, below the error budget; what the proof
            measured, else half of the budget, when not given.
        coverage: the share of items it acts on, in (0, 1]; what the proof measured, else all, when not given.

    Raises:
        UsageError: a rate or a coverage outside its domain, or without an error budget that they could be about.
    """
    quality = definition.quality if definition.quality is not None else Quality()
    full = quality.delta
    delta = delta_of_attempt(full, known.attempt)
    budget = definition.autonomy.error_budget if definition.autonomy is not None else None
    if budget is None and (rate is not None or coverage is not None):
        option = "--rate" if rate is not None else "--coverage"
        raise UsageError(
            f"{option} is about acting alone, and `{definition.id}` has no error budget",
            expected="autonomy.error_budget in the definition",
            found="none",
            mend=f"write it, or leave {option} out",
        )
    decisions = tuple(decision.id for decision in definition.decisions)
    found = WorkPlan(
        work=definition.id,
        title=definition.title,
        executor=known.executor,
        proof_used=known.proof is not None,
        no_proof=known.no_proof,
        assurance=quality.assurance,
        delta_full=full,
        attempt=known.attempt,
        delta=delta,
        power=POWER,
        n_prove=known.cases.n_prove if known.cases is not None else None,
        is_frozen=known.cases is not None and known.cases.is_frozen,
        n_invalid=known.cases.n_invalid if known.cases is not None else 0,
        volume_per_day=volume_of(definition),
        targets=tuple(
            plan_target(target, decisions, delta=delta, delta_full=full, power=POWER, known=known)
            for target in quality.targets
        ),
        budget=None,
        levels=(),
        watching=None,
        not_known=tuple(_not_known(definition, known)),
        assumptions=_ASSUMPTIONS if budget is not None else _ASSUMPTIONS[:1],
        currency=known.currency,
    )
    if budget is None:
        return found
    point = expected_point(known, budget, rate=rate, coverage=coverage)
    return replace(
        found,
        budget=plan_budget(budget, point=point, delta=delta, delta_full=full, power=POWER, known=known),
        levels=plan_levels(definition, budget, point=point, delta_full=full, power=POWER),
        watching=plan_watching(definition, budget, point=point, delta_full=full, rng=rng),
    )


def _not_known(definition: Definition, known: Known) -> Iterator[NotKnown]:
    quality, autonomy, observe = definition.quality, definition.autonomy, definition.observe
    if quality is None or not quality.targets:
        yield NotKnown(what="no quality target", write="quality: {targets: [...]}: which numbers must the work reach?")
    if known.cases is None:
        path = definition.cases.path if definition.cases is not None else None
        write = f"cases: {{path: cases/{definition.id}.csv}}, and the file itself"
        if path is not None:
            write = f"the file {path}, which `cases.path` names, or correct the path"
        yield NotKnown(what="no cases", write=write)
    elif known.cases.n_prove == 0:
        yield NotKnown(what="no case to prove on", write=f"`remit cases split {definition.id} --seed 7`")
    if autonomy is None or autonomy.error_budget is None:
        write = "autonomy: {error_budget: 0.05}: which share of what it does alone may be wrong?"
        yield NotKnown(what="no error budget", write=write)
        return
    if volume_of(definition) is None:
        volume = definition.today.volume_per_day if definition.today is not None else None
        said = "unknown" if volume == UNKNOWN else "none" if volume is None else "0"
        yield NotKnown(
            what=f"no days: the volume is {said}", write="today: {volume_per_day: ...}: how many items come in a day?"
        )
    if observe is None or observe.audit_share is None:
        write = "observe: {audit_share: 0.1}: which share of what it did alone is checked again?"
        yield NotKnown(what="no days for audits", write=write)
