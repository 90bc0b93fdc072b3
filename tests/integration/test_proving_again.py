"""Proving again: what is asked again, what counts as another attempt, and who is compared with whom."""

import json
from dataclasses import replace

import pytest
from tests.integration.small_project import COUNTING

from remit.definition.levels import Level
from remit.errors import ExecutorInvalid, ExpressionInvalid, GrantRefused, OutsideError, UsageError
from remit.project.proving import newest_proofs
from remit.readiness.facts import TargetVerdict
from remit.readiness.finding import State
from remit.report.documents import from_json

MET, MISSED, UNPROVEN = TargetVerdict.MET, TargetVerdict.MISSED, TargetVerdict.UNPROVEN


@pytest.fixture
def counting(frozen):
    """The project, with a desk that writes down what it is asked."""
    frozen.write("functions/desk.py", COUNTING)
    return frozen


def asked(small) -> int:
    log = small.root / "functions" / "calls.log"
    return len(log.read_text().splitlines()) if log.exists() else 0


def prove(small, executor="desk", **parts):
    with small.opened() as work:
        return work.prove(executor, **parts)


def like(document):
    """A document without the moment it was made."""
    certificate = None if document.certificate is None else replace(document.certificate, made_at=None)
    return replace(document, made_at=None, executor_seconds=0.0, certificate=certificate)


def test_a_second_proof_asks_nothing_and_comes_to_the_same(counting):
    first = prove(counting)
    n = asked(counting)
    assert n == first.document.n_cases - first.document.n_kept == 110
    again = prove(counting)
    assert asked(counting) == n
    assert again.n_recorded_before == n
    assert like(again.document) == like(first.document)


def test_the_proof_is_kept_as_a_document_and_as_a_page(frozen):
    proof = prove(frozen)
    assert proof.json_path == frozen.root / "proofs" / "refunds" / "desk.json"
    assert from_json(json.loads(proof.json_path.read_text(encoding="utf-8"))) == proof.document
    page = proof.html_path.read_text(encoding="utf-8")
    assert page.lower().startswith("<!doctype html>")
    assert "Decide one refund" in page


def test_changed_targets_are_judged_without_asking_and_are_no_attempt(counting):
    first = prove(counting).document
    counting.change("work/refunds.yaml", "at_least: 0.80", "at_least: 0.999")
    counting.change("work/refunds.yaml", "error_budget: 0.10", "error_budget: 0.08")
    again = prove(counting)
    assert asked(counting) == 110
    assert again.n_recorded_before == 110
    assert (first.targets[0].verdict, again.document.targets[0].verdict) == (MET, MISSED)
    assert again.document.certificate.alpha == 0.08
    assert (again.document.attempt, again.document.delta) == (1, 0.025)
    assert again.document.definition_digest != first.definition_digest


def test_changed_rules_of_routing_are_judged_without_asking(counting):
    prove(counting)
    counting.change("work/refunds.yaml", "answer.confidence < 0.55", "answer.confidence < 0.70")
    again = prove(counting)
    assert asked(counting) == 110
    assert again.document.certificate.n_acted < 100


def test_a_case_that_is_no_longer_kept_is_asked_and_no_other(counting):
    prove(counting)
    counting.change("work/refunds.yaml", "input.amount >= 190.0", "input.amount >= 195.0")
    again = prove(counting)
    n = again.document.n_cases - again.document.n_kept
    assert 110 < n < 120
    assert asked(counting) == n


def test_a_change_of_what_the_executor_is_given_asks_again(counting):
    prove(counting)
    counting.change("work/refunds.yaml", "dealer: {use: false}", "dealer: {use: true}")
    again = prove(counting)
    assert asked(counting) == 220
    assert (again.n_recorded_before, again.document.attempt) == (0, 1)


