"""What is known of the people who decide: how much they catch, how long they take, how often they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remit.reviews.review import Outcome, ReviewKind
from remit.stats import binomial_lower, binomial_upper, confidence_sequence, reviewed_bounds

__all__ = [
    "DecidedReview",
    "PlantedCase",
    "ReviewStatistics",
    "ReviewerStatistics",
    "noticed_share",
    "statistics_of",
]

DELTA = 0.05

FEWEST_PLANTED = 20
"""From so many planted wrong suggestions on it is known what people notice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedCase:
    """A planted case that somebody decided.

    ``is_wrong``: the suggestion was wrong on purpose.  ``is_flagged``: by the person's answer the suggestion is wrong
    (a rejected item is flagged).  ``is_right``: the person's answer is the known one.
    """

    is_wrong: bool
    is_flagged: bool
    is_right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedReview:
    """One decision of a person that was not undone.

    ``answer_seen`` says that they saw what the executor answered.  ``is_same`` is about the second of two pairs of
    eyes: whether both came to the same.  ``wrong`` is about an audit: whether what was acted on is wrong by it.
    """

    by: str
    kind: ReviewKind
    outcome: Outcome
    answer_seen: bool
    seconds: float | None = None
    asked_back: bool = False
    is_same: bool | None = None
    wrong: bool | None = None
    planted: PlantedCase | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerStatistics:
    """Figures on one person, or on all of them (``by`` None). Shares are in [0, 1]; None: nothing to count.

    ``n`` counts decisions on real work.  ``sensitivity_lower``: at least this share of planted wrong suggestions is
    noticed; ``false_flag_upper``: at most this share of planted right ones is called wrong (both at 95 %, each for
    itself).  ``n_shown_wrong`` counts the planted wrong suggestions that were on the screen, ``n_shown_caught`` those
    of them that were not waved through.  ``override_share`` is the share of suggestions seen that were not taken.
    """

    by: str | None
    n: int
    n_audits: int
    n_planted_wrong: int
    n_caught: int
    sensitivity: float | None
    sensitivity_lower: float
    n_planted_right: int
    n_false_flags: int
    false_flag_share: float | None
    false_flag_upper: float
    n_shown_wrong: int
    n_shown_caught: int
    n_blind: int
    n_blind_right: int
    n_timed: int
    seconds_median: float | None
    seconds_p95: float | None
    n_seen: int
    n_overridden: int
    override_share: float | None
    n_asked_back: int
    asked_back_share: float | None
    n_pairs: int
    n_same: int
    agreement: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewStatistics:
    """Figures on everybody together, on each person, and what they say of the items that were acted on.

    ``error_lower`` and ``error_upper`` bound the share of audited items that were wrong, widened by how people err on
    planted cases; None where nothing was audited.
    """

    overall: ReviewerStatistics
    people: tuple[ReviewerStatistics, ...]
    n_audited: int
    n_audited_wrong: int
    error_lower: float | None
    error_upper: float | None


def statistics_of(decided: Sequence[DecidedReview]) -> ReviewStatistics:
    """The figures on all decisions that people made, overall and per person."""
    overall = _figures(None, decided)
    people = tuple(_figures(by, [one for one in decided if one.by == by]) for by in sorted({one.by for one in decided}))
    judged = [one.wrong for one in decided if one.kind is ReviewKind.AUDIT and one.wrong is not None]
    bounds = None
    if judged:
        bounds = reviewed_bounds(
            sum(judged),
            len(judged),
            n_caught=overall.n_caught,
            n_planted=overall.n_planted_wrong,
            n_false_flags=overall.n_false_flags,
            n_planted_right=overall.n_planted_right,
            delta=DELTA,
        )
    return ReviewStatistics(
        overall=overall,
        people=people,
        n_audited=len(judged),
        n_audited_wrong=sum(judged),
        error_lower=None if bounds is None else bounds.lower,
        error_upper=None if bounds is None else bounds.upper,
    )


def noticed_share(flags: Sequence[bool], delta: float) -> float:
    """At least this share of errors is noticed, by planted wrong suggestions in their order; 1 where too few are known.

    With a chance of at most ``delta`` any of its values, whenever and how often one looks, is too high: the lower end
    of a confidence sequence.
    """
    if len(flags) < FEWEST_PLANTED:
        return 1.0
    return float(confidence_sequence(flags, delta).lower[-1])


def _figures(by: str | None, decided: Sequence[DecidedReview]) -> ReviewerStatistics:
    real = [one for one in decided if one.kind is not ReviewKind.PLANTED]
    planted = [(one, one.planted) for one in decided if one.planted is not None]
    wrong = [(one, case) for one, case in planted if case.is_wrong]
    right = [case for _, case in planted if not case.is_wrong]
    caught, false_flags = sum(case.is_flagged for _, case in wrong), sum(case.is_flagged for case in right)
    shown = [one for one, _ in wrong if one.answer_seen]
    blind = [case for one, case in planted if not one.answer_seen]
    seconds = sorted(one.seconds for one in decided if one.seconds is not None)
    seen = [one for one in real if one.answer_seen]
    overridden = sum(one.outcome is not Outcome.ACCEPTED for one in seen)
    asked_back = sum(one.asked_back for one in real)
    pairs = [one.is_same for one in real if one.is_same is not None]
    return ReviewerStatistics(
        by=by,
        n=len(real),
        n_audits=sum(one.kind is ReviewKind.AUDIT for one in real),
        n_planted_wrong=len(wrong),
        n_caught=caught,
        sensitivity=_share(caught, len(wrong)),
        sensitivity_lower=binomial_lower(caught, len(wrong), DELTA),
        n_planted_right=len(right),
        n_false_flags=false_flags,
        false_flag_share=_share(false_flags, len(right)),
        false_flag_upper=binomial_upper(false_flags, len(right), DELTA),
        n_shown_wrong=len(shown),
        n_shown_caught=sum(one.outcome is not Outcome.ACCEPTED for one in shown),
        n_blind=len(blind),
        n_blind_right=sum(case.is_right for case in blind),
        n_timed=len(seconds),
        seconds_median=_quantile(seconds, 0.5),
        seconds_p95=_quantile(seconds, 0.95),
        n_seen=len(seen),
        n_overridden=overridden,
        override_share=_share(overridden, len(seen)),
        n_asked_back=asked_back,
        asked_back_share=_share(asked_back, len(real)),
        n_pairs=len(pairs),
        n_same=sum(pairs),
        agreement=_share(sum(pairs), len(pairs)),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _quantile(ordered: Sequence[float], share: float) -> float | None:
    """The smallest value that at least ``share`` of all values do not exceed."""
    if not ordered:
        return None
    place = -(-share * len(ordered) // 1)  # rounded up
    return ordered[max(int(place) - 1, 0)]
