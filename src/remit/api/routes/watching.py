"""What turned out to be right, what the work came to, and how its people decide."""

from __future__ import annotations

from starlette.responses import Response

from remit.api.answers import Calling, Opened, answered
from remit.api.shapes import AddingOutcome, AddingTruths
from remit.report.documents import plain, versioned

__all__ = ["add_outcome", "add_truths", "reviewers"]


def add_truths(work: str, body: AddingTruths, project: Opened, caller: Calling) -> Response:
    """Record what turned out to be right for items that were decided: all of it, or nothing where one is wrong.

    The same truth again changes nothing. Levels that must fall by it have fallen when this answers.
    """
    rows = [one.model_dump(mode="json", exclude_none=True) for one in body.truths]
    return answered(versioned("truths", plain(project.work(work).add_truths(rows, by=caller.named()))))


def add_outcome(work: str, body: AddingOutcome, project: Opened, caller: Calling) -> Response:
    """Record a value of the measure that the intent names; the stop rule is held against it."""
    added = project.work(work).add_outcome(body.value, by=caller.named(), day=body.day, note=body.note)
    return answered(versioned("outcome", plain(added)))


def reviewers(work: str, project: Opened) -> Response:
    """Figures on everybody who decided a review of this work; what was undone does not count."""
    from remit.project.reviewing.figures import review_statistics

    return answered(versioned("review statistics", {"work": work, **plain(review_statistics(project.work(work)))}))
