"""One thing that changed between two definitions, and all of them together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from remit.definition.model import Json

__all__ = ["Change", "ChangeKind", "Differences", "mixed", "opposite"]


class ChangeKind(StrEnum):
    """Which way a change goes.

    ``breaking``: it is another promise, neither stricter nor more lenient, so somebody has to look at it anew.
    ``tightening``: less is let through, or more is asked.  ``loosening``: more is let through, or less is asked.
    ``wording``: words and facts; nothing is decided differently.
    """

    BREAKING = "breaking"
    LOOSENING = "loosening"
    TIGHTENING = "tightening"
    WORDING = "wording"


def opposite(kind: ChangeKind) -> ChangeKind:
    """The kind of the change back."""
    if kind is ChangeKind.TIGHTENING:
        return ChangeKind.LOOSENING
    return ChangeKind.TIGHTENING if kind is ChangeKind.LOOSENING else kind


def mixed(kinds: Iterable[ChangeKind]) -> ChangeKind:
    """The kind of several changes at once: both ways at the same time is breaking."""
    found = set(kinds) - {ChangeKind.WORDING}
    if not found:
        return ChangeKind.WORDING
    return found.pop() if len(found) == 1 else ChangeKind.BREAKING


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change.

    ``path`` leads to it, entries of lists by their id (``quality.targets.Q1.at_least``).  ``before`` and ``after`` are
    the values as JSON, None where nothing was said.  ``evidence`` says that evidence is about it, so that proofs and
    grants for the one definition are void for the other.
    """

    path: str
    kind: ChangeKind
    sentence: str
    before: Json = None
    after: Json = None
    evidence: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """What changed from one definition to another; the gravest first, in each kind in the order of the language.

    ``evidence_changed`` are the parts that evidence is about and that changed: where there is one, every proof and
    every grant for the first definition is void for the second.
    """

    before_id: str
    after_id: str
    before_digest: str
    after_digest: str
    before_evidence_digest: str
    after_evidence_digest: str
    changes: tuple[Change, ...]
    evidence_changed: tuple[str, ...]

    @property
    def voids_evidence(self) -> bool:
        """Whether proofs and grants for the first definition are void for the second."""
        return self.before_evidence_digest != self.after_evidence_digest
