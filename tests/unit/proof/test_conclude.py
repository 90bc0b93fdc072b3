"""From counts to the document: what an attempt may spend, what is compared, where every case goes, what it rests on."""

from dataclasses import replace

import pytest
from tests.unit.proof.works import (
    CEILING,
    ERROR_COSTS,
    KEPT,
    NOW,
    broken,
    case,
    concluded,
    concluded_from,
    fail_late,
    quality,
    refunds,
    run_of,
    said,
    tally_of,
    target,
)

from remit.definition.digests import definition_digest, evidence_digest
from remit.definition.model import (
    Autonomy,
    Constraint,
    Decision,
    Exclusion,
    FailureKind,
    FailureMode,
    Never,
    Scope,
    Table,
    Uncertainty,
)
from remit.items import Fault, FaultKind
from remit.proof.conclude import Other, delta_of_attempt
from remit.proof.document import Baseline, ConfusionCell
from remit.readiness.facts import TargetVerdict
from remit.report.documents import from_json, to_json

MET, MISSED, UNPROVEN = TargetVerdict.MET, TargetVerdict.MISSED, TargetVerdict.UNPROVEN
BUDGET = Autonomy(error_budget=0.05)


def test_attempts_together_never_spend_more_than_delta():
    assert [delta_of_attempt(0.05, attempt) for attempt in (1, 2, 3)] == [0.025, 0.0125, 0.00625]
    assert sum(delta_of_attempt(0.05, attempt) for attempt in range(1, 60)) <= 0.05


def test_a_baseline_spends_nothing_and_is_judged_at_the_whole_delta():
    assert delta_of_attempt(0.05, 0) == 0.05


@pytest.mark.parametrize(
    ("attempt", "n", "verdict"),
    [(0, 59, MET), (0, 58, UNPROVEN), (1, 72, MET), (1, 71, UNPROVEN), (2, 86, MET), (2, 85, UNPROVEN), (3, 99, MET)],
)
def test_every_attempt_asks_for_more_evidence(attempt, n, verdict):
    # The least n without an error: .95^n has to be at most .05, .025, .0125, .00625.
    definition = refunds(quality=quality(target("accuracy", at_least=0.95)), autonomy=BUDGET)
    found = concluded(definition, run_of(n, confidence=None), attempt=attempt, gives_confidence=False)
    assert found.targets[0].verdict is verdict
    assert (found.certificate is not None) is (verdict is MET)
    assert (found.delta, found.delta_full, found.attempt) == (delta_of_attempt(0.05, attempt), 0.05, attempt)
    assert found.is_baseline is (attempt == 0)


def test_the_assurance_of_the_definition_sets_delta():
    definition = refunds(quality=quality(target("accuracy", at_least=0.95), assurance=0.99), autonomy=BUDGET)
    found = concluded(definition, run_of(90, confidence=None), gives_confidence=False)
    assert (found.assurance, found.delta_full, found.delta) == (0.99, 0.01, 0.01)
    assert found.targets[0].verdict is MET  # .95^90 <= .01 < .95^89
    again = concluded(definition, run_of(89, confidence=None), gives_confidence=False)
    assert again.targets[0].verdict is UNPROVEN


def test_without_a_word_on_quality_the_assurance_is_95_percent_and_nothing_is_judged():
    found = concluded(refunds(), run_of(5))
    assert (found.assurance, found.targets, found.slices) == (0.95, (), ())


def test_the_document_says_what_it_is_about():
    definition = refunds(autonomy=BUDGET)
    found = concluded(definition, run_of(3), attempt=2, currency="EUR", is_own_table=True)
    assert (found.work, found.title, found.made_at, found.currency) == ("refunds", "Decide one refund", NOW, "EUR")
    assert found.definition_digest == definition_digest(definition)
    assert found.evidence_digest == evidence_digest(definition)
    assert (found.case_set_digest, found.executor.name, found.executor.digest) == ("c" * 64, "clerk", "e" * 64)
    assert found.is_own_table
    assert "attempt 2" in found.method[-1]
    assert "0.0125" in found.method[-1]


