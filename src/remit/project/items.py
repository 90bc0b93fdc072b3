"""Items of one work: decided and recorded."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

from remit.deciding.decide import decide
from remit.definition.expressions import Expression, activation
from remit.definition.levels import Level
from remit.errors import StoreError
from remit.executors.perform import Breaker, Performer, performer
from remit.items import Answer, Executor, ExecutorKind, ExecutorSpec, Fault, FaultKind, Item, JsonObject, Route
from remit.project.delivering.outbox import effect_senders, refuse_callback
from remit.project.state.provenance import provenance
from remit.project.telemetry.items import seeing_item

if TYPE_CHECKING:
    from remit.deciding.decision import Decision
    from remit.project.work import Work
    from remit.runtime.settle import Settled, Settlement
    from remit.runtime.terms import Provenance, Standing
    from remit.store.decisions import DecisionRecord
    from remit.store.known import Allowance
    from remit.store.moment import Moment

__all__ = ["Arrival", "Desk", "Ready", "Way", "effects_after_review", "provenance"]


@dataclass(slots=True, kw_only=True)
class Way:
    """How the items of a work come to one executor: made once, with how it stood when it was last looked at."""

    of: Provenance
    perform: Callable[[JsonObject], Answer]
    executor: Executor | None = None
    seen: Standing | None = None
    share: _Share | None = None

    @property
    def spec(self) -> ExecutorSpec | None:
        """What the file of the executor says; None where nobody is asked."""
        return None if self.executor is None else self.executor.spec


@dataclass(frozen=True, slots=True, kw_only=True)
class _Share:
    """Which share of what is acted on is audited, as it was at the newest act of the work then."""

    newest_act: int | None
    share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An item that came, and for which executor: the one with the highest grant where none is named."""

    item: Item
    executor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """An item that is new, the way it takes, how that stands now, and which share of what is acted on is audited."""

    item: Item
    way: Way
    standing: Standing
    audit_share: float | None


