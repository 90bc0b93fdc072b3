"""What leaves, and what somebody has to look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Path, Query
from starlette.responses import Response

from remit.api.answers import Calling, Opened, answered
from remit.api.shapes import Nothing
from remit.api.table import REVIEWERS
from remit.project import Project
from remit.report.documents import plain, versioned
from remit.store.operations.outbox import Outgoing, OutgoingState

__all__ = ["alerts", "outbox", "replay", "replay_all", "settle"]

Id = Annotated[str, Path(max_length=64)]


def alerts(project: Opened, caller: Calling) -> Response:
    """The alerts that nobody settled, the oldest first."""
    from remit.store.operations.alerts import open_alerts

    found = [one for one in open_alerts(project.store) if caller.work in (None, one.work)]
    return answered(versioned("alerts", {"alerts": found}))


def settle(alert_id: Id, body: Nothing, project: Opened, caller: Calling) -> Response:
    """Close an alert that was seen to: the next of its kind is a new one.

    Who is accountable and admins close any, others those of a work in which they have a role.
    """
    from remit.project.delivering.outbox import settle_alert
    from remit.store.operations.alerts import alert_of

    del body
    caller.require_work(alert_of(project.store, alert_id).work, f"alert {alert_id}")
    return answered(versioned("alert", {"alert": settle_alert(project, alert_id, by=caller.named())}))


def outbox(
    project: Opened,
    caller: Calling,
    state: Annotated[OutgoingState, Query()] = OutgoingState.DEAD,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> Response:
    """What leaves, in one state: what was given up on, if none is named. `more` says that there is more of it.

    Which effects follow tells what was answered: to who decides reviews, `id` and `effect` are null as long as somebody
    has to answer the item without seeing that.
    """
    from remit.store.operations.outbox import outgoing_in

    found = outgoing_in(project.store, state, n=limit + 1, work=caller.work)
    blind = _blind(project, found[:limit]) if caller.roles & REVIEWERS else frozenset()
    rows = [_shown(one, hidden=one.decision_id in blind) for one in found[:limit]]
    return answered(versioned("outbox", {"rows": rows, "more": len(found) > limit}))


def replay(
    decision_id: Id,
    effect: Annotated[str, Path(max_length=200)],
    body: Nothing,
    project: Opened,
    caller: Calling,
) -> Response:
    """Have something sent again that was given up on, under the same key and with all its tries.

    Who is accountable and admins may, an author of a work in which they have a role.
    """
    from remit.project.delivering.outbox import replay_dead
    from remit.store.operations.outbox import outgoing

    del body
    found = outgoing(project.store, f"{decision_id}/{effect}")
    caller.require_work(found.work, f"outgoing {found.id}")
    return _replayed(replay_dead(project, (found.id,), by=caller.named()))


def replay_all(body: Nothing, project: Opened, caller: Calling) -> Response:
    """Have all sent again that was given up on."""
    from remit.project.delivering.outbox import replay_dead

    del body
    return _replayed(replay_dead(project, None, by=caller.named()))


def _replayed(done: tuple[Outgoing, ...]) -> Response:
    return answered(versioned("replayed", {"ids": [one.id for one in done]}))


def _shown(one: Outgoing, *, hidden: bool) -> dict[str, Any]:
    found = {"id": one.id, "state": one.state.value, **plain(one)}
    return {**found, "id": None, "effect": None, "fault": None} if hidden else found


def _blind(project: Project, found: Sequence[Outgoing]) -> frozenset[str]:
    """The decisions of what leaves whose item somebody still has to answer."""
    from remit.store.operations.reviewing import reviews_of_decision

    ids = {one.decision_id for one in found}
    return frozenset(id_ for id_ in ids if any(one.waits for one in reviews_of_decision(project.store, id_)))
