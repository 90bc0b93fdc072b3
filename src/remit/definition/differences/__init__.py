"""What changed between two definitions, in sentences that a leader understands. Pure."""

from remit.definition.differences.change import Change, ChangeKind, Differences
from remit.definition.differences.compare import compare
from remit.definition.differences.voided import Compared, VoidGrant, VoidProof

__all__ = ["Change", "ChangeKind", "Compared", "Differences", "VoidGrant", "VoidProof", "compare"]
