"""Deliver what is due: taken under a lease, sent outside any transaction, recorded.

At least once: whoever is killed between sending and recording leaves a row whose lease runs out, and the next one sends
it again under the same key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from remit.runtime.delivering.letter import Sender, Tried, alert_letter, letter
from remit.runtime.delivering.retry import MOST_TRIES, next_try
from remit.store.connections import Store
from remit.store.operations.alerts import (
    AlertKind,
    alert_failed,
    alert_sent,
    open_alerts,
    raise_alert,
    settle_open,
    take_due_alert,
)
from remit.store.operations.outbox import (
    Outgoing,
    OutgoingState,
    content_of,
    outgoing_in,
    record_failed,
    record_sent,
    sender_names,
    take_due,
)

__all__ = ["ALERT_KIND", "UNUSABLE_KIND", "Courier", "Delivered", "deliver_due"]

ALERT_KIND = AlertKind.NOT_DELIVERED
"""The kind of the alerts about what was given up on: each sender has at most one open."""

UNUSABLE_KIND = AlertKind.SENDER_UNUSABLE
"""The kind of the alerts about senders that something is due for and that can't be used."""

_LEASE_MORE = timedelta(seconds=30)
_MOST_FAULTS_IN_A_ROW = 3
_ROUND_S = 5.0
_MOST = 1000
_REMIT = "remit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    """Who delivers, and with what.

    ``senders`` are those that can be used, ``unusable`` says in one sentence why others can't.  ``holder`` is the name
    under which leases are held, one for each worker.  ``alert_sender`` sends alerts; None: they wait to be looked at.
    ``contact_of`` says whom a work names for its alerts.
    """

    senders: Mapping[str, Sender]
    unusable: Mapping[str, str]
    holder: str
    alert_sender: str | None
    clock: Callable[[], datetime]
    draw: Callable[[], float]
    new_id: Callable[[], str]
    contact_of: Callable[[str], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What one round came to.

    Of effects and answers ``n_sent`` arrived, ``n_failed`` tries failed and are made again, ``n_dead`` were given up
    on.  ``n_alerts`` alerts arrived, of ``n_alerts_failed`` the try failed.  ``waiting`` says why a sender that
    something is due for sends nothing.
    """

    n_sent: int
    n_failed: int
    n_dead: int
    n_alerts: int
    n_alerts_failed: int
    waiting: Mapping[str, str]

    @property
    def n(self) -> int:
        """How many tries there were."""
        return self.n_sent + self.n_failed + self.n_dead + self.n_alerts + self.n_alerts_failed


class _Step(StrEnum):
    NOTHING = "nothing"
    SENT = "sent"
    FAILED = "failed"
    DEAD = "dead"
    ALERT = "alert"
    ALERT_FAILED = "alert failed"


def deliver_due(store: Store, courier: Courier, *, seconds: float = _ROUND_S, most: int = _MOST) -> Delivered:
    """Send what is due, each sender in its turn, until nothing is, or the round is over.

    A sender that fails three times in a row rests until the next round, so that one which is down or hangs holds up
    the others for three of its timeouts at most.

    Args:
        store: the store.
        courier: who delivers.
        seconds: after how long no further try begins.
        most: after how many tries the round is over.
    """
    over = courier.clock() + timedelta(seconds=seconds)
    counts: Counter[_Step] = Counter()
    faults: Counter[str] = Counter()
    waiting = _waiting(store, courier)
    turns: dict[str, Callable[[], _Step]] = {
        name: _turn(store, courier, sender) for name, sender in courier.senders.items()
    }
    alert_sender = None if courier.alert_sender is None else courier.senders.get(courier.alert_sender)
    if alert_sender is not None:
        turns[""] = _alert_turn(store, courier, alert_sender)
    while turns and counts.total() < most and courier.clock() < over:
        for name, turn in tuple(turns.items()):
            step = turn()
            faults[name] = faults[name] + 1 if step in (_Step.FAILED, _Step.ALERT_FAILED) else 0
            if step is _Step.NOTHING or faults[name] >= _MOST_FAULTS_IN_A_ROW:
                del turns[name]
            if step is not _Step.NOTHING:
                counts[step] += 1
            if counts.total() >= most or courier.clock() >= over:
                break
    return Delivered(
        n_sent=counts[_Step.SENT],
        n_failed=counts[_Step.FAILED],
        n_dead=counts[_Step.DEAD],
        n_alerts=counts[_Step.ALERT],
        n_alerts_failed=counts[_Step.ALERT_FAILED],
        waiting=waiting,
    )