def test_a_baseline_says_that_it_spends_nothing():
    assert "baseline" in concluded(refunds(), run_of(3)).method[-1]


def test_counts_stand_apart():
    answered = [
        (case("c0"), said()),
        (case("c1"), said("no")),
        (case("c2"), broken()),
        (case("c3"), fail_late()),
        (case("c4"), broken(FaultKind.RUBBISH)),
        (case("c5"), said("perhaps")),
        (case("c6", amount=900.0), said()),
    ]
    found = concluded(refunds(autonomy=KEPT), answered)
    assert (found.n_cases, found.n_kept, found.n_wrong) == (7, 1, 5)
    assert (found.n_errors, found.n_timeouts, found.n_invalid_outputs) == (1, 1, 2)
    assert found.executor_seconds == pytest.approx(0.06)
    assert found.wrong_ids == ("c1", "c2", "c3", "c4", "c5")
    assert any("1 cases are kept" in one for one in found.limits)


def routes_of(found):
    return {(one.route, one.reason): one.n for one in found.routes}


def test_routes_add_up_to_all_cases():
    answered = [
        *[(case(f"a{i}"), said("yes", 0.9)) for i in range(80)],
        *[(case(f"b{i}"), said("no" if i % 2 else "yes", 0.2)) for i in range(20)],
        *[(case(f"k{i}", amount=900.0), said()) for i in range(7)],
        *[(case(f"r{i}", amount=200.0), said("yes")) for i in range(5)],
        *[(case(f"f{i}"), broken()) for i in range(3)],
        (case("bad", amount=-1.0), said()),
    ]
    found = concluded(refunds(autonomy=KEPT, constraints=CEILING), answered)
    assert sum(one.n for one in found.routes) == found.n_cases == 116
    assert routes_of(found) == {
        ("act", "within_limits"): found.certificate.n_acted,
        ("review", "confidence"): 100 - found.certificate.n_acted,
        ("review", "never_input"): 7,
        ("review", "constraint"): 5,
        ("review", "fault"): 3,
        ("reject", "input_refused"): 1,
    }
    assert found.certificate.n_acted == 80
    assert [one.n for one in found.routes] == sorted((one.n for one in found.routes), reverse=True)


def test_without_a_certificate_nothing_is_acted_on():
    found = concluded(refunds(autonomy=BUDGET), run_of(20))
    assert found.certificate is None
    assert routes_of(found) == {("review", "confidence"): 20}
    assert found.no_certificate.startswith("no error among the 20 cases does not show")
    assert found.needed_error_free == 59 - 20


def test_without_confidence_all_that_is_eligible_is_acted_on():
    found = concluded(refunds(autonomy=BUDGET), run_of(59, confidence=None), gives_confidence=False)
    assert routes_of(found) == {("act", "within_limits"): 59}
    assert found.curve == ()


def test_an_answer_without_confidence_is_not_acted_on_where_there_is_a_threshold():
    answered = [*run_of(80), *[(case(f"n{i}"), said("yes", None)) for i in range(5)]]
    found = concluded(refunds(autonomy=BUDGET), answered)
    assert routes_of(found) == {("act", "within_limits"): 80, ("review", "confidence"): 5}
    assert found.certificate.coverage == 80 / 85


