"""Do people agree, from the declared inputs alone, and how often are they wrong today."""

from dataclasses import replace

import pytest

from remit.definition.digests import evidence_digest
from remit.items import ExecutorKind
from remit.readiness.facts import AgreementFact, ExecutorFact, FieldAgreementFact

CLERKS = ExecutorFact(name="clerks", kind=ExecutorKind.PERSON, digest="d-clerks", incumbent=True)

TEAM = FieldAgreementFact(
    field="team",
    n=100,
    n_agreed=96,
    lower=0.91,
    upper=0.99,
    measure="kappa",
    beyond_chance=0.93,
    beyond_chance_lower=0.86,
)


def agreeing(work, team=TEAM, **changes):
    fact = AgreementFact(
        evidence_digest=evidence_digest(work.definition),
        n_people=2,
        fields=(team,),
        n_split=4,
        n_questions=0,
        n_answers_judged=200,
        n_answers_wrong=4,
        n_known=60,
        n_same_as_known=58,
        known_lower=0.9,
        known_upper=0.99,
    )
    return work.with_facts(agreement=replace(fact, **changes))


@pytest.mark.parametrize("rule", ["WD12", "IO11"])
def test_without_answers_of_two_people_it_is_unknown(work, rule):
    assert work.unknown(rule) == "not measured yet: no two people's answers were compared"


@pytest.mark.parametrize("rule", ["WD12", "IO11"])
def test_agreement_on_another_version_is_stale(work, rule):
    agreeing(work).put("scope.unit", "one letter")
    assert work.unknown(rule) == "stale: people answered from another version of the definition"


def test_two_people_who_agree_pass(work):
    assert agreeing(work).passes("WD12")


def test_two_people_who_are_shown_to_disagree_fail(work):
    agreeing(work, replace(TEAM, n_agreed=60, lower=0.51, upper=0.69))
    assert work.fails("WD12") == ["Two people agreed on 60 of 100. The definition leaves room."]
    assert work.result("WD12").findings[0].mend.startswith("Look at the 40 cases they split on")


def test_disagreement_on_few_items_fails_too_where_the_bound_shows_it(work):
    agreeing(work, replace(TEAM, n=10, n_agreed=2, lower=0.03, upper=0.51))
    assert work.fails("WD12")


def test_few_items_answered_twice_are_unknown(work):
    agreeing(work, replace(TEAM, n=29, n_agreed=29, lower=0.9, upper=1.0))
    assert work.unknown("WD12") == "two people answered 29 items; 30 are needed"
    agreeing(work, fields=())
    assert work.unknown("WD12") == "two people answered 0 items; 30 are needed"


def test_a_share_whose_bound_is_too_low_is_unknown(work):
    agreeing(work, replace(TEAM, n=40, n_agreed=35, lower=0.75, upper=0.95))
    assert work.unknown("WD12") == "Two people agreed on 35 of 40: that does not show 0.8 yet."


def test_agreement_that_chance_alone_could_give_is_unknown(work):
    agreeing(work, replace(TEAM, beyond_chance_lower=0.2))
    assert "beyond chance, by kappa, 0.8 is not shown: 0.2" in work.unknown("WD12")
    agreeing(work, replace(TEAM, beyond_chance=None, beyond_chance_lower=None))
    assert "all answers are the same" in work.unknown("WD12")


def test_the_limit_is_the_one_of_the_definition(work):
    work.put("cases.agreement_at_least", 0.5)
    assert agreeing(work, replace(TEAM, lower=0.6, beyond_chance_lower=0.55)).passes("WD12")
    work.drop("cases.agreement_at_least")
    assert agreeing(work, replace(TEAM, lower=0.6, beyond_chance_lower=0.55)).unknown("WD12")


def test_work_without_judgement_or_whose_truth_is_an_outcome_asks_no_agreement(work):
    work.put("cases.labelled_by", [])
    assert "an outcome" in agreeing(work).not_applicable("WD12")
    work.put("cases.labelled_by", ["senior clerk"]).put("decisions.0.kind", "rule")
    assert agreeing(work).not_applicable("WD12") == "no decision is a judgement"


def test_declared_inputs_that_lead_to_the_known_answer_pass(work):
    assert agreeing(work).passes("IO11")


def test_declared_inputs_that_do_not_lead_there_fail(work):
    agreeing(work, n_same_as_known=30, known_lower=0.39, known_upper=0.61)
    assert work.fails("IO11") == ["With only these fields people come to the known answer in 30 of 60."]
    agreeing(work, n_same_as_known=52, known_lower=0.77, known_upper=0.93)
    assert "that does not show 0.8 yet" in work.unknown("IO11")


def test_few_cases_answered_again_say_nothing_of_the_inputs(work):
    agreeing(work, n_known=29)
    assert work.unknown("IO11").startswith("29 cases with a known answer were answered again")
    agreeing(work, known_lower=None)
    assert work.unknown("IO11")


def today(work, **changes):
    work.with_cases().with_executors(CLERKS)
    proof = {"executor": "clerks", "executor_digest": "d-clerks", "n_cases": 400, "n_wrong": 40}
    return work.with_proof(**{**proof, **changes})


def test_without_a_proof_of_who_does_the_work_today_its_error_rate_is_unknown(work):
    assert "an executor with `incumbent: true`" in work.unknown("WD15")
    work.with_cases().with_executors(CLERKS)
    assert work.unknown("WD15") == "not measured yet: the answers of clerks on the cases"


def test_a_written_rate_that_is_the_measured_one_passes(work):
    assert today(work.put("today.error_rate", 0.1)).passes("WD15")


def test_a_written_rate_that_is_another_fails(work):
    assert today(work.put("today.error_rate", 0.01)).fails("WD15") == [
        "You wrote an error rate of 0.01; 40 of 400 were wrong."
    ]
    work.facts = replace(work.facts, proofs=())
    assert today(work.put("today.error_rate", 0.5)).fails("WD15")


def test_a_measured_rate_that_is_not_written_fails(work):
    assert today(work.put("today.error_rate", "unknown")).fails("WD15") == [
        "Today's error rate is measured (40 of 400 wrong), and the definition does not say it."
    ]


def test_a_rate_of_few_cases_is_none(work):
    today(work.put("today.error_rate", 0.1), n_cases=99)
    assert work.fails("WD15") == ["clerks was held against 99 cases only: that is no rate."]
