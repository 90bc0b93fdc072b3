"""How all works of a project run, measured anew where the last time is an hour ago: a task of the sweeper."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from remit.errors import DocumentInvalid
from remit.project.operating.measuring import measure_operation
from remit.project.state.mirror import read_mirror

if TYPE_CHECKING:
    from remit.project.folder import Project

__all__ = ["EVERY", "measure_works"]

EVERY = timedelta(hours=1)
"""How often the sweeper measures: what it finds are shares over weeks."""


def measure_works(project: Project, *, now: datetime) -> int:
    """Measure the works that were not measured within the last hour; works whose file can't be read are left out.

    Returns:
        How many were measured.
    """
    n = 0
    for id_ in project.work_ids:
        work = project.work(id_)
        if work.readable_definition() is None:
            continue
        try:
            known = read_mirror(project.state, id_).operation
        except DocumentInvalid:  # derived data: it is made anew
            known = None
        if known is None or not now - EVERY < known.measured_at <= now:
            measure_operation(work)
            n += 1
    return n
