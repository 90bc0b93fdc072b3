"""How each field of the language is compared: what it is called, and which way a change of it goes.

A field that has no rule here is not compared: a test goes over all fields of the model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from remit.definition import model
from remit.definition.differences.change import ChangeKind
from remit.definition.differences.shown import shown
from remit.definition.levels import LEVELS

__all__ = ["RULES", "Amount", "Key", "Kinds", "Listed", "Names", "Other", "Part", "Ranked", "Rule", "Special", "Words"]

_BREAKING: Final = ChangeKind.BREAKING
_LOOSER: Final = ChangeKind.LOOSENING
_TIGHTER: Final = ChangeKind.TIGHTENING
_WORDING: Final = ChangeKind.WORDING


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Any change is another promise. ``appears`` is the kind of saying it for the first time."""

    label: str
    appears: ChangeKind = _BREAKING


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words for people, and facts: nothing is decided differently."""

    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A number, a duration or a date. ``more`` is the kind of a higher one, ``appears`` of saying it first."""

    label: str
    more: ChangeKind
    appears: ChangeKind = _TIGHTER


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """One of some values, the most lenient first; those in one group mean the same. None stands for absent."""

    label: str
    groups: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """A list of names in which the order plays no part."""

    label: str
    added: ChangeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A record inside the record. ``empty`` stands for an absent one where it has no required key."""

    label: str
    appears: ChangeKind = _TIGHTER
    empty: Callable[[], Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A list of records, matched by ``key``, then by ``again`` where that is given and not None.

    ``said`` is what a sentence tells of an entry that is new or gone, ``order`` the kind of another order.
    """

    noun: str
    key: Callable[[Any], Any]
    added: ChangeKind
    said: Callable[[Any], str]
    again: Callable[[Any], Any] = lambda _: None
    order: ChangeKind = _WORDING


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """The kinds of failure that can't happen, with the reasons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What entries are matched by: another one is another entry."""

    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Special:
    """Compared by hand, by the function of this name in ``special.py``; ``together`` with the record it is part of."""

    by: str


Rule = Other | Words | Amount | Ranked | Names | Part | Listed | Kinds | Key | Special


def _text(name: str) -> Callable[[Any], str]:
    """What one field of the entry says."""

    def said(entry: Any) -> str:
        value = getattr(entry, name)
        return "" if value is None else shown(value)

    return said


def _by(*names: str) -> Callable[[Any], Any]:
    def key(entry: Any) -> Any:
        values = tuple(getattr(entry, name) for name in names)
        return values[0] if len(values) == 1 else values

    return key


def _target_said(target: model.Target) -> str:
    limit = f"at least {shown(target.at_least)}" if target.at_least is not None else f"at most {shown(target.at_most)}"
    of = f" of {target.of}" if target.of is not None else ""
    which = f" for {shown(target.class_)}" if target.class_ is not None else ""
    return f"{target.metric.value}{of}{which} {limit}"


def _cap_key(cap: model.Cap) -> tuple[str, str | None]:
    return (f"{'sum' if cap.sum is not None else 'items'} per {cap.per}", cap.of)


def _entry(value: Any) -> Any:
    """The key of a failure mode; what is not applicable is compared by kind, not by entry."""
    return value.id if isinstance(value, model.FailureMode) else None


