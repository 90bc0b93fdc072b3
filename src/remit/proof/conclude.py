"""From counts to the proof document: verdicts, certificate, comparisons, costs, and what it all rests on."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from remit.autonomy.certificate import Certificate
from remit.definition.digests import definition_digest, evidence_digest
from remit.definition.model import Definition
from remit.items import ExecutorKind, ReasonKind, Route
from remit.proof.cascade import Bearings, Beside, CascadeProof, ProvedPart, cascade_proof
from remit.proof.cascade.conclude import warnings_of
from remit.proof.certificate import (
    ActedOn,
    Bound,
    acted_on,
    certificate_of,
    certify_cases,
    curve,
    outlook,
    slice_certificates,
)
from remit.proof.costs import costs_per_1000
from remit.proof.document import (
    Baseline,
    ConfusionCell,
    ProofDocument,
    ProvedExecutor,
)
from remit.proof.routes import route_counts
from remit.proof.second_person import second_person
from remit.proof.tally import MOST_SLICE_VALUES, Tally
from remit.proof.targets import SMALLEST_SLICE, Terms, judge_slices, judge_target
from remit.readiness.facts import CalibrationFact, ComparisonFact, TargetVerdict
from remit.stats import (
    Certified,
    Levels,
    NotEnoughEvidence,
    binomial_lower,
    binomial_upper,
    calibration_error,
    compare_paired,
)

__all__ = ["Other", "Setting", "conclude", "delta_of_attempt"]

_MOST_FAULT = 160


MOST_DOUBTFUL = 500
"""How many cases whose expected answer looks wrong are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a proof is about besides the counts.

    ``attempt`` counts the attempts of this executor on this case set, from 1; 0 for a baseline, which is free.
    ``warnings`` are what else speaks against the proof.  ``parts`` are those of a cascade, ``is_tuned`` says whether
    their confidences were brought onto one scale, ``beside`` are other executors on the same cases.
    """

    definition: Definition
    executor: ProvedExecutor
    case_set_digest: str
    attempt: int
    made_at: datetime
    remit_version: str
    reproduce: str
    currency: str | None = None
    majority: str | None = None
    is_own_table: bool = False
    warnings: tuple[str, ...] = ()
    parts: tuple[ProvedPart, ...] = ()
    is_tuned: bool = False
    beside: tuple[Beside, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another executor on the same cases in the same order.

    ``wrong`` says which of the asked cases it got wrong, ``unavailable`` which of these nobody could ask it.
    """

    name: str
    wrong: bytes
    unavailable: bytes


def delta_of_attempt(delta: float, attempt: int) -> float:
    """What attempt ``attempt`` (from 1) may spend: delta / 2^attempt; a baseline (0) spends nothing of the budget.

    All attempts together stay below delta, however many there are.
    """
    return delta / 2**attempt if attempt > 0 else delta


