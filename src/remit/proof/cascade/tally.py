"""Which part of a cascade answered which case, and what each part that was asked cost and took."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from remit.executors.cascade.walk import PART, part_signal
from remit.items import Answer, FaultKind

__all__ = ["PartCounts", "PartTally"]


@dataclass(slots=True, kw_only=True)
class PartCounts:
    """What is counted of one part over the cases that it was asked. ``cost`` is nan where one is not known."""

    n_asked: int = 0
    n_faults: int = 0
    n_unavailable: int = 0
    cost: float = 0.0
    seconds: float = 0.0


@dataclass(slots=True, kw_only=True)
class PartTally:
    """The counts of all parts, and one byte a case: whose answer was taken, ``NOBODY`` for a fault of the whole."""

    names: tuple[str, ...]
    by: bytearray = field(default_factory=bytearray)
    counts: dict[str, PartCounts] = field(default_factory=dict)

    NOBODY: ClassVar[int] = 255

    def __post_init__(self) -> None:
        """One counter for each part, also for those that are never asked."""
        self.counts = {name: PartCounts() for name in self.names}

    def add(self, answer: Answer) -> None:
        """Count the answer of the whole to one case."""
        signals = answer.signals
        part = signals.get(PART)
        self.by.append(self.names.index(part) if isinstance(part, str) and part in self.names else self.NOBODY)
        for name, counts in self.counts.items():
            seconds = signals.get(part_signal(name, "seconds"))
            if not isinstance(seconds, int | float):
                continue
            cost, fault = signals.get(part_signal(name, "cost")), signals.get(part_signal(name, "fault"))
            counts.n_asked += 1
            counts.seconds += seconds
            counts.cost += cost if isinstance(cost, int | float) else float("nan")
            counts.n_faults += fault is not None
            counts.n_unavailable += fault == FaultKind.UNAVAILABLE.value
