"""Every target judged by the bound of its metric, against numbers that were worked out by hand or by counting."""

from math import comb, isclose

import numpy as np
import pytest
from tests.unit.proof.works import (
    ERROR_COSTS,
    broken,
    case,
    fail_late,
    quality,
    refunds,
    run_of,
    said,
    tally_of,
    target,
)

from remit.definition.model import Decision, Outputs
from remit.proof.targets import Terms, judge_target
from remit.readiness.facts import TargetVerdict

MET, MISSED, UNPROVEN = TargetVerdict.MET, TargetVerdict.MISSED, TargetVerdict.UNPROVEN


def at_most_k(k, n, p):
    """P(Binomial(n, p) <= k), by adding up."""
    return sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1))


def judge(one, answered, *, delta=0.05, cap=None, n_reviewed=0, n_cases=None, definition=None, **parts):
    definition = refunds(quality=quality(one, **parts)) if definition is None else definition
    tally = tally_of(definition, answered)
    terms = Terms(
        delta=delta,
        cost_cap=cap,
        n_reviewed=n_reviewed,
        n_cases=len(answered) if n_cases is None else n_cases,
        highest_loss=tally.judge.highest_loss,
    )
    return judge_target(tally.targets[0], terms, np.random.default_rng(1))


def test_without_an_error_the_lower_bound_is_the_nth_root_of_delta():
    found = judge(target("accuracy", at_least=0.95), run_of(59))
    assert (found.verdict, found.value, found.n) == (MET, 1.0, 59)
    assert isclose(found.lower, 0.05 ** (1 / 59))
    assert found.upper == 1.0
    assert found.lower >= 0.95 > 0.05 ** (1 / 58)


def test_one_case_less_than_the_least_proves_nothing():
    found = judge(target("accuracy", at_least=0.95), run_of(58))
    assert (found.verdict, found.n_more) == (UNPROVEN, 1)


@pytest.mark.parametrize(("right", "wrong"), [(95, 5), (57, 3), (180, 2), (1, 9)])
def test_bounds_are_exact(right, wrong):
    found = judge(target("accuracy", at_least=0.9), run_of(right, wrong))
    n = right + wrong
    assert found.value == right / n
    assert isclose(1 - at_most_k(right - 1, n, found.lower), 0.05, rel_tol=1e-9)
    assert isclose(at_most_k(right, n, found.upper), 0.05, rel_tol=1e-9)


@pytest.mark.parametrize(
    ("right", "wrong", "limit", "verdict"),
    [(95, 5, 0.89, MET), (95, 5, 0.9, UNPROVEN), (95, 5, 0.98, UNPROVEN), (95, 5, 0.981, MISSED), (0, 10, 0.3, MISSED)],
)
def test_met_and_missed_are_what_the_exact_bounds_say(right, wrong, limit, verdict):
    assert judge(target("accuracy", at_least=limit), run_of(right, wrong)).verdict is verdict


def test_a_smaller_delta_asks_for_more():
    assert judge(target("accuracy", at_least=0.95), run_of(59), delta=0.025).verdict is UNPROVEN
    assert judge(target("accuracy", at_least=0.95), run_of(72), delta=0.025).verdict is MET
    assert 0.95**72 <= 0.025 < 0.95**71


def test_error_rate_is_judged_from_the_other_side():
    found = judge(target("error_rate", at_most=0.05), run_of(59))
    assert (found.verdict, found.value, found.lower, found.at_least) == (MET, 0.0, 0.0, False)
    assert isclose(found.upper, 1 - 0.05 ** (1 / 59))
    assert judge(target("error_rate", at_most=0.05), run_of(50, 10)).verdict is MISSED
    assert judge(target("error_rate", at_most=0.05), run_of(58)).n_more == 1
    assert judge(target("error_rate", at_least=0.5), run_of(0, 9)).verdict is MET


def test_how_many_more_cases_is_what_counting_up_finds():
    found = judge(target("accuracy", at_least=0.95), run_of(98, 2))
    assert found.verdict is UNPROVEN

    def met(n):
        k = int(0.98 * n + 1e-9)
        return 1 - at_most_k(k - 1, n, 0.95) <= 0.05

    assert found.n_more == next(n for n in range(100, 1000) if met(n)) - 100 == 81