@pytest.mark.parametrize(
    ("changes", "answered", "gives", "why"),
    [
        ({}, run_of(80), True, "error_budget is not written"),
        ({"autonomy": KEPT}, [(case("c0", amount=900.0), said())], True, "see where these cases would go"),
        (
            {"autonomy": BUDGET, "uncertainty": Uncertainty(review_when="answer.confidence < 0.5")},
            run_of(80, confidence=None),
            False,
            "it gives no confidence, and uncertainty.review_when asks for one",
        ),
        (
            {"autonomy": BUDGET, "constraints": CEILING},
            [(case(f"c{i}", amount=200.0), said()) for i in range(9)],
            False,
            "every case goes to a person before confidence is looked at",
        ),
        ({"autonomy": BUDGET}, [(case(f"c{i}"), broken()) for i in range(9)], False, "it was error"),
        ({}, [(case("c0"), broken()), (case("c1"), fail_late())], True, "2 cases"),
        ({"autonomy": BUDGET}, run_of(80, confidence=None), True, "came with a confidence"),
        (
            {"autonomy": BUDGET},
            [(case(f"c{i}"), said("no" if i < 30 else "yes", 1 - i / 1000)) for i in range(300)],
            True,
            "the 30 most confident cases are wrong 100 % of the time",
        ),
    ],
)
def test_why_there_is_no_certificate_is_said(changes, answered, gives, why):
    found = concluded(refunds(**changes), answered, gives_confidence=gives)
    assert found.certificate is None
    assert why in found.no_certificate


def test_an_executor_that_answered_nothing_is_said_so_whatever_else_is_missing():
    silent = [(case(f"c{i}"), broken()) for i in range(1200)]
    for changes in ({}, {"autonomy": BUDGET}):
        found = concluded(refunds(**changes), [*silent, (case("late"), fail_late())])
        assert found.no_certificate == "it gave no answer to any of 1,201 cases: mostly it was error"
        assert found.needed_error_free is None
    alike = concluded(refunds(autonomy=BUDGET), silent)
    assert alike.no_certificate == "it gave no answer to any of 1,200 cases: it was error"


def test_a_fault_that_is_one_long_word_is_cut_and_not_left_out():
    fault = Fault(kind=FaultKind.RUBBISH, text="x" * 250)
    found = concluded(refunds(autonomy=BUDGET), [(case("c1"), broken(fault=fault))])
    assert found.no_certificate.endswith("xx …")


def test_one_answer_is_not_none():
    found = concluded(refunds(autonomy=BUDGET), [*[(case(f"c{i}"), broken()) for i in range(5)], *run_of(1)])
    assert "gave no answer" not in found.no_certificate
    assert found.needed_error_free is not None


def test_the_texts_of_faults_are_kept_flat():
    faults = [Fault(kind=FaultKind.ERROR, text=f"line {i}") for i in range(300)]
    tally = tally_of(refunds(), [(case(f"c{i}"), broken(fault=fault)) for i, fault in enumerate(faults)])
    assert len(tally.fault_texts) == 100


def test_why_an_item_goes_somewhere_is_said_in_the_words_of_the_definition():
    definition = refunds(
        autonomy=Autonomy(never=(Never(when="input.amount > 500.0", because="large sums  are read by a person"),)),
        constraints=(Constraint(id="C1", expr="input.amount < 100.0 || output.refund != 'yes'"),),
        scope=Scope(excludes=(Exclusion(what="vouchers", when="input.channel == 'shop'"),)),
        failure_modes=(FailureMode(id="F1", kind=FailureKind.UNAVAILABLE, mode="no answer comes " * 9),),
        uncertainty=Uncertainty(review_when="answer.confidence < 0.5"),
    )
    answered = [
        (case("never", amount=900.0), said()),
        (case("constraint", amount=200.0), said()),
        (case("scope", channel="shop"), said()),
        (case("fault"), broken()),
        (case("doubt"), said(confidence=0.2)),
        (case("bad", amount=-1.0), said()),
        (case("fine"), said()),
    ]
    about = {one.reason: one.about for one in concluded(definition, answered).routes}
    fault = about.pop("fault")
    assert about == {
        "never_input": "large sums are read by a person",
        "constraint": "input.amount < 100.0 || output.refund != 'yes'",
        "out_of_scope": "vouchers",
        "review_when": "answer.confidence < 0.5",
        "input_refused": None,
        "confidence": None,
    }
    assert fault.startswith("no answer comes no answer")
    assert fault.endswith(" …")
    assert len(fault) <= 60


