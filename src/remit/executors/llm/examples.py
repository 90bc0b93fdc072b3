"""Which cases a model is shown: tune cases only, the same ones every time, as many of each answer as there can be."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import Final

from remit.cases.case import Case, CaseUse
from remit.cases.freeze import folded_key
from remit.cases.seen import Seen
from remit.definition.model import Definition
from remit.errors import ExecutorInvalid, Location

__all__ = ["ReadCases", "choose_examples"]

ReadCases = Callable[[], Iterable[Case]]
"""Reads the cases of a work that were frozen, from the first one on; refuses where nothing is frozen."""

_MOST_CHARACTERS: Final = 4000
_SPARE: Final = 32
"""So many more of each answer are kept while reading, in the place of those that turn out to be in the prove set."""


def choose_examples(read: ReadCases | None, n: int, *, definition: Definition) -> tuple[Case, ...]:
    """``n`` tune cases to show, balanced over the answers.

    A case is taken only where its use is ``tune`` and where no ``prove`` case has the same input but for white space
    and the case of letters, so that nothing a proof is about stands in a prompt.  Cases of more than 4,000 characters
    are passed over.  The choice is drawn by the ids of the cases and depends on nothing else.

    Args:
        read: gives the cases; asked once more where very many tune cases have the inputs of prove cases. None where
            there are none.
        n: how many; with 0 nothing is read.
        definition: whose decisions the examples are balanced over.

    Raises:
        ExecutorInvalid: there are not so many.
    """
    if n == 0:
        return ()
    proved = Seen()
    cases = () if read is None else read()
    groups = _drawn_first(cases, n + _SPARE, definition, note=lambda case: proved.add(folded_key(case)))
    chosen = {name: group.without(proved) for name, group in groups.items()}
    if any(groups[name].left_some_out and len(found) < n for name, found in chosen.items()) and read is not None:
        fresh = (case for case in read() if folded_key(case) not in proved)
        chosen = {name: group.cases() for name, group in _drawn_first(fresh, n, definition).items()}
    shown = _in_turns([chosen[name] for name in sorted(chosen, key=lambda name: (_draw(name), name))], n)
    if len(shown) < n:
        raise ExecutorInvalid(
            f"there are not {n} tune cases to show",
            where=Location(path="settings.examples"),
            expected=f"at most {len(shown)}: cases with `split` tune, of at most {_MOST_CHARACTERS:,} characters, "
            "with an input that no prove case has",
            found=f"{n}",
            mend=f"`examples: {len(shown)}`, or label more cases",
        )
    return shown


class _Group:
    """The cases of one answer that are drawn first, at most so many."""

    __slots__ = ("_cases", "_last", "_most", "left_some_out")

    def __init__(self, most: int) -> None:
        self._most = most
        self._cases: dict[bytes, Case] = {}
        self._last = b""
        self.left_some_out = False

    def add(self, case: Case) -> None:
        draw = _draw(case.id)
        if len(self._cases) >= self._most:
            self.left_some_out = True
            if draw > self._last:
                return
            del self._cases[self._last]
        self._cases[draw] = case
        self._last = max(self._cases)

    def cases(self) -> list[Case]:
        return [self._cases[draw] for draw in sorted(self._cases)]

    def without(self, proved: Seen) -> list[Case]:
        return [case for case in self.cases() if folded_key(case) not in proved]


def _drawn_first(
    cases: Iterable[Case], most: int, definition: Definition, *, note: Callable[[Case], object] = lambda _: None
) -> dict[str, _Group]:
    """The tune cases that are drawn first, by their answers; every prove case is noted."""
    groups: dict[str, _Group] = {}
    for case in cases:
        if case.use is CaseUse.PROVE:
            note(case)
        elif case.use is CaseUse.TUNE and _is_short(case):
            groups.setdefault(_answer(case, definition), _Group(most)).add(case)
    return groups


def _in_turns(groups: list[list[Case]], n: int) -> tuple[Case, ...]:
    longest = max((len(group) for group in groups), default=0)
    turns = (group[i] for i in range(longest) for group in groups if i < len(group))
    return tuple(case for case, _ in zip(turns, range(n), strict=False))


def _answer(case: Case, definition: Definition) -> str:
    decided = {one.id: case.expected.get(one.id) for one in definition.decisions} or dict(case.expected)
    return json.dumps(decided, sort_keys=True)


def _is_short(case: Case) -> bool:
    return len(json.dumps([case.input, case.expected], ensure_ascii=False)) <= _MOST_CHARACTERS


def _draw(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
