"""The rules by dimension, each one small function; importing this package binds them to the catalogue."""

from remit.readiness.registry import conditions, rules
from remit.readiness.rules import (
    asking,
    cases,
    escalation,
    failures,
    gates,
    inputs_outputs,
    observability,
    proofs,
    running,
    tables,
    testing,
    wording,
    work,
)

__all__ = [
    "CONDITIONS",
    "RULES",
    "asking",
    "cases",
    "escalation",
    "failures",
    "gates",
    "inputs_outputs",
    "observability",
    "proofs",
    "running",
    "tables",
    "testing",
    "wording",
    "work",
]

RULES = rules()
"""The function of every rule that is measured, by id."""

CONDITIONS = conditions()
"""When the questions arise that nobody measures yet, by id."""
