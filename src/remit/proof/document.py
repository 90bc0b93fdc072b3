"""The proof document: everything one proof found, as one versioned value.

``document.json`` is this value; reports, facts for readiness and certificates are views of it.  Nothing in it is a
bare rate: every estimate stands with its bound and its n.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from remit.autonomy.certificate import Certificate
from remit.proof.cascade.document import CascadeProof
from remit.readiness.facts import CalibrationFact, ComparisonFact, TargetFact, TargetVerdict

__all__ = [
    "Baseline",
    "BudgetOutlook",
    "ConfusionCell",
    "CostPer1000",
    "CurvePoint",
    "ProofDocument",
    "ProvedExecutor",
    "RouteCount",
    "SecondPerson",
    "SliceCertificate",
    "WrongCase",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvedExecutor:
    """Who was proved."""

    name: str
    kind: str
    digest: str
    version: str | None
    author: str | None
    gives_confidence: bool
    cost_per_item: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """A simple executor that always runs along on the same cases: ``majority``, or the definition's own ``table``.

    ``lower`` and ``upper`` are the exact one-sided bounds of the accuracy at the assurance of the definition.
    """

    name: str
    what: str
    n: int
    n_wrong: int
    lower: float
    upper: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetOutlook:
    """What one error budget would allow on this evidence.

    Where nothing is certified, ``n_more`` is the number of further proving cases after which a certificate is likely
    (80 %) if the rates stay what they are; None where no number of cases would do.
    """

    alpha: float
    coverage: float | None
    threshold: float | None
    n_acted: int
    n_wrong: int
    n_more: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """One point of the risk-coverage curve: acting alone at confidence >= ``threshold``."""

    threshold: float
    n_acted: int
    n_wrong: int
    coverage: float
    rate: float
    upper: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfusionCell:
    """How often ``answered`` came where ``expected`` was right. A fault or invalid output is ``answered=None``."""

    decision: str
    expected: str
    answered: str | None
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CostPer1000:
    """Expected cost of 1,000 items of one policy, in the currency of the project, with a one-sided upper bound."""

    policy: str
    estimate: float | None
    upper: float | None
    why_not: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteCount:
    """How many proving cases would take this route for this reason, under the certificate (hypothetical).

    ``about`` are the words of the definition for ``reason_id``, shortened; None where it names nothing in it.
    """

    route: str
    reason: str
    reason_id: str
    n: int
    about: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongCase:
    """One case that was not answered rightly. ``fault`` says why there is no answer."""

    case: str
    expected: str
    answered: str | None
    confidence: float | None
    fault: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceCertificate:
    """How far the executor may act alone in one slice, by the evidence of this slice alone.

    ``coverage`` is None where nothing is certified; ``needed_error_free`` is then how many further cases of the slice
    without an error it would take at least.  ``threshold`` is None there, and for an executor without confidence, which
    is certified for the whole slice.  ``n_cases`` counts all cases of the slice.  ``delta`` is the share that the slice
    had: the certificates of all slices hold together at the delta of the attempt.
    """

    column: str
    value: str
    threshold: float | None
    n_cases: int
    n_acted: int
    n_wrong: int
    upper_bound: float | None
    coverage: float | None
    needed_error_free: int | None
    delta: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondPerson:
    """Two people on the same cases, and the executor beside them: the ``n`` cases that it was asked and both labelled.

    Everybody is measured against the first person's answer.  The second person gave another one in ``n_disagree``
    cases, with the exact one-sided bounds ``lower`` and ``upper`` of that share at the assurance of the definition.
    ``kappa`` has a bootstrap interval; None where chance alone would give full agreement.  ``n_wrong`` counts errors of
    the executor; ``better`` is met where it is proven to make fewer than the second person, missed where more.
    """

    n: int
    n_disagree: int
    lower: float
    upper: float
    kappa: float | None
    kappa_lower: float | None
    kappa_upper: float | None
    n_wrong: int
    only_executor_wrong: int
    only_second_wrong: int
    p_value: float
    better: TargetVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofDocument:
    """One proof: one executor, one definition, one frozen case set.

    ``n_cases`` counts all cases, ``n_kept`` those that the definition keeps for people before anything runs: they are
    in no accuracy.  ``n_wrong`` counts faults and invalid outputs too.  ``wrong_ids`` are all wrong cases (the first
    20,000), ``wrong_cases`` shows the first hundred.  ``delta_full`` is 1 - assurance, ``delta`` what this attempt
    may spend of it.  ``certificate`` is None where the evidence does not reach; ``no_certificate`` then says why in a
    sentence and ``needed_error_free`` how many further error-free cases would be needed at least.  ``warnings`` are
    what speaks against the certificate without voiding it.  ``n_doubtful`` counts cases whose expected answer looks
    wrong, ``doubtful`` are the first 500; None where no answer came with a confidence.  Fields with a default are not
    in documents of before.
    """

    work: str
    title: str | None
    made_at: datetime
    remit_version: str
    definition_digest: str
    evidence_digest: str
    case_set_digest: str
    executor: ProvedExecutor
    attempt: int
    assurance: float
    delta_full: float
    delta: float
    n_cases: int
    n_kept: int
    n_wrong: int
    n_errors: int
    n_timeouts: int
    n_invalid_outputs: int
    n_unlisted: int
    unlisted_sample: tuple[str, ...]
    executor_seconds: float
    targets: tuple[TargetFact, ...]
    slices: tuple[TargetFact, ...]
    baselines: tuple[Baseline, ...]
    comparisons: tuple[ComparisonFact, ...]
    calibration: CalibrationFact | None
    error_budget: float | None
    certificate: Certificate | None
    no_certificate: str | None
    needed_error_free: int | None
    outlook: tuple[BudgetOutlook, ...]
    curve: tuple[CurvePoint, ...]
    routes: tuple[RouteCount, ...]
    confusion: tuple[ConfusionCell, ...]
    costs: tuple[CostPer1000, ...]
    currency: str | None
    wrong_cases: tuple[WrongCase, ...]
    wrong_ids: tuple[str, ...]
    method: tuple[str, ...]
    assumptions: tuple[str, ...]
    limits: tuple[str, ...]
    reproduce: str
    is_baseline: bool = False
    is_own_table: bool = False
    warnings: tuple[str, ...] = ()
    slice_certificates: tuple[SliceCertificate, ...] = ()
    second_person: SecondPerson | None = None
    n_doubtful: int | None = None
    doubtful: tuple[str, ...] = ()
    cascade: CascadeProof | None = None
