"""A frozen prove set under a changed definition: taken over with the same cases, refused with others."""

import json

import pytest

from remit.errors import Conflict, FrozenChanged
from remit.project import Project

WORK = """
remit: 1
id: claim
inputs: {fields: {damaged: yes/no}}
outputs: {fields: {desk: [late, damage]}}
decisions: [{id: desk}]
quality: {targets: [{id: Q1, metric: accuracy, at_least: 0.5}]}
cases: {path: cases/claims.csv}
"""
CASES = "case,input.damaged,expected.desk,split\na,yes,damage,prove\nb,no,late,prove\nc,no,late,tune\n"
FILES = {
    "remit.yaml": "",
    "work/claim.yaml": WORK,
    "executors/rules.yaml": "{for: claim, kind: function, entry: desks.py:desk}\n",
    "desks.py": "def desk(claim):\n    return 'damage' if claim['damaged'] else 'late'\n",
    "cases/claims.csv": CASES,
}


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        write(tmp_path, name, text)
    Project.open(tmp_path).work("claim").freeze_cases()
    return tmp_path


def frozen(folder):
    return json.loads((folder / "cases" / "claim.frozen.json").read_text(encoding="utf-8"))


def test_changed_outputs_are_taken_over_by_freezing_again(folder):
    before = frozen(folder)
    write(folder, "work/claim.yaml", WORK.replace("[late, damage]", "[late, damage, loss]"))
    work = Project.open(folder).work("claim")
    with pytest.raises(FrozenChanged):
        work.prove("rules")
    work.freeze_cases()
    after = frozen(folder)
    assert after["schemas_digest"] != before["schemas_digest"]
    assert (after["prove"], after["frozen_at"]) == (before["prove"], before["frozen_at"])
    project = Project.open(folder)
    try:
        assert project.work("claim").prove("rules").document.n_cases == 2
    finally:
        project.close()


def test_freezing_the_same_again_writes_nothing(folder):
    path = folder / "cases" / "claim.frozen.json"
    before = path.stat().st_mtime_ns
    Project.open(folder).work("claim").freeze_cases()
    assert path.stat().st_mtime_ns == before


def test_other_cases_are_not_frozen_over_the_old_ones(folder):
    write(folder, "cases/claims.csv", CASES.replace("b,no,late", "b,no,damage"))
    with pytest.raises(Conflict):
        Project.open(folder).work("claim").freeze_cases()
