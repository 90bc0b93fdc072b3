"""Run a candidate over cases, so that nothing is asked twice and nothing is lost.

Answers are recorded in chunks, at the latest every half second; after ``kill -9`` at most the cases of one chunk are
asked again, and none is ever recorded twice.  Where the executor was unavailable it is asked again: that is no answer
that could have been a wrong one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Protocol

from remit.autonomy.route import Terms
from remit.cases.case import Case
from remit.deciding.decide import decide
from remit.deciding.decision import Decision
from remit.deciding.prepare import Prepared
from remit.definition.levels import Level
from remit.errors import SpendingReached
from remit.executors.perform import Perform, Performer, decide_each
from remit.items import Answer, FaultKind, Item, JsonObject

__all__ = ["HYPOTHETICAL", "AnswerRecord", "Observed", "is_final", "observe"]

HYPOTHETICAL = Terms(level=Level.SUPERVISED, certified=True)
"""Proving asks what would be acted on if every answer were covered; the certificate then says from where on."""

_CHUNK = 1000
_CHUNK_SECONDS = 0.5


class AnswerRecord(Protocol):
    """Where the answers of one run are kept: one executor digest on one frozen case set."""

    def recorded(self, case_ids: Collection[str]) -> Mapping[str, Answer]:
        """The answers that are there already, by case id."""
        ...

    def add(self, answers: Mapping[str, Answer]) -> None:
        """Keep these answers, all of them or none; only one that is not final is ever replaced."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """One case with what was decided for it under the hypothetical grant.

    ``fresh`` is the answer as the executor gave it just now; None where it was recorded before, or where nothing ran.
    """

    case: Case
    decision: Decision
    fresh: Answer | None = None


def is_final(answer: Answer) -> bool:
    """Whether an answer stays as it is; where the executor was unavailable it may be asked again."""
    return answer.fault is None or answer.fault.kind is not FaultKind.UNAVAILABLE


def observe(
    work: Prepared,
    cases: Iterable[Case],
    *,
    performer: Performer,
    record: AnswerRecord,
    clock: Callable[[], float],
    on_progress: Callable[[int], None] | None = None,
) -> Iterator[Observed]:
    """Decide every case, asking the executor only where no final answer is recorded yet.

    Args:
        work: the prepared definition.
        cases: the cases of the prove set, in any order.
        performer: asks the executor, with its deadline; never raises.
        record: where answers are kept; a case is yielded only after its answer is kept.
        clock: monotonic seconds.
        on_progress: called with the number of cases done, after each chunk.

    Raises:
        SpendingReached: the executor has spent what it may; every answer up to then is kept.
    """
    done = 0
    for chunk in _kept_chunks(work, cases, performer, record, clock):
        yield from chunk
        done += len(chunk)
        if on_progress is not None:
            on_progress(done)


def _kept_chunks(
    work: Prepared,
    cases: Iterable[Case],
    performer: Performer,
    record: AnswerRecord,
    clock: Callable[[], float],
) -> Iterator[list[Observed]]:
    for block in _blocks(cases):
        known = record.recorded([case.id for case in block])
        observed: list[Observed] = []
        since = clock()
        try:
            for one in decide_each(performer, block, partial(_decide_case, work, known)):
                observed.append(one)
                if clock() - since >= _CHUNK_SECONDS:
                    _keep(record, observed)
                    yield observed
                    observed, since = [], clock()
        except SpendingReached:  # what was paid for is not asked again
            _keep(record, observed)
            raise
        _keep(record, observed)
        yield observed


def _decide_case(work: Prepared, known: Mapping[str, Answer], case: Case, perform: Perform) -> Observed:
    asked: list[Answer] = []

    def ask(given: JsonObject) -> Answer:
        recorded = known.get(case.id)
        if recorded is not None and is_final(recorded):
            return recorded
        asked.append(perform(given, case=case.id))
        return asked[0]

    decision = decide(work, Item(key=case.id, input=case.input), perform=ask, terms=HYPOTHETICAL)
    return Observed(case=case, decision=decision, fresh=asked[0] if asked else None)


def _blocks(cases: Iterable[Case]) -> Iterator[list[Case]]:
    coming = iter(cases)
    while block := list(islice(coming, _CHUNK)):
        yield block


def _keep(record: AnswerRecord, observed: Iterable[Observed]) -> None:
    fresh = {one.case.id: one.fresh for one in observed if one.fresh is not None}
    if fresh:
        record.add(fresh)
