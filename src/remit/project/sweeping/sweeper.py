"""The sweeper of a project: its tasks, and one round of them after the other."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from remit.errors import StoreError

if TYPE_CHECKING:
    from remit.project.delivering.outbox import Postroom
    from remit.project.folder import Project
    from remit.reviews import Review
    from remit.runtime.review import ReviewRules
    from remit.runtime.sweeping.sweep import Swept, Task
    from remit.store.connections import Writing

__all__ = ["Sweeper"]


_DELIVERY = "outbox"


class Sweeper:
    """Does what has to happen by itself, as long as no other process does. Made by :attr:`Project.sweeper`."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def postroom(self) -> Postroom:
        """Who sends what is due, made at the first use."""
        from remit.project.delivering.outbox import Postroom

        return Postroom(self._project)

    def close(self) -> None:
        """Let the threads of the senders go."""
        postroom = self.__dict__.pop("postroom", None)
        if postroom is not None:
            self.__dict__.pop("tasks", None)
            postroom.close()

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """What there is to do, in the order in which it is done."""
        from remit.project.delivering.outbox import delivery_task, volume_task
        from remit.project.ledger.keeping import retain_all, seal_now
        from remit.project.operating.works import measure_works
        from remit.project.watching.every_work import advance_project
        from remit.runtime.reviewing.time_outs import end_claims, time_out_reviews
        from remit.runtime.sweeping.sweep import Task

        project = self._project
        return (
            Task(name="claims", do=lambda store, now: end_claims(store, now=now)),
            Task(
                name="time-outs",
                do=lambda store, now: time_out_reviews(
                    store, rules=self._rules, salt=project.ambient.salt, alarm=self._alarm(now), now=now
                ),
            ),
            Task(name="evidence", do=lambda store, now: advance_project(project, store, now=now)),
            Task(name="retention", do=lambda store, now: retain_all(project, store, now)),
            Task(name="seals", do=lambda store, now: seal_now(project, store, now)),
            Task(name="readiness", do=lambda _store, now: measure_works(project, now=now)),
            Task(name="volume", do=volume_task(project)),
            Task(name=_DELIVERY, do=delivery_task(lambda: self.postroom)),
        )

    def sweep(self, *, holder: str, delivers: bool = True) -> Swept:
        """One round: every task once, unless another process is the sweeper now.

        Args:
            holder: names this process in every round, unique among all that may sweep.
            delivers: whether what is due is sent, too; a server does that in a thread of its own.

        Raises:
            StoreError: the lease can't be asked for.
        """
        from remit.project.telemetry.background import seen_round
        from remit.runtime.sweeping.sweep import sweep

        project = self._project
        tasks = [task for task in self.tasks if delivers or task.name != _DELIVERY]
        return seen_round(
            project.ambient.telemetry,
            tasks,
            lambda seen: sweep(project.store, seen, holder=holder, now=project.ambient.now()),
        )

    def give_up(self, *, holder: str) -> None:
        """Let another process sweep at once."""
        from remit.runtime.sweeping.sweep import give_up

        with suppress(StoreError):  # the lease ends by itself
            give_up(self._project.store, holder=holder)

    def _rules(self, work: str) -> ReviewRules:
        return self._project.work(work).review_rules

    def _alarm(self, now: datetime) -> Callable[[Writing, Review, str], None]:
        """Tell whoever the definition names that a review goes on waiting."""
        from remit.project.delivering.outbox import contact_of
        from remit.runtime.review import TIME_OUT
        from remit.store.operations.alerts import raise_alert

        def alarm(writing: Writing, one: Review, why: str) -> None:
            raise_alert(
                writing,
                id=self._project.ambient.new_id(),
                work=one.work,
                kind=TIME_OUT,
                about=one.id,
                text=f"review {one.id} goes on waiting: {why}",
                contact=contact_of(self._project, one.work),
                now=now,
            )

        return alarm
