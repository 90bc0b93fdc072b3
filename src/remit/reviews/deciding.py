"""A person decides a review, takes the decision back within seconds, and what four eyes make of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from remit.errors import Conflict, ItemInvalid, Location, NotAllowed, OverrideRefused, Problem
from remit.items import JsonObject
from remit.reviews.review import (
    Ask,
    Outcome,
    OutputCheck,
    Review,
    Reviewed,
    ReviewKind,
    ReviewState,
    Violation,
)
from remit.reviews.transitions import changed, open_review, require_free, require_not_barred, require_version

__all__ = ["UNDO_WINDOW", "Weight", "barred", "decide", "following", "set_aside", "undo", "weigh"]

UNDO_WINDOW = timedelta(seconds=10)
"""How long a decision of a person can be undone; its effects leave after it."""


class Weight(StrEnum):
    """What follows from a decision of a person."""

    COUNTS = "counts"  # its output is the answer: effects, and a truth
    TRUTH = "truth"  # an audit: the item was acted on before
    NOTHING = "nothing"  # a planted case
    SECOND = "second"  # another person has to look at it first
    SETTLING = "settling"  # two people differ: the accountable person has to settle it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bar:
    who: str
    why: str


def decide(
    review: Review,
    *,
    by: str,
    output: JsonObject | None,
    comment: str | None,
    suggested: JsonObject | None,
    check: Callable[[JsonObject], OutputCheck],
    now: datetime,
    seconds: float | None = None,
    n_edits: int | None = None,
    barred: Mapping[str, str] | None = None,
    expected_version: int | None = None,
) -> Reviewed:
    """Decide a review.

    Args:
        review: as it stands now.
        by: who decides.
        output: their answer; None rejects the item, which takes a comment.
        comment: why; has to be there to reject, or to set a constraint aside.
        suggested: what the executor answered, as far as the person saw it.
        check: holds an output against the output schema and the constraints.
        now: the present.
        seconds: how long they had it on the screen, >= 0; None where nobody knows.
        n_edits: how many fields of the suggestion they changed; counted from the output where it is None.
        barred: who may not decide it, each with why.
        expected_version: the version that the caller has seen.

    Raises:
        AlreadyDecided: somebody decided before.
        Conflict: it is on somebody else's desk, waits for an answer, or changed meanwhile.
        ItemInvalid: the output does not fit the output schema.
        OverrideRefused: the output breaks a constraint that nobody may set aside.
        NotAllowed: the comment that is needed is missing, or this person may not decide it.
    """
    require_version(review, expected_version)
    require_free(review, by, now)
    require_not_barred(by, barred)
    said = comment.strip() if comment is not None else ""
    overridden: tuple[str, ...] = ()
    if output is None:
        if not said:
            raise NotAllowed("an item is not rejected without a reason", mend="say why: --comment TEXT")
        outcome = Outcome.REJECTED
    else:
        overridden = set_aside(check(output), said)
        outcome = Outcome.ACCEPTED if suggested is not None and output == suggested else Outcome.ANSWERED
    decided = changed(
        review,
        state=ReviewState.DECIDED,
        decided_at=now,
        decided_by=by,
        outcome=outcome,
        comment=said or None,
        overridden=overridden,
        seconds=seconds,
        n_edits=n_edits if n_edits is not None else _n_edits(suggested, output),
    )
    return Reviewed(review=decided, output=output)


def undo(
    review: Review,
    *,
    by: str,
    is_accountable: bool,
    new_id: str,
    now: datetime,
    too_late: str = "what is wrong with it goes to the accountable person",
) -> Review:
    """The review that takes the place of one whose decision is taken back. The decided one stays as it is recorded.

    Args:
        review: the decided review.
        by: who takes it back: who decided it, or the accountable person.
        is_accountable: whether ``by`` is the accountable person.
        new_id: of the new review, new and unique.
        now: the present.
        too_late: what can still be done where the time to undo it is over.

    Raises:
        Conflict: there is no decision of a person to take back, or it is too late.
        NotAllowed: it is somebody else's decision.
    """
    if review.state is not ReviewState.DECIDED or review.decided_at is None:
        raise Conflict("nobody decided this review", found=review.id, mend="there is nothing to undo")
    if by != review.decided_by and not is_accountable:
        raise NotAllowed(
            f"{by} may not undo a decision of {review.decided_by}",
            expected=f"{review.decided_by}, or the accountable person",
            found=by,
            mend="ask one of them",
        )
    if now >= review.decided_at + UNDO_WINDOW:
        raise Conflict(
            f"a decision can be undone for {UNDO_WINDOW.seconds} seconds",
            expected=f"before {(review.decided_at + UNDO_WINDOW).isoformat(timespec='seconds')}",
            found=now.isoformat(timespec="seconds"),
            mend=too_late,
        )
    again = open_review(
        id=new_id,
        work=review.work,
        decision_id=review.decision_id,
        reason=review.reason,
        ask=replace(review.ask, within=None if review.due_at is None else review.due_at - now),
        now=now,
        kind=review.kind,
        follows=review.id,
    )
    return replace(again, question=review.question, timed_out_at=review.timed_out_at)


def weigh(review: Review, *, four_eyes: bool, same: bool | None) -> Weight:
    """What follows from the decision of this review.

    Args:
        review: the decided review.
        four_eyes: whether the work asks for two people.
        same: whether the first and the second person came to the same; None where there is only one.
    """
    match review.kind:
        case ReviewKind.AUDIT:
            return Weight.TRUTH
        case ReviewKind.PLANTED:
            return Weight.NOTHING
        case ReviewKind.REVIEW:
            return Weight.SECOND if four_eyes else Weight.COUNTS
        case ReviewKind.SECOND:
            return Weight.COUNTS if same else Weight.SETTLING
        case ReviewKind.SETTLING:
            return Weight.COUNTS
        case _:
            assert_never(review.kind)


def following(
    review: Review,
    *,
    kind: ReviewKind,
    role: str | None,
    new_id: str,
    now: datetime,
) -> Review:
    """The review that four eyes ask for next: a second person's, or whoever settles it."""
    ask = replace(review.ask, role=role, within=_within(review.ask))
    return open_review(
        id=new_id,
        work=review.work,
        decision_id=review.decision_id,
        reason=review.reason,
        ask=ask,
        now=now,
        kind=kind,
        follows=review.id,
    )


