"""Decide the items of a file: checked whole, then decided in their order, each recorded once by its key."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from remit.errors import CasesInvalid, Location, Problem, RemitError

if TYPE_CHECKING:
    from remit.files.arriving import ItemLine
    from remit.items import Item
    from remit.project.work import Work
    from remit.runtime.groups.settle_group import NotSettled

__all__ = ["RanFile", "Undecided", "refuse_lines", "run_file"]

MOST_PROBLEMS = 20
_MOST_LISTED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """An item of which nothing was recorded: its line, its key, and why."""

    line: int
    key: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RanFile:
    """What a run came to.

    ``routes`` counts every item of the file that is recorded now by its route, ``n_before`` those of them that had
    been recorded before.  ``undecided`` are the first of ``n_undecided``, all of which are in ``dead_letters``.
    """

    work: str
    n: int
    n_before: int
    routes: Mapping[str, int]
    n_undecided: int
    undecided: tuple[Undecided, ...]
    dead_letters: str | None


def run_file(
    work: Work,
    file: Path,
    *,
    actor: str,
    executor: str | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> RanFile:
    """Decide every item of ``file`` that was not decided before.

    What can't be recorded stands in ``<name>.undecided.jsonl`` beside the file, which can be mended and run.  Killed
    at any moment, nothing is lost: the same file again decides what is missing.

    Args:
        work: the work.
        file: CSV or JSONL.
        actor: who asks, for the record.
        executor: the candidate; the one with the highest grant when not given.
        on_progress: called with how many are done, and of how many.

    Raises:
        CasesInvalid: rows that can't be read, with their lines; then nothing is decided.
        FileUnreadable: it can't be read.
        StoreError: the store failed; what was recorded stays.
    """
    from remit.runtime.groups.settle_group import NotSettled

    n = refuse_lines(_rows(work, file), file)
    coming: deque[ItemLine] = deque()
    routes: Counter[str] = Counter()
    n_before = n_done = 0
    with _DeadLetters(file) as dead:
        for outcome in work.decide_many(_items(work, file, coming), actor=actor, executor=executor):
            line = coming.popleft()
            if isinstance(outcome, NotSettled):
                dead.add(line, outcome)
            else:
                routes[outcome.record.decision.route.value] += 1
                n_before += outcome.repeated
            n_done += 1
            if on_progress is not None:
                on_progress(n_done, n)
    return RanFile(
        work=work.id,
        n=n,
        n_before=n_before,
        routes=dict(sorted(routes.items())),
        n_undecided=dead.n,
        undecided=tuple(dead.first),
        dead_letters=str(dead.path) if dead.n else None,
    )


def refuse_lines(found: Iterator[object], file: Path) -> int:
    """How many lines there are; refused with the first problems where any of them is wrong.

    Raises:
        CasesInvalid: with the lines.
    """
    problems: list[Problem] = []
    n = n_problems = 0
    for one in found:
        n += 1
        if isinstance(one, tuple):
            n_problems += len(one)
            problems.extend(one[: max(0, MOST_PROBLEMS - len(problems))])
    if n_problems > len(problems):
        more = n_problems - len(problems)
        where = Location(file=str(file))
        problems.append(Problem(message=f"and {more:,} more", where=where, found=f"{n_problems:,} problems"))
    if problems:
        raise CasesInvalid(problems=problems)
    return n


def _rows(work: Work, file: Path) -> Iterator[object]:
    from remit.files.arriving import stream_items

    return stream_items(file, definition=work.definition)


def _items(work: Work, file: Path, coming: deque[ItemLine]) -> Iterator[Item]:
    from remit.files.arriving import ItemLine
    from remit.items import Item

    for one in _rows(work, file):
        if isinstance(one, ItemLine):  # all of them are: the file was checked
            coming.append(one)
            yield Item(key=one.key, input=dict(one.input))


class _DeadLetters:
    """The file beside the items that holds what could not be decided; none where everything was."""

    def __init__(self, file: Path) -> None:
        self.path = file.with_name(f"{file.stem}.undecided.jsonl")
        self.n = 0
        self.first: list[Undecided] = []
        self._lines: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        """Write what there is, also where the run broke off; remove what an earlier run left where all is decided."""
        from remit.files.atomic import write_text

        if self._lines:
            write_text(self.path, "".join(self._lines))
        elif fault[0] is None:
            self.path.unlink(missing_ok=True)

    def add(self, line: ItemLine, outcome: NotSettled) -> None:
        error = outcome.error
        why = error.problems[0].message if isinstance(error, RemitError) else f"{type(error).__name__}: {error}"
        self.n += 1
        if len(self.first) < _MOST_LISTED:
            self.first.append(Undecided(line=line.line, key=line.key, why=why))
        self._lines.append(
            json.dumps({"key": line.key, "input": line.input, "line": line.line, "why": why}, ensure_ascii=False) + "\n"
        )
