"""The drill of replay: recorded items answered once more by the very executor, and held against what was recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from remit.autonomy.route import Terms
from remit.deciding.decide import decide
from remit.deciding.judge_case import same_value
from remit.deciding.prepare import Prepared
from remit.items import Answer, Item, JsonObject, ReasonKind
from remit.store.decisions import DecisionRecord

__all__ = ["Replayed", "replay_records"]

_SHOWN = 20
_OF_THE_MOMENT = (ReasonKind.STOPPED, ReasonKind.CAP, ReasonKind.BUDGET)
"""Reasons that come from what else happened at the time: a route with one of them can't come out again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """How many of ``n`` recorded items came out the same; ``sample`` names decisions that did not."""

    n: int
    n_same: int
    sample: tuple[str, ...]


def replay_records(
    work: Prepared,
    records: Iterable[DecisionRecord],
    *,
    perform: Callable[[JsonObject], Answer],
    terms_then: Callable[[DecisionRecord], Terms],
) -> Replayed:
    """Decide recorded items once more, by the code that decides in earnest; nothing is recorded.

    The same is: the same output, and the same route.  Where the route came from a stop, a cap or the budget of that
    moment only the output is held against it.

    Args:
        work: the definition, prepared; the one that the records were made with.
        records: decisions with an answer.
        perform: asks the executor that made them, exactly as it was.
        terms_then: the terms under which a record was made.
    """
    n = n_same = 0
    others: list[str] = []
    for record in records:
        n += 1
        if _same(work, record, perform, terms_then(record)):
            n_same += 1
        else:
            others.append(record.id)
    return Replayed(n=n, n_same=n_same, sample=tuple(others[:_SHOWN]))


def _same(work: Prepared, record: DecisionRecord, perform: Callable[[JsonObject], Answer], terms: Terms) -> bool:
    item = Item(key=record.key, input=record.input, received_at=record.received_at)
    again = decide(work, item, perform=perform, terms=terms)
    then, now = record.decision.answer, again.answer
    if then is None or now is None or not same_value(then.output, now.output):
        return False
    of_the_moment = any(reason.kind in _OF_THE_MOMENT for reason in record.decision.reasons)
    return of_the_moment or again.route is record.decision.route
