"""Silence is a failure too: fewer items than a work expects in a day, or more, raise an alert."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from remit.definition.model import Definition
from remit.store.connections import Store
from remit.store.figures.volume import first_item_at, items_since, looked_at, note_look
from remit.store.operations.alerts import AlertKind, raise_alert, settle_open

__all__ = ["VOLUME_KIND", "check_volume"]

VOLUME_KIND = AlertKind.VOLUME

_DAY = timedelta(hours=24)
_BETWEEN_LOOKS = timedelta(hours=1)


def check_volume(store: Store, definition: Definition, *, now: datetime, new_id: Callable[[], str]) -> bool:
    """Hold the items of the last 24 hours against ``observe.volume_between``; whether an alert was raised.

    It looks once an hour, and not before the first full day since the first item.

    Cost: where a look is due, the items of one day; else one row.
    """
    observe = definition.observe
    if observe is None or observe.volume_between is None:
        return False
    work = definition.id
    last = looked_at(store, work=work)
    if last is not None and timedelta(0) <= now - last < _BETWEEN_LOOKS:
        return False
    first = first_item_at(store, work=work)
    if first is None or now - first < _DAY:
        return False
    n = items_since(store, work=work, since=now - _DAY)
    fewest, most = observe.volume_between
    about = "too few" if n < fewest else "too many" if n > most else None
    with store.writing() as writing:
        note_look(writing, work=work, at=now)
        for over in {"too few", "too many"} - {about}:
            settle_open(writing, work=work, kinds=(VOLUME_KIND,), about=over, by="remit", now=now)
        if about is None:
            return False
        return raise_alert(
            writing,
            id=new_id(),
            work=work,
            kind=VOLUME_KIND,
            about=about,
            text=f"{about} items: {n:,} in the last 24 hours, {fewest:,g} to {most:,g} are expected",
            contact=observe.alert,
            now=now,
        )
