"""The fields that one rule does not describe: their kind hangs on more than the value alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from remit.definition.differences.change import ChangeKind, opposite
from remit.definition.differences.rules import Special
from remit.definition.differences.shown import quoted, shown
from remit.definition.differences.table_rows import compare_tables
from remit.definition.differences.walk import Place, Walk
from remit.definition.model import Definition, OnTimeout, Outcome, Question, UseValue

__all__ = ["compare_not_applicable", "compare_outcome", "compare_special"]

_LOOSER: Final = ChangeKind.LOOSENING
_TIGHTER: Final = ChangeKind.TIGHTENING


def compare_special(walk: Walk, rule: Special, place: Place, old: Any, new: Any) -> None:
    """Compare one such field."""
    if rule.by != "together":
        _BY_NAME[rule.by](walk, place, old, new)


def compare_not_applicable(walk: Walk, before: Definition, after: Definition) -> None:
    """The kinds of failure that were said to be impossible."""
    old, new = before.modes_not_applicable, after.modes_not_applicable
    for kind in dict.fromkeys([*old, *new]):
        place = Place(path=f"failure_modes.not_applicable.{kind.value}")
        if kind not in old:
            walk.add(
                place,
                _LOOSER,
                f"failures of the kind `{kind.value}` now count as impossible: {new[kind]}",
                None,
                new[kind],
            )
        elif kind not in new:
            walk.add(
                place, _TIGHTER, f"failures of the kind `{kind.value}` no longer count as impossible", old[kind], None
            )
        elif old[kind] != new[kind]:
            said = f"why failures of the kind `{kind.value}` are impossible"
            walk.value(place, said, ChangeKind.WORDING, old[kind], new[kind])


def compare_outcome(walk: Walk, before: Outcome, after: Outcome) -> None:
    """The target of the outcome: which way is better shows against the baseline."""
    old, new = before.target, after.target
    if old == new:
        return
    kind = ChangeKind.BREAKING
    if old is None or new is None:
        kind = _TIGHTER if old is None else _LOOSER
    elif isinstance(after.baseline, int | float) and old != after.baseline:
        harder = (new < old) if old < after.baseline else (new > old)
        kind = _TIGHTER if harder else _LOOSER
    walk.value(Place(path="intent.outcome.target"), "the target of the outcome", kind, old, new)


def _questions(walk: Walk, place: Place, old: tuple[Question, ...], new: tuple[Question, ...]) -> None:
    before, after = ({one.text: one for one in every} for every in (old, new))
    for text in dict.fromkeys([*before, *after]):
        was, now = before.get(text), after.get(text)
        if was == now:
            continue
        kinds = [_blocking(one) for one in (was, now)]
        kind = ChangeKind.WORDING
        if kinds[0] != kinds[1]:
            kind = _TIGHTER if kinds[1] > kinds[0] else _LOOSER
        here = Place(path=f"{place.path}.{text}")
        if was is None:
            walk.add(here, kind, f"a question is new: {quoted(text)}", None, now)
        elif now is None:
            walk.add(here, kind, f"a question is gone: {quoted(text)}", was, None)
        elif was.answer is None and now.answer is not None:
            walk.add(here, kind, f"the question {quoted(text)} is answered: {quoted(now.answer)}", was, now)
        else:
            walk.add(here, kind, f"the question {quoted(text)} is put in another way", was, now)
    if {*before} == {*after} and [*before] != [*after]:
        walk.add(place, ChangeKind.WORDING, "the questions stand in another order")


def _blocking(question: Question | None) -> int:
    """How much an open question holds up: 0 for nothing, more the lower the level that it blocks."""
    if question is None or question.answer is not None or question.blocks is None:
        return 0
    return 10 - question.blocks.rank


def _when_missing(walk: Walk, place: Place, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    for name in sorted({*old, *new}, key=lambda one: (one != "*", one)):
        if old.get(name) == new.get(name):
            continue
        was, now = (every.get(name, every.get("*")) for every in (old, new))
        kind = ChangeKind.WORDING
        if was != now:
            ranks = [_strictness(one) for one in (was, now)]
            kind = ChangeKind.BREAKING
            if ranks[0] != ranks[1]:
                kind = _TIGHTER if ranks[1] > ranks[0] else _LOOSER
        which = "any other input" if name == "*" else f"the input `{name}`"
        said = f"what is done when {which} is missing is {_treated(now)} instead of {_treated(was)}"
        if was == now:
            said = f"what is done when {which} is missing is said elsewhere: {_treated(now)}"
        walk.add(Place(path=f"{place.path}.{name}"), kind, said, old.get(name), new.get(name))
    if old == new:
        walk.add(place, ChangeKind.WORDING, "what is done with missing inputs stands in another order")


def _strictness(treated: Any) -> int:
    if isinstance(treated, UseValue):
        return 0
    return {"review": 1, None: 2, "reject": 3}[treated]


def _treated(treated: Any) -> str:
    if isinstance(treated, UseValue):
        return f"to use {shown(treated.use)}"
    return "nothing of its own" if treated is None else f"to {treated}"


def _personal(walk: Walk, place: Place, old: Any, new: Any) -> None:
    ranks = [2 if one is True else 1 if isinstance(one, tuple) and one else 0 for one in (old, new)]
    if ranks == [1, 1]:
        added = [name for name in new if name not in old]
        gone = [name for name in old if name not in new]
        kind = ChangeKind.WORDING if not added and not gone else _TIGHTER if not gone else _LOOSER
    else:
        kind = _TIGHTER if ranks[1] > ranks[0] else _LOOSER if ranks[1] < ranks[0] else ChangeKind.WORDING
    walk.value(place, "what is marked as personal data", kind, old, new)


def _on_timeout(walk: Walk, place: Place, old: Any, new: Any) -> None:
    ranks = [_timeout_rank(one) for one in (old, new)]
    kind = ChangeKind.BREAKING
    if ranks[0] != ranks[1]:
        kind = _TIGHTER if ranks[1] > ranks[0] else _LOOSER
    said = f"what happens when nobody decided in time is {_timed_out(new)} instead of {_timed_out(old)}"
    walk.add(place, kind, said, old, new)


def _timeout_rank(value: Any) -> int:
    if isinstance(value, OnTimeout):
        return 0 if value.answer is not None else 3
    return 1 if value is None else 2


def _timed_out(value: Any) -> str:
    if isinstance(value, OnTimeout):
        if value.answer is not None:
            return f"the answer {shown(value.answer)}"
        return f"to hand it to {shown(value.reassign)}"
    return "nothing" if value is None else "to keep it open"


def _volume(walk: Walk, place: Place, old: Any, new: Any) -> None:
    kind = ChangeKind.BREAKING
    if old is None or new is None:
        kind = _TIGHTER if old is None else _LOOSER
    elif new[0] >= old[0] and new[1] <= old[1]:
        kind = _TIGHTER
    elif new[0] <= old[0] and new[1] >= old[1]:
        kind = opposite(_TIGHTER)
    said = [None if one is None else f"{shown(one[0])} to {shown(one[1])} items a day" for one in (old, new)]
    label = "the volume that raises no alarm"
    words = f"{label} is {said[1]} instead of {said[0]}"
    if said[0] is None:
        words = f"{label} is {said[1]}; nothing was said before"
    elif said[1] is None:
        words = f"{label} is not said any more; it was {said[0]}"
    walk.add(place, kind, words, old, new)


def _nothing(walk: Walk, place: Place, old: Any, new: Any) -> None:
    """Compared with the outcome as a whole."""
    del walk, place, old, new


_BY_NAME: Final[Mapping[str, Callable[[Walk, Place, Any, Any], None]]] = {
    "decision_table": compare_tables,
    "on_timeout": _on_timeout,
    "outcome_target": _nothing,
    "personal_data": _personal,
    "questions": _questions,
    "volume_between": _volume,
    "when_missing": _when_missing,
}
