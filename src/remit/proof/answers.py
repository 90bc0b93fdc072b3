"""Run a candidate over cases, so that nothing is asked twice and nothing is lost.

Answers are recorded in chunks, at the latest every half second; after ``kill -9`` at most the cases of one chunk are
asked again, and none is ever recorded twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from remit.autonomy.route import Terms
from remit.cases.case import Case
from remit.deciding.decide import decide
from remit.deciding.decision import Decision
from remit.deciding.prepare import Prepared
from remit.definition.levels import Level
from remit.items import Answer, Item, JsonObject

__all__ = ["HYPOTHETICAL", "AnswerRecord", "Observed", "observe"]

HYPOTHETICAL = Terms(level=Level.SUPERVISED, certified=True)
"""Proving asks what would be acted on if every answer were covered; the certificate then says from where on."""

_CHUNK = 500
_CHUNK_SECONDS = 0.5


class AnswerRecord(Protocol):
    """Where the answers of one run are kept: one executor digest on one frozen case set."""

    def recorded(self, case_ids: Collection[str]) -> Mapping[str, Answer]:
        """The answers that are there already, by case id."""
        ...

    def add(self, answers: Mapping[str, Answer]) -> None:
        """Keep these answers, all of them or none; a case that is there already is never replaced."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """One case with what was decided for it under the hypothetical grant."""

    case: Case
    decision: Decision


def observe(
    work: Prepared,
    cases: Iterable[Case],
    *,
    perform: Callable[[JsonObject], Answer],
    record: AnswerRecord,
    clock: Callable[[], float],
    on_progress: Callable[[int], None] | None = None,
) -> Iterator[Observed]:
    """Decide every case, asking the executor only where no answer is recorded yet.

    Args:
        work: the prepared definition.
        cases: the cases of the prove set, in any order.
        perform: asks the executor; never raises.
        record: where answers are kept; a case is yielded only after its answer is kept.
        clock: monotonic seconds.
        on_progress: called with the number of cases done, after each chunk.
    """
    done = 0
    for chunk in _chunks(work, cases, perform, record, clock):
        yield from chunk
        done += len(chunk)
        if on_progress is not None:
            on_progress(done)


def _chunks(
    work: Prepared,
    cases: Iterable[Case],
    perform: Callable[[JsonObject], Answer],
    record: AnswerRecord,
    clock: Callable[[], float],
) -> Iterator[list[Observed]]:
    for block in _blocks(cases):
        known = record.recorded([case.id for case in block])
        observed: list[Observed] = []
        fresh: dict[str, Answer] = {}
        since = clock()
        for case in block:
            given = known.get(case.id)
            asked = _Asked(perform) if given is None else _Replayed(given)
            item = Item(key=case.id, input=case.input)
            observed.append(Observed(case=case, decision=decide(work, item, perform=asked, terms=HYPOTHETICAL)))
            if isinstance(asked, _Asked) and asked.answer is not None:
                fresh[case.id] = asked.answer
            if clock() - since >= _CHUNK_SECONDS:
                _keep(record, fresh)
                yield observed
                observed, fresh, since = [], {}, clock()
        _keep(record, fresh)
        yield observed


def _blocks(cases: Iterable[Case]) -> Iterator[list[Case]]:
    block: list[Case] = []
    for case in cases:
        block.append(case)
        if len(block) == _CHUNK:
            yield block
            block = []
    if block:
        yield block


def _keep(record: AnswerRecord, fresh: Mapping[str, Answer]) -> None:
    if fresh:
        record.add(fresh)


class _Asked:
    """Asks the executor and remembers the answer as it came."""

    __slots__ = ("_perform", "answer")

    def __init__(self, perform: Callable[[JsonObject], Answer]) -> None:
        self._perform = perform
        self.answer: Answer | None = None

    def __call__(self, given: JsonObject) -> Answer:
        self.answer = self._perform(given)
        return self.answer


class _Replayed:
    """Gives the recorded answer again."""

    __slots__ = ("_answer",)

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, given: JsonObject) -> Answer:
        del given
        return self._answer