def barred(
    review: Review, before: tuple[Review, ...], *, authors: Collection[str], four_eyes: bool | None
) -> Mapping[str, str]:
    """Who may not decide a review, each with why.

    Args:
        review: the review.
        before: the reviews that it follows, the nearest first.
        authors: who built the executor whose answer it is about.
        four_eyes: what the definition says; only an explicit no lets an author audit what they built.
    """
    found: list[_Bar] = []
    for one in before:
        if one.decided_by is None:
            continue
        if one.kind is not review.kind and not _undone_in(one, before):
            found.append(_Bar(who=one.decided_by, why="it takes a person who did not decide it before"))
        elif one.kind is review.kind is ReviewKind.AUDIT:
            found.append(_Bar(who=one.decided_by, why="an audit is blind, and they have seen the answer"))
    if four_eyes is True or (review.kind is ReviewKind.AUDIT and four_eyes is not False):
        found.extend(_Bar(who=author, why="they built the executor") for author in authors)
    return {one.who: one.why for one in found}


def set_aside(found: OutputCheck, comment: str) -> tuple[str, ...]:
    """The ids of the constraints that an output breaks and that may be set aside with this comment.

    Raises:
        ItemInvalid, OverrideRefused, NotAllowed: as :func:`decide` says.
    """
    if found.faults:
        problems = [
            Problem(message=f"the answer does not fit the outputs: {what}", where=Location(path=f"output.{path}"))
            for path, _, what in (fault.partition(": ") for fault in found.faults)
        ]
        raise ItemInvalid(problems=problems)
    blocking = [one for one in found.violated if one.blocks]
    if blocking:
        raise OverrideRefused(problems=[_problem(one, "give an answer that satisfies it") for one in blocking])
    if found.violated and not comment:
        raise NotAllowed(
            problems=[_problem(one, "say why it may be set aside: --comment TEXT") for one in found.violated]
        )
    return tuple(one.id for one in found.violated)


def _undone_in(one: Review, chain: tuple[Review, ...]) -> bool:
    return any(other.follows == one.id and other.kind is one.kind for other in chain)


def _within(ask: Ask) -> timedelta | None:
    return None if ask.within is None else max(ask.within, timedelta(0))


def _n_edits(suggested: JsonObject | None, output: JsonObject | None) -> int | None:
    if suggested is None or output is None:
        return None
    names = {*suggested, *output}
    return len(
        [name for name in names if name not in suggested or name not in output or suggested[name] != output[name]]
    )


def _problem(violation: Violation, mend: str) -> Problem:
    return Problem(
        message=f"the answer breaks {violation.id}: {violation.message}",
        where=Location(path=f"constraints.{violation.id}"),
        mend=mend,
    )