def test_one_answer_is_enough_to_say_more_than_that_none_came():
    answered = [(case("c0"), broken()), (case("c1"), fail_late()), (case("c2"), broken(FaultKind.RUBBISH)), *run_of(1)]
    found = concluded(refunds(autonomy=BUDGET), answered)
    assert "gave no answer" not in found.no_certificate
    assert found.needed_error_free == 58
    assert concluded(refunds(autonomy=BUDGET), answered[:3]).needed_error_free is None


def test_with_a_certificate_there_is_no_reason_against_it():
    found = concluded(refunds(autonomy=BUDGET), run_of(80))
    assert (found.no_certificate, found.needed_error_free) == (None, None)
    assert found.certificate.executor_digest == "e" * 64
    assert set(found.certificate.assumptions) <= set(found.assumptions)


def test_the_review_rate_is_what_the_certificate_leaves_to_people():
    wanted = quality(target("review_rate", at_most=0.35))
    answered = [*run_of(80), *[(case(f"k{i}", amount=900.0), said()) for i in range(20)]]
    found = concluded(refunds(quality=wanted, autonomy=KEPT), answered)
    assert (found.targets[0].value, found.targets[0].n, found.targets[0].verdict) == (0.2, 100, MET)
    none = concluded(refunds(quality=wanted), run_of(80))
    assert (none.targets[0].value, none.targets[0].verdict) == (1.0, MISSED)


def test_an_item_that_is_refused_costs_no_review():
    wanted = quality(target("review_rate", at_most=0.35))
    answered = [*run_of(80), *[(case(f"k{i}", amount=-1.0), said()) for i in range(20)]]
    found = concluded(refunds(quality=wanted, autonomy=BUDGET), answered)
    assert routes_of(found)["reject", "input_refused"] == 20
    assert found.targets[0].value == 0.0


def test_the_majority_is_a_baseline_with_exact_bounds():
    answered = [*run_of(50, expected="yes"), *[(case(f"n{i}", "no"), said("no")) for i in range(9)]]
    found = concluded(refunds(), answered, majority={"refund": "yes"})
    (baseline,) = found.baselines
    assert baseline == Baseline(
        name="majority", what="always refund yes", n=59, n_wrong=9, lower=baseline.lower, upper=baseline.upper
    )
    assert 0.74 < baseline.lower < 50 / 59 < baseline.upper < 0.93


def test_better_than_a_baseline_is_shown_exactly():
    answered = [*run_of(50), *[(case(f"n{i}", "no"), said("no")) for i in range(5)]]
    (fact,) = concluded(refunds(), answered, majority={"refund": "yes"}).comparisons
    assert (fact.against, fact.baseline, fact.only_this_wrong, fact.only_other_wrong) == ("majority", True, 0, 5)
    assert fact.p_value == 0.5**5
    assert fact.better is MET
    (fact,) = concluded(refunds(), answered, majority={"refund": "yes"}, attempt=1).comparisons
    assert fact.better is UNPROVEN  # .03125 > .025


def test_worse_than_a_baseline_is_shown_too():
    (fact,) = concluded(refunds(), run_of(50, 6), majority={"refund": "yes"}).comparisons
    assert (fact.only_this_wrong, fact.only_other_wrong, fact.better) == (6, 0, MISSED)


def test_the_own_table_is_a_baseline():
    table = Table(in_=("input.channel",), out=("refund",), rules=(('"web"', "yes"), ('"shop"', "no")))
    found = concluded(refunds(decisions=(Decision(id="refund", table=table),)), run_of(10))
    assert [one.name for one in found.baselines] == ["table"]
    assert [one.against for one in found.comparisons] == ["table"]


def test_another_executor_is_compared_case_by_case():
    other = Other(name="nearest", wrong=bytes([1] * 6 + [0] * 10), unavailable=bytes(16))
    (fact,) = concluded(refunds(), run_of(16), others=(other,)).comparisons
    assert (fact.against, fact.baseline, fact.only_other_wrong, fact.better) == ("nearest", False, 6, MET)


def test_an_executor_that_was_asked_other_cases_is_not_compared():
    for cases, n in ((run_of(16), 15), ([], 0)):
        other = Other(name="nearest", wrong=bytes(n), unavailable=bytes(n))
        assert concluded(refunds(), cases, others=(other,)).comparisons == ()


