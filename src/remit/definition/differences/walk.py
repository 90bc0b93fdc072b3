"""Two records of the language, compared field by field by the rules, entries of lists matched by their ids."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, assert_never

from remit.definition.differences.change import Change, ChangeKind, opposite
from remit.definition.differences.rules import (
    RULES,
    Amount,
    Key,
    Kinds,
    Listed,
    Names,
    Other,
    Part,
    Ranked,
    Rule,
    Special,
    Words,
)
from remit.definition.differences.shown import listed, quoted, shown, without
from remit.definition.digests import as_json
from remit.definition.durations import parse_duration

__all__ = ["Matched", "Place", "Walk", "matched", "quoted_name"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in the definition: its path, and how a sentence about it begins (empty at the top)."""

    path: str = ""
    subject: str = ""

    def key(self, name: str) -> Place:
        """The field ``name`` of this record."""
        name = name.rstrip("_")
        return Place(path=f"{self.path}.{name}" if self.path else name, subject=self.subject)

    def of(self, subject: str) -> Place:
        """The same place under a subject of its own."""
        return Place(path=self.path, subject=subject)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """An entry of two lists: None in the list that has it not. ``name`` is what it is called."""

    name: Hashable
    before: Any
    after: Any


class Walk:
    """Collects what changed. ``special`` compares the fields that no rule describes."""

    def __init__(self, special: Callable[[Walk, Special, Place, Any, Any], None]) -> None:
        self.changes: list[Change] = []
        self._special = special

    def add(self, place: Place, kind: ChangeKind, said: str, before: Any = None, after: Any = None) -> None:
        """One change; ``said`` is the sentence without its subject and its full stop."""
        sentence = f"{place.subject}: {said}" if place.subject else said
        sentence = f"{sentence[0].upper()}{sentence[1:]}."
        self.changes.append(
            Change(path=place.path, kind=kind, sentence=sentence, before=as_json(before), after=as_json(after))
        )

    def value(self, place: Place, label: str, kind: ChangeKind, before: Any, after: Any) -> None:
        """A value that is another one now."""
        if before is None or before == ():
            said = f"{label} is {_said(after)}; nothing was said before"
        elif after is None or after == ():
            said = f"{label} is not said any more; it was {_said(before)}"
        else:
            old, new = _said(before), _said(after)
            if old == new:  # they differ behind what is shown
                said = f"{label} is another text, which begins like the one before: {new}"
            else:
                said = f"{label} is {new} instead of {old}"
        self.add(place, kind, said, before, after)

    def record(self, place: Place, before: Any, after: Any) -> None:
        """Two records of the same class."""
        for name, rule in RULES[type(after)].items():
            old, new = getattr(before, name), getattr(after, name)
            if old != new or type(old) is not type(new):
                self._field(place.key(name), rule, old, new)

    def _field(self, place: Place, rule: Rule, old: Any, new: Any) -> None:
        match rule:
            case Words():
                self._words(place, rule, old, new)
            case Other():
                self.value(place, rule.label, _appearing(rule.appears, ChangeKind.BREAKING, old, new), old, new)
            case Amount():
                self.value(place, rule.label, _amount_kind(rule, old, new), old, new)
            case Ranked():
                self.value(place, rule.label, _rank_kind(rule, old, new), old, new)
            case Names():
                self._names(place, rule, old, new)
            case Part():
                self._part(place, rule, old, new)
            case Listed():
                self._list(place, rule, old, new)
            case Special():
                self._special(self, rule, place, old, new)
            case Kinds() | Key():  # told where entries are matched
                pass
            case _:
                assert_never(rule)

    def _words(self, place: Place, rule: Words, old: Any, new: Any) -> None:
        if isinstance(old, tuple) and isinstance(new, tuple) and old and new:
            self._names(place, Names(label=rule.label, added=ChangeKind.WORDING), old, new)
        else:
            self.value(place, rule.label, ChangeKind.WORDING, old, new)

    def _names(self, place: Place, rule: Names, old: Sequence[Any], new: Sequence[Any]) -> None:
        added, gone = without(new, old), without(old, new)
        if added:
            self.add(place, rule.added, f"{rule.label}: {listed(added)} added", old, new)
        if gone:
            self.add(place, opposite(rule.added), f"{rule.label}: {listed(gone)} taken away", old, new)
        if not added and not gone:
            self.add(place, ChangeKind.WORDING, f"{rule.label}: the same in another order", old, new)

    def _part(self, place: Place, rule: Part, old: Any, new: Any) -> None:
        if rule.empty is not None:
            old, new = (rule.empty() if one is None else one for one in (old, new))
        elif old is None:
            self.add(place, rule.appears, f"{rule.label} is new: {_content(new)}", old, new)
            return
        elif new is None:
            self.add(place, opposite(rule.appears), f"{rule.label} is gone: {_content(old)}", old, new)
            return
        within = place if rule.empty is not None else place.of(rule.label)
        self.record(within, old, new)

    def _list(self, place: Place, rule: Listed, old: Sequence[Any], new: Sequence[Any]) -> None:
        pairs = matched(rule, old, new)
        for pair in pairs:
            name = _name(pair.name)
            here = Place(path=f"{place.path}.{name}", subject="")
            if pair.before is None:
                self.add(
                    here,
                    rule.added,
                    f"the {rule.noun} {quoted_name(name)} is new{_detail(rule, pair.after)}",
                    None,
                    pair.after,
                )
            elif pair.after is None:
                said = f"the {rule.noun} {quoted_name(name)} is gone{_detail(rule, pair.before)}"
                self.add(here, opposite(rule.added), said, pair.before, None)
            else:
                self.record(here.of(f"{rule.noun} {quoted_name(name)}"), pair.before, pair.after)
        stayed = [pair.after for pair in pairs if pair.before is not None and pair.after is not None]
        known = {id(entry) for entry in stayed}
        if [id(entry) for entry in stayed] != [id(entry) for entry in new if id(entry) in known]:
            self.add(place, rule.order, f"the {rule.noun}s stand in another order", None, None)


