"""Decide the items of a file: checked whole, then decided in their order, each recorded once by its key."""

from __future__ import annotations

import fcntl
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from remit.errors import ArgumentInvalid, CasesInvalid, ContentErased, Location, Problem, RunInProgress
from remit.items import FaultKind, Route
from remit.project.running.dead_letters import DeadLetters, Undecided
from remit.project.running.engine import Engine, LocalEngine

if TYPE_CHECKING:
    from remit.files.arriving import ItemLine
    from remit.project.work import Work

__all__ = ["RanFile", "Undecided", "refuse_lines", "run_file"]

MOST_PROBLEMS = 20
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class RanFile:
    """What a run came to.

    ``routes`` counts every item of the file that is recorded now by its route, ``n_before`` those of them that had
    been recorded before.  ``faults`` counts the items decided now for which the executor gave no answer, by the kind of
    fault.  ``undecided`` are the first of ``n_undecided``, all of which are in ``dead_letters``.
    """

    work: str
    n: int
    n_before: int
    routes: Mapping[str, int]
    faults: Mapping[str, int]
    n_undecided: int
    undecided: tuple[Undecided, ...]
    dead_letters: str | None


def run_file(
    work: Work,
    file: Path,
    *,
    actor: str,
    executor: str | None = None,
    engine: Engine | None = None,
    on_checked: Callable[[int], None] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> RanFile:
    """Decide every item of ``file`` that was not decided before.

    What can't be recorded stands in ``<name>.undecided.jsonl`` beside the file, which can be mended and run.  Killed
    at any moment, nothing is lost: the same file again decides what is missing.  What is recorded already is looked up
    a thousand items at a time.

    Args:
        work: the work.
        file: CSV, JSONL or Parquet.
        actor: who asks, for the record.
        executor: the candidate; the one with the highest grant when not given.
        engine: where the items are decided; in this process when not given.
        on_checked: called with how many rows were read, before the first item is decided.
        on_progress: called with how many are done, and of how many.

    Raises:
        CasesInvalid: rows that can't be read, with their lines; then nothing is decided.
        FileUnreadable: it can't be read.
        RunInProgress: another process decides the items of this file.
        StoreError: the store failed; what was recorded stays.
    """
    here: Engine = engine if engine is not None else LocalEngine()
    with alone_with(file):
        n = refuse_lines(_checked(work, file, on_checked), file)
        tally = _Tally(n, on_progress)
        with DeadLetters(file) as dead:
            new = _not_recorded(work, file, tally)
            for done in here.decide(work, new, actor=actor, executor=executor):
                if done.route is None:
                    dead.add(done.line, done.why)
                else:
                    tally.add(done.route, before=done.repeated, fault=done.fault)
                tally.count()
    return RanFile(
        work=work.id,
        n=n,
        n_before=tally.n_before,
        routes=dict(sorted(tally.routes.items())),
        faults=dict(sorted(tally.faults.items())),
        n_undecided=dead.n,
        undecided=tuple(sorted(dead.first, key=lambda one: one.line)),
        dead_letters=str(dead.path) if dead.n else None,
    )


class _Tally:
    """What a run came to so far."""

    def __init__(self, n: int, on_progress: Callable[[int, int], None] | None) -> None:
        self.routes: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.n_before = 0
        self._n_done = 0
        self._n = n
        self._on_progress = on_progress

    def add(self, route: Route, *, before: bool, fault: FaultKind | None = None) -> None:
        self.routes[route.value] += 1
        self.n_before += before
        if fault is not None and not before:
            self.faults[fault.value] += 1

    def count(self) -> None:
        self._n_done += 1
        if self._on_progress is not None:
            self._on_progress(self._n_done, self._n)


@contextmanager
def alone_with(file: Path) -> Iterator[None]:
    """Run a file by one process at a time: two would ask an executor twice, and write one file of dead letters.

    Raises:
        FileUnreadable: it can't be read.
        RunInProgress: another process is at it.
    """
    from remit.files.rows.opening import open_file

    with open_file(file) as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunInProgress(
                f"another process decides the items of {file}",
                where=Location(file=str(file)),
                mend="wait until it is done; the same file again then decides what is missing",
            ) from None
        except OSError:  # a disk of the network that knows no locks: each item is recorded once all the same
            pass
        yield


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


def _checked(work: Work, file: Path, on_checked: Callable[[int], None] | None) -> Iterator[object]:
    from remit.files.arriving import stream_items

    for n, one in enumerate(stream_items(file, definition=work.definition), start=1):
        yield one
        if on_checked is not None:
            on_checked(n)


def _not_recorded(work: Work, file: Path, tally: _Tally) -> Iterator[ItemLine]:
    """The items that are to be decided; those that are recorded, with the same input, are counted."""
    from remit.files.arriving import ItemLine, stream_items
    from remit.store.decisions import routes_among

    found = stream_items(file, definition=work.definition, checked=True)
    lines = (one for one in found if isinstance(one, ItemLine))  # all of them are: the file was checked
    while block := list(islice(lines, _AT_ONCE)):
        known = routes_among(work.project.store, work=work.id, keys=[one.key for one in block])
        for one in block:
            route, given = known.get(one.key, (None, None))
            if route is None or not _is_the_same(work, one, given):
                yield one
                continue
            tally.add(route, before=True)
            tally.count()


def _is_the_same(work: Work, line: ItemLine, given: str | None) -> bool:
    """Whether an item that is recorded came with this input; one whose content was erased can't be told from it.

    Raises:
        LedgerBroken: the content is gone, and nobody erased it.
    """
    from remit.ledger import json_text
    from remit.store.decisions import decision_by_key

    if given is None:
        try:
            decision_by_key(work.project.store, work=work.id, key=line.key)
        except ContentErased:
            return True
        return False
    try:
        return json_text(line.input) == given
    except ArgumentInvalid:  # deciding it says why
        return False
