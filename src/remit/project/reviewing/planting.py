"""Cases whose right answer is known, brought to reviewers like any other item."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from remit.cases.case import Case
from remit.errors import NotEnough, UsageError
from remit.items import Answer, Item, Reason, ReasonKind
from remit.project.items import provenance
from remit.project.measuring import case_file
from remit.project.people import require_role, who

if TYPE_CHECKING:
    from remit.deciding.judge_case import CaseJudge
    from remit.items import JsonObject
    from remit.project.work import Work
    from remit.reviews import Ask, Review
    from remit.runtime.reviewing.planting import Planting

__all__ = ["MOST_PLANTED", "plant_cases"]

MOST_PLANTED = 1_000
_PLAIN = (ReasonKind.LEVEL, ReasonKind.LEVEL_MANUAL, ReasonKind.CONFIDENCE)
"""Reasons that say nothing of the content of an item, so that a planted case may come with them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dress:
    """As what a planted case comes to a person."""

    reason: Reason
    ask: Ask


def plant_cases(work: Work, *, n: int, seed: int, share_wrong: float, by: str | None) -> tuple[Review, ...]:
    """Plant ``n`` cases of the case file, drawn by ``seed``, ``share_wrong`` of them with a wrong suggestion.

    Cases that were planted before, whose label looks wrong to a proved executor, or on which a second person differed,
    are left out: what is known to be right has to be right.  The owner and the accountable person may plant.

    Raises:
        UsageError: ``n`` or ``share_wrong`` is outside its domain.
        NotEnough: there are not as many cases, or not as many that a wrong answer can be found for.
        NotAllowed: the person may not.
    """
    from remit.deciding.judge_case import CaseJudge
    from remit.runtime.reviewing.planting import Planting, plant

    if not 1 <= n <= MOST_PLANTED:
        raise UsageError(f"{n} cases can't be planted", expected=f"1 to {MOST_PLANTED:,}", found=str(n))
    if not 0 <= share_wrong <= 1:
        raise UsageError("a share is between 0 and 1", expected="0 to 1, as 0.5", found=f"{share_wrong:g}")
    person = who(work.project, by)
    definition = work.definition
    owner = None if definition.owner is None else definition.owner.role
    require_role(person, owner, accountable=definition.accountable, what=f"plant cases in `{work.id}`")
    cases = sorted(_known_cases(work), key=lambda case: _order(seed, "case", case.id))
    judge, dresses = CaseJudge(work.prepared), _dresses(work)
    n_wrong = round(n * share_wrong)
    plantings: list[Planting] = []
    for case in cases:
        if len(plantings) == n:
            break
        is_wrong = len(plantings) < n_wrong
        suggestion = _wrong_answer(work, judge, case, cases, seed) if is_wrong else case.expected
        if suggestion is None or not _fits(work, case, suggestion):
            continue
        dress = dresses[int(_order(seed, "dress", case.id), 16) % len(dresses)]
        plantings.append(
            Planting(case=case, suggestion=suggestion, is_wrong=is_wrong, reason=dress.reason, ask=dress.ask)
        )
    if len(plantings) < n:
        raise NotEnough(
            f"`{work.id}` has {len(plantings)} cases that can be planted",
            expected=f"{n}: none planted before, none with a doubtful label",
            found=f"{len(cases)} to draw from",
            mend="plant fewer, or label more cases",
        )
    work.keep_definition()
    ambient = work.project.ambient
    # Which of them are wrong must not show in the order in which they come.
    mixed = sorted(plantings, key=lambda one: _order(seed, "mixed", one.case.id))
    return plant(
        work.project.store,
        mixed,
        of=provenance(work, None),
        by=person.id,
        new_id=ambient.new_id,
        salt=ambient.salt,
        now=ambient.now(),
    )


def _known_cases(work: Work) -> list[Case]:
    from remit.files.case_file import stream_cases
    from remit.runtime.reviewing.planting import planted_cases

    used = {body.get("case") for body in planted_cases(work.project.store, work=work.id).values()}
    doubtful = {id_ for ids in work.doubts().values() for id_ in ids}
    return [
        one
        for one in stream_cases(case_file(work), definition=work.definition)
        if isinstance(one, Case) and one.id not in used and one.id not in doubtful and not _differs(one)
    ]


def _differs(case: Case) -> bool:
    return any(case.second[name] != case.expected.get(name) for name in case.second)


def _wrong_answer(work: Work, judge: CaseJudge, case: Case, cases: Sequence[Case], seed: int) -> JsonObject | None:
    """Another case's right answer that is wrong for this one, and that nothing but looking at the item gives away."""
    for other in sorted(cases, key=lambda one: _order(seed, case.id, one.id))[:200]:
        if judge.judge(case, case.input, other.expected).wrong and _fits(work, case, other.expected):
            return other.expected
    return None


def _fits(work: Work, case: Case, output: JsonObject) -> bool:
    from remit.deciding.decide import check_output

    found = check_output(work.prepared, Item(key=case.id, input=case.input), case.input, Answer(output=output))
    return not found.output_faults and not found.violated


def _dresses(work: Work) -> Sequence[_Dress]:
    """As what reviews of this work came lately; where none did, as one at ``suggest`` would."""
    from remit.autonomy.route import Terms, route
    from remit.deciding.decision import Decision
    from remit.definition.levels import Level
    from remit.items import Route
    from remit.reviews import ReviewKind
    from remit.runtime.asking import asking
    from remit.store.operations.reviewing import recent_reviews

    lately = [
        _Dress(reason=one.reason, ask=one.ask)
        for one in recent_reviews(work.project.store, work=work.id, n=100)
        if one.kind is ReviewKind.REVIEW and one.follows is None and one.reason.kind in _PLAIN
    ]
    if lately:
        return lately
    terms = Terms(level=Level.SUGGEST, certified=False, threshold=None)
    reason = route((), confidence=None, terms=terms).reasons[0]
    decision = Decision(route=Route.REVIEW, reasons=(reason,), level=Level.SUGGEST, input={})
    ask = asking(work.definition, people_are_incumbent=True, draw=lambda: 1.0)(decision)
    return [] if ask is None else [_Dress(reason=reason, ask=ask)]


def _order(seed: int, *parts: str) -> str:
    return hashlib.sha256("\x1f".join((str(seed), *parts)).encode("utf-8", "surrogatepass")).hexdigest()
