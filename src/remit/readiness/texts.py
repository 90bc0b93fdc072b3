"""The prose of a definition: every sentence an owner wrote about the work itself, with its place.

Left out is what must name things as they are: contacts, paths, ids, expressions, allowed answers, the systems that
inputs come from, who does the work today, and questions, in which an engineer may doubt a tool by its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from remit.definition.model import Definition, OnTimeout
from remit.definition.positions import Path

__all__ = ["Prose", "Voice", "prose"]


class Voice(StrEnum):
    """What a piece of prose is for."""

    STANDARD = "standard"  # what readers judge by: unit, good, the message of a constraint
    STORY = "story"  # what happens when it goes wrong
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """One piece of prose and where it stands."""

    path: Path
    text: str
    voice: Voice = Voice.OTHER


def prose(definition: Definition) -> Iterator[Prose]:
    """Every piece of prose of a definition, in the order of the file's sections."""
    yield from _why_and_where(definition)
    yield from _inputs_and_outputs(definition)
    yield from _decisions(definition)
    yield from _failures(definition)
    yield from _people(definition)


def _piece(text: str | None, *path: str | int, voice: Voice = Voice.OTHER) -> Iterator[Prose]:
    if text:
        yield Prose(path=path, text=text, voice=voice)


def _each(texts: tuple[str, ...], *path: str | int) -> Iterator[Prose]:
    for i, text in enumerate(texts):
        yield from _piece(text, *path, i)


def _why_and_where(definition: Definition) -> Iterator[Prose]:
    yield from _piece(definition.title, "title")
    if (intent := definition.intent) is not None:
        yield from _piece(intent.statement, "intent", "statement")
        if intent.outcome is not None:
            yield from _piece(intent.outcome.measure.replace("_", " "), "intent", "outcome", "measure")
        if intent.stop_if is not None:
            yield from _piece(intent.stop_if.then, "intent", "stop_if", "then")
    if definition.today is not None and isinstance(definition.today.steps, tuple):
        yield from _each(definition.today.steps, "today", "steps")
    if (scope := definition.scope) is not None:
        yield from _piece(scope.unit, "scope", "unit", voice=Voice.STANDARD)
        yield from _piece(scope.trigger, "scope", "trigger")
        yield from _each(scope.includes, "scope", "includes")
        for i, exclusion in enumerate(scope.excludes):
            yield from _piece(exclusion.what, "scope", "excludes", i, "what")


def _inputs_and_outputs(definition: Definition) -> Iterator[Prose]:
    if (inputs := definition.inputs) is not None:
        for name in inputs.fields or ():
            yield from _piece(name.replace("_", " "), "inputs", "fields", name)
        yield from _each(inputs.messy, "inputs", "messy")
    if (outputs := definition.outputs) is not None:
        for name in outputs.fields or ():
            yield from _piece(name.replace("_", " "), "outputs", "fields", name)
        for i, effect in enumerate(outputs.effects):
            yield from _piece(effect.what, "outputs", "effects", i, "what")
            yield from _piece(effect.undo, "outputs", "effects", i, "undo")


def _decisions(definition: Definition) -> Iterator[Prose]:
    for i, decision in enumerate(definition.decisions):
        yield from _piece(decision.question, "decisions", i, "question")
        yield from _piece(decision.good, "decisions", i, "good", voice=Voice.STANDARD)
    for i, constraint in enumerate(definition.constraints):
        yield from _piece(constraint.message, "constraints", i, "message", voice=Voice.STANDARD)
    for i, cost in enumerate(definition.quality.error_costs if definition.quality else ()):
        yield from _piece(cost.kind, "quality", "error_costs", i, "kind")


def _failures(definition: Definition) -> Iterator[Prose]:
    for i, mode in enumerate(definition.failure_modes):
        yield from _piece(getattr(mode, "mode", None), "failure_modes", i, "mode", voice=Voice.STORY)
        yield from _piece(getattr(mode, "effect", None), "failure_modes", i, "effect", voice=Voice.STORY)
        yield from _piece(getattr(mode, "response", None), "failure_modes", i, "response")
    for kind, reason in definition.modes_not_applicable.items():
        yield from _piece(reason, "failure_modes", _entry_of(definition, kind), "not_applicable", kind.value)


def _entry_of(definition: Definition, kind: object) -> int:
    return next(
        i for i, entry in enumerate(definition.failure_modes) if kind in (getattr(entry, "not_applicable", None) or ())
    )


def _people(definition: Definition) -> Iterator[Prose]:
    for key in ("owner", "accountable"):
        someone = getattr(definition, key)
        yield from _piece(someone.role if someone else None, key, "role")
    if definition.cases is not None:
        yield from _each(definition.cases.labelled_by, "cases", "labelled_by")
    if (escalation := definition.escalation) is not None:
        for i, path in enumerate(escalation.paths):
            yield from _piece(path.role, "escalation", "paths", i, "role")
            if isinstance(path.on_timeout, OnTimeout):
                yield from _piece(path.on_timeout.reassign, "escalation", "paths", i, "on_timeout", "reassign")
        if escalation.stop is not None:
            yield from _each(escalation.stop.who, "escalation", "stop", "who")
    if (autonomy := definition.autonomy) is not None:
        if autonomy.ceiling is not None:
            yield from _piece(autonomy.ceiling.because, "autonomy", "ceiling", "because")
        for i, never in enumerate(autonomy.never):
            yield from _piece(never.because, "autonomy", "never", i, "because")