def test_cases_that_the_other_one_was_not_asked_are_in_no_comparison():
    unasked = Other(name="clerks", wrong=bytes([1] * 16), unavailable=bytes([1] * 16))
    assert concluded(refunds(), run_of(16), others=(unasked,)).comparisons == ()
    some = Other(name="clerks", wrong=bytes([1] * 12 + [0] * 4), unavailable=bytes([1] * 9 + [0] * 7))
    (fact,) = concluded(refunds(), run_of(16), others=(some,)).comparisons
    assert (fact.only_this_wrong, fact.only_other_wrong, fact.better) == (0, 3, UNPROVEN)


def absent(n, n_more):
    return [*((case(f"a{i}"), broken(FaultKind.UNAVAILABLE)) for i in range(n)), *run_of(n_more)]


def test_an_outage_counts_against_who_had_it_but_not_against_people_that_nobody_asked():
    other = Other(name="other", wrong=bytes(16), unavailable=bytes(16))
    (fact,) = concluded(refunds(), absent(9, 7), others=(other,)).comparisons
    assert (fact.only_this_wrong, fact.better) == (9, MISSED)
    (fact,) = concluded(refunds(), absent(9, 7), others=(other,), kind="person").comparisons
    assert (fact.only_this_wrong, fact.better) == (0, UNPROVEN)


def test_an_outage_is_a_warning_that_says_how_to_ask_again():
    (warning,) = concluded(refunds(), absent(3, 7)).warnings
    assert warning.startswith("in 3 of 10 cases the executor was unavailable")
    assert "remit prove" in warning
    assert concluded(refunds(), run_of(7)).warnings == ()
    (warning,) = concluded(refunds(), absent(3, 7), kind="person").warnings
    assert warning == "3 of 10 cases count as wrong because no answer to them was recorded"


def test_calibration_is_of_the_answers_that_came_with_a_confidence():
    answered = [*run_of(80, 20, confidence=0.75), *run_of(50, confidence=None)]
    found = concluded(refunds(), answered).calibration
    assert (found.n, round(found.error, 2)) == (100, 0.05)
    assert found.upper >= found.error
    assert concluded(refunds(), run_of(50, confidence=None)).calibration is None


def test_the_confusion_matrix_is_sorted_and_counts_what_did_not_come():
    answered = [(case("c0", "no"), said("yes")), (case("c1", "no"), broken()), *run_of(2)]
    assert concluded(refunds(), answered).confusion == (
        ConfusionCell(decision="refund", expected="no", answered=None, n=1),
        ConfusionCell(decision="refund", expected="no", answered="yes", n=1),
        ConfusionCell(decision="refund", expected="yes", answered="yes", n=2),
    )


def test_what_a_proof_does_not_say_is_said():
    limits = concluded(refunds(), run_of(3)).limits
    assert any(one.startswith("it says nothing about items unlike these cases") for one in limits)
    assert any("an estimate, not a promise" in one for one in limits)
    assert not any("kept" in one for one in limits)


def test_cases_that_break_what_the_executor_takes_for_granted_are_counted():
    answered = [(case("c0"), said()), (case("c1", amount=300.0), said()), (case("k", amount=900.0), said())]
    definition = refunds(autonomy=KEPT)
    tally = tally_of(definition, answered, assumes=("input.amount < 100.0", "input.channel == 'web'", "input.vip"))
    assert tally.broken == {"input.amount < 100.0": 1, "input.channel == 'web'": 0, "input.vip": 2}
    limits = concluded_from(definition, tally).limits
    assert "1 of 2 cases break what the executor takes for granted: input.amount < 100.0" in limits
    assert not any("input.channel" in one for one in limits)


