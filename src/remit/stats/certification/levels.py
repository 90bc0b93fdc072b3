"""The table of levels of a certificate: how few errors among how many cases pass, at every look.

A table depends on alpha, delta, the number of cases and the shape, and on no case.  It takes up to some seconds to
compute for many cases, so it can be kept: ``to_json`` and ``from_json``, or any mapping as ``cache``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from remit.errors import ArgumentInvalid
from remit.stats.arguments import FloatArray, IntArray, count, open_share
from remit.stats.certification.shape import Shape
from remit.stats.certification.walk import Walk, looks_between
from remit.stats.planning import cases_for

__all__ = ["Levels", "levels_for", "levels_key", "shared_size"]

VERSION = 2

# Beyond so many cases a step ahead sees no more than its own look, which needs no table.
_MOST_FOR_STEPS = 5000
NO_LIMIT = 2**62
_ITERATIONS = 10
# Where the search for a scale begins, as a share of delta. A row that does not fit even there never passes: safe.
_LOWEST = 1.0 / 300.0
# A crossing probability may miss delta by rounding: this much is kept free.
_SLACK = 1.0 - 1e-9
# Between two sizes of tables that are shared.
_GRID = 1.05


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Levels:
    """A table of levels.

    ``looks`` (g,) are numbers of cases.  ``approach`` (a, g): the most errors that pass at each look for a walk that
    starts at look ``starts[a]``, NO_LIMIT before it; rows are nested.  From ``handover`` cases on ``ahead`` (g, w)
    counts: the most errors that pass at look g for a walk that started w looks before; columns are nested.  Where
    ``ahead`` has no columns, one look at full delta takes its place: ``alone`` (c,) are the fewest cases with which
    0, 1, 2, ... errors pass it.
    """

    alpha: float
    delta: float
    n: int
    shape: Shape
    looks: IntArray
    starts: IntArray
    approach: IntArray
    handover: int
    ahead: IntArray
    alone: IntArray

    def to_json(self) -> dict[str, Any]:
        """As a JSON object that ``from_json`` reads back."""
        return {
            "version": VERSION,
            "key": levels_key(self.alpha, self.delta, self.n, self.shape),
            "alpha": self.alpha,
            "delta": self.delta,
            "n": self.n,
            "shape": [self.shape.centre, None if math.isinf(self.shape.width) else self.shape.width, self.shape.floor],
            "looks": self.looks.tolist(),
            "starts": self.starts.tolist(),
            "approach": self.approach.tolist(),
            "handover": self.handover,
            "ahead": self.ahead.tolist(),
            "alone": self.alone.tolist(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Levels:
        """Read what ``to_json`` wrote. Raises ArgumentInvalid for another version or a broken table."""
        if data.get("version") != VERSION:
            raise ArgumentInvalid(
                f"the table of levels is of version {data.get('version')!r}, this is version {VERSION}",
                expected=f"version {VERSION}",
                found=repr(data.get("version")),
                mend="Compute the table again with levels_for.",
            )
        try:
            centre, width, floor = data["shape"]
            levels = cls(
                alpha=float(data["alpha"]),
                delta=float(data["delta"]),
                n=int(data["n"]),
                shape=Shape(centre=centre, width=math.inf if width is None else width, floor=floor),
                looks=np.array(data["looks"], dtype=np.int64),
                starts=np.array(data["starts"], dtype=np.int64),
                approach=np.array(data["approach"], dtype=np.int64),
                handover=int(data["handover"]),
                ahead=np.array(data["ahead"], dtype=np.int64).reshape(len(data["looks"]), -1),
                alone=np.array(data["alone"], dtype=np.int64),
            )
            fits = data["key"] == levels_key(levels.alpha, levels.delta, levels.n, levels.shape)
        except (KeyError, TypeError, ValueError) as fault:
            raise _broken(str(fault)) from fault
        if not fits or levels.approach.shape != (levels.starts.size, levels.looks.size):
            raise _broken("parts that do not belong together")
        return levels


def _broken(found: str) -> ArgumentInvalid:
    return ArgumentInvalid(
        "the table of levels is broken",
        expected="what Levels.to_json wrote",
        found=found,
        mend="Compute the table again with levels_for.",
    )


def levels_key(alpha: float, delta: float, n: int, shape: Shape) -> str:
    """The name of a table: equal for equal arguments, different for different ones or another version."""
    return f"v{VERSION}-{alpha!r}-{delta!r}-{n}-{shape.centre!r}-{shape.width!r}-{shape.floor!r}"


def shared_size(n: int) -> int:
    """The size of the table that ``n`` cases share with others: at most a twentieth more, rounded up.

    A table for a few more cases is as good: coverage differs by less than .001 (by .005, to the better, for 300 cases
    with a bad tip).
    """
    if n <= 20:
        return n
    size = 20
    while size < n:
        size = max(size + 1, math.floor(size * _GRID))
    return size


def levels_for(
    alpha: float,
    delta: float,
    n: int,
    *,
    shape: Shape | None = None,
    cache: MutableMapping[str, Levels] | None = None,
) -> Levels:
    """The table of levels for ``n`` cases.

    Args:
        alpha: the error budget, in (0, 1).
        delta: allowed failure probability, in (0, 1).
        n: number of cases, whole, at least ``plan(alpha, delta).n_min``.
        shape: fixed without the cases; the default one when not given.
        cache: where tables are kept by ``levels_key``; looked at first, filled otherwise. Keeping them on a disk is
            the caller's, and it may forget. The latest few are remembered in this process anyway.

    Returns:
        A table; one for more cases is valid for fewer, too.

    Raises:
        ArgumentInvalid: outside the domain.

    **Guarantee**: for every row, P(a Bernoulli(alpha) walk ever passes) <= delta, exactly.
    **Assumes**: nothing.
    **Source**: dynamic programming over the walk; the level of each row by bisection.
    **Cost**: .1 s for n = 300, .3 s for 3,000, some seconds for a million.

    >>> levels_for(0.05, 0.05, 300).approach[0, :4].tolist()
    [-1, -1, -1, -1]
    """
    alpha, delta = open_share("alpha", alpha), open_share("delta", delta)
    n_min = int(cases_for(0, alpha, delta)[0])
    n = count("n", n, least=n_min)
    shape = Shape() if shape is None else shape
    if cache is None:
        return _computed(alpha, delta, n, shape)
    key = levels_key(alpha, delta, n, shape)
    found = cache.get(key)
    if found is None:
        found = cache[key] = _computed(alpha, delta, n, shape)
    return found


@lru_cache(maxsize=32)
def _computed(alpha: float, delta: float, n: int, shape: Shape) -> Levels:
    n_min = int(cases_for(0, alpha, delta)[0])
    walk = Walk(alpha, looks_between(n_min, n))
    wanted = min(n, max(math.ceil(shape.centre * n), 2 * n_min))
    handover = int(walk.looks[np.searchsorted(walk.looks, wanted)])
    starts = _starts(walk.looks, handover)
    relative = shape.approach(walk.looks / n)
    approach = _solved(walk, delta, starts, np.full(starts.size, walk.looks.size - 1), lambda _: relative)
    return Levels(
        alpha=alpha,
        delta=delta,
        n=n,
        shape=shape,
        looks=walk.looks,
        starts=starts,
        approach=_nested(approach, starts),
        handover=handover,
        ahead=_ahead(walk, delta, n, handover),
        alone=cases_for(np.arange(math.ceil(alpha * n) + 1), alpha, delta),
    )


def _starts(looks: IntArray, handover: int) -> IntArray:
    """The looks at which rows of the approach start: some, at equal ratios, below the handover."""
    wanted = np.geomspace(looks[0], max(handover, looks[0]), 10 if handover < looks[-1] else 24)
    return np.unique(np.searchsorted(looks, np.floor(wanted)).clip(0, looks.size - 1)).astype(np.int64)


def _nested(limits: IntArray, starts: IntArray) -> IntArray:
    """Lower the limits so that no later start passes less than an earlier one at the same look."""
    before = np.arange(limits.shape[1]) < starts[:, None]
    open_end = np.where(before, NO_LIMIT, limits)
    return np.minimum.accumulate(open_end[::-1], axis=0)[::-1]


def _ahead(walk: Walk, delta: float, n: int, handover: int) -> IntArray:
    """One row for every look from the handover on, each with a narrow bell that starts at its own look."""
    looks = walk.looks
    if handover >= n or n > _MOST_FOR_STEPS:
        return np.zeros((looks.size, 0), dtype=np.int64)
    width = max(0.03, 1.7 / math.sqrt(n)) * n
    # Row by row: the rows start at the looks from here on.
    first = np.arange(int(np.searchsorted(looks, handover)), looks.size)
    last = np.searchsorted(looks, looks[first] + 2.5 * width, side="right") - 1

    def relative(chosen: IntArray) -> FloatArray:
        distance = (looks[None, :] - looks[chosen, None]) / width
        return np.asarray(np.exp(-(distance**2)))

    limits = _solved(walk, delta, first, last, relative)
    most = int((last - first).max()) + 1
    ahead = np.full((looks.size, most), -1, dtype=np.int64)
    for row, (begin, end) in enumerate(zip(first, last, strict=True)):
        steps = np.arange(end - begin + 1)
        ahead[begin + steps, steps] = limits[row, begin : end + 1]
    return np.minimum.accumulate(ahead, axis=1)


def _solved(
    walk: Walk, delta: float, first: IntArray, last: IntArray, relative: Callable[[IntArray], FloatArray]
) -> IntArray:
    """The limits of each row at the largest scale of its levels with a crossing probability of at most delta."""
    shape = np.broadcast_to(relative(first), (first.size, walk.looks.size))
    inside = np.arange(walk.looks.size)
    reached = (inside >= first[:, None]) & (inside <= last[:, None])

    def limits_at(scale: FloatArray) -> IntArray:
        levels = np.minimum(np.exp(scale)[:, None] * shape, delta)
        return walk.limits(np.where(reached, levels, 0.0))

    low = np.full(first.size, math.log(delta * _LOWEST))
    # At the highest scale all levels of a row are delta: what little more than one look allows.
    high = np.full(first.size, math.log(delta)) - np.log(np.where(reached, shape, np.inf).min(axis=1).clip(0.003)) + 0.1
    best = np.full((first.size, walk.looks.size), -1, dtype=np.int64)
    for _ in range(_ITERATIONS):
        middle = 0.5 * (low + high)
        limits = limits_at(middle)
        fits = walk.crossing(limits, first, last) <= delta * _SLACK
        best[fits] = limits[fits]
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    return best
