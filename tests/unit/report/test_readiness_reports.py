"""Readiness in CI: not run is never green."""

import xml.etree.ElementTree as ET
from dataclasses import replace

from tests.unit.report.samples import REACHED, READINESS, WHERE, rule

from remit.definition.levels import Level
from remit.readiness.finding import Dimension, Finding, Severity, State
from remit.report.github import github_readiness
from remit.report.junit import junit_report
from remit.report.readiness_view import readiness_view
from remit.report.terminal import render_readiness


def cases(readiness, **options):
    root = ET.fromstring(junit_report((readiness,), **options))
    return {case.get("name"): next(iter(case), None) for case in root.iter("testcase")}


def test_what_is_unknown_and_required_fails_as_unknown():
    failure = cases(READINESS)["IO12"]
    assert (failure.tag, failure.get("type")) == ("failure", "unknown")


def test_what_fails_and_is_required_fails():
    failure = cases(READINESS)["TT03"]
    assert (failure.tag, failure.get("type")) == ("failure", "fail")
    assert "work/triage-email.yaml:31:24" in failure.text


def test_only_what_passes_is_green():
    green = {name for name, outcome in cases(READINESS).items() if outcome is None}
    assert green == {one.rule for one in READINESS.results if one.state is State.PASS}


def test_what_is_skipped_says_why():
    found = cases(READINESS)
    assert {name: found[name].get("message") for name in ("FM02", "HE03", "OB05", "AU02")} == {
        "FM02": "not applicable: nothing is ever late here",
        "HE03": "fail, waived until 2026-12-31: the second reviewer starts in January",
        "OB05": "fail, minor: the level does not wait for it",
        "AU02": "unknown, counts from autonomous on",
    }


def test_rules_are_named_by_their_titles():
    assert "WD01 Unit of work" in cases(READINESS, titles={"WD01": "Unit of work"})


def test_the_counts_of_a_suite_are_right():
    root = ET.fromstring(junit_report((READINESS, REACHED)))
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("18", "2", "0")
    assert [suite.get("failures") for suite in root] == ["2", "0"]
    assert [suite.get("name") for suite in root] == ["triage-email for supervised", "triage-email for shadow"]


def test_on_github_what_keeps_the_level_is_an_error_and_the_rest_is_not():
    loud = {line.split("title=remit ")[-1][:4]: line.split(" ")[0] for line in github_readiness(READINESS).split("\n")}
    assert {name: loud[name] for name in ("TT03", "IO12", "OB05", "HE03")} == {
        "TT03": "::error",
        "IO12": "::error",
        "OB05": "::warning",
        "HE03": "::notice",
    }


def test_on_github_what_is_unknown_and_not_required_is_a_notice():
    minor = rule("OB09", State.UNKNOWN, Dimension.OBSERVABLE, severity=Severity.MINOR)
    readiness = replace(REACHED, results=(replace(minor, since=Level.SHADOW),))
    assert github_readiness(readiness).startswith("::notice title=remit OB09")


def test_a_level_that_is_reached_annotates_nothing():
    assert github_readiness(REACHED) == ""


def test_findings_come_worst_first():
    results = (
        rule("OB05", State.FAIL, Dimension.OBSERVABLE, severity=Severity.MINOR),
        rule("IO13", State.UNKNOWN, Dimension.IO, severity=Severity.MAJOR),
        rule("IO12", State.FAIL, Dimension.IO, severity=Severity.MAJOR),
        rule("TT04", State.UNKNOWN, Dimension.TESTS),
        rule("TT03", State.FAIL, Dimension.TESTS),
    )
    missing = {**READINESS.missing, Level.SUPERVISED: ("TT03", "TT04", "IO12", "IO13")}
    view = readiness_view(replace(READINESS, results=results, missing=missing))
    assert [row.rule for row in view.findings] == ["TT03", "TT04", "IO12", "IO13", "OB05"]
    assert [row.required for row in view.findings] == [True, True, True, True, False]


def test_several_findings_of_one_rule_come_in_the_order_of_the_file():
    findings = tuple(Finding(message=f"line {line}", mend="", where=replace(WHERE, line=line)) for line in (40, 9, 31))
    view = readiness_view(replace(READINESS, results=(rule("TT03", State.FAIL, Dimension.TESTS, findings=findings),)))
    assert [row.message for row in view.findings] == ["line 9", "line 31", "line 40"]


def test_rules_of_higher_levels_are_named_and_not_explained():
    text = render_readiness(READINESS, width=80, colour=False)
    assert "unknown AU02" in text
    assert not any(row.rule == "AU02" for row in readiness_view(READINESS).findings)


def test_a_waiver_shows_and_one_that_does_not_count_shows_too():
    text = render_readiness(READINESS, width=80, colour=False)
    assert "HE03 major, fail, until 2026-12-31: the second reviewer starts in January" in text
    assert "does not count: it ended on 2026-09-30" in text


def test_unknown_without_a_finding_still_says_something():
    readiness = replace(READINESS, results=(rule("TT03", State.UNKNOWN, Dimension.TESTS),))
    assert readiness_view(readiness).findings[0].message == "nobody measured it"


def test_gates_stand_apart_from_the_six_dimensions():
    view = readiness_view(READINESS)
    assert (len(view.dimensions), len(view.gates)) == (6, 2)


def test_every_level_names_what_it_needs_beyond_the_level_below():
    assert [(row.level.value, row.needs) for row in readiness_view(READINESS).levels] == [
        ("shadow", ()),
        ("suggest", ("TT03", "IO12")),
        ("supervised", ()),
        ("autonomous", ("AU02",)),
    ]


def test_a_work_that_is_not_to_be_automated_is_a_finished_answer():
    missing = {level: () if level is Level.MANUAL else ("AU01",) for level in Level}
    manual = replace(
        REACHED,
        for_level=Level.MANUAL,
        missing=missing,
        ceiling=Level.MANUAL,
        ceiling_because="a person answers for it",
    )
    shown = " ".join(render_readiness(manual, width=100, colour=False).split())
    assert "people do this work, which is a finished answer: nothing is outstanding. Why: a person answers" in shown
    assert all(f"{level} – above the ceiling" in shown for level in ("shadow", "suggest", "supervised", "autonomous"))


def test_a_level_above_the_ceiling_is_refused_with_the_reason_of_the_ceiling():
    manual = replace(READINESS, ceiling=Level.MANUAL, ceiling_because="a person answers for it")
    assert readiness_view(manual).end == "Not to be automated: people do this work. Why: a person answers for it"


def test_the_end_is_told_at_the_ceiling_and_not_below_it():
    limited = replace(READINESS, ceiling=Level.SUPERVISED, ceiling_because="it can be undone for four hours")
    assert readiness_view(limited).end == "It may go no further than supervised. Why: it can be undone for four hours"
    assert readiness_view(replace(limited, ceiling_because=None)).end is not None
    assert readiness_view(replace(limited, ceiling=Level.AUTONOMOUS)).end is None
    assert readiness_view(READINESS).end is None


def test_what_is_above_the_ceiling_needs_nothing():
    limited = replace(READINESS, ceiling=Level.SUGGEST, missing=dict.fromkeys(Level, ("AU01",)))
    assert [row.level for row in readiness_view(limited).levels if row.barred] == [Level.SUPERVISED, Level.AUTONOMOUS]
