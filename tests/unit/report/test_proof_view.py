"""A proof is shown with what it proves, and nothing stronger."""

from dataclasses import replace

import pytest
from tests.unit.report.samples import CERTIFICATE, DELTA_FULL, NOT_CERTIFIED, PROOF, N, lower, target, upper

from remit.proof.document import BudgetOutlook, ConfusionCell, CostPer1000, RouteCount, WrongCase
from remit.readiness.facts import TargetVerdict
from remit.report.proof_view import ExpectedNotice, leader_sentence, proof_view
from remit.report.states import Shown


def row(proof, what, **options):
    return next(one for one in proof_view(proof, **options).verdicts if what in f"{one.id} {one.what}")


def test_the_leader_reads_the_sentence_of_the_design_and_nothing_stronger():
    said = leader_sentence(alpha=0.05, delta=0.05, delta_attempt=0.025, notice=ExpectedNotice(n_audits=338, days=13.2))
    assert said == (
        "If its error rate on these items is at or above 5 %, the chance that our checks ever let it act alone is at "
        "most 5 %; while it is below, the chance that we ever stop it by mistake is at most 5 %; if it gets worse "
        "later we expect to notice after about 338 audits (14 days at your audit share), and mistakes until then are "
        "real."
    )


def test_without_a_watch_the_sentence_promises_nothing_that_is_not_there():
    said = leader_sentence(alpha=0.05, delta=0.05, delta_attempt=0.0125)
    assert said == (
        "If its error rate on these items were at or above 5 %, the chance that evidence like this would let it act "
        "alone is at most 1.25 % for this attempt and at most 5 % over all attempts together. A proof does not "
        "notice when it gets worse later: audits do, once it acts, and `remit plan` says how soon."
    )


def test_a_baseline_is_no_attempt_in_the_sentence():
    baseline = proof_view(replace(PROOF, attempt=0, delta=0.05)).claim.sentences[-1]
    assert "let it act alone is at most 5 %. A proof does not notice" in baseline
    assert "attempt" not in baseline


def test_the_claim_names_the_chance_of_this_attempt_and_of_all_together():
    claim = proof_view(PROOF).claim
    assert "at most 2.5 % for this attempt and at most 5 % over all attempts together" in claim.sentences[-1]
    assert "sure" not in " ".join(claim.sentences)


def test_the_claim_is_met_only_when_every_target_is():
    met = replace(PROOF, targets=tuple(one for one in PROOF.targets if one.verdict is TargetVerdict.MET))
    unproven = replace(PROOF, targets=tuple(one for one in PROOF.targets if one.verdict is not TargetVerdict.MISSED))
    claims = [proof_view(proof).claim for proof in (met, unproven, PROOF)]
    assert [claim.state for claim in claims] == [Shown.MET, Shown.UNPROVEN, Shown.MISSED]
    assert [claim.headline.partition(" But ")[2] for claim in claims] == [
        "",
        "not every target is met: unproven Q2, Q5.",
        "not every target is met: missed Q1; unproven Q2, Q5.",
    ]


def test_a_bound_says_how_sure_it_really_is():
    second = proof_view(replace(PROOF, attempt=2, delta=0.0125))
    assert "(98.75 % sure)" in second.verdicts[0].found
    assert [one.found.split("(")[1] for one in second.slices] == [
        "together 98.75 % sure)",
        "each side, together 98.75 % sure)",
        "together 98.75 % sure)",
    ]
    assert second.baselines[0].accuracy.endswith("(each 95 % sure)")
    assert second.sure == "95 % sure"


def test_why_an_item_takes_its_route_is_said_in_the_words_of_the_definition():
    reasons = [one.reason for one in proof_view(PROOF).routes]
    assert reasons == [
        "within limits",
        "confidence",
        "never output (never[0]): fraud is read by a person",
        "constraint (C1): A stolen card always goes to fraud",
    ]
    when = RouteCount(
        route="review", reason="review_when", reason_id="review_when", n=1, about="answer.confidence < 0.5"
    )
    (only,) = proof_view(replace(PROOF, routes=(when,))).routes
    assert only.reason == "review when: answer.confidence < 0.5"


def test_a_certificate_without_confidence_is_all_or_nothing():
    proof = replace(PROOF, certificate=replace(CERTIFICATE, threshold=None))
    view = proof_view(proof)
    assert "all or nothing" in view.claim.headline
    assert "confidence" not in view.tiles[2].note


