"""One case judged: was it right, field by field, and what would the error have cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from remit.cases.case import Case
from remit.deciding.prepare import Prepared
from remit.definition.expressions import Activation, AllOf, Expression, activation
from remit.definition.schemas import coercer, output_schema
from remit.items import Json, JsonObject

__all__ = ["CaseJudge", "Judged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What one answer came to.

    ``wrong`` is by ``quality.correct_when`` (default: any decision differs; where none is written, any expected
    field); no answer, or one that breaks the schema, is wrong.  ``output`` is None then.  ``loss`` is the sum of the
    declared costs of errors, in the currency of the project; without an answer it is the highest that is declared.
    """

    case: Case
    output: JsonObject | None
    wrong: bool
    loss: float


class CaseJudge:
    """Judges cases of one definition."""

    def __init__(self, work: Prepared) -> None:
        definition = work.definition
        quality = definition.quality
        self.decisions = tuple(decision.id for decision in definition.decisions)
        self._correct = (
            Expression(quality.correct_when) if quality is not None and quality.correct_when is not None else None
        )
        self._costs = tuple(
            (Expression(cost.when), cost.cost) for cost in (quality.error_costs if quality is not None else ())
        )
        self._no_cost = AllOf([Expression(f"!({expression.source}\n)") for expression, _ in self._costs])
        self._expected = coercer(output_schema(definition))
        self.highest_loss = sum(cost for _, cost in self._costs)
        self.has_costs = bool(self._costs)

    def judge(self, case: Case, given: JsonObject, output: JsonObject | None) -> Judged:
        """Judge one output (None: there is none that counts)."""
        if output is None:
            return Judged(case=case, output=None, wrong=True, loss=self.highest_loss)
        same = True
        for name in self.decisions or case.expected:
            same = same and same_value(output.get(name), case.expected.get(name))
        if self._correct is None and not self._costs:
            return Judged(case=case, output=output, wrong=not same, loss=0.0)
        roots = self._roots(case, given, output)
        wrong = not same if self._correct is None else self._correct.holds(activation(**roots)) is not True
        return Judged(case=case, output=output, wrong=wrong, loss=self._loss(roots))

    def values(self, case: Case, given: JsonObject, output: JsonObject | None) -> Activation:
        """The values that expressions about a judged case see."""
        return activation(**self._roots(case, given, output))

    def _roots(self, case: Case, given: JsonObject, output: JsonObject | None) -> dict[str, Mapping[str, object]]:
        roots: dict[str, Mapping[str, object]] = {
            "input": given,
            "expected": self._expected(case.expected),
            "case": {"id": case.id, "tags": list(case.tags), **case.slices},
        }
        if output is not None:
            roots["output"] = output
        return roots

    def _loss(self, roots: Mapping[str, Mapping[str, object]]) -> float:
        if not self._costs or self._no_cost.holds(roots):
            return 0.0
        values = activation(**roots)
        return sum(cost for expression, cost in self._costs if expression.holds(values) is not False)


def same_value(a: Json, b: Json) -> bool:
    """Whether two JSON values are equal, at any depth: 5 and 5.0 are, 1 and true are not."""
    if type(a) is str and type(b) is str:  # asked first because it is the usual case
        return a == b
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same_value, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same_value(a[name], b[name]) for name in a)
    return isinstance(a, bool) == isinstance(b, bool) and bool(a == b)
