"""The figures on people who decide."""

from __future__ import annotations

import pytest

from remit.reviews import Outcome, ReviewKind
from remit.reviews.statistics import DecidedReview, PlantedCase, noticed_share, statistics_of
from remit.stats import binomial_lower, binomial_upper, reviewed_bounds


def one(by="bob", **what):
    return DecidedReview(
        **{"by": by, "kind": ReviewKind.REVIEW, "outcome": Outcome.ACCEPTED, "answer_seen": True, **what}
    )


def planted(*, wrong, flagged, seen=True, is_right=True, outcome=Outcome.ANSWERED):
    case = PlantedCase(is_wrong=wrong, is_flagged=flagged, is_right=is_right)
    return one(kind=ReviewKind.PLANTED, planted=case, answer_seen=seen, outcome=outcome)


def test_nothing_decided_is_no_figure_and_not_zero():
    found = statistics_of(())
    assert (found.people, found.error_upper, found.overall.sensitivity) == ((), None, None)
    assert (found.overall.seconds_median, found.overall.agreement, found.overall.override_share) == (None, None, None)
    assert (found.overall.sensitivity_lower, found.overall.false_flag_upper) == (0.0, 1.0)


def test_planted_cases_tell_what_is_caught_and_count_as_no_work():
    cases = [planted(wrong=True, flagged=True)] * 9 + [planted(wrong=True, flagged=False, outcome=Outcome.ACCEPTED)]
    cases += [planted(wrong=False, flagged=True)] + [planted(wrong=False, flagged=False)] * 19
    found = statistics_of(cases).overall
    assert (found.n, found.n_seen, found.n_planted_wrong, found.n_caught) == (0, 0, 10, 9)
    assert (found.sensitivity, found.sensitivity_lower) == (0.9, binomial_lower(9, 10, 0.05))
    assert (found.n_false_flags, found.false_flag_share) == (1, 0.05)
    assert found.false_flag_upper == binomial_upper(1, 20, 0.05)
    assert (found.n_shown_wrong, found.n_shown_caught) == (10, 9)


def test_what_was_not_on_the_screen_is_solo_work():
    cases = [
        planted(wrong=True, flagged=True, seen=False),
        planted(wrong=True, flagged=True, seen=False, is_right=False),
    ]
    found = statistics_of(cases).overall
    assert (found.n_shown_wrong, found.n_blind, found.n_blind_right) == (0, 2, 1)


def test_audits_are_bounded_with_what_people_miss():
    audits = [one(kind=ReviewKind.AUDIT, answer_seen=False, wrong=i < 3) for i in range(100)]
    unjudged = [one(kind=ReviewKind.AUDIT, answer_seen=False, wrong=None)]
    found = statistics_of(
        [*audits, *unjudged, *[planted(wrong=True, flagged=True)] * 20, *[planted(wrong=False, flagged=False)] * 20]
    )
    expected = reviewed_bounds(3, 100, n_caught=20, n_planted=20, n_false_flags=0, n_planted_right=20)
    assert (found.n_audited, found.n_audited_wrong) == (100, 3)
    assert (found.error_lower, found.error_upper) == (expected.lower, expected.upper)


def test_pace_overrides_questions_and_agreement_are_counted_per_person():
    decided = [one(seconds=float(s)) for s in range(1, 21)]
    decided += [one("eve", outcome=Outcome.REJECTED, asked_back=True), one("eve", answer_seen=False)]
    decided += [one("eve", kind=ReviewKind.SECOND, is_same=True), one("eve", kind=ReviewKind.SECOND, is_same=False)]
    bob, eve = statistics_of(decided).people
    assert (bob.by, bob.n, bob.n_timed, bob.seconds_median, bob.seconds_p95) == ("bob", 20, 20, 10.0, 19.0)
    assert (eve.n, eve.n_seen, eve.n_overridden, eve.asked_back_share) == (4, 3, 1, 0.25)
    assert (eve.n_pairs, eve.n_same, eve.agreement, eve.seconds_median) == (2, 1, 0.5, None)
    assert eve.override_share == pytest.approx(1 / 3)


def test_what_people_notice_is_known_from_twenty_planted_cases_on():
    assert noticed_share([True] * 19, 0.025) == 1.0
    assert 0.7 < noticed_share([True] * 20, 0.025) < 0.8
    assert noticed_share([False] * 20, 0.025) == 0.0
    flags = [True] * 90 + [False] * 10
    assert noticed_share(flags, 0.025) == pytest.approx(0.763, abs=0.001)
