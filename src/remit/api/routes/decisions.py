"""Deciding one item, and reading what became of it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Header, Path
from starlette.responses import Response

from remit.api.answers import Calling, Opened, Serving, answered
from remit.api.shapes import Deciding
from remit.errors import ItemInvalid, Location, NotFound
from remit.items import JsonObject, Route
from remit.project import Project
from remit.report.documents import decision_document
from remit.report.shown import as_shown
from remit.reviews import Review, ReviewKind, ReviewState
from remit.store.decisions import DecisionRecord

__all__ = ["decide", "read"]

Id = Annotated[str, Path(max_length=64)]


async def decide(
    work: str,
    body: Deciding,
    service: Serving,
    caller: Calling,
    idempotency_key: Annotated[str | None, Header(max_length=512)] = None,
) -> Response:
    """Decide one item with the level that counts now, and record it before answering.

    `200` is the decision. `202` says that a person has to decide: ask again at `Location`. The same key with the same
    input gives the same decision.
    """
    key = _key(body.key, idempotency_key)
    settled = await service.decide(work, body.input, key=key, actor=caller.name, executor=body.executor)
    document = _document(service.project, settled.record, settled.review, to_asker=True)
    document["repeated"] = settled.repeated
    if not document["waiting"]:
        return answered(document)
    return answered(
        document, status=202, headers={"Location": f"/v1/decisions/{settled.record.id}", "Retry-After": "5"}
    )


def read(decision_id: Id, project: Opened, caller: Calling) -> Response:
    """What became of one item. A service reads only what it asked for itself."""
    from remit.store.decisions import decision
    from remit.store.reviews import review_of

    record = decision(project.store, decision_id)
    caller.require_work(record.work, f"decision {decision_id}")
    asked = record.actor == caller.name
    if caller.roles == {"service"} and not asked:
        raise NotFound(f"there is no decision {decision_id}")
    to_asker = asked and "reviewer" not in caller.roles
    return answered(_document(project, record, review_of(project.store, record.id), to_asker=to_asker))


def _document(project: Project, record: DecisionRecord, review: Review | None, *, to_asker: bool) -> dict[str, Any]:
    shown = as_shown(record.decision, review, to_asker=to_asker)
    asked = review if review is not None and review.kind is ReviewKind.REVIEW else None
    waiting = asked is not None and asked.state is not ReviewState.DECIDED
    made = decision_document(
        shown.decision,
        work=record.work,
        key=record.key,
        executor=record.executor,
        review=asked.id if asked is not None else None,
    )
    head = {"remit": made.pop("remit"), "kind": made.pop("kind"), "id": record.id, "at": record.at.isoformat()}
    output = None if shown.hidden and asked is None else _output(project, record, asked)
    return {**head, **made, "waiting": waiting, "output": output}


def _output(project: Project, record: DecisionRecord, asked: Review | None) -> JsonObject | None:
    """The output that counts now: what was acted on, or what a person decided; None where there is none yet."""
    from remit.store.reviews import review_output

    answer = record.decision.answer
    if record.decision.route is Route.ACT:
        return answer.output if answer is not None else None
    return None if asked is None else review_output(project.store, asked)


def _key(in_body: str | None, in_header: str | None) -> str | None:
    if in_body is not None and in_header is not None and in_body != in_header:
        raise ItemInvalid(
            "the item has two keys",
            where=Location(path="key"),
            expected="one key, in the body or in Idempotency-Key",
            found=f"{in_body[:60]} and {in_header[:60]}",
            mend="send one of them",
        )
    return in_body if in_body is not None else in_header
