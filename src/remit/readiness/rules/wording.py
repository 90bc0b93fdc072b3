"""Rules that read sentences: the unit, the trigger, named technology, vague words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from remit.definition.model import Definition
from remit.readiness.current import Current
from remit.readiness.lexicons import EVENT, TECHNOLOGY, VAGUE, VAGUE_AMOUNTS, is_plural, place_in
from remit.readiness.outcome import Failed, Fault, Outcome, verdict
from remit.readiness.registry import rule
from remit.readiness.texts import Prose, Voice, prose

__all__ = ["technology_neutral", "trigger_is_an_event", "unit_is_one_item", "words_are_exact"]

_UNIT = re.compile(r"\s*(?:one|each)\s+(?P<rest>[^\W\d_].*)", re.IGNORECASE | re.DOTALL)
_PREPOSITION = re.compile(
    r"\b(?:of|from|in|by|with|at|for|on|to|per|about|between|against|without|that|which|who|as|into|under|over|after"
    r"|before|during|via)\b",
    re.IGNORECASE,
)
_TWO_THINGS = re.compile(r"\b(?:and|or|plus)\b|[/&+,;]", re.IGNORECASE)
_SECOND_THING = re.compile(r"\b(?:and|plus)\s+(?:one|each|its|their|the|a|an)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\b", re.IGNORECASE)


@rule("WD01")
def unit_is_one_item(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """Unit of work is one countable item."""
    unit = definition.scope.unit if definition.scope else None
    path = ("scope", "unit")
    expected = "`one` or `each` and one noun: one invoice"
    if unit is None:
        return Failed(faults=(Fault(path=path, variant="absent", expected=expected),))
    found = Fault(path=path, values={"unit": unit}, expected=expected, found=unit)
    shape = _UNIT.match(unit)
    if shape is None:
        return Failed(faults=(Fault(path=path, variant="form", values={"unit": unit}, expected=expected, found=unit),))
    cut = _PREPOSITION.search(shape["rest"])
    name = shape["rest"][: cut.start()] if cut else shape["rest"]
    rest = shape["rest"][len(name) :]
    words = re.findall(r"[^\W\d_][\w'-]*", name)
    several = _TWO_THINGS.search(name) or (_SECOND_THING.search(rest) and not _BETWEEN.search(rest))
    return verdict((found,) if several or not words or is_plural(words[-1]) else ())


@rule("WD02")
def trigger_is_an_event(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """Trigger is an event."""
    trigger = definition.scope.trigger if definition.scope else None
    path = ("scope", "trigger")
    if trigger is None:
        return Failed(faults=(Fault(path=path, expected="an event and its place: a message arrives in the inbox"),))
    if not EVENT.search(trigger):
        return Failed(faults=(Fault(path=path, expected="what happens: arrives, is submitted, calls", found=trigger),))
    if place_in(trigger) is None:
        expected = "where it is seen: in the shared inbox, at the counter"
        return Failed(faults=(Fault(path=path, expected=expected, found=trigger),))
    return verdict(())


@rule("WD06")
def technology_neutral(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """No word of the technology list."""
    return verdict(
        Fault(path=piece.path, values={"word": found[0]}, expected="words about the work", found=piece.text)
        for piece in prose(definition)
        if (found := TECHNOLOGY.search(piece.text))
    )


@rule("WD07")
def words_are_exact(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """No vague words where people judge by the words."""
    return verdict(
        Fault(path=piece.path, values={"word": word}, expected="words that two readers read alike", found=piece.text)
        for piece in prose(definition)
        if piece.voice is not Voice.OTHER
        for word in _vague(piece)
    )


def _vague(piece: Prose) -> Iterator[str]:
    seen = dict.fromkeys(found[0].casefold() for found in VAGUE.finditer(piece.text))
    if piece.voice is Voice.STANDARD:
        seen |= dict.fromkeys(found[0].casefold() for found in VAGUE_AMOUNTS.finditer(piece.text))
    yield from seen
