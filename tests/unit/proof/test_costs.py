"""What 1,000 items cost under three policies, added up by hand."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.proof.works import ERROR_COSTS, KEPT, TODAY, broken, case, quality, refunds, said, tally_of

from remit.definition.model import Today
from remit.proof.costs import costs_per_1000
from remit.proof.document import CostPer1000
from remit.stats import mean_upper

COSTED = {"quality": quality(error_costs=ERROR_COSTS), "today": TODAY, "autonomy": KEPT}
ANSWERED = [
    (case("c0"), said()),
    (case("c1", "no"), said("yes")),  # 40 lost where it acts
    (case("c2"), said("no")),  # 10 lost where it acts
    (case("c3"), said()),
    (case("c4", amount=900.0), said()),  # kept for a person
]


def costs(acts, *, executor=0.5, answered=ANSWERED, **changes):
    definition = refunds(**{**COSTED, **changes})
    found = costs_per_1000(
        definition,
        tally_of(definition, answered),
        acts=np.array(acts, dtype=bool),
        executor_cost=executor,
        delta=0.05,
        rng=np.random.default_rng(1),
    )
    assert [one.policy for one in found] == ["as certified", "review everything", "never review"]
    return found


def test_three_policies_are_priced():
    certified, everything, never = costs([1, 1, 0, 0])
    # acted on: 0 and 40; two reviews at 2; all four answers at .5; the kept case a review without an answer
    assert certified.estimate == pytest.approx(1000 * ((0 + 40 + 2 + 2 + 4 * 0.5) + 2) / 5)
    assert everything == CostPer1000(policy="review everything", estimate=2000.0, upper=2000.0)
    assert never.estimate == pytest.approx(1000 * ((40 + 10) / 4 + 0.5))
    assert certified.upper > certified.estimate
    assert never.upper > never.estimate


def test_an_answer_costs_what_it_said_and_else_what_the_file_says():
    answered = [(case("c0"), said(cost=0.1)), (case("c1"), said(cost=0.0)), (case("c2"), said())]
    certified, _, never = costs([1, 0, 1], answered=answered)
    assert never.estimate == pytest.approx(1000 * (0.1 + 0.0 + 0.5) / 3)
    assert certified.estimate == pytest.approx(1000 * (0.1 + 2.0 + 0.5) / 3)


def test_an_answer_that_cost_more_than_it_may_leaves_no_bound():
    certified, _, never = costs([1], answered=[(case("c0"), said(cost=0.6))])
    assert certified.estimate is never.estimate is None
    assert certified.why_not == never.why_not == "an item cost more than the cost_per_item of the executor file"


def test_without_a_certificate_cheaper_answers_leave_room_below():
    answered = [(case(f"c{i}"), said(cost=0.1 * (i % 2))) for i in range(40)]
    certified, _, _ = costs([0] * 40, answered=answered)
    assert certified.estimate == pytest.approx(2050.0)
    assert 2050.0 < certified.upper < 2500.0


def test_without_a_certificate_everything_is_a_review_after_an_answer_that_was_paid_for():
    certified, _, _ = costs([0, 0, 0, 0])
    assert certified.estimate == pytest.approx(1000 * (4 * 2.5 + 2) / 5)


def test_where_a_person_gets_every_case_no_cost_is_claimed_that_cannot_happen():
    asked = ANSWERED[:4]
    certified, _, _ = costs([0] * 4, answered=asked)
    assert certified.estimate == certified.upper == 2500.0  # each costs 2 and .5, whatever the answer was
    certified, everything, _ = costs([0] * 4, executor=0.0)
    assert certified.estimate == certified.upper == everything.upper == 2000.0
    certified, _, _ = costs([0] * 4)
    assert 2400.0 < certified.upper <= 2500.0


def test_the_upper_bound_is_above_the_mean_and_never_above_the_worst():
    answered = [(case(f"c{i}"), said()) for i in range(200)]
    certified, _, never = costs([1] * 200, answered=answered)
    assert certified.estimate == never.estimate == 500.0
    assert 500.0 < certified.upper < 1500.0
    assert 500.0 < never.upper < 1500.0


def test_the_bound_fails_with_the_chance_it_is_given():
    definition = refunds(**COSTED)
    answered = [(case(f"c{i}"), said("no" if i % 10 == 0 else "yes")) for i in range(200)]
    tally = tally_of(definition, answered)
    uppers = [
        costs_per_1000(
            definition,
            tally,
            acts=np.ones(200, dtype=bool),
            executor_cost=0.5,
            delta=delta,
            rng=np.random.default_rng(1),
        )[2].upper
        for delta in (0.2, 0.05, 0.001)
    ]
    assert uppers == sorted(uppers)
    assert len(set(uppers)) == 3


@pytest.mark.parametrize("today", [None, Today(cost_per_item="unknown"), Today(cost_per_item=None)])
def test_what_a_review_costs_is_not_guessed(today):
    certified, everything, never = costs([1, 1, 1, 1], today=today)
    assert (certified.estimate, certified.upper) == (None, None)
    assert certified.why_not == everything.why_not == "today.cost_per_item is not known"
    assert never.estimate is not None


def test_what_the_executor_costs_is_not_guessed():
    certified, everything, never = costs([1, 1, 1, 1], executor=None)
    assert certified.why_not == never.why_not == "the executor file has no cost_per_item"
    assert everything.estimate == 2000.0


def test_an_executor_that_costs_nothing_is_not_one_whose_cost_is_unknown():
    assert costs([0, 0, 0, 0], executor=0.0)[0].estimate == 2000.0


def test_without_costs_of_errors_nothing_is_said_of_them():
    certified, everything, never = costs([1, 1, 1, 1], quality=quality())
    assert certified.why_not == never.why_not == "quality.error_costs is empty"
    assert everything.estimate == 2000.0


def test_where_no_case_was_answered_there_is_nothing_to_average():
    certified, _, never = costs([], answered=[ANSWERED[4]])
    assert certified.estimate == 2000.0
    assert (never.estimate, never.why_not) == (None, "no case was answered")
    assert costs([], answered=[])[0].why_not == "no case was answered"


def test_where_nothing_can_cost_anything_the_bound_is_nothing():
    free = quality(error_costs=tuple(type(one)(kind=one.kind, when=one.when, cost=0.0) for one in ERROR_COSTS))
    found = costs([1, 1, 1, 1], quality=free, today=Today(cost_per_item=0.0), executor=0.0)
    assert [(one.estimate, one.upper) for one in found] == [(0.0, 0.0)] * 3


def test_the_bound_reaches_from_nothing_to_the_worst_that_one_item_can_cost():
    answered = [(case(f"c{i}"), broken()) for i in range(20)]  # the highest loss each: 50
    certified, _, never = costs([1] * 20, answered=answered)
    assert certified.estimate == never.estimate == certified.upper == never.upper == 50_500.0
    right = [(case(f"c{i}"), said()) for i in range(20)]
    certified, _, never = costs([1] * 20, answered=right)
    expected = mean_upper([0.5] * 20, low=0.0, high=50.5, delta=0.05, rng=np.random.default_rng(1))
    assert certified.upper == never.upper == pytest.approx(1000 * expected)


def test_small_amounts_are_bounded_like_large_ones():
    small = quality(error_costs=(replace(ERROR_COSTS[0], cost=0.1),))
    answered = [(case(f"c{i}"), said()) for i in range(20)]
    certified, _, never = costs(
        [1] * 20, answered=answered, quality=small, today=Today(cost_per_item=0.1), executor=0.0
    )
    assert (certified.estimate, never.estimate) == (0.0, 0.0)
    assert 0.0 < certified.upper == never.upper < 100.0
