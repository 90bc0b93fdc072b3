"""Which cases a model is shown: tune cases only, the same ones every time, as many of each answer as there can be."""

from __future__ import annotations

import json
from collections import defaultdict
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


def choose_examples(read: ReadCases | None, n: int, *, definition: Definition) -> tuple[Case, ...]:
    """``n`` tune cases to show, balanced over the answers.

    A case is taken only where its use is ``tune`` and where no ``prove`` case has the same input but for white space
    and the case of letters, so that nothing a proof is about stands in a prompt.  Cases of more than 4,000 characters
    are passed over.  The choice is drawn by the ids of the cases and depends on nothing else.

    Args:
        read: gives the cases; it is asked twice. None where there are none.
        n: how many; with 0 nothing is read.
        definition: whose decisions the examples are balanced over.

    Raises:
        ExecutorInvalid: there are not so many.
    """
    if n == 0:
        return ()
    proved = Seen()
    for case in () if read is None else read():
        if case.use is CaseUse.PROVE:
            proved.add(folded_key(case))
    groups: dict[str, dict[bytes, Case]] = defaultdict(dict)
    for case in () if read is None else read():
        if case.use is CaseUse.TUNE and _is_short(case) and folded_key(case) not in proved:
            _keep(groups[_answer(case, definition)], case, n)
    chosen = _in_turns([[group[key] for key in sorted(group)] for group in _drawn(groups)], n)
    if len(chosen) < n:
        raise ExecutorInvalid(
            f"there are not {n} tune cases to show",
            where=Location(path="settings.examples"),
            expected=f"at most {len(chosen)}: cases with `split` tune, of at most {_MOST_CHARACTERS:,} characters, "
            "with an input that no prove case has",
            found=f"{n}",
            mend=f"`examples: {len(chosen)}`, or label more cases",
        )
    return chosen


def _keep(group: dict[bytes, Case], case: Case, n: int) -> None:
    """Keep the ``n`` cases of a group that are drawn first."""
    group[_draw(case.id)] = case
    if len(group) > n:
        del group[max(group)]


def _drawn(groups: dict[str, dict[bytes, Case]]) -> Iterable[dict[bytes, Case]]:
    return (groups[name] for name in sorted(groups, key=lambda name: (_draw(name), name)))


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
