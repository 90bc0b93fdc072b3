"""JUnit XML (``--format junit``): every readiness rule is a test case, every problem a failure.

Not run is never green: a rule that is unknown and required for the level is a failure of type ``unknown``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from xml.sax.saxutils import escape, quoteattr

from remit.errors import Problem, RemitError, str_problem
from remit.readiness.finding import Finding, Readiness, RuleResult, State
from remit.report.readiness_view import required_rules
from remit.report.text import visible, visible_lines

__all__ = ["junit_report"]


class Outcome(StrEnum):
    """What a test case came to, in JUnit's words."""

    PASSED = "passed"
    FAILURE = "failure"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class TestCase:
    """One test case. ``type`` and ``message`` say why where it did not pass; ``details`` are lines below."""

    __test__ = False

    name: str
    group: str
    outcome: Outcome
    type: str = ""
    message: str = ""
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """The test cases of one work."""

    name: str
    cases: tuple[TestCase, ...]

    @property
    def counts(self) -> str:
        """How many cases there are, and how many of them failed or were skipped, as attributes."""
        return _counts(self.cases)


def junit_report(
    works: Sequence[Readiness], errors: Sequence[RemitError] = (), *, titles: Mapping[str, str] | None = None
) -> str:
    """One suite for each readiness, and one for what could not be read at all.

    Failed: what keeps the level from being reached, and every problem of an error. Skipped, with the reason: not
    applicable, waived, minor, or counting from a higher level only. Passed: what passes. ``titles`` name the rules,
    by id.
    """
    suites = [
        Suite(
            name=f"{readiness.work} for {readiness.for_level}",
            cases=tuple(
                _rule_case(result, readiness, required_rules(readiness), titles or {}) for result in readiness.results
            ),
        )
        for readiness in works
    ]
    problems = tuple(_problem_case(problem, error) for error in errors for problem in error.problems)
    return _document([Suite(name="files", cases=problems), *suites] if problems else suites)


def _problem_case(problem: Problem, error: RemitError) -> TestCase:
    code = problem.code or error.code
    return TestCase(
        name=str_problem(problem),
        group=code,
        outcome=Outcome.FAILURE,
        type=code,
        message=problem.message,
        details=_details(str(problem.where), problem.expected, problem.found, problem.mend),
    )


def _rule_case(
    result: RuleResult, readiness: Readiness, required: frozenset[str], titles: Mapping[str, str]
) -> TestCase:
    title = titles.get(result.rule)
    name = f"{result.rule} {title}" if title else result.rule
    group = f"{readiness.work}.{result.dimension}"
    details = tuple(line for finding in result.findings for line in _finding_details(finding))
    if result.rule in required:
        message = "; ".join(finding.message for finding in result.findings) or str(result.state)
        return TestCase(
            name=name,
            group=group,
            outcome=Outcome.FAILURE,
            type=str(result.state),
            message=f"{result.severity}: {message}",
            details=details,
        )
    if result.state is State.PASS:
        return TestCase(name=name, group=group, outcome=Outcome.PASSED)
    return TestCase(
        name=name, group=group, outcome=Outcome.SKIPPED, message=_why_skipped(result, readiness), details=details
    )


def _why_skipped(result: RuleResult, readiness: Readiness) -> str:
    if result.state is State.NOT_APPLICABLE:
        return f"not applicable: {result.why}" if result.why else "not applicable"
    if result.waived_until is not None:
        return f"{result.state}, waived until {result.waived_until}: {result.waived_because or 'no reason given'}"
    if not readiness.for_level.at_least(result.since):
        return f"{result.state}, counts from {result.since} on"
    return f"{result.state}, {result.severity}: the level does not wait for it"


def _finding_details(finding: Finding) -> tuple[str, ...]:
    return (finding.message, *_details(str(finding.where), finding.expected, finding.found, finding.mend or None))


def _details(where: str, expected: str | None, found: str | None, mend: str | None) -> tuple[str, ...]:
    said = {"at": where or None, "expected": expected, "found": found, "mend": mend}
    return tuple(f"{label}: {text}" for label, text in said.items() if text is not None)


def _document(suites: Sequence[Suite]) -> str:
    everything = tuple(case for suite in suites for case in suite.cases)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<testsuites name="remit check" {_counts(everything)}>']
    for suite in suites:
        lines.append(f"  <testsuite name={_attribute(suite.name)} {suite.counts}>")
        for case in suite.cases:
            lines += _case_lines(case)
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>"])


def _counts(cases: Sequence[TestCase]) -> str:
    n_failures = sum(case.outcome is Outcome.FAILURE for case in cases)
    n_skipped = sum(case.outcome is Outcome.SKIPPED for case in cases)
    return f'tests="{len(cases)}" failures="{n_failures}" errors="0" skipped="{n_skipped}"'


def _case_lines(case: TestCase) -> list[str]:
    head = f"    <testcase classname={_attribute(case.group)} name={_attribute(case.name)}"
    if case.outcome is Outcome.PASSED:
        return [f"{head}/>"]
    kind = f" type={_attribute(case.type)}" if case.type else ""
    body = "\n".join(escape(line) for text in case.details for line in visible_lines(text))
    inner = f"      <{case.outcome} message={_attribute(case.message)}{kind}"
    return [f"{head}>", f"{inner}>{body}</{case.outcome}>" if body else f"{inner}/>", "    </testcase>"]


def _attribute(text: str) -> str:
    return quoteattr(visible(text))
