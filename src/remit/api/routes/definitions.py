"""Work definitions, how ready they are, and who may do what for them now."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query
from starlette.responses import Response

from remit.api.answers import Calling, Opened, answered
from remit.definition.levels import Level
from remit.errors import NotFound
from remit.report.documents import plain, readiness_document, versioned

__all__ = ["autonomy", "grants", "list_all", "plan", "proof", "proofs", "read", "readiness"]


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
    """Who holds which level since when, what was seen, and what the next one still needs, in numbers.

    Nothing is written by it: it says how things stood when the sweeper, or whoever wrote a truth, last took in what is
    new. What may be acted on is looked at anew for every item, whatever is said here.
    """
    return answered(versioned("autonomy", plain(project.work(work).autonomy(take_in=False))))


def plan(
    work: str,
    project: Opened,
    executor: Annotated[str | None, Query(max_length=200)] = None,
    rate: Annotated[float | None, Query(ge=0, le=1)] = None,
    coverage: Annotated[float | None, Query(ge=0, le=1)] = None,
) -> Response:
    """How many cases, audits and days until which claim could be made. Nothing is spent by it."""
    return answered(versioned("plan", plain(project.work(work).plan(executor, rate=rate, coverage=coverage))))


def proofs(work: str, project: Opened) -> Response:
    """Every proof run of a work, oldest first; `n` is its number here."""
    from remit.store.proofs import proofs_of

    found = proofs_of(project.store, project.work(work).id)
    shown = [{"n": n, **plain(one)} for n, one in enumerate(found, start=1)]
    return answered(versioned("proofs", {"work": work, "proofs": shown}))


def proof(work: str, n: Annotated[int, Path(ge=1)], project: Opened) -> Response:
    """The document of one proof, exactly as it was stored: its digest holds."""
    from remit.store.proofs import proof_document, proofs_of

    found = proofs_of(project.store, project.work(work).id)
    text = proof_document(project.store, found[n - 1]) if n <= len(found) else None
    if text is None:
        raise NotFound(
            f"there is no finished proof {n} of `{work}`",
            expected=f"1 to {len(found)}" if found else "a proof",
            mend="GET /v1/definitions/ID/proofs lists them",
        )
    return Response(text, media_type="application/json")


def _line(work: Any) -> dict[str, Any]:
    definition = work.readable_definition()
    return {
        "id": work.id,
        "title": None if definition is None else definition.title,
        "usable": definition is not None,
    }
