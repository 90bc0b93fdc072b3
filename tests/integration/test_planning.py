"""What a plan knows: the cases as they are, the newest proof that still counts, and the attempts that were spent."""

import pytest

from remit.errors import DocumentInvalid, NotFound
from remit.proof.planning import Basis
from remit.readiness.facts import TargetVerdict

DEFINITION_CHANGED = "the definition changed since its proof in what the evidence is about"


@pytest.fixture
def plan(frozen):
    """A plan of the project as its files are now."""

    def made(*arguments, **options):
        with frozen.opened() as work:
            return work.plan(*arguments, **options)

    return made


def proved(frozen, executor="desk"):
    with frozen.opened() as work:
        return work.prove(executor).document


def test_before_any_proof_the_cases_are_counted_and_nothing_is_measured(frozen, plan):
    found = plan()
    assert (found.n_prove, found.is_frozen, found.volume_per_day) == (120, True, 200)
    assert (found.executor, found.proof_used, found.no_proof) == (None, False, "nothing is proved yet")
    assert (found.attempt, found.delta) == (1, 0.025)
    assert found.budget.rate.basis is Basis.ASSUMED


def test_a_plan_makes_no_store(frozen, plan):
    plan("desk")
    assert not (frozen.root / ".remit" / "remit.db").exists()


def test_cases_that_are_not_there_yet_can_be_planned(frozen, plan):
    (frozen.root / "cases" / "refunds.csv").unlink()
    found = plan()
    assert (found.n_prove, found.budget.n_acted_now) == (None, None)
    assert "no cases" in [one.what for one in found.not_known]


def test_cases_that_changed_since_they_were_measured_are_counted_anew(frozen, plan):
    plan()
    lines = frozen.read("cases/refunds.csv").splitlines()
    proving = [line for line in lines[1:] if ",prove" in line]
    frozen.write("cases/refunds.csv", "\n".join([lines[0], *proving[:50]]) + "\n")
    found = plan()
    assert (found.n_prove, found.is_frozen) == (50, False)


def test_the_newest_proof_of_a_candidate_is_planned_with(frozen, plan):
    document = proved(frozen)
    found = plan()
    assert (found.executor, found.proof_used, found.attempt) == ("desk", True, document.attempt)
    assert [one.verdict for one in found.targets] == [one.verdict for one in document.targets]
    assert found == plan("desk")


def test_the_incumbent_is_no_candidate(frozen, plan):
    known = [",".join(line.split(",")[i] for i in (0, 5)) for line in frozen.read("cases/refunds.csv").splitlines()[1:]]
    frozen.write("people/answers.csv", "\n".join(["case,output.refund", *known]) + "\n")
    frozen.change("executors/clerks.yaml", "cost_per_item: 2.0", "settings: {answers: people/answers.csv}")
    proved(frozen, "clerks")
    assert plan().no_proof == "no proof of a candidate is about the work as it is"


def test_an_executor_that_is_not_proved_is_planned_without_what_another_measured(frozen, plan):
    proved(frozen)
    found = plan("generous")
    assert (found.executor, found.proof_used, found.no_proof) == ("generous", False, "it is not proved yet")
    assert {one.verdict for one in found.targets} == {None}


@pytest.mark.parametrize(
    ("name", "old", "new", "why"),
    [
        ("functions/desk.py", "0.6 + near", "0.5 + near", "it changed since its proof"),
        ("executors/desk.yaml", 'version: "1"', 'version: "2"', "it changed since its proof"),
        ("work/refunds.yaml", "  targets:", "  assurance: 0.9\n  targets:", DEFINITION_CHANGED),
        ("work/refunds.yaml", "input.amount < 400.0", "input.amount < 300.0", DEFINITION_CHANGED),
        ("cases/refunds.csv", ",prove", ",tune", "the cases changed since its proof"),
    ],
)
def test_a_proof_of_something_else_is_not_planned_with(frozen, plan, name, old, new, why):
    proved(frozen)
    frozen.change(name, old, new)
    found = plan("desk")
    assert (found.proof_used, found.no_proof) == (False, why)


def test_a_proof_does_not_count_where_something_the_executor_is_made_of_is_missing(frozen, plan):
    proved(frozen)
    (frozen.root / "functions" / "desk.py").unlink()
    assert plan("desk").no_proof == "it changed since its proof"
    assert plan().executor is None


def test_the_definitions_own_table_is_planned_with_the_whole_delta(frozen, plan):
    frozen.write("executors/rules.yaml", "for: refunds\nkind: table\n")
    found = plan("rules")
    assert (found.attempt, found.delta) == (0, 0.05)


def test_a_changed_executor_is_planned_at_its_second_attempt(frozen, plan):
    proved(frozen)
    frozen.change("functions/desk.py", "0.6 + near", "0.5 + near")
    found = plan("desk")
    assert (found.attempt, found.delta) == (2, 0.0125)
    assert proved(frozen).attempt == 2
    assert plan("desk").attempt == 2


def test_a_changed_limit_is_planned_without_the_old_verdict(frozen, plan):
    proved(frozen)
    frozen.change("work/refunds.yaml", "at_least: 0.80", "at_least: 0.81")
    first = plan("desk").targets[0]
    assert (first.verdict, first.n_now) == (None, 120)


def test_a_definition_that_can_not_be_proved_is_not_planned(frozen, remit):
    frozen.change("work/refunds.yaml", "input.amount < 400.0", "input.amuont < 400.0")
    said = remit("plan", "refunds")
    assert (said.code, said.out) == (3, "")
    assert "E304" in said.err


def test_cases_whose_frozen_set_is_gone_are_not_frozen(frozen, plan):
    proved(frozen)
    assert plan().is_frozen
    (frozen.root / "cases" / "refunds.frozen.json").unlink()
    assert not plan().is_frozen


def test_a_frozen_set_that_can_not_be_read_is_refused(frozen, plan):
    plan()
    frozen.write("cases/refunds.frozen.json", "{")
    with pytest.raises(DocumentInvalid, match="frozen"):
        plan()


def test_an_executor_that_is_not_there_is_refused(plan):
    with pytest.raises(NotFound, match="deskk"):
        plan("deskk")


def test_the_plan_on_the_terminal_says_what_is_met_and_what_to_write(frozen, remit):
    proved(frozen)
    frozen.change("work/refunds.yaml", "volume_per_day: 200", "volume_per_day: unknown")
    said = remit("plan", "refunds")
    assert said.code == 0
    assert "met" in said.out
    assert "the volume is unknown" in said.out
    assert "not known" in said.out
    assert max(map(len, said.out.splitlines())) <= 80


def test_the_document_holds_what_python_gives(frozen, remit, plan):
    found = plan(rate=0.01, coverage=0.5)
    document = remit("plan", "refunds", "--rate", "0.01", "--coverage", "0.5", "--json").document
    assert (document["work"], document["budget"]["n_min_cases"]) == ("refunds", found.budget.n_min_cases)
    assert document["budget"]["rate"] == {"value": 0.01, "basis": "given", "why": "given with --rate"}
    assert [one["verdict"] for one in document["targets"]] == [None] * len(found.targets)
    assert TargetVerdict.MET not in {one.verdict for one in found.targets}
