"""Cases sorted from the most confident down, counted at the ends of tie blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from remit.stats.arguments import FloatArray, IntArray, binary, numbers, same_length
from remit.stats.bounds import binomial_lower

__all__ = ["Blocks", "bad_tip", "blocks_of"]

_TIP = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """Every threshold that a tie does not split, from the most confident down.

    Acting alone at confidence >= ``thresholds[i]`` acts on ``n_acted[i]`` cases, ``n_wrong[i]`` of them wrong.
    ``thresholds`` is None without confidence: one block. All arrays have shape (number of distinct confidences,).
    """

    thresholds: FloatArray | None
    n_acted: IntArray
    n_wrong: IntArray
    n_eligible: int

    def threshold(self, index: int) -> float | None:
        """The threshold of one block; None without confidence."""
        return None if self.thresholds is None else float(self.thresholds[index])


def blocks_of(confidence: ArrayLike | None, wrong: ArrayLike) -> Blocks:
    """Sort and count; a tie is never split. Raises ArgumentInvalid for NaN, other values than 0 and 1, empty."""
    errors = binary("wrong", wrong)
    if confidence is None:
        n = errors.size
        return Blocks(
            thresholds=None, n_acted=np.array([n]), n_wrong=np.array([np.count_nonzero(errors)]), n_eligible=n
        )
    given = numbers("confidence", confidence)
    same_length("confidence", given.size, "wrong", errors.size)
    order = np.argsort(-given)
    ordered = given[order]
    last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))
    return Blocks(
        thresholds=ordered[last],
        n_acted=(last + 1).astype(np.int64),
        n_wrong=np.cumsum(errors[order], dtype=np.int64)[last],
        n_eligible=given.size,
    )


def bad_tip(blocks: Blocks, alpha: float, delta: float) -> str | None:
    """A sentence where the most confident cases are worse than the budget allows, else None.

    A bad tip costs coverage and says that the confidence is no guide there: over-confident answers come first.
    """
    if blocks.thresholds is None or blocks.n_acted.size < 2:
        return None
    index = int(np.searchsorted(blocks.n_acted, _TIP))
    if index >= blocks.n_acted.size or blocks.n_acted[index] > blocks.n_eligible // 2:
        return None
    acted, wrong = int(blocks.n_acted[index]), int(blocks.n_wrong[index])
    if binomial_lower(wrong, acted, delta) <= alpha:
        return None
    return f"the {acted} most confident cases are wrong {100 * wrong / acted:.0f} % of the time"
