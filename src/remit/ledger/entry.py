"""One entry of the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = ["GENESIS", "Head", "LedgerEntry", "LedgerKind"]

GENESIS = bytes(32)
"""What stands for the hash before the first entry."""


class LedgerKind(StrEnum):
    """What an entry records."""

    DECISION = "decision"
    REVIEW = "review"
    AUDIT = "audit"
    TRUTH = "truth"
    GRANT = "grant"
    LEVEL_CHANGE = "level change"
    STOP = "stop"
    DEFINITION = "definition"
    ERASE = "erase"
    EXPORT = "export"
    REVIEW_STEP = "review step"  # asked back, reassigned, timed out, undone
    WATCH = "watch"  # what the evidence says of a grant: a warning, its end, a promotion that may be granted
    OUTCOME = "outcome"  # a value of the measure that the intent names, and a stop rule that fired
    DRILL = "drill"
    DELIVERY = "delivery"  # an effect that was given up on, sent again because a person said so


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of a chain: how many entries it has, and the hash of the last."""

    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One entry of the chain of one work definition.

    ``seq`` counts from 1 without a gap.  ``subject`` is the id of what is recorded (a decision, a review, an
    executor), ``digests`` are the named digests it is bound to, ``body_digest`` is over the record itself.
    ``previous`` is the hash of the entry before, ``hash`` is over everything else, both 32 bytes.
    """

    work: str
    seq: int
    at: datetime
    kind: LedgerKind
    actor: str
    subject: str
    digests: Mapping[str, str]
    body_digest: bytes
    previous: bytes
    hash: bytes

    @property
    def head(self) -> Head:
        """The end of the chain, where this is its last entry."""
        return Head(seq=self.seq, hash=self.hash)
