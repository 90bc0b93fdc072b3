"""What readiness may know of proofs."""

from dataclasses import replace
from datetime import timedelta

from tests.unit.proof.works import NOW, broken, case, concluded, fail_late, quality, refunds, run_of, said, target

from remit.definition.model import Autonomy
from remit.proof.facts import proof_facts, shared_failures

DEFINITION = refunds(
    quality=quality(target("accuracy", at_least=0.5), slices=("channel",)), autonomy=Autonomy(error_budget=0.05)
)


def document(answered, name="clerk", **changes):
    made = concluded(DEFINITION, answered, majority={"refund": "yes"}, attempt=1)
    return replace(made, executor=replace(made.executor, name=name), **changes)


def failing(*wrong, n=10):
    return [(case(f"c{i}"), said("no" if i in wrong else "yes")) for i in range(n)]


def test_a_fact_says_what_the_document_says():
    made = document([*run_of(200, 1), (case("e"), broken()), (case("t"), fail_late()), (case("x"), said("perhaps"))])
    fact = proof_facts(made)
    assert (fact.executor, fact.executor_digest) == (made.executor.name, made.executor.digest)
    assert (fact.evidence_digest, fact.case_set_digest) == (made.evidence_digest, made.case_set_digest)
    assert (fact.proved_at, fact.attempt, fact.delta) == (NOW, 1, 0.025)
    assert (fact.n_cases, fact.n_wrong, fact.n_kept, fact.n_judged) == (204, 4, 0, 204)
    assert (fact.n_invalid_outputs, fact.n_faults, fact.n_unlisted) == (1, 2, 1)
    assert (fact.targets, fact.slices, fact.comparisons) == (made.targets, made.slices, made.comparisons)
    assert fact.calibration == made.calibration
    assert (fact.is_baseline, fact.is_own_table) == (False, False)
    assert fact.certified_coverage == made.certificate.coverage


def test_without_a_certificate_there_is_no_coverage():
    assert proof_facts(document(run_of(3))).certified_coverage is None


def test_failures_that_all_have_in_common_are_named():
    found = shared_failures([document(failing(1, 2, 3), "a"), document(failing(2, 3, 4, 5), "b")])
    assert (found.executors, found.n_shared, found.n_fewest_wrong) == (("a", "b"), 2, 3)
    assert found.sample == ("c2", "c3")


def test_nothing_in_common_is_a_fact_too():
    found = shared_failures([document(failing(1), "a"), document(failing(2), "b")])
    assert (found.n_shared, found.sample) == (0, ())


def test_five_of_the_shared_cases_are_named():
    found = shared_failures([document(failing(*range(9)), "a"), document(failing(*range(9)), "b")])
    assert (found.n_shared, found.sample) == (9, ("c0", "c1", "c2", "c3", "c4"))


def test_one_executor_shares_nothing():
    assert shared_failures([]) is None
    assert shared_failures([document(failing(1), "a")]) is None
    assert shared_failures([document(failing(1), "a"), document(failing(1), "a")]) is None


def test_only_proofs_on_the_newest_case_set_and_definition_are_compared():
    newest = document(failing(1, 2), "a", made_at=NOW + timedelta(hours=1))
    same = document(failing(2, 3), "b")
    assert shared_failures([newest, same]).n_shared == 1
    assert shared_failures([newest, replace(same, case_set_digest="d" * 64)]) is None
    assert shared_failures([newest, replace(same, evidence_digest="d" * 64)]) is None


def test_the_newest_proof_of_an_executor_counts():
    old, new = document(failing(1, 2), "a"), document(failing(2), "a", made_at=NOW + timedelta(hours=1))
    found = shared_failures([new, document(failing(1, 2), "b"), old])
    assert (found.n_shared, found.n_fewest_wrong) == (1, 1)


def test_where_not_all_wrong_cases_are_kept_nothing_is_claimed(monkeypatch):
    monkeypatch.setattr("remit.proof.facts.MOST_WRONG_KEPT", 2)
    assert shared_failures([document(failing(1), "a"), document(failing(1, 2), "b")]) is None
    assert shared_failures([document(failing(1), "a"), document(failing(1), "b")]).n_shared == 1
