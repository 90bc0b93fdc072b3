"""Ten faults planted in a definition are ten findings, each on its line."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from remit.definition.levels import Level
from remit.files.definitions import load_definition
from remit.readiness import Facts, State
from remit.readiness.facts import GrantFact
from remit.readiness.judge import judge

FILE = Path(__file__).resolve().parents[1] / "data" / "ten-faults.yaml"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
PLANTED = {
    (rule, number)
    for number, line in enumerate(FILE.read_text(encoding="utf-8").splitlines(), 1)
    for rule in re.findall(r"# planted: (\w+)", line)
}


@pytest.fixture(scope="module")
def findings():
    file = load_definition(FILE)
    facts = Facts(grants=(GrantFact(executor="svm", level=Level.SUGGEST, granted_at=NOW),))
    found = judge(file.definition, facts, now=NOW, source=file.source)
    assert found.for_level is Level.SUPERVISED
    return {
        (one.rule, finding.where.line): finding
        for one in found.results
        if one.state is State.FAIL and found.for_level.at_least(one.since)
        for finding in one.findings
    }


def test_ten_planted_faults_give_ten_findings_on_their_lines(findings):
    assert len(PLANTED) == 10
    assert findings.keys() == PLANTED


def test_a_fault_inside_an_expression_is_shown_to_the_character(findings):
    finding = next(one for (rule, _), one in findings.items() if rule == "IO06")
    assert finding.where.excerpt[finding.where.column - 1 :].startswith("boddy")
    assert finding.mend == "Did you mean `input.body`?"


def test_every_finding_says_what_was_found_and_what_to_do(findings):
    for finding in findings.values():
        assert finding.message
        assert finding.mend
        assert finding.where.file.endswith("ten-faults.yaml")
        assert finding.expected or finding.found
