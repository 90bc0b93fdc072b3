"""What of an answer is stored beside its output, and the answer again."""

from __future__ import annotations

import json
from collections.abc import Mapping

from remit.items import Answer, Fault, FaultKind
from remit.ledger.text import json_text

__all__ = ["answer_of", "said_text"]


def said_text(answer: Answer) -> str | None:
    """What else an executor said, as JSON text: the words of its fault, its signals, its trace. None for nothing."""
    if answer.fault is None and answer.trace is None and not answer.signals:
        return None
    said: dict[str, object] = {}
    if answer.fault is not None:
        said["fault"] = answer.fault.text
    if answer.signals:
        said["signals"] = dict(answer.signals)
    if answer.trace is not None:
        said["trace"] = answer.trace
    return json_text(said)


def answer_of(
    output: str | None,
    fault: str | None,
    confidence: float | None,
    seconds: float,
    cost: float | None,
    said: str | None,
) -> Answer:
    """The answer whose parts were stored."""
    more: Mapping[str, object] = {} if said is None else json.loads(said)
    signals = more.get("signals")
    trace = more.get("trace")
    return Answer(
        output=None if output is None else json.loads(output),
        confidence=confidence,
        seconds=seconds,
        cost=cost,
        fault=None if fault is None else Fault(kind=FaultKind(fault), text=str(more.get("fault", ""))),
        signals=signals if isinstance(signals, dict) else {},
        trace=trace if isinstance(trace, str) else None,
    )
