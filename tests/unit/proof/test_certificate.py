"""How far an executor may act alone, and what a tighter budget would take."""

from math import isclose, isnan

import numpy as np
import pytest
from tests.unit.proof.works import CEILING, KEPT, NOW, broken, case, quality, refunds, run_of, said, tally_of

from remit.autonomy.certificate import Certificate
from remit.proof.certificate import Bound, acted_on, certificate_of, certify_cases, curve, outlook, slice_certificates
from remit.stats import Certified, NotEnoughEvidence, binomial_p_value, further_for_certificate, risk_coverage

BOUND = Bound(evidence_digest="e" * 64, executor_digest="x" * 64, case_set_digest="c" * 64)


def cases_of(answered, *, gives_confidence=True, **changes):
    return acted_on(tally_of(refunds(**changes), answered), gives_confidence=gives_confidence)


def certify(answered, *, alpha=0.05, delta=0.05, gives_confidence=True, **changes):
    cases = cases_of(answered, gives_confidence=gives_confidence, **changes)
    found = certify_cases(cases, alpha=alpha, delta=delta)
    return certificate_of(found, bound=BOUND, made_at=NOW) if isinstance(found, Certified) else found


def graded(n, n_wrong=0):
    """Cases with confidences from .99 downwards, the last of them wrong."""
    return [(case(f"c{i}"), said("yes" if i < n - n_wrong else "no", round(0.99 - i * 0.004, 6))) for i in range(n)]


def test_without_confidence_it_is_all():
    found = certify(run_of(59, confidence=None), gives_confidence=False)
    assert isinstance(found, Certificate)
    assert (found.threshold, found.n_acted, found.n_wrong, found.coverage) == (None, 59, 0, 1.0)
    assert isclose(found.upper_bound, 1 - 0.05 ** (1 / 59))


def test_without_confidence_it_is_nothing_where_one_case_is_missing():
    found = certify(run_of(58, confidence=None), gives_confidence=False)
    assert isinstance(found, NotEnoughEvidence)
    assert found.needed_error_free == 1


def test_without_confidence_every_error_counts():
    assert isinstance(certify(run_of(92, 1, confidence=None), gives_confidence=False), Certificate)
    assert isinstance(certify(run_of(91, 1, confidence=None), gives_confidence=False), NotEnoughEvidence)


def test_an_executor_that_declares_no_confidence_is_all_or_nothing_even_where_answers_bring_one():
    found = certify(run_of(59), gives_confidence=False)
    assert found.threshold is None
    wrong_below = [*run_of(59, confidence=0.9), *[(case(f"w{i}"), said("no", 0.1)) for i in range(20)]]
    assert isinstance(certify(wrong_below, gives_confidence=False), NotEnoughEvidence)
    assert isinstance(certify(wrong_below), Certificate)


def test_an_answer_without_confidence_is_never_eligible_where_the_executor_gives_one():
    answered = [*graded(60), *[(case(f"n{i}"), said("yes", None)) for i in range(40)]]
    found = certify(answered)
    assert (found.n_acted, found.n_cases, found.coverage) == (60, 100, 0.6)
    assert found.threshold == min(one.confidence for _, one in graded(60))


def test_where_no_answer_comes_with_its_confidence_nothing_is_certified():
    found = certify(run_of(500, confidence=None))
    assert isinstance(found, NotEnoughEvidence)
    assert found.n_cases == 500
    assert found.why == "no answer that could be acted on came with a confidence"


def test_kept_cases_count_in_the_coverage_and_in_nothing_else():
    kept = [(case(f"k{i}", amount=900.0), said()) for i in range(41)]
    found = certify([*run_of(59, confidence=None), *kept], gives_confidence=False, autonomy=KEPT)
    assert (found.n_acted, found.n_cases, found.coverage) == (59, 100, 0.59)


def test_what_is_kept_back_by_a_constraint_is_no_evidence_either_way():
    held = [(case(f"h{i}", amount=200.0), said("yes")) for i in range(500)]
    found = certify([*run_of(30, confidence=None), *held], gives_confidence=False, constraints=CEILING)
    assert isinstance(found, NotEnoughEvidence)
    assert found.needed_error_free == 29


