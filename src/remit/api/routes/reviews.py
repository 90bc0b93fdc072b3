"""What waits for people, and what they decide."""

from __future__ import annotations

import base64
import json
from typing import Annotated

from fastapi import Header, Path, Query
from starlette.responses import Response

from remit.api.answers import Calling, Opened, answered, expected_version
from remit.api.callers import Caller
from remit.api.shapes import HandingOn, Nothing, Reviewing, Saying
from remit.errors import Location, RequestInvalid
from remit.items import JsonObject
from remit.project import Project
from remit.report.documents import plain, versioned
from remit.reviews import ReviewKind, ReviewState, ReviewView
from remit.store.figures.waiting import Place, review_ids

__all__ = [
    "answer",
    "ask",
    "audits",
    "claim",
    "decide",
    "later",
    "list_page",
    "next_one",
    "read",
    "reassign",
    "release",
    "undo",
]

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
    """Reviews and audits, the oldest first, a page at a time: `next` is the `cursor` of the following page."""
    return _page(project, caller, "reviews", work=work, state=state, role=role, limit=limit, cursor=cursor)


def audits(
    project: Opened,
    caller: Calling,
    work: Annotated[str | None, Query(max_length=200)] = None,
    state: Annotated[ReviewState | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> Response:
    """Audits: items that software acted on, to be answered without seeing its answer; it is shown once they are."""
    return _page(project, caller, "audits", work=work, state=state, role=None, limit=limit, cursor=cursor)


def _page(
    project: Project,
    caller: Caller,
    what: str,
    *,
    work: str | None,
    state: ReviewState | None,
    role: str | None,
    limit: int,
    cursor: str | None,
) -> Response:
    if work is not None:
        caller.require_work(work, f"work `{work}`")
        work = project.work(work).id
    places = review_ids(
        project.store,
        work=work if work is not None else caller.work,
        state=None if state is None else state.value,
        role=role,
        kind=ReviewKind.AUDIT.value if what == "audits" else None,
        after=None if cursor is None else _place(cursor),
        n=limit + 1,
    )
    page = places[:limit]
    more = _cursor(page[-1]) if len(places) > limit else None
    shown = [plain(project.review_desk.show(one.id)) for one in page]
    return answered(versioned(what, {what: shown, "next": more}))


def read(review_id: Id, project: Opened, caller: Calling) -> Response:
    """One review: why it came, the input, and the suggestion where it may be seen. Its `ETag` goes into `If-Match`."""
    return _answered(_seen(project, caller, review_id))


def next_one(body: Nothing, work: str, project: Opened, caller: Calling) -> Response:
    """Claim the first review of a work that is due and that you may decide; null where nothing waits for you."""
    del body
    found = project.review_desk.next(project.work(work).id, by=caller.named())
    if found is not None:
        return _answered(found)
    return answered(versioned("review", {"review": None}))


def claim(review_id: Id, body: Nothing, project: Opened, caller: Calling, if_match: IfMatch = None) -> Response:
    """Put a review on your desk for 15 minutes: nobody else decides it meanwhile."""
    del body
    seen = expected_version(if_match, _seen(project, caller, review_id).version)
    return _answered(project.review_desk.claim(review_id, by=caller.named(), expected_version=seen))


def release(review_id: Id, body: Nothing, project: Opened, caller: Calling, if_match: IfMatch = None) -> Response:
    """Give a review back."""
    del body
    seen = expected_version(if_match, _seen(project, caller, review_id).version)
    return _answered(project.review_desk.release(review_id, by=caller.named(), expected_version=seen))


def later(review_id: Id, body: Nothing, project: Opened, caller: Calling, if_match: IfMatch = None) -> Response:
    """Put a review off for an hour: others may take it."""
    del body
    seen = expected_version(if_match, _seen(project, caller, review_id).version)
    return _answered(project.review_desk.later(review_id, by=caller.named(), expected_version=seen))


def decide(review_id: Id, body: Reviewing, project: Opened, caller: Calling, if_match: IfMatch = None) -> Response:
    """Decide a review. Your answer passes the same schema and constraints as an executor's."""
    found = _seen(project, caller, review_id)
    seen = expected_version(if_match, found.version)
    project.review_desk.decide(
        review_id,
        by=caller.named(),
        output=_output(body, found),
        comment=body.comment,
        seconds=body.seconds,
        n_edits=body.n_edits,
        expected_version=seen,
    )
    return _answered(project.review_desk.show(review_id))


def ask(review_id: Id, body: Saying, project: Opened, caller: Calling, if_match: IfMatch = None) -> Response:
    """Send a review back with a question."""
    seen = expected_version(if_match, _seen(project, caller, review_id).version)
    return _answered(project.review_desk.ask(review_id, by=caller.named(), text=body.text, expected_version=seen))


def answer(review_id: Id, body: Saying, project: Opened, caller: Calling, if_match: IfMatch = None) -> Response:
    """Answer the question with which a review was sent back."""
    seen = expected_version(if_match, _seen(project, caller, review_id).version)
    return _answered(project.review_desk.answer(review_id, by=caller.named(), text=body.text, expected_version=seen))


def reassign(review_id: Id, body: HandingOn, project: Opened, caller: Calling, if_match: IfMatch = None) -> Response:
    """Hand a review to another role, or to one person for a day."""
    if (body.role is None) == (body.person is None):
        raise RequestInvalid(
            "say to whom it goes",
            where=Location(path="role"),
            expected="one of `role` and `person`",
            found="neither" if body.role is None else "both",
        )
    seen = expected_version(if_match, _seen(project, caller, review_id).version)
    return _answered(
        project.review_desk.reassign(
            review_id,
            by=caller.named(),
            reason=body.reason,
            role=body.role,
            person=body.person,
            expected_version=seen,
        )
    )


def undo(review_id: Id, body: Nothing, project: Opened, caller: Calling, if_match: IfMatch = None) -> Response:
    """Take a decision back within 10 seconds; the item waits in a new review, which is the answer."""
    del body
    seen = expected_version(if_match, _seen(project, caller, review_id).version)
    return _answered(project.review_desk.undo(review_id, by=caller.named(), expected_version=seen))


def _seen(project: Project, caller: Caller, review_id: str) -> ReviewView:
    found = project.review_desk.show(review_id)
    caller.require_work(found.work, f"review {review_id}")
    return found


def _answered(found: ReviewView) -> Response:
    return answered(versioned("review", {"review": plain(found)}), headers={"ETag": f'"{found.version}"'})


def _output(body: Reviewing, found: ReviewView) -> JsonObject | None:
    if sum((body.output is not None, body.accept, body.refuse)) != 1:
        raise RequestInvalid(
            "say one of `output`, `accept` and `refuse`",
            where=Location(path="output"),
            expected="one of them",
            found=f"{sum((body.output is not None, body.accept, body.refuse))} of them",
            mend="`output` gives your own answer",
        )
    if not body.accept:
        return body.output
    if found.suggestion is None:
        raise RequestInvalid(
            "there is no suggestion to accept",
            where=Location(path="accept"),
            expected="`output` with your own answer",
            found="a review whose answer is hidden or missing",
            mend="look at the item and answer it",
        )
    return found.suggestion


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
    raise RequestInvalid(
        "this is no cursor", where=Location(path="cursor"), expected="`next` of the page before", found=cursor[:60]
    )
