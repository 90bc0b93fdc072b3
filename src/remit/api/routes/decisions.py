"""Deciding one item, and reading what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Header, Path
from starlette.responses import Response

from remit.api.answers import Calling, Opened, Serving, answered
from remit.api.shapes import Deciding
from remit.errors import Location, NotFound, RequestInvalid
from remit.items import JsonObject, Route
from remit.project import Project
from remit.report.documents import decision_document, plain
from remit.report.shown import as_shown
from remit.reviews import Review, ReviewKind
from remit.store.decisions import DecisionRecord

__all__ = ["decide", "decided_document", "read"]

Id = Annotated[str, Path(max_length=64)]


async def decide(
    work: str,
    body: Deciding,
    project: Opened,
    service: Serving,
    caller: Calling,
    idempotency_key: Annotated[str | None, Header(max_length=512)] = None,
) -> Response:
    """Decide one item with the level that counts now, and record it before answering.

    `200` is the decision. `202` says that a person has to decide: ask again at `Location`, or name a sender as
    `callback`. The same key with the same input gives the same decision.
    """
    key = _key(body.key, idempotency_key)
    settled = await service.decide(
        project, work, body.input, key=key, actor=caller.name, executor=body.executor, callback=body.callback
    )
    opened = () if settled.review is None else (settled.review,)
    document = decided_document(project, settled.record, opened, to_asker=True)
    document["repeated"] = settled.repeated
    if not document["waiting"]:
        return answered(document)
    return answered(
        document, status=202, headers={"Location": f"/v1/decisions/{settled.record.id}", "Retry-After": "5"}
    )


def read(decision_id: Id, project: Opened, caller: Calling) -> Response:
    """What became of one item. A service reads only what it asked for itself."""
    from remit.store.decisions import decision
    from remit.store.operations.reviewing import reviews_of_decision

    record = decision(project.store, decision_id)
    caller.require_work(record.work, f"decision {decision_id}")
    asked = record.actor == caller.name
    if caller.roles == {"service"} and not asked:
        raise NotFound(f"there is no decision {decision_id}")
    to_asker = asked and "reviewer" not in caller.roles
    reviews = reviews_of_decision(project.store, record.id)
    return answered(decided_document(project, record, reviews, to_asker=to_asker))


def decided_document(
    project: Project, record: DecisionRecord, reviews: Sequence[Review], *, to_asker: bool
) -> dict[str, Any]:
    """What became of an item, as far as whoever asks may see it."""
    shown = as_shown(record.decision, reviews, to_asker=to_asker)
    asked = [one for one in reviews if one.kind is ReviewKind.REVIEW]
    waiting = any(one.waits for one in asked)
    made = decision_document(
        shown.decision,
        work=record.work,
        key=record.key,
        executor=record.executor,
        review=asked[-1].id if asked else None,
    )
    head = {"remit": made.pop("remit"), "kind": made.pop("kind"), "id": record.id, "at": plain(record.at)}
    output = None if waiting else _output(project, record, asked, hidden=shown.hidden)
    return {**head, **made, "waiting": waiting, "output": output}


def _output(project: Project, record: DecisionRecord, asked: Sequence[Review], *, hidden: bool) -> JsonObject | None:
    """The output that counts now: what was acted on, or what a person decided; None where there is none."""
    from remit.store.reviews import review_output

    if record.decision.route is Route.ACT:
        answer = record.decision.answer
        return None if hidden or answer is None else answer.output
    return review_output(project.store, asked[-1]) if asked else None


def _key(in_body: str | None, in_header: str | None) -> str | None:
    if in_body is not None and in_header is not None and in_body != in_header:
        raise RequestInvalid(
            "the item has two keys",
            where=Location(path="key"),
            expected="one key, in the body or in Idempotency-Key",
            found=f"{in_body[:60]} and {in_header[:60]}",
            mend="send one of them",
        )
    return in_body if in_body is not None else in_header
