"""What waits for people, and what they decide."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Header, Path, Query
from starlette.responses import Response

from remit.api.answers import Calling, Opened, answered, require_version
from remit.api.callers import Caller
from remit.api.shapes import Claiming, Reviewing
from remit.errors import ItemInvalid, Location
from remit.items import JsonObject
from remit.project import Project
from remit.project.folder import ReviewCase
from remit.report.documents import plain, versioned
from remit.reviews import Review, ReviewKind, ReviewState
from remit.store.operations.waiting import Place, review_ids

__all__ = ["claim", "decide", "list_page", "read"]

Id = Annotated[str, Path(max_length=64)]
IfMatch = Annotated[str | None, Header(max_length=200)]


def list_page(
    project: Opened,
    caller: Calling,
    work: Annotated[str | None, Query(max_length=200)] = None,
    state: Annotated[ReviewState | None, Query()] = None,
    role: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> Response:
    """Reviews, the oldest first, a page at a time: `next` is the `cursor` of the following page."""
    if work is not None:
        caller.require_work(work, f"work `{work}`")
        work = project.work(work).id
    places = review_ids(
        project.store,
        work=work if work is not None else caller.work,
        state=None if state is None else state.value,
        role=role,
        after=None if cursor is None else _place(cursor),
        n=limit + 1,
    )
    page = places[:limit]
    more = _cursor(page[-1]) if len(places) > limit else None
    shown = [_shown(project.review(one.id)) for one in page]
    return answered(versioned("reviews", {"reviews": shown, "next": more}))


def read(review_id: Id, project: Opened, caller: Calling) -> Response:
    """One review: why it came, the input, and the suggestion where it may be seen. Its `ETag` goes into `If-Match`."""
    return _answered(_found(project, caller, review_id))


def claim(review_id: Id, body: Claiming, project: Opened, caller: Calling, if_match: IfMatch = None) -> Response:
    """Put a review on your desk: nobody else decides it meanwhile."""
    from remit.project.items import claim_review

    found = _found(project, caller, review_id)
    require_version(if_match, found.review.version)
    claim_review(project.work(found.review.work), review_id, by=caller.named(), lasts=timedelta(minutes=body.minutes))
    return _answered(project.review(review_id))


def decide(review_id: Id, body: Reviewing, project: Opened, caller: Calling, if_match: IfMatch = None) -> Response:
    """Decide a review. Your answer passes the same schema and constraints as an executor's."""
    found = _found(project, caller, review_id)
    require_version(if_match, found.review.version)
    output = _output(body, found)
    project.work(found.review.work).decide_review(review_id, by=caller.named(), output=output, comment=body.comment)
    return _answered(project.review(review_id))


def _found(project: Project, caller: Caller, review_id: str) -> ReviewCase:
    found = project.review(review_id)
    caller.require_work(found.review.work, f"review {review_id}")
    return found


def _answered(found: ReviewCase) -> Response:
    return answered(versioned("review", _shown(found)), headers={"ETag": f'"{found.review.version}"'})


def _shown(found: ReviewCase) -> dict[str, Any]:
    one = found.review
    made: dict[str, Any] = plain(one)
    if one.kind is ReviewKind.PLANTED:  # it looks like any other
        made["kind"] = ReviewKind.AUDIT.value
    return {
        **made,
        "kind": "review",
        "review_kind": made["kind"],
        "key": found.record.key,
        "input": plain(found.record.decision.input),
        "suggestion": plain(_suggestion(one, found)),
    }


def _suggestion(one: Review, found: ReviewCase) -> JsonObject | None:
    answer = found.record.decision.answer
    seen = one.ask.shows_answer or one.state is ReviewState.DECIDED
    return answer.output if seen and answer is not None else None


def _output(body: Reviewing, found: ReviewCase) -> JsonObject | None:
    if sum((body.output is not None, body.accept, body.refuse)) != 1:
        raise ItemInvalid(
            "say one of `output`, `accept` and `refuse`",
            where=Location(path="output"),
            expected="one of them",
            found=f"{sum((body.output is not None, body.accept, body.refuse))} of them",
            mend="`output` gives your own answer",
        )
    if not body.accept:
        return body.output
    suggestion = _suggestion(found.review, found)
    if suggestion is None:
        raise ItemInvalid(
            "there is no suggestion to accept",
            where=Location(path="accept"),
            expected="`output` with your own answer",
            found="a review whose answer is hidden or missing",
            mend="look at the item and answer it",
        )
    return suggestion


def _cursor(place: Place) -> str:
    said = json.dumps([place.opened_at, place.id]).encode()
    return base64.urlsafe_b64encode(said).rstrip(b"=").decode()


def _place(cursor: str) -> Place:
    try:
        opened_at, id_ = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
        if isinstance(opened_at, str) and isinstance(id_, str):
            return Place(opened_at=opened_at, id=id_)
    except (ValueError, TypeError):
        pass
    raise ItemInvalid(
        "this is no cursor", where=Location(path="cursor"), expected="`next` of the page before", found=cursor[:60]
    )
