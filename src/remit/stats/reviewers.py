"""People err too: how bounds widen when the truth comes from reviewers."""

from __future__ import annotations

from dataclasses import dataclass

from remit.stats.arguments import count, open_share
from remit.stats.bounds import binomial_lower, binomial_upper

__all__ = ["ReviewedBounds", "reviewed_bounds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedBounds:
    """Bounds of the true error rate where reviewers miss some errors and flag some right answers.

    ``sensitivity_lower``: at least this share of errors is noticed; ``false_flag_upper``: at most this share of right
    answers is flagged. ``budget_share``: a sequential promotion tests against the error budget times this.
    """

    lower: float
    upper: float
    sensitivity_lower: float
    false_flag_upper: float
    budget_share: float
    delta: float


def reviewed_bounds(
    n_flagged: int,
    n_reviewed: int,
    *,
    n_caught: int,
    n_planted: int,
    n_false_flags: int,
    n_planted_right: int,
    delta: float = 0.05,
) -> ReviewedBounds:
    """Bounds of the true error rate from flags of reviewers who were tested with planted cases.

    Args:
        n_flagged: items that reviewers called wrong, whole, 0 <= n_flagged <= n_reviewed.
        n_reviewed: items that they looked at, whole, >= 0.
        n_caught: planted wrong answers that they called wrong, whole, 0 <= n_caught <= n_planted.
        n_planted: planted wrong answers, whole, >= 0; without any the upper bound is 1.
        n_false_flags: planted right answers that they called wrong, whole, 0 <= n_false_flags <= n_planted_right.
        n_planted_right: planted right answers, whole, >= 0; without any the lower bound is 0.
        delta: allowed failure probability of each bound, half of it for the planted cases, in (0, 1).

    Returns:
        ReviewedBounds.

    Raises:
        ArgumentInvalid: outside the domain.

    **Guarantee**: each bound fails with probability <= delta, numbers fixed in advance.
    **Assumes**: planted cases are real past errors, blind and on the same screen; misses and false flags are as
    frequent as on them.
    **Source**: Rogan & Gladen 1978, with exact binomial bounds: upper = q_U / se_L,
    lower = (q_L - fp_U) / (1 - fp_U).
    **Cost**: four incomplete beta inverses.

    >>> found = reviewed_bounds(4, 400, n_caught=45, n_planted=50, n_false_flags=1, n_planted_right=50)
    >>> round(found.upper, 4), round(found.sensitivity_lower, 4)
    (0.0325, 0.7819)
    """
    reviewed = count("n_reviewed", n_reviewed)
    flagged = count("n_flagged", n_flagged, most=reviewed)
    planted = count("n_planted", n_planted)
    caught = count("n_caught", n_caught, most=planted)
    right = count("n_planted_right", n_planted_right)
    false_flags = count("n_false_flags", n_false_flags, most=right)
    half = open_share("delta", delta) / 2.0
    sensitivity = binomial_lower(caught, planted, half)
    false_flag = binomial_upper(false_flags, right, half)
    most_flagged, least_flagged = binomial_upper(flagged, reviewed, half), binomial_lower(flagged, reviewed, half)
    return ReviewedBounds(
        lower=max(0.0, (least_flagged - false_flag) / (1.0 - false_flag)) if false_flag < 1.0 else 0.0,
        upper=min(1.0, most_flagged / sensitivity) if sensitivity > 0.0 else 1.0,
        sensitivity_lower=sensitivity,
        false_flag_upper=false_flag,
        budget_share=sensitivity,
        delta=delta,
    )
