"""Items of one work: decided and recorded."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from remit.deciding.decide import decide
from remit.definition.digests import definition_digest, evidence_digest
from remit.definition.expressions import Expression, activation
from remit.items import Answer, ExecutorKind, Fault, FaultKind, Item, JsonObject
from remit.project.delivering.outbox import effect_senders, refuse_callback

if TYPE_CHECKING:
    from remit.project.work import Work
    from remit.runtime.settle import Settled
    from remit.runtime.terms import Provenance, Standing
    from remit.store.decisions import DecisionRecord
    from remit.store.moment import Allowance

__all__ = ["Desk", "effects_after_review", "provenance"]


@dataclass(slots=True, kw_only=True)
class _Way:
    """How the items of a work come to one executor: made once, with how it stood when it was last looked at."""

    of: Provenance
    perform: Callable[[JsonObject], Answer]
    seen: Standing | None = None


class Desk:
    """Where the items of one work are decided: what deciding needs is made once and serves every item.

    Executors are loaded at their first item, and count by the digest of what was loaded.  What was granted or stopped
    meanwhile, by whomever, counts from the next item on.
    """

    def __init__(self, work: Work) -> None:
        from remit.runtime.asking import asking

        self._work = work
        self._prepared = work.prepared
        self._ask = asking(
            work.definition, people_are_incumbent=not _software_is_incumbent(work), draw=work.project.ambient.draw
        )
        self._effects = _Effects(work)
        self._senders = effect_senders(work.project, work.id)
        self._ways: dict[str | None, _Way] = {}
        self._candidates: dict[Allowance, str | None] = {}

    def decide(
        self, given: JsonObject, *, key: str | None, actor: str, executor: str | None, callback: str | None = None
    ) -> Settled:
        """Steps 0 to 7 for one item: decide it with the terms that count now, record it, and only then answer."""
        from remit.runtime.settle import Settlement, recall, require_key, settle
        from remit.runtime.terms import standing
        from remit.store.moment import moment

        work = self._work
        if callback is not None:
            refuse_callback(work.project, callback)
        ambient, store = work.project.ambient, work.project.store
        item = Item(key=key if key is not None else ambient.new_id(), input=dict(given), received_at=ambient.now())
        require_key(item.key)
        look = moment(store, work=work.id, key=item.key)
        if look.decision_id is not None and (before := recall(store, item, work=work.id)) is not None:
            return before
        way = self._way(executor if executor is not None else self._candidate(look.allowance))
        now = way.seen = standing(store, way.of, now=ambient.now(), seen=way.seen, allowance=look.allowance)
        decision = decide(self._prepared, item, perform=way.perform, terms=now.terms, stopped=now.stopped)
        return settle(
            store,
            item,
            decision,
            Settlement(
                provenance=way.of,
                standing=now,
                actor=actor,
                id=ambient.new_id(),
                review_id=ambient.new_id(),
                salt=ambient.salt(),
                now=ambient.now(),
                ask=self._ask,
                effects=partial(self._effects.follow, item, decision.input),
                senders=self._senders,
                callback=callback,
            ),
        )

    def _way(self, executor: str | None) -> _Way:
        from remit.executors.perform import performer

        way = self._ways.get(executor)
        if way is None:
            self._work.keep_definition()
            of = provenance(self._work, None)
            perform: Callable[[JsonObject], Answer] = _nobody
            if executor is not None:
                loaded = self._work.executor(executor)
                of = replace(of, executor=executor, executor_digest=loaded.digest)
                perform = performer(loaded, clock=time.perf_counter)
            way = self._ways[executor] = _Way(of=of, perform=perform)
        return way

    def _candidate(self, allowance: Allowance) -> str | None:
        """The executor with the highest grant; None where none holds one."""
        if allowance not in self._candidates:
            self._candidates = {allowance: _highest(self._work)}
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


def provenance(work: Work, executor: str | None) -> Provenance:
    """With what decisions are made: the digests of the definition and of the executor."""
    from remit.runtime.terms import Provenance

    return Provenance(
        work=work.id,
        definition_digest=definition_digest(work.definition),
        evidence_digest=evidence_digest(work.definition),
        executor=executor,
        executor_digest=work.executor_digest(executor) if executor is not None else None,
    )


def effects_after_review(work: Work) -> Callable[[DecisionRecord, JsonObject], tuple[str, ...]]:
    """Which effects follow from what a person answered to a recorded item."""
    effects = _Effects(work)

    def follow(record: DecisionRecord, output: JsonObject) -> tuple[str, ...]:
        item = Item(key=record.key, input=record.input, received_at=record.received_at)
        return effects.follow(item, record.decision.input, output)

    return follow


def _highest(work: Work) -> str | None:
    from remit.definition.levels import Level
    from remit.store.grants import grants_of

    newest = {
        grant.executor: grant for grant in sorted(grants_of(work.project.store, work.id), key=lambda g: g.granted_at)
    }
    held = [grant for grant in newest.values() if grant.level is not Level.MANUAL]
    if not held:
        return None
    return max(held, key=lambda grant: (grant.level.rank, grant.granted_at)).executor


def _software_is_incumbent(work: Work) -> bool:
    return any(
        file.spec.incumbent and file.spec.kind is not ExecutorKind.PERSON for file in work.executor_files.values()
    )


def _nobody(given: JsonObject) -> Answer:
    del given
    return Answer(output=None, fault=Fault(kind=FaultKind.UNAVAILABLE, text="there is no candidate"))