RULES: Final[Mapping[type, Mapping[str, Rule]]] = {
    model.Definition: {
        "remit": Key(label="the version of the language"),
        "id": Other(label="the id of the work"),
        "title": Words(label="the title"),
        "owner": Part(label="the owner"),
        "accountable": Part(label="who is accountable"),
        "intent": Part(label="the intent", empty=model.Intent),
        "today": Part(label="the work as it is today", empty=model.Today),
        "scope": Part(label="the scope", empty=model.Scope),
        "inputs": Part(label="the inputs", empty=model.Inputs),
        "outputs": Part(label="the outputs", empty=model.Outputs),
        "decisions": Listed(noun="decision", key=_by("id"), added=_BREAKING, said=_text("question")),
        "constraints": Listed(
            noun="constraint",
            key=_by("id"),
            again=_by("expr"),
            added=_TIGHTER,
            said=lambda e: e.message or f"`{e.expr}`",
        ),
        "quality": Part(label="the quality", empty=model.Quality),
        "failure_modes": Listed(noun="failure mode", key=_entry, added=_TIGHTER, said=_text("mode")),
        "cases": Part(label="the cases", empty=model.CaseSource),
        "uncertainty": Part(label="the uncertainty", empty=model.Uncertainty),
        "escalation": Part(label="the escalation", empty=model.Escalation),
        "autonomy": Part(label="the autonomy", empty=model.Autonomy),
        "observe": Part(label="the observation", empty=model.Observe),
        "obligations": Part(label="the obligations", empty=model.Obligations),
        "questions": Special(by="questions"),
    },
    model.Accountability: {"role": Other(label="the role"), "contact": Words(label="the contact")},
    model.Intent: {
        "of": Words(label="the intent it serves"),
        "statement": Words(label="the statement"),
        "outcome": Part(label="the outcome"),
        "stop_if": Part(label="the rule that ends the work"),
    },
    model.Outcome: {
        "measure": Other(label="the measure of the outcome"),
        "unit": Other(label="the unit of the outcome", appears=_WORDING),
        "baseline": Words(label="the baseline"),
        "target": Special(by="outcome_target"),
        "by": Amount(label="the day by which it is to be reached", more=_LOOSER),
        "source": Words(label="the source of the outcome"),
    },
    model.StopIf: {
        "after": Amount(label="the time before it is first asked", more=_LOOSER),
        "when": Other(label="the condition that ends the work"),
        "then": Words(label="what is then done"),
    },
    model.Today: {
        "performed_by": Words(label="who does it today"),
        "volume_per_day": Words(label="the volume per day"),
        "peak_per_hour": Words(label="the peak per hour"),
        "minutes_per_item": Words(label="the minutes per item"),
        "cost_per_item": Words(label="the cost per item"),
        "error_rate": Words(label="the error rate of today"),
        "steps": Words(label="the steps of today"),
        "source": Words(label="the source of these figures"),
    },
    model.Scope: {
        "unit": Other(label="the unit of work"),
        "trigger": Other(label="the trigger"),
        "includes": Names(label="what is included", added=_LOOSER),
        "excludes": Listed(noun="exclusion", key=_by("what"), again=_by("when"), added=_TIGHTER, said=_text("when")),
        "related": Words(label="the related works"),
    },
    model.Exclusion: {
        "what": Words(label="the words for it"),
        "when": Other(label="the condition"),
        "then": Ranked(label="what becomes of it", groups=(("review",), ("reject",))),
    },
    model.Inputs: {
        "fields": Special(by="together"),
        "schema": Special(by="together"),
        "sources": Listed(noun="source of inputs", key=_by("system"), added=_BREAKING, said=_text("fields")),
        "when_missing": Special(by="when_missing"),
        "messy": Words(label="what reality does to the inputs"),
    },
    model.InputSource: {
        "fields": Other(label="the fields that come from it"),
        "system": Key(label="the system"),
        "owner": Words(label="its owner"),
        "personal_data": Special(by="personal_data"),
    },
    model.UseValue: {"use": Special(by="together")},
    model.Outputs: {
        "fields": Special(by="together"),
        "schema": Special(by="together"),
        "effects": Listed(noun="effect", key=_by("id"), added=_BREAKING, said=_text("what")),
    },
    model.Effect: {
        "id": Key(label="the id"),
        "what": Words(label="what happens"),
        "when": Other(label="the condition"),
        "reversible": Ranked(label="whether it can be undone", groups=((False,), (None,), (True,))),
        "undo": Words(label="how it is undone"),
        "undo_within": Amount(label="the time in which it can be undone", more=_TIGHTER),
        "sender": Other(label="who brings it about"),
    },
    model.Decision: {
        "id": Key(label="the id"),
        "question": Words(label="the question"),
        "kind": Other(label="the kind of decision"),
        "good": Other(label="the good answer"),
        "table": Special(by="decision_table"),
    },
    model.Table: {
        "hit_policy": Other(label="the hit policy"),
        "aggregation": Other(label="the aggregation"),
        "in_": Special(by="together"),
        "out": Special(by="together"),
        "rules": Special(by="together"),
        "file": Words(label="the file the rules come from"),
    },
    model.Constraint: {
        "id": Words(label="the id"),
        "expr": Other(label="what must hold"),
        "message": Words(label="the message"),
        "on_violation": Ranked(label="what a violation leads to", groups=(("review",), ("block",))),
    },
    model.Quality: {
        "correct_when": Other(label="when an answer counts as correct"),
        "targets": Listed(noun="target", key=_by("id"), added=_TIGHTER, said=_target_said),
        "slices": Names(label="what is measured by", added=_TIGHTER),
        "error_costs": Listed(
            noun="cost of an error", key=_by("kind"), again=_by("when"), added=_TIGHTER, said=lambda e: shown(e.cost)
        ),
        "assurance": Amount(label="the assurance", more=_TIGHTER),
    },
    model.Target: {
        "id": Key(label="the id"),
        "metric": Other(label="the metric"),
        "of": Other(label="the decision it is about"),
        "class_": Other(label="the answer it is about"),
        "where": Other(label="the cases it is about"),
        "at_least": Amount(label="the least that is asked", more=_TIGHTER),
        "at_most": Amount(label="the most that is allowed", more=_LOOSER),
    },
    model.ErrorCost: {
        "kind": Words(label="the name of the error"),
        "when": Other(label="when it counts"),
        "cost": Amount(label="the cost", more=_TIGHTER),
    },
    model.FailureMode: {
        "id": Key(label="the id"),
        "of": Other(label="what it is about"),
        "kind": Other(label="the kind of failure"),
        "mode": Words(label="what goes wrong"),
        "effect": Words(label="what follows"),
        "severity": Amount(label="the severity", more=_TIGHTER),
        "occurrence": Amount(label="the occurrence", more=_TIGHTER),
        "detection": Amount(label="the detection rating", more=_TIGHTER),
        "detect": Other(label="how it shows", appears=_TIGHTER),
        "response": Words(label="what is done"),
        "tag": Other(label="the tag of its cases", appears=_TIGHTER),
    },
    model.NotApplicable: {"not_applicable": Kinds()},
    model.CaseSource: {
        "path": Other(label="the case file", appears=_TIGHTER),
        "labelled_by": Names(label="who says what is right", added=_BREAKING),
        "minimum": Amount(label="the least number of cases", more=_TIGHTER),
        "agreement_at_least": Amount(label="the least agreement between people", more=_TIGHTER),
    },
    model.Uncertainty: {"review_when": Other(label="what is too uncertain to act on", appears=_TIGHTER)},
    model.Escalation: {
        "paths": Listed(noun="path", key=_by("id"), added=_TIGHTER, said=_text("role"), order=_BREAKING),
        "stop": Part(label="the stop", empty=model.Stop),
    },
    model.EscalationPath: {
        "id": Key(label="the id"),
        "when": Other(label="the condition"),
        "role": Other(label="the role that gets it", appears=_TIGHTER),
        "queue": Words(label="the queue"),
        "within": Amount(label="the time to decide", more=_LOOSER),
        "show": Names(label="what the person is shown", added=_TIGHTER),
        "capacity_per_hour": Words(label="the capacity per hour"),
        "on_timeout": Special(by="on_timeout"),
    },
    model.OnTimeout: {
        "reassign": Special(by="together"),
        "answer": Special(by="together"),
    },
    model.Stop: {
        "who": Names(label="who may stop the work", added=_TIGHTER),
        "safe_state": Other(label="what becomes of stopped work", appears=_TIGHTER),
        "tested_every": Amount(label="the time between two tests of the stop", more=_LOOSER),
    },
    model.Autonomy: {
        "ceiling": Part(label="the ceiling", appears=_LOOSER),
        "error_budget": Amount(label="the error budget", more=_LOOSER, appears=_LOOSER),
        "never": Listed(
            noun="rule of what is never automated",
            key=_by("when"),
            again=_by("because"),
            added=_TIGHTER,
            said=_text("because"),
        ),
        "promote": Part(label="what a promotion takes", empty=model.Promote),
        "caps": Listed(
            noun="cap", key=_cap_key, added=_TIGHTER, said=lambda e: shown(e.items if e.sum is None else e.sum)
        ),
    },
    model.Ceiling: {
        "level": Ranked(label="the highest level", groups=tuple((level,) for level in reversed(LEVELS))),
        "because": Words(label="the reason"),
    },
    model.Never: {"when": Other(label="the condition"), "because": Words(label="the reason")},
    model.Promote: {
        "min_items": Amount(label="the least number of items", more=_TIGHTER),
        "min_days": Amount(label="the least number of days", more=_TIGHTER),
        "by": Other(label="who may promote", appears=_TIGHTER),
        "hidden_share": Amount(label="the share decided without seeing the answer", more=_TIGHTER),
    },
    model.Cap: {
        "per": Key(label="the time it is for"),
        "items": Amount(label="the most items", more=_LOOSER),
        "sum": Amount(label="the highest sum", more=_LOOSER),
        "of": Key(label="the field that is summed"),
    },
    model.Observe: {
        "audit_share": Amount(label="the share that is audited", more=_TIGHTER),
        "retain": Amount(label="how long records are kept", more=_TIGHTER),
        "alert": Words(label="who is alerted"),
        "window": Other(label="the window that is looked at", appears=_TIGHTER),
        "volume_between": Special(by="volume_between"),
    },
    model.Obligations: {
        "eu_ai_act": Words(label="the class under the EU AI Act"),
        "four_eyes": Ranked(label="four eyes", groups=((False,), (None, True))),
        "notes": Words(label="the notes"),
    },
    model.Question: {
        "text": Key(label="the text"),
        "by": Special(by="together"),
        "blocks": Special(by="together"),
        "answer": Special(by="together"),
    },
}
