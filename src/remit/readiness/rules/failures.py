"""Failure modes understood: what can go wrong, how it shows, and what happens then?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from remit.definition.expressions import Expression
from remit.definition.model import Definition, FailureKind, FailureMode
from remit.definition.positions import Path
from remit.definition.schemas import input_schema
from remit.errors import ExpressionInvalid
from remit.readiness.current import Current
from remit.readiness.lexicons import ACTING_WORDS, PASSIVE_WORDS
from remit.readiness.outcome import Fault, NotApplicable, Outcome, Unknown, verdict
from remit.readiness.priority import Priority, priority
from remit.readiness.registry import arises, rule
from remit.readiness.rules.schema_walk import is_free_text, nodes

__all__ = [
    "SEVERE",
    "ModeAt",
    "classic_modes_are_considered",
    "high_priority_is_acted_on",
    "instructions_fit_into_the_inputs",
    "irreversible_is_guarded",
    "modes_are_complete",
    "modes_are_written",
    "modes_at",
    "work_has_modes",
]


SEVERE = 8
"""From this severity on a failure mode asks for more cases, and for somebody else than the owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeAt:
    """A failure mode and where it stands."""

    path: Path
    mode: FailureMode


def modes_at(definition: Definition) -> tuple[ModeAt, ...]:
    """Every failure mode with its place."""
    return tuple(
        ModeAt(path=("failure_modes", i), mode=entry)
        for i, entry in enumerate(definition.failure_modes)
        if isinstance(entry, FailureMode)
    )


@rule("FM01")
def work_has_modes(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """At least one failure mode per decision and per effect."""
    effects = definition.outputs.effects if definition.outputs else ()
    if not definition.decisions and not effects:
        return NotApplicable(why="no decision and no effect is written yet")
    decisions = {decision.id for decision in definition.decisions}
    named = {id_ for at in modes_at(definition) for id_ in (at.mode.of or decisions)}
    faults = [
        Fault(path=("decisions", i), values={"d": decision.id}, expected=f"a failure mode of {decision.id}")
        for i, decision in enumerate(definition.decisions)
        if decision.id not in named
    ]
    faults.extend(
        Fault(path=("outputs", "effects", i), values={"d": effect.id}, expected=f"a failure mode `of: [{effect.id}]`")
        for i, effect in enumerate(effects)
        if effect.id not in named
    )
    return verdict(faults)


@rule("FM02")
def classic_modes_are_considered(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """Each of the eight classic modes is covered, or marked not applicable with a reason."""
    considered = {at.mode.kind for at in modes_at(definition)} | definition.modes_not_applicable.keys()
    missing = [kind.value for kind in FailureKind if kind not in considered]
    if not missing:
        return verdict(())
    expected = "a failure mode of each kind, or not_applicable with the reason"
    return verdict((Fault(path=("failure_modes",), values={"list": ", ".join(missing)}, expected=expected),))


@rule("FM03")
def modes_are_complete(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """Each failure mode says how it is noticed, what happens then, and by which tag its cases are found."""
    if not (modes := modes_at(definition)):
        return NotApplicable(why="there are no failure modes yet")
    return verdict(fault for at in modes for fault in _gaps(at))


def _gaps(at: ModeAt) -> Iterator[Fault]:
    mode = at.mode
    values = {"m": mode.mode}
    if mode.detect is None:
        yield Fault(path=(*at.path, "detect"), values=values, expected="detect, in CEL")
    else:
        try:
            Expression(mode.detect)
        except ExpressionInvalid as fault:
            yield Fault(
                path=(*at.path, "detect"), values=values, expected="CEL that compiles", found=fault.problems[0].message
            )
    if mode.response is None:
        mend = "Write what happens as soon as it is noticed."
        yield Fault(path=(*at.path, "response"), variant="response", values=values, expected="response", mend=mend)
    if mode.tag is None:
        mend = "Write the tag that its cases carry."
        yield Fault(path=(*at.path, "tag"), variant="tag", values=values, expected="tag", mend=mend)


@rule("FM04")
def high_priority_is_acted_on(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """A mode of high action priority has a response that acts."""
    if not (modes := modes_at(definition)):
        return NotApplicable(why="there are no failure modes yet")
    faults = [
        Fault(
            path=(*at.path, "response"),
            values={"m": at.mode.mode},
            expected="a response that blocks, hands over or undoes",
            found=at.mode.response,
        )
        for at in modes
        if mode_priority(at.mode) is Priority.HIGH and _only_watches(at.mode.response)
    ]
    unrated = [at for at in modes if mode_priority(at.mode) is None]
    if unrated and not faults:
        names = ", ".join(at.mode.id for at in unrated)
        return Unknown(
            why=f"the priority of {names} is not known without severity, occurrence and detection",
            mend="Rate severity, occurrence and detection from 1 to 10.",
            path=unrated[0].path,
        )
    return verdict(faults)


def mode_priority(mode: FailureMode) -> Priority | None:
    """The action priority of a mode, None where a rating is missing."""
    if mode.severity is None or mode.occurrence is None or mode.detection is None:
        return None
    return priority(severity=mode.severity, occurrence=mode.occurrence, detection=mode.detection)


def _only_watches(response: str | None) -> bool:
    words = set(re.findall(r"[a-z-]+", (response or "").casefold()))
    return bool(words & PASSIVE_WORDS) and not words & ACTING_WORDS


@rule("FM05")
def irreversible_is_guarded(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """An irreversible effect has a blocking constraint before it."""
    effects = definition.outputs.effects if definition.outputs else ()
    if not effects:
        return NotApplicable(why="there are no effects")
    if any(constraint.on_violation == "block" for constraint in definition.constraints):
        return verdict(())
    faults = [
        Fault(
            path=("outputs", "effects", i),
            values={"effect": effect.what},
            expected="a constraint with on_violation: block",
            found="none",
        )
        for i, effect in enumerate(effects)
        if effect.reversible is False
    ]
    unsaid = [i for i, effect in enumerate(effects) if effect.reversible is None]
    if unsaid and not faults:
        why = f"nobody said whether `{effects[unsaid[0]].id}` can be undone"
        return Unknown(why=why, mend="Write reversible: true or false.", path=("outputs", "effects", unsaid[0]))
    return verdict(faults)


@arises("FM07")
def modes_are_written(definition: Definition, _current: Current) -> str | None:
    """Detection, response and occurrence are of failure modes."""
    return None if modes_at(definition) else "there are no failure modes yet"


@arises("FM12")
def instructions_fit_into_the_inputs(definition: Definition, _current: Current) -> str | None:
    """An instruction needs an input that takes any text."""
    schema = input_schema(definition)
    if definition.inputs is None or not schema:
        return "there are no inputs yet"
    if any(is_free_text(node.schema) for node in nodes(definition.inputs, schema, "inputs")):
        return None
    return "no input takes free text, so no instruction fits into one"
