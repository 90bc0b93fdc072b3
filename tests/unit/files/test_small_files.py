"""remit.yaml, waivers.yaml, intents and executors: closed, strict, every problem at once."""

from datetime import date, timedelta

import pytest

from remit.errors import ExecutorInvalid, ProjectInvalid, YamlInvalid
from remit.files.executor_file import load_executor
from remit.files.intent_file import load_intent
from remit.files.project_file import Person, load_project_file
from remit.files.waivers_file import load_waivers
from remit.items import ExecutorKind
from remit.readiness.facts import Waiver


@pytest.fixture
def write(tmp_path):
    def put(text, name="x.yaml"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return put


def problems(error, load, path):
    with pytest.raises(error) as caught:
        load(path)
    assert all(problem.where.file == str(path) and problem.where.line for problem in caught.value.problems)
    return {problem.where.path: problem for problem in caught.value.problems}


def test_a_project_file_is_read(write):
    path = write(
        "store: postgresql://localhost/remit\ncurrency: EUR\npeople:\n"
        "  - {id: ann, name: Ann Lee, roles: [reviewer, senior clerk], contact: ann@shop.example}\n  - {id: bob}\n"
    )
    project = load_project_file(path)
    assert (project.store, project.currency) == ("postgresql://localhost/remit", "EUR")
    ann = Person(id="ann", name="Ann Lee", roles=("reviewer", "senior clerk"), contact="ann@shop.example")
    assert project.people == (ann, Person(id="bob"))


@pytest.mark.parametrize("text", ["", "# a project\n", "remit: 1\n"])
def test_an_empty_project_file_is_a_project(write, text):
    project = load_project_file(write(text))
    assert (project.store, project.currency, project.people) == (None, None, ())


def test_every_fault_of_a_project_file_is_told(write):
    path = write(
        "currncy: EUR\ncurrency: euro\nremit: 2\npeople:\n  - {id: ann}\n  - {id: ann, role: x}\n  - {name: Bob}\n"
        "  - {id: 5, roles: reviewer}\n"
    )
    found = problems(ProjectInvalid, load_project_file, path)
    assert set(found) == {
        "currncy",
        "currency",
        "remit",
        "people[1].id",
        "people[1].role",
        "people[2].id",
        "people[3].id",
        "people[3].roles",
    }
    assert found["currncy"].mend == "did you mean `currency`?"
    assert "EUR" in (found["currency"].expected or "")


def test_a_project_file_is_a_mapping(write):
    with pytest.raises(YamlInvalid):
        load_project_file(write("- a\n"))


def test_waivers_are_read(write):
    path = write("- {rule: WD06, work: triage, reason: the tool is fixed, by: Ann, until: 2027-06-30}\n"
                 "- {rule: IO09, reason: no personal data, by: Bob, until: 2027-01-01}\n")  # fmt: skip
    assert load_waivers(path) == (
        Waiver(rule="WD06", work="triage", reason="the tool is fixed", by="Ann", until=date(2027, 6, 30)),
        Waiver(rule="IO09", work=None, reason="no personal data", by="Bob", until=date(2027, 1, 1)),
    )


def test_no_file_and_an_empty_file_are_no_waivers(write, tmp_path):
    assert load_waivers(tmp_path / "waivers.yaml") == ()
    assert load_waivers(write("# none\n")) == ()


def test_every_fault_of_the_waivers_is_told_at_its_place(write):
    path = write(
        "- {rule: wd6, reason: x, by: y, until: soon}\n- {rule: WD06, reson: x, by: y, until: 2027-02-29}\n- 5\n"
    )
    found = problems(ProjectInvalid, load_waivers, path)
    assert set(found) == {"[0].rule", "[0].until", "[1].reson", "[1].until", "[2]"}
    assert found["[1].reson"].mend == "did you mean `reason`?"
    assert (found["[1].until"].where.line, found["[2]"].where.line) == (2, 3)


def test_waivers_are_a_list(write):
    with pytest.raises(YamlInvalid):
        load_waivers(write("rule: WD06\n"))


def test_an_intent_is_read_and_its_faults_are_told(write):
    intent = load_intent(write("id: faster\nstatement: Answer sooner\nsponsor: Ann\nmeasure: hours\n"))
    assert (intent.id, intent.statement, intent.sponsor, intent.measure) == ("faster", "Answer sooner", "Ann", "hours")
    found = problems(ProjectInvalid, load_intent, write("id: Faster\nsponser: Ann\n"))
    assert set(found) == {"id", "statement", "sponser"}


EXECUTOR = """\
for: triage
kind: function
entry: shop.triage:answer
files: [shop/triage.py]
settings: {temperature: 0, names: [a]}
version: "3"
deadline: 5s
retries: 2
cost_per_item: 1
confidence: probability
incumbent: true
assumes: ["input.country == 'GB'"]
author: Ann
"""


def test_an_executor_is_read(write):
    path = write(EXECUTOR, "keywords.yaml")
    loaded = load_executor(path)
    spec = loaded.spec
    assert (loaded.path, spec.name, spec.work, spec.kind) == (path, "keywords", "triage", ExecutorKind.FUNCTION)
    assert (spec.entry, spec.file, spec.files) == ("shop.triage:answer", None, ("shop/triage.py",))
    assert spec.settings == {"temperature": 0, "names": ["a"]}
    assert (spec.version, spec.deadline, spec.retries) == ("3", timedelta(seconds=5), 2)
    assert (spec.cost_per_item, spec.confidence, spec.incumbent) == (1.0, "probability", True)
    assert (spec.assumes, spec.author) == (("input.country == 'GB'",), "Ann")
    assert loaded.source.locate(("retries",)).line == 8


def test_most_of_an_executor_may_be_absent(write):
    spec = load_executor(write("for: triage\nkind: person\n", "clerks.yaml")).spec
    assert (spec.deadline, spec.retries, spec.cost_per_item, spec.incumbent) == (timedelta(seconds=30), 0, None, False)


@pytest.mark.parametrize(("kind", "key"), [("function", "entry"), ("model", "file")])
def test_some_kinds_cannot_be_without_a_key(write, kind, key):
    found = problems(ExecutorInvalid, load_executor, write(f"for: triage\nkind: {kind}\n"))
    assert set(found) == {key}
    assert f"needs `{key}`" in found[key].message
    assert load_executor(write(f"for: triage\nkind: {kind}\n{key}: x\n"))


def test_every_fault_of_an_executor_is_told(write):
    path = write(
        "for: Triage\nkind: modell\nentri: x\ndeadline: 25h\nretries: 11\ncost_per_item: -1\nincumbent: yes\n", "9.yaml"
    )
    found = problems(ExecutorInvalid, load_executor, path)
    assert set(found) == {None, "for", "kind", "entri", "deadline", "retries", "cost_per_item", "incumbent"}
    assert found["kind"].mend == "did you mean `model`?"
    # no kind that can't be run
    assert found["kind"].expected == "`person`, `table`, `function`, `model`, `http`, `llm` or `cascade`"
    assert found["entri"].mend == "did you mean `entry`?"
    assert "24h" in (found["deadline"].expected or "")
    assert found["incumbent"].mend == "write `true`"


def test_an_executor_says_what_work_it_is_for(write):
    assert set(problems(ExecutorInvalid, load_executor, write("kind: person\n"))) == {"for"}
    assert load_executor(write("for: triage\nkind: person\ndeadline: 24h\n"))