def test_a_fault_is_no_answer_to_act_on():
    faults = [(case(f"f{i}"), broken()) for i in range(100)]
    found = certify([*run_of(59, confidence=None), *faults], gives_confidence=False)
    assert (found.n_acted, found.n_wrong, found.n_cases) == (59, 0, 159)


def test_the_threshold_never_parts_a_tie():
    answered = [*graded(60), *[(case(f"t{i}"), said("yes" if i else "no", 0.5)) for i in range(3)]]
    found = certify(answered)
    assert found.n_acted in (60, 63)
    assert found.threshold in (round(0.99 - 59 * 0.004, 6), 0.5)


def test_the_errors_of_doubtful_answers_stay_below_the_threshold():
    found = certify(graded(200, n_wrong=40))
    assert isinstance(found, Certificate)
    assert 150 < found.n_acted < 175
    assert found.upper_bound <= 0.05
    assert found.n_wrong == max(0, found.n_acted - 160)
    assert any("no other threshold that breaks it" in one for one in found.assumptions)


def test_confident_errors_are_said():
    answered = [(case(f"c{i}"), said("no" if i < 30 else "yes", 1 - i / 1000)) for i in range(300)]
    found = certify(answered)
    assert isinstance(found, NotEnoughEvidence)
    assert found.warnings == ("the 30 most confident cases are wrong 100 % of the time",)


def test_a_certificate_is_bound_to_what_it_was_made_from():
    found = certify(run_of(60, confidence=None), gives_confidence=False, alpha=0.06, delta=0.04)
    assert (found.evidence_digest, found.executor_digest, found.case_set_digest) == ("e" * 64, "x" * 64, "c" * 64)
    assert (found.alpha, found.delta, found.method, found.made_at) == (0.06, 0.04, "step_down", NOW)


def test_a_smaller_share_of_delta_asks_for_more():
    assert isinstance(certify(run_of(71, confidence=None), gives_confidence=False, delta=0.025), NotEnoughEvidence)
    assert isinstance(certify(run_of(72, confidence=None), gives_confidence=False, delta=0.025), Certificate)


@pytest.mark.parametrize("gives_confidence", [True, False])
def test_without_any_eligible_case_nothing_is_certified_and_it_says_why(gives_confidence):
    found = certify([(case("c0", amount=900.0), said())], gives_confidence=gives_confidence, autonomy=KEPT)
    assert isinstance(found, NotEnoughEvidence)
    assert (found.needed_error_free, found.n_cases) == (59, 1)
    assert "every case goes to a person" in found.why


def test_the_outlook_lists_budgets_with_what_they_would_allow():
    found = outlook(cases_of(run_of(160, confidence=None), gives_confidence=False), budgets=(0.03,), delta=0.05)
    assert [one.alpha for one in found] == [0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.1]
    allowed = {one.alpha: one for one in found}
    assert (allowed[0.02].coverage, allowed[0.02].n_acted, allowed[0.02].n_more) == (1.0, 160, None)
    assert (allowed[0.01].coverage, allowed[0.01].n_acted) == (None, 0)
    assert allowed[0.01].n_more == 299 - 160  # no error so far: the least that could do
    assert allowed[0.005].n_more == 598 - 160


def test_the_outlook_is_none_where_no_number_of_cases_would_do():
    found = outlook(cases_of(run_of(50, 50, confidence=None), gives_confidence=False), budgets=(), delta=0.05)
    assert [(one.coverage, one.n_more) for one in found] == [(None, None)] * 6


def test_the_outlook_of_nothing_is_empty_handed():
    found = outlook(cases_of([(case("c0", amount=900.0), said())], autonomy=KEPT), budgets=(), delta=0.05)
    assert [(one.coverage, one.n_more) for one in found] == [(None, None)] * 6


