"""What is allowed: grants, and stops."""

from __future__ import annotations

from starlette.responses import Response

from remit.api.answers import Calling, Opened, answered
from remit.api.shapes import Changing, Granting, Revoking, StoppingOne
from remit.report.documents import plain, versioned

__all__ = ["grant", "resume", "resume_everything", "revoke", "stop", "stop_everything"]


def grant(work: str, body: Granting, project: Opened, caller: Calling) -> Response:
    """Allow an executor to work at a level, on the evidence and the readiness there are."""
    given = project.work(work).grant(
        body.executor, level=body.level, by=caller.named(), reason=body.reason, until=body.until
    )
    return answered(versioned("grant", plain(given)))


def revoke(work: str, body: Revoking, project: Opened, caller: Calling) -> Response:
    """Take the grant of an executor back: its level is manual from now on."""
    taken = project.work(work).revoke(body.executor, by=caller.named(), reason=body.reason)
    return answered(versioned("grant", plain(taken)))


def stop(work: str, body: StoppingOne, project: Opened, caller: Calling) -> Response:
    """Stop a work, or one executor of it. The next decision of every process sees it."""
    change = project.stop(work, executor=body.executor, by=caller.named(), reason=body.reason)
    return answered(versioned("stop", plain(change)))


def resume(work: str, body: StoppingOne, project: Opened, caller: Calling) -> Response:
    """End a stop: exactly what was stopped."""
    change = project.resume(work, executor=body.executor, by=caller.named(), reason=body.reason)
    return answered(versioned("stop", plain(change)))


def stop_everything(body: Changing, project: Opened, caller: Calling) -> Response:
    """Stop everything. The next decision of every process sees it."""
    change = project.stop(None, executor=None, by=caller.named(), reason=body.reason)
    return answered(versioned("stop", plain(change)))


def resume_everything(body: Changing, project: Opened, caller: Calling) -> Response:
    """End the stop of everything; stops of one work or one executor stay."""
    change = project.resume(None, executor=None, by=caller.named(), reason=body.reason)
    return answered(versioned("stop", plain(change)))
