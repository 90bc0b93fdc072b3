"""The simple executors that always run along: what a fixed answer, or the definition's own table, would do."""

from __future__ import annotations

from collections.abc import Iterable

from remit.cases.case import Case
from remit.cases.most_frequent import MostFrequent
from remit.definition.model import Definition
from remit.errors import NotEnough
from remit.executors.fingerprint import digest_of_executor
from remit.executors.table import own_table
from remit.items import Answer, ExecutorKind, ExecutorSpec, JsonObject

__all__ = ["ConstantExecutor", "majority", "own_table"]


class ConstantExecutor:
    """One and the same answer to everything. It gives no confidence."""

    __slots__ = ("_answer", "answers_at_once", "digest", "gives_confidence", "spec")

    def __init__(self, output: JsonObject, *, spec: ExecutorSpec) -> None:
        self.spec = spec
        self.gives_confidence = False
        self.answers_at_once = True
        self._answer = Answer(output=output)
        self.digest = digest_of_executor(spec, {"output": dict(output)})

    def answer(self, given: JsonObject) -> Answer:
        """Answer one input."""
        del given
        return self._answer


def majority(cases: Iterable[Case], *, definition: Definition) -> ConstantExecutor:
    """The most frequent expected answer as an executor: what guessing would do.

    See :class:`~remit.cases.most_frequent.MostFrequent` for how answers are counted.

    Args:
        cases: the tune cases, never those of the prove set.
        definition: the work they are for.

    Raises:
        NotEnough: there are no cases.
    """
    counted = MostFrequent([decision.id for decision in definition.decisions])
    for case in cases:
        counted.add(case)
    output = counted.output()
    if output is None:
        raise NotEnough(
            "there is no tune case to find the most frequent answer in",
            expected="at least one case with split `tune`",
            mend="divide the cases with remit cases split",
        )
    spec = ExecutorSpec(name="majority", work=definition.id, kind=ExecutorKind.TABLE)
    return ConstantExecutor(output, spec=spec)