def test_at_exactly_the_limit_no_number_of_cases_would_decide():
    found = judge(target("accuracy", at_least=0.95), run_of(95, 5))
    assert (found.verdict, found.n_more) == (UNPROVEN, None)


@pytest.mark.parametrize(
    ("parts", "answered", "verdict"),
    [
        ({"at_least": 1.0}, run_of(500), UNPROVEN),
        ({"at_least": 1.0}, run_of(500, 1), MISSED),
        ({"at_least": 0.0}, run_of(0, 3), MET),
        ({"at_most": 1.0}, run_of(3), MET),
        ({"at_most": 0.0}, run_of(3), MISSED),
    ],
)
def test_limits_of_zero_and_one_are_judged_too(parts, answered, verdict):
    found = judge(target("accuracy", **parts), answered)
    assert (found.verdict, found.n_more) == (verdict, None)


@pytest.mark.parametrize(
    ("metric", "parts"), [("recall", {"class_": "ask"}), ("precision", {"class_": "ask"}), ("f1", {"class_": "ask"})]
)
def test_a_denominator_of_nothing_is_unproven_and_says_so(metric, parts):
    found = judge(target(metric, at_least=0.5, **parts), run_of(10))
    assert (found.verdict, found.n, found.n_more) == (UNPROVEN, 0, None)
    assert (found.value, found.lower, found.upper) == (None, None, None)
    assert found.why == "no case counts for it"


def test_recall_and_precision_are_judged_given_their_denominators():
    answered = [
        *[(case(f"a{i}", "yes"), said("yes")) for i in range(40)],
        *[(case(f"b{i}", "no"), said("yes")) for i in range(10)],
        *[(case(f"d{i}", "no"), said("no")) for i in range(30)],
    ]
    recall = judge(target("recall", class_="yes", at_least=0.9), answered)
    assert (recall.value, recall.n, recall.verdict) == (1.0, 40, MET)
    assert isclose(recall.lower, 0.05 ** (1 / 40))
    precision = judge(target("precision", class_="yes", at_least=0.9), answered)
    assert (precision.value, precision.n, precision.verdict) == (0.8, 50, MISSED)
    assert isclose(at_most_k(40, 50, precision.upper), 0.05, rel_tol=1e-9)


def test_f1_of_a_class_is_judged_by_its_overlap():
    answered = [
        *[(case(f"a{i}", "yes"), said("yes")) for i in range(90)],
        *[(case(f"b{i}", "no"), said("yes")) for i in range(5)],
        *[(case(f"d{i}", "yes"), said("no")) for i in range(5)],
        *[(case(f"e{i}", "no"), said("no")) for i in range(50)],
    ]
    found = judge(target("f1", class_="yes", at_least=0.9), answered)
    assert isclose(found.value, 2 * 90 / (2 * 90 + 5 + 5))
    assert (round(found.lower, 4), round(found.upper, 4), found.n) == (0.9108, 0.9716, 100)
    assert found.verdict is MET
    assert judge(target("f1", class_="yes", at_least=0.98), answered).verdict is MISSED
    assert judge(target("f1", class_="yes", at_least=0.95), answered).verdict is UNPROVEN
    assert found.limit == 0.9


def test_f1_over_fields_bets_on_the_counts_of_each_case():
    definition = refunds(quality=quality(target("f1", at_least=0.9)))
    answered = [
        (case(f"c{i}", also={"words": "so"}), said(output={"refund": "yes", "words": "so"})) for i in range(200)
    ]
    found = judge(None, answered, definition=definition)
    assert (found.value, round(found.lower, 2), found.upper, found.n, found.verdict) == (1.0, 0.98, 1.0, 200, MET)
    wrong = [(one, said(output={"refund": "no", "words": "other"})) for one, _ in answered]
    missed = judge(None, wrong, definition=definition)
    assert (missed.value, missed.verdict) == (0.0, MISSED)


