"""Reviews as state machines: open, claimed, decided; returned, handed on, timed out, undone. Pure."""

from remit.reviews.deciding import UNDO_WINDOW, Weight, barred, decide, following, undo, weigh
from remit.reviews.review import Ask, Outcome, OutputCheck, Review, Reviewed, ReviewKind, ReviewState, Violation
from remit.reviews.time_out import TimeOut, TimeOutStep, is_due, time_out
from remit.reviews.transitions import (
    answer_question,
    ask_back,
    changed,
    claim,
    lapse,
    open_review,
    put_off,
    reassign,
    release,
)
from remit.reviews.view import (
    AuditFinding,
    EffectUndo,
    PersonsView,
    ReviewedItem,
    ReviewView,
    Surroundings,
    view_of,
)

__all__ = [
    "UNDO_WINDOW",
    "Ask",
    "AuditFinding",
    "EffectUndo",
    "Outcome",
    "OutputCheck",
    "PersonsView",
    "Review",
    "ReviewKind",
    "ReviewState",
    "ReviewView",
    "Reviewed",
    "ReviewedItem",
    "Surroundings",
    "TimeOut",
    "TimeOutStep",
    "Violation",
    "Weight",
    "answer_question",
    "ask_back",
    "barred",
    "changed",
    "claim",
    "decide",
    "following",
    "is_due",
    "lapse",
    "open_review",
    "put_off",
    "reassign",
    "release",
    "time_out",
    "undo",
    "view_of",
    "weigh",
]