def test_without_a_certificate_it_says_why_and_how_many_cases_more():
    claim = proof_view(NOT_CERTIFIED).claim
    assert claim.state is Shown.UNPROVEN
    assert claim.headline == "It may not act alone yet."
    assert claim.sentences == (
        "The 640 most confident answers hold 41 errors, too many for a budget of 5 %.",
        "At least 112 further cases without an error would be needed to act alone with at most 5 % wrong.",
        "If its rates stay what they are, about 1,200 more cases would make a certificate likely (80 %).",
    )


def test_without_an_error_budget_nothing_was_run():
    proof = replace(
        NOT_CERTIFIED,
        error_budget=None,
        needed_error_free=None,
        no_certificate="autonomy.error_budget is not written, so there is nothing to certify",
    )
    view = proof_view(proof)
    assert view.claim.state is Shown.NOT_RUN
    assert row(proof, "acts alone").state is Shown.NOT_RUN
    assert view.tiles[0].value == "not set"


def test_a_stale_proof_has_no_verdict_left():
    view = proof_view(PROOF, stale="the executor changed")
    assert {one.state for one in (*view.verdicts, *view.slices)} == {Shown.STALE}
    assert view.claim.state is Shown.STALE
    assert view.claim.sentences[0] == "The executor changed."


def test_the_worst_comes_first():
    ranks = [one.state.rank for one in proof_view(NOT_CERTIFIED).verdicts]
    assert ranks == sorted(ranks)
    assert proof_view(PROOF).verdicts[0].state is Shown.MISSED
    assert proof_view(PROOF).verdicts[-1].state is Shown.MET
    assert [one.state for one in proof_view(PROOF).slices] == [Shown.MISSED, Shown.UNPROVEN, Shown.MET]


def test_a_comparison_that_nobody_made_is_not_run_and_not_green():
    assert row(NOT_CERTIFIED, "compared").state is Shown.NOT_RUN
    assert row(NOT_CERTIFIED, "compared").n is None


@pytest.mark.parametrize(
    ("verdict", "found"),
    [
        (TargetVerdict.MET, "90.4 %; at least 89.0 % (97.5 % sure)"),
        (TargetVerdict.MISSED, "90.4 %; at most 91.7 % (97.5 % sure)"),
        (TargetVerdict.UNPROVEN, "90.4 %; at least 89.0 %, at most 91.7 % (each 97.5 % sure)"),
    ],
)
def test_a_verdict_stands_with_the_bound_that_decides_it(verdict, found):
    assert row(replace(PROOF, targets=(target("Q1", "accuracy", verdict, 0.9, 1808, N),)), "Q1").found == found


def test_a_limit_from_above_is_decided_by_the_other_bound():
    met = replace(PROOF, targets=(target("Q1", "error_rate", TargetVerdict.MET, 0.2, 192, N),))
    missed = replace(PROOF, targets=(target("Q1", "error_rate", TargetVerdict.MISSED, 0.05, 192, N),))
    assert (row(met, "Q1").asked, row(met, "Q1").found) == ("at most 20 %", "9.6 %; at most 11.0 % (97.5 % sure)")
    assert row(missed, "Q1").found == "9.6 %; at least 8.3 % (97.5 % sure)"


def test_what_was_not_measured_says_so_with_the_reason():
    cost = row(PROOF, "Q5")
    assert (cost.found, cost.n) == ("not measured", "0")
    assert "cost_per_item" in cost.note


def test_a_limit_that_is_no_share_is_shown_and_not_crashed_on():
    proof = replace(PROOF, targets=(target("Q1", "accuracy", TargetVerdict.MISSED, 90.0, 1808, N),))
    assert row(proof, "Q1").asked == "at least 90"


def test_without_any_bound_no_bound_is_made_up():
    only = replace(target("Q1", "f1", TargetVerdict.UNPROVEN, 0.9, 1808, N), lower=None, upper=None)
    one_sided = replace(target("Q2", "f1", TargetVerdict.UNPROVEN, 0.9, 1808, N), upper=None)
    proof = replace(PROOF, targets=(only, one_sided, replace(one_sided, id="Q3", value=None)))
    assert row(proof, "Q1").found == "90.4 %; no bound"
    assert row(proof, "Q2").found == "90.4 %; at least 89.0 % (97.5 % sure)"
    assert row(proof, "Q3").found == "at least 89.0 % (97.5 % sure)"
    assert row(proof, "Q1").note == "more cases alone would not decide it"


def test_a_list_that_is_not_whole_says_how_many_more_there_are():
    few, more = (
        next(line.value for line in proof_view(replace(PROOF, n_unlisted=n)).facts if "failure mode" in line.label)
        for n in (2, 5)
    )
    assert few == "2 of 192 wrong: case-1004, case-1011"
    assert more == "5 of 192 wrong: case-1004, case-1011 and 3 more"


