"""Beside a second person: how often two people disagree on the same cases, and how the executor does there."""

from __future__ import annotations

import numpy as np

from remit.cases.cells import answer_text
from remit.deciding.decision import Decision
from remit.deciding.judge_case import CaseJudge, Judged
from remit.items import JsonObject
from remit.proof.document import SecondPerson
from remit.readiness.facts import TargetVerdict
from remit.stats import binomial_lower, binomial_upper, cohen_kappa, compare_paired

__all__ = ["SecondTally", "second_person"]

_VERDICTS = {"a_better": TargetVerdict.MET, "b_better": TargetVerdict.MISSED}
_MANY = 20_000


class SecondTally:
    """The cases that two people labelled and the executor was asked: who was wrong, by the first person's answer."""

    __slots__ = ("_judge", "executor_wrong", "first", "second", "second_wrong")

    def __init__(self, judge: CaseJudge) -> None:
        self._judge = judge
        self.executor_wrong = bytearray()
        self.second_wrong = bytearray()
        self.first: list[str] = []
        self.second: list[str] = []

    def add(self, judged: Judged, decision: Decision) -> None:
        """Count one judged case, if a second person labelled it."""
        case = judged.case
        if not case.second:
            return
        self.executor_wrong.append(judged.wrong)
        self.second_wrong.append(self._judge.judge(case, decision.input, case.second).wrong)
        self.first.append(self._text(case.expected))
        self.second.append(self._text(case.second))

    def _text(self, answer: JsonObject) -> str:
        names = self._judge.decisions or sorted(answer)
        return "\n".join(f"{name} {answer_text(answer.get(name))}" for name in names)


def second_person(
    tally: SecondTally, *, delta: float, delta_full: float, rng: np.random.Generator
) -> SecondPerson | None:
    """What the cases with two people's answers say; None where there are none.

    Args:
        tally: these cases.
        delta: what the verdict on the executor against the second person may be wrong by.
        delta_full: the same for each of the bounds, which decide nothing.
        rng: bootstrap of Cohen's kappa.
    """
    n, n_disagree = len(tally.second_wrong), sum(tally.second_wrong)
    if not n:
        return None
    executor = np.frombuffer(bytes(tally.executor_wrong), dtype=np.bool_)
    found = compare_paired(executor, np.frombuffer(bytes(tally.second_wrong), dtype=np.bool_), delta=delta)
    n_boot = 500 if n <= _MANY else 100
    agreement = cohen_kappa(tally.first, tally.second, rng=rng, delta=delta_full, n_boot=n_boot)
    return SecondPerson(
        n=n,
        n_disagree=n_disagree,
        lower=binomial_lower(n_disagree, n, delta_full),
        upper=binomial_upper(n_disagree, n, delta_full),
        kappa=agreement.value,
        kappa_lower=agreement.lower,
        kappa_upper=agreement.upper,
        n_wrong=found.n_wrong_a,
        only_executor_wrong=found.n_only_a,
        only_second_wrong=found.n_only_b,
        p_value=found.p_value,
        better=_VERDICTS.get(found.verdict, TargetVerdict.UNPROVEN),
    )
