"""Do the cases fit, are there enough, and are they still proof."""

from dataclasses import replace

import pytest

from remit.definition.digests import evidence_digest
from remit.items import ExecutorKind
from remit.readiness.facts import AgreementFact, ExecutorFact

CASE_RULES = ("TT06", "TT07", "TT08", "TT09", "TT11", "FM06")
ALL = {"normal": 400, "injection": 30, "outage": 30, "empty": 30, "other": 70, "two": 30, "new": 30}
TEAMS = {"orders": 200, "payments": 150, "returns": 100, "fraud": 80, "other": 70}


def executor(name="svm", author="Ada", kind=ExecutorKind.MODEL):
    return ExecutorFact(name=name, kind=kind, digest="d-svm", author=author)


@pytest.mark.parametrize("rule", CASE_RULES)
def test_cases_nobody_read_are_unknown(work, rule):
    assert work.unknown(rule) == "not measured yet: no cases were read"
    assert work.result(rule).findings[0].mend == "remit cases check triage-email"


@pytest.mark.parametrize("rule", CASE_RULES)
def test_cases_checked_against_another_version_are_stale(work, rule):
    work.with_cases().put("scope.unit", "one letter")
    assert work.unknown(rule) == "stale: the cases were checked against another version of the definition"


@pytest.mark.parametrize("rule", CASE_RULES[:4])
def test_sound_cases_pass(work, rule):
    assert work.with_cases().with_executors(executor()).passes(rule)


def test_cases_stay_sound_when_only_a_contact_changes(work):
    assert work.with_cases().put("owner.contact", "new@shop.example").passes("TT06")


def test_a_case_file_without_cases_is_refused(work):
    assert work.with_cases(n_rows=0).fails("TT06") == ["There is no case to prove anything with."]


def test_cases_that_do_not_fit_are_counted_with_the_first_line(work):
    work.with_cases(n_invalid=3, first_invalid="expected.team: no such answer", first_invalid_line=17)
    assert work.fails("TT06") == ["3 cases don't fit your own schema (first: line 17)."]
    assert work.result("TT06").findings[0].found == "expected.team: no such answer"
    work.with_cases(n_invalid=1)
    assert work.fails("TT06") == ["1 cases don't fit your own schema (first: line not known)."]


def test_every_answer_needs_five_cases_and_a_guarded_one_enough_to_show_its_target(work):
    # recall of fraud at least 0.95 takes 72 faultless cases in the first attempt.
    work.with_cases(classes={"team": {"orders": 5, "payments": 4, "returns": 5, "fraud": 71}})
    assert work.fails("TT07") == [
        "team = payments has 4 cases; 5 needed.",
        "team = fraud has 71 cases; 72 needed.",
        "team = other has 0 cases; 5 needed.",
    ]
    assert work.with_cases(classes={"team": TEAMS | {"fraud": 72}}).passes("TT07")
    assert work.with_cases(classes={}).result("TT07").findings[0].message == "team = orders has 0 cases; 5 needed."


def test_a_target_without_of_guards_the_only_decision(work):
    work.put("quality.targets", [{"id": "Q1", "metric": "recall", "class": "other", "at_least": 0.99}])
    assert work.with_cases().fails("TT07") == ["team = other has 70 cases; 368 needed."]
    work.put("quality.targets", [{"id": "Q1", "metric": "recall", "class": "other", "at_least": 1}])
    assert work.with_cases().passes("TT07")
    assert work.drop("quality").with_cases().passes("TT07")


@pytest.mark.parametrize(
    ("answers", "counted"),
    [("yes/no", {"true": 9, "false": 9}), ([1, 2], {"1": 9, "2": 9}), ([1.0, 2.5], {"1": 9, "2.5": 9})],
)
def test_answers_are_counted_by_their_text(work, answers, counted):
    if answers == "yes/no":
        work.put("outputs.fields.team", answers)
    else:
        work.data["outputs"] = {"schema": {"type": "object", "properties": {"team": {"enum": answers}}}}
    work.put("quality.targets", [])
    assert work.with_cases(classes={"team": counted}).passes("TT07")


def test_classes_are_not_asked_where_no_decision_has_a_list_of_answers(work):
    work.put("outputs.fields.team", "number 0..1")
    assert work.not_applicable("TT07") == "no decision has a list of answers"


@pytest.mark.parametrize("labeller", ["ada", "SVM"])
def test_labels_by_who_is_tested_or_built_it_are_refused(work, labeller):
    work.with_cases(labellers={labeller: 90, "Grace": 710}, n_unlabelled=100).with_executors(executor())
    assert work.fails("TT08") == ["10 % of the expected answers were made by the thing under test."]
    assert work.result("TT08").findings[0].found == labeller


def test_labels_by_who_built_another_executor_count(work):
    work.with_cases(labellers={"Linus": 900}).with_executors(executor(), executor("other", "Linus"))
    assert work.fails("TT08")
    work.executor = "svm"
    assert work.passes("TT08")


