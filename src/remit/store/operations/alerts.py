"""Alerts: what somebody has to look at, once for each thing, until it is settled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from remit.errors import Conflict, NotFound
from remit.ledger import instant_text, read_instant
from remit.store.connections import Reader, Row, Writing
from remit.store.statements import insert_into, prepare
from remit.store.tables import alerts

__all__ = [
    "Alert",
    "AlertKind",
    "alert_failed",
    "alert_of",
    "alert_sent",
    "open_alerts",
    "raise_alert",
    "settle_alert",
    "settle_open",
    "take_due_alert",
]


class AlertKind(StrEnum):
    """What an alert tells; the guide on effects and alerts explains each."""

    VOLUME = "volume"
    NOT_DELIVERED = "not delivered"
    SENDER_UNUSABLE = "sender unusable"
    WARNING = "warning"
    DEMOTED = "demoted"
    CRITICAL_FAILURE = "critical failure"
    MAY_PROMOTE = "may promote"
    GRANT_ENDS = "grant ends"
    STOP_RULE = "stop rule"
    TIME_OUT = "time-out"
    LEDGER_BROKEN = "ledger broken"
    DRILL = "drill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alarm. With ``kind``, ``about`` (a review, an executor, nothing more) tells it from the next of its work.

    ``contact`` is whom the definition names.  ``fault`` is why the last try to send it failed.
    """

    id: str
    work: str
    at: datetime
    kind: str
    about: str
    text: str
    contact: str | None
    settled_at: datetime | None
    settled_by: str | None
    sent_at: datetime | None
    n_tries: int
    due_at: datetime
    fault: str | None


_value = sa.bindparam
_ADD = insert_into(alerts)
_open = alerts.c.settled_at.is_(None)
_SAME = prepare(
    sa.select(alerts).where(
        alerts.c.work == _value("of_work"),
        alerts.c.kind == _value("of_kind"),
        alerts.c.about == _value("of_about"),
        _open,
    )
)
_ONE = prepare(sa.select(alerts).where(alerts.c.id == _value("alert")))
_OPEN = prepare(sa.select(alerts).where(_open).order_by(alerts.c.at, alerts.c.id))
_DUE = prepare(
    sa.select(alerts)
    .where(alerts.c.sent_at.is_(None), alerts.c.due_at <= _value("now"), _open, alerts.c.n_tries < _value("most"))
    .order_by(alerts.c.due_at, alerts.c.id)
    .limit(_value("n"))
    .offset(_value("skip"))
)
_SETTLE = prepare(
    sa.update(alerts).where(alerts.c.id == _value("alert")).values(settled_at=_value("now"), settled_by=_value("by"))
)
_SETTLE_OPEN = prepare(
    sa.update(alerts)
    .where(
        alerts.c.work == _value("of_work"),
        alerts.c.kind == _value("of_kind"),
        alerts.c.about == _value("of_about"),
        _open,
    )
    .values(settled_at=_value("now"), settled_by=_value("by"))
)
_TAKE = prepare(
    sa.update(alerts).where(alerts.c.id == _value("alert")).values(due_at=_value("until"), n_tries=_value("tries"))
)
_SENT = prepare(
    sa.update(alerts)
    .where(alerts.c.id == _value("alert"))
    .values({alerts.c.sent_at: _value("now"), alerts.c.fault: sa.null()})
)
_FAILED = prepare(
    sa.update(alerts)
    .where(alerts.c.id == _value("alert"), alerts.c.sent_at.is_(None), alerts.c.n_tries == _value("tries"))
    .values(fault=_value("why"), due_at=_value("next_due"))
)


def raise_alert(
    writing: Writing,
    *,
    id: str,  # noqa: A002
    work: str,
    kind: AlertKind,
    about: str,
    text: str,
    contact: str | None,
    now: datetime,
) -> bool:
    """Raise an alert, due to be sent at once. False, and nothing changes, while one like it is open.

    Args:
        writing: the transaction in which what it tells became true.
        id: new and unique.
        work: whose alert it is.
        kind: what happened.
        about: what it happened to: a review, an executor; empty where the work itself is meant.
        text: the sentence that somebody reads.
        contact: whom the definition names (``observe.alert``).
        now: the time.
    """
    if writing.rows(_SAME, of_work=work, of_kind=kind.value, of_about=about):
        return False
    at = instant_text(now)
    writing.insert(_ADD, (id, work, at, kind.value, about, text, contact, None, None, None, 0, at, None))
    return True


def alert_of(reader: Reader, alert_id: str) -> Alert:
    """One alert.

    Raises:
        NotFound: there is none of that id.
    """
    found = reader.rows(_ONE, alert=alert_id)
    if not found:
        raise NotFound(f"there is no alert {alert_id}", mend="`remit alerts list` shows those that are open")
    return _alert(found[0])


def settle_alert(writing: Writing, alert_id: str, *, by: str, now: datetime) -> Alert:
    """Somebody saw to it: the alert is closed, and is not sent any more.

    Raises:
        NotFound: there is none of that id.
        Conflict: it is settled.
    """
    known = alert_of(writing, alert_id)
    if known.settled_at is not None:
        raise Conflict(f"alert {alert_id} is settled", found=f"by {known.settled_by}, {known.settled_at.isoformat()}")
    writing.update(_SETTLE, alert=alert_id, now=instant_text(now), by=by)
    return _alert(writing.rows(_ONE, alert=alert_id)[0])


def settle_open(
    writing: Writing, *, work: str, kinds: tuple[AlertKind, ...], about: str, by: str, now: datetime
) -> None:
    """What the alerts told ended by itself, or somebody ended it: those that are open are closed."""
    for kind in kinds:
        writing.update(_SETTLE_OPEN, of_work=work, of_kind=kind.value, of_about=about, now=instant_text(now), by=by)


def open_alerts(reader: Reader) -> tuple[Alert, ...]:
    """The alerts that nobody settled, the oldest first."""
    return tuple(map(_alert, reader.rows(_OPEN)))


def take_due_alert(writing: Writing, *, until: datetime, most: int, now: datetime) -> Alert | None:
    """The open alert that is due longest, with less than ``most`` tries; nobody else takes it before ``until``."""
    found = writing.rows(_DUE, now=instant_text(now), most=most, n=1, skip=0)
    if not found:
        return None
    due = _alert(found[0])
    writing.update(_TAKE, alert=due.id, until=instant_text(until), tries=due.n_tries + 1)
    return _alert(writing.rows(_ONE, alert=due.id)[0])


def alert_sent(writing: Writing, one: Alert, *, now: datetime) -> None:
    """It is sent."""
    writing.update(_SENT, alert=one.id, now=instant_text(now))


def alert_failed(writing: Writing, one: Alert, *, why: str, due_at: datetime) -> None:
    """A try failed; the next one is at ``due_at``. Nothing changes where somebody else tried since."""
    writing.update(_FAILED, alert=one.id, tries=one.n_tries, why=why, next_due=instant_text(due_at))


_COLUMNS = tuple(column.name for column in alerts.c)


def _alert(row: Row) -> Alert:
    columns = dict(zip(_COLUMNS, row, strict=True))
    for name in ("at", "settled_at", "sent_at", "due_at"):
        columns[name] = None if columns[name] is None else read_instant(columns[name])
    return Alert(**columns)
