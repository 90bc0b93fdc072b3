"""One review for a terminal: why it came, the item, what was suggested, what was asked, what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from remit.items import JsonObject
from remit.report.numbers import moment
from remit.report.terminal.reviews import ReviewRow, how_to_decide, value_text
from remit.report.terminal.sheet import Cell, Column, Sheet, Style
from remit.reviews import AuditFinding, Outcome, ReviewState, ReviewView, TakenBack

__all__ = ["listed", "render_view"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    label: str
    lines: Sequence[str]


def listed(view: ReviewView) -> ReviewRow:
    """A review as a row of a list."""
    question = view.question
    is_asked = view.state is ReviewState.RETURNED and question is not None
    return ReviewRow(
        id=view.id,
        work=view.work,
        key=view.key,
        why=f"asked by {question['by']}: {question['text']}" if is_asked and question is not None else view.why,
        role=view.role,
        due_at=view.due_at,
        claimed_by=view.claimed_by,
        is_audit=view.is_audit,
    )


def render_view(view: ReviewView, *, width: int, colour: bool) -> str:
    """One review as a person may see it, and how to go on with it."""
    sheet = Sheet(width=width, colour=colour)
    sheet.paragraph(f"{view.id} · {view.work} · item {view.key}", style=Style.STRONG)
    sheet.blank()
    rows = [
        (Cell(text=part.label if index == 0 else "", style=Style.QUIET), Cell(text=line))
        for part in _parts(view)
        for index, line in enumerate(part.lines)
    ]
    sheet.table((Column(), Column(gives=True)), rows)
    if view.state in (ReviewState.OPEN, ReviewState.CLAIMED):
        how_to_decide(sheet, view.id, is_shown=True)
    elif view.state is ReviewState.RETURNED:
        sheet.blank()
        sheet.paragraph("Answer the question:", indent=2, style=Style.QUIET)
        sheet.paragraph(f"remit review answer {view.id} --by PERSON --text '...'", indent=2, hang=2)
    return sheet.text()


def _parts(view: ReviewView) -> Iterator[_Part]:
    yield _Part(label="why", lines=[f"audit, blind: {view.why}" if view.is_audit else view.why])
    whom = f"{view.claimed_by} (claimed)" if view.claimed_by is not None else (view.role or "anyone")
    due = f", due {moment(view.due_at)}" if view.due_at is not None else ""
    yield _Part(label="for", lines=[f"{whom}{due}"])
    first = {name: view.input[name] for name in view.show if name in view.input}
    rest = {name: value for name, value in view.input.items() if name not in first}
    yield _Part(label="input", lines=_fields({**first, **rest}))
    if not view.is_audit:
        yield _Part(
            label="suggests", lines=_fields(view.suggestion) if view.suggestion is not None else ["nothing, or hidden"]
        )
    for eye in view.eyes:
        yield _Part(label=eye.by, lines=[*_answer(eye.output), *([f'"{eye.comment}"'] if eye.comment else [])])
    if view.question is not None:
        yield _Part(label="asked", lines=list(_asked(view.question)))
    yield from _outcome(view)
    if view.undone is not None:
        yield _Part(label="undone", lines=list(_undone(view, view.undone)))


def _undone(view: ReviewView, undone: TakenBack) -> Iterator[str]:
    decided = f" what {view.decided_by} decided" if view.decided_by is not None else " this decision"
    at = f", {moment(undone.at)}" if undone.at is not None else ""
    yield f"{undone.by or 'somebody'} took back{decided}{at}: it counts nowhere"
    yield f"the item waits in review {undone.review}" if undone.waits else f"what counts is review {undone.review}"


def _asked(question: Mapping[str, object]) -> Iterator[str]:
    earlier = question.get("earlier")
    for one in (*(earlier if isinstance(earlier, list) else ()), question):
        yield f"{one['by']}: {one['text']}"
        answer = one.get("answer")
        if isinstance(answer, dict):
            yield f"{answer['by']}: {answer['text']}"


def _outcome(view: ReviewView) -> Iterator[_Part]:
    if view.outcome is not None:
        who = f" by {view.decided_by}" if view.decided_by is not None else ""
        at = f", {moment(view.decided_at)}" if view.decided_at is not None else ""
        answered = [] if view.outcome is Outcome.REJECTED else _answer(view.output)
        said = [f'"{view.comment}"'] if view.comment else []
        aside = [f"set aside: {', '.join(view.overridden)}"] if view.overridden else []
        yield _Part(label="came to", lines=[f"{view.outcome.value}{who}{at}", *answered, *said, *aside])
    if view.finding is not None:
        yield _Part(label="audit", lines=list(_finding(view.finding)))


def _finding(finding: AuditFinding) -> Iterator[str]:
    match finding.wrong:
        case True:
            yield "what was acted on is wrong by this answer"
        case False:
            yield "what was acted on is right by this answer"
        case None:
            yield "nobody can say whether what was acted on was right"
    if finding.acted_on is not None:
        yield f"acted on: {', '.join(_fields(finding.acted_on))}"
    for one in finding.undos if finding.wrong else ():
        how = one.undo or "the definition does not say how to undo it"
        until = f", until {moment(one.until)}" if one.until is not None else ""
        yield f"{one.effect} ({one.what}): {how}{until}"


def _answer(output: JsonObject | None) -> list[str]:
    return ["rejected"] if output is None else _fields(output)


def _fields(values: JsonObject) -> list[str]:
    return [f"{name}: {value_text(value)}" for name, value in values.items()] or ["no fields"]
