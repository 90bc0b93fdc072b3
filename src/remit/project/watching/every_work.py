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
    from remit.store.connections import Store

__all__ = ["advance_project"]


def advance_project(project: Project, store: Store, *, now: datetime) -> int:
    """Take in what is new for every work: deadlines, expiries and stop rules are noticed without any truth.

    A work whose files can't be used at the moment is passed over.  Says how many things came of it.
    """
    from remit.runtime.watching.outcomes import apply_stop_rule

    n = 0
    for id_ in project.work_ids:
        work = project.work(id_)
        with suppress(InvalidInput):
            with store.writing() as writing:
                changes = advance_work(work, writing)
                n += len(changes)
                n += apply_stop_rule(writing, work.definition, by="remit", now=now) is not None
            if changes:
                mirror_grants(work)
    return n