def test_labels_by_an_executor_that_is_a_person_count(work):
    people = replace(executor("Grace", author=None), kind=ExecutorKind.PERSON)
    assert work.with_cases().with_executors(people).passes("TT08")


def test_cases_that_do_not_say_who_labelled_them_are_unknown(work):
    work.with_cases(n_unlabelled=2).with_executors(executor())
    assert work.unknown("TT08") == "2 cases do not say who labelled them"
    work.with_cases(labellers={})
    assert work.unknown("TT08") == "no case says who labelled it"


def test_labels_are_unknown_while_nobody_read_the_executors(work):
    assert "executors of the project were not read" in work.with_cases().unknown("TT08")


def test_less_than_one_percent_may_be_seen_in_tuning(work):
    assert work.with_cases(n_seen_in_tune=5).passes("TT09")
    assert work.with_cases(n_seen_in_tune=6).fails("TT09") == ["6 proof cases were seen in tuning."]


def test_leakage_is_unknown_without_a_prove_set(work):
    assert work.with_cases(n_prove=0).unknown("TT09") == "there is no prove set yet"


def test_every_mode_with_enough_cases_passes(work):
    assert work.with_cases().passes("FM06")


def test_modes_with_too_few_cases_are_named(work):
    assert work.with_cases(tags=ALL | {"empty": 9}).fails("FM06") == ["'nothing to decide on' has 9 cases."]
    assert work.places("FM06") == ["failure_modes.3.tag"]
    assert work.with_cases(tags={}).fails("FM06")[1] == "'the e-mail tells the reader what to do' has 0 cases."


def test_severe_modes_need_more_cases(work):
    work.put("failure_modes.3.severity", 8)
    assert work.with_cases(tags=ALL | {"empty": 29}).fails("FM06") == ["'nothing to decide on' has 29 cases."]
    assert work.with_cases(tags=ALL | {"empty": 30}).passes("FM06")


def test_cases_of_modes_are_not_asked_where_no_mode_has_a_tag(work):
    work.put("failure_modes", [{"id": "F1", "kind": "wrong", "mode": "parked"}])
    assert work.not_applicable("FM06") == "no failure mode has a tag"


def test_near_duplicates_are_leaked_cases_too(work):
    assert work.with_cases(n_seen_in_tune=3, n_near_in_tune=2).passes("TT09")
    work.with_cases(n_seen_in_tune=3, n_near_in_tune=3)
    assert work.fails("TT09") == ["6 proof cases were seen in tuning, 3 of them nearly word by word."]


def test_labels_that_look_right_pass(work):
    assert work.with_proof(n_doubtful=0).passes("TT10")


def test_doubtful_labels_fail_where_a_perfect_executor_could_not_meet_the_target(work):
    # The strictest target asks for 0.9 of 600 cases.
    names = tuple(f"c{i}" for i in range(60))
    assert work.with_proof(n_doubtful=60, doubtful=names).passes("TT10")
    work.with_cases(n_contradictory=2, contradictory=("c1", "k1"))
    assert work.fails("TT10") == ["About 10.2 % of labels look wrong; that caps any score at 0.898."]
    assert "--doubtful" in work.result("TT10").findings[0].mend


def test_doubtful_labels_that_people_confirmed_do_not_count(work):
    names = tuple(f"c{i}" for i in range(61))
    work.with_proof(n_doubtful=61, doubtful=names)
    assert work.fails("TT10")
    agreement = AgreementFact(
        evidence_digest=evidence_digest(work.definition), n_people=1, fields=(), n_split=0, n_questions=0,
        n_answers_judged=1, n_answers_wrong=0, confirmed=("c7",),
    )  # fmt: skip
    assert work.with_facts(agreement=agreement).passes("TT10")


def test_doubtful_labels_count_too_where_they_are_not_named(work):
    work.with_cases(n_contradictory=61)
    assert work.with_proof(n_doubtful=0).fails("TT10")
    work.with_cases().with_facts(proofs=())
    assert work.with_proof(n_doubtful=61).fails("TT10")


def test_labels_nobody_looked_at_are_unknown(work):
    assert "no cases were read" in work.unknown("TT10")
    assert work.with_cases().unknown("TT10") == "no executor was proved yet"
    assert "gave no confidence" in work.with_proof(n_doubtful=None).unknown("TT10")
    assert work.with_proof(n_doubtful=0).with_cases(n_prove=0).unknown("TT10") == "there is no prove set yet"


def test_without_a_target_for_right_answers_no_label_can_stand_in_its_way(work):
    work.put("quality.targets", [{"id": "Q3", "metric": "review_rate", "at_most": 0.35}])
    assert work.not_applicable("TT10") == "no target says how many answers must be right"
    work.put("quality.targets", [{"id": "Q1", "metric": "error_rate", "at_most": 0.05}])
    names = tuple(f"c{i}" for i in range(31))
    assert work.with_proof(n_doubtful=31, doubtful=names).fails("TT10")