def test_attempts_are_counted_by_what_the_executor_is(frozen):
    desk = frozen.read("functions/desk.py")
    found = []
    for more in ("", "\n# one\n", "\n# two\n", ""):
        frozen.write("functions/desk.py", desk + more)
        found.append(prove(frozen).document)
    assert [one.attempt for one in found] == [1, 2, 3, 1]
    assert [one.delta for one in found] == [0.025, 0.0125, 0.00625, 0.025]
    assert like(found[0]) == like(found[3])


def test_after_three_attempts_the_set_is_no_longer_proof(frozen):
    desk = frozen.read("functions/desk.py")
    for i in range(4):
        frozen.write("functions/desk.py", f"{desk}\n# {i}\n")
        with frozen.opened() as work:
            work.prove("desk")
            ready = work.check(for_level=Level.SUPERVISED)
            state = next(result.state for result in ready.results if result.rule == "TT11")
            assert state is (State.PASS if i < 3 else State.FAIL)


def test_an_attempt_that_was_begun_counts_even_where_it_never_ended(frozen):
    desk = frozen.read("functions/desk.py")
    frozen.write("functions/desk.py", desk + "\n# begun\n")
    with frozen.opened() as work, pytest.raises(KeyboardInterrupt):
        work.prove("desk", on_progress=_interrupt)
    frozen.write("functions/desk.py", desk)
    assert prove(frozen).document.attempt == 2


def _interrupt(done):
    raise KeyboardInterrupt


def test_an_interrupted_proof_goes_on_where_it_was(counting):
    with counting.opened() as work, pytest.raises(KeyboardInterrupt):
        work.prove("desk", on_progress=_interrupt)
    assert asked(counting) == 110
    proof = prove(counting)
    assert asked(counting) == 110
    assert (proof.document.attempt, proof.n_recorded_before) == (1, 110)


def test_who_does_the_work_today_and_baselines_spend_no_attempt(frozen):
    answers = "case,output.refund\n" + "\n".join(
        ",".join(line.split(",")[i] for i in (0, 5)) for line in frozen.read("cases/refunds.csv").splitlines()[1:]
    )
    frozen.write("answers/clerks.csv", answers + "\n")
    frozen.change("executors/clerks.yaml", "cost_per_item: 2.0", "settings: {answers: answers/clerks.csv}")
    found = prove(frozen, "clerks").document
    assert (found.attempt, found.delta, found.is_baseline, found.n_wrong) == (0, 0.05, True, 0)


def test_a_certificate_that_spent_no_attempt_lets_nobody_act_alone(frozen):
    def refusals():
        with frozen.opened() as work, pytest.raises(GrantRefused) as refused:
            work.grant("desk", level=Level.SUPERVISED, by="jonas", reason="proved")
        return [problem.message for problem in refused.value.problems]

    no_certificate = "supervised acts alone, and no certificate says how far"
    executor = frozen.read("executors/desk.yaml")
    frozen.write("executors/desk.yaml", executor + "incumbent: true\n")
    assert prove(frozen).document.certificate is not None
    frozen.write("executors/desk.yaml", executor)
    assert no_certificate in refusals()
    prove(frozen)
    assert no_certificate not in refusals()


@pytest.mark.parametrize("parts", [{"executor": "clerks"}, {"against": "clerks"}])
def test_people_whose_answers_nobody_recorded_are_neither_proved_nor_compared_with(counting, parts):
    with pytest.raises(ExecutorInvalid, match="a person that was not asked") as refused:
        prove(counting, **parts)
    assert "settings: {answers:" in refused.value.problems[0].expected
    assert asked(counting) == 0
    assert not (counting.root / "proofs").exists()


def test_people_who_answered_other_cases_are_not_compared_with(frozen):
    frozen.write("people/answers.csv", "case,output.refund\nelsewhere,yes\n")
    frozen.change("executors/clerks.yaml", "cost_per_item: 2.0", "settings: {answers: people/answers.csv}")
    with pytest.raises(ExecutorInvalid, match="none of the 110 cases") as refused:
        prove(frozen, against="clerks")
    assert refused.value.problems[0].where.line == 4
    assert not list((frozen.root / "proofs").rglob("*.json"))
    with frozen.opened() as work:
        assert newest_proofs(work) == ()


