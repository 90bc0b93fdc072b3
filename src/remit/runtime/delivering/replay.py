"""A person has something sent again that was given up on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from remit.errors import Conflict
from remit.items import Json
from remit.ledger import LedgerKind
from remit.runtime.delivering.deliver import ALERT_KIND
from remit.store.connections import Store, Writing
from remit.store.operations.acts import add_act
from remit.store.operations.alerts import settle_open
from remit.store.operations.outbox import Outgoing, OutgoingState, outgoing, outgoing_in, send_again

__all__ = ["replay", "replay_all"]

_PAGE = 500


def replay(store: Store, ids: Sequence[str], *, by: str, now: datetime) -> tuple[Outgoing, ...]:
    """Have these sent again, with all their tries and under the same keys; all of them or none. It is recorded.

    Raises:
        NotFound: nothing leaves under one of these keys.
        Conflict: one of them was not given up on.
    """
    with store.writing() as writing:
        found = [outgoing(writing, one) for one in dict.fromkeys(ids)]
        for one in found:
            if one.state is not OutgoingState.DEAD:
                raise Conflict(
                    f"{one.id} was not given up on",
                    expected="something that `remit outbox list --dead` shows",
                    found=one.state.value,
                    mend="only what was given up on is sent again by hand",
                )
        for one in found:
            _again(writing, one, by=by, now=now)
    return tuple(found)


def replay_all(store: Store, *, by: str, now: datetime) -> tuple[Outgoing, ...]:
    """Have all that was given up on sent again, 500 a transaction. It is recorded, one by one."""
    done: list[Outgoing] = []
    while True:
        with store.writing() as writing:
            found = outgoing_in(writing, OutgoingState.DEAD, n=_PAGE)
            for one in found:
                _again(writing, one, by=by, now=now)
        done += found
        if len(found) < _PAGE:
            return tuple(done)


def _again(writing: Writing, one: Outgoing, *, by: str, now: datetime) -> None:
    send_again(writing, one, now=now)
    settle_open(writing, work=one.work, kinds=(ALERT_KIND,), about=one.sender or "", by=by, now=now)
    body: dict[str, Json] = {"what": "sent again", "sender": one.sender, "tries": one.n_tries, "fault": one.fault}
    add_act(writing, work=one.work, at=now, by=by, kind=LedgerKind.DELIVERY, subject=one.id, body=body)
