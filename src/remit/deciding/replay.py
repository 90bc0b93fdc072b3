"""What other terms would have come to: recorded items decided once more, by the code that decides them in earnest.

No executor is asked and nothing is written: the answers are those that were recorded.  Days are kept apart, because
items of one day hang together; ``remit.stats.share_over_days`` makes intervals of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date

from remit.autonomy.route import Terms
from remit.deciding.decide import decide
from remit.deciding.prepare import Prepared
from remit.errors import ArgumentInvalid
from remit.items import Answer, Fault, FaultKind, Item, JsonObject, Route

__all__ = ["DayOutcome", "RecordedItem", "replay"]

_NOT_RECORDED = Answer(output=None, fault=Fault(kind=FaultKind.UNAVAILABLE, text="no answer was recorded"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedItem:
    """One item of the past: what was answered (None: nobody was asked), and whether that was wrong (None: unknown)."""

    item: Item
    answer: Answer | None
    wrong: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOutcome:
    """What became of the items of one day (UTC).

    ``n_acted`` of the ``n`` items would have been acted on, ``n_asked`` gone to a person.  Of those acted on the truth
    is known for ``n_known``, and ``n_wrong`` of these were wrong.  ``n_unanswered`` would have needed an answer that
    nobody recorded: they count as gone to a person, which is where a missing answer goes.
    """

    day: date
    n: int
    n_acted: int
    n_asked: int
    n_known: int
    n_wrong: int
    n_unanswered: int


def replay(
    work: Prepared, recorded: Iterable[RecordedItem], policies: Mapping[str, Terms]
) -> dict[str, tuple[DayOutcome, ...]]:
    """Decide every recorded item under every policy.

    Args:
        work: the prepared definition, which may be another one than at the time.
        recorded: the items, each with the moment it came (``received_at``), in any order; read once.
        policies: the terms to try, by name.

    Returns:
        For every policy what became of the items, a day at a time, the first day first; days without items are not
        in it.

    Raises:
        ArgumentInvalid: an item without the moment it came.
    """
    counted: dict[str, dict[date, dict[str, int]]] = {name: defaultdict(lambda: defaultdict(int)) for name in policies}
    for one in recorded:
        if one.item.received_at is None:
            raise ArgumentInvalid(
                f"item {one.item.key} has no moment at which it came",
                expected="received_at for every item: days are kept apart",
                found="none",
                mend="leave such items out, or give them their moment",
            )
        day = one.item.received_at.astimezone(UTC).date()
        for name, terms in policies.items():
            _count(counted[name][day], work, one, terms)
    return {
        name: tuple(
            DayOutcome(
                day=day,
                n=found["n"],
                n_acted=found["acted"],
                n_asked=found["asked"],
                n_known=found["known"],
                n_wrong=found["wrong"],
                n_unanswered=found["unanswered"],
            )
            for day, found in sorted(days.items())
        )
        for name, days in counted.items()
    }


def _count(found: dict[str, int], work: Prepared, one: RecordedItem, terms: Terms) -> None:
    def recorded(given: JsonObject) -> Answer:
        del given
        if one.answer is None:
            found["unanswered"] += 1
            return _NOT_RECORDED
        return one.answer

    decision = decide(work, one.item, perform=recorded, terms=terms)
    acted = decision.route is Route.ACT
    found["n"] += 1
    found["acted"] += acted
    found["asked"] += decision.route is Route.REVIEW
    if acted and one.wrong is not None:
        found["known"] += 1
        found["wrong"] += one.wrong
