"""What people made of planted cases: what is known of how much they notice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from remit.cases.case import Case

if TYPE_CHECKING:
    from remit.deciding.judge_case import CaseJudge
    from remit.items import JsonObject
    from remit.project.work import Work
    from remit.reviews import Review
    from remit.reviews.statistics import PlantedCase
    from remit.store.connections import Reader
    from remit.store.decisions import DecisionRecord

__all__ = ["planted_case", "planted_flags", "root_of"]


def planted_flags(work: Work) -> tuple[bool, ...]:
    """Of every planted wrong suggestion that was decided, in order, whether the person called it wrong."""
    from remit.deciding.judge_case import CaseJudge
    from remit.runtime.reviewing.planting import planted_cases
    from remit.store.decisions import decision
    from remit.store.operations.reviewing import decided_reviews
    from remit.store.reviews import review_output

    store = work.project.store
    planted = planted_cases(store, work=work.id)
    if not planted:
        return ()
    judge = CaseJudge(work.prepared)
    flags = []
    for one in decided_reviews(store, work=work.id):
        said = root_of(planted, one, store)
        if said is not None and said["wrong"]:
            record = decision(store, one.decision_id)
            flags.append(planted_case(work, judge, record, said, review_output(store, one)).is_flagged)
    return tuple(flags)


def root_of(planted: Mapping[str, JsonObject], one: Review, store: Reader) -> JsonObject | None:
    """What was recorded of a planted case, also where its first decision was undone."""
    from remit.store.operations.reviewing import reviews_before

    for review in (one, *reviews_before(store, one)):
        if review.id in planted:
            return planted[review.id]
    return None


def planted_case(
    work: Work, judge: CaseJudge, record: DecisionRecord, planted: JsonObject, output: JsonObject | None
) -> PlantedCase:
    """What a person made of one planted case, by what they answered; None: they rejected it."""
    from remit.reviews.statistics import PlantedCase

    if output is None:
        return PlantedCase(is_wrong=bool(planted["wrong"]), is_flagged=True, is_right=False)
    given = record.decision.input
    known = Case(id=record.key, input=given, expected=planted["expected"])
    return PlantedCase(
        is_wrong=bool(planted["wrong"]),
        is_flagged=work.review_rules.wrong(record, output) is True,
        is_right=not judge.judge(known, given, output).wrong,
    )
