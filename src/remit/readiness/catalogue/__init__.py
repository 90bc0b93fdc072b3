"""The catalogue of readiness rules: every id with dimension, kind, severity, level, message, mend and source."""

from remit.readiness.catalogue import escalation, failures, gates, inputs_outputs, observability, testing, work
from remit.readiness.catalogue.card import RuleCard, filled

__all__ = ["CATALOGUE", "RuleCard", "card", "filled"]

CATALOGUE: tuple[RuleCard, ...] = (
    *work.CARDS,
    *testing.CARDS,
    *inputs_outputs.CARDS,
    *failures.CARDS,
    *escalation.CARDS,
    *observability.CARDS,
    *gates.CARDS,
)

_BY_ID = {one.id: one for one in CATALOGUE}


def card(rule: str) -> RuleCard | None:
    """The card of a rule, None where the catalogue has no such id."""
    return _BY_ID.get(rule)
