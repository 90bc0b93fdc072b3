"""The parts of a cascade and what coverage costs, in words."""

from __future__ import annotations

from collections.abc import Iterator

from remit.proof.cascade.document import Beside, CascadeProof, CostPoint, PartShare
from remit.proof.document import ProofDocument
from remit.report.numbers import (
    NOT_MEASURED,
    Rounding,
    confidence_text,
    duration,
    money,
    percent,
    sure_text,
    thousands,
    wrong_of,
)
from remit.report.proof_view.rows import BesideRow, CascadeView, CostPointRow, PartRow
from remit.report.text import sentence

__all__ = ["cascade_view"]

_NONE = "–"


def cascade_view(document: ProofDocument) -> CascadeView | None:
    """What a proof says of the parts of its executor; None where it is made of none."""
    found = document.cascade
    if found is None:
        return None
    n_asked = document.n_cases - document.n_kept
    return CascadeView(
        parts=tuple(_part_row(one, n_asked, document) for one in found.parts),
        points=tuple(_point_row(one, document) for one in found.points),
        beside=(_this(document, found), *(_beside_row(one, document) for one in found.beside)) if found.beside else (),
        notes=tuple(sentence(text) for text in _notes(found)),
        short=_short(found, n_asked, document),
    )


def _part_row(one: PartShare, n_asked: int, document: ProofDocument) -> PartRow:
    share = percent(one.n_taken / n_asked) if n_asked else NOT_MEASURED
    if one.is_person:
        return PartRow(
            name=one.name,
            kind=one.kind,
            taken="what nobody before is sure of, by a review",
            asked=_NONE,
            share=share,
            wrong=_NONE,
            upper=_NONE,
            acted=_NONE,
            cost=_NONE,
            seconds=_NONE,
        )
    faults = f", {one.n_faults:,} without an answer" if one.n_faults else ""
    return PartRow(
        name=one.name,
        kind=one.kind,
        taken="whenever it answers" if one.at_least is None else f"at {confidence_text(one.at_least)} or more",
        asked=thousands(one.n_asked) + faults,
        share=share,
        wrong=wrong_of(one.n_wrong, one.n_taken) if one.n_taken else _NONE,
        upper=percent(one.upper, Rounding.UP) if one.upper is not None else _NONE,
        acted=wrong_of(one.n_acted_wrong, one.n_acted) if document.certificate is not None else _NONE,
        cost=money(one.cost_per_asked, document.currency) if one.cost_per_asked is not None else "not known",
        seconds=duration(one.seconds_per_asked) if one.seconds_per_asked is not None else _NONE,
    )


def _point_row(one: CostPoint, document: ProofDocument) -> CostPointRow:
    return CostPointRow(
        confidence=confidence_text(one.threshold) if one.threshold is not None else "any",
        coverage=percent(one.coverage),
        n=thousands(one.n_acted),
        wrong=thousands(one.n_wrong),
        upper=percent(one.upper, Rounding.UP),
        cost=money(1000 * one.cost, document.currency),
        cost_upper=money(1000 * one.cost_upper, document.currency, Rounding.UP)
        if one.cost_upper is not None
        else _NONE,
        is_certified=one.is_certified,
    )


def _this(document: ProofDocument, found: CascadeProof) -> BesideRow:
    certified = next((one for one in found.points if one.is_certified), None)
    cost = certified.cost if certified is not None else _without_certificate(document, found)
    return _row(
        document.executor.name,
        certified.coverage if certified is not None else None,
        wrong_of(document.n_wrong, document.n_cases - document.n_kept),
        cost,
        document,
        is_this=True,
    )


def _without_certificate(document: ProofDocument, found: CascadeProof) -> float | None:
    """What an item costs where a person decides every one after the parts were asked."""
    if found.cost is None:
        return None
    n_refused = sum(row.n for row in document.routes if row.route == "reject")
    n_reviewed = document.n_cases - n_refused
    return found.cost + (found.review_cost or 0.0) * n_reviewed / document.n_cases


def _beside_row(one: Beside, document: ProofDocument) -> BesideRow:
    return _row(one.name, one.coverage, wrong_of(one.n_wrong, one.n), one.cost, document, is_this=False)


def _row(
    name: str, coverage: float | None, wrong: str, cost: float | None, document: ProofDocument, *, is_this: bool
) -> BesideRow:
    return BesideRow(
        name=name,
        coverage=percent(coverage) if coverage is not None else "nothing",
        wrong=wrong,
        cost=money(1000 * cost, document.currency) if cost is not None else "not known",
        is_this=is_this,
    )


def _notes(found: CascadeProof) -> Iterator[str]:
    if found.review_cost is None:
        yield "reviews are in none of these costs: today.cost_per_item is not known"
    if found.cost is None:
        yield "what an item costs is not known: a part has no cost_per_item"
    yield (
        "each point has the bounds that it would have by itself: a threshold that is chosen by looking at them has no "
        "guarantee; that of the certificate has"
    )
    if found.beside:
        yield (
            "each of these executors spent an attempt of its own on these cases; which of them is chosen by this table "
            "is for people to answer for"
        )


def _short(found: CascadeProof, n_asked: int, document: ProofDocument) -> str:
    shares = ", ".join(
        f"{one.name} {percent(one.n_taken / n_asked) if n_asked else NOT_MEASURED}" for one in found.parts
    )
    if found.cost is None:
        return f"answered by {shares}; what that costs is not known"
    most = (
        f", at most {money(1000 * found.cost_upper, document.currency, Rounding.UP)} ({sure_text(document.delta_full)})"
        if found.cost_upper is not None
        else ""
    )
    return f"answered by {shares}; 1,000 items cost {money(1000 * found.cost, document.currency)} to ask{most}"
