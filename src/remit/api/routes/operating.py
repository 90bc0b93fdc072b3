"""Whether the server lives, whether it can work, what it counts, and what it offers."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from remit.api.answers import Opened, Serving, answered
from remit.api.seeing.metrics import MEDIA_TYPE, metrics_text
from remit.report.documents import versioned

__all__ = ["healthy", "metrics", "openapi", "ready"]


async def healthy() -> Response:
    """The process lives."""
    return answered(versioned("health", {"alive": True}))


def ready(project: Opened, service: Serving) -> Response:
    """Whether the store can be reached, and whether files are served as they are; `gone` names those that vanished."""
    from remit.store.operations.tokens import has_tokens

    has_tokens(project.store)
    taken = "as they are"
    if service.served.fault is not None:
        taken = "changed, but wrong: as they were; the log says why"
    elif service.served.gone:
        taken = "some are gone, and served as they were"
    return answered(versioned("ready", {"store": True, "files": taken, "gone": list(service.served.gone)}))


def metrics(project: Opened, service: Serving) -> Response:
    """What this process counts and what waits in the store, as text for Prometheus."""
    from remit.store.figures.waiting import waiting

    text = metrics_text(
        service.metrics,
        waiting(project.store),
        n_inside=service.room.n,
        group_sizes=service.served.group_sizes,
        now=project.ambient.now(),
    )
    return Response(text, media_type=MEDIA_TYPE)


async def openapi(request: Request) -> Response:
    """What this server offers, as OpenAPI 3.1."""
    return answered(request.app.openapi())
