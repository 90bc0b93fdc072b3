"""Plans to be shown: one with a proof, one of a definition that leaves everything open."""

from functools import cache

import numpy as np
from tests.unit.proof.works import refunds
from tests.unit.report.samples import PROOF

from remit.definition.levels import Level
from remit.definition.model import Autonomy, Cap, Ceiling, Metric, Observe, Promote, Quality, Target, Today
from remit.proof.planning import Known, KnownCases, WorkPlan, plan_work


@cache
def proved_plan() -> WorkPlan:
    """Every part of a plan, with the proof of the samples."""
    targets = [
        Target(
            id=fact.id,
            metric=Metric(fact.metric),
            at_least=fact.limit if fact.at_least else None,
            at_most=None if fact.at_least else fact.limit,
        )
        for fact in PROOF.targets
    ]
    definition = refunds(
        quality=Quality(targets=(*targets, Target(id="Q9", metric=Metric.PRECISION, class_="yes", at_least=0.9))),
        autonomy=Autonomy(
            error_budget=0.05,
            ceiling=Ceiling(level=Level.SUPERVISED),
            promote=Promote(min_items=300, min_days=14),
            caps=(Cap(per="day", items=500),),
        ),
        today=Today(volume_per_day=900),
        observe=Observe(audit_share=0.1),
    )
    cases = KnownCases(n_prove=2000, is_frozen=True, n_invalid=1)
    known = Known(cases=cases, executor="clf-v3", proof=PROOF, attempt=2, currency="EUR")
    return plan_work(definition, known, rng=np.random.default_rng(1))


@cache
def open_plan() -> WorkPlan:
    """A definition with targets and a budget, and nothing else."""
    definition = refunds(
        quality=Quality(targets=(Target(id="Q1", metric=Metric.ACCURACY, at_least=0.95),)),
        autonomy=Autonomy(error_budget=0.02),
        today=Today(volume_per_day="unknown"),
    )
    return plan_work(definition, Known(no_proof="nothing is proved yet"), rng=np.random.default_rng(1))


@cache
def empty_plan() -> WorkPlan:
    """A definition that says nothing of quality and autonomy."""
    return plan_work(refunds(), Known(no_proof="nothing is proved yet"), rng=np.random.default_rng(1))
