"""What one process knows of the works in its store, as long as nobody else writes: it need not be read again."""

from __future__ import annotations

from dataclasses import dataclass

from remit.ledger import Head

__all__ = ["Allowance", "Known", "WorkNow"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """Which version of what is allowed in a work holds.

    Grants and stops are only added to, so the same numbers are the same: ``grant`` is the newest of the work.
    """

    grant: int | None
    n_stop_changes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkNow:
    """Where the chain of a work ends, and what version of what is allowed holds.

    ``newest_act`` is the place of the newest act of the work: every warning is one, so the same number has the same
    warnings.
    """

    head: Head | None
    allowance: Allowance
    newest_act: int | None


class Known:
    """What is known of the works as long as the store is at ``version``. Whoever has the turn at writing uses it."""

    __slots__ = ("version", "works")

    def __init__(self) -> None:
        self.version: int | None = None
        self.works: dict[str, WorkNow] = {}
