"""What a proof says of an executor that is made of others: each part's share, and what coverage costs."""

from remit.proof.cascade.conclude import Bearings, cascade_proof
from remit.proof.cascade.document import Beside, CascadeProof, CostPoint, PartShare, ProvedPart
from remit.proof.cascade.tally import PartTally

__all__ = ["Bearings", "Beside", "CascadeProof", "CostPoint", "PartShare", "PartTally", "ProvedPart", "cascade_proof"]