def test_errors_that_all_fit_a_failure_mode_are_none():
    listed = next(line for line in proof_view(replace(PROOF, n_unlisted=0)).facts if "failure mode" in line.label)
    assert listed.value == "none"


def test_money_and_time_have_their_own_units():
    cost = target("Q8", "expected_cost", TargetVerdict.MET, 1.5, 100, N)
    proof = replace(PROOF, targets=(replace(cost, value=1.1, lower=1.0, upper=1.2),))
    assert (row(proof, "Q8").asked, row(proof, "Q8").found) == (
        "at most 1.50 EUR",
        "1.10 EUR; at most 1.20 EUR (97.5 % sure)",
    )
    assert row(PROOF, "Q4").asked == "95 % within 2 s"
    assert row(PROOF, "Q4").found.startswith("0.45 % late; at most 0.86 %")


def test_a_target_says_what_it_is_of():
    assert row(PROOF, "Q2").what == "recall of team = fraud"


def test_a_slice_without_a_value_is_called_empty():
    assert "country = empty" in {one.what.split(", ", 1)[1] for one in proof_view(PROOF).slices}


def test_a_proof_without_cases_acted_on_is_not_divided_by_zero():
    proof = replace(PROOF, certificate=replace(CERTIFICATE, n_acted=0, n_wrong=0, coverage=0.0, upper_bound=1.0))
    assert proof_view(proof).tiles[1].value == "nothing to judge"
    assert row(proof, "acts alone").found == "0 wrong; at most 100 % by the search over thresholds"


def test_the_bound_of_a_search_is_called_so_and_one_test_has_a_plain_bound():
    proof = replace(PROOF, certificate=replace(CERTIFICATE, n_acted=856, n_wrong=2, upper_bound=0.01))
    said = "at most 1.0 % by the search over thresholds"
    assert said in row(proof, "acts alone").found
    assert said in proof_view(proof).claim.sentences[0]
    assert said in proof_view(proof).tiles[1].note
    proof = replace(proof, certificate=replace(proof.certificate, threshold=None))
    assert row(proof, "acts alone").found.endswith("; upper bound 1.0 %")


def test_confident_mistakes_come_before_doubtful_ones_and_faults():
    view = proof_view(PROOF)
    assert [one.case for one in view.wrong] == ["case-1000", "case-1003", "客户-07", "case-1999"]
    assert view.wrong[-1].answered == "no answer (timeout: 30 s)"
    assert view.wrong[-1].confidence == "none"
    assert view.n_wrong_left_out == 188


def test_every_wrong_case_that_is_not_shown_is_counted():
    proof = replace(
        PROOF,
        n_wrong=30,
        wrong_cases=tuple(
            WrongCase(case=f"c{i}", expected="a", answered="b", confidence=0.5, fault=None) for i in range(20)
        ),
    )
    view = proof_view(proof, most_wrong=5)
    assert len(view.wrong) == 5
    assert view.n_wrong_left_out == 25


def test_a_confusion_matrix_has_a_column_for_no_answer_and_its_sums_are_right():
    (matrix,) = proof_view(PROOF).matrices
    assert matrix.answers == ("fraud", "orders", "payments", "other", "no answer")
    assert [(one.expected, one.counts, one.n) for one in matrix.rows] == [
        ("fraud", (117, 0, 0, 3, 0), 120),
        ("orders", (0, 1100, 38, 0, 2), 1140),
        ("payments", (0, 149, 591, 0, 0), 740),
    ]


def test_a_matrix_too_large_to_read_is_left_to_the_mix_ups():
    cells = tuple(
        ConfusionCell(decision="topic", expected=f"t{i:02}", answered=f"t{(i + 1) % 30:02}", n=i + 1) for i in range(30)
    )
    view = proof_view(replace(PROOF, confusion=cells))
    assert view.matrices == ()
    assert len(view.confusions) == 20
    assert view.confusions[0].n == "30"


def test_a_budget_that_no_number_of_cases_would_meet_is_said_so():
    rows = proof_view(PROOF).outlook
    assert rows[0].allows == "nothing; at these rates no number of cases would do"
    assert rows[1].allows == "nothing yet; about 3,100 more cases would likely do"
    assert [one.is_budget for one in rows] == [False, False, True, False]
    assert rows[2].threshold == "0.8937"


