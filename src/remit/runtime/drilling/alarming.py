"""The drill of the alarm: a copy of the monitor sees nothing but errors, and the alert it leads to has to leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from remit.errors import NotEnough
from remit.runtime.drilling.record import record_drill_in
from remit.runtime.watching import evidence_now
from remit.stats.watch.monitor import ErrorMonitor
from remit.store.connections import Reader, Store
from remit.store.operations.alerts import AlertKind, raise_alert

__all__ = ["ALERT_KIND", "AlarmDrilled", "drill_alarm", "monitor_copy", "wrong_until_alarm"]

ALERT_KIND = AlertKind.DRILL
"""The kind of the alerts that drills raise."""

MOST_WRONG = 10_000
"""How many wrong items the copy is fed at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmDrilled:
    """What the drill came to.

    ``n_wrong`` wrong items in a row made the copy of the monitor alarm.  ``alert`` left for ``contact`` after
    ``seconds``; None: it waits, because of ``fault``.
    """

    work: str
    executor: str | None
    at: datetime
    n_wrong: int
    alert: str
    contact: str | None
    seconds: float | None = None
    fault: str | None = None


def monitor_copy(reader: Reader, *, work: str, executor: str | None, budget: float, delta: float) -> ErrorMonitor:
    """A copy of the monitor of an executor as it stands; a new one where none watches it, or where it alarms already.

    What is fed to it changes nothing that is kept.
    """
    evidence = None if executor is None else evidence_now(reader, work=work, executor=executor)
    kept = None if evidence is None else evidence.to_json()["monitor"]
    copy = None if kept is None else ErrorMonitor.from_json(kept)
    return ErrorMonitor(budget, delta) if copy is None or copy.state.alarm else copy


def wrong_until_alarm(monitor: ErrorMonitor) -> int:
    """How many audited items in a row have to be wrong until ``monitor`` alarms.

    Raises:
        NotEnough: it does not, whatever is fed to it.
    """
    for n in range(1, MOST_WRONG + 1):
        if monitor.update(wrong=True).alarm:
            return n
    raise NotEnough(
        f"{MOST_WRONG:,} wrong items in a row raise no alarm",
        expected="a budget that can be broken",
        found=f"a budget of {monitor.budget:g}",
        mend="look at autonomy.error_budget",
    )


def drill_alarm(
    store: Store,
    *,
    work: str,
    executor: str | None,
    budget: float,
    delta: float,
    contact: str | None,
    by: str,
    drill: str,
    alert: str,
    now: datetime,
) -> AlarmDrilled:
    """Feed a copy of the monitor until it alarms, raise the alert for it, and record both in one transaction.

    Args:
        store: the store.
        work: whose alarm it is.
        executor: whose monitor is copied; None: a new monitor.
        budget: the error budget, in (0, 1).
        delta: the chance of a false alarm that the definition allows, in (0, 1).
        contact: whom the work names for its alerts.
        by: who does it.
        drill: a new and unique id.
        alert: another one.
        now: the time.

    Raises:
        NotEnough: nothing makes the monitor alarm.
    """
    n_wrong = wrong_until_alarm(monitor_copy(store, work=work, executor=executor, budget=budget, delta=delta))
    whose = "" if executor is None else f" of {executor}"
    with store.writing() as writing:
        raise_alert(
            writing,
            id=alert,
            work=work,
            kind=ALERT_KIND,
            about=drill,
            text=f"this is a drill, nothing is wrong: a copy of the monitor{whose} was shown {n_wrong} wrong items and "
            "alarmed",
            contact=contact,
            now=now,
        )
        record_drill_in(
            writing,
            work=work,
            drill=drill,
            what="alarm",
            by=by,
            now=now,
            found={"executor": executor, "n_wrong": n_wrong, "alert": alert, "contact": contact},
        )
    return AlarmDrilled(work=work, executor=executor, at=now, n_wrong=n_wrong, alert=alert, contact=contact)