def test_the_outlook_looks_at_thresholds_with_at_least_twenty_cases():
    few = outlook(cases_of(graded(19)), budgets=(), delta=0.05)
    assert [(one.n_acted, one.n_wrong, one.n_more) for one in few] == [(0, 0, None)] * 6
    enough = outlook(cases_of(graded(20)), budgets=(), delta=0.05)
    assert {one.alpha: one.n_more for one in enough}[0.05] == 39


def test_the_outlook_never_says_that_no_more_cases_are_needed_for_what_is_not_certified():
    answered = [(case("w"), said("no", 0.995)), *graded(79)]
    cases = cases_of(answered)
    found = {one.alpha: one for one in outlook(cases, budgets=(), delta=0.025)}
    assert binomial_p_value(1, 80, 0.08) <= 0.025  # alone this threshold would do; the search among all costs more
    assert found[0.08].coverage is None
    searched = further_for_certificate(1, 80, 80, 0.08, 0.025 / 4)
    assert found[0.08].n_more == searched > certify(answered, alpha=0.08, delta=0.025).needed_error_free == 1


def test_a_threshold_that_would_do_alone_and_was_searched_is_said_so():
    found = certify([(case("w"), said("no", 0.995)), *graded(79)], alpha=0.08, delta=0.025)
    assert found.why.startswith(
        "1 error among the 80 cases would be few enough for 8 % at the only threshold looked at,"
    )


def test_the_same_cases_give_the_same_certificate_with_and_without_kept_tables():
    kept = {}
    cases = cases_of(graded(333, n_wrong=60))
    found = [certify_cases(cases, alpha=0.05, delta=0.05, levels=levels) for levels in (None, kept, kept)]
    assert found[0] == found[1] == found[2]
    assert len(kept) == 1
    assert outlook(cases, budgets=(0.05,), delta=0.05, levels=kept) == outlook(cases, budgets=(0.05,), delta=0.05)
    assert len(kept) == 5  # at half a percent there are too few cases for any


def test_the_outlook_is_the_best_of_twelve_thresholds():
    rng = np.random.default_rng(8)
    answered = [
        (case(f"c{i}"), said("no" if rng.random() < 0.2 * (1 - u) else "yes", float(u)))
        for i, u in enumerate(rng.random(150))
    ]
    cases = cases_of(answered)
    every = risk_coverage(cases.confidence, cases.wrong, delta=0.05, points=12, n_cases=150)
    for one in outlook(cases, budgets=(), delta=0.05):
        furthers = [
            further_for_certificate(point.n_wrong, point.n_acted, 150, one.alpha, 0.05)
            for point in every
            if point.n_acted >= 20
        ]
        known = [further for further in furthers if further is not None]
        needed = certify(answered, alpha=one.alpha)
        if isinstance(needed, NotEnoughEvidence) and known:
            assert one.n_more == max(min(known), needed.needed_error_free)
        else:
            assert one.n_more is None


def test_the_curve_has_a_point_a_threshold_and_ends_with_everything():
    found = curve(cases_of(graded(50, n_wrong=10)), delta=0.05)
    assert len(found) == 50
    assert (found[-1].n_acted, found[-1].n_wrong, found[-1].coverage, found[-1].rate) == (50, 10, 1.0, 0.2)
    assert [one.n_acted for one in found] == sorted(one.n_acted for one in found)
    assert all(one.rate <= one.upper <= 1.0 for one in found)


@pytest.mark.parametrize(("answered", "gives"), [(run_of(50), False), ([(case("c0", amount=900.0), said())], True)])
def test_there_is_no_curve_without_confidence_or_without_cases(answered, gives):
    assert curve(cases_of(answered, gives_confidence=gives, autonomy=KEPT), delta=0.05) == ()


def test_acted_on_leaves_the_tally_as_it_is():
    tally = tally_of(refunds(), [*graded(3), (case("n"), said("yes", None))])
    found = acted_on(tally, gives_confidence=True)
    assert found.confidence.size == 3
    assert found.wrong.dtype == np.bool_
    assert isnan(tally.confidence[3])
    tally.wrong.append(0)  # nothing holds on to the arrays: counting may go on