def test_f1_over_fields_without_a_case_is_unproven():
    definition = refunds(quality=quality(target("f1", at_least=0.9, where="input.amount > 99.0")))
    found = judge(None, run_of(3), definition=definition)
    assert (found.verdict, found.why) == (UNPROVEN, "no case counts for it")


@pytest.mark.parametrize("metric", ["recall", "precision", "f1"])
def test_a_class_of_nobody_knows_which_decision_is_unproven_and_says_so(metric):
    definition = refunds(
        outputs=Outputs(fields={"refund": ["yes", "no"], "second": ["yes", "no"]}),
        decisions=(Decision(id="refund"), Decision(id="second")),
        quality=quality(target(metric, class_="yes", at_least=0.5)),
    )
    answered = [(case("c0", also={"second": "yes"}), said(output={"refund": "yes", "second": "yes"}))] * 90
    found = judge(None, answered, definition=definition)
    assert (found.verdict, found.n) == (UNPROVEN, 0)
    assert found.why == "`of` must name the decision it is about"


def test_speed_counts_the_late_answers_and_asks_for_at_most_five_in_a_hundred():
    fast = [(case(f"c{i}"), said(seconds=0.5)) for i in range(59)]
    found = judge(target("seconds_p95", at_most=1.0), fast)
    assert (found.verdict, found.value, found.limit, found.n) == (MET, 0.0, 1.0, 59)
    assert isclose(found.upper, 1 - 0.05 ** (1 / 59))
    assert "0 of 59 answers took longer than 1 s" in found.why
    late = [(case(f"d{i}"), said(seconds=1.5)) for i in range(10)]
    assert judge(target("seconds_p95", at_most=1.0), [*fast, *late]).verdict is MISSED
    assert judge(target("seconds_p95", at_most=1.0), fast[:58]).verdict is UNPROVEN


def test_a_time_out_is_late_however_soon_it_came():
    answered = [(case(f"c{i}"), fail_late(seconds=0.1)) for i in range(59)]
    assert judge(target("seconds_p95", at_most=1.0), answered).verdict is MISSED


def test_speed_can_only_be_asked_to_be_at_most():
    found = judge(target("seconds_p95", at_least=1.0), run_of(500))
    assert (found.verdict, found.n) == (UNPROVEN, 0)
    assert "`at_most`" in found.why


def test_the_review_rate_is_over_all_cases():
    found = judge(target("review_rate", at_most=0.35), run_of(1), n_reviewed=20, n_cases=100)
    assert (found.verdict, found.value, found.n) == (MET, 0.2, 100)
    assert isclose(at_most_k(20, 100, found.upper), 0.05, rel_tol=1e-9)
    assert judge(target("review_rate", at_most=0.1), run_of(1), n_reviewed=20, n_cases=100).verdict is MISSED
    assert judge(target("review_rate", at_most=0.2), run_of(1), n_reviewed=20, n_cases=100).verdict is UNPROVEN


def test_a_review_rate_of_some_cases_is_unproven_and_says_so():
    found = judge(
        target("review_rate", at_most=0.9, where="input.amount > 5.0"), run_of(300), n_reviewed=1, n_cases=300
    )
    assert (found.verdict, found.n) == (UNPROVEN, 0)
    assert "leave `where` out" in found.why


def test_consistency_is_not_measured_yet_and_says_so():
    found = judge(target("consistency", at_least=0.5), run_of(300))
    assert (found.verdict, found.n) == (UNPROVEN, 0)
    assert "not measured" in found.why


def test_expected_cost_is_bounded_by_betting_between_nothing_and_the_highest_loss():
    costs = {"error_costs": ERROR_COSTS}
    found = judge(target("expected_cost", at_most=3.0), run_of(59), **costs)
    assert (found.value, found.lower, found.n, found.verdict) == (0.0, 0.0, 59, MET)
    assert round(found.upper / 50, 3) == 0.053  # of the highest loss, which is 50
    assert judge(target("expected_cost", at_most=2.0), run_of(59), **costs).verdict is UNPROVEN
    wrong = judge(target("expected_cost", at_most=3.0), run_of(0, 59), **costs)
    assert (wrong.value, wrong.verdict) == (10.0, MISSED)
    assert wrong.lower > 3.0