WAY = """
from pathlib import Path

def answer(given: dict) -> dict:
    if Path(__file__).with_name("away").exists() and given["amount"] > AWAY:
        raise ConnectionError("no route to the service")
    return {"refund": "no"}
"""


def test_cases_of_an_outage_are_asked_again_and_no_other(frozen):
    frozen.write("functions/desk.py", WAY.replace("AWAY", "100"))
    frozen.write("functions/away", "")
    first = prove(frozen).document
    n_away = first.n_errors
    assert 0 < n_away < 110
    assert first.warnings[0].startswith(f"in {n_away} of 110 cases the executor was unavailable")
    assert "remit prove refunds --executor desk" in first.warnings[0]
    assert "was unavailable: it raised ConnectionError" in first.wrong_cases[-1].fault
    (frozen.root / "functions" / "away").unlink()
    again = prove(frozen)
    assert again.n_recorded_before == 110 - n_away
    assert (again.document.n_errors, again.document.attempt, again.document.warnings) == (0, 1, ())
    assert again.document.n_wrong < first.n_wrong
    assert prove(frozen).n_recorded_before == 110


def test_attempts_that_were_lost_with_the_store_are_said_to_be(frozen):
    assert prove(frozen).document.warnings == ()
    frozen.write("functions/desk.py", frozen.read("functions/desk.py") + "\n# again\n")
    assert prove(frozen).document.warnings == ()
    for path in (frozen.root / ".remit").glob("remit.db*"):
        path.unlink()
    frozen.write("functions/desk.py", frozen.read("functions/desk.py") + "\n# and again\n")
    found = prove(frozen).document
    assert found.attempt == 1
    assert found.warnings[0].startswith("attempt 2 of this executor on these cases is not in the store any more")


def test_nothing_is_proved_of_an_executor_that_could_never_be_asked(frozen):
    frozen.write("functions/desk.py", WAY.replace("AWAY", "0"))
    frozen.write("functions/away", "")
    with pytest.raises(OutsideError, match="unavailable in all of 110 cases"):
        prove(frozen)
    assert not list((frozen.root / "proofs").rglob("*.json"))
    (frozen.root / "functions" / "away").unlink()
    assert prove(frozen).document.n_errors == 0


def test_against_compares_both_ways_and_keeps_both(frozen):
    proof = prove(frozen, against="generous")
    mine = next(one for one in proof.document.comparisons if one.against == "generous")
    other = from_json(json.loads(frozen.read("proofs/refunds/generous.json")))
    theirs = next(one for one in other.comparisons if one.against == "desk")
    assert (mine.better, theirs.better) == (MET, MISSED)
    assert (mine.only_this_wrong, mine.only_other_wrong) == (theirs.only_other_wrong, theirs.only_this_wrong)
    assert proof.document.reproduce == "remit prove refunds --executor desk --against generous"
    assert (proof.document.attempt, other.attempt) == (1, 1)


def test_failures_that_executors_share_are_known_once_two_are_proved(frozen):
    def state(work):
        results = work.check(for_level=Level.AUTONOMOUS).results
        return next(result.state for result in results if result.rule == "AX02")

    with frozen.opened() as work:
        work.prove("desk")
        assert state(work) is State.UNKNOWN
        work.prove("desk", against="generous")
        assert state(work) is State.PASS  # one wrong case in common, of the three of the better one


def test_nothing_is_compared_with_itself(frozen):
    with frozen.opened() as work, pytest.raises(UsageError, match="itself"):
        work.prove("desk", against="desk")


