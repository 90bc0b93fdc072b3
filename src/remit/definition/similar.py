"""Did you mean: the nearest known name within edit distance 2."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["did_you_mean", "edit_distance", "mend_of_name"]

_FILE_NAMES = {"work": r"[a-z][a-z0-9]*(-[a-z0-9]+)*", "executors": r"[A-Za-z_][A-Za-z0-9_-]*"}
_IN_WORDS = {
    "work": "lower-case letters and digits, joined by single hyphens",
    "executors": "letters, digits, `_` and `-`",
}
_MOST_CHARACTERS = 64


def edit_distance(a: str, b: str, *, at_most: int = 2) -> int:
    """Edit distance with neighbouring letters swapped counting as one; ``at_most + 1`` where it is larger."""
    if abs(len(a) - len(b)) > at_most:
        return at_most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        earlier, before, row = before, row, [i] + [0] * len(b)
        for j, right in enumerate(b, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == b[j - 2] and a[i - 2] == right:
                row[j] = min(row[j], earlier[j - 2] + 1)
        if min(row) > at_most:
            return at_most + 1
    return row[-1]


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """The known name nearest to ``name`` within edit distance 2 (1 for names of up to three letters), else None."""
    limit = 1 if len(name) <= 3 else 2
    ranked = sorted((edit_distance(name.casefold(), one.casefold(), at_most=limit), one) for one in known)
    return ranked[0][1] if ranked and ranked[0][0] <= limit else None


def mend_of_name(name: str, known: Iterable[str], *, folder: str) -> str:
    """What to do about a name that no file ``<folder>/<name>.yaml`` has: the one that was meant, or write it.

    ``folder`` is ``work`` or ``executors``.
    """
    known = tuple(known)
    bare = re.sub(r"\.ya?ml$", "", name.rpartition("/")[2])
    close = bare if bare in known else did_you_mean(bare, known)
    if close is not None:
        return f"did you mean `{close}`?"
    if bare == name and len(name) <= _MOST_CHARACTERS and re.fullmatch(_FILE_NAMES[folder], name):
        return f"write {folder}/{name}.yaml"
    return f"give the name of the file, without its folder and `.yaml`: {_IN_WORDS[folder]}"
