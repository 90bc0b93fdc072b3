"""Facts and rules in, findings, dimensions and levels out. Pure.

``readiness.judge.judge`` asks every rule of the catalogue; ``readiness.explain.explain`` says what a code means.
Neither is imported here: whoever only carries facts or findings around does not pay for the rules.
"""

from remit.readiness.facts import Facts
from remit.readiness.finding import Dimension, Finding, Readiness, RuleKind, RuleResult, Severity, State

__all__ = ["Dimension", "Facts", "Finding", "Readiness", "RuleKind", "RuleResult", "Severity", "State"]
