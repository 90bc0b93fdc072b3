"""What changed between two definitions, in sentences that a leader understands. Pure."""

from remit.definition.differences.change import Change, ChangeKind, Differences
from remit.definition.differences.compare import compare

__all__ = ["Change", "ChangeKind", "Differences", "compare"]
