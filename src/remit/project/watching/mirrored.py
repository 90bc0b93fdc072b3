"""The grants that are held now, mirrored for ``remit check``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remit.definition.levels import Level
from remit.project.state.mirror import mirror
from remit.project.watching.watched import mirror_autonomy
from remit.readiness.facts import GrantFact

if TYPE_CHECKING:
    from remit.project.work import Work

__all__ = ["mirror_grants"]


def mirror_grants(work: Work) -> None:
    """Mirror the grants that are held now."""
    from remit.store.grants import grants_of

    newest = {one.executor: one for one in sorted(grants_of(work.project.store, work.id), key=lambda g: g.granted_at)}
    held = tuple(
        GrantFact(executor=one.executor, level=one.level, granted_at=one.granted_at, until=one.until)
        for one in newest.values()
        if one.level is not Level.MANUAL
    )
    mirror(work, grants=held)
    mirror_autonomy(work)
