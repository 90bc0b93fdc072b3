"""What an executor returns for one item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from remit.items.item import JsonObject

__all__ = ["Answer", "Fault", "FaultKind"]


class FaultKind(StrEnum):
    """Why there is no usable answer."""

    ERROR = "error"  # the executor raised
    TIMEOUT = "timeout"  # no answer within the deadline
    RUBBISH = "rubbish"  # something came that is no answer
    UNAVAILABLE = "unavailable"  # the breaker is open, or nobody could be reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault of the executor, in words that a reviewer may read."""

    kind: FaultKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to one item.

    ``output`` is None exactly where there is a ``fault``.  ``confidence`` is in [0, 1], None where the executor gives
    none.  ``seconds`` is the time until the answer came.  ``cost`` is in the project's currency, None where nobody
    knows it.  ``signals`` are named findings of the executor about the item (``injection: true``).
    """

    output: JsonObject | None
    confidence: float | None = None
    seconds: float = 0.0
    cost: float | None = None
    fault: Fault | None = None
    signals: Mapping[str, bool | float | str] = field(default_factory=dict)
    trace: str | None = None