class Desk:
    """Where the items of one work are decided: what deciding needs is made once and serves every item.

    Executors are loaded at their first item, and count by the digest of what was loaded.  What was granted or stopped
    meanwhile, by whomever, counts from the next item on.  ``group_size`` is how many items of a batch are decided and
    recorded together at the moment: as many as take little time.
    """

    def __init__(self, work: Work) -> None:
        from remit.runtime.asking import asking, auditors
        from remit.runtime.caps import capping

        self.work = work
        self.prepared = work.prepared
        self._ask = asking(
            work.definition, people_are_incumbent=not _software_is_incumbent(work), draw=work.project.ambient.draw
        )
        self._effects = _Effects(work)
        self._senders = effect_senders(work.project, work.id)
        self._caps = capping(work.definition)
        self._auditors = auditors(work.definition)
        self.group_size = 1
        self._ways: dict[str | None, Way] = {}
        self._candidates: dict[Allowance, str | None] = {}
        self._looking = Lock()

    def decide(
        self, given: JsonObject, *, key: str | None, actor: str, executor: str | None, callback: str | None = None
    ) -> Settled:
        """Steps 0 to 7 for one item: decide it with the terms that count now, record it, and only then answer."""
        from remit.runtime.settle import Settled, settle

        self.refuse(callback)
        with seeing_item(self.work.project.ambient.telemetry, self.work.id) as seen:
            ready = self.look(self.item(given, key), executor)
            seen.looked()
            if isinstance(ready, Settled):
                seen.settled(ready)
                return ready
            now, way = ready.standing, ready.way
            perform = seen.asks(way.perform, way.spec)
            decision = decide(self.prepared, ready.item, perform=perform, terms=now.terms, stopped=now.stopped)
            seen.decided()
            settlement = self.settlement(ready, decision, actor, callback=callback)
            settled = settle(self.work.project.store, ready.item, decision, settlement)
            seen.settled(settled)
            return settled

    @property
    def left_alone(self) -> Mapping[str, bool]:
        """Whether each executor that was asked is left alone now, because it did not answer lately."""
        return {
            name: isinstance(way.perform, Performer) and way.perform.is_left_alone
            for name, way in tuple(self._ways.items())
            if name is not None
        }

    def refuse(self, callback: str | None) -> None:
        """Refuse a callback that names no sender of the project.

        Raises:
            ItemInvalid: it names none.
        """
        if callback is not None:
            refuse_callback(self.work.project, callback)

    def item(self, given: JsonObject, key: str | None) -> Item:
        """A new item, as it came now.

        Raises:
            ItemInvalid: the key can't be recorded.
        """
        from remit.runtime.settle import require_key

        ambient = self.work.project.ambient
        item = Item(key=key if key is not None else ambient.new_id(), input=dict(given), received_at=ambient.now())
        require_key(item.key)
        return item

    def look(self, item: Item, executor: str | None) -> Settled | Ready:
        """What was recorded for an item; else which way it takes, and on which terms.

        Raises:
            KeyConflict: the key was used for another input.
            ItemInvalid: the item can't be recorded.
            NotFound: there is no such executor.
        """
        from remit.runtime.settle import recall
        from remit.store.moment import moment

        work, store = self.work.id, self.work.project.store
        look = moment(store, work=work, key=item.key)
        if look.decision_id is not None and (before := recall(store, item, work=work)) is not None:
            return before
        return self._ready(item, executor, look)

    def look_all(self, arrivals: Sequence[Arrival]) -> Sequence[Settled | Ready | Exception]:
        """:meth:`look` for many at once, or what it raises.

        Raises:
            StoreError: the store failed.
        """
        from remit.runtime.settle import recall
        from remit.store.moment import decided_among, moment

        work, store = self.work.id, self.work.project.store
        look = moment(store, work=work, key=arrivals[0].item.key)  # read first: what is read after it is no older
        known = decided_among(store, work=work, keys=[one.item.key for one in arrivals])
        ways: dict[str | None, Ready] = {}
        found: list[Settled | Ready | Exception] = []
        for one in arrivals:
            try:
                before = recall(store, one.item, work=work) if one.item.key in known else None
                if before is None and one.executor not in ways:
                    ways[one.executor] = self._ready(one.item, one.executor, look)
                found.append(before if before is not None else replace(ways[one.executor], item=one.item))
            except StoreError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, it is this item's alone
                found.append(error)
        return found

    def _ready(self, item: Item, executor: str | None, look: Moment) -> Ready:
        from remit.runtime.terms import standing

        ambient, store = self.work.project.ambient, self.work.project.store
        with self._looking:
            way = self._way(executor if executor is not None else self._candidate(look.allowance))
            last_seen = way.seen
            now = way.seen = standing(store, way.of, now=ambient.now(), seen=last_seen, allowance=look.allowance)
            if now is not last_seen and _has_fallen(now):
                _record_fall(self.work, way.of)
            share = None
            if now.terms.level.at_least(Level.SUPERVISED) and way.of.executor is not None:
                share = self._audit_share(way, way.of.executor, look.newest_act)
        return Ready(item=item, way=way, standing=now, audit_share=share)

    def _audit_share(self, way: Way, executor: str, newest_act: int | None) -> float | None:
        """The share that is audited: read again only after an act of the work, as every warning is one."""
        from remit.runtime.watching import audit_share_now

        if way.share is None or way.share.newest_act != newest_act:
            share = audit_share_now(self.work.project.store, definition=self.work.definition, executor=executor)
            way.share = _Share(newest_act=newest_act, share=share)
        return way.share.share

    def settlement(self, ready: Ready, decision: Decision, actor: str, *, callback: str | None = None) -> Settlement:
        """All that is needed to record a decision on an item beyond the decision itself."""
        from remit.runtime.settle import Auditing, Settlement

        ambient = self.work.project.ambient
        acts, share = decision.route is Route.ACT, ready.audit_share
        return Settlement(
            provenance=ready.way.of,
            standing=ready.standing,
            actor=actor,
            id=ambient.new_id(),
            review_id=ambient.new_id(),
            salt=ambient.salt(),
            now=ambient.now(),
            ask=self._ask,
            effects=partial(self._effects.follow, ready.item, decision.input),
            senders=self._senders,
            callback=callback,
            caps=self._caps(decision.input) if acts else (),
            auditing=Auditing(share=share, draw=ambient.draw(), ask=self._auditors) if acts and share else None,
        )

    @property
    def at_a_time(self) -> int:
        """Of how many items at once the executors that were met up to now are asked."""
        from remit.executors.perform import Performer

        asked = (way.perform for way in self._ways.values())
        return max((one.at_a_time for one in asked if isinstance(one, Performer)), default=1)

    def close(self) -> None:
        """Let the threads and connections of the executors go; a later item makes new ones."""
        from remit.executors.perform import Performer

        for way in self._ways.values():
            if isinstance(way.perform, Performer):
                way.perform.close()

    def _way(self, executor: str | None) -> Way:
        from remit.executors.cascade import CascadeExecutor

        way = self._ways.get(executor)
        if way is None:
            self.work.keep_definition()
            of = provenance(self.work, None)
            way = Way(of=of, perform=_nobody)
            if executor is not None:
                loaded = self.work.executor(executor)
                parts: tuple[str, ...] = ()
                if isinstance(loaded, CascadeExecutor):
                    loaded.leave_absent_parts_alone()
                    parts = tuple(one.name for one in loaded.members if one.executor is not None)
                way = Way(
                    of=replace(of, executor=executor, executor_digest=loaded.digest, parts=parts),
                    perform=performer(
                        loaded,
                        clock=time.perf_counter,
                        breaker=None if parts else Breaker(clock=self.work.project.ambient.monotonic),
                        jitter=self.work.project.ambient.draw,
                    ),
                    executor=loaded,
                )
            self._ways[executor] = way
        return way

    def _candidate(self, allowance: Allowance) -> str | None:
        """The executor with the highest grant; None where none holds one."""
        if allowance not in self._candidates:
            self._candidates = {allowance: _highest(self.work)}
        return self._candidates[allowance]


