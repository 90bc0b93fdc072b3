"""How often certificates are wrong and how much they certify, in worlds where the truth is known.

The worlds are those of ``bench.worlds``.  A rate of violations is given as its exact 99 % upper bound, which has to
stay within delta and what 10,000 trials can tell.
"""

from __future__ import annotations

from collections.abc import Iterable

from bench.figure import Figure
from bench.worlds import (
    BAD_TIP,
    CLEAN,
    DELTA,
    HARMLESS,
    PRICED,
    Rule,
    Tally,
    World,
    empirical,
    fixed,
    geifman_el_yaniv,
    play,
    single,
    stepping,
)
from remit.stats import Shape, binomial_upper

TRIALS = 10_000
TRIALS_AT_THE_EDGE = 50_000
_TELLS = 0.008
_GOALS = ((CLEAN, 300, 0.45), (CLEAN, 1000, 0.584), (BAD_TIP, 1000, 0.55), (BAD_TIP, 3000, 0.60))


def figures() -> Iterable[Figure]:
    """Violations in every world, coverage beside what others certify."""
    for world in HARMLESS:
        at_the_edge = world.name.startswith(("null", "edge"))
        yield _violations(world, 500, stepping(500), "step_down", TRIALS_AT_THE_EDGE if at_the_edge else TRIALS)
    for world in (*HARMLESS[8:11], *PRICED):
        yield _violations(world, 500, single(500), "single_step", TRIALS)
    for world, bands in zip(PRICED, (1, 14), strict=True):
        yield _violations(world, 500, stepping(500), f"step_down, {bands} bad bands", TRIALS, bands=bands)
    for world, n, goal in _GOALS:
        yield from _coverage(world, n, goal)


def _violations(world: World, n: int, rule: Rule, name: str, trials: int, *, bands: int = 0) -> Figure:
    tally = play(world, n, trials, rule)
    usual = play(world, n, 500, empirical(n))
    return Figure(
        name=f"violations, 99 % bound: {name}: {world.name}",
        unit="",
        ours=_bound(tally),
        baseline=usual.violation_rate,
        baseline_name="empirical error <= alpha",
        goal=min(1.0, (1 + bands) * DELTA + _TELLS),
    )


def _coverage(world: World, n: int, goal: float) -> Iterable[Figure]:
    trials = TRIALS if n <= 1000 else TRIALS // 3
    ours = play(world, n, trials, stepping(n))
    for name, rule in (
        ("flat levels", stepping(n, Shape.flat())),
        ("single step", single(n)),
        ("fixed sequence", fixed(n)),
        ("SGR", geifman_el_yaniv(n)),
        ("empirical error <= alpha, not valid", empirical(n)),
    ):
        other = play(world, n, trials // 10, rule)
        yield Figure(
            name=f"coverage: step_down: {world.name}, {n} cases",
            unit="",
            ours=ours.coverage,
            baseline=other.coverage,
            baseline_name=f"{name}, wrong {100 * other.violation_rate:.1f} %",
            goal=goal,
            at_least=True,
        )


def _bound(tally: Tally) -> float:
    return binomial_upper(tally.violations, tally.trials, 0.01)
