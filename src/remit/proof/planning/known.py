"""What a plan starts from: the cases there are, the proof that counts, and the rates it measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from remit.autonomy.certificate import Certificate
from remit.definition.model import Definition
from remit.errors import UsageError
from remit.proof.document import CurvePoint, ProofDocument
from remit.proof.planning.document import Basis, Supposed

__all__ = ["Known", "KnownCases", "Point", "certificate_for", "expected_point", "volume_of"]

LEAST_COVERAGE = 0.0001


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCases:
    """The cases there are to prove on. ``classes`` counts the expected answers by decision and answer, as text."""

    n_prove: int
    is_frozen: bool
    n_invalid: int = 0
    classes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a work beyond its definition.

    ``cases`` is None where there is no case file.  ``proof`` is the newest one of ``executor`` that is about the
    definition and the executor as they are; ``no_proof`` says why there is none.  ``attempt`` is the number that the
    next proof of it on these cases has; 0 for the definition's own table, which is free.
    """

    cases: KnownCases | None = None
    executor: str | None = None
    proof: ProofDocument | None = None
    no_proof: str | None = None
    attempt: int = 1
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Where the executor is expected to act: its error rate there, and the share of all cases that is.

    ``share`` is the coverage exactly, to count cases with: 497 of 912 of 912 cases are 497, which floats miss.
    """

    rate: Supposed
    coverage: Supposed
    share: Fraction


def expected_point(known: Known, budget: float, *, rate: float | None, coverage: float | None) -> Point:
    """The error rate and the coverage to plan with: what was given, else what the proof measured, else a supposition.

    Raises:
        UsageError: a rate that is no share or not below the budget, or a coverage outside (0, 1].
    """
    if rate is not None and not 0 <= rate <= 1:
        raise UsageError(
            f"a rate of {rate:g} is no share",
            expected=f"a share from 0 to below {budget:g}",
            found=f"{rate:g}",
            mend="write 0.004 for 4 wrong of 1,000 items",
        )
    if rate is not None and rate >= budget:
        raise UsageError(
            f"a rate of {rate:g} is not below the error budget",
            expected=f"a share from 0 to below {budget:g}",
            found=f"{rate:g}",
            mend="no number of cases shows that an executor is better than it is: plan with a rate below the budget",
        )
    if coverage is not None and not LEAST_COVERAGE <= coverage <= 1:
        raise UsageError(
            f"a coverage of {coverage:g} is no share",
            expected=f"a share from {LEAST_COVERAGE:g} to 1",
            found=f"{coverage:g}",
            mend="write 0.6 for 60 % of the items",
        )
    measured = _measured(known, budget)
    return Point(
        rate=measured.rate if rate is None else Supposed(value=rate, basis=Basis.GIVEN, why="given with --rate"),
        coverage=measured.coverage
        if coverage is None
        else Supposed(value=coverage, basis=Basis.GIVEN, why="given with --coverage"),
        share=measured.share if coverage is None else Fraction(str(coverage)),
    )


def certificate_for(known: Known, budget: float) -> Certificate | None:
    """The certificate of the proof, unless the error budget was made tighter since."""
    certificate = known.proof.certificate if known.proof is not None else None
    return certificate if certificate is not None and certificate.alpha <= budget else None


def _measured(known: Known, budget: float) -> Point:
    half = Supposed(value=budget / 2, basis=Basis.ASSUMED, why="half of the budget")
    proof = known.proof
    if proof is None:
        return _on_all(half, "no proof says on how many it would act")
    name, certificate = proof.executor.name, certificate_for(known, budget)
    # Half an error more, so that a rate of which none was seen is not planned with as 0.
    seen = 1.0 if certificate is None else (certificate.n_wrong + 0.5) / (certificate.n_acted + 1)
    if certificate is not None and seen < budget:
        found = f"{certificate.n_wrong:,} of {certificate.n_acted:,}"
        why = f"{found} wrong where {name} is certified, with half an error added"
        return Point(
            rate=Supposed(value=seen, basis=Basis.MEASURED, why=why),
            coverage=Supposed(
                value=certificate.coverage, basis=Basis.MEASURED, why=f"{name} is certified for this share"
            ),
            share=Fraction(certificate.n_acted, certificate.n_cases),
        )
    point = _half_wrong(proof.curve, budget)
    if point is None:
        why = f"at no confidence was {name} wrong in as few as half of the budget"
        if not proof.executor.gives_confidence:
            why = f"{name} gives no confidence, so it acts on all or on nothing"
        return _on_all(half, why)
    return Point(
        rate=half,
        coverage=Supposed(
            value=point.coverage,
            basis=Basis.MEASURED,
            why=f"down to confidence {point.threshold:.3g} {name} was wrong in {point.n_wrong:,} of {point.n_acted:,}",
        ),
        share=Fraction(point.n_acted, proof.n_cases),
    )


def _half_wrong(curve: tuple[CurvePoint, ...], budget: float) -> CurvePoint | None:
    """The point of the largest coverage at which half of the budget was wrong, counting half an error more."""
    good = [point for point in curve if (point.n_wrong + 0.5) / (point.n_acted + 1) <= budget / 2]
    return max(good, key=lambda point: point.coverage, default=None)


def _on_all(rate: Supposed, why: str) -> Point:
    why = f"{why}. All is the best case: cases and days are the least"
    return Point(rate=rate, coverage=Supposed(value=1.0, basis=Basis.ASSUMED, why=why), share=Fraction(1))


def volume_of(definition: Definition) -> float | None:
    """The items a day that the definition states; None where it states none."""
    volume = definition.today.volume_per_day if definition.today is not None else None
    return volume if isinstance(volume, float | int) and volume > 0 else None
