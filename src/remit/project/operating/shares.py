"""Shares with their exact bounds, at the assurance of one definition."""

from __future__ import annotations

from dataclasses import dataclass

from remit.readiness.operation_facts import Share

__all__ = ["Sharing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """Makes shares whose bounds fail with a chance of at most ``delta`` each, in (0, 1)."""

    delta: float

    def of(self, k: int, n: int) -> Share | None:
        """``k`` of ``n``; None where there is nothing of which it could be a share."""
        if n == 0:
            return None
        from remit.stats import binomial_lower, binomial_upper

        return Share(k=k, n=n, lower=binomial_lower(k, n, self.delta), upper=binomial_upper(k, n, self.delta))

    def compared(self) -> Sharing:
        """The same for two shares that are held against each other: half of delta each."""
        return Sharing(delta=self.delta / 2)
