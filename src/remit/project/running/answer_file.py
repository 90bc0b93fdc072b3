"""What one person answered to many reviews: all lines checked first, then each decided in its own transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from remit.errors import Location, NotFound, Problem, RemitError, StoreError
from remit.project.people import who
from remit.project.running.run_file import refuse_lines

if TYPE_CHECKING:
    from remit.files.arriving import AnswerLine
    from remit.project.folder import Project
    from remit.reviews import Review

__all__ = ["AnsweredFile", "NotTaken", "answer_file"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTaken:
    """An answer that could not be recorded: its line, which review it is, and why."""

    line: int
    review: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredFile:
    """What a file of answers came to; ``n_before`` were recorded before, the same by the same person.

    ``n_wrong`` audits, of all lines that are recorded, found that what was acted on is wrong.  ``sentences`` say which
    levels changed by it.
    """

    by: str
    n: int
    n_new: int
    n_before: int
    n_wrong: int
    not_taken: tuple[NotTaken, ...]
    sentences: tuple[str, ...] = ()


def answer_file(project: Project, file: Path, *, by: str | None, audits_only: bool = False) -> AnsweredFile:
    """Decide the reviews that ``file`` answers, as the person who answered them; again, it changes nothing.

    A line that can't be recorded (somebody else was faster, a constraint stands against it) is that line's alone.

    Args:
        project: the project.
        file: JSONL.
        by: an id from ``people`` in remit.yaml; the only person there when not given.
        audits_only: refuse lines about what is no audit.

    Raises:
        CasesInvalid: lines that can't be read, that are about no review, or whose output does not fit; then none is
            decided.
        NotFound, NotAllowed: there is no such person.
        StoreError: the store failed; what was recorded stays.
    """
    from remit.files.arriving import AnswerLine, stream_answers

    person = who(project, by)
    looking = _Looking(project, file, person.id, audits_only=audits_only)
    n = refuse_lines((looking.checked(one) for one in stream_answers(file)), file)
    levels = _levels(project)
    n_before = n_wrong = 0
    not_taken: list[NotTaken] = []
    for one in stream_answers(file):
        if not isinstance(one, AnswerLine):  # all of them are: the file was checked
            continue
        review = looking.review(one)
        if not review.waits and looking.said_the_same(review, one):
            n_before += 1
            n_wrong += looking.found_wrong(review)
            continue
        try:
            project.review_desk.decide(
                review.id, by=person.id, output=one.output, comment=one.comment, seconds=one.seconds
            )
        except StoreError:
            raise
        except RemitError as error:
            not_taken.append(NotTaken(line=one.line, review=review.id, why=error.problems[0].message))
        else:
            n_wrong += looking.found_wrong(review)
    return AnsweredFile(
        by=person.id,
        n=n,
        n_new=n - n_before - len(not_taken),
        n_before=n_before,
        n_wrong=n_wrong,
        not_taken=tuple(not_taken),
        sentences=tuple(_fallen(project, levels)),
    )


class _Looking:
    """Which review a line is about, and whether its answer can be one."""

    def __init__(self, project: Project, file: Path, person: str, *, audits_only: bool) -> None:
        self._project = project
        self._file = file
        self._person = person
        self._audits_only = audits_only

    def checked(self, one: AnswerLine | tuple[Problem, ...]) -> object:
        """The line, or all that is wrong with it."""
        if isinstance(one, tuple):
            return one
        return tuple(self._faults(one)) or one

    def _faults(self, one: AnswerLine) -> Iterator[Problem]:
        from remit.reviews import ReviewKind
        from remit.store.decisions import decision

        try:
            review = self.review(one)
        except RemitError as error:
            yield self._problem(one, error.problems[0].message, mend=error.problems[0].mend)
            return
        if self._audits_only and review.kind is not ReviewKind.AUDIT:
            yield self._problem(one, f"{review.id} is no audit", mend="remit review decide --file ...")
        if one.output is not None:
            record = decision(self._project.store, review.decision_id)
            for fault in self._project.work(review.work).review_rules.check(record, one.output).faults:
                yield self._problem(one, str(fault))

    def review(self, one: AnswerLine) -> Review:
        """The review that a line is about: by its id, or what waits of an item, else what was decided of it last.

        Raises:
            NotFound: there is none, or more than one.
        """
        from remit.reviews import ReviewKind
        from remit.store.decisions import decision_by_key
        from remit.store.operations.reviewing import reviews_of_decision
        from remit.store.reviews import review

        store = self._project.store
        if one.review is not None:
            return review(store, one.review)
        works = self._project.work_ids if one.work is None else (self._project.work(one.work).id,)
        records = [decision_by_key(store, work=work, key=one.key or "") for work in works]
        found = [
            each
            for record in records
            if record is not None
            for each in reviews_of_decision(store, record.id)
            if not self._audits_only or each.kind is ReviewKind.AUDIT
        ]
        if len({each.work for each in found}) > 1:
            raise NotFound(f"items of several works have the key {one.key}", mend='say which: "work": "..."')
        if not found:
            raise NotFound(f"nothing of an item with the key {one.key} was ever to be decided")
        return next((each for each in found if each.waits), found[-1])

    def said_the_same(self, review: Review, one: AnswerLine) -> bool:
        """Whether this very answer of this very person is recorded."""
        from remit.deciding.judge_case import same_value
        from remit.store.reviews import review_output

        if review.decided_by != self._person:
            return False
        output = review_output(self._project.store, review)
        if output is None or one.output is None:
            return output is None and one.output is None
        return same_value(dict(output), dict(one.output))

    def found_wrong(self, review: Review) -> bool:
        """Whether a review that is decided is an audit, and what was acted on is wrong by it."""
        from remit.reviews import ReviewKind
        from remit.store.reviews import truths_of

        if review.kind is not ReviewKind.AUDIT:
            return False
        found = truths_of(self._project.store, review.decision_id)
        return any(truth.payload_id == review.id and truth.wrong is True for truth, _ in found)

    def _problem(self, one: AnswerLine, message: str, *, mend: str | None = None) -> Problem:
        where = Location(file=str(self._file), line=one.line)
        return Problem(message=message, where=where, mend=mend)


def _levels(project: Project) -> dict[str, int]:
    """How many grants and falls each work has: what is new afterwards came of the answers."""
    from remit.store.grants import grants_of

    return {work: len(grants_of(project.store, work)) for work in project.work_ids}


def _fallen(project: Project, before: dict[str, int]) -> Iterator[str]:
    from remit.project.watching.mirrored import mirror_grants
    from remit.store.grants import grants_of

    for work, n in before.items():
        new = grants_of(project.store, work)[n:]
        if new:
            mirror_grants(project.work(work))
        yield from (f"{one.executor} is at {one.level.value} for {work} now: {one.reason}" for one in new)