def by_region(*, gives_confidence=False, autonomy=None, **regions):
    """What each region certifies: ``regions`` are how many right, how many wrong."""
    answered = [
        (case(f"{name}{i}", slices={"region": name}), said("yes" if i < right else "no", 0.9 - i / 10_000))
        for name, (right, wrong) in regions.items()
        for i in range(right + wrong)
    ]
    changes = {} if autonomy is None else {"autonomy": autonomy}
    cases = cases_of(answered, gives_confidence=gives_confidence, quality=quality(slices=("region",)), **changes)
    return {one.value: one for one in slice_certificates(cases, alpha=0.05, delta=0.05)}


def test_a_slice_is_certified_by_its_own_cases_at_its_share_of_delta():
    found = by_region(a=(72, 0), b=(72, 0))
    assert [(one.column, one.coverage, one.delta) for one in found.values()] == [("region", 1.0, 0.025)] * 2
    assert 0.95**72 <= 0.025 < 0.95**71
    assert isclose(found["a"].upper_bound, 1 - 0.025 ** (1 / 72))


def test_a_slice_that_does_not_reach_says_what_it_needs_and_the_other_stands():
    found = by_region(a=(100, 0), b=(70, 30))
    assert (found["a"].n_acted, found["a"].n_wrong, found["a"].needed_error_free) == (100, 0, None)
    b = found["b"]
    assert (b.coverage, b.threshold, b.upper_bound, b.n_acted, b.n_wrong, b.n_cases) == (None, None, None, 0, 0, 100)
    assert b.needed_error_free > 400


def test_a_slice_of_an_executor_with_confidence_has_a_threshold_of_its_own():
    found = by_region(gives_confidence=True, a=(120, 0), b=(120, 30))
    assert found["a"].threshold == min(0.9 - i / 10_000 for i in range(120))
    assert found["b"].threshold > 0.9 - 150 / 10_000


def test_slices_with_few_cases_are_not_certified_and_take_no_share():
    found = by_region(a=(59, 0), b=(29, 0))
    assert list(found) == ["a"]
    assert found["a"].delta == 0.05


def test_a_slice_of_which_nothing_may_be_acted_on_is_not_certified():
    held = [(case(f"h{i}", amount=900.0, slices={"region": "held"}), said()) for i in range(40)]
    cases = cases_of([*run_of(59), *held], gives_confidence=False, autonomy=KEPT, quality=quality(slices=("region",)))
    (found,) = slice_certificates(cases, alpha=0.05, delta=0.05)
    assert (found.value, found.n_cases, found.coverage, found.needed_error_free) == ("held", 40, None, 59)


def test_the_coverage_of_a_slice_counts_what_is_kept_for_people_too():
    kept = [(case(f"k{i}", amount=900.0, slices={"region": "a"}), said()) for i in range(41)]
    free = [(case(f"c{i}", slices={"region": "a"}), said()) for i in range(59)]
    cases = cases_of([*kept, *free], gives_confidence=False, autonomy=KEPT, quality=quality(slices=("region",)))
    (found,) = slice_certificates(cases, alpha=0.05, delta=0.05)
    assert (found.n_acted, found.n_cases, found.coverage) == (59, 100, 0.59)


def test_an_input_may_be_a_slice_and_a_case_without_a_value_is_in_none():
    web = [(case(f"w{i}", channel="web"), said()) for i in range(60)]
    shop = [(case(f"s{i}", channel="shop", slices={"region": ""}), said()) for i in range(40)]
    cases = cases_of([*web, *shop], gives_confidence=False, quality=quality(slices=("channel", "region")))
    assert [(one.key.column, one.key.value, one.n_cases) for one in cases.slices] == [
        ("channel", "shop", 40),
        ("channel", "web", 60),
    ]


def test_a_column_with_more_than_fifty_values_is_no_slice():
    many = [(case(f"c{i}", slices={"region": f"r{i % 51}"}), said()) for i in range(51 * 40)]
    cases = cases_of(many, gives_confidence=False, quality=quality(slices=("region",)))
    assert cases.slices == ()
    cases = cases_of(many[:50] * 40, gives_confidence=False, quality=quality(slices=("region",)))
    assert len(cases.slices) == 50
