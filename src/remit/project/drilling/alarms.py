"""The drill of the alarm in a project: it leaves by the way that every alert takes, and is settled once it left."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from remit.errors import NotEnough
from remit.project.operating import measure_operation
from remit.project.people import who

if TYPE_CHECKING:
    from remit.project.work import Work
    from remit.runtime.drilling.alarming import AlarmDrilled

__all__ = ["drill_alarm"]

_ROUND_S = 15.0
_MOST = 200


def drill_alarm(work: Work, *, executor: str | None, by: str | None) -> AlarmDrilled:
    """Break the error budget on a copy of the monitor, and see whether the alert of it leaves.

    The alert is sent by the sender that ``alerts`` of remit.yaml names, in a round like those of the sweeper: whatever
    else is due leaves too.  An alert that does not leave stays open, and the sweeper goes on trying.

    Args:
        work: the work.
        executor: whose monitor is copied; where none is named, that of the one with the highest level.
        by: who does it.

    Raises:
        NotFound: there is no such executor.
        NotEnough: the work has no error budget.
    """
    from remit.project.delivering.outbox import Postroom, contact_of
    from remit.runtime.drilling.alarming import drill_alarm
    from remit.store.operations.alerts import open_alerts, settle_alert

    project, ambient = work.project, work.project.ambient
    person = who(project, by)
    definition = work.definition
    budget = definition.autonomy.error_budget if definition.autonomy is not None else None
    if budget is None:
        raise NotEnough(
            f"`{work.id}` has no error budget, so nothing can break it",
            expected="autonomy.error_budget",
            found="none",
            mend="write which share of what is acted on may be wrong",
        )
    if executor is not None:
        work.executor_file(executor)  # refuses a name that nobody has
    whose = executor if executor is not None else _highest(work)
    found = drill_alarm(
        project.store,
        work=work.id,
        executor=whose,
        budget=budget,
        delta=definition.quality.delta if definition.quality is not None else 0.05,
        contact=contact_of(project, work.id),
        by=person.id,
        drill=ambient.new_id(),
        alert=ambient.new_id(),
        now=ambient.now(),
    )
    with Postroom(project) as postroom:
        postroom.deliver(seconds=_ROUND_S, most=_MOST)
    one = next(alert for alert in open_alerts(project.store) if alert.id == found.alert)
    if one.sent_at is None:
        found = replace(found, fault=_why(work, one.fault))
    else:
        found = replace(found, seconds=(one.sent_at - found.at).total_seconds())
        with project.store.writing() as writing:
            settle_alert(writing, one.id, by=person.id, now=ambient.now())
    measure_operation(work)
    return found


def _why(work: Work, fault: str | None) -> str:
    alerts = work.project.file.alerts
    if alerts is None:
        return "remit.yaml names no sender of alerts"
    return fault if fault is not None else f"the sender {alerts.sender} did not come to it"


def _highest(work: Work) -> str | None:
    """The executor with the highest level; None where nobody was granted one."""
    from remit.project.watching.watched import watched_executors
    from remit.store.grants import grant_now

    store = work.project.store
    held = [grant_now(store, work=work.id, executor=one) for one in watched_executors(store, work.id)]
    best = max((one for one in held if one is not None), key=lambda one: one.level.rank, default=None)
    return None if best is None else best.executor
