"""The record, and what watches over it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from remit.api.answers import Calling, Opened, answered
from remit.api.shapes import Erasing
from remit.report.documents import plain, versioned

__all__ = ["denied", "entries", "erase", "seals", "verify"]

After = Annotated[int, Query(ge=0, le=2**53)]
Limit = Annotated[int, Query(ge=1, le=1_000)]


def verify(project: Opened) -> Response:
    """Recompute every chain and every record it speaks of; the first break of each is named.

    `unsealed` says from which entry on, and since when, no seal covers a chain.
    """
    from remit.ledger import Verified

    found = project.verify_ledger()
    chains = [
        {
            "chain": one.work,
            "verifies": isinstance(one.result, Verified),
            "n_entries": one.result.n if isinstance(one.result, Verified) else None,
            "head": one.result.head.hash.hex()
            if isinstance(one.result, Verified) and one.result.head is not None
            else None,
            "sealed_to": None if one.seals is None or not one.seals.n else one.seals.last_seq,
            "unsealed": one.unsealed,
            "broken": None if isinstance(one.result, Verified) else plain(one.result),
        }
        for one in found
    ]
    return answered(versioned("ledger", {"verifies": all(one["verifies"] for one in chains), "chains": chains}))


def entries(work: str, project: Opened, after: After = 0, limit: Limit = 100) -> Response:
    """The chain of a work behind entry `after`, without any content; `next` is the `after` of the following page."""
    from remit.store.ledger_entries import entries_between, head_of

    found = entries_between(project.store, work, after + 1, after + limit)
    head = head_of(project.store, work)
    more = head is not None and after + limit < head.seq
    return answered(
        versioned("entries", {"work": work, "entries": found, "next": after + limit if more else None, "head": head})
    )


def seals(work: str, project: Opened, after: After = 0, limit: Limit = 100) -> Response:
    """The seals of a work above number `after`; `next` is the `after` of the following page."""
    from itertools import islice

    from remit.store.operations.seals import seals_of

    found = list(islice(seals_of(project.store, work, after=after), limit + 1))
    more = found[limit - 1].n if len(found) > limit else None
    return answered(versioned("seals", {"work": work, "seals": found[:limit], "next": more}))


def erase(work: str, body: Erasing, project: Opened, caller: Calling) -> Response:
    """Erase the content of one item for good. Its record stays, and the chain still verifies."""
    from remit.project.ledger.keeping import erase_item

    done = erase_item(project, work, body.item, reason=body.reason, by=caller.named())
    return answered(versioned("erased", plain(done)))


def denied(project: Opened, n: Annotated[int, Query(ge=1, le=1_000)] = 100) -> Response:
    """The newest refusals: who asked for what, and why it was refused."""
    from remit.project.serving.refused import denials

    return answered(versioned("denials", {"denials": plain(denials(project, n=n))}))
