"""Work definitions, how ready they are, and who may do what for them now."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from starlette.responses import Response

from remit.api.answers import Calling, Opened, answered
from remit.definition.levels import Level
from remit.report.documents import plain, readiness_document, versioned

__all__ = ["autonomy", "grants", "list_all", "read", "readiness"]


def list_all(project: Opened, caller: Calling) -> Response:
    """The work definitions of the project."""
    works = [one for one in project.work_ids if caller.work in (None, one)]
    return answered(versioned("definitions", {"definitions": [_line(project.work(one)) for one in works]}))


def read(work: str, project: Opened) -> Response:
    """One work definition as data, with its digest."""
    from remit.definition.digests import as_json, definition_digest, evidence_digest

    definition = project.work(work).definition
    return answered(
        versioned(
            "definition",
            {
                "id": work,
                "digest": definition_digest(definition),
                "evidence_digest": evidence_digest(definition),
                "definition": as_json(definition),
            },
        )
    )


def readiness(
    work: str,
    project: Opened,
    for_level: Annotated[Level | None, Query(alias="for")] = None,
    executor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """Readiness: every rule with its findings, and what each level still needs."""
    return answered(readiness_document(project.work(work).check(for_level=for_level, executor=executor)))


def grants(work: str, project: Opened) -> Response:
    """Every grant that was ever given for a work, oldest first."""
    from remit.store.grants import grants_of

    found = project.work(work)
    return answered(versioned("grants", {"work": found.id, "grants": plain(grants_of(project.store, found.id))}))


def autonomy(work: str, project: Opened) -> Response:
    """Which level counts for each executor now, and why; and what is stopped."""
    from remit.project.serving.autonomy import autonomy_now

    return answered(versioned("autonomy", plain(autonomy_now(project.work(work)))))


def _line(work: Any) -> dict[str, Any]:
    definition = work.readable_definition()
    return {
        "id": work.id,
        "title": None if definition is None else definition.title,
        "usable": definition is not None,
    }
