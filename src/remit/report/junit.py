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

__all__ = ["junit_problems", "junit_readiness"]


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


def junit_problems(error: RemitError) -> str:
    """Every problem of ``error`` as a failed test case."""
    cases = [_problem_case(problem, error) for problem in error.problems]
    return _suite("remit", cases)


def junit_readiness(readiness: Readiness, *, titles: Mapping[str, str] | None = None) -> str:
    """Every rule as a test case of its dimension.

    Failed: what keeps the level from being reached. Skipped, with the reason: not applicable, waived, minor, or
    counting from a higher level only. Passed: what passes. ``titles`` name the rules, by id.
    """
    required = required_rules(readiness)
    cases = [_rule_case(result, readiness, required, titles or {}) for result in readiness.results]
    return _suite(f"remit readiness {readiness.work} for {readiness.for_level}", cases)


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
        return "not applicable"
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


def _suite(name: str, cases: Sequence[TestCase]) -> str:
    n_failures = sum(case.outcome is Outcome.FAILURE for case in cases)
    n_skipped = sum(case.outcome is Outcome.SKIPPED for case in cases)
    counts = f'tests="{len(cases)}" failures="{n_failures}" errors="0" skipped="{n_skipped}"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites {counts}>",
        f"  <testsuite name={_attribute(name)} {counts}>",
    ]
    for case in cases:
        lines += _case_lines(case)
    return "\n".join([*lines, "  </testsuite>", "</testsuites>"]) + "\n"


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