def conclude(
    setting: Setting,
    tally: Tally,
    *,
    rng: np.random.Generator,
    others: tuple[Other, ...] = (),
    levels: MutableMapping[str, Levels] | None = None,
) -> ProofDocument:
    """Judge the counts of one run.

    Args:
        setting: what the proof is about.
        tally: the counts.
        rng: random order for betting bounds, bootstrap of the calibration error.
        others: executors to compare with.
        levels: where tables of levels of certificates are kept; they depend on no case. The result is the same without.
    """
    levels = {} if levels is None else levels
    definition = setting.definition
    assurance = definition.quality.assurance if definition.quality is not None else 0.95
    full = round(1.0 - assurance, 12)
    delta = delta_of_attempt(full, setting.attempt)
    bound = Bound(
        evidence_digest=evidence_digest(definition),
        executor_digest=setting.executor.digest,
        case_set_digest=setting.case_set_digest,
    )
    cases = acted_on(tally, gives_confidence=setting.executor.gives_confidence)
    budget = definition.autonomy.error_budget if definition.autonomy is not None else None
    found = certify_cases(cases, alpha=budget, delta=delta, levels=levels) if budget is not None else None
    certificate = certificate_of(found, bound=bound, made_at=setting.made_at) if isinstance(found, Certified) else None
    acts = _acts(tally, cases, certificate)
    n_refused = sum(n for (route, _, _), n in tally.routes.items() if route == Route.REJECT.value)
    n_reviewed = tally.n_cases - int(acts.sum()) - n_refused
    terms = Terms(
        delta=delta,
        cost_cap=setting.executor.cost_per_item,
        n_reviewed=n_reviewed,
        n_cases=tally.n_cases,
        highest_loss=tally.judge.highest_loss,
    )
    doubtful = tally.doubts.cases()
    return ProofDocument(
        work=definition.id,
        title=definition.title,
        made_at=setting.made_at,
        remit_version=setting.remit_version,
        definition_digest=definition_digest(definition),
        evidence_digest=bound.evidence_digest,
        case_set_digest=setting.case_set_digest,
        executor=setting.executor,
        attempt=setting.attempt,
        assurance=assurance,
        delta_full=full,
        delta=delta,
        n_cases=tally.n_cases,
        n_kept=tally.n_kept,
        n_wrong=tally.n_wrong,
        n_errors=tally.n_errors,
        n_timeouts=tally.n_timeouts,
        n_invalid_outputs=tally.n_invalid + tally.n_rubbish,
        n_unlisted=tally.n_unlisted,
        unlisted_sample=tuple(tally.unlisted),
        n_doubtful=None if doubtful is None else len(doubtful),
        doubtful=(doubtful or ())[:MOST_DOUBTFUL],
        executor_seconds=tally.seconds,
        targets=tuple(judge_target(one, terms, rng) for one in tally.targets),
        slices=tuple(
            fact
            for one in tally.targets
            for fact in judge_slices(one, delta)
            if fact.slice_column not in tally.crowded_slices
        ),
        baselines=tuple(_baselines(setting, tally, full)),
        comparisons=tuple(_comparisons(setting.executor, tally, others, delta)),
        calibration=_calibration(tally, full, rng),
        error_budget=budget,
        certificate=certificate,
        no_certificate=_why_not(found, budget, tally, gives_confidence=setting.executor.gives_confidence),
        needed_error_free=_needed_error_free(found, tally),
        outlook=outlook(cases, budgets=() if budget is None else (budget,), delta=delta, levels=levels),
        curve=curve(cases, delta=delta),
        routes=route_counts(definition, tally, n_acted=int(acts.sum())),
        confusion=tuple(
            ConfusionCell(decision=decision, expected=expected, answered=answered, n=n)
            for (decision, expected, answered), n in sorted(
                tally.confusion.items(), key=lambda cell: (cell[0][0], cell[0][1], cell[0][2] or "")
            )
        ),
        costs=costs_per_1000(
            definition, tally, acts=acts, executor_cost=setting.executor.cost_per_item, delta=full, rng=rng
        ),
        currency=setting.currency,
        wrong_cases=tuple(tally.wrong_shown),
        wrong_ids=tuple(tally.wrong_ids),
        method=_method(delta, setting.attempt, cases, budget),
        assumptions=_assumptions(certificate),
        limits=tuple(_limits(tally)),
        reproduce=setting.reproduce,
        is_baseline=setting.attempt == 0,
        is_own_table=setting.is_own_table,
        warnings=(
            *_unavailable(setting, tally),
            *_of_parts(setting, tally),
            *setting.warnings,
            *(found.warnings if isinstance(found, Certified) else ()),
        ),
        slice_certificates=slice_certificates(cases, alpha=budget, delta=delta, levels=levels)
        if budget is not None
        else (),
        second_person=second_person(tally.second, delta=delta, delta_full=full, rng=rng),
        cascade=_cascade(setting, tally, cases, acts, certificate, terms, rng),
    )


