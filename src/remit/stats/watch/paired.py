"""Who makes fewer errors, looked at after every case."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from scipy.special import betainc, betaln

from remit.stats.arguments import open_share, truth
from remit.stats.watch.stored import check_version, stored_count, stored_number

__all__ = ["PairedState", "PairedTest"]

KIND, VERSION = "paired_test", 1
_LOG_HALF = math.log(0.5)


class PairedState(NamedTuple):
    """What the test says after a case; ``a_better`` and ``b_better`` stay True once reached."""

    a_better: bool
    b_better: bool
    e_value_a: float
    e_value_b: float
    n_only_a: int
    n_only_b: int


class PairedTest:
    """Compares two executors on the same cases, true however often one looks.

    Args:
        delta: allowed probability of each claim when it is false, in (0, 1).

    Raises:
        ArgumentInvalid: outside the domain.

    **Guarantee**: P(``a_better`` ever while, given the past, a alone is wrong at least as often as b alone) <= delta,
    and the mirror, at any time.
    **Assumes**: nothing else.
    **Source**: among discordant cases those wrong in a alone against 1/2: mixture of likelihood ratios over Beta(1, 1)
    truncated to (0, 1/2); Ville's inequality.
    **Cost**: some microseconds a discordant case, constant memory.

    >>> test = PairedTest()
    >>> next(n for n in range(1, 100) if test.update(wrong_a=False, wrong_b=True).a_better)
    7
    """

    __slots__ = ("_a", "_a_better", "_b", "_b_better", "delta")

    def __init__(self, delta: float = 0.05) -> None:
        self.delta = open_share("delta", delta)
        self._a = 0
        self._b = 0
        self._a_better = False
        self._b_better = False

    def update(self, *, wrong_a: bool | np.bool_, wrong_b: bool | np.bool_) -> PairedState:
        """Take in one case.

        Raises:
            ArgumentInvalid: another value than True and False.
        """
        first, second = truth("wrong_a", wrong_a), truth("wrong_b", wrong_b)
        self._a += first and not second
        self._b += second and not first
        state = self.state
        self._a_better, self._b_better = state.a_better, state.b_better
        return state

    @property
    def state(self) -> PairedState:
        """What the test says now."""
        for_a, for_b = _log_e(self._a, self._b), _log_e(self._b, self._a)
        goal = math.log(1.0 / self.delta)
        return PairedState(
            self._a_better or for_a >= goal,
            self._b_better or for_b >= goal,
            math.exp(min(for_a, 690.0)),
            math.exp(min(for_b, 690.0)),
            self._a,
            self._b,
        )

    def to_json(self) -> dict[str, Any]:
        """All there is to know, as a JSON object; ``from_json`` continues with exactly the same results."""
        return {
            "kind": KIND,
            "version": VERSION,
            "delta": self.delta,
            "n_only_a": self._a,
            "n_only_b": self._b,
            "a_better": self._a_better,
            "b_better": self._b_better,
        }

    @classmethod
    def from_json(cls, state: Mapping[str, Any]) -> PairedTest:
        """Continue from what ``to_json`` gave.

        Raises:
            ArgumentInvalid: a state of another kind or version, or a broken one.
        """
        check_version(state, KIND, VERSION)
        test = cls(stored_number(state, "delta"))
        test._a, test._b = stored_count(state, "n_only_a"), stored_count(state, "n_only_b")
        test._a_better, test._b_better = state.get("a_better") is True, state.get("b_better") is True
        return test


def _log_e(fewer: int, more: int) -> float:
    """Log of the evidence that the share of ``fewer`` is below 1/2."""
    inside = float(betainc(1.0 + fewer, 1.0 + more, 0.5))
    if inside <= 0.0:
        return -math.inf
    return math.log(2.0 * inside) + float(betaln(1.0 + fewer, 1.0 + more)) - (fewer + more) * _LOG_HALF
