"""How people were asked, how soon they answered, and what became of cases whose answer is known."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from remit.cases.case import Case
from remit.definition.model import Definition
from remit.items import ReasonKind
from remit.project.operating.shares import Sharing
from remit.readiness.operation.facts import AskedBackFact, PlantedFact, SkillFact, UseFact
from remit.reviews import Review, ReviewKind, ReviewState

if TYPE_CHECKING:
    from remit.project.work import Work

__all__ = ["PlantedCases", "Uses", "asked_back", "path_uses", "planted_cases"]

MOST_PLANTED = 2_000
FEWEST_ALONE = 20

_OF_A_MODE = (ReasonKind.FAILURE_MODE, ReasonKind.FAULT, ReasonKind.TIMEOUT, ReasonKind.OUTPUT_INVALID)
_WAITING = ("open", "claimed", "returned")


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """How each escalation path, and the response to each failure mode, was used."""

    paths: tuple[UseFact, ...]
    modes: tuple[UseFact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedCases:
    """What planted cases say of the people; None where there are too few."""

    planted: PlantedFact | None = None
    skill: SkillFact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answered:
    """A planted case that a person answered: whether the suggestion they saw was wrong, and whether they were."""

    review: Review
    misled: bool
    wrong: bool


def path_uses(definition: Definition, reviews: Sequence[Review], *, since: datetime) -> Uses:
    """The use of every path and of every mode's response by reviews and drills, audits left out.

    What was answered in time counts however long ago, as far as the reviews reach; what was late, since ``since``.
    """
    asked = [one for one in reviews if one.kind is not ReviewKind.AUDIT]
    paths = definition.escalation.paths if definition.escalation is not None else ()
    return Uses(
        paths=tuple(_use(path.id, [one for one in asked if one.ask.path == path.id], since) for path in paths),
        modes=tuple(
            _use(mode.id, [one for one in asked if one.reason.id == mode.id and one.reason.kind in _OF_A_MODE], since)
            for mode in definition.modes
        ),
    )


def _use(id_: str, reviews: Iterable[Review], since: datetime) -> UseFact:
    found = list(reviews)
    in_time = [one for one in found if _in_time(one)]
    settled = [one for one in found if one.state.value not in _WAITING and one.opened_at >= since]
    took = [(one.decided_at - one.opened_at).total_seconds() for one in settled if one.decided_at is not None]
    return UseFact(
        id=id_,
        n=len(settled),
        n_in_time=sum(map(_in_time, settled)),
        in_time_at=max((one.decided_at for one in in_time if one.decided_at is not None), default=None),
        slowest_s=max(took, default=None),
        n_waiting=sum(one.state.value in _WAITING for one in found),
    )


def _in_time(one: Review) -> bool:
    if one.state is not ReviewState.DECIDED or one.decided_at is None or one.timed_out_at is not None:
        return False
    return one.due_at is None or one.decided_at <= one.due_at


def asked_back(reviews: Sequence[Review], sharing: Sharing) -> AskedBackFact | None:
    """How many of the reviews came back with a question; None where there were none."""
    asked = [one for one in reviews if one.kind is ReviewKind.REVIEW]
    back = [one for one in asked if one.question is not None]
    share = sharing.of(len(back), len(asked))
    if share is None:
        return None
    text = back[-1].question.get("text") if back and back[-1].question is not None else None
    return AskedBackFact(asked=share, question=text if isinstance(text, str) else None)


def planted_cases(work: Work, reviews: Sequence[Review], sharing: Sharing) -> PlantedCases:
    """What people made of the planted cases among the reviews."""
    planted = [one for one in reviews if one.kind is ReviewKind.PLANTED and one.state is ReviewState.DECIDED]
    answered = list(_judged(work, planted[-MOST_PLANTED:]))
    misled = [one for one in answered if one.misled]
    caught = sharing.of(sum(not one.wrong for one in misled), len(misled))
    fact = None
    if caught is not None:
        fact = PlantedFact(
            caught=caught,
            approved_s=_middle(one.review.seconds for one in misled if one.wrong),
            review_s=_middle(one.seconds for one in reviews if _decided(one, shown=True)),
            solo_fifth_s=_fifth(one.seconds for one in reviews if _decided(one, shown=False)),
        )
    alone = [one for one in answered if not one.review.ask.shows_answer]
    return PlantedCases(planted=fact, skill=_skill(alone, sharing.compared()))


def _judged(work: Work, planted: Sequence[Review]) -> Iterator[_Answered]:
    """The planted cases whose right answer is known, each with whether the person, and the suggestion, was wrong."""
    if not planted:
        return
    from remit.deciding.judge_case import CaseJudge
    from remit.project.watching.planted import root_of
    from remit.runtime.reviewing.planting import planted_cases
    from remit.store.decisions import decision
    from remit.store.reviews import review_output

    judge, store = CaseJudge(work.prepared), work.project.store
    recorded = planted_cases(store, work=work.id)
    for one in planted:
        known = root_of(recorded, one, store)
        if known is None:
            continue
        record = decision(store, one.decision_id)
        case = Case(id=record.key, input=record.input, expected=known["expected"])
        said = review_output(store, one)
        answer = record.decision.answer
        suggested = answer.output if answer is not None and one.ask.shows_answer else None
        given = record.decision.input
        yield _Answered(
            review=one,
            misled=suggested is not None and judge.judge(case, given, suggested).wrong,
            wrong=said is not None and judge.judge(case, given, said).wrong,  # who rejects the item lets nothing pass
        )


def _decided(one: Review, *, shown: bool) -> bool:
    return one.kind is ReviewKind.REVIEW and one.state is ReviewState.DECIDED and one.ask.shows_answer is shown


def _middle(seconds: Iterable[float | None]) -> float | None:
    known = [one for one in seconds if one is not None]
    return statistics.median(known) if known else None


def _fifth(seconds: Iterable[float | None]) -> float | None:
    known = sorted(one for one in seconds if one is not None)
    return known[math.floor(0.05 * len(known))] if len(known) >= FEWEST_ALONE else None


def _skill(alone: Sequence[_Answered], sharing: Sharing) -> SkillFact | None:
    if len(alone) < 2 * FEWEST_ALONE:
        return None
    half = len(alone) // 2
    ordered = sorted(alone, key=lambda one: one.review.decided_at or one.review.opened_at)
    before = sharing.of(sum(one.wrong for one in ordered[:half]), half)
    now = sharing.of(sum(one.wrong for one in ordered[half:]), len(ordered) - half)
    return None if before is None or now is None else SkillFact(before=before, now=now)
