"""What may be spent on calls: a cap of an hour or a day that all processes on one store share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, Protocol

from pydantic import Field

from remit.definition.model import record

__all__ = ["Exhausted", "Purse", "Reserved", "SpendingCap"]


@record
class SpendingCap:
    """How much may be spent in one hour or day, in the currency of the project. Hours and days are those of UTC."""

    amount: Annotated[float, Field(gt=0, le=1e12)]
    per: Literal["hour", "day"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """What was set aside for one call: of whom, in which hour or day, and how much."""

    executor: str
    per: Literal["hour", "day"]
    since: datetime
    amount: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhausted:
    """Nothing is left: what was spent, and when the next hour or day begins (aware UTC)."""

    spent: float
    until: datetime


class Purse(Protocol):
    """What is spent by the executors of one work, kept where every process sees it at once."""

    def reserve(self, executor: str, cap: SpendingCap, amount: float) -> Reserved | Exhausted:
        """Set ``amount`` aside if the cap allows it, together with all that is spent and set aside already.

        Where ``amount`` is 0, because nobody knows what a call costs, it is allowed until the cap is reached.

        Raises:
            StoreError: it can't be recorded.
        """
        ...

    def correct(self, reserved: Reserved, cost: float) -> None:
        """What was set aside turned out to cost ``cost``.

        Raises:
            StoreError: it can't be recorded.
        """
        ...
