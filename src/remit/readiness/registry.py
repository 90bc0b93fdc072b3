"""The functions behind the catalogue: one small pure function for each rule that is measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from remit.definition.model import Definition
from remit.readiness.catalogue import card
from remit.readiness.current import Current
from remit.readiness.outcome import Outcome

__all__ = ["Condition", "RuleFunction", "arises", "conditions", "rule", "rules"]

RuleFunction = Callable[[Definition, Current, datetime], Outcome]
"""``(definition, facts as they stand now, now) -> Outcome``; ``now`` is aware."""

Condition = Callable[[Definition, Current], str | None]
"""``(definition, facts as they stand now) ->`` why a question does not arise, None where it does."""

_RULES: dict[str, RuleFunction] = {}
_CONDITIONS: dict[str, Condition] = {}


def rule(id_: str) -> Callable[[RuleFunction], RuleFunction]:
    """Bind a function to a rule of the catalogue.

    Raises:
        LookupError: the catalogue has no such rule, or it has a function already.
    """
    if card(id_) is None or id_ in _RULES:
        raise LookupError(f"{id_} is not in the catalogue, or is bound twice")

    def bind(function: RuleFunction) -> RuleFunction:
        _RULES[id_] = function
        return function

    return bind


def arises(id_: str) -> Callable[[Condition], Condition]:
    """Bind a condition to a rule that nobody measures yet: where its question does not arise nothing is outstanding.

    Raises:
        LookupError: the catalogue has no such rule, or it has a condition already.
    """
    if card(id_) is None or id_ in _CONDITIONS:
        raise LookupError(f"{id_} is not in the catalogue, or has a condition already")

    def bind(condition: Condition) -> Condition:
        _CONDITIONS[id_] = condition
        return condition

    return bind


def conditions() -> Mapping[str, Condition]:
    """The conditions bound so far, by rule id."""
    return MappingProxyType(_CONDITIONS)


def rules() -> Mapping[str, RuleFunction]:
    """The functions bound so far, by rule id."""
    return MappingProxyType(_RULES)