class _Effects:
    """The effects that a work declares, their conditions compiled once."""

    def __init__(self, work: Work) -> None:
        self._admit = work.prepared.admit_output
        self._declared = [
            (effect.id, None if effect.when is None else Expression(effect.when))
            for effect in (work.definition.outputs.effects if work.definition.outputs else ())
        ]

    def follow(self, item: Item, given: JsonObject, output: JsonObject) -> tuple[str, ...]:
        """Which effects follow from acting on an output: those without a ``when``, and those whose ``when`` is true."""
        if not self._declared:
            return ()
        values = activation(input=given, output=self._admit(output), item={"key": item.key, "received_at": ""})
        return tuple(id_ for id_, when in self._declared if when is None or when.holds(values) is True)


def effects_after_review(work: Work) -> Callable[[DecisionRecord, JsonObject], tuple[str, ...]]:
    """Which effects follow from what a person answered to a recorded item."""
    effects = _Effects(work)

    def follow(record: DecisionRecord, output: JsonObject) -> tuple[str, ...]:
        item = Item(key=record.key, input=record.input, received_at=record.received_at)
        return effects.follow(item, record.decision.input, output)

    return follow


def _has_fallen(now: Standing) -> bool:
    return now.grant is not None and now.terms.level.rank < now.grant.level.rank


def _record_fall(work: Work, of: Provenance) -> None:
    """Whoever sees first that a grant does not count any more records it; this item still says why."""
    from remit.project.watching.mirrored import mirror_grants
    from remit.project.watching.watched import advance_work

    if of.executor is None:
        return
    with work.project.store.writing() as writing:
        advance_work(work, writing, only=frozenset({of.executor}))
    mirror_grants(work)


def _highest(work: Work) -> str | None:
    from remit.store.grants import grants_of

    newest = {
        grant.executor: grant for grant in sorted(grants_of(work.project.store, work.id), key=lambda g: g.granted_at)
    }
    held = [grant for grant in newest.values() if grant.level is not Level.MANUAL]
    if not held:
        return None
    return max(held, key=lambda grant: (grant.level.rank, grant.granted_at)).executor


def _software_is_incumbent(work: Work) -> bool:
    return work.has_incumbent_software or any(
        file.spec.incumbent and file.spec.kind is not ExecutorKind.PERSON for file in work.executor_files.values()
    )


def _nobody(given: JsonObject) -> Answer:
    del given
    return Answer(output=None, fault=Fault(kind=FaultKind.UNAVAILABLE, text="there is no candidate"))
