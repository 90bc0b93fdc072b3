"""Shares of what comes in days, where the items of one day hang together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from remit.stats.arguments import count, counts, open_share, refuse, same_length

__all__ = ["ShareOverDays", "share_over_days"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareOverDays:
    """A share with its interval; None where nothing counts. ``n_days`` are the days on which something counts."""

    value: float | None
    lower: float | None
    upper: float | None
    n: int
    n_days: int


def share_over_days(
    happened: ArrayLike, out_of: ArrayLike, *, rng: np.random.Generator, delta: float = 0.05, n_boot: int = 2000
) -> ShareOverDays:
    """The share of items to which something happened, whole days drawn again and again.

    Args:
        happened: shape (d,), how many items of each day, whole, 0 <= happened <= out_of.
        out_of: shape (d,), how many items that day had, whole, >= 0.
        rng: draws the days.
        delta: what both ends together may miss, in (0, 1).
        n_boot: number of bootstrap samples, whole, >= 20.

    Returns:
        A ShareOverDays: the share over all days and its percentile interval. With fewer than two days that count
        there is no interval: nothing is known of how days differ.

    Raises:
        ArgumentInvalid: outside the domain, unequal lengths.

    **Guarantee**: none exact; the interval covers with about 1 - delta where there are some dozen days. It is shown,
    never a verdict.
    **Assumes**: days are independent of each other and alike; items of one day need not be.
    **Source**: Davison & Hinkley 1997, section 3.8 (cluster bootstrap), ratio of sums.
    **Cost**: n_boot * d additions.

    >>> share_over_days([2, 0, 1], [10, 10, 20], rng=np.random.default_rng(1)).value
    0.075
    """
    seen, total = counts("happened", happened), counts("out_of", out_of)
    if seen.ndim != 1 or total.ndim != 1:
        raise refuse("happened", f"of shape {seen.shape}", "of shape (d,), one number a day")
    same_length("happened", seen.size, "out_of", total.size)
    if (beyond := np.flatnonzero(seen > total)).size:
        at = int(beyond[0])
        raise refuse("happened", int(seen[at]), f"at most out_of, {int(total[at])}", index=at)
    delta, n_boot = open_share("delta", delta), count("n_boot", n_boot, least=20)
    kept = total > 0
    seen, total = seen[kept], total[kept]
    n, n_days = int(total.sum()), int(total.size)
    if n_days == 0:
        return ShareOverDays(value=None, lower=None, upper=None, n=0, n_days=0)
    value = float(seen.sum() / n)
    if n_days == 1:
        return ShareOverDays(value=value, lower=None, upper=None, n=n, n_days=1)
    drawn = rng.multinomial(n_days, np.full(n_days, 1.0 / n_days), size=n_boot)
    shares = (drawn @ seen) / (drawn @ total)
    lower, upper = np.quantile(shares, [delta / 2.0, 1.0 - delta / 2.0])
    return ShareOverDays(value=value, lower=float(lower), upper=float(upper), n=n, n_days=n_days)
