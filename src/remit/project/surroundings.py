"""What executors that call a service are handed of their project."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from remit.executors.remote import Surroundings

if TYPE_CHECKING:
    from remit.executors.remote import Purse
    from remit.project.work import Work

__all__ = ["surroundings_of"]


def surroundings_of(work: Work) -> Surroundings:
    """Clock, settings and purse for the executors of one work; the store is opened at the first call with a cap."""
    project = work.project

    @cache
    def purse() -> Purse:
        from remit.runtime.spending import StoredPurse

        return StoredPurse(lambda: project.store, work=work.id, now=project.ambient.now)

    return Surroundings(
        home=str(project.root.resolve()),
        setting=project.ambient.setting,
        now=project.ambient.now,
        monotonic=project.ambient.monotonic,
        new_id=project.ambient.new_id,
        purse=purse,
    )
