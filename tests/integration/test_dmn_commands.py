"""Decision tables come in from DMN files and go out, from the command line."""

import shutil
from pathlib import Path

import pytest

from remit.files.definitions import load_definition

FILE = Path(__file__).resolve().parents[1] / "data" / "dmn" / "parcel-desk.dmn"


@pytest.fixture
def imported(small, remit):
    shutil.copy(FILE, small.root / "desk.dmn")
    said = remit("import", "dmn", "desk.dmn")
    assert said.code == 0
    small.write("work/parcel-desk.yaml", said.out)
    return said


def test_a_draft_comes_in_as_a_work_that_can_be_checked(imported, small, remit):
    assert "`Days late` became `Days_late`" in imported.err
    definition = load_definition(small.root / "work" / "parcel-desk.yaml").definition
    assert definition.decisions[0].table.in_[1] == "input.Days_late"
    levels = remit("check", "parcel-desk", "--json").document["works"][0]["levels"]
    missing = {one["level"]: one["missing"] for one in levels}
    assert "IO04" in missing["suggest"]
    assert "IO07" not in missing["autonomous"]


def test_it_goes_out_and_comes_in_the_same(imported, small, remit):
    out = remit("export", "dmn", "parcel-desk")
    assert out.code == 0
    small.write("again.dmn", out.out)
    again = remit("import", "dmn", "again.dmn", "--id", "parcel-desk", "--json").document
    assert (again["kind"], again["told"]) == ("import", [])
    small.write("work/parcel-desk.yaml", imported.out)
    before = load_definition(small.root / "work" / "parcel-desk.yaml").definition
    after = again["definition"]["decisions"][0]["table"]
    assert [list(rule) for rule in before.decisions[0].table.rules] == after["rules"]


def test_a_gap_is_told_at_the_table_and_an_overlap_at_its_row(imported, small, remit):
    text = small.read("work/parcel-desk.yaml").replace("hit_policy: PRIORITY", "hit_policy: ANY")
    small.write("work/parcel-desk.yaml", text)
    said = remit("check", "parcel-desk", "--for", "suggest", "--format", "github")
    row = next(number for number, line in enumerate(text.splitlines(), 1) if "'> 20'" in line)
    assert f"line={row}" in next(line for line in said.out.splitlines() if "Rules 1 and 2 both match" in line)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("import", "dmn", "missing.dmn"), 3, "E301"),
        (("import", "dmn", "remit.yaml"), 3, "E305"),
        (("import", "dmn", "desk.dmn", "--id", "No Id"), 3, "E305"),
        (("export", "dmn", "parcel-desk", "--decision", "other"), 5, "E505"),
        (("export", "dmn", "missing"), 5, "E505"),
        (("export", "bpmn", "parcel-desk"), 2, "there is no command `remit export bpmn`"),
    ],
)
def test_what_can_not_be_is_refused_with_its_code(imported, remit, arguments, code, said):
    found = remit(*arguments)
    assert (found.code, found.out) == (code, "")
    assert said in found.err
    assert "Traceback" not in found.err


def test_a_draft_is_written_under_the_name_of_its_file_and_over_nothing(small, remit):
    shutil.copy(FILE, small.root / "claims.dmn")
    said = remit("import", "dmn", "claims.dmn", "--output", "work/fromdmn.yaml")
    assert said.code == 0
    assert "every one is required" in said.err
    assert load_definition(small.root / "work" / "fromdmn.yaml").definition.id == "fromdmn"
    assert remit("check", "fromdmn").code in (0, 1)
    before = small.read("work/fromdmn.yaml")
    again = remit("import", "dmn", "claims.dmn", "--id", "other", "--output", "work/fromdmn.yaml")
    assert (again.code, again.out) == (5, "")
    assert "is there already" in again.err
    assert small.read("work/fromdmn.yaml") == before


def test_going_out_tells_what_would_not_come_in_again(imported, small, remit):
    small.write(
        "work/parcel-desk.yaml",
        imported.out.replace("number >= 0 <= 400", "optional integer >= 0 <= 400"),
    )
    said = remit("export", "dmn", "parcel-desk")
    assert "whole numbers become numbers: `input.Days_late`" in said.err
    assert "optional inputs become required ones: `input.Days_late`" in said.err
    assert "the id of the work" in said.err
