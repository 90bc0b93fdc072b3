"""The drill of the stop: press it, see from elsewhere that nothing can act any more, let it go, record the seconds."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from remit.deciding.decision import Decision
from remit.definition.levels import Level
from remit.errors import Conflict, NotFound
from remit.items import Answer, Item, Reason, ReasonKind, Route
from remit.runtime.drilling.record import record_drill
from remit.runtime.settle import Settlement, Settling, content
from remit.runtime.stop import EVERYTHING, resume, stop
from remit.runtime.terms import Provenance, Standing, standing
from remit.store.connections import Reader, Store
from remit.store.grants import StopChange, stops_now

__all__ = ["LONGEST_S", "DrillClock", "StopDrilled", "drill_stop", "standing_drill"]

LONGEST_S = 10.0
"""How long the drill waits for the stop to be seen, in seconds."""

_REASON = "a drill: is everything at rest?"
_OVER = "the drill is over"
_NO_SALT = bytes(16)
_ACT = Decision(
    route=Route.ACT,
    reasons=(Reason(kind=ReasonKind.WITHIN_LIMITS, text="a drill"),),
    level=Level.SUPERVISED,
    input={},
    answer=Answer(output={}),
    eligible=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillClock:
    """The time of a drill: the moment, seconds that never go back, and a wait of some seconds."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    pause: Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class StopDrilled:
    """What the drill came to.

    ``works``: seen from another connection, what would have been acted on became ``route`` instead.  ``seconds`` is
    how long after the stop was recorded that was so, as far as it was waited for.
    """

    work: str
    executor: str | None
    at: datetime
    works: bool
    seconds: float
    route: Route


def standing_drill(reader: Reader, work: str) -> StopChange | None:
    """The stop of the work, or of an executor of it, that a drill pressed and nobody ended; None where there is none.

    It is there while a drill runs, and after one that was killed in the middle.
    """
    return next((one for one in stops_now(reader, work=work) if one.reason == _REASON), None)


def drill_stop(
    store: Store, elsewhere: Store, of: Provenance, *, executor: str | None, by: str, drill: str, clock: DrillClock
) -> StopDrilled:
    """Stop the work, or one executor of it, watch that nothing can act, and let it go on.

    Items that come meanwhile, for milliseconds, are stopped in earnest.  Where the process is killed in the middle the
    stop stands, which is safe: ``remit resume`` ends it.

    Args:
        store: the store in which it is stopped.
        elsewhere: the same store over a connection of its own, as another process has it.
        of: the definition and the executor as they are now.
        executor: who is stopped; None for the whole work.
        by: who does it.
        drill: a new and unique id.
        clock: of the drill.

    Raises:
        Conflict: it is stopped already, perhaps by a drill that was interrupted.
    """
    _require_running(store, of.work, executor)
    seen = standing(elsewhere, of, now=clock.now())
    pressed = clock.now()
    stop(store, of.work, executor=executor, by=by, reason=_REASON, now=pressed)
    try:
        found = _watch(elsewhere, of, seen, executor=executor, drill=drill, at=pressed, clock=clock)
    finally:
        with suppress(NotFound):  # somebody ended it meanwhile
            resume(store, of.work, executor=executor, by=by, reason=_OVER, now=clock.now())
    record_drill(
        store,
        work=of.work,
        drill=drill,
        what="stop",
        by=by,
        now=clock.now(),
        found={
            "executor": executor,
            "works": found.works,
            "seconds": found.seconds,
            "route": found.route.value,
        },
    )
    return found


def _watch(
    elsewhere: Store,
    of: Provenance,
    seen: Standing,
    *,
    executor: str | None,
    drill: str,
    at: datetime,
    clock: DrillClock,
) -> StopDrilled:
    """Settle an item that was to be acted on, with what was known before the stop, until the stop keeps it back.

    What is settled is not written, so that no item is recorded which never came.
    """
    item = Item(key=drill, input={})
    began = clock.monotonic()
    while True:
        settlement = Settlement(
            provenance=of,
            standing=seen,
            actor="drill",
            id=drill,
            review_id=drill,
            salt=_NO_SALT,
            now=clock.now(),
            ask=lambda _: None,
            effects=lambda _: (),
        )
        with elsewhere.writing() as writing:
            found = Settling(writing).settle(item, _ACT, settlement, given=content(item)).record.decision
        seconds = clock.monotonic() - began
        works = found.reason.kind is ReasonKind.STOPPED
        if works or seconds >= LONGEST_S:
            return StopDrilled(work=of.work, executor=executor, at=at, works=works, seconds=seconds, route=found.route)
        clock.pause(0.01)


def _require_running(store: Store, work: str, executor: str | None) -> None:
    drilled = standing_drill(store, work)
    if drilled is not None:
        ends = f"remit resume {work}" + (f" --executor {drilled.executor}" if drilled.executor is not None else "")
        raise Conflict(
            f"a drill of {drilled.at.isoformat(timespec='seconds')} was interrupted, and its stop stands",
            found=f"stopped by {drilled.by}",
            mend=f"`{ends} --reason 'the drill is over'`, then again",
        )
    for one in stops_now(store, work=work):
        if one.executor in (None, executor):
            what = "everything" if one.work == EVERYTHING else work if one.executor is None else one.executor
            raise Conflict(
                f"{what} is stopped already: {one.reason}",
                expected="work that runs",
                found=f"stopped by {one.by} at {one.at.isoformat(timespec='seconds')}",
                mend="a stop is tried on work that runs: `remit resume`, when it may go on",
            )