def test_crowded_slices_are_not_judged_and_are_named():
    definition = refunds(quality=quality(target("accuracy", at_least=0.5), slices=("region", "channel")))
    answered = [(case(f"c{i}", slices={"region": f"r{i % 60}" if i >= 40 else "r0"}), said()) for i in range(200)]
    found = concluded(definition, answered)
    assert {one.slice_column for one in found.slices} == {"channel"}
    assert any("slices by region" in one for one in found.limits)


def test_slices_are_judged_at_what_the_attempt_may_spend():
    definition = refunds(quality=quality(target("accuracy", at_least=0.9), slices=("channel",)))
    assert concluded(definition, run_of(30)).slices[0].verdict is MET
    assert concluded(definition, run_of(30), attempt=1).slices[0].verdict is UNPROVEN


def test_a_run_of_no_case_is_a_document_too():
    definition = refunds(
        quality=quality(
            target("accuracy", at_least=0.5), target("review_rate", "Q2", at_most=0.5), error_costs=ERROR_COSTS
        ),
        autonomy=KEPT,
    )
    found = concluded(definition, [])
    assert (found.n_cases, found.certificate, found.calibration, found.curve, found.routes) == (0, None, None, (), ())
    assert [one.verdict for one in found.targets] == [UNPROVEN, UNPROVEN]


def test_the_same_counts_give_the_same_document():
    definition = refunds(
        quality=quality(target("expected_cost", at_most=3.0), error_costs=ERROR_COSTS, slices=("channel",)),
        autonomy=KEPT,
    )
    answered = run_of(80, 8)
    assert concluded(definition, answered) == concluded(definition, answered)


def test_a_document_is_read_back_as_it_was():
    definition = refunds(
        quality=quality(
            target("accuracy", at_least=0.5),
            target("seconds_p95", "Q2", at_most=2.0),
            target("consistency", "Q3", at_least=0.5),
            error_costs=ERROR_COSTS,
            slices=("channel",),
        ),
        autonomy=KEPT,
    )
    answered = [*run_of(200, 3), (case("c"), broken()), (case("k", amount=900.0), said())]
    found = concluded(definition, answered, attempt=1, majority={"refund": "yes"}, cost=0.25)
    assert found.certificate is not None
    assert from_json(to_json(found)) == found
    assert from_json(to_json(replace(found, targets=()))) != found


def test_slices_are_certified_at_the_delta_of_the_attempt():
    definition = refunds(quality=quality(slices=("region",)), autonomy=BUDGET)
    answered = run_of(72, confidence=None, slices={"region": "north"})
    found = concluded(definition, answered, attempt=1, gives_confidence=False)
    (one,) = found.slice_certificates
    assert (one.value, one.delta, one.coverage) == ("north", 0.025, 1.0)
    assert any(text.startswith("slices are certified singly") for text in found.method)
    assert from_json(to_json(found)) == found


def test_without_an_error_budget_or_slices_no_slice_is_certified():
    sliced = refunds(quality=quality(slices=("region",)))
    assert concluded(sliced, run_of(72, slices={"region": "north"})).slice_certificates == ()
    found = concluded(refunds(autonomy=BUDGET), run_of(72, slices={"region": "north"}))
    assert found.slice_certificates == ()
    assert not any("slices are certified" in text for text in found.method)


def test_confident_errors_beside_a_certificate_are_a_warning_and_no_assumption():
    answered = [(case(f"c{i}"), said("no" if i < 6 else "yes", 0.99 - i / 5000)) for i in range(2000)]
    found = concluded(refunds(autonomy=BUDGET), answered)
    assert found.certificate is not None
    assert found.warnings == ("the 30 most confident cases are wrong 20 % of the time",)
    assert not any("most confident" in text for text in (*found.assumptions, *found.certificate.assumptions))


def test_the_proof_says_how_the_certificate_was_found():
    stepping = concluded(refunds(autonomy=BUDGET), run_of(80))
    assert any("stepping down" in text for text in stepping.method)
    whole = concluded(refunds(autonomy=BUDGET), run_of(80, confidence=None), gives_confidence=False)
    assert any("one exact binomial test" in text for text in whole.method)
    assert not any("certificate" in text for text in concluded(refunds(), run_of(80)).method)
