"""Let the evidence speak for every work of a project: what the sweeper does."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from remit.errors import InvalidInput
from remit.project.watching.mirrored import mirror_grants
from remit.project.watching.watched import advance_work

if TYPE_CHECKING:
    from remit.project.folder import Project
    from remit.project.work import Work
    from remit.store.connections import Store, Writing

__all__ = ["advance_project", "hold_stop_rule"]


def advance_project(project: Project, store: Store, *, now: datetime) -> int:
    """Take in what is new for every work: deadlines, expiries and stop rules are noticed without any truth.

    A work whose files can't be used at the moment is passed over.  Says how many things came of it.
    """
    n = 0
    for id_ in project.work_ids:
        work = project.work(id_)
        with suppress(InvalidInput):
            with store.writing() as writing:
                changes = advance_work(work, writing)
                n += len(changes)
                fired = hold_stop_rule(work, writing, by="remit", now=now)
                n += fired
            if changes or fired:
                mirror_grants(work)
    return n


def hold_stop_rule(work: Work, writing: Writing, *, by: str, now: datetime) -> bool:
    """Hold the latest value of the measure against the stop rule, and tell where it fires; whether it did just now."""
    from remit.runtime.watching.alarms import stop_rule_alert
    from remit.runtime.watching.outcomes import apply_stop_rule, stop_rule_now

    definition, ambient = work.definition, work.project.ambient
    act = apply_stop_rule(writing, definition, by=by, now=now)
    stands = stop_rule_now(writing, definition)
    is_over = stands is None or stands.fired_at is None
    if act is not None or is_over:
        stop_rule_alert(
            writing,
            work=work.id,
            fired=None if act is None else str(act.body["then"]),
            contact=None if definition.observe is None else definition.observe.alert,
            new_id=ambient.new_id,
            now=now,
        )
    return act is not None