def test_an_answer_that_did_not_come_costs_the_highest():
    answered = [(case(f"c{i}"), broken()) for i in range(59)]
    found = judge(target("expected_cost", at_most=40.0), answered, error_costs=ERROR_COSTS)
    assert (found.value, found.verdict) == (50.0, MISSED)


def test_expected_cost_without_costs_is_unproven_and_says_so():
    found = judge(target("expected_cost", at_most=3.0), run_of(500))
    assert (found.verdict, found.n) == (UNPROVEN, 0)
    assert "error_costs" in found.why


def test_expected_cost_of_no_case_is_unproven():
    one = target("expected_cost", at_most=3.0, where="input.amount > 99.0")
    found = judge(one, run_of(5), error_costs=ERROR_COSTS)
    assert (found.verdict, found.why) == (UNPROVEN, "no case counts for it")


def costing(*amounts):
    return [(case(f"c{i}"), said(cost=amount)) for i, amount in enumerate(amounts)]


def test_without_a_cap_the_cost_of_an_item_is_unproven_and_says_so():
    found = judge(target("cost_per_item", at_most=1.0), costing(*[0.1] * 200))
    assert (found.verdict, found.n) == (UNPROVEN, 0)
    assert "cost_per_item" in found.why


def test_an_item_above_the_cap_makes_the_cost_unproven_and_says_so():
    found = judge(target("cost_per_item", at_most=10.0), costing(*[0.1] * 200, 0.7), cap=0.5)
    assert (found.verdict, found.n) == (UNPROVEN, 0)
    assert "0.7" in found.why
    assert "0.5" in found.why


@pytest.mark.parametrize(("limit", "verdict"), [(0.5, MET), (0.49, MISSED)])
def test_where_every_item_costs_what_the_file_says_nothing_is_estimated(limit, verdict):
    found = judge(target("cost_per_item", at_most=limit), costing(0.5, None, 0.5), cap=0.5)
    assert (found.verdict, found.value, found.lower, found.upper, found.n) == (verdict, 0.5, 0.5, 0.5, 3)


def test_an_executor_that_costs_nothing_meets_any_limit():
    assert judge(target("cost_per_item", at_most=0.0), costing(0.0, None), cap=0.0).verdict is MET


def test_costs_below_the_cap_are_bounded_by_betting():
    found = judge(target("cost_per_item", at_most=0.1), costing(*[0.0] * 59), cap=1.0)
    assert (found.value, found.lower, found.verdict) == (0.0, 0.0, MET)
    assert round(found.upper, 3) == 0.053


def test_an_item_whose_cost_nobody_knows_counts_as_the_cap():
    assert judge(target("cost_per_item", at_most=5.0), costing(0.0, None), cap=1.0).value == 0.5


def test_the_cost_of_no_case_is_unproven():
    one = target("cost_per_item", at_most=3.0, where="input.amount > 99.0")
    assert judge(one, run_of(5), cap=1.0).verdict is UNPROVEN


@pytest.mark.parametrize(
    ("one", "about"),
    [
        (target("accuracy", at_least=0.5), None),
        (target("accuracy", of="refund", at_least=0.5), "refund"),
        (target("recall", class_="yes", at_least=0.5), "refund = yes"),
        (target("recall", of="refund", class_="ask", at_least=0.5), "refund = ask"),
        (target("accuracy", at_least=0.5, where="input.amount  > 5.0"), "cases where input.amount > 5.0"),
        (target("recall", class_="no", at_least=0.5, where="input.vip"), "refund = no where input.vip"),
        (target("expected_cost", at_most=5.0), None),
    ],
)
def test_a_target_says_what_it_is_of(one, about):
    assert judge(one, run_of(5)).about == about


def test_a_target_without_a_limit_is_a_bug():
    with pytest.raises(AssertionError, match="Q1"):
        judge(target("accuracy"), run_of(3))
