"""How a table of levels is walked down over the cases: which block ends are certified."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr

from remit.stats.arguments import BoolArray, IntArray
from remit.stats.bounds import binomial_p_value
from remit.stats.certification.blocks import Blocks
from remit.stats.certification.levels import Levels
from remit.stats.planning import plan

__all__ = ["Found", "fixed_sequence", "single_step", "step_down"]

_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The index of the block whose end is certified, None where none is, and the level it was tested at."""

    index: int | None
    level: float


def fixed_sequence(blocks: Blocks, alpha: float, delta: float) -> Found:
    """Test the block ends downwards from a start that no answer has a say in, until the first failure."""
    first = int(np.searchsorted(blocks.n_acted, _planned_start(blocks, alpha, delta)))
    if first >= blocks.n_acted.size:
        return Found(index=None, level=delta)
    passes = binomial_p_value(blocks.n_wrong[first:], blocks.n_acted[first:], alpha) <= delta
    n_passed = _leading(passes)
    return Found(index=first + n_passed - 1 if n_passed else None, level=delta)


def single_step(blocks: Blocks, levels: Levels) -> Found:
    """The last block end inside the one boundary that starts with the first look."""
    look = _look_of(levels, blocks.n_acted)
    limits = np.where(look >= 0, levels.approach[0][look], -1)
    inside = np.flatnonzero(blocks.n_wrong <= limits)
    if not inside.size:
        return Found(index=None, level=levels.delta)
    index = int(inside[-1])
    return Found(index=index, level=_level(limits[index], blocks.n_acted[index], levels.alpha))


def step_down(blocks: Blocks, levels: Levels) -> Found:
    """Reject one after the other that the budget is first broken right after the m most confident cases.

    m runs over 0 and the block ends.  Below the handover each m is judged by the nested boundaries of the approach,
    from there on by what lies close ahead.  The first m that is not rejected is certified.
    """
    n_near = int(np.searchsorted(blocks.n_acted, levels.handover))
    index = _approached(blocks, levels, n_near + 1)
    if index is None:
        return Found(index=None, level=levels.delta)
    if index < n_near or n_near + 1 >= blocks.n_acted.size:
        return _found_near(blocks, levels, index)
    passes, limits = _passes_ahead(blocks, levels, n_near)
    n_passed = _leading(passes)
    if n_passed == 0:
        # Nothing ahead confirms the handover itself: certify the last end that was reached by its own evidence.
        own = _approached(_first(blocks, n_near + 1), levels, n_near + 1)
        return Found(index=None, level=levels.delta) if own is None else _found_near(blocks, levels, own)
    index = n_near + n_passed
    return Found(index=index, level=_level(int(limits[index - n_near]), int(blocks.n_acted[index]), levels.alpha))


def _approached(blocks: Blocks, levels: Levels, n_most: int) -> int | None:
    """The first of the block ends up to the handover that the approach does not reject, as index; None: not even 0.

    ``n_most`` block ends are tested; where all before the last are rejected, the last one is the answer.
    """
    look = _look_of(levels, blocks.n_acted)
    first_row = np.zeros(look.size, dtype=np.int64)
    for row in levels.approach:
        first_row += row[look] < blocks.n_wrong
    first_row[look < 0] = _NEVER
    ahead = np.minimum.accumulate(first_row[::-1])[::-1]
    tested = np.concatenate([[0], blocks.n_acted])[: min(n_most, blocks.n_acted.size)]
    row_of = np.searchsorted(levels.starts, np.maximum(_look_of(levels, tested + 1), 0), side="right") - 1
    n_rejected = _leading(ahead[: tested.size] <= row_of)
    return n_rejected - 1 if n_rejected else None


def _passes_ahead(blocks: Blocks, levels: Levels, n_near: int) -> tuple[BoolArray, IntArray]:
    """For each block end from the handover on but the last: does something ahead reject that the budget ends there?

    Also the most errors that pass at each of these ends by itself.
    """
    acted, wrong = blocks.n_acted[n_near:], blocks.n_wrong[n_near:]
    if levels.ahead.shape[1] == 0 or _coarse(blocks, levels):
        limits = np.searchsorted(levels.alone, acted, side="right") - 1
        return (wrong <= limits)[1:], limits
    look = _look_of(levels, acted)
    n_back = (levels.ahead[look] >= wrong[:, None]).sum(axis=1)
    reaches = np.minimum.accumulate((look - n_back + 1)[::-1])[::-1]
    return reaches[1:] <= _look_of(levels, acted[:-1] + 1), levels.ahead[look, 0]


def _coarse(blocks: Blocks, levels: Levels) -> bool:
    """Whether there are too few distinct confidences for several to lie close ahead."""
    return blocks.n_acted.size * max(0.03, 1.7 / math.sqrt(levels.n)) < 3.0


def _planned_start(blocks: Blocks, alpha: float, delta: float) -> int:
    """Acted-on cases of the first test: enough for 80 % power at half the budget, but at most a third of the cases."""
    planned = plan(alpha, delta)
    if blocks.thresholds is None or planned.n_cases is None:
        return planned.n_min
    return max(planned.n_min, min(planned.n_cases, blocks.n_eligible // 3))


def _found_near(blocks: Blocks, levels: Levels, index: int) -> Found:
    acted = int(blocks.n_acted[index])
    look = _look_of(levels, np.array([acted]))
    row = int(np.searchsorted(levels.starts, look[0], side="right")) - 1
    return Found(index=index, level=_level(int(levels.approach[row, look[0]]), acted, levels.alpha))


def _first(blocks: Blocks, n: int) -> Blocks:
    return Blocks(
        thresholds=blocks.thresholds,
        n_acted=blocks.n_acted[:n],
        n_wrong=blocks.n_wrong[:n],
        n_eligible=int(blocks.n_acted[:n][-1]),
    )


def _look_of(levels: Levels, acted: IntArray) -> IntArray:
    """The last look at or before each number of cases; -1 before the first."""
    return np.searchsorted(levels.looks, acted, side="right") - 1


def _leading(passes: BoolArray) -> int:
    return int(passes.size if passes.all() else np.argmin(passes))


def _level(limit: int, acted: int, alpha: float) -> float:
    """The level of a test that lets ``limit`` errors pass."""
    return float(bdtr(float(limit), acted, alpha))
