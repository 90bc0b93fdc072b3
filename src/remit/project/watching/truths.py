"""Take truths in, from a file or from a caller: checked whole, then recorded, then acted on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from remit.errors import CasesInvalid, ItemInvalid, Location, Problem
from remit.items import JsonObject
from remit.project.people import who
from remit.project.watching.mirrored import mirror_grants
from remit.project.watching.watched import advance_work

if TYPE_CHECKING:
    from remit.files.truths import TruthLine
    from remit.project.work import Work
    from remit.runtime.watching import Change
    from remit.store.connections import Reader
    from remit.store.decisions import DecisionRecord

__all__ = ["ImportedTruths", "add_truths", "import_truths"]

_AT_ONCE = 200
_MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedTruths:
    """What an import came to: truths that are new, those that were there already, and what they brought about."""

    n_new: int
    n_known: int
    n_wrong: int
    changes: tuple[Change, ...]


def import_truths(work: Work, file: Path, *, by: str | None) -> ImportedTruths:
    """Record the truths of ``file``: every row or, where one is wrong, none. The same file again changes nothing.

    Where a row names nobody, ``by`` says so; where it does not say whether the answer was seen, it counts as seen.

    Raises:
        CasesInvalid: with the first problems, each with its line.
        FileUnreadable: it can't be read.
    """
    person = who(work.project, by).id
    _refuse(work, file)
    return _recorded(work, _lines(work, file), person)


def add_truths(work: Work, rows: Sequence[JsonObject], *, by: str | None) -> ImportedTruths:
    """Record truths, each with the keys that a line of a file has: all of them or, where one is wrong, none.

    Raises:
        ItemInvalid: with the first problems, each with its place.
    """
    from remit.files.truths import TruthLine, truths_in

    person = who(work.project, by).id
    lines: list[TruthLine] = []
    problems: list[Problem] = []
    for n, one in enumerate(truths_in(rows, definition=work.definition)):
        if isinstance(one, TruthLine):
            lines.append(one)
        found = tuple(_unknown(work.project.store, work.id, one, Path())) if isinstance(one, TruthLine) else one
        problems.extend(replace(problem, where=Location(path=f"truths.{n}")) for problem in found)
    if problems:
        raise ItemInvalid(problems=problems[:_MOST_PROBLEMS])
    return _recorded(work, lines, person)


def _recorded(work: Work, said_lines: Iterable[TruthLine], person: str) -> ImportedTruths:
    from remit.runtime.watching.critical import CriticalCheck
    from remit.runtime.watching.truths import Imported, add_imported_truth

    check = CriticalCheck(work.prepared)
    ambient, store = work.project.ambient, work.project.store
    n_new = n_known = n_wrong = 0
    changes: list[Change] = []
    lines = iter(said_lines)
    while batch := list(islice(lines, _AT_ONCE)):
        executors: set[str] = set()
        with store.writing() as writing:
            for line in batch:
                record = _decision(writing, work.id, line)
                if record is None:  # it was there when the file was checked
                    continue
                said = Imported(expected=line.expected, by=line.by or person, at=line.at, seen=line.seen is not False)
                if add_imported_truth(writing, record, said, check=check, salt=ambient.salt, now=ambient.now()):
                    n_new += 1
                    answer = record.decision.answer
                    output = None if answer is None else answer.output
                    n_wrong += output is not None and check.is_wrong(record.decision.input, output, said.expected)
                    executors |= {record.executor} if record.executor is not None else set()
                else:
                    n_known += 1
            changes.extend(advance_work(work, writing, only=frozenset(executors)))
    mirror_grants(work)
    return ImportedTruths(n_new=n_new, n_known=n_known, n_wrong=n_wrong, changes=tuple(changes))


def _lines(work: Work, file: Path) -> Iterator[TruthLine]:
    from remit.files.truths import TruthLine, stream_truths

    for one in stream_truths(file, definition=work.definition):
        if isinstance(one, TruthLine):
            yield one


def _refuse(work: Work, file: Path) -> None:
    """Refuse the whole file where a row is wrong, or speaks of an item that nobody decided."""
    from remit.files.truths import TruthLine, stream_truths

    store = work.project.store
    problems: list[Problem] = []
    n_problems = 0
    for one in stream_truths(file, definition=work.definition):
        found = tuple(_unknown(store, work.id, one, file)) if isinstance(one, TruthLine) else one
        n_problems += len(found)
        problems.extend(found[: _MOST_PROBLEMS - len(problems)])
    if n_problems > len(problems):
        more = n_problems - len(problems)
        where = Location(file=str(file))
        problems.append(Problem(message=f"and {more:,} more", where=where, found=f"{n_problems:,} problems"))
    if problems:
        raise CasesInvalid(problems=problems)


def _unknown(reader: Reader, work: str, line: TruthLine, file: Path) -> Iterator[Problem]:
    if _decision(reader, work, line) is not None:
        return
    name = f"the key {line.key!r}" if line.key is not None else f"the decision {line.decision}"
    yield Problem(
        message=f"no item of `{work}` was decided under {name}",
        where=Location(file=str(file), line=line.line),
        expected="an item that was decided before",
        found=line.key or line.decision,
        mend="take the row out, or mend its key",
    )


def _decision(reader: Reader, work: str, line: TruthLine) -> DecisionRecord | None:
    from remit.errors import NotFound
    from remit.store.decisions import decision, decision_by_key

    if line.key is not None:
        return decision_by_key(reader, work=work, key=line.key)
    try:
        found = decision(reader, line.decision or "")
    except NotFound:
        return None
    return found if found.work == work else None
