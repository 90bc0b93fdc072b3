"""Inputs and outputs clear: is it closed, bounded, sourced, and said what happens without it?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from remit.definition.model import Definition, Inputs, InputSource, Json, Outputs
from remit.definition.positions import Path
from remit.definition.schemas import SchemaCheck, input_schema, output_schema, properties, required
from remit.definition.scopes import places
from remit.definition.typecheck import TypeCheck
from remit.errors import DefinitionInvalid
from remit.readiness.current import Current
from remit.readiness.lexicons import PERSONAL_NAMES, PERSONAL_WORDS
from remit.readiness.outcome import PASS, Fault, NotApplicable, Outcome, verdict
from remit.readiness.registry import rule
from remit.readiness.rules.schema_walk import SchemaNode, is_bounded_text, is_empty, nodes, types_of

__all__ = [
    "expressions_are_sound",
    "inputs_have_sources",
    "missing_is_foreseen",
    "output_is_closed",
    "outputs_are_used",
    "personal_data_is_marked",
    "schemas_exist",
    "text_is_bounded",
]


@rule("IO01")
def schemas_exist(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """Inputs and outputs have schemas that say something."""
    return verdict(
        (
            *_schema_faults("inputs", definition.inputs, input_schema(definition)),
            *_schema_faults("outputs", definition.outputs, output_schema(definition)),
        )
    )


def _schema_faults(root: str, part: Inputs | Outputs | None, schema: Mapping[str, Json]) -> Iterator[Fault]:
    expected = "fields with types, and which of them are required"
    if part is None or not schema:
        yield Fault(path=(root,), values={"x": root}, expected=expected)
        return
    try:
        SchemaCheck(schema)
    except DefinitionInvalid as fault:
        yield Fault(path=(root, "schema"), variant="invalid", values={"x": root, "why": str(fault)}, expected=expected)
        return
    if not required(schema):
        yield Fault(path=(root,), variant="optional", values={"x": root}, expected="at least one required field")
    for node in nodes(part, schema, root):
        if is_empty(node.schema):
            yield Fault(path=node.path, values={"x": node.name}, expected="a type with its bounds", found="{}")


@rule("IO02")
def output_is_closed(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """Every object of the output is closed."""
    schema = output_schema(definition)
    if definition.outputs is None or not schema:
        return NotApplicable(why="there is no output schema yet")
    return verdict(
        Fault(path=node.path, values={"x": node.name}, expected="additionalProperties: false", found=_openness(node))
        for node in nodes(definition.outputs, schema, "outputs")
        if _is_open(node)
    )


def _is_open(node: SchemaNode) -> bool:
    schema = node.schema
    if not isinstance(schema, Mapping) or not ("properties" in schema or "object" in types_of(schema)):
        return False
    return schema.get("additionalProperties") is not False and schema.get("unevaluatedProperties") is not False


def _openness(node: SchemaNode) -> str:
    return f"additionalProperties: {node.schema.get('additionalProperties', 'not written')}"


@rule("IO03")
def text_is_bounded(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """Every text has a bound."""
    found = tuple(_all_nodes(definition))
    if not found:
        return NotApplicable(why="there is no schema yet")
    return verdict(
        Fault(path=node.path, values={"f": node.name}, expected="maxLength, pattern, enum or format")
        for node in found
        if not is_bounded_text(node.schema)
    )


def _all_nodes(definition: Definition) -> Iterator[SchemaNode]:
    if definition.inputs is not None:
        yield from nodes(definition.inputs, input_schema(definition), "inputs")
    if definition.outputs is not None:
        yield from nodes(definition.outputs, output_schema(definition), "outputs")


@rule("IO04")
def missing_is_foreseen(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """Every required input says what happens without it."""
    if not (names := required(input_schema(definition))):
        return NotApplicable(why="no input is required")
    foreseen = definition.inputs.when_missing if definition.inputs else {}
    return verdict(
        Fault(path=("inputs", "when_missing"), values={"f": name}, expected=f"`{name}` or `*` in when_missing")
        for name in names
        if name not in foreseen and "*" not in foreseen
    )


@rule("IO05")
def inputs_have_sources(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """Every input has a source and an owner."""
    names = tuple(properties(input_schema(definition)))
    if not names:
        return NotApplicable(why="there are no inputs yet")
    sources = definition.inputs.sources if definition.inputs else ()
    covered = {name for source in sources for name in source.fields}
    faults = [
        Fault(path=("inputs", "sources"), values={"f": name}, expected="a source that names it, or `*`")
        for name in names
        if name not in covered and "*" not in covered
    ]
    faults.extend(
        Fault(
            path=("inputs", "sources", i),
            variant="owner",
            values={"system": source.system},
            expected="owner",
            mend="Name who owns this source.",
        )
        for i, source in enumerate(sources)
        if source.owner is None
    )
    return verdict(faults)


@rule("IO06")
def expressions_are_sound(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """Every expression uses known fields and fitting types."""
    written = tuple(places(definition))
    if not written:
        return NotApplicable(why="there are no expressions")
    check = TypeCheck(definition)
    return verdict(
        Fault(
            path=one.path,
            values={"expr": " ".join(one.source.split()), "why": problem.message},
            expected=problem.expected,
            found=problem.found,
            mend=_sentence(problem.mend),
            line=problem.line,
            column=problem.column,
        )
        for one in written
        for problem in check.check(one.source, one.place, yes_or_no=one.yes_or_no)
    )


def _sentence(text: str | None) -> str | None:
    return text[:1].upper() + text[1:] if text else None


@rule("IO08")
def outputs_are_used(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """Every output field is a decision or is used by an expression, a target, an effect or related work."""
    names = tuple(properties(output_schema(definition)))
    if not names:
        return NotApplicable(why="there are no outputs yet")
    if definition.scope is not None and definition.scope.related:
        return PASS
    used = "\n".join(one.source for one in places(definition))
    if re.search(r"\boutput\b(?!\s*[.\[])", used):
        return PASS
    named = {decision.id for decision in definition.decisions} | _named(definition)
    root: Path = ("outputs", "fields")
    if definition.outputs is not None and definition.outputs.fields is None:
        root = ("outputs", "schema", "properties")
    return verdict(
        Fault(
            path=(*root, name), values={"f": name}, expected="a constraint, target, effect or related work that uses it"
        )
        for name in names
        if name not in named and not _is_spoken_of(name, used)
    )


def _named(definition: Definition) -> set[str]:
    """Output fields that targets are about, and words of the effects: `the letter with the reason is sent`."""
    targets = definition.quality.targets if definition.quality else ()
    effects = definition.outputs.effects if definition.outputs else ()
    words = {word for effect in effects for word in re.findall(r"\w+", effect.what)}
    return words | {target.of for target in targets if target.of is not None}


def _is_spoken_of(name: str, sources: str) -> bool:
    dotted, indexed = rf"\boutput\s*\.\s*{re.escape(name)}\b", rf"\boutput\s*\[\s*[\"']{re.escape(name)}[\"']"
    return re.search(f"{dotted}|{indexed}", sources) is not None


@rule("IO09")
def personal_data_is_marked(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """What looks personal is marked as personal data."""
    if definition.inputs is None or not (schema := input_schema(definition)):
        return NotApplicable(why="there are no inputs yet")
    sources = definition.inputs.sources
    return verdict(
        Fault(path=node.path, values={"f": node.name}, expected=f"personal_data: [{_top(node)}] at its source")
        for node in nodes(definition.inputs, schema, "inputs")
        if node.name != "inputs" and _looks_personal(node) and not _is_marked(_top(node), sources)
    )


def _top(node: SchemaNode) -> str:
    return re.split(r"[.\[]", node.name, maxsplit=1)[0]


def _looks_personal(node: SchemaNode) -> bool:
    if isinstance(node.schema, Mapping) and node.schema.get("format") in {"email", "idn-email"}:
        return True
    last = re.split(r"[.\[]", node.name.removesuffix("[]"))[-1]
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", "_", last).casefold()
    return bool(PERSONAL_WORDS.intersection(snake.split("_")) or PERSONAL_NAMES.search(snake))


def _is_marked(name: str, sources: tuple[InputSource, ...]) -> bool:
    """Whether the owner said something about this field: it is personal, or, by its own name, it is not."""
    for source in sources:
        said = source.personal_data
        if said is True and (name in source.fields or "*" in source.fields):
            return True
        if said is False and name in source.fields:
            return True
        if isinstance(said, tuple) and name in said:
            return True
    return False
