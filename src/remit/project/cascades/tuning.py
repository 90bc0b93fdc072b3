"""Fix what a cascade needs from the tune cases: each part's limit, and how sure an answer of it makes the whole.

The parts are asked in their order, each only about the cases that those before it did not answer.  Nothing is drawn at
random, no prove case is read, and what comes out is a file that the digest of the cascade covers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from remit.cases.case import Case, CaseUse
from remit.definition.scopes import Place
from remit.errors import ExecutorInvalid, NotEnough, OutsideError, Problem, SpendingReached, UsageError
from remit.items import Answer, Executor, ExecutorKind, FaultKind
from remit.project.measuring import case_file, frozen_set
from remit.project.parts.made_of import siblings_of
from remit.project.refusals import located, refuse_assumptions

if TYPE_CHECKING:
    from remit.deciding.judge_case import CaseJudge
    from remit.executors.cascade.parts import Part
    from remit.executors.cascade.tuned import Step, Tuned, TunedPart
    from remit.files.executor_file import ExecutorFile
    from remit.project.work import Work
    from remit.stats import ExpectedRight

__all__ = ["FEWEST", "tune_cascade", "tuned_path"]

FEWEST = 30
"""How many answers of a part it takes to find a limit for it."""


def tuned_path(work: Work, executor: str) -> Path:
    """Where what was tuned for an executor is kept."""
    from remit.executors.cascade.tuned import tuned_name

    return work.project.at(*tuned_name(executor).split("/"))


def tune_cascade(work: Work, executor: str, *, on_progress: Callable[[int], None] | None = None) -> Tuned:
    """Ask the parts of a cascade about the tune cases, find what is to be found, and write it beside its file.

    Raises:
        UsageError: the executor is no cascade.
        FrozenChanged: the cases are not frozen, so that a tune case could become a prove case.
        NotEnough: too few tune cases reach a part, or no confidence of it keeps within the error budget.
        ExecutorInvalid: a part can't be one, or loaded.
        OutsideError: a part was unavailable whenever it was asked.
        SpendingReached: a part has spent what it may; nothing is written.
    """
    from remit.executors.cascade.loading import members_untuned
    from remit.executors.cascade.tuned import KIND, Tuned
    from remit.files.atomic import write_text
    from remit.files.case_file import frozen_path, read_frozen
    from remit.report.documents import document_text, plain, versioned

    file = work.executor_file(executor)
    if file.spec.kind is not ExecutorKind.CASCADE:
        raise UsageError(
            f"{executor} is no cascade: there is nothing to tune",
            expected="an executor of kind cascade",
            found=f"kind: {file.spec.kind}",
        )
    refuse_assumptions(work.definition, file)
    with located(file.source):
        members = members_untuned(file.spec, siblings=siblings_of(work))
    frozen = frozen_set(work)
    kept = read_frozen(frozen_path(case_file(work), work.id))
    cases = _tune_cases(work, file)
    tuning = _Tuning(work, cases, on_progress)
    try:
        parts = tuple(
            tuning.tune(part, one, is_last=index + 1 == len(members))
            for index, (part, one) in enumerate(members)
            if one is not None
        )
    except SpendingReached as reached:
        raise SpendingReached(
            problems=[
                replace(
                    problem,
                    mend="allow as much as asking about every tune case costs: tuning keeps no answers, and asks again",
                )
                for problem in reached.problems
            ]
        ) from None
    tuned = Tuned(
        work=work.id,
        executor=executor,
        tune_digest=kept.tune.digest if kept is not None else "",
        prove_digest=frozen.digest,
        error_budget=tuning.budget,
        n_cases=len(cases),
        parts=parts,
    )
    write_text(tuned_path(work, executor), document_text(versioned(KIND, plain(tuned))) + "\n")
    return tuned


def _tune_cases(work: Work, file: ExecutorFile) -> list[Case]:
    """The tune cases that `tune_where` lets count, in the order of the file."""
    from remit.deciding.judge_case import CaseJudge
    from remit.definition.expressions import Expression
    from remit.definition.typecheck import TypeCheck
    from remit.files.case_file import stream_cases

    where = file.spec.settings.get("tune_where")
    problems = [
        Problem(
            message=fault.message,
            where=file.source.locate_inside(("settings", "tune_where"), fault.line, fault.column),
            expected=fault.expected,
            found=fault.found,
            mend=fault.mend,
        )
        for fault in (TypeCheck(work.definition).check(where, Place.WHERE) if where is not None else ())
    ]
    if problems:
        raise ExecutorInvalid(problems=problems)
    path = case_file(work)
    condition = None if where is None else Expression(where)
    judge = CaseJudge(work.prepared)
    cases = [
        one
        for one in stream_cases(path, definition=work.definition)
        if isinstance(one, Case)
        and one.use is CaseUse.TUNE
        and (condition is None or condition.holds(judge.values(one, one.input, None)) is True)
    ]
    if not cases:
        raise NotEnough(
            f"`{work.id}` has no tune case" + ("" if where is None else " for which `tune_where` holds"),
            expected="cases with `split` tune",
            found="none",
            mend="collect cases: prove cases are not for tuning",
        )
    return cases


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One tune case that a part was asked: ``answered`` is False for a fault."""

    case: Case
    answered: bool
    confidence: float | None
    wrong: bool