def test_budgets_are_in_order():
    proof = replace(
        PROOF,
        outlook=tuple(
            BudgetOutlook(alpha=alpha, coverage=None, threshold=None, n_acted=0, n_wrong=0, n_more=None)
            for alpha in (0.1, 0.01)
        ),
    )
    assert [one.budget for one in proof_view(proof).outlook] == ["at most 1 %", "at most 10 %"]


def test_the_upper_bound_of_a_cost_is_rounded_up():
    proof = replace(PROOF, costs=(CostPer1000(policy="never review", estimate=10.001, upper=20.001),))
    (cost,) = proof_view(proof).costs
    assert (cost.estimate, cost.upper, cost.note) == ("10.00 EUR", "20.01 EUR", "")


def test_cases_kept_for_people_are_in_no_comparison():
    proof = replace(PROOF, n_kept=60)
    assert row(proof, "clf-v2").n == "1,940"
    cases = next(line.value for line in proof_view(proof).facts if line.label == "Cases")
    assert cases.startswith("2,000 cases, 60 of them kept for people before anything runs; 192 wrong of 1,940")


def test_a_baseline_is_not_charged_for_an_attempt():
    attempt = next(line.value for line in proof_view(replace(PROOF, attempt=0)).facts if line.label == "Attempt")
    assert attempt == "none: a baseline spends nothing"


def test_assumptions_of_proof_and_certificate_are_said_once():
    twice = replace(PROOF, assumptions=CERTIFICATE.assumptions)
    assert proof_view(twice).assumptions == ("The confidence was fixed before the cases were seen.",)


def test_the_bounds_of_a_baseline_are_rounded_to_the_safe_side():
    (first, _) = proof_view(PROOF).baselines
    assert lower(620, N, DELTA_FULL) > 0.292
    assert upper(620, N, DELTA_FULL) < 0.328
    assert first.accuracy == "31.0 %; at least 29.2 %, at most 32.8 % (each 95 % sure)"


def test_a_warning_stands_in_the_claim_before_what_it_means():
    warned = replace(PROOF, warnings=("the 30 most confident cases are wrong 20 % of the time",))
    sentences = proof_view(warned).claim.sentences
    assert sentences[1] == "Beware: the 30 most confident cases are wrong 20 % of the time."
    assert sentences[2] == proof_view(PROOF).claim.sentences[1]


def test_a_slice_without_a_certificate_comes_first_and_says_what_it_needs():
    open_, certified = proof_view(PROOF).slice_certificates
    assert (open_.state, open_.what, open_.found) == (Shown.UNPROVEN, "country = FR", "no certificate")
    assert open_.note == "at least 58 further error-free cases of this slice needed"
    assert (certified.state, certified.n) == (Shown.MET, "1,500")
    assert certified.found == "acts alone on 60.0 % of it, confidence 0.9041 or more"
    assert certified.note == "28 wrong of 900, at most 5.0 % by the search over thresholds"
    stale = proof_view(PROOF, stale="the definition changed").slice_certificates
    assert [row.state for row in stale] == [Shown.STALE] * 2


def test_two_people_are_shown_beside_the_executor_with_what_that_does_not_say():
    shown = proof_view(PROOF).second_person
    values = {line.label: line.value for line in shown.lines}
    assert values["Labelled by two people"] == "300"
    assert values["They disagreed on"] == "31 of 300 cases (10.3 %); at least 7.5 %, at most 13.7 % (each 95 % sure)"
    assert values["Cohen's kappa"] == "0.85, bootstrap interval 0.79 to 0.9; shown, never a verdict"
    assert values["The executor there"].startswith("27 wrong of 300; only it wrong 14, only the second person wrong 18")
    assert "not how often they err" in shown.caveat
    assert proof_view(NOT_CERTIFIED).second_person is None


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (TargetVerdict.MET, "proven to differ from the first person less often"),
        (TargetVerdict.MISSED, "proven to differ from the first person more often"),
        (TargetVerdict.UNPROVEN, "not proven to do better or worse than the second person"),
    ],
)
def test_the_executor_against_the_second_person_is_worded_no_stronger_than_proven(verdict, words):
    shown = proof_view(replace(PROOF, second_person=replace(PROOF.second_person, better=verdict))).second_person
    assert words in shown.lines[-1].value
    assert words in shown.short


def test_a_kappa_that_can_not_be_measured_is_no_number():
    unmeasured = replace(PROOF.second_person, kappa=None, kappa_lower=None, kappa_upper=None)
    shown = proof_view(replace(PROOF, second_person=unmeasured)).second_person
    assert shown.lines[2].value == "not measured: chance alone would give full agreement"
