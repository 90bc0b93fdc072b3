"""What one metric counts: for each judged case, whether it counts at all and whether it is a success.

Every metric that is a proportion is one function here.  The others (mean costs, F1 over fields, shares of routes)
keep their values and are judged in ``targets.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from remit.deciding.judge_case import Judged, same_value
from remit.definition.model import Metric, Target
from remit.items import Answer, FaultKind, Json, JsonObject

__all__ = ["Success", "success_of"]

Success = Callable[[Judged, Answer], bool | None]
"""True: a success; False: a failure; None: the case is not in the denominator."""


def success_of(target: Target, decisions: tuple[str, ...]) -> Success | None:
    """How ``target`` counts, or None where its metric is no proportion of cases judged one by one.

    Successes of ``error_rate`` are the errors.  For ``seconds_p95`` they are the answers later than the limit (the
    target is met where at most 5 % are); a time-out is later than any limit.
    """
    of = target.of if target.of is not None else decisions[0] if len(decisions) == 1 else None
    match target.metric:
        case Metric.ACCURACY:
            return _right(target.of)
        case Metric.ERROR_RATE:
            right = _right(target.of)
            return lambda judged, answer: not right(judged, answer)
        case Metric.FIELD_MATCH:
            return _fields_match(target.of)
        case Metric.RECALL:
            return None if of is None else _recall(of, target.class_)
        case Metric.PRECISION:
            return None if of is None else _precision(of, target.class_)
        case Metric.F1:
            return None if of is None or target.class_ is None else _overlap(of, target.class_)
        case Metric.SECONDS_P95:
            return None if target.at_most is None else _later_than(target.at_most)
        case Metric.REVIEW_RATE | Metric.CONSISTENCY | Metric.COST_PER_ITEM | Metric.EXPECTED_COST:
            return None
        case _:
            assert_never(target.metric)


def _right(of: str | None) -> Callable[[Judged, Answer], bool]:
    if of is None:
        return lambda judged, _: not judged.wrong
    return lambda judged, _: (
        judged.output is not None and same_value(judged.output.get(of), judged.case.expected.get(of))
    )


def _fields_match(of: str | None) -> Success:
    def matches(judged: Judged, _: Answer) -> bool:
        output: JsonObject | None = judged.output
        names = judged.case.expected if of is None else (of,)
        return output is not None and all(
            same_value(output.get(name), judged.case.expected.get(name)) for name in names
        )

    return matches


def _recall(of: str, class_: Json) -> Success:
    def found(judged: Judged, _: Answer) -> bool | None:
        if not same_value(judged.case.expected.get(of), class_):
            return None
        return judged.output is not None and same_value(judged.output.get(of), class_)

    return found


def _precision(of: str, class_: Json) -> Success:
    def right(judged: Judged, _: Answer) -> bool | None:
        if judged.output is None or not same_value(judged.output.get(of), class_):
            return None
        return same_value(judged.case.expected.get(of), class_)

    return right


def _overlap(of: str, class_: Json) -> Success:
    """Both expected and answered, among the cases where either is: J = TP / (TP + FP + FN)."""

    def both(judged: Judged, _: Answer) -> bool | None:
        expected = same_value(judged.case.expected.get(of), class_)
        answered = judged.output is not None and same_value(judged.output.get(of), class_)
        return (expected and answered) if expected or answered else None

    return both


def _later_than(limit: float) -> Success:
    def later(_: Judged, answer: Answer) -> bool:
        timed_out = answer.fault is not None and answer.fault.kind is FaultKind.TIMEOUT
        return timed_out or answer.seconds > limit

    return later
