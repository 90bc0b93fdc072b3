"""A definition made ready to decide items: schemas compiled, expressions compiled and sorted by when they can act."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from remit.definition.expressions import ROOTS, AllOf, Expression
from remit.definition.model import Definition, Exclusion, FailureMode, UseValue
from remit.definition.positions import Path, SourceMap
from remit.definition.schemas import SchemaCheck, coercer, input_schema, output_schema
from remit.errors import ExpressionInvalid, Problem
from remit.items import JsonObject

__all__ = ["Prepared", "Rule", "prepare"]

_BEFORE = frozenset({"input", "item"})
_HINDSIGHT = frozenset({"expected", "case"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One compiled expression with what it is for: its id in the definition and its sentence."""

    id: str
    text: str
    expression: Expression
    blocks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A definition, ready to decide items.

    ``output_has_numbers`` says that an output may need whole numbers turned into floats.  ``may_be_missing`` are the
    inputs that something is declared for when they are missing (the required ones, and what ``when_missing`` names).
    ``keep_never`` and ``keep_modes`` speak of the input only and act before anything runs; ``modes`` are the live
    failure modes, and what speaks of ``expected`` is in none of them.  ``quiet`` is true where every constraint
    holds and nothing else speaks up: asked first, because that is the usual case.  ``mentioned`` are the roots that an
    expression may read: what none of them reads is not made ready for them, because that takes time for each item.
    """

    definition: Definition
    input_check: SchemaCheck
    output_check: SchemaCheck
    admit_input: Callable[[JsonObject], dict[str, object]]
    admit_output: Callable[[JsonObject], dict[str, object]]
    output_has_numbers: bool
    may_be_missing: tuple[str, ...]
    when_missing: Mapping[str, str | UseValue]
    excludes: tuple[tuple[Rule, Exclusion], ...]
    keep_never: tuple[Rule, ...]
    keep_modes: tuple[Rule, ...]
    constraints: tuple[Rule, ...]
    never: tuple[Rule, ...]
    modes: tuple[Rule, ...]
    review_when: Rule | None
    quiet: AllOf
    apart: tuple[Rule, ...]
    mentioned: frozenset[str]


def prepare(definition: Definition, source: SourceMap | None = None) -> Prepared:
    """Compile everything that deciding needs.

    Raises:
        ExpressionInvalid: every expression that does not compile, with its place.
    """
    problems: list[Problem] = []
    compiled = partial(_compiled, source, problems)
    schema_in, schema_out = input_schema(definition), output_schema(definition)
    excludes = tuple(
        (rule, exclusion)
        for i, exclusion in enumerate(definition.scope.excludes if definition.scope else ())
        if exclusion.when is not None
        and (rule := compiled(exclusion.when, ("scope", "excludes", i, "when"), f"excludes[{i}]", exclusion.what))
    )
    nevers = tuple(
        rule
        for i, never in enumerate(definition.autonomy.never if definition.autonomy else ())
        if (rule := compiled(never.when, ("autonomy", "never", i, "when"), f"never[{i}]", never.because or never.when))
    )
    constraints = tuple(
        rule
        for i, one in enumerate(definition.constraints)
        if (
            rule := compiled(
                one.expr, ("constraints", i, "expr"), one.id, one.message or one.expr, one.on_violation == "block"
            )
        )
    )
    modes = tuple(
        rule
        for i, mode in enumerate(definition.failure_modes)
        if isinstance(mode, FailureMode)
        and mode.detect is not None
        and (rule := compiled(mode.detect, ("failure_modes", i, "detect"), mode.id, mode.mode))
        and not rule.expression.roots & _HINDSIGHT
    )
    uncertain = definition.uncertainty.review_when if definition.uncertainty else None
    review_when = (
        compiled(uncertain, ("uncertainty", "review_when"), "review_when", uncertain) if uncertain is not None else None
    )
    when_missing = dict(definition.inputs.when_missing) if definition.inputs else {}
    if problems:
        raise ExpressionInvalid(problems=problems)
    live_never = tuple(rule for rule in nevers if not rule.expression.roots <= _BEFORE)
    live_modes = tuple(rule for rule in modes if not rule.expression.roots <= _BEFORE)
    apart = tuple(rule for rule in live_modes if "signals" in rule.expression.source)
    doubts = (
        *live_never,
        *(rule for rule in live_modes if rule not in apart),
        *((review_when,) if review_when else ()),
    )
    return Prepared(
        definition=definition,
        input_check=SchemaCheck(schema_in),
        output_check=SchemaCheck(schema_out),
        admit_input=coercer(schema_in),
        admit_output=coercer(schema_out),
        output_has_numbers=_speaks_of_numbers(schema_out),
        may_be_missing=tuple(
            dict.fromkeys((*schema_in.get("required", ()), *(name for name in when_missing if name != "*")))
        ),
        when_missing=when_missing,
        excludes=excludes,
        keep_never=tuple(rule for rule in nevers if rule.expression.roots <= _BEFORE),
        keep_modes=tuple(rule for rule in modes if rule.expression.roots <= _BEFORE),
        constraints=constraints,
        never=live_never,
        modes=live_modes,
        review_when=review_when,
        quiet=AllOf((*(rule.expression for rule in constraints), *(_negated(rule) for rule in doubts))),
        apart=apart,
        mentioned=_mentioned(
            (*(rule for rule, _ in excludes), *nevers, *constraints, *modes, *((review_when,) if review_when else ()))
        ),
    )


def _mentioned(rules: Iterable[Rule]) -> frozenset[str]:
    """The roots whose names stand anywhere in a source: perhaps one too many, never one too few."""
    return frozenset(root for rule in rules for root in ROOTS if root in rule.expression.source)


def _speaks_of_numbers(schema: object) -> bool:
    if isinstance(schema, Mapping):
        return any(_speaks_of_numbers(one) for one in schema.values()) or "$ref" in schema
    if isinstance(schema, list | tuple):
        return any(_speaks_of_numbers(one) for one in schema)
    return schema in ("number", "integer")


def _negated(rule: Rule) -> Expression:
    return Expression(f"!({rule.expression.source}\n)")


def _compiled(
    source: SourceMap | None,
    problems: list[Problem],
    text: str,
    path: Path,
    id_: str,
    sentence: str,
    blocks: bool = False,
) -> Rule | None:
    try:
        expression = Expression(text, where=source.locate(path) if source else None)
    except ExpressionInvalid as fault:
        problems.extend(fault.problems)
        return None
    return Rule(id=id_, text=sentence, expression=expression, blocks=blocks)
