"""What changed between two versions of a definition, and what of a project's evidence that makes void."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from remit.definition.differences.change import Differences
from remit.definition.levels import Level

__all__ = ["Compared", "VoidGrant", "VoidProof"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidProof:
    """The newest proof of an executor, which the change makes void."""

    executor: str
    finished_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidGrant:
    """A grant that is held and that the change lets fall to ``shadow``."""

    executor: str
    level: Level
    granted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two versions by their names, what changed, and what that makes void of what the project's store holds."""

    before: str
    after: str
    differences: Differences
    void_proofs: tuple[VoidProof, ...] = ()
    void_grants: tuple[VoidGrant, ...] = ()
