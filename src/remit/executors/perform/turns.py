"""Whose turn it is to call: what stands between an item and a service that may be called only so often."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Turn", "Turns"]


class Turn(Protocol):
    """Leave to make one call."""

    async def end(self, cost: float | None, *, rest_s: float | None = None) -> None:
        """The call is over.

        Args:
            cost: what it came to; None where nobody said: then it counts as what it may cost.
            rest_s: for how many seconds the service asks to be left alone, by everybody.
        """
        ...


class Turns(Protocol):
    """Gives leave to call, one call after the other."""

    async def take(self, patience_s: float | None) -> Turn:
        """Wait for leave to make one call.

        Args:
            patience_s: how many seconds to wait at most; None, as in proofs, waits until it comes.

        Raises:
            HeldBack: it does not come in that time.
            SpendingReached: without a limit of patience, what may be spent is spent.
        """
        ...
