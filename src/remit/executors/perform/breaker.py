"""A circuit breaker: an executor that is not there is left alone for a while."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Final

from remit.items import Answer, FaultKind

__all__ = ["LEFT_ALONE", "Breaker"]

LEFT_ALONE: Final = "the executor was unavailable: it did not answer lately and is left alone for a while"
"""What is said of an item whose executor is left alone."""

_ABSENT = (FaultKind.UNAVAILABLE, FaultKind.TIMEOUT)


class Breaker:
    """Opens after a run of answers that did not come; then lets one probe through from time to time.

    Only time-outs and executors that can't be reached count, and services that say they failed: one that raises or
    talks rubbish is there.  Never used in proofs, where every case gets an answer of its own.  Safe to use from
    several threads.

    Args:
        clock: seconds, never going back.
        opens_after: how many such faults in a row open it.
        rests_s: seconds until a probe.
    """

    __slots__ = ("_clock", "_lock", "_n_faults", "_opens_after", "_probe_at", "_rests_s")

    def __init__(self, *, clock: Callable[[], float], opens_after: int = 5, rests_s: float = 30.0) -> None:
        self._clock = clock
        self._opens_after = opens_after
        self._rests_s = rests_s
        self._n_faults = 0
        self._probe_at: float | None = None
        self._lock = Lock()

    @property
    def is_open(self) -> bool:
        """Whether the executor is being left alone."""
        return self._probe_at is not None

    def admits(self) -> bool:
        """Whether to ask the executor now. Open, it says yes once per rest: that call is the probe."""
        with self._lock:
            if self._probe_at is None:
                return True
            now = self._clock()
            if now < self._probe_at:
                return False
            self._probe_at = now + self._rests_s
            return True

    def note(self, answer: Answer) -> None:
        """Learn from what came back."""
        self.learn(absent=answer.fault is not None and answer.fault.kind in _ABSENT)

    def learn(self, *, absent: bool) -> None:
        """Learn whether the executor was there."""
        with self._lock:
            if not absent:
                self._n_faults, self._probe_at = 0, None
                return
            self._n_faults += 1
            if self._n_faults >= self._opens_after:
                self._probe_at = self._clock() + self._rests_s
