"""An error says what is wrong, where, and how to mend it."""

from tests.unit.report.samples import ERROR, WHERE

from remit.errors import DefinitionInvalid, Location, Problem, RunInProgress
from remit.report.github import github_problems
from remit.report.problems import render_problems


def text(**problem):
    return render_problems(DefinitionInvalid(problems=[Problem(**problem)]), colour=False, width=80)


def test_an_error_begins_with_its_place_so_that_editors_find_it():
    assert text(message="wrong", where=WHERE).startswith("work/triage-email.yaml:31:24: E303 wrong\n")


def test_the_caret_stands_under_the_value():
    lines = text(message="wrong", where=WHERE).split("\n")
    assert lines[2].index("^") == lines[1].index("acuracy")
    assert lines[2].count("^") == len("acuracy")


def test_a_place_without_a_column_has_no_caret():
    shown = text(message="wrong", where=Location(file="a.yaml", line=3, excerpt="remit: 1"))
    assert "remit: 1" in shown
    assert "^" not in shown


def test_an_error_without_a_place_is_its_message():
    assert text(message="nothing is here").split("\n")[0] == "E303 nothing is here"


def test_expected_found_and_mend_are_each_on_a_line():
    shown = text(message="wrong", expected="one", found="two", mend="write one")
    assert "  expected  one\n  found     two\n  mend      write one\n" in shown


def test_every_code_is_offered_for_explanation_once():
    assert render_problems(ERROR, colour=False).split("\n")[-1] == (
        "3 problems. More: `remit explain E303`, `remit explain E302`"
    )
    assert render_problems(RunInProgress(), colour=False).split("\n")[-1] == "More: `remit explain E504`"


def test_a_column_on_github_needs_its_line_and_its_file():
    problem = Problem(message="wrong", where=Location(line=3, column=4))
    assert github_problems(DefinitionInvalid(problems=[problem])) == "::error title=remit E303::wrong"
