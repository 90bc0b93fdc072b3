"""What one file of a project says about another is held against it: nothing is read and ignored."""

import pytest

from remit.definition.levels import Level
from remit.errors import DefinitionInvalid, ExecutorInvalid, GrantRefused, NotAllowed
from remit.project import Project

WORK = """
remit: 1
id: claim
accountable: {role: Head of Claims, contact: head@claims.example}
intent: {of: faster}
inputs: {fields: {damaged: yes/no, value: number >= 0}}
outputs: {fields: {desk: [late, damage]}}
decisions: [{id: desk}]
quality: {targets: [{id: Q1, metric: accuracy, at_least: 0.5}]}
cases: {path: cases/claims.csv}
escalation:
  paths: [{id: E1, when: "true", role: clerk}]
  stop: {who: [clerk], safe_state: review}
"""
CASES = """case,input.damaged,input.value,expected.desk,split
a,yes,5,damage,prove
b,no,500,late,prove
c,no,5,late,tune
"""
FILES = {
    "remit.yaml": """
people:
  - {id: ann, roles: [clerk]}
  - {id: bob, roles: [porter]}
  - {id: eve, roles: [Head of Claims]}
""",
    "intents/faster.yaml": "{id: faster, statement: Answer claims sooner}\n",
    "work/claim.yaml": WORK,
    "executors/rules.yaml": """
for: claim
kind: function
entry: desks.py:desk
assumes: ["input.value < 100.0"]
""",
    "desks.py": "def desk(claim):\n    return 'damage' if claim['damaged'] else 'late'\n",
    "cases/claims.csv": CASES,
}


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def project(folder):
    with Project.open(folder) as opened:
        yield opened


def test_cases_that_break_what_the_executor_takes_for_granted_are_counted(project):
    work = project.work("claim")
    work.freeze_cases()
    limits = work.prove("rules").document.limits
    assert "1 of 2 cases break what the executor takes for granted: input.value < 100.0" in limits


def test_an_assumption_about_a_field_that_is_not_there_is_refused_at_its_place(folder):
    file = folder / "executors" / "rules.yaml"
    file.write_text(file.read_text().replace("input.value", "input.valu"))
    with Project.open(folder) as project, pytest.raises(ExecutorInvalid) as caught:
        project.work("claim").executor("rules")
    (problem,) = caught.value.problems
    assert problem.where.line == 5
    assert problem.mend == "did you mean `input.value`?"


def test_an_intent_that_is_not_written_is_refused_at_its_place(folder):
    (folder / "intents" / "faster.yaml").unlink()
    with Project.open(folder) as project, pytest.raises(DefinitionInvalid, match="faster") as caught:
        _ = project.work("claim").definition
    assert caught.value.problems[0].where.line == 5


@pytest.mark.parametrize("kind", ["table", "person"])
def test_files_where_they_mean_nothing_are_refused(folder, kind):
    (folder / "executors" / "rules.yaml").write_text(f"{{for: claim, kind: {kind}, files: [desks.py]}}\n")
    with Project.open(folder) as project, pytest.raises(ExecutorInvalid, match="has no `files`"):
        project.work("claim").executor("rules")


def test_only_the_role_of_the_path_or_the_accountable_person_decides_a_review(project):
    work = project.work("claim")
    for key, by in (("k1", "ann"), ("k2", "eve")):
        review = work.decide({"damaged": True, "value": 5}, key=key).review
        with pytest.raises(NotAllowed, match="bob may not decide this review"):
            work.decide_review(review.id, by="bob", output={"desk": "damage"}, comment=None)
        assert work.decide_review(review.id, by=by, output={"desk": "damage"}, comment=None).review.decided_by == by


def test_only_who_is_named_stops_a_work_and_lets_it_go_on(project):
    with pytest.raises(NotAllowed, match="bob may not stop `claim`"):
        project.stop("claim", executor=None, by="bob", reason="why not")
    project.stop("claim", executor=None, by="ann", reason="dirty")
    with pytest.raises(NotAllowed):
        project.resume("claim", executor=None, by="bob", reason="why not")
    project.resume("claim", executor=None, by="eve", reason="clean")
    project.stop(None, executor=None, by="bob", reason="an incident: everybody of the project may stop everything")


def test_messages_name_files_as_seen_from_the_folder_we_are_in(folder, monkeypatch):
    (folder / "work" / "claim.yaml").write_text(WORK.replace("metric: accuracy", "metric: acuracy"))
    monkeypatch.chdir(folder)
    with Project.open() as project, pytest.raises(DefinitionInvalid) as caught:
        _ = project.work("claim").definition
    assert caught.value.problems[0].where.file == "work/claim.yaml"


def test_the_digest_is_the_same_loaded_and_not_loaded(project):
    work = project.work("claim")
    assert work.executor("rules").digest == work.executor_digest("rules")


def test_a_grant_rests_on_the_store_and_not_on_the_mirror(folder, project):
    work = project.work("claim")
    work.freeze_cases()
    work.prove("rules")
    mirror = folder / ".remit" / "facts.json"
    forged = mirror.read_text().replace('"grants":[]', '"grants": []')
    project.close()
    (folder / ".remit" / "remit.db").unlink()
    mirror.write_text(forged)
    with Project.open(folder) as again:
        work = again.work("claim")
        assert work.check(executor="rules")
        with pytest.raises(GrantRefused):
            work.grant("rules", level=Level.SUGGEST, by="eve", reason="forged")
        assert '"proofs": []' in " ".join(mirror.read_text().split())


def test_a_deadline_beyond_a_hundred_years_is_refused(folder):
    file = folder / "work" / "claim.yaml"
    file.write_text(file.read_text().replace("role: clerk}", "role: clerk, within: 900000w}"))
    with Project.open(folder) as project, pytest.raises(DefinitionInvalid):
        _ = project.work("claim").definition


@pytest.mark.parametrize("output", ["10**5000", "-(10**301)", "'x' * 1_000_001"])
def test_an_answer_without_bounds_is_rubbish_and_ends_nothing(folder, output):
    (folder / "desks.py").write_text(f"def desk(claim):\n    return {{'desk': {output}}}\n")
    with Project.open(folder) as project:
        work = project.work("claim")
        work.freeze_cases()
        document = work.prove("rules").document
    assert document.n_invalid_outputs == document.n_cases == 2
