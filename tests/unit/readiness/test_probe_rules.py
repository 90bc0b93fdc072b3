"""Asked again, without a field, with another value: what does the executor do."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.unit.readiness.conftest import SVM

from remit.definition.digests import evidence_digest
from remit.readiness.facts import MissingFieldFact, ProbeFact, SwappedFieldFact

RULES = ("FM11", "IO12", "IO14")


def probed(work, **changes):
    fact = ProbeFact(
        executor="svm",
        executor_digest="d-svm",
        evidence_digest=evidence_digest(work.definition),
        asked_at=datetime(2026, 11, 20, tzinfo=UTC),
        n_cases=50,
        repeats=3,
        n_changed=0,
        changed=(),
        same_lower=0.94,
        same_upper=1.0,
        missing=(MissingFieldFact(field="body", declared="review", n=50, n_other=0),),
        swapped=(SwappedFieldFact(field="body", n=50, n_changed=20),),
    )
    return work.with_proof().with_facts(probes=(replace(fact, **changes),))


def consistent(work, at_least=0.9):
    return work.put(
        "quality.targets",
        [*work.data["quality"]["targets"], {"id": "Q9", "metric": "consistency", "at_least": at_least}],
    )


@pytest.mark.parametrize("rule", RULES)
def test_an_executor_nobody_probed_is_unknown(work, rule):
    assert "no executor was probed" in work.unknown(rule)
    assert work.with_proof().unknown(rule) == "not measured yet: svm was not probed"
    assert "--executor svm --probe" in work.result(rule).findings[0].mend


@pytest.mark.parametrize("rule", RULES)
def test_a_probe_of_another_executor_or_definition_is_stale(work, rule):
    assert probed(work, executor_digest="d-before").unknown(rule) == "stale: svm is not what was probed"
    assert "the definition changed" in probed(work, evidence_digest="other").unknown(rule)
    assert "was not probed" in probed(work, executor="tree").unknown(rule)


def test_several_probes_without_a_proof_are_of_nobody_in_particular(work):
    probed(work).with_executors(SVM)
    other = replace(work.facts.probes[0], executor="tree")
    work.with_facts(proofs=(), probes=(*work.facts.probes, other))
    assert work.unknown("IO12") == "several executors were probed, and none was proved"
    work.executor = "svm"
    assert work.passes("IO12")


def test_a_probe_counts_before_there_is_a_proof(work):
    probed(work).with_executors(SVM).with_facts(proofs=())
    assert work.passes("IO12")


@pytest.mark.parametrize("rule", RULES)
def test_a_sound_probe_passes(work, rule):
    assert probed(work).passes(rule)


def test_answers_that_change_fail_where_nothing_allows_it(work):
    probed(work, n_changed=1, changed=("c7",), same_lower=0.9, same_upper=0.999)
    assert work.fails("FM11") == ["1 of 50 cases change their answer when asked again: c7."]


def test_answers_may_change_as_far_as_the_target_says(work):
    assert probed(consistent(work), n_changed=1, same_lower=0.91, same_upper=0.999).passes("FM11")
    assert probed(consistent(work), n_changed=4, same_lower=0.82, same_upper=0.97).unknown("FM11")
    assert probed(consistent(work), n_changed=20, same_lower=0.47, same_upper=0.72).fails("FM11")


def test_few_cases_asked_again_show_nothing(work):
    assert probed(work, n_cases=30).passes("FM11")
    assert "29 cases were asked 3 times" in probed(work, n_cases=29).unknown("FM11")


def test_another_behaviour_without_a_field_than_the_declared_one_fails(work):
    missing = MissingFieldFact(field="body", declared="review", n=50, n_other=3, found="c7: route act")
    assert probed(work, missing=(missing,)).fails("IO12") == [
        "Without body something else came than review, in 3 of 50 cases."
    ]
    assert work.result("IO12").findings[0].found == "c7: route act"


def test_a_field_that_no_probed_case_has_is_unknown(work):
    missing = MissingFieldFact(field="body", declared="review", n=0, n_other=0)
    assert probed(work, missing=(missing,)).unknown("IO12") == "no probed case has body"
    assert probed(work, missing=()).unknown("IO12") == "there are no fields to leave out"


def test_a_field_that_changes_nothing_in_thirty_cases_fails(work):
    swapped = SwappedFieldFact(field="country", n=30, n_changed=0)
    assert probed(work, swapped=(swapped,)).fails("IO14") == ["'country' changed nothing in 30 cases."]
    few = replace(swapped, n=29)
    assert probed(work, swapped=(few,)).unknown("IO14") == "country changed nothing, in fewer than 30 cases"
    assert probed(work, swapped=(replace(few, n_changed=1),)).passes("IO14")
    assert probed(work, swapped=()).not_applicable("IO14") == "there are no fields"
