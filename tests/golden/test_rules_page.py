"""The page of all rules is the one that the catalogue makes."""

from pathlib import Path

from remit.readiness.catalogue import CATALOGUE
from remit.readiness.explain import rules_page
from remit.readiness.rules import RULES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "rules.md"


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == rules_page(), "run `python tools/rules_page.py`"


def test_every_rule_has_a_row_with_as_many_cells_as_the_head():
    rows = [line for line in rules_page().splitlines() if line.startswith("| ") and not line.startswith("| id ")]
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == [one.id for one in CATALOGUE]
    assert {row.replace("\\|", "").count("|") for row in rows} == {10}


def test_rules_that_nobody_measures_yet_are_marked():
    rows = {line.split(" | ")[0].removeprefix("| "): line for line in rules_page().splitlines() if " | " in line}
    assert all(("(not yet)" in rows[one.id]) is (one.id not in RULES) for one in CATALOGUE)
