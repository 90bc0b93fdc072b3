"""The whole story of one item."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path
from starlette.responses import Response

from remit.api.answers import Opened, answered
from remit.api.routes.decisions import decided_document
from remit.errors import NotFound
from remit.report.documents import plain, versioned

__all__ = ["story"]


def story(work: str, key: Annotated[str, Path(max_length=512)], project: Opened) -> Response:
    """One item by its key, or by the id of its decision: the decision, its reviews and audits, truths, effects, record.

    As long as somebody has to answer it without seeing the answer, neither the answer nor what would tell it is there:
    `truths` and `effects` are null then.
    """
    from remit.store.content.of_items import decision_id_of
    from remit.store.decisions import decision
    from remit.store.operations.outbox import outgoing_of
    from remit.store.operations.reviewing import reviews_of_decision
    from remit.store.operations.story import entries_of
    from remit.store.reviews import truths_of

    store = project.store
    decision_id = decision_id_of(store, work=work, item=key)
    if decision_id is None:
        raise NotFound(f"`{work}` decided no item `{key}`", expected="a key, or the id of a decision", found=key)
    record = decision(store, decision_id)
    reviews = reviews_of_decision(store, decision_id)
    waits = any(one.waits for one in reviews)
    truths = [{**plain(truth), "output": output} for truth, output in truths_of(store, decision_id)]
    effects = [{"id": one.id, "state": one.state.value, **plain(one)} for one in outgoing_of(store, decision_id)]
    found: dict[str, Any] = {
        "work": work,
        "key": record.key,
        "decision": decided_document(project, record, reviews, to_asker=False),
        "reviews": [project.review_desk.show(one.id) for one in reviews],
        "truths": None if waits else truths,
        "effects": None if waits else effects,
        "entries": entries_of(store, record.work, decision_id),
    }
    return answered(versioned("item", found))
