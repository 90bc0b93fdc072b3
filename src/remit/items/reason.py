"""What becomes of an item, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Reason", "ReasonKind", "Route"]


class Route(StrEnum):
    """What becomes of an item."""

    ACT = "act"
    REVIEW = "review"
    REJECT = "reject"
    INCUMBENT = "incumbent"
    STOPPED = "stopped"


class ReasonKind(StrEnum):
    """Why an item took its route, in the order in which the reasons are looked for."""

    STOPPED = "stopped"
    INPUT_REFUSED = "input_refused"
    OUT_OF_SCOPE = "out_of_scope"
    LEVEL_MANUAL = "level_manual"
    NEVER_INPUT = "never_input"
    FAULT = "fault"
    TIMEOUT = "timeout"
    OUTPUT_INVALID = "output_invalid"
    NEVER_OUTPUT = "never_output"
    CONSTRAINT = "constraint"
    FAILURE_MODE = "failure_mode"
    REVIEW_WHEN = "review_when"
    LEVEL = "level"  # shadow or suggest: nothing is acted on
    CONFIDENCE = "confidence"  # below the certificate's threshold, or no certificate
    CAP = "cap"
    BUDGET = "budget"
    WITHIN_LIMITS = "within_limits"  # the reason of an act
    AUDIT = "audit"  # of a review, never of a route: what was acted on is answered once more, blind


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason, as data and as the sentence that the reviewer and the leader read.

    ``id`` names what in the definition it comes from (a constraint, a failure mode, a ``never``); empty where it
    comes from none.  ``blocks`` is True for a constraint that nobody may override.
    """

    kind: ReasonKind
    text: str
    id: str = ""
    blocks: bool = False