def _turn(store: Store, courier: Courier, sender: Sender) -> Callable[[], _Step]:
    def once() -> _Step:
        now = courier.clock()
        with store.writing() as writing:
            one = take_due(writing, sender=sender.name, holder=courier.holder, until=_until(sender, now), now=now)
        if one is None:
            return _Step.NOTHING
        return _record(store, courier, one, _try(store, sender, one))

    return once


def _try(store: Store, sender: Sender, one: Outgoing) -> Tried:
    if one.n_tries > MOST_TRIES:
        return Tried(fault="every try ended the worker that made it", again=False)
    content = content_of(store, one)
    if content is None:
        return Tried(fault="its content was erased", again=False)
    return sender.send(letter(one, content, with_input=sender.wants_input))


def _record(store: Store, courier: Courier, one: Outgoing, tried: Tried) -> _Step:
    now = courier.clock()
    with store.writing() as writing:
        if tried.fault is None:
            record_sent(writing, one, now=now)
            return _Step.SENT
        due_at = None
        if tried.again and one.n_tries < MOST_TRIES:
            due_at = now + next_try(one.n_tries, draw=courier.draw(), asked_s=tried.asked_s)
        held = record_failed(writing, one, holder=courier.holder, why=tried.fault, due_at=due_at, now=now)
        if due_at is not None or not held:
            return _Step.FAILED
        raise_alert(
            writing,
            id=courier.new_id(),
            work=one.work,
            kind=ALERT_KIND,
            about=one.sender or "",
            text=f"{one.id} was given up on ({tried.fault}): `remit outbox list --dead` shows all that were",
            contact=courier.contact_of(one.work),
            now=now,
        )
    return _Step.DEAD


def _alert_turn(store: Store, courier: Courier, sender: Sender) -> Callable[[], _Step]:
    def once() -> _Step:
        now = courier.clock()
        with store.writing() as writing:
            alert = take_due_alert(writing, until=_until(sender, now), most=MOST_TRIES, now=now)
        if alert is None:
            return _Step.NOTHING
        tried = sender.send(alert_letter(alert))
        now = courier.clock()
        with store.writing() as writing:
            if tried.fault is None:
                alert_sent(writing, alert, now=now)
                return _Step.ALERT
            wait = next_try(alert.n_tries, draw=courier.draw(), asked_s=tried.asked_s)
            alert_failed(writing, alert, why=tried.fault, due_at=now + wait)
        return _Step.ALERT_FAILED

    return once


def _waiting(store: Store, courier: Courier) -> dict[str, str]:
    """Why nothing is sent for senders that something is due for; an alert is raised for each, and closed afterwards."""
    found: dict[str, Outgoing] = {}
    now = courier.clock()
    for name in sender_names(store):
        if name not in courier.senders:
            waits = outgoing_in(store, OutgoingState.WAITING, n=1, sender=name)
            if waits and waits[0].due_at is not None and waits[0].due_at <= now:
                found[name] = waits[0]
    said = {name: courier.unusable.get(name, f"remit.yaml has no sender `{name}`") for name in found}
    known = {(alert.work, alert.about) for alert in open_alerts(store) if alert.kind == UNUSABLE_KIND}
    for work, name in known:
        if name not in found:  # it can be used again, or nothing is due for it any more
            with store.writing() as writing:
                settle_open(writing, work=work, kinds=(UNUSABLE_KIND,), about=name, by=_REMIT, now=now)
    for name, one in found.items():
        if (one.work, name) not in known:
            with store.writing() as writing:
                raise_alert(
                    writing,
                    id=courier.new_id(),
                    work=one.work,
                    kind=UNUSABLE_KIND,
                    about=name,
                    text=f"nothing is sent by `{name}`: {said[name]}",
                    contact=courier.contact_of(one.work),
                    now=now,
                )
    return said


def _until(sender: Sender, now: datetime) -> datetime:
    return now + 2 * sender.timeout + _LEASE_MORE
