"""What somebody is told about the evidence, and when that is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from remit.runtime.watching.advance import REMIT, Change, ChangeKind
from remit.store.connections import Writing
from remit.store.operations.alerts import AlertKind, raise_alert, settle_open

__all__ = ["STOP_RULE", "alarming", "given_anew", "stop_rule_alert"]

STOP_RULE = AlertKind.STOP_RULE
"""The kind of the alert about a stop rule that fired; it is about the work itself."""

_OF_A_LEVEL = (AlertKind.WARNING, AlertKind.GRANT_ENDS, AlertKind.MAY_PROMOTE)
_OF_A_FALL = (AlertKind.DEMOTED, AlertKind.CRITICAL_FAILURE)


def alarming(*, contact: str | None, new_id: Callable[[], str]) -> Callable[[Writing, Change, datetime], None]:
    """What to do with every change of the evidence: raise the alert that it is, settle those that it ends.

    Args:
        contact: whom the definition names.
        new_id: gives a new id.
    """

    def tell(writing: Writing, change: Change, now: datetime) -> None:
        _settle(writing, change.work, change.executor, _ended(change.kind), by=REMIT, now=now)
        if change.alarms:
            raise_alert(
                writing,
                id=new_id(),
                work=change.work,
                kind=AlertKind(change.kind.value),
                about=change.executor,
                text=f"{change.work}, {change.executor}: {change.sentence}",
                contact=contact,
                now=now,
            )

    return tell


def given_anew(writing: Writing, *, work: str, executor: str, by: str, now: datetime) -> None:
    """A person gave a level, or took it: what was told about the one before is seen to."""
    _settle(writing, work, executor, (*_OF_A_LEVEL, *_OF_A_FALL), by=by, now=now)


def stop_rule_alert(
    writing: Writing, *, work: str, fired: str | None, contact: str | None, new_id: Callable[[], str], now: datetime
) -> None:
    """Tell that the stop rule fired, by what it says then; None: the rule as it is written now did not."""
    if fired is None:
        settle_open(writing, work=work, kinds=(STOP_RULE,), about="", by=REMIT, now=now)
        return
    raise_alert(
        writing,
        id=new_id(),
        work=work,
        kind=STOP_RULE,
        about="",
        text=f"{work}: the stop rule of the intent fired: {fired}",
        contact=contact,
        now=now,
    )


def _ended(kind: ChangeKind) -> tuple[AlertKind, ...]:
    match kind:
        case ChangeKind.SETTLED:
            return (AlertKind.WARNING,)
        case ChangeKind.RENEWED:
            return (AlertKind.GRANT_ENDS,)
        case ChangeKind.DEMOTED:
            return _OF_A_LEVEL
        case _:
            return ()


def _settle(
    writing: Writing, work: str, executor: str, kinds: tuple[AlertKind, ...], *, by: str, now: datetime
) -> None:
    settle_open(writing, work=work, kinds=kinds, about=executor, by=by, now=now)
