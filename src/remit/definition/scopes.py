"""Where expressions stand in a definition, and which names each place may use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from remit.definition.model import Definition
from remit.definition.positions import Path

__all__ = ["SCOPES", "ExpressionPlace", "Place", "places"]


class Place(StrEnum):
    """A kind of place an expression stands in."""

    EXCLUDES = "scope.excludes.when"
    EFFECT = "outputs.effects.when"
    TABLE = "decisions.table.in"
    CONSTRAINT = "constraints.expr"
    CORRECT = "quality.correct_when"
    WHERE = "quality.targets.where"
    COST = "quality.error_costs.when"
    DETECT = "failure_modes.detect"
    UNCERTAIN = "uncertainty.review_when"
    PATH = "escalation.paths.when"
    NEVER = "autonomy.never.when"
    STOP_IF = "intent.stop_if.when"
    ASSUMES = "executor.assumes"


_LIVE = ("input", "item", "output", "answer")

SCOPES: dict[Place, tuple[str, ...]] = {
    Place.EXCLUDES: ("input", "item"),
    Place.EFFECT: ("input", "item", "output"),
    Place.TABLE: ("input", "item"),
    Place.CONSTRAINT: _LIVE,
    Place.CORRECT: ("input", "output", "expected", "case"),
    Place.WHERE: ("input", "expected", "case"),
    Place.COST: ("input", "output", "expected", "case"),
    Place.DETECT: (*_LIVE, "expected", "case"),
    Place.UNCERTAIN: _LIVE,
    Place.PATH: ("reason",),
    Place.NEVER: _LIVE,
    Place.STOP_IF: ("outcome",),
    Place.ASSUMES: ("input",),
}
"""The roots each place may use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionPlace:
    """One expression of a definition: where it stands and what kind of place that is."""

    path: Path
    source: str
    place: Place
    yes_or_no: bool = True


def places(definition: Definition) -> Iterator[ExpressionPlace]:
    """Every expression of a definition, in the order of the file's sections."""
    yield from _before(definition)
    yield from _quality(definition)
    yield from _after(definition)


def _at(place: Place, source: str | None, *path: str | int, yes_or_no: bool = True) -> Iterator[ExpressionPlace]:
    if source is not None:
        yield ExpressionPlace(path=path, source=source, place=place, yes_or_no=yes_or_no)


def _before(definition: Definition) -> Iterator[ExpressionPlace]:
    if definition.intent is not None and definition.intent.stop_if is not None:
        yield from _at(Place.STOP_IF, definition.intent.stop_if.when, "intent", "stop_if", "when")
    for i, exclusion in enumerate(definition.scope.excludes if definition.scope else ()):
        yield from _at(Place.EXCLUDES, exclusion.when, "scope", "excludes", i, "when")
    for i, effect in enumerate(definition.outputs.effects if definition.outputs else ()):
        yield from _at(Place.EFFECT, effect.when, "outputs", "effects", i, "when")
    for i, decision in enumerate(definition.decisions):
        for j, column in enumerate(decision.table.in_ if decision.table else ()):
            yield from _at(Place.TABLE, column, "decisions", i, "table", "in", j, yes_or_no=False)
    for i, constraint in enumerate(definition.constraints):
        yield from _at(Place.CONSTRAINT, constraint.expr, "constraints", i, "expr")


def _quality(definition: Definition) -> Iterator[ExpressionPlace]:
    quality = definition.quality
    if quality is None:
        return
    yield from _at(Place.CORRECT, quality.correct_when, "quality", "correct_when")
    for i, target in enumerate(quality.targets):
        yield from _at(Place.WHERE, target.where, "quality", "targets", i, "where")
    for i, cost in enumerate(quality.error_costs):
        yield from _at(Place.COST, cost.when, "quality", "error_costs", i, "when")


def _after(definition: Definition) -> Iterator[ExpressionPlace]:
    for i, entry in enumerate(definition.failure_modes):
        yield from _at(Place.DETECT, getattr(entry, "detect", None), "failure_modes", i, "detect")
    if definition.uncertainty is not None:
        yield from _at(Place.UNCERTAIN, definition.uncertainty.review_when, "uncertainty", "review_when")
    for i, path in enumerate(definition.escalation.paths if definition.escalation else ()):
        yield from _at(Place.PATH, path.when, "escalation", "paths", i, "when")
    for i, never in enumerate(definition.autonomy.never if definition.autonomy else ()):
        yield from _at(Place.NEVER, never.when, "autonomy", "never", i, "when")
