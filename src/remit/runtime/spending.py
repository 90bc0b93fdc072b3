"""What executors spend on calls, in the store: reserved before a call, corrected after it, shared by all processes."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

from remit.executors.remote.spending import Exhausted, Reserved, SpendingCap
from remit.runtime.caps import since
from remit.store.connections import Store
from remit.store.operations.usage import Counter, put_used, used

__all__ = ["StoredPurse"]

_CLOSE = 1e-9  # sums of decimal fractions are off by less
_LENGTH = {"hour": timedelta(hours=1), "day": timedelta(days=1)}


class StoredPurse:
    """The purse of one work: a counter for each executor and hour or day, as caps have them.

    Args:
        store: gives the open store.
        work: the id of the work.
        now: aware UTC.
    """

    def __init__(self, store: Callable[[], Store], *, work: str, now: Callable[[], datetime]) -> None:
        self._store = store
        self._work = work
        self._now = now

    def reserve(self, executor: str, cap: SpendingCap, amount: float) -> Reserved | Exhausted:
        """Set ``amount`` aside if the cap allows it, in one transaction with reading what is spent."""
        began = since(cap.per, self._now())
        counter = self._counter(executor, cap.per, began)
        with self._store().writing() as writing:
            spent = used(writing, counter)
            if not _fits(spent, amount, cap.amount):
                return Exhausted(spent=spent, until=began + _LENGTH[cap.per])
            put_used(writing, [(counter, spent + amount)])
        return Reserved(executor=executor, per=cap.per, since=began, amount=amount)

    def correct(self, reserved: Reserved, cost: float) -> None:
        """Put what it cost into the place of what was set aside, in the hour or day in which that was done."""
        counter = self._counter(reserved.executor, reserved.per, reserved.since)
        with self._store().writing() as writing:
            put_used(writing, [(counter, max(used(writing, counter) + cost - reserved.amount, 0.0))])

    def _counter(self, executor: str, per: Literal["hour", "day"], began: datetime) -> Counter:
        return Counter(work=self._work, executor=executor, what=f"spent per {per}", since=began)


def _fits(spent: float, amount: float, limit: float) -> bool:
    if amount == 0.0:  # nobody knows what a call costs
        return spent < limit and not math.isclose(spent, limit, rel_tol=_CLOSE)
    after = spent + amount
    return after <= limit or math.isclose(after, limit, rel_tol=_CLOSE)
