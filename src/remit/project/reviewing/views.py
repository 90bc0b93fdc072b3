"""A review with all that surrounds it, as a person may see it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from remit.definition.durations import parse_duration

if TYPE_CHECKING:
    from remit.definition.model import Definition
    from remit.reviews import EffectUndo, PersonsView, Review, ReviewView
    from remit.store.connections import Reader
    from remit.store.decisions import DecisionRecord

__all__ = ["view_in"]


def view_in(reader: Reader, one: Review, *, definition: Definition | None, now: datetime) -> ReviewView:
    """What a person may see of a review at ``now``.

    Args:
        reader: the store.
        one: the review as it stands.
        definition: of its work; without it nothing is said about how effects are undone.
        now: the present.
    """
    from remit.reviews import ReviewedItem, ReviewKind, Surroundings, view_of
    from remit.store.decisions import decision
    from remit.store.operations.reviewing import reviews_of_decision, taken_back
    from remit.store.reviews import review_output, truths_of

    record = decision(reader, one.decision_id)
    others = [other for other in reviews_of_decision(reader, one.decision_id) if other.id != one.id]
    wrong = None
    if one.kind is ReviewKind.AUDIT and not one.waits:
        wrong = next((truth.wrong for truth, _ in truths_of(reader, record.id) if truth.payload_id == one.id), None)
    around = Surroundings(
        output=None if one.waits else review_output(reader, one),
        undone=None if one.waits else taken_back(reader, one),
        is_open=any(other.waits for other in others),
        eyes=_eyes(reader, one) if one.kind is ReviewKind.SETTLING else (),
        wrong=wrong,
        undos=() if definition is None else _undos(record, definition),
    )
    answer = record.decision.answer
    item = ReviewedItem(key=record.key, input=record.decision.input, answer=None if answer is None else answer.output)
    return view_of(one, item, around, now=now)


def _eyes(reader: Reader, one: Review) -> tuple[PersonsView, ...]:
    """What the two people answered between whom somebody has to settle it."""
    from remit.reviews import PersonsView
    from remit.store.operations.reviewing import reviews_before
    from remit.store.reviews import review_output

    kinds = {one.kind}
    found: list[PersonsView] = []
    for before in reviews_before(reader, one):
        if before.kind in kinds or before.decided_by is None:  # the nearest of its kind was not undone
            continue
        kinds.add(before.kind)
        output = review_output(reader, before)
        found.append(PersonsView(by=before.decided_by, output=output, comment=before.comment))
    return tuple(reversed(found))


def _undos(record: DecisionRecord, definition: Definition) -> tuple[EffectUndo, ...]:
    from remit.reviews import EffectUndo

    declared = () if definition.outputs is None else definition.outputs.effects
    found: list[EffectUndo] = []
    for effect in declared:
        if effect.id in record.effects:
            within = None if effect.undo_within is None else parse_duration(effect.undo_within)
            until = None if within is None else record.at + within
            found.append(EffectUndo(effect=effect.id, what=effect.what, undo=effect.undo, until=until))
    return tuple(found)
