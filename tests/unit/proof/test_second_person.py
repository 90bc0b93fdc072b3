"""Two people on the same cases: how often they disagree, exactly, and the executor beside the second one."""

from dataclasses import replace
from math import isclose

from tests.unit.proof.works import KEPT, broken, case, concluded, quality, refunds, said, target

from remit.definition.model import Decision, Outputs
from remit.readiness.facts import TargetVerdict
from remit.report.documents import from_json, to_json
from remit.stats import binomial_lower, binomial_upper


def labelled(n, *, expected="yes", second="yes", answer="yes", start=0):
    """``n`` cases with a second person's answer, and what the executor says."""
    return [(replace(case(f"c{start + i}", expected), second={"refund": second}), said(answer, 0.9)) for i in range(n)]


def test_disagreement_is_counted_by_the_first_answer_with_exact_bounds():
    answered = [
        *labelled(50),
        *labelled(10, second="no", start=50),
        *labelled(40, expected="no", second="no", start=60),
    ]
    found = concluded(refunds(), answered).second_person
    assert (found.n, found.n_disagree) == (100, 10)
    assert isclose(found.lower, binomial_lower(10, 100, 0.05))
    assert isclose(found.upper, binomial_upper(10, 100, 0.05))
    # Chance: .6 x .5 + .4 x .5 = .5; agreement .9: kappa (.9 - .5) / .5.
    assert isclose(found.kappa, 0.8)
    assert found.kappa_lower < 0.8 < found.kappa_upper


def test_the_executor_is_compared_with_the_second_person_case_by_case():
    answered = [
        *labelled(80),
        *labelled(10, second="no", start=80),  # only the second person wrong
        *labelled(1, answer="no", start=90),  # only the executor wrong
        *labelled(4, second="no", answer="ask", start=91),  # both
    ]
    found = concluded(refunds(), answered).second_person
    assert (found.n_wrong, found.only_executor_wrong, found.only_second_wrong) == (5, 1, 10)
    assert isclose(found.p_value, 12 / 2**11)  # at most 1 of 11 by a fair coin
    assert found.better is TargetVerdict.MET
    mirrored = [*labelled(80), *labelled(10, answer="no", start=80), *labelled(1, second="no", start=90)]
    assert concluded(refunds(), mirrored).second_person.better is TargetVerdict.MISSED


def test_the_verdict_has_the_delta_of_the_attempt_and_the_bounds_the_whole():
    answered = [*labelled(80), *labelled(5, second="no", start=80)]
    free, first = (concluded(refunds(), answered, attempt=attempt).second_person for attempt in (0, 1))
    assert isclose(free.p_value, 1 / 32)  # .031: enough at .05, not at .025
    assert (free.better, first.better) == (TargetVerdict.MET, TargetVerdict.UNPROVEN)
    assert (free.lower, free.upper) == (first.lower, first.upper)


def test_cases_with_one_answer_count_in_nothing_here():
    answered = [*labelled(30), *[(case(f"x{i}"), said("no")) for i in range(70)]]
    found = concluded(refunds(), answered).second_person
    assert (found.n, found.n_wrong) == (30, 0)
    assert concluded(refunds(), answered[30:]).second_person is None


def test_cases_kept_for_people_are_not_compared_and_a_fault_is_an_error():
    kept = [(replace(case(f"k{i}", amount=900.0), second={"refund": "no"}), said()) for i in range(5)]
    faults = [(replace(case(f"f{i}"), second={"refund": "yes"}), broken()) for i in range(3)]
    found = concluded(refunds(autonomy=KEPT), [*labelled(20), *kept, *faults]).second_person
    assert (found.n, found.n_disagree, found.n_wrong) == (23, 0, 3)


def test_two_people_who_only_ever_say_one_thing_have_no_kappa():
    found = concluded(refunds(), labelled(30))
    assert (found.second_person.kappa, found.second_person.kappa_lower) == (None, None)
    assert from_json(to_json(found)) == found


def test_people_disagree_by_the_rule_by_which_the_executor_is_judged():
    lenient = refunds(quality=quality(correct_when="output.refund == expected.refund || output.refund == 'ask'"))
    answered = [*labelled(20), *labelled(10, second="ask", start=20), *labelled(10, second="no", start=30)]
    assert concluded(lenient, answered).second_person.n_disagree == 10
    assert concluded(refunds(), answered).second_person.n_disagree == 20


def test_several_decisions_are_one_answer():
    two = refunds(
        outputs=Outputs(fields={"refund": ["yes", "no"], "desk": ["a", "b"]}),
        decisions=(Decision(id="refund"), Decision(id="desk")),
    )
    answered = [
        (
            replace(case(f"c{i}", also={"desk": "a"}), second={"refund": "yes", "desk": "b" if i < 4 else "a"}),
            said(output={"refund": "yes", "desk": "a"}),
        )
        for i in range(20)
    ]
    assert concluded(two, answered).second_person.n_disagree == 4


def test_second_answers_change_no_bound_of_the_proof():
    definition = refunds(quality=quality(target("accuracy", at_least=0.8)))
    answered = labelled(60)
    plain = [(replace(one, second={}), answer) for one, answer in answered]
    with_second, without = concluded(definition, answered), concluded(definition, plain)
    assert replace(with_second, second_person=None) == without
