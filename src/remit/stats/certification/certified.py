"""What certifying came to."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Certified", "NotEnoughEvidence", "SliceResult"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotEnoughEvidence:
    """No threshold is certified.

    ``needed_error_free`` is how many further cases above the best threshold would be needed at least, all of them
    without an error. ``why`` says it in a sentence.
    """

    needed_error_free: int
    n_cases: int
    alpha: float
    delta: float
    method: str
    why: str
    warnings: tuple[str, ...] = ()
    slices: tuple[SliceResult, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """Acting alone at confidence >= ``threshold`` is certified at error budget ``alpha``.

    ``threshold`` is None for an executor without confidence: everything or nothing. ``coverage`` is
    ``n_acted / n_cases``. What is guaranteed is ``alpha``; ``upper_bound`` says how far inside the budget the evidence
    lies: the exact binomial upper bound at ``level``, the part of delta that this threshold had to itself. ``slices``
    is empty for a certificate that holds overall only.
    """

    threshold: float | None
    n_acted: int
    n_wrong: int
    n_cases: int
    coverage: float
    alpha: float
    delta: float
    level: float
    upper_bound: float
    method: str
    assumptions: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    slices: tuple[SliceResult, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceResult:
    """What certifying one slice came to; all slices together share one delta."""

    name: str
    result: Certified | NotEnoughEvidence
