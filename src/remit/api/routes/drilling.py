"""Drills: what has to work when it matters is tried in earnest."""

from __future__ import annotations

from starlette.responses import Response

from remit.api.answers import Calling, Opened, answered
from remit.api.shapes import DrillingPaths, DrillingReplay, DrillingStop
from remit.errors import Location, RequestInvalid
from remit.report.documents import plain, versioned

__all__ = ["paths", "replay", "status", "stop"]


def status(work: str, project: Opened) -> Response:
    """How the work runs, measured now, what was drilled, and which drills still wait."""
    from remit.project.drilling import waiting_drills
    from remit.project.operating import operation_of

    found = project.work(work)
    shown = {"work": work, "operation": operation_of(found), "waiting": waiting_drills(found)}
    return answered(versioned("drill", {"drill": "status", **shown}))


def stop(work: str, body: DrillingStop, project: Opened, caller: Calling) -> Response:
    """Press the stop, watch until nothing could act any more, let it go; `works` says whether it worked."""
    from remit.project.drilling import drill_stop

    found = drill_stop(project.work(work), executor=body.executor, by=caller.named())
    return answered(versioned("drill", {"drill": "stop", **plain(found)}))


def paths(work: str, body: DrillingPaths, project: Opened, caller: Calling) -> Response:
    """Send a case to the queue of every escalation path, or of one. The people are not told that it is a drill."""
    from remit.project.drilling import drill_paths

    if body.path is not None and body.mode is not None:
        raise RequestInvalid(
            "a failure mode takes the path that the definition gives it",
            where=Location(path="mode"),
            expected="`path` or `mode`",
            found="both",
            mend="leave one out",
        )
    found = drill_paths(project.work(work), by=caller.named(), path=body.path, mode=body.mode)
    return answered(versioned("drill", {"drill": "path", **plain(found)}))


def replay(work: str, body: DrillingReplay, project: Opened, caller: Calling) -> Response:
    """Answer recorded items once more with the executor that answered them, and compare."""
    from remit.project.drilling import drill_replay

    found = drill_replay(project.work(work), body.executor, n=body.n, by=caller.named())
    return answered(versioned("drill", {"drill": "replay", **plain(found)}))
