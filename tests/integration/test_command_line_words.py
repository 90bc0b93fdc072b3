"""What single commands show, hide and advise, in a small project of its own."""

import json

import pytest

from remit.cli.main import run
from remit.project import Project

WORK = """
remit: 1
id: claim
owner: {role: Head of Claims, contact: claims@parcels.example}
accountable: {role: Head of Claims, contact: claims@parcels.example}
intent: {statement: Claims are passed from desk to desk.}
scope:
  unit: one parcel claim
  trigger: a claim arrives in the claims inbox
  includes: [parcels of private customers]
  excludes: [{what: claims of business customers, then: review}]
inputs: {fields: {damaged: yes/no}}
outputs: {fields: {desk: [late, damage]}}
decisions: [{id: desk, kind: judgement, question: Which desk can answer this claim?}]
"""
FILES = {
    "remit.yaml": "people: [{id: ana, roles: [Head of Claims]}]\n",
    "work/claim.yaml": WORK,
    "executors/rules.yaml": "{for: claim, kind: function, entry: desks.py:desk}\n",
    "desks.py": "def desk(claim):\n    return 'damage' if claim['damaged'] else 'late'\n",
    "item.json": '{"damaged": true}',
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    assert run(["grant", "claim", "--executor", "rules", "--level", "shadow", "--reason", "a try"]) == 0
    return tmp_path


def decided(capsys, *arguments):
    capsys.readouterr()
    assert run(["decide", "claim", "--input", "item.json", *arguments]) == 0
    return capsys.readouterr().out


def test_at_shadow_the_answer_is_hidden_and_not_said_to_be_missing(folder, capsys):
    said = decided(capsys)
    assert "answer  hidden: it is only compared" in said
    assert "no executor ran" not in said
    assert "damage" not in said


def test_at_shadow_the_document_hides_the_answer_too(folder, capsys):
    document = json.loads(decided(capsys, "--json"))
    assert document["level"] == "shadow"
    assert document["answer"] is None
    assert document["checked"] is None


def test_the_hidden_answer_is_recorded(folder):
    project = Project.open(folder)
    try:
        record = project.work("claim").decide({"damaged": True}).record
    finally:
        project.close()
    assert record.decision.answer is not None
    assert record.decision.answer.output == {"desk": "damage"}


def test_who_refuses_an_item_without_a_reason_is_told_the_option_that_there_is(folder, capsys):
    review = json.loads(decided(capsys, "--json"))["review"]
    assert run(["review", "decide", review, "--refuse"]) == 8
    assert "--comment TEXT" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("work", "executor", "mend"),
    [
        ("", "desk", "give the name of the file"),
        ("a b", "desk", "give the name of the file"),
        ("refunds.yaml", "desk", "did you mean `refunds`?"),
        ("work/refunds.yaml", "desk", "did you mean `refunds`?"),
        ("parcels", "desk", "write work/parcels.yaml"),
        ("Parcels_2", "desk", "give the name of the file"),
        ("p" * 65, "desk", "give the name of the file"),
        ("refunds", "../x", "give the name of the file"),
        ("refunds", "desk.yaml", "did you mean `desk`?"),
        ("refunds", "executors/desk.yaml", "did you mean `desk`?"),
        ("refunds", "robot", "write executors/robot.yaml"),
    ],
)
def test_a_name_that_is_none_is_told_what_can_be_one(frozen, remit, work, executor, mend):
    spoken = remit("prove", work, "--executor", executor)
    assert spoken.code == 5
    assert f"mend      {mend}" in spoken.err


def test_an_executor_of_another_work_is_said_to_be_one(frozen, remit):
    frozen.write("executors/other.yaml", "for: parcels\nkind: person\n")
    spoken = remit("prove", "refunds", "--executor", "other")
    assert spoken.code == 5
    assert "executors/other.yaml, which is for `parcels`" in spoken.err
    assert "write executors/other.yaml" not in spoken.err


def test_a_broken_executor_file_stops_no_other_executor_but_is_reported_by_check(frozen, remit):
    frozen.write("executors/broken.yaml", "for: refunds\nkind: nonsense\n")
    assert remit("prove", "refunds", "--executor", "desk").code == 0
    assert remit("check").code == 3
    assert remit("prove", "refunds", "--executor", "broken").code == 3
    assert remit("prove", "refunds", "--executor", "none").code == 5


def test_a_case_file_without_a_case_does_not_pass(small, remit):
    small.write("cases/refunds.csv", small.read("cases/refunds.csv").splitlines()[0] + "\n")
    spoken = remit("cases", "check", "refunds")
    assert spoken.code == 3
    assert "cases/refunds.csv: E306 the case file holds no case" in spoken.err


def test_a_grant_that_is_over_already_is_told_what_to_give(frozen, remit):
    spoken = remit(
        *("grant", "refunds", "--executor", "desk", "--level", "shadow"),
        *("--by", "jonas", "--reason", "x", "--until", "2020-01-01"),
    )
    assert spoken.code == 8
    assert "an end after" in spoken.err
    assert "--until" in spoken.err


def test_two_forms_of_one_answer_are_refused(frozen, remit):
    for form in ("github", "junit"):
        assert remit("check", "--format", form, "--json").code == 2
    assert remit("check", "--format", "json", "--json").document["kind"] == "check"


def test_who_asks_for_a_format_is_pointed_to_json(frozen, remit):
    assert "--json" in remit("plan", "refunds", "--format", "text").err
    assert "--json" in remit("plan", "refunds", "--format", "json").out
    assert "--json" not in remit("schema", "--format", "text").err
