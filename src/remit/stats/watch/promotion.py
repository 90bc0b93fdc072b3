"""Is it good enough to be promoted? A test that may be looked at after every item."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from scipy.special import betainc, betaln

from remit.stats.arguments import count, open_share, truth
from remit.stats.watch.stored import check_version, stored_count, stored_number

__all__ = ["PromotionState", "PromotionTest", "items_to_promotion"]

KIND, VERSION = "promotion_test", 1
_A, _B = 1.0, 10.0


class PromotionState(NamedTuple):
    """What the test says after an item: ``passed`` stays True once reached. ``e_value`` passes at ``needed``."""

    passed: bool
    e_value: float
    needed: float
    n: int
    n_wrong: int


class PromotionTest:
    """Tests whether an executor's error rate is below the budget.

    Args:
        budget: the error budget, in (0, 1).
        delta: allowed probability that an executor whose error rate is at or above the budget ever passes, in (0, 1).
        attempt: which try this is, from 1: try i gets delta / 2^i, so that all tries together stay within delta. None
            for a single try, which gets all of delta.

    Raises:
        ArgumentInvalid: outside the domain.

    **Guarantee**: P(ever passes while the error rate given the past is never below the budget) <= delta, or
    delta / 2^attempt, at any time, over any number of looks.
    **Assumes**: items in the order in which they were decided, each waiting for its truth until a deadline fixed
    beforehand; a truth that does not arrive is given as None and counts as an error.
    **Source**: mixture of likelihood ratios over Beta(1, 10) truncated to (0, budget); Ville's inequality.
    **Cost**: some microseconds an item, constant memory.

    >>> test = PromotionTest(0.05)
    >>> n = next(n for n in range(1, 1000) if test.update(False).passed)
    >>> n
    85
    """

    __slots__ = ("_n", "_n_wrong", "_passed", "attempt", "budget", "delta")

    def __init__(self, budget: float, delta: float = 0.05, *, attempt: int | None = None) -> None:
        self.budget = open_share("budget", budget)
        self.delta = open_share("delta", delta)
        self.attempt = None if attempt is None else count("attempt", attempt, least=1, most=1000)
        self._n = 0
        self._n_wrong = 0
        self._passed = False

    @property
    def needed(self) -> float:
        """The e-value at which the test passes."""
        return math.ldexp(1.0, self.attempt or 0) / self.delta

    def update(self, wrong: bool | np.bool_ | None) -> PromotionState:
        """Take in the next item in the order of decisions.

        Args:
            wrong: whether it turned out wrong; None where no truth arrived in time, which counts as an error.

        Returns:
            The state after the item.

        Raises:
            ArgumentInvalid: another value than True, False or None.
        """
        is_wrong = wrong is None or truth("wrong", wrong)
        self._n += 1
        self._n_wrong += is_wrong
        state = self.state
        self._passed = state.passed
        return state

    @property
    def state(self) -> PromotionState:
        """What the test says now."""
        log_e = _log_e(self._n_wrong, self._n - self._n_wrong, self.budget)
        passed = self._passed or log_e >= math.log(self.needed)
        return PromotionState(passed, math.exp(min(log_e, 690.0)), self.needed, self._n, self._n_wrong)

    def to_json(self) -> dict[str, Any]:
        """All there is to know, as a JSON object; ``from_json`` continues with exactly the same results."""
        return {
            "kind": KIND,
            "version": VERSION,
            "budget": self.budget,
            "delta": self.delta,
            "attempt": self.attempt,
            "n": self._n,
            "n_wrong": self._n_wrong,
            "passed": self._passed,
        }

    @classmethod
    def from_json(cls, state: Mapping[str, Any]) -> PromotionTest:
        """Continue from what ``to_json`` gave.

        Raises:
            ArgumentInvalid: a state of another kind or version, or a broken one.
        """
        check_version(state, KIND, VERSION)
        attempt = None if state.get("attempt") is None else stored_count(state, "attempt")
        test = cls(stored_number(state, "budget"), stored_number(state, "delta"), attempt=attempt)
        test._n = stored_count(state, "n")
        test._n_wrong = stored_count(state, "n_wrong")
        test._passed = state.get("passed") is True
        return test


def items_to_promotion(n_wrong: int, budget: float, delta: float = 0.05, *, attempt: int | None = None) -> int:
    """How many items it takes to pass with so many errors, if they come first.

    Args:
        n_wrong: errors among the items, whole, >= 0.
        budget: the error budget, in (0, 1).
        delta: as for ``PromotionTest``.
        attempt: as for ``PromotionTest``.

    Returns:
        The number of items.

    Raises:
        ArgumentInvalid: outside the domain.

    **Guarantee**: exact.
    **Assumes**: nothing.
    **Source**: ``PromotionTest``, inverted by bisection.
    **Cost**: about 30 steps.

    >>> [items_to_promotion(k, 0.05) for k in range(4)]
    [85, 132, 172, 209]
    """
    wrong = count("n_wrong", n_wrong)
    test = PromotionTest(budget, delta, attempt=attempt)
    goal = math.log(test.needed)

    def passes(right: int) -> bool:
        return _log_e(wrong, right, test.budget) >= goal

    short, enough = -1, 64
    while not passes(enough):
        short, enough = enough, 2 * enough
    while enough - short > 1:
        middle = (short + enough) // 2
        short, enough = (short, middle) if passes(middle) else (middle, enough)
    return wrong + enough


def _log_e(n_wrong: int, n_right: int, budget: float) -> float:
    """Log of the evidence against "the error rate is at or above the budget"."""
    inside = float(betainc(_A + n_wrong, _B + n_right, budget))
    if inside <= 0.0:
        return -math.inf
    before = math.log(float(betainc(_A, _B, budget))) + float(betaln(_A, _B))
    mixed = math.log(inside) + float(betaln(_A + n_wrong, _B + n_right))
    return mixed - before - n_wrong * math.log(budget) - n_right * math.log1p(-budget)
