"""What a process that sweeps says in its log: whether it leads, what was done, and what goes wrong, once each."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from remit.errors import RemitError
from remit.project.logs import say, why_of

if TYPE_CHECKING:
    from remit.runtime.delivering.deliver import Delivered
    from remit.runtime.sweeping.sweep import Swept

__all__ = ["Faults", "SweepLog", "say_delivered"]


class Faults:
    """What goes wrong round after round: said once when it begins, and once when it is over.

    Args:
        of: ``sweep`` or ``delivery``.
    """

    def __init__(self, of: str) -> None:
        self._of = of
        self._said: dict[str, str] = {}

    def failed(self, error: RemitError) -> None:
        """The whole round failed: nothing is known of its tasks."""
        self._say("round", error)

    def told(self, faults: dict[str, RemitError]) -> None:
        """A round is over; what its tasks could not do, by task."""
        for task, error in faults.items():
            self._say(task, error)
        for task in [one for one in self._said if one not in faults]:
            del self._said[task]
            say(f"{self._of}.well", task=task)

    def _say(self, task: str, error: RemitError) -> None:
        why = why_of(error)
        if self._said.get(task) != why:
            self._said[task] = why
            say(f"{self._of}.fault", level=logging.ERROR, task=task, code=error.code, why=why)


class SweepLog:
    """The log of one sweeper, round after round."""

    def __init__(self) -> None:
        self._leads: bool | None = None
        self.faults = Faults("sweep")

    def told(self, swept: Swept) -> None:
        """A round is over."""
        if swept.led is not self._leads:
            self._leads = swept.led
            say("sweep.leads" if swept.led else "sweep.waits")
        for one in swept.tasks:
            if one.n:
                say("sweep.done", task=one.name, n=one.n)
        self.faults.told({one.name: one.fault for one in swept.tasks if one.fault is not None})


def say_delivered(done: Delivered) -> None:
    """Say what a round of sending came to, where there was something to send."""
    if done.n:
        n_sent, n_failed = done.n_sent + done.n_alerts, done.n_failed + done.n_alerts_failed
        level = logging.WARNING if n_failed or done.n_dead else logging.INFO
        say("delivery.done", level=level, n_sent=n_sent, n_failed=n_failed, n_dead=done.n_dead)