def _cascade(
    setting: Setting,
    tally: Tally,
    cases: ActedOn,
    acts: NDArray[np.bool_],
    certificate: Certificate | None,
    terms: Terms,
    rng: np.random.Generator,
) -> CascadeProof | None:
    if tally.parts is None:
        return None
    today = setting.definition.today
    review = today.cost_per_item if today is not None else None
    assurance = setting.definition.quality.assurance if setting.definition.quality is not None else 0.95
    found = Bearings(
        wrong=np.frombuffer(bytes(tally.wrong), dtype=np.bool_),
        spent=np.array(tally.cost, dtype=np.float64),
        eligible=np.frombuffer(bytes(tally.eligible), dtype=np.bool_),
        acts=acts,
        confidence=None if cases.confidence is None else np.array(tally.confidence, dtype=np.float64),
        is_certified=certificate is not None,
        threshold=certificate.threshold if certificate is not None else None,
        n_cases=tally.n_cases,
        n_refused=tally.n_cases - terms.n_reviewed - int(acts.sum()),
        cost_cap=setting.executor.cost_per_item,
        review_cost=review if isinstance(review, float) else None,
        delta=terms.delta,
        delta_full=round(1.0 - assurance, 12),
    )
    return cascade_proof(setting.parts, tally.parts, found, is_tuned=setting.is_tuned, beside=setting.beside, rng=rng)


def _acts(tally: Tally, cases: ActedOn, certificate: Certificate | None) -> NDArray[np.bool_]:
    eligible = np.frombuffer(bytes(tally.eligible), dtype=np.bool_)
    if certificate is None:
        return np.zeros(eligible.size, dtype=np.bool_)
    if certificate.threshold is None or cases.confidence is None:
        return eligible
    confidence = np.array(tally.confidence, dtype=np.float64)
    return eligible & (np.nan_to_num(confidence, nan=-np.inf) >= certificate.threshold)


def _why_not(
    found: Certified | NotEnoughEvidence | None, budget: float | None, tally: Tally, *, gives_confidence: bool
) -> str | None:
    if (silent := _silent(tally)) is not None:
        return silent
    if budget is None:
        return "autonomy.error_budget is not written, so there is nothing to certify"
    if not isinstance(found, NotEnoughEvidence):
        return None
    if any(tally.eligible):
        return "; ".join((found.why, *found.warnings))
    if not gives_confidence and any(reason == ReasonKind.REVIEW_WHEN.value for _, reason, _ in tally.routes):
        return "it gives no confidence, and uncertainty.review_when asks for one: everything goes to a person"
    return "every case goes to a person before confidence is looked at: see where these cases would go"


def _silent(tally: Tally) -> str | None:
    """Why nothing can be said of the executor: it answered none of the cases."""
    n_asked, n_faults = len(tally.wrong), tally.n_errors + tally.n_timeouts + tally.n_rubbish
    if not n_asked or n_faults < n_asked:
        return None
    ((text, n),) = tally.fault_texts.most_common(1)
    mostly = "" if n == n_asked else "mostly "
    shown = text if len(text) <= _MOST_FAULT else f"{text[:_MOST_FAULT]} …"
    return f"it gave no answer to any of {n_asked:,} cases: {mostly}{shown}"


def _needed_error_free(found: Certified | NotEnoughEvidence | None, tally: Tally) -> int | None:
    if not isinstance(found, NotEnoughEvidence) or _silent(tally) is not None:
        return None
    return found.needed_error_free


def _baselines(setting: Setting, tally: Tally, delta: float) -> Iterator[Baseline]:
    for name, what, wrong in (
        ("majority", f"always {setting.majority}", tally.majority_wrong),
        ("table", "the definition's own decision table", tally.table_wrong),
    ):
        if wrong:
            n, n_wrong = len(wrong), sum(wrong)
            yield Baseline(
                name=name,
                what=what,
                n=n,
                n_wrong=n_wrong,
                lower=binomial_lower(n - n_wrong, n, delta),
                upper=binomial_upper(n - n_wrong, n, delta),
            )


def _unavailable(setting: Setting, tally: Tally) -> Iterator[str]:
    n = sum(tally.unavailable)
    if n and setting.executor.kind == ExecutorKind.PERSON:
        yield f"{n:,} of {len(tally.unavailable):,} cases count as wrong because no answer to them was recorded"
    elif n:
        yield (
            f"in {n:,} of {len(tally.unavailable):,} cases the executor was unavailable; they count as wrong until "
            f"they are answered: `{setting.reproduce}` asks them again"
        )


def _of_parts(setting: Setting, tally: Tally) -> Iterator[str]:
    if tally.parts is not None:
        yield from warnings_of(setting.parts, tally.parts, is_tuned=setting.is_tuned)


