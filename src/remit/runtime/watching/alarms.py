"""What somebody is told about the evidence, and when that is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from remit.runtime.watching.advance import REMIT, Change, ChangeKind
from remit.store.connections import Writing
from remit.store.operations.alerts import raise_alert, settle_open

__all__ = ["STOP_RULE", "alarming", "given_anew", "stop_rule_alert"]

STOP_RULE = "stop rule"
"""The kind of the alert about a stop rule that fired; it is about the work itself."""

_OF_A_LEVEL = (ChangeKind.WARNED.value, ChangeKind.ENDING.value, ChangeKind.MAY_PROMOTE.value)
_OF_A_FALL = (ChangeKind.DEMOTED.value, ChangeKind.CRITICAL.value)


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
                kind=change.kind.value,
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


def _ended(kind: ChangeKind) -> tuple[str, ...]:
    match kind:
        case ChangeKind.SETTLED:
            return (ChangeKind.WARNED.value,)
        case ChangeKind.RENEWED:
            return (ChangeKind.ENDING.value,)
        case ChangeKind.DEMOTED:
            return _OF_A_LEVEL
        case _:
            return ()


def _settle(writing: Writing, work: str, executor: str, kinds: tuple[str, ...], *, by: str, now: datetime) -> None:
    settle_open(writing, work=work, kinds=kinds, about=executor, by=by, now=now)
