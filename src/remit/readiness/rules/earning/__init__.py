"""Rules computed from what was seen of an executor at its level, and of the outcome."""

from remit.readiness.rules.earning import levels, value

__all__ = ["levels", "value"]
