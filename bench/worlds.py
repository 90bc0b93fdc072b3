"""Worlds in which certificates are put to the test: how error rates follow confidence, and what is true there.

``u`` is the share of the population that is more confident, so u = 0 is the surest case.  Confidence itself plays no
part beyond its order, so it is 1 - u.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remit.stats import Levels, Shape, cases_for, levels_for, shape_from
from remit.stats.certification.blocks import Blocks
from remit.stats.certification.steps import Found, fixed_sequence, single_step, step_down

__all__ = [
    "ALPHA",
    "BAD_TIP",
    "CLEAN",
    "DELTA",
    "HARMLESS",
    "PRICED",
    "WORLDS",
    "Rule",
    "Tally",
    "World",
    "empirical",
    "fixed",
    "geifman_el_yaniv",
    "play",
    "single",
    "stepping",
    "tuned",
]

ALPHA = DELTA = 0.05
_GRID = 20_000
_MIDDLE = (np.arange(_GRID) + 0.5) / _GRID

Rates = Callable[[NDArray[np.float64]], NDArray[np.float64]]
Rule = Callable[[Blocks], Found]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One world: the error rate at u, and how many distinct confidences there are (None: no ties)."""

    name: str
    rates: Rates
    values: int | None = None

    def risk(self) -> NDArray[np.float64]:
        """The error rate of the surest share (i + 1) / 20,000 of the population, for every i."""
        return np.cumsum(self.rates(_MIDDLE)) / np.arange(1, _GRID + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a rule did in many trials: how often it was wrong, how often it certified, and how much on average."""

    trials: int
    violations: int
    certified: int
    coverage: float

    @property
    def violation_rate(self) -> float:
        """Share of trials in which more was certified than is true."""
        return self.violations / self.trials


def _logistic(slope: float, shift: float, *, tip: float = 0.0, tip_rate: float = 0.0, least: float = 0.0) -> Rates:
    def rates(u: NDArray[np.float64]) -> NDArray[np.float64]:
        usual = least + (0.9 - least) / (1.0 + np.exp(slope * (1.0 - u) - shift))
        return np.where(u < tip, tip_rate, usual)

    return rates


def _bands(*bands: tuple[float, float]) -> Rates:
    """Piecewise constant: (up to this u, this rate)."""
    ends, levels = np.array([end for end, _ in bands]), np.array([rate for _, rate in bands])
    return lambda u: levels[np.minimum(np.searchsorted(ends, u, side="left"), levels.size - 1)]


CLEAN = World(name="clean", rates=_logistic(9, 2.2))
BAD_TIP = World(name="bad tip", rates=_logistic(9, 2.15, tip=0.02, tip_rate=0.16))
NULL = World(name="null: the budget is missed everywhere by a hair", rates=_bands((1.0, 1.0001 * ALPHA)))
EDGE = World(
    name="edge: kept by a hair up to 60 %, missed from there", rates=_bands((0.6, 0.9999 * ALPHA), (1.0, 0.0501))
)
CLIFF = World(name="cliff: good up to 30 %, then a wall", rates=_bands((0.3, 0.01), (1.0, 0.5)))

HARMLESS = (
    CLEAN,
    BAD_TIP,
    World(name="14 % are good enough", rates=_logistic(9, 5.5)),
    World(name="40 % are good enough", rates=_logistic(9, 3.83)),
    World(name="96 % are good enough", rates=_logistic(9, -0.1)),
    World(name="steep", rates=_logistic(20, 7)),
    World(name="1 % errors at every confidence", rates=_logistic(12, 3, least=0.01)),
    World(name="few errors", rates=_bands((1.0, 0.002))),
    NULL,
    EDGE,
    CLIFF,
    World(name="ties: 40 distinct confidences", rates=_logistic(9, 2.2), values=40),
    World(name="five distinct confidences", rates=_logistic(9, 2.2), values=5),
    World(name="five distinct confidences, null", rates=_bands((1.0, 1.0001 * ALPHA)), values=5),
    World(name="one confidence, null", rates=_bands((1.0, 1.0001 * ALPHA)), values=1),
)
"""Worlds without a bad band above the lowest good threshold (a bad tip shorter than any first look is none)."""

PRICED = (
    World(name="two bands", rates=_bands((0.2, 0.01), (0.3, 0.4), (0.95, 0.002), (1.0, 0.6))),
    World(
        name="comb",
        rates=_bands(
            (0.3, ALPHA), *((0.3 + 0.05 * i + w, r) for i in range(14) for w, r in ((0.01, 0.2), (0.05, 0.0125)))
        ),
    ),
)
"""Worlds with bad bands: ``single_step`` holds, ``step_down`` at its stated price of delta for each band."""

WORLDS = {world.name: world for world in (*HARMLESS, *PRICED)}


def play(world: World, n: int, trials: int, rule: Rule, *, seed: int = 1) -> Tally:
    """Certify ``trials`` times on ``n`` fresh cases and compare with what is true of the population."""
    rng = np.random.default_rng(seed)
    risk = world.risk()
    violations = certified = 0
    coverage = 0.0
    for _ in range(trials):
        u = np.sort(rng.random(n))
        wrong = rng.random(n) < world.rates(u)
        if world.values is None:
            acted, share = np.arange(1, n + 1), u
        else:
            tied = np.floor(u * world.values)
            acted = np.flatnonzero(np.append(tied[1:] != tied[:-1], True)) + 1
            share = (tied[acted - 1] + 1.0) / world.values
        blocks = Blocks(thresholds=1.0 - share, n_acted=acted, n_wrong=np.cumsum(wrong)[acted - 1], n_eligible=n)
        found = rule(blocks)
        if found.index is not None:
            certified += 1
            u_certified = float(share[found.index])
            coverage += u_certified
            violations += risk[min(int(u_certified * _GRID), _GRID - 1)] > ALPHA
    return Tally(trials=trials, violations=violations, certified=certified, coverage=coverage / trials)


def stepping(n: int, shape: Shape | None = None) -> Rule:
    """``step_down`` with its table for n cases."""
    levels = _levels(n, shape)
    return lambda blocks: (
        fixed_sequence(blocks, ALPHA, DELTA) if blocks.n_acted.size == 1 else step_down(blocks, levels)
    )


def single(n: int, shape: Shape | None = None) -> Rule:
    """``single_step`` with its table for n cases."""
    levels = _levels(n, shape)
    return lambda blocks: (
        fixed_sequence(blocks, ALPHA, DELTA) if blocks.n_acted.size == 1 else single_step(blocks, levels)
    )


def tuned(world: World, n: int, *, seed: int = 2) -> Callable[[int], Rule]:
    """``step_down`` with the shape that 150 other cases of the world suggest; one such set for each seed."""

    def rule(attempt: int) -> Rule:
        rng = np.random.default_rng(seed + attempt)
        u = rng.random(150)
        found = shape_from(1.0 - u, rng.random(150) < world.rates(u), alpha=ALPHA)
        # One table for shapes that hardly differ.
        return stepping(n, Shape(centre=round(found.centre, 1), width=found.width))

    return rule


def fixed(_n: int) -> Rule:
    """``fixed_sequence``."""
    return lambda blocks: fixed_sequence(blocks, ALPHA, DELTA)


def empirical(_n: int) -> Rule:
    """What is usual: the lowest threshold with an error rate of at most alpha on these cases."""

    def rule(blocks: Blocks) -> Found:
        inside = np.flatnonzero(blocks.n_wrong <= ALPHA * blocks.n_acted)
        return Found(index=int(inside[-1]) if inside.size else None, level=DELTA)

    return rule


def geifman_el_yaniv(n: int) -> Rule:
    """SGR, Geifman & El-Yaniv 2017, algorithm 2, with the exact bound; for cases without ties."""
    steps = int(np.ceil(np.log2(n)))
    levels = np.searchsorted(_fewest(n, DELTA / steps), np.arange(n + 1), side="right") - 1

    def rule(blocks: Blocks) -> Found:
        low, high, best = 0, n - 1, None
        for _ in range(steps):
            middle = int(np.ceil((low + high) / 2))
            acted = n - middle
            if blocks.n_wrong[acted - 1] <= levels[acted]:
                high = middle
                best = acted if best is None else max(best, acted)
            else:
                low = middle
        return Found(index=None if best is None else best - 1, level=DELTA / steps)

    return rule


def _levels(n: int, shape: Shape | None) -> Levels:
    return levels_for(ALPHA, DELTA, n, shape=shape)


def _fewest(n: int, delta: float) -> NDArray[np.int64]:
    return cases_for(np.arange(int(2 * ALPHA * n) + 2), ALPHA, delta)
