"""One person answers one item after the other, blind, each answer on the disk before the next item is shown."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Self

from remit.cases.case import Case
from remit.cases.labelling.label import Label, LabelCheck, Said, standing
from remit.cases.labelling.order import drawn, order_for
from remit.errors import CasesInvalid, NotFound
from remit.items import JsonObject
from remit.project.labelling.gathering import cases_named
from remit.project.measuring import named_case_file
from remit.project.people import person_of, require_role, who

if TYPE_CHECKING:
    from remit.files.project_file import Person
    from remit.project.work import Work

__all__ = ["LabelSession", "doubtful_cases", "labeller"]


def labeller(work: Work, as_: str | None) -> Person:
    """Who labels: a person by their id, or the one person who has a role.

    Raises:
        NotAllowed: the project does not know them, or they have none of the roles of ``cases.labelled_by``.
        UsageError: nobody is named and there are several people, or several have the role.
    """
    people = work.project.file.people
    with_role = [one for one in people if as_ is not None and as_ in one.roles]
    if len(with_role) == 1 and all(one.id != as_ for one in people):
        person = with_role[0]
    elif len(with_role) > 1:
        from remit.errors import UsageError

        names = ", ".join(one.id for one in with_role)
        raise UsageError(
            f"{len(with_role)} people are {as_}",
            expected=f"--as with one of {names}",
            found=as_,
            mend="say who you are by the id: every person has a label file of their own",
        )
    else:
        person = person_of(work.project.file, as_) if as_ is not None else who(work.project, None)
    cases = work.definition.cases
    require_role(person, *(cases.labelled_by if cases is not None else ()), accountable=None, what=f"label `{work.id}`")
    return person


class LabelSession:
    """What one person still has to answer.

    Open in one process at a time; closed by leaving the ``with`` block.

    Args:
        work: the work.
        as_: who labels; see :func:`labeller`.
        seed: the order, another one for each person.
        n_again: so many cases of the case file, drawn by the seed, are asked too: blind, whatever is known of them.
        doubtful: the cases whose expected answer looks wrong are asked too, among them without being marked.

    Raises:
        CasesInvalid: a file that can't be used.
        NotFound: there is nothing to label.
        RunInProgress: this person labels in another terminal.
    """

    def __init__(self, work: Work, as_: str | None, *, seed: int, n_again: int = 0, doubtful: bool = False) -> None:
        from remit.files.labels.items_file import read_items
        from remit.files.labels.log import LabelLog, read_labels
        from remit.files.labels.places import items_path, labels_path

        case_file = named_case_file(work)
        self.person = labeller(work, as_)
        self.work = work
        path = labels_path(case_file, work.id, self.person.id)
        check = LabelCheck(work.definition, file=str(path))
        items = {one.id: one for one in read_items(items_path(case_file, work.id), work.definition)}
        items |= {id_: one for id_, one in _again(work, seed, n_again).items() if id_ not in items}
        if doubtful:
            items |= {id_: one for id_, one in cases_named(work, doubtful_cases(work)).items() if id_ not in items}
        if not items:
            raise NotFound(
                f"there is nothing to label for `{work.id}`",
                expected="items without a known answer",
                found="none",
                mend=f"`remit cases import {work.id} FILE`, or `--again 100` for cases that have an answer already",
            )
        read_labels(path, check)  # refused before the file is opened to be added to
        self._log = LabelLog(path)
        self._check = check
        said = standing(read_labels(path, check), asked=check.asked)
        self._items = items
        self._stack = [one for one in said.values() if one.case in items and one.said is not Said.SKIP]
        done = {one.case for one in self._stack}
        self._waiting = deque(id_ for id_ in order_for(self.person.id, items, seed=seed) if id_ not in done)

    @property
    def n_done(self) -> int:
        """How many items the person said something about, skipped ones not counted."""
        return sum(one.said is not Said.SKIP for one in self._stack)

    @property
    def n_all(self) -> int:
        """How many items there are for this person."""
        return len(self._items)

    @property
    def current(self) -> Case | None:
        """The item that is asked now; None where nothing is left."""
        return self._items[self._waiting[0]] if self._waiting else None

    def answer(self, output: JsonObject, *, seconds: float | None = None) -> None:
        """Keep an answer to the current item.

        Raises:
            CasesInvalid: it does not fit the outputs of the definition. Nothing is kept then.
        """
        problems = tuple(self._check.answer_faults(output))
        if problems:
            raise CasesInvalid(problems=problems)
        self._say(Said.ANSWER, output=output, seconds=seconds)

    def question(self, note: str) -> None:
        """Say that the current item can't be answered, and why."""
        self._say(Said.QUESTION, note=note)

    def skip(self) -> None:
        """Leave the current item for the next time."""
        self._say(Said.SKIP)

    def undo(self) -> bool:
        """Take back what was said last, also the last time; that item is asked again. Whether there was anything."""
        if not self._stack:
            return False
        case = self._stack[-1].case
        self._log.add(self._label(case, Said.UNDO))
        self._stack.pop()
        self._waiting.appendleft(case)
        return True

    def close(self) -> None:
        """End the session; what was said is kept."""
        self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _say(
        self, said: Said, *, output: JsonObject | None = None, note: str | None = None, seconds: float | None = None
    ) -> None:
        label = self._label(self._waiting[0], said, output=output, note=note, seconds=seconds)
        self._log.add(label)
        self._waiting.popleft()
        self._stack.append(label)

    def _label(
        self,
        case: str,
        said: Said,
        *,
        output: JsonObject | None = None,
        note: str | None = None,
        seconds: float | None = None,
    ) -> Label:
        return Label(
            case=case,
            said=said,
            at=self.work.project.ambient.now(),
            asked=self._check.asked,
            output=output,
            note=note,
            seconds=seconds,
        )


def doubtful_cases(work: Work) -> frozenset[str]:
    """Cases whose expected answer looks wrong: they contradict another one, or a sure executor says something else.

    They come from the newest measurement of the cases and from the proofs that are kept.
    """
    from remit.project.state.mirror import read_mirror

    known = read_mirror(work.project.state, work.id)
    contradictory = known.cases.contradictory if known.cases is not None else ()
    return frozenset(contradictory).union(*(one.doubtful for one in known.proofs))


def _again(work: Work, seed: int, n: int) -> dict[str, Case]:
    """Cases of the case file that are asked again: the same for everybody."""
    if n == 0:
        return {}
    from remit.files.case_file import stream_cases
    from remit.project.measuring import case_file

    names = [one.id for one in stream_cases(case_file(work), definition=work.definition) if isinstance(one, Case)]
    return cases_named(work, set(drawn(names, n, seed=seed)))