def test_the_own_table_runs_along_as_a_baseline(frozen):
    frozen.change(
        "work/refunds.yaml",
        "    kind: judgement\n",
        "    kind: rule\n    table: {in: [input.amount], out: [refund], hit_policy: FIRST, "
        'rules: [["< 60", "yes"], ["< 120", "ask"], ["-", "no"]]}\n',
    )
    frozen.write("executors/table.yaml", "for: refunds\nkind: table\nauthor: mira\n")
    found = prove(frozen).document
    assert [one.name for one in found.baselines] == ["majority", "table"]
    assert found.comparisons[1].better is UNPROVEN  # it is the same rule
    table = prove(frozen, "table").document
    assert (table.attempt, table.is_own_table, table.is_baseline) == (0, True, True)
    assert table.n_wrong == found.baselines[1].n_wrong == found.n_wrong


def test_an_expression_that_speaks_of_nothing_stops_the_proof_before_anything_is_asked(counting):
    counting.change("work/refunds.yaml", "output.refund != 'no' || input.amount > 1.0", "output.refnd != 'no'")
    with counting.opened() as work, pytest.raises(ExpressionInvalid, match="refnd"):
        work.prove("desk")
    assert asked(counting) == 0


def test_an_executor_that_never_answers_is_a_proof_too(frozen):
    frozen.write("functions/desk.py", "def answer(given: dict) -> dict:\n    raise OSError('gone')\n")
    found = prove(frozen).document
    assert (found.n_errors, found.n_wrong, found.certificate) == (110, 110, None)
    assert found.targets[0].verdict is MISSED
    assert found.wrong_cases[0].fault.startswith("the executor raised OSError")


def test_proofs_of_before_are_kept(frozen):
    from remit.store import proofs_of

    first = prove(frozen)
    frozen.write("functions/desk.py", frozen.read("functions/desk.py") + "\n# again\n")
    second = prove(frozen)
    with frozen.opened() as work:
        runs = proofs_of(work.project.store, "refunds")
    assert [run.attempt for run in runs] == [1, 2]
    assert first.document.executor.digest == runs[0].executor_digest
    assert second.document.executor.digest == runs[1].executor_digest


def test_the_majority_is_the_most_frequent_decision_of_the_tune_cases_whatever_else_they_say(frozen):
    head, *lines = frozen.read("cases/refunds.csv").splitlines()
    frozen.change(
        "work/refunds.yaml",
        '["yes", "no", "ask"]',
        '["yes", "no", "ask"], words: optional text <= 40, late: optional yes/no',
    )
    same = [f"{line},{'so' if ',no,normal' in line else f'n{i}'},no" for i, line in enumerate(lines)]
    frozen.write("cases/refunds.csv", "\n".join([f"{head},expected.words,expected.late", *same]) + "\n")
    (frozen.root / "cases" / "refunds.frozen.json").unlink()
    with frozen.opened() as work:
        coverage = work.check_cases()
        work.freeze_cases()
        found = work.prove("desk").document
    tune = [line for line in lines if line.endswith(",tune")]
    most = max(("yes", "no", "ask"), key=lambda answer: sum(f",{answer},normal" in line for line in tune))
    assert f"refund {most}" in found.baselines[0].what
    assert "late false" in found.baselines[0].what
    assert coverage.n_tune == 80


def test_a_second_person_in_the_case_file_is_in_the_proof_and_never_given_to_the_executor(small):
    head, *lines = small.read("cases/refunds.csv").splitlines()
    column = head.split(",").index("expected.refund")
    second = [line.split(",")[column] if i % 10 else "no" for i, line in enumerate(lines)]
    small.write(
        "cases/refunds.csv",
        "\n".join([f"{head},second.refund", *map(",".join, zip(lines, second, strict=True))]) + "\n",
    )
    small.write(
        "functions/desk.py",
        "def answer(given: dict) -> tuple[dict, float]:\n"
        "    assert not any('second' in name for name in given), given\n"
        "    return {'refund': 'no'}, 0.9\n",
    )
    small.split_and_freeze()
    found = prove(small).document
    assert found.n_errors == 0
    assert found.second_person.n == found.n_cases - found.n_kept
    assert 0 < found.second_person.n_disagree < 20
    assert found.second_person.better is MISSED
    again = prove(small).document
    assert again.second_person == found.second_person
