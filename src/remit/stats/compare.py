"""Who makes fewer errors on the same cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from remit.stats.arguments import binary, open_share, same_length
from remit.stats.bounds import binomial_p_value

__all__ = ["Comparison", "ComparisonVerdict", "compare_paired"]

ComparisonVerdict: TypeAlias = Literal["a_better", "b_better", "undecided"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two executors on the same cases.

    ``n_only_a`` cases were wrong in a alone, ``n_only_b`` in b alone; the others say nothing about who is better.
    ``p_value`` tests "a is no better than b", ``p_value_two_sided`` "both are equally good".
    """

    n_cases: int
    n_wrong_a: int
    n_wrong_b: int
    n_only_a: int
    n_only_b: int
    p_value: float
    p_value_two_sided: float
    delta: float
    verdict: ComparisonVerdict


def compare_paired(wrong_a: ArrayLike, wrong_b: ArrayLike, *, delta: float = 0.05) -> Comparison:
    """Compare two executors on the same cases, exactly.

    Args:
        wrong_a: shape (n,), 0 or 1: was a wrong in case i?
        wrong_b: shape (n,), 0 or 1: was b wrong in case i?
        delta: allowed failure probability of each verdict, in (0, 1).

    Returns:
        A Comparison; ``a_better`` where a's advantage is shown at ``delta``, ``b_better`` the mirror.

    Raises:
        ArgumentInvalid: outside the domain, or arrays of unequal length.

    **Guarantee**: P(verdict a_better) <= delta whenever a is no better than b, and the mirror; n fixed in advance.
    **Assumes**: independent cases.
    **Source**: McNemar 1947, Psychometrika 12, 153-157, exact: given the discordant cases, those wrong in a alone are
    Binomial(discordant, 1/2) when both are equally good.
    **Cost**: one pass and two incomplete betas.

    >>> found = compare_paired([0, 0, 0, 0, 0, 0, 1], [1, 1, 1, 1, 1, 1, 1])
    >>> found.n_only_a, found.n_only_b, found.p_value, found.verdict
    (0, 6, 0.015625, 'a_better')
    """
    first, second = binary("wrong_a", wrong_a), binary("wrong_b", wrong_b)
    same_length("wrong_a", first.size, "wrong_b", second.size)
    delta = open_share("delta", delta)
    only_a = int(np.count_nonzero(first & ~second))
    only_b = int(np.count_nonzero(second & ~first))
    p_a = binomial_p_value(only_a, only_a + only_b, 0.5)
    p_b = binomial_p_value(only_b, only_a + only_b, 0.5)
    return Comparison(
        n_cases=first.size,
        n_wrong_a=int(np.count_nonzero(first)),
        n_wrong_b=int(np.count_nonzero(second)),
        n_only_a=only_a,
        n_only_b=only_b,
        p_value=p_a,
        p_value_two_sided=min(1.0, 2.0 * min(p_a, p_b)),
        delta=delta,
        verdict="a_better" if p_a <= delta else "b_better" if p_b <= delta else "undecided",
    )
