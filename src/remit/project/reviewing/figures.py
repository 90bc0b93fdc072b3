"""What is known of the people who decide a work: their decisions, read from the store and judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remit.project.watching.planted import planted_case, root_of

if TYPE_CHECKING:
    from remit.deciding.judge_case import CaseJudge
    from remit.items import JsonObject
    from remit.project.work import Work
    from remit.reviews import Review
    from remit.reviews.statistics import DecidedReview, ReviewStatistics

__all__ = ["review_statistics"]


def review_statistics(work: Work) -> ReviewStatistics:
    """The figures on everybody who decided a review of ``work``; what was undone does not count."""
    from remit.deciding.judge_case import CaseJudge
    from remit.reviews.statistics import statistics_of
    from remit.runtime.reviewing.planting import planted_cases
    from remit.store.operations.reviewing import decided_reviews

    store = work.project.store
    planted = planted_cases(store, work=work.id)
    judge = CaseJudge(work.prepared)
    return statistics_of(
        [_decided(work, judge, one, root_of(planted, one, store)) for one in decided_reviews(store, work=work.id)]
    )


def _decided(work: Work, judge: CaseJudge, one: Review, planted: JsonObject | None) -> DecidedReview:
    from remit.reviews import Outcome, ReviewKind, ReviewState
    from remit.reviews.statistics import DecidedReview
    from remit.store.decisions import decision
    from remit.store.operations.reviewing import followers
    from remit.store.reviews import review_output, truths_of

    store = work.project.store
    is_same = wrong = None
    if one.kind is ReviewKind.SECOND:
        is_same = not any(
            other.kind is ReviewKind.SETTLING and other.state is not ReviewState.WITHDRAWN
            for other in followers(store, one.id)
        )
    elif one.kind is ReviewKind.AUDIT:
        truths = truths_of(store, one.decision_id)
        wrong = next((truth.wrong for truth, _ in truths if truth.payload_id == one.id), None)
    case = None
    if planted is not None:
        record = decision(store, one.decision_id)
        case = planted_case(work, judge, record, planted, review_output(store, one))
    return DecidedReview(
        by=one.decided_by or "",
        kind=one.kind,
        outcome=one.outcome or Outcome.ANSWERED,
        answer_seen=one.ask.shows_answer and one.kind is not ReviewKind.AUDIT,
        seconds=one.seconds,
        asked_back=one.question is not None,
        is_same=is_same,
        wrong=wrong,
        planted=case,
    )
