"""Names that come twice in a file, told with the line where they came first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from remit.cases.seen import Seen
from remit.errors import Problem

__all__ = ["unique"]

T = TypeVar("T")

_MOST_LOOKED_FOR = 20  # no more problems than that are shown of a file


def unique(
    rows: Callable[[], Iterable[T | tuple[Problem, ...]]],
    *,
    of: type[T],
    name: Callable[[T], object],
    line: Callable[[T], int],
    problem: Callable[[T, int | None], Problem],
) -> Iterator[T | tuple[Problem, ...]]:
    """The same rows; instead of one whose name came before, a problem.

    Names are kept as 64-bit hashes, so that a million of them stay small.  Of the first that come twice the file is
    read again up to them: it says where the name stood first, and that the two are not merely alike in their hashes.

    Args:
        rows: what the rows of the file say, from its beginning.
        of: the type of a row without problems.
        name: what names a row.
        line: where a row begins.
        problem: what is wrong, by the row and the line where its name stood first (None: not looked for).
    """
    seen = Seen()
    n_looked = 0
    for one in rows():
        if not isinstance(one, of) or not seen.add(hash(name(one))):
            yield one
            continue
        first = None
        if n_looked < _MOST_LOOKED_FOR:
            n_looked += 1
            first = _first(rows(), of, name, name(one))
            if first is not None and line(first) >= line(one):
                yield one
                continue
        yield (problem(one, None if first is None else line(first)),)


def _first(rows: Iterable[object], of: type[T], name: Callable[[T], object], wanted: object) -> T | None:
    return next((one for one in rows if isinstance(one, of) and name(one) == wanted), None)
