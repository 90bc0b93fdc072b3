"""What a proof document holds beside the rest where the executor is a cascade."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Beside", "CascadeProof", "CostPoint", "PartShare", "ProvedPart"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvedPart:
    """One part of the executor that was proved. ``at_least`` is None where whatever it answers is taken."""

    name: str
    kind: str
    at_least: float | None
    is_person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PartShare:
    """What one part did of the cases that the executor was asked.

    It was asked ``n_asked`` of them, gave no answer in ``n_faults`` (``n_unavailable`` of these because it could not be
    reached), and its answer was taken in ``n_taken``, of which ``n_wrong`` were wrong: with the exact one-sided bound
    ``upper`` of that rate at the assurance of the definition, None where none was taken.  ``n_acted`` of those it took
    would be acted on under the certificate, ``n_acted_wrong`` of them wrong.  ``cost_per_asked`` and
    ``seconds_per_asked`` are means of what was measured over the cases it was asked; None where nobody knows.  A
    person is asked by a review and not here: ``n_taken`` counts what waits for them.
    """

    name: str
    kind: str
    at_least: float | None
    is_person: bool
    n_asked: int
    n_faults: int
    n_unavailable: int
    n_taken: int
    n_wrong: int
    upper: float | None
    n_acted: int
    n_acted_wrong: int
    cost_per_asked: float | None
    seconds_per_asked: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CostPoint:
    """What one item costs, reviews included, were it acting alone at confidence >= ``threshold`` (None: any).

    ``coverage`` is of all cases; ``upper`` is the exact bound of the error rate of this point alone, as in the
    risk-coverage curve.  ``cost`` is the mean over all cases, ``cost_upper`` its bound at the assurance of the
    definition.  ``is_certified`` marks the threshold of the certificate.
    """

    threshold: float | None
    n_acted: int
    n_wrong: int
    coverage: float
    upper: float
    cost: float
    cost_upper: float | None
    is_certified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Another executor on the same cases: how far it is certified alone (None: not at all), and what an item costs.

    ``cost`` includes the reviews of what it does not act on under its own certificate.
    """

    name: str
    n: int
    n_wrong: int
    coverage: float | None
    cost: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CascadeProof:
    """The parts of a cascade, and cost against coverage.

    ``cost`` is what the parts cost per case, asked or not, with its bound; None where the cost of a part is not known.
    ``review_cost`` is what a review costs (``today.cost_per_item``); where it is not known it is in no figure.
    ``is_tuned`` says whether the confidences of the parts were brought onto one scale.
    """

    parts: tuple[PartShare, ...]
    is_tuned: bool
    n_unanswered: int
    cost: float | None
    cost_upper: float | None
    review_cost: float | None
    points: tuple[CostPoint, ...]
    beside: tuple[Beside, ...] = ()
