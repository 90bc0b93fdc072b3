"""The record, and what watches over it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from remit.api.answers import Opened, answered
from remit.report.documents import plain, versioned

__all__ = ["denied", "verify"]


def verify(project: Opened) -> Response:
    """Recompute every chain and every record it speaks of; the first break of each is named."""
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
            "broken": None if isinstance(one.result, Verified) else plain(one.result),
        }
        for one in found
    ]
    return answered(versioned("ledger", {"verifies": all(one["verifies"] for one in chains), "chains": chains}))


def denied(project: Opened, n: Annotated[int, Query(ge=1, le=1_000)] = 100) -> Response:
    """The newest refusals: who asked for what, and why it was refused."""
    from remit.project.serving.refused import denials

    return answered(versioned("denials", {"denials": plain(denials(project, n=n))}))