class _Tuning:
    """The tune cases that nobody has answered yet, from part to part."""

    def __init__(self, work: Work, cases: Sequence[Case], on_progress: Callable[[int], None] | None) -> None:
        from remit.deciding.judge_case import CaseJudge

        autonomy = work.definition.autonomy
        self.budget = autonomy.error_budget if autonomy is not None else None
        self._work = work
        self._judge: CaseJudge = CaseJudge(work.prepared)
        self._left = list(cases)
        self._on_progress = on_progress

    def tune(self, part: Part, executor: Executor, *, is_last: bool) -> TunedPart:
        """Ask one part, say what was found, and leave the cases that it did not answer for the next."""
        from remit.executors.cascade.tuned import TunedPart

        asked = self._ask(executor)
        limit = part.at_least
        if executor.gives_confidence:
            sure = [one for one in asked if one.answered and one.confidence is not None]
            if limit is None and not is_last:
                limit = self._limit(part, sure)
            taken = [one for one in sure if limit is None or (one.confidence or 0.0) >= limit]
            blocks = _blocks(sure if part.at_least is None else taken)
            steps = _steps([one for one in blocks if limit is None or part.at_least is not None or one.at >= limit])
            silent = [one for one in asked if one.answered and one.confidence is None and limit is None]
            taken += silent
        else:
            taken = [one for one in asked if one.answered]
            steps = _one_step(n=len(taken), n_right=sum(not one.wrong for one in taken))
        done = {one.case.id for one in taken}
        self._left = [one.case for one in asked if one.case.id not in done]
        return TunedPart(
            executor=part.executor,
            digest=executor.digest,
            at_least=limit,
            steps=steps,
            n_asked=len(asked),
            n_taken=len(taken),
            n_wrong=sum(one.wrong for one in taken),
        )

    def _ask(self, executor: Executor) -> list[_Asked]:
        """Decide what is left with one part, by the code that decides items; cases kept for people are left out."""
        from remit.executors.perform import performer
        from remit.proof.answers import observe

        found: list[_Asked] = []
        away: list[str] = []
        draw = self._work.project.ambient.draw
        with performer(executor, clock=time.perf_counter, jitter=draw, patient=True) as asking:
            for observed in observe(
                self._work.prepared,
                self._left,
                performer=asking,
                record=_NoRecord(),
                clock=time.perf_counter,
                on_progress=self._on_progress,
            ):
                decision, answer = observed.decision, observed.decision.answer
                if answer is None:
                    continue
                invalid = decision.checked is not None and bool(decision.checked.output_faults)
                judged = self._judge.judge(observed.case, decision.input, None if invalid else answer.output)
                if answer.fault is not None and answer.fault.kind is FaultKind.UNAVAILABLE:
                    away.append(answer.fault.text)
                found.append(
                    _Asked(
                        case=observed.case,
                        answered=answer.output is not None,
                        confidence=answer.confidence,
                        wrong=judged.wrong,
                    )
                )
        if away and len(away) == len(found):
            raise OutsideError(
                f"`{executor.spec.name}` was unavailable in all of {len(away):,} tune cases: nothing is tuned",
                expected="an executor that can be reached",
                found=away[0],
                mend="look at what it needs (network, service, deadline), then tune again",
            )
        return found

    def _limit(self, part: Part, sure: Sequence[_Asked]) -> float:
        """The lowest confidence at which the share of right answers that is expected keeps within the error budget."""
        if self.budget is None:
            raise NotEnough(
                f"no limit can be found for `{part.executor}`: autonomy.error_budget is not written",
                expected="the share of acted-on items that may be wrong",
                mend="write `error_budget`, or give the part a number as `at_least`",
            )
        if len(sure) < FEWEST:
            raise NotEnough(
                f"only {len(sure)} tune cases reach `{part.executor}` and are answered with a confidence",
                expected=f"at least {FEWEST} to find a limit",
                found=str(len(sure)),
                mend="collect tune cases, or give the part a number as `at_least`",
            )
        within = [one.at for one in _blocks(sure) if one.right >= 1.0 - self.budget]
        if not within:
            raise NotEnough(
                f"at no confidence is `{part.executor}` right often enough on the {len(sure)} tune cases that reach it",
                expected=f"a confidence at which at most {self.budget:g} are expected to be wrong",
                found="none",
                mend="take the part out, collect tune cases, or give it a number as `at_least`",
            )
        return within[0]


class _NoRecord:
    """Answers to tune cases are kept nowhere: the same parts are asked again when somebody tunes again."""

    def recorded(self, case_ids: Collection[str]) -> Mapping[str, Answer]:
        """None are there."""
        del case_ids
        return {}

    def add(self, answers: Mapping[str, Answer]) -> None:
        """Nothing is kept."""
        del answers


def _blocks(asked: Sequence[_Asked]) -> tuple[ExpectedRight, ...]:
    from remit.stats import expected_right

    if not asked:
        return ()
    return expected_right([one.confidence or 0.0 for one in asked], [not one.wrong for one in asked])


def _steps(blocks: Sequence[ExpectedRight]) -> tuple[Step, ...]:
    from remit.executors.cascade.tuned import Step

    return tuple(Step(at=one.at, right=one.right) for one in blocks) or _one_step(n=0, n_right=0)


def _one_step(*, n: int, n_right: int) -> tuple[Step, ...]:
    from remit.executors.cascade.tuned import Step

    return (Step(at=0.0, right=(n_right + 1) / (n + 2)),)
