"""The view model of a proof: what is said about it, in words.

Every skin (terminal, HTML) prints these values; none of them computes or words anything itself. Worst comes first,
and a number stands with its bound and its n.
"""

from remit.report.proof_view.claim import leader_sentence
from remit.report.proof_view.rows import (
    BaselineRow,
    BesideRow,
    CascadeView,
    Claim,
    ConfusionRow,
    CostPointRow,
    CostRow,
    ExpectedNotice,
    Line,
    Matrix,
    MatrixRow,
    OutlookRow,
    PartRow,
    ProofView,
    RouteRow,
    SecondPersonView,
    Tile,
    VerdictRow,
    WrongRow,
)
from remit.report.proof_view.verdicts import target_amount
from remit.report.proof_view.view import proof_view

__all__ = [
    "BaselineRow",
    "BesideRow",
    "CascadeView",
    "Claim",
    "ConfusionRow",
    "CostPointRow",
    "CostRow",
    "ExpectedNotice",
    "Line",
    "Matrix",
    "MatrixRow",
    "OutlookRow",
    "PartRow",
    "ProofView",
    "RouteRow",
    "SecondPersonView",
    "Tile",
    "VerdictRow",
    "WrongRow",
    "leader_sentence",
    "proof_view",
    "target_amount",
]
