"""One monitor for each slice, with one delta for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from remit.stats.arguments import refuse
from remit.stats.watch.monitor import RUN_LENGTH, ErrorMonitor, MonitorState
from remit.stats.watch.stored import broken, check_version, stored_number

__all__ = ["SliceMonitors", "SlicesState"]

KIND, VERSION = "slice_monitors", 1


class SlicesState(NamedTuple):
    """What the monitors of all slices say together.

    ``alarm``: some slice is above its budget, by the mean of the evidence. ``alarmed``: the slices of which it is shown
    singly. ``warned``: those that may be above, now. Alarms stay once raised.
    """

    alarm: bool
    alarmed: tuple[str, ...]
    warned: tuple[str, ...]
    e_value: float


class SliceMonitors:
    """Watches several slices for error rates above one budget.

    Args:
        budget: the error budget of every slice, in (0, 1).
        slices: the names of the slices, at least one, each once.
        delta: allowed probability of ever raising a false alarm, in (0, 1).
        run_length: expected number of items of a slice to a false warning, above 1.

    Raises:
        ArgumentInvalid: outside the domain.

    **Guarantee**: while every slice keeps its budget, P(``alarm`` ever) <= delta; and P(any slice that keeps its budget
    is ever among ``alarmed``) <= delta, whatever the others do.
    **Assumes**: as ``ErrorMonitor``.
    **Source**: the mean of e-processes is one; a single one alarms at slices / delta (union bound).
    **Cost**: an update of one monitor, and one pass over the slices.

    >>> monitors = SliceMonitors(0.05, ["north", "south"])
    >>> for wrong in [True, False] * 5:
    ...     state = monitors.update("south", wrong)
    >>> state.alarm, state.alarmed
    (True, ('south',))
    """

    __slots__ = ("_alarm", "_monitors", "budget", "delta", "run_length")

    def __init__(
        self, budget: float, slices: Sequence[str], delta: float = 0.05, *, run_length: float = RUN_LENGTH
    ) -> None:
        names = tuple(slices)
        if not names or len(set(names)) != len(names):
            raise refuse("slices", names, "at least one name, each once")
        self._monitors = {name: ErrorMonitor(budget, delta / len(names), run_length=run_length) for name in names}
        self._alarm = False
        self.budget, self.delta, self.run_length = budget, delta, run_length

    def update(self, name: str, wrong: bool | np.bool_ | None, inclusion: float = 1.0) -> SlicesState:
        """Take in one item of one slice; arguments as for ``ErrorMonitor.update``.

        Raises:
            ArgumentInvalid: an unknown slice, or as ``ErrorMonitor.update``.
        """
        monitor = self._monitors.get(name)
        if monitor is None:
            raise refuse("name", repr(name), "one of " + ", ".join(self._monitors))
        monitor.update(wrong, inclusion)
        return self._look()

    def state_of(self, name: str) -> MonitorState:
        """What the monitor of one slice says. Raises KeyError for an unknown one."""
        return self._monitors[name].state

    @property
    def state(self) -> SlicesState:
        """What the monitors say now."""
        return self._look()

    def _look(self) -> SlicesState:
        states = {name: monitor.state for name, monitor in self._monitors.items()}
        evidence = sum(state.e_value for state in states.values()) / len(states)
        alarmed = tuple(name for name, state in states.items() if state.alarm)
        self._alarm = self._alarm or bool(alarmed) or evidence * self.delta >= 1.0
        warned = tuple(name for name, state in states.items() if state.warning)
        return SlicesState(self._alarm, alarmed, warned, evidence)

    def to_json(self) -> dict[str, Any]:
        """All there is to know, as a JSON object; ``from_json`` continues with exactly the same results."""
        return {
            "kind": KIND,
            "version": VERSION,
            "budget": self.budget,
            "delta": self.delta,
            "run_length": self.run_length,
            "alarm": self._alarm,
            "monitors": {name: monitor.to_json() for name, monitor in self._monitors.items()},
        }

    @classmethod
    def from_json(cls, state: Mapping[str, Any]) -> SliceMonitors:
        """Continue from what ``to_json`` gave.

        Raises:
            ArgumentInvalid: a state of another kind or version, or a broken one.
        """
        check_version(state, KIND, VERSION)
        stored = state.get("monitors")
        if not isinstance(stored, dict) or not stored:
            raise broken("monitors", stored, "the states of the monitors by slice")
        monitors = cls(
            stored_number(state, "budget"),
            tuple(stored),
            stored_number(state, "delta"),
            run_length=stored_number(state, "run_length"),
        )
        monitors._monitors = {name: ErrorMonitor.from_json(each) for name, each in stored.items()}
        monitors._alarm = state.get("alarm") is True
        return monitors
