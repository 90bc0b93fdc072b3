"""How much a server takes at once, and from whom: the rest is told when to come again."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable

__all__ = ["Buckets", "Room"]


class Buckets:
    """A token bucket for each source: so many requests a second, and a burst of so many at once.

    Args:
        per_s: requests a second, above 0.
        burst: how many may come at once, 1 or more.
        clock: seconds that never go back.
    """

    MOST_SOURCES = 10_000

    def __init__(self, *, per_s: float, burst: int, clock: Callable[[], float]) -> None:
        self._per_s = per_s
        self._burst = burst
        self._clock = clock
        self._of: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def is_empty(self, source: str) -> bool:
        """Whether the bucket of ``source`` holds none now; nothing is taken."""
        left, since = self._of.get(source, (float(self._burst), self._clock()))
        return left + (self._clock() - since) * self._per_s < 1.0

    def wait_s(self, source: str) -> int:
        """Take one from the bucket of ``source``: 0, or after how many whole seconds there is one again."""
        now = self._clock()
        left, since = self._of.pop(source, (float(self._burst), now))
        left = min(float(self._burst), left + (now - since) * self._per_s)
        wait = 0 if left >= 1.0 else max(1, math.ceil((1.0 - left) / self._per_s))
        self._of[source] = (left - 1.0 if wait == 0 else left, now)
        while len(self._of) > self.MOST_SOURCES:
            self._of.popitem(last=False)
        return wait


class Room:
    """How many requests are inside, and how many bytes they brought along.

    Args:
        most: requests at once.
        most_bytes: bytes of their bodies at once.
    """

    def __init__(self, *, most: int, most_bytes: int) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self.n = 0
        self.n_bytes = 0

    def enter(self) -> bool:
        """Let one more in; False where there is no room."""
        if self.n >= self._most:
            return False
        self.n += 1
        return True

    def carry(self, n_bytes: int) -> bool:
        """Let ``n_bytes`` more in; False where there is no room."""
        if self.n_bytes + n_bytes > self._most_bytes:
            return False
        self.n_bytes += n_bytes
        return True

    def leave(self, n_bytes: int) -> None:
        """One goes, with what it carried."""
        self.n -= 1
        self.n_bytes -= n_bytes
