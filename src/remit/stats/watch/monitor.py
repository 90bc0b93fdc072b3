"""Is it still within its error budget? A monitor that may be asked after every item, for ever."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from remit.stats.arguments import number, open_share, refuse, truth
from remit.stats.watch.stored import check_version, stored_count, stored_number, stored_numbers

__all__ = ["RUN_LENGTH", "ErrorMonitor", "MonitorState"]

KIND, VERSION = "error_monitor", 1
MULTIPLES = (1.5, 2.25, 3.5, 6.0, 12.0)
"""How many times the budget the error rate may have become; each has a bet of its own."""

RUN_LENGTH = 5000.0
"""The expected number of items to a false warning, where nothing else is asked for."""

# The weights of the restarts: a share for the very start, the rest spread over all times so that they add up to 1.
_AT_START = 0.3
_SPREAD = 1000.0
_LARGEST = 1e300
_Five = tuple[float, float, float, float, float]


class MonitorState(NamedTuple):
    """What a monitor says after an item.

    ``alarm``: the error rate is above the budget, stays True once raised. ``warning``: it may be above, now.
    ``e_value``: the evidence of the demotion test now; alarm at 1 / delta. ``n`` audited items, ``n_wrong`` of them.
    """

    alarm: bool
    warning: bool
    e_value: float
    n: int
    n_wrong: int


class ErrorMonitor:
    """Watches acted-on items for an error rate above its budget.

    Two tiers from one stream.  *Alarm*: the budget is broken; if it never is, the chance of ever raising one is at most
    delta.  *Warning*: it may be; while the budget holds, the expected time to the first one is at least ``run_length``
    items, so warnings come early and are sometimes false: raise the audit share until they settle.

    With one audit share for all items of a time call ``update`` for audited items and leave ``inclusion`` at 1.  Where
    the probability of an audit depends on the item, call it for every acted-on item with that probability, logged
    before the outcome, and ``wrong=None`` where it was not audited.  Both may be mixed: one monitor, one delta.

    Args:
        budget: the error budget, in (0, 1).
        delta: allowed probability of ever raising a false alarm, in (0, 1).
        run_length: expected number of items to a false warning, above 1.

    Raises:
        ArgumentInvalid: outside the domain.

    **Guarantee**: P(an alarm is ever raised while the error rate given the past is never above the budget) <= delta, at
    any time, over any number of looks. Expected items to the first warning >= ``run_length`` then.
    **Assumes**: a truth that does not arrive is left out (``PromotionTest`` counts it as an error); audits are drawn
    independently of the outcome.
    **Source**: e-processes with restarts, Shin, Ramdas & Rinaldo 2024 (e-detectors, arXiv 2203.03532); likelihood
    ratios of Bernoulli rates; for unequal inclusion bets on ``1 + lambda (audited * wrong / inclusion - budget)``,
    Waudby-Smith & Ramdas 2024. Restarts R <- (R + w_t) f with weights that add up to 1 keep it from going blind after
    a good time.
    **Cost**: about a microsecond an item, constant memory.

    >>> monitor = ErrorMonitor(0.05)
    >>> for wrong in [True, False] * 4:
    ...     state = monitor.update(wrong)
    >>> state.alarm, state.n, state.n_wrong
    (True, 8, 4)
    """

    __slots__ = (
        "_alarm",
        "_bets",
        "_if_right",
        "_if_wrong",
        "_n",
        "_n_included",
        "_n_wrong",
        "_sum_inclusion",
        "_t",
        "_warn",
        "budget",
        "delta",
        "run_length",
    )

    def __init__(self, budget: float, delta: float = 0.05, *, run_length: float = RUN_LENGTH) -> None:
        self.budget = open_share("budget", budget)
        self.delta = open_share("delta", delta)
        self.run_length = number("run_length", run_length, above=1.0)
        rates = [min(multiple * self.budget, 0.5 * (1.0 + self.budget)) for multiple in MULTIPLES]
        self._if_wrong = _five([rate / self.budget for rate in rates])
        self._if_right = _five([(1.0 - rate) / (1.0 - self.budget) for rate in rates])
        self._bets: _Five = (0.0, 0.0, 0.0, 0.0, 0.0)
        self._warn: _Five = (0.0, 0.0, 0.0, 0.0, 0.0)
        self._t = 0
        self._n = 0
        self._n_wrong = 0
        self._alarm = False
        self._sum_inclusion = 0.0
        self._n_included = 0

    def update(self, wrong: bool | np.bool_ | None, inclusion: float = 1.0) -> MonitorState:
        """Take in one item.

        Args:
            wrong: whether the audit found it wrong; None where it was not audited.
            inclusion: the probability with which this item was to be audited, in (0, 1]; 1 where all items of the time
                had the same.

        Returns:
            The state after the item.

        Raises:
            ArgumentInvalid: another value than True, False or None, or an inclusion outside (0, 1].
        """
        if inclusion != 1.0:
            factors = self._weighted(wrong, inclusion)
        elif wrong is True:
            factors = self._if_wrong
        elif wrong is False:
            factors = self._if_right
        elif wrong is None:
            return self.state
        else:
            factors = self._if_wrong if truth("wrong", wrong) else self._if_right
        if wrong is not None:
            self._n += 1
            if wrong:
                self._n_wrong += 1
        self._t += 1
        weight = self.restart_weight(self._t)
        a, b, c, d, e = factors
        p, q, r, s, u = self._bets
        p, q, r, s, u = (p + weight) * a, (q + weight) * b, (r + weight) * c, (s + weight) * d, (u + weight) * e
        evidence = 0.2 * (p + q + r + s + u)
        if evidence > _LARGEST:
            p = q = r = s = u = evidence = _LARGEST
        self._bets = (p, q, r, s, u)
        if evidence * self.delta >= 1.0:
            self._alarm = True
        p, q, r, s, u = self._warn
        p, q, r, s, u = (p + 1.0) * a, (q + 1.0) * b, (r + 1.0) * c, (s + 1.0) * d, (u + 1.0) * e
        doubt = 0.2 * (p + q + r + s + u)
        if doubt > _LARGEST:
            p = q = r = s = u = doubt = _LARGEST
        self._warn = (p, q, r, s, u)
        return MonitorState(self._alarm, doubt >= self.run_length, evidence, self._n, self._n_wrong)

    @staticmethod
    def restart_weight(t: int) -> float:
        """The share of delta that is bet anew from item ``t`` on, t from 1; over all t at most 1."""
        spread = t + _SPREAD
        late = 1.0 + math.log(spread / _SPREAD)
        weight = (1.0 - _AT_START) / (spread * late * late)
        return weight + _AT_START if t == 1 else weight

    @property
    def factors(self) -> tuple[_Five, _Five]:
        """By what the bets are multiplied after a wrong item, and after a right one."""
        return self._if_wrong, self._if_right

    @property
    def state(self) -> MonitorState:
        """What the monitor says now."""
        warning = 0.2 * sum(self._warn) >= self.run_length
        return MonitorState(self._alarm, warning, 0.2 * sum(self._bets), self._n, self._n_wrong)

    def to_json(self) -> dict[str, Any]:
        """All there is to know, as a JSON object; ``from_json`` continues with exactly the same results."""
        return {
            "kind": KIND,
            "version": VERSION,
            "budget": self.budget,
            "delta": self.delta,
            "run_length": self.run_length,
            "bets": list(self._bets),
            "warn": list(self._warn),
            "t": self._t,
            "n": self._n,
            "n_wrong": self._n_wrong,
            "alarm": self._alarm,
            "sum_inclusion": self._sum_inclusion,
            "n_included": self._n_included,
        }

    @classmethod
    def from_json(cls, state: Mapping[str, Any]) -> ErrorMonitor:
        """Continue from what ``to_json`` gave.

        Raises:
            ArgumentInvalid: a state of another kind or version, or a broken one.
        """
        check_version(state, KIND, VERSION)
        monitor = cls(
            stored_number(state, "budget"),
            stored_number(state, "delta"),
            run_length=stored_number(state, "run_length"),
        )
        monitor._bets = _five(stored_numbers(state, "bets", 5))
        monitor._warn = _five(stored_numbers(state, "warn", 5))
        monitor._t = stored_count(state, "t")
        monitor._n = stored_count(state, "n")
        monitor._n_wrong = stored_count(state, "n_wrong")
        monitor._alarm = state.get("alarm") is True
        monitor._sum_inclusion = stored_number(state, "sum_inclusion")
        monitor._n_included = stored_count(state, "n_included")
        return monitor

    def _weighted(self, wrong: bool | np.bool_ | None, inclusion: float) -> _Five:
        """Bets on an item that was audited with a probability of its own.

        The size of the bets may know the inclusions of earlier items, never that of this one: an inclusion that follows
        the risk of the item would otherwise bet more where more goes wrong.
        """
        if not 0.0 < inclusion < 1.0:
            raise refuse("inclusion", inclusion, "a finite number above 0 and at most 1")
        usual = self._sum_inclusion / self._n_included if self._n_included else 0.1
        self._sum_inclusion += inclusion
        self._n_included += 1
        found = 1.0 / inclusion if wrong is not None and truth("wrong", wrong) else 0.0
        excess = found - self.budget
        most = 0.95 / self.budget
        return _five([1.0 + min((multiple - 1.0) * usual, most) * excess for multiple in MULTIPLES])


def _five(values: list[float] | tuple[float, ...]) -> _Five:
    a, b, c, d, e = values
    return (a, b, c, d, e)