def matched(rule: Listed, old: Sequence[Any], new: Sequence[Any]) -> list[Matched]:
    """The entries of two lists by key, those of the first list in its order, then the new ones."""
    before, after = _keyed(old, rule.key), _keyed(new, rule.key)
    renamed: dict[Hashable, Hashable] = {}
    free = {rule.again(entry): key for key, entry in after.items() if key not in before}
    for key, entry in before.items():
        if key not in after and rule.again(entry) is not None and rule.again(entry) in free:
            renamed[key] = free.pop(rule.again(entry))
    found = [Matched(name=key, before=entry, after=after.get(renamed.get(key, key))) for key, entry in before.items()]
    known = {*before, *renamed.values()}
    return found + [Matched(name=key, before=None, after=entry) for key, entry in after.items() if key not in known]


def _keyed(entries: Sequence[Any], key: Callable[[Any], Any]) -> dict[Hashable, Any]:
    """Entries by key; one whose key stands there already is counted on, one without a key is left out."""
    found: dict[Hashable, Any] = {}
    for entry in entries:
        name = key(entry)
        if name is None:
            continue
        at, n = name, 1
        while at in found:
            n += 1
            at = f"{_name(name)} ({n})"
        found[at] = entry
    return found


def _name(key: Hashable) -> str:
    if isinstance(key, tuple):
        return " of ".join(str(part) for part in key if part is not None)
    return str(key)


def quoted_name(name: str) -> str:
    """A name in a sentence: an id between backticks, a text in quotes."""
    return f"`{name}`" if " " not in name else quoted(name)


def _detail(rule: Listed, entry: Any) -> str:
    said = rule.said(entry)
    return f": {said}" if said else ""


def _said(value: Any) -> str:
    if dataclasses.is_dataclass(value):
        return _content(value)
    return shown(value)


def _content(record: Any) -> str:
    """What a small record says, key by key."""
    said = as_json(record)
    return ", ".join(f"{key} {shown(value)}" for key, value in said.items()) if isinstance(said, dict) else shown(said)


def _appearing(appears: ChangeKind, changed: ChangeKind, old: Any, new: Any) -> ChangeKind:
    if old is None or old == ():
        return appears
    return opposite(appears) if new is None or new == () else changed


def _amount_kind(rule: Amount, old: Any, new: Any) -> ChangeKind:
    if old is None or new is None:
        return _appearing(rule.appears, ChangeKind.BREAKING, old, new)
    old_size, new_size = _size(old), _size(new)
    if old_size is None or new_size is None:
        return ChangeKind.BREAKING
    if old_size == new_size:  # 60m and 1h
        return ChangeKind.WORDING
    return rule.more if new_size > old_size else opposite(rule.more)


def _size(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value)
    duration = parse_duration(str(value))
    if duration is not None:
        return duration.total_seconds()
    try:
        return float(date.fromisoformat(str(value)).toordinal())
    except ValueError:
        return None


def _rank_kind(rule: Ranked, old: Any, new: Any) -> ChangeKind:
    ranks = {value: rank for rank, group in enumerate(rule.groups) for value in group}
    if old not in ranks or new not in ranks:
        return _appearing(ChangeKind.TIGHTENING, ChangeKind.BREAKING, old, new)
    if ranks[old] == ranks[new]:
        return ChangeKind.WORDING
    return ChangeKind.TIGHTENING if ranks[new] > ranks[old] else ChangeKind.LOOSENING
