"""Everything readiness may know beyond the definition, as frozen values that others measured.

Each fact carries the digests it is true for.  A fact whose digest is not the current one is stale, and a rule that
needs it answers ``unknown``.  None means: nobody measured this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from remit.definition.levels import Level
from remit.items.executor import ExecutorKind
from remit.readiness.operation.facts import OperationFacts

__all__ = [
    "AgreementFact",
    "AutonomyFact",
    "CalibrationFact",
    "CaseFacts",
    "ComparisonFact",
    "ExecutorFact",
    "Facts",
    "FieldAgreementFact",
    "GrantFact",
    "MessinessFact",
    "MissingFieldFact",
    "ProbeFact",
    "ProjectFacts",
    "ProofFacts",
    "RealItemsFact",
    "SharedFailures",
    "StopRuleFact",
    "SwappedFieldFact",
    "TargetFact",
    "TargetVerdict",
    "Waiver",
]


class TargetVerdict(StrEnum):
    """What a target came to."""

    MET = "met"
    MISSED = "missed"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutorFact:
    """One executor as it is now. ``digest`` is None where it could not be computed, ``fault`` says why.

    ``parts`` are the executors that it asks, where it is made of others.
    """

    name: str
    kind: ExecutorKind
    digest: str | None
    version: str | None = None
    author: str | None = None
    incumbent: bool = False
    gives_confidence: bool = False
    fault: str | None = None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFacts:
    """What the other files of the project say. ``related`` maps every work id to its ``scope.related``."""

    related: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    executors: tuple[ExecutorFact, ...] = ()

    def asked(self, executor: str | None) -> tuple[ExecutorFact, ...]:
        """The executor that is asked about, and those that it is made of; all of them where none is named."""
        if executor is None:
            return self.executors
        parts = {name for one in self.executors if one.name == executor for name in one.parts}
        return tuple(one for one in self.executors if one.name == executor or one.name in parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What the case file of the definition holds.

    ``classes`` counts the expected answers of the prove set by decision and answer (as text), ``tags`` its tags,
    ``labellers`` who labelled how many of them.  ``n_seen_in_tune`` counts prove cases whose input, white space and
    case folded, is also a tune case, ``n_near_in_tune`` those that are nearly one.  ``n_contradictory`` counts prove
    cases with the same or nearly the same input as another case and a different expected answer; ``contradictory``
    names the first thousand.  ``frozen_digest`` is what was frozen, ``prove_digest`` what is there now.
    """

    evidence_digest: str
    n_rows: int
    n_invalid: int
    first_invalid: str | None = None
    first_invalid_line: int | None = None
    n_tune: int = 0
    n_prove: int = 0
    classes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    tags: Mapping[str, int] = field(default_factory=dict)
    labellers: Mapping[str, int] = field(default_factory=dict)
    n_unlabelled: int = 0
    n_seen_in_tune: int = 0
    n_near_in_tune: int = 0
    n_contradictory: int = 0
    contradictory: tuple[str, ...] = ()
    prove_digest: str | None = None
    frozen_digest: str | None = None
    frozen_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldAgreementFact:
    """How far people agree on one field of the answer, over the ``n`` items that at least two of them answered.

    ``lower`` and ``upper`` are exact bounds of the share on which all gave the same answer.  ``beyond_chance`` is
    Cohen's kappa or, with more than two people, Krippendorff's alpha, with the lower end of its bootstrap interval;
    None where chance alone would give full agreement.
    """

    field: str
    n: int
    n_agreed: int
    lower: float
    upper: float
    measure: str
    beyond_chance: float | None
    beyond_chance_lower: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementFact:
    """What people came to who answered the same items by themselves, from the declared inputs alone.

    ``n_split`` counts the items on which they differ, ``n_questions`` what they could not answer.
    ``n_answers_wrong`` counts answers that differ from what was settled, known or agreed, of ``n_answers_judged``.
    ``n_known`` counts answers to cases whose right answer was there before, ``n_same_as_known`` those that equal it,
    with exact bounds of the share.  ``confirmed`` names cases whose known answer everybody gave who was asked again.
    """

    evidence_digest: str
    n_people: int
    fields: tuple[FieldAgreementFact, ...]
    n_split: int
    n_questions: int
    n_answers_judged: int
    n_answers_wrong: int
    n_known: int = 0
    n_same_as_known: int = 0
    known_lower: float | None = None
    known_upper: float | None = None
    confirmed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFact:
    """The verdict on one target, on one slice or overall.

    ``value`` is the plain estimate, ``lower`` and ``upper`` the one-sided bounds it is judged by.  ``n_more`` is how
    many further cases would decide an unproven target if the rate stays what it is; None where no number would.
    ``about`` says in words what the metric is of, where it is not of the whole item: ``team = fraud``.
    """

    id: str
    metric: str
    verdict: TargetVerdict
    limit: float
    at_least: bool
    value: float | None
    lower: float | None
    upper: float | None
    n: int
    n_more: int | None = None
    slice_column: str | None = None
    slice_value: str | None = None
    why: str | None = None
    about: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonFact:
    """An exact paired comparison with another executor on the same cases.

    ``better`` is ``met`` where this executor is proven to make fewer errors at the assurance of the definition.
    """

    against: str
    baseline: bool
    better: TargetVerdict
    only_this_wrong: int
    only_other_wrong: int
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationFact:
    """Expected calibration error with the upper end of its bootstrap interval, both in [0, 1]."""

    error: float
    upper: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofFacts:
    """What the latest proof of one executor found.

    ``n_cases`` counts all cases, ``n_kept`` those that the definition keeps for people: they are in no accuracy and
    never wrong.  ``is_own_table`` marks the definition's own decision table, ``is_baseline`` a baseline that always
    runs along (majority, own table).  ``n_invalid_outputs`` counts outputs that break the schema, ``n_faults`` errors
    and time-outs.  ``n_unlisted`` counts wrong answers that no live ``detect`` notices, with a few case ids.
    ``n_doubtful`` counts cases whose expected answer looks wrong: this executor says something else, as sure as it is
    when it is right; ``doubtful`` names the first 500.  None where it was not counted, or it gives no confidence.
    """

    executor: str
    executor_digest: str
    evidence_digest: str
    case_set_digest: str
    proved_at: datetime
    attempt: int
    delta: float
    n_cases: int
    n_wrong: int
    n_kept: int = 0
    is_baseline: bool = False
    is_own_table: bool = False
    targets: tuple[TargetFact, ...] = ()
    slices: tuple[TargetFact, ...] = ()
    comparisons: tuple[ComparisonFact, ...] = ()
    calibration: CalibrationFact | None = None
    n_invalid_outputs: int = 0
    n_faults: int = 0
    n_unlisted: int = 0
    unlisted_sample: tuple[str, ...] = ()
    n_doubtful: int | None = None
    doubtful: tuple[str, ...] = ()
    certified_coverage: float | None = None

    @property
    def n_judged(self) -> int:
        """The cases that were answered and judged: all but the ones kept for people."""
        return self.n_cases - self.n_kept


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingFieldFact:
    """What happened in ``n`` cases without one field: ``n_other`` times something else than ``declared``."""

    field: str
    declared: str
    n: int
    n_other: int
    found: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SwappedFieldFact:
    """In how many of ``n`` cases the answer changed when one field took the value of another case."""

    field: str
    n: int
    n_changed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeFact:
    """What one executor did with tune cases that were asked again, without a field, and with another value.

    ``n_changed`` counts cases in which ``repeats`` same questions got different answers, ``changed`` names a few;
    ``same_lower`` and ``same_upper`` are exact bounds of the share in which they did not.
    """

    executor: str
    executor_digest: str
    evidence_digest: str
    asked_at: datetime
    n_cases: int
    repeats: int
    n_changed: int
    changed: tuple[str, ...]
    same_lower: float
    same_upper: float
    missing: tuple[MissingFieldFact, ...]
    swapped: tuple[SwappedFieldFact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessinessFact:
    """One measure of how messy items are: its mean over the cases and over real items.

    ``p_value`` is small where real items tend to have more of it than the cases.
    """

    measure: str
    cases_mean: float
    real_mean: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RealItemsFact:
    """How many of ``n`` real items the definition would refuse, with exact bounds of the share.

    ``most`` says what most of them break.  ``messiness`` compares those that would not be refused with ``n_cases``
    cases; empty where there are no cases.
    """

    evidence_digest: str
    n: int
    n_refused: int
    refused_lower: float
    refused_upper: float
    most: str | None = None
    n_cases: int = 0
    messiness: tuple[MessinessFact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedFailures:
    """Wrong cases that every executor proved on the case set has in common."""

    evidence_digest: str
    case_set_digest: str
    executors: tuple[str, ...]
    n_shared: int
    n_fewest_wrong: int
    sample: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantFact:
    """The level an executor holds now, and since when."""

    executor: str
    level: Level
    granted_at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AutonomyFact:
    """What was seen of one executor at the ``level`` it holds, up to ``looked_at``.

    ``n_items`` are the items that count for the next level, ``n_days`` the days on which it answered.  ``missing`` are
    the sentences of what the next level still needs.  ``promotion_passed`` is None where no promotion test runs.
    ``budget_used`` is the share of the error budget that the audits show as used; None before the first audit.
    ``n_never`` counts items that were acted on although they never may be.
    """

    executor: str
    executor_digest: str
    evidence_digest: str
    level: Level
    looked_at: datetime
    n_items: int
    n_days: int
    n_acted: int
    missing: tuple[str, ...]
    promotion_passed: bool | None = None
    e_value: float | None = None
    e_value_needed: float | None = None
    budget_used: float | None = None
    warning: bool = False
    alarm: bool = False
    n_never: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRuleFact:
    """Where the stop rule of the intent stands, as it is written in ``when`` and ``after``.

    ``counts_from`` is when it may fire first; None before the first grant above ``shadow``.
    """

    when: str
    after: str
    counts_from: datetime | None
    latest: float | None
    fired_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A line of ``waivers.yaml``: this rule is set aside for this work until ``until`` (inclusive)."""

    rule: str
    work: str | None
    reason: str
    by: str
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All facts there are for one definition. Everything is optional: absent means not measured."""

    project: ProjectFacts | None = None
    cases: CaseFacts | None = None
    agreement: AgreementFact | None = None
    real_items: RealItemsFact | None = None
    proofs: tuple[ProofFacts, ...] = ()
    probes: tuple[ProbeFact, ...] = ()
    shared_failures: SharedFailures | None = None
    grants: tuple[GrantFact, ...] = ()
    autonomy: tuple[AutonomyFact, ...] = ()
    stop_rule: StopRuleFact | None = None
    operation: OperationFacts | None = None
    waivers: tuple[Waiver, ...] = ()
