"""One decision for a terminal: the route first, then why."""

from __future__ import annotations

import json
from typing import assert_never

from remit.deciding.decision import Decision
from remit.items import Answer, Route
from remit.report.numbers import confidence_text, duration, money
from remit.report.terminal.reviews import how_to_decide
from remit.report.terminal.sheet import Cell, Column, Sheet, Style
from remit.report.text import clipped, visible

__all__ = ["render_decision"]

_MOST_VALUE = 400


def render_decision(
    decision: Decision,
    *,
    width: int,
    colour: bool,
    work: str,
    key: str | None = None,
    executor: str | None = None,
    review: str | None = None,
    currency: str | None = None,
    hidden: bool = False,
) -> str:
    """The route, the decisive reason, every other reason, the answer with its confidence, and the review that follows.

    The answer is shown as it came; who may see it is for the caller to say (an audit is blind): ``hidden`` says that
    there is one, and that the caller took it out.
    """
    sheet = Sheet(width=width, colour=colour)
    about = [work, *([f"item {key}"] if key else []), *([executor] if executor else []), f"level {decision.level}"]
    mark, style = _mark(decision.route)
    sheet.point(mark, str(decision.route), indent=0, style=style)
    sheet.paragraph(" · ".join(about), indent=2, style=Style.QUIET)
    sheet.blank()
    rows = [(Cell(text="why", style=Style.QUIET), Cell(text=_reason(decision, 0)))]
    rows += [
        (Cell(text="also", style=Style.QUIET), Cell(text=_reason(decision, index)))
        for index in range(1, len(decision.reasons))
    ]
    rows += _hidden() if hidden else _answer(decision.answer, currency)
    if review is not None:
        rows.append((Cell(text="review", style=Style.QUIET), Cell(text=review)))
    sheet.table((Column(), Column(gives=True)), rows)
    if review is not None:
        how_to_decide(sheet, review)
    return sheet.text()


def _mark(route: Route) -> tuple[str, Style]:
    match route:
        case Route.ACT:
            return "✓", Style.GOOD
        case Route.REVIEW:
            return "?", Style.DOUBT
        case Route.REJECT | Route.STOPPED:
            return "✗", Style.BAD
        case Route.INCUMBENT:
            return "○", Style.PLAIN
        case _:
            assert_never(route)


def _reason(decision: Decision, index: int) -> str:
    reason = decision.reasons[index]
    return reason.text + (f" ({reason.id})" if reason.id and reason.id not in reason.text else "")


def _hidden() -> list[tuple[Cell, Cell]]:
    return [(Cell(text="answer", style=Style.QUIET), Cell(text="hidden: it is only compared", style=Style.QUIET))]


def _answer(answer: Answer | None, currency: str | None) -> list[tuple[Cell, Cell]]:
    if answer is None:
        return [(Cell(text="answer", style=Style.QUIET), Cell(text="none: no executor ran", style=Style.QUIET))]
    if answer.output is None:
        fault = f": {answer.fault.kind}, {answer.fault.text}" if answer.fault is not None else ""
        rows = [(Cell(text="answer", style=Style.QUIET), Cell(text=f"none{fault}", style=Style.BAD))]
    else:
        rows = [
            (Cell(text=visible(name), style=Style.QUIET), Cell(text=_value(value), style=Style.STRONG))
            for name, value in answer.output.items()
        ]
    said = [f"confidence {confidence_text(answer.confidence)}" if answer.confidence is not None else "no confidence"]
    said.append(duration(answer.seconds))
    said += [money(answer.cost, currency)] if answer.cost is not None else []
    return [*rows, (Cell(text="with", style=Style.QUIET), Cell(text=", ".join(said)))]


def _value(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return clipped(visible(text), _MOST_VALUE)