def _comparisons(
    executor: ProvedExecutor, tally: Tally, others: tuple[Other, ...], delta: float
) -> Iterator[ComparisonFact]:
    """On the cases that the other one was asked: who was not asked made no error. An outage of its own counts as wrong.

    Except for people: it was not them who failed to be asked.
    """
    mine = np.frombuffer(bytes(tally.wrong), dtype=np.bool_)
    none = bytes(mine.size)
    absent = bytes(tally.unavailable) if executor.kind == ExecutorKind.PERSON else none
    compared = [
        ("majority", bytes(tally.majority_wrong), none, True),
        ("table", bytes(tally.table_wrong), none, True),
        *((other.name, other.wrong, other.unavailable, False) for other in others),
    ]
    for name, wrong, unavailable, baseline in compared:
        if len(wrong) != mine.size:
            continue
        both = ~(np.frombuffer(unavailable, dtype=np.bool_) | np.frombuffer(absent, dtype=np.bool_))
        if not both.any():
            continue
        found = compare_paired(mine[both], np.frombuffer(wrong, dtype=np.bool_)[both], delta=delta)
        verdicts = {"a_better": TargetVerdict.MET, "b_better": TargetVerdict.MISSED}
        yield ComparisonFact(
            against=name,
            baseline=baseline,
            better=verdicts.get(found.verdict, TargetVerdict.UNPROVEN),
            only_this_wrong=found.n_only_a,
            only_other_wrong=found.n_only_b,
            p_value=found.p_value,
        )


def _calibration(tally: Tally, delta: float, rng: np.random.Generator) -> CalibrationFact | None:
    confidence = np.array(tally.confidence, dtype=np.float64)
    known = ~np.isnan(confidence)
    if not known.any():
        return None
    right = ~np.frombuffer(bytes(tally.wrong), dtype=np.bool_)
    found = calibration_error(confidence[known], right[known], delta=delta, rng=rng)
    return CalibrationFact(error=found.error, upper=found.upper, n=found.n_cases)


def _method(delta: float, attempt: int, cases: ActedOn, budget: float | None) -> tuple[str, ...]:
    charged = (
        f"this is attempt {attempt} of this executor on this case set, so it may spend {delta:g} of the allowed chance"
        if attempt
        else f"a baseline: it spends none of the attempts and is judged at {delta:g}"
    )
    return (
        "every case of the frozen prove set was decided by the same code that decides real items",
        "an error, a time-out or an answer that does not fit counts as wrong and is reported apart",
        "shares are judged by exact one-sided binomial bounds (Clopper-Pearson)",
        "mean costs are judged by betting bounds (Waudby-Smith and Ramdas 2024)",
        f"slices of at least {SMALLEST_SLICE} cases are judged singly, corrected by Holm",
        "executors are compared on the same cases by McNemar's exact test",
        *(_method_of_certificate(cases) if budget is not None else ()),
        charged,
    )


def _method_of_certificate(cases: ActedOn) -> Iterator[str]:
    if cases.confidence is None:
        yield "without confidence the certificate is one exact binomial test of all that may be acted on"
    else:
        yield (
            "the threshold of the certificate is found by stepping down through the confidences, at levels that are "
            "exact for a walk of independent errors at the budget; ties are never split"
        )
    if cases.slices:
        yield "slices are certified singly, all of them together at the delta of this attempt, corrected by Holm"


def _assumptions(certificate: Certificate | None) -> tuple[str, ...]:
    independent = ("cases are independent and drawn like the items to come",)
    return (
        "the expected answers are right",
        "nobody used the prove cases to build, tune or choose the executor",
        *(certificate.assumptions if certificate is not None else independent),
    )


def _limits(tally: Tally) -> Iterator[str]:
    yield "it says nothing about items unlike these cases, and nothing about later: that is for the audits"
    yield "the share acted on is what these cases would have given; it is an estimate, not a promise"
    if tally.n_kept:
        yield f"{tally.n_kept} cases are kept for people before anything runs; they are in no accuracy"
    for text, n in tally.broken.items():
        if n:
            yield f"{n:,} of {len(tally.wrong):,} cases break what the executor takes for granted: {text}"
    for column in sorted(tally.crowded_slices):
        yield f"slices by {column} are not judged: it has more than {MOST_SLICE_VALUES} values"
