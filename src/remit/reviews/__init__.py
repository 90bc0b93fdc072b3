"""Reviews as state machines: open, claimed, decided. Pure."""

from remit.reviews.review import Ask, Outcome, OutputCheck, Review, Reviewed, ReviewKind, ReviewState, Violation
from remit.reviews.transitions import claim, decide, open_review

__all__ = [
    "Ask",
    "Outcome",
    "OutputCheck",
    "Review",
    "ReviewKind",
    "ReviewState",
    "Reviewed",
    "Violation",
    "claim",
    "decide",
    "open_review",
]
