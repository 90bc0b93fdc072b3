"""What is seen of work that happens by itself: rounds of the sweeper, and tries to send."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from remit.project.telemetry.port import Kind, Telemetry

if TYPE_CHECKING:
    from remit.runtime.delivering.letter import Letter, Sender, Tried
    from remit.runtime.sweeping.sweep import Swept, Task
    from remit.store.connections import Store

__all__ = ["seen_round", "seen_senders"]


def seen_round(telemetry: Telemetry, tasks: Sequence[Task], sweep: Callable[[Sequence[Task]], Swept]) -> Swept:
    """One round of the sweeper, watched: a span where something was due, one number for every round."""
    if not telemetry.on:
        return sweep(tasks)
    times: dict[str, tuple[int, int]] = {}
    began = telemetry.clock()
    swept = sweep([_timed(telemetry, task, times) for task in tasks])
    telemetry.count("remit.sweeps", 1, {"remit.leads": swept.led})
    busy = [one for one in swept.tasks if one.n or one.fault is not None]
    if busy:
        seen = telemetry.past("sweep", began, telemetry.clock(), {"remit.items": sum(one.n for one in busy)})
        for one in busy:
            since, ended = times[one.name]
            telemetry.past(
                "task",
                since,
                ended,
                {"remit.task": one.name, "remit.items": one.n},
                within=seen,
                fault=None if one.fault is None else type(one.fault).__name__,
            )
    return swept


def _timed(telemetry: Telemetry, task: Task, times: dict[str, tuple[int, int]]) -> Task:
    def do(store: Store, now: datetime) -> int:
        began = telemetry.clock()
        try:
            return task.do(store, now)
        finally:
            times[task.name] = (began, telemetry.clock())

    return replace(task, do=do)


def seen_senders(telemetry: Telemetry, senders: Mapping[str, Sender]) -> Mapping[str, Sender]:
    """The senders, each try of theirs watched; themselves where telemetry is off."""
    if not telemetry.on:
        return senders
    return MappingProxyType({name: _SeenSender(telemetry=telemetry, own=one) for name, one in senders.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class _SeenSender:
    telemetry: Telemetry
    own: Sender

    @property
    def name(self) -> str:
        return self.own.name

    @property
    def wants_input(self) -> bool:
        return self.own.wants_input

    @property
    def timeout(self) -> timedelta:
        return self.own.timeout

    def send(self, one: Letter) -> Tried:
        by = {"remit.sender": self.own.name}
        with self.telemetry.span("deliver", by, kind=Kind.CLIENT) as seeing:
            tried = self.own.send(one)
            came = "sent" if tried.fault is None else "again" if tried.again else "given up"
            seeing.note({"remit.delivered": came})
            if tried.fault is not None:
                seeing.fail("not delivered")
        self.telemetry.count("remit.deliveries", 1, {**by, "remit.delivered": came})
        return tried

    def close(self) -> None:
        self.own.close()
