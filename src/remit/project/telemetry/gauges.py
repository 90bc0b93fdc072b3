"""What a server measures whenever numbers are sent: reviews, the outbox, breakers, the error budget."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from remit.errors import RemitError
from remit.project.telemetry.port import NOTHING, Attributes, Telemetry

if TYPE_CHECKING:
    from remit.project.folder import Project

__all__ = ["observe"]

Values = Iterable[tuple[float, Attributes]]


def observe(telemetry: Telemetry, served: Callable[[], Project]) -> None:
    """Have everything measured that a project tells now.

    Args:
        telemetry: who asks.
        served: the project as it is served at that moment.
    """
    if not telemetry.on:
        return
    for metric, ask in (
        ("remit.reviews.open", _open),
        ("remit.reviews.due", _due),
        ("remit.outbox.waiting", _effects),
        ("remit.outbox.dead", _dead),
        ("remit.executor.breaker.open", _left_alone),
        ("remit.budget.used", _budgets),
    ):
        telemetry.gauge(metric, _asking(ask, served))


def _asking(ask: Callable[[Project], Values], served: Callable[[], Project]) -> Callable[[], Values]:
    def asked() -> Values:
        try:
            return list(ask(served()))
        except RemitError:  # the store is away: the sweeper says so, and here nothing is measured
            return []

    return asked


def _open(project: Project) -> Iterator[tuple[float, Attributes]]:
    from remit.store.figures.waiting import waiting

    return ((one.n, {"remit.work": one.work}) for one in waiting(project.store).reviews)


def _due(project: Project) -> Iterator[tuple[float, Attributes]]:
    from remit.store.figures.waiting import due_reviews

    found = due_reviews(project.store, now=project.ambient.now())
    return ((n, {"remit.work": work}) for work, n in found.items())


def _effects(project: Project) -> Iterator[tuple[float, Attributes]]:
    from remit.store.figures.waiting import waiting

    yield waiting(project.store).n_effects, NOTHING


def _dead(project: Project) -> Iterator[tuple[float, Attributes]]:
    from remit.store.figures.waiting import waiting

    yield waiting(project.store).n_dead, NOTHING


def _left_alone(project: Project) -> Iterator[tuple[float, Attributes]]:
    for work in project.opened_works:
        for executor, is_left_alone in work.left_alone.items():
            yield float(is_left_alone), {"remit.work": work.id, "remit.executor": executor}


def _budgets(project: Project) -> Iterator[tuple[float, Attributes]]:
    from remit.project.watching.watched import watched_executors
    from remit.runtime.watching import evidence_now

    for work in project.work_ids:
        for executor in watched_executors(project.store, work):
            kept = evidence_now(project.store, work=work, executor=executor)
            used = None if kept is None else kept.look().budget_used
            if used is not None:
                yield used, {"remit.work": work, "remit.executor": executor}
