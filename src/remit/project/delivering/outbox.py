"""The outbox and the alerts of a project."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Self

from remit.project.people import require_role, who
from remit.project.telemetry.background import seen_senders

if TYPE_CHECKING:
    from datetime import datetime

    from remit.files.project_file import Person
    from remit.project.folder import Project
    from remit.runtime.delivering.deliver import Courier, Delivered
    from remit.runtime.delivering.senders import Senders
    from remit.store import Store
    from remit.store.operations.alerts import Alert
    from remit.store.operations.outbox import Outgoing

__all__ = [
    "Postroom",
    "contact_of",
    "delivery_task",
    "effect_senders",
    "refuse_callback",
    "replay_dead",
    "settle_alert",
    "volume_task",
]


_ALL = 1_000_000


class Postroom:
    """Sends what is due, with the senders of ``remit.yaml``: made once, with the secrets as they are then.

    A postroom is one worker: what it takes nobody else takes meanwhile.
    """

    def __init__(self, project: Project) -> None:
        from remit.runtime.delivering.deliver import Courier
        from remit.runtime.delivering.senders import make_senders

        ambient = project.ambient
        self._project = project
        self._senders: Senders = make_senders(
            project.file.senders,
            root=project.root,
            setting=ambient.setting,
            clock=ambient.now,
            monotonic=ambient.monotonic,
        )
        alerts = project.file.alerts
        self._courier: Courier = Courier(
            senders=seen_senders(ambient.telemetry, self._senders.usable),
            unusable={name: str(fault) for name, fault in self._senders.faults.items()},
            holder=ambient.new_id(),
            alert_sender=None if alerts is None else alerts.sender,
            clock=ambient.now,
            draw=ambient.draw,
            new_id=ambient.new_id,
            contact_of=lambda work: contact_of(project, work),
        )

    def deliver(self, *, seconds: float, most: int) -> Delivered:
        """One round: see :func:`remit.runtime.delivering.deliver.deliver_due`."""
        from remit.runtime.delivering.deliver import deliver_due

        return deliver_due(self._project.store, self._courier, seconds=seconds, most=most)

    def refuse_unusable(self) -> None:
        """Say what is wrong with the senders that can't be used.

        Raises:
            ProjectInvalid: with every one of them.
        """
        from remit.errors import ProjectInvalid

        problems = [problem for fault in self._senders.faults.values() for problem in fault.problems]
        if problems:
            raise ProjectInvalid(problems=problems)

    def close(self) -> None:
        """Let the threads go."""
        self._senders.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ignored: object) -> None:
        self.close()


def delivery_task(
    postroom: Callable[[], Postroom], *, seconds: float = 5.0, most: int = 200
) -> Callable[[Store, datetime], int]:
    """What the sweeper does about the outbox and the alerts: a short round, so that its other tasks get their turn."""

    def deliver(store: Store, now: datetime) -> int:
        del store, now  # trying takes time: the project's own clock says when each try is
        return postroom().deliver(seconds=seconds, most=most).n

    return deliver


def volume_task(project: Project) -> Callable[[Store, datetime], int]:
    """What the sweeper does about too few or too many items: looks once an hour, and raises an alert."""
    from remit.runtime.delivering.volume import check_volume

    def check(store: Store, now: datetime) -> int:
        definitions = (project.work(id_).readable_definition() for id_ in project.work_ids)
        return sum(
            check_volume(store, definition, now=now, new_id=project.ambient.new_id)
            for definition in definitions
            if definition is not None
        )

    return check


def effect_senders(project: Project, work: str) -> dict[str, str]:
    """Who sends the effects of a work, by their ids; one that is not there is not sent by Remit."""
    outputs = project.work(work).definition.outputs
    return {effect.id: effect.sender for effect in (outputs.effects if outputs else ()) if effect.sender is not None}


def refuse_callback(project: Project, callback: str) -> None:
    """Refuse a callback that names no sender of the project.

    Raises:
        ItemInvalid: there is no such sender.
    """
    from remit.runtime.delivering.senders import require_callback

    require_callback(callback, project.file.senders)


def replay_dead(project: Project, ids: Sequence[str] | None, *, by: str | None) -> tuple[Outgoing, ...]:
    """Have things sent again that were given up on, all of them where ``ids`` is None.

    Raises:
        NotAllowed: by somebody without a role of the work.
        NotFound, Conflict: as :func:`remit.runtime.delivering.replay.replay` says.
    """
    from remit.runtime.delivering.replay import replay, replay_all
    from remit.store.operations.outbox import OutgoingState, outgoing, outgoing_in

    person, now = who(project, by), project.ambient.now()
    if ids is None:
        for work in sorted({one.work for one in outgoing_in(project.store, OutgoingState.DEAD, n=_ALL)}):
            _require_of_work(project, person, work, what=f"have what `{work}` sends sent again")
        return replay_all(project.store, by=person.id, now=now)
    for work in sorted({outgoing(project.store, one).work for one in ids}):
        _require_of_work(project, person, work, what=f"have what `{work}` sends sent again")
    return replay(project.store, ids, by=person.id, now=now)


def settle_alert(project: Project, alert_id: str, *, by: str | None) -> Alert:
    """A person saw to an alert.

    Raises:
        NotAllowed: by somebody without a role of the work.
        NotFound, Conflict: there is no such alert, or it is settled.
    """
    from remit.store.operations.alerts import alert_of
    from remit.store.operations.alerts import settle_alert as settle

    person = who(project, by)
    work = alert_of(project.store, alert_id).work
    _require_of_work(project, person, work, what=f"settle alerts of `{work}`")
    with project.store.writing() as writing:
        return settle(writing, alert_id, by=person.id, now=project.ambient.now())


def _require_of_work(project: Project, person: Person, work: str, *, what: str) -> None:
    """Let only who answers for a work, an admin, or somebody with a role of the work do something."""
    definition = project.work(work).readable_definition() if work in project.work_ids else None
    if definition is None:
        require_role(person, "accountable", "admin", accountable=None, what=what)
        return
    escalation = definition.escalation
    roles = [path.role for path in escalation.paths] if escalation is not None else []
    roles += list(escalation.stop.who) if escalation is not None and escalation.stop is not None else []
    owner = None if definition.owner is None else definition.owner.role
    require_role(person, "accountable", "admin", owner, *roles, accountable=definition.accountable, what=what)


def contact_of(project: Project, work: str) -> str | None:
    """Whom a work names for its alerts; None where it names nobody, or can't be read."""
    definition = project.work(work).readable_definition() if work in project.work_ids else None
    return definition.observe.alert if definition is not None and definition.observe is not None else None
