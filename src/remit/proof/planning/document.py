"""The plan of a work as values: what each claim takes, what there is, and what the numbers rest on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from remit.definition.levels import Level
from remit.readiness.facts import TargetVerdict

__all__ = [
    "AttemptPlan",
    "Basis",
    "BreakPlan",
    "BudgetPlan",
    "LevelPlan",
    "NotKnown",
    "Supposed",
    "TargetPlan",
    "WatchPlan",
    "WorkPlan",
]


class Basis(StrEnum):
    """Where a number comes from that a plan rests on."""

    MEASURED = "measured"
    GIVEN = "given"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Supposed:
    """A number that the plan rests on, and why it is this one."""

    value: float
    basis: Basis
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptPlan:
    """What one attempt on a case set may spend, and what a claim then takes. ``n_likely`` None: over ten million."""

    attempt: int
    delta: float
    n_min: int
    n_likely: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetPlan:
    """What one target takes.

    ``allowed`` is the share of its cases that may fail; None where the target is not about a share, and ``why`` says
    what decides it.  ``n_min`` cases are the fewest, if none fails; ``n_likely`` show it with a chance of 80 % if half
    of what is allowed fails.  All of these count cases that count for the target.  ``n_now`` is how many of them
    there are; None where only a proof tells.  ``verdict`` and ``n_more`` (further cases of the set, at the rate
    measured) are those of the proof.
    """

    id: str
    metric: str
    limit: float
    at_least: bool
    about: str | None
    allowed: float | None
    n_min: int | None
    n_likely: int | None
    n_now: int | None
    verdict: TargetVerdict | None
    n_more: int | None
    by_attempt: tuple[AttemptPlan, ...]
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetPlan:
    """What acting alone within the error budget takes.

    ``n_min`` and ``n_likely`` count acted-on cases, ``n_min_cases`` and ``n_likely_cases`` all cases at the coverage
    supposed.  ``n_acted_now`` of the cases there are would be acted on; they bring a certificate with ``chance_now``
    at the rate supposed.  ``is_certified`` says that the proof gave one, with its ``threshold``.
    """

    alpha: float
    delta: float
    rate: Supposed
    coverage: Supposed
    n_min: int
    n_likely: int | None
    n_min_cases: int
    n_likely_cases: int | None
    n_acted_now: int | None
    chance_now: float | None
    is_certified: bool
    threshold: float | None
    by_attempt: tuple[AttemptPlan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelPlan:
    """What it takes to earn one autonomy level at the level below.

    ``by_errors`` are the checked items needed with 0, 1, 2 and 3 errors; ``median`` and ``likely`` how many it takes
    in half of all cases and in 80 %, at the rate supposed (None: over 50,000).  ``checked_per_day`` of the items are
    checked at the level below; days are None where that, or the number of items, is not known.  ``min_items`` and
    ``min_days`` are the definition's own, and are in the days.
    """

    level: Level
    above_ceiling: bool
    checked: str
    by_errors: tuple[int, ...]
    median: int | None
    likely: int | None
    min_items: int | None
    min_days: int | None
    checked_per_day: float | None
    days_fewest: float | None
    days_median: float | None
    days_likely: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakPlan:
    """How soon a break is noticed: audits, days and wrong items until then; the median of simulated histories.

    ``multiple`` is how many times the budget the error rate becomes.  None: over 20,000 audits, or not known.
    """

    multiple: float
    rate: float
    audits_to_warning: int | None
    audits_to_stop: int | None
    audits_to_stop_p90: int | None
    days_to_warning: float | None
    days_to_stop: float | None
    n_wrong_by_stop: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchPlan:
    """How soon it would be noticed that the executor got worse. ``acted_per_day`` is capped by ``autonomy.caps``."""

    audit_share: float | None
    acted_per_day: float | None
    audits_per_day: float | None
    n_good_before: int
    breaks: tuple[BreakPlan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotKnown:
    """Something that the plan would need, and what to write or do so that it is known."""

    what: str
    write: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPlan:
    """How many cases, audits and days until which claim could be made.

    ``executor`` is None for a plan of the definition alone.  ``proof_used`` says that its newest proof counts here,
    ``no_proof`` why none does.  ``n_prove`` is None where there is no case file.  ``delta`` is what the next attempt
    on the cases may spend of ``delta_full`` (1 - assurance); ``attempt`` 0 is the definition's own table, which is
    free.
    """

    work: str
    title: str | None
    executor: str | None
    proof_used: bool
    no_proof: str | None
    assurance: float
    delta_full: float
    attempt: int
    delta: float
    power: float
    n_prove: int | None
    is_frozen: bool
    n_invalid: int
    volume_per_day: float | None
    targets: tuple[TargetPlan, ...]
    budget: BudgetPlan | None
    levels: tuple[LevelPlan, ...]
    watching: WatchPlan | None
    not_known: tuple[NotKnown, ...]
    assumptions: tuple[str, ...]
    currency: str | None = None
