"""How far people agree, for a terminal and as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from remit.cases.cells import answer_text
from remit.report.documents import plain
from remit.report.numbers import Rounding, counted, number, percent
from remit.report.terminal.sheet import Cell, Column, Sheet, Style
from remit.report.text import clipped, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from remit.cases.labelling.agreement import Agreement, Answered
    from remit.stats import Agreement as Measure

__all__ = ["KNOWN", "agreement_document", "render_agreement", "said_by"]

KNOWN = "case file"
"""Who said what was in the case file before."""

_MOST_SPLIT = 20
_MOST_NOTES = 20
_MOST_TEXT = 200


def said_by(one: Answered, fields: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Who said what of one item, in words; the answer of the case file comes last."""
    said = list(one.answers.items())
    if one.known is not None:
        said.append((KNOWN, one.known))
    return tuple((who, _words(answer, fields)) for who, answer in said)


def _words(answer: Any, fields: Sequence[str]) -> str:
    if len(fields) == 1:
        return answer_text(answer.get(fields[0]))
    return ", ".join(f"{name} {answer_text(answer.get(name))}" for name in fields)


def agreement_document(found: Any) -> dict[str, Any]:
    """An agreement with its questions, as ``--json`` prints it."""
    questions = [{"person": who, "case": one.case, "question": one.note} for who, one in found.heard.questions()]
    before = {"before": found.heard.n_before, "gone": found.heard.n_gone}
    return {**plain(found.agreement), "questions": questions, "not_counted": before}


def render_agreement(found: Any, *, work: str, width: int, colour: bool) -> str:
    """How far people agree: the share with its exact interval, kappa and alpha beside it, and where they split."""
    sheet = Sheet(width=width, colour=colour)
    agreement: Agreement = found.agreement
    if not agreement.people:
        sheet.paragraph("Nobody answered yet.")
        sheet.paragraph(f"`remit cases label {work} --as PERSON`, for two people.", style=Style.QUIET)
        _not_counted(sheet, found)
        return sheet.text()
    sheet.heading(f"Agreement of {', '.join(visible(one) for one in agreement.people)}")
    _fields(sheet, agreement)
    _people(sheet, agreement)
    _against_known(sheet, agreement)
    _split(sheet, found, work)
    _questions(sheet, found)
    _not_counted(sheet, found)
    return sheet.text()


def _fields(sheet: Sheet, agreement: Agreement) -> None:
    if not agreement.n:
        sheet.paragraph("No item was answered by two people yet: nothing can be said about agreement.")
        return
    sheet.paragraph(
        f"{agreement.n_agreed:,} of {counted(agreement.n, 'item')} got the same answer from everybody who answered: "
        f"{percent(agreement.n_agreed / agreement.n)}, {_interval(agreement.lower, agreement.upper)} "
        f"(exact, each side {percent(1 - agreement.delta)} sure)"
    )
    columns = (
        Column(heading="field", gives=True),
        Column(heading="same", right=True),
        Column(heading="of", right=True),
        Column(heading="interval", right=True),
        Column(heading="kappa"),
        Column(heading="alpha"),
    )
    rows = [
        (
            Cell(text=visible(one.field)),
            Cell(text=f"{one.n_agreed:,}"),
            Cell(text=f"{one.n:,}"),
            Cell(text=_interval(one.lower, one.upper)),
            Cell(text="two people only" if one.kappa is None else _measure(one.kappa)),
            Cell(text=_measure(one.alpha)),
        )
        for one in agreement.fields
    ]
    sheet.table(columns, rows)
    sheet.paragraph(
        "kappa (Cohen), alpha (Krippendorff): agreement beyond chance, bootstrap intervals; no verdict by themselves.",
        style=Style.QUIET,
    )


def _measure(one: Measure) -> str:
    if one.value is None:
        return "not measured: all the same"
    return f"{number(one.value)} ({number(one.lower)} to {number(one.upper)})"


def _interval(lower: float | None, upper: float | None) -> str:
    return f"{percent(lower, Rounding.DOWN)} to {percent(upper, Rounding.UP)}"


def _people(sheet: Sheet, agreement: Agreement) -> None:
    sheet.blank()
    columns = (
        Column(heading="person", gives=True),
        Column(heading="answers", right=True),
        Column(heading="judged", right=True),
        Column(heading="wrong", right=True),
        Column(heading="share wrong"),
    )
    rows = [
        (
            Cell(text=visible(one.person)),
            Cell(text=f"{one.n_answers:,}"),
            Cell(text=f"{one.n_judged:,}"),
            Cell(text=f"{one.n_wrong:,}" if one.n_judged else "not measured"),
            Cell(text=_interval(one.lower, one.upper) if one.n_judged else "not measured"),
        )
        for one in agreement.records
    ]
    sheet.table(columns, rows)


def _against_known(sheet: Sheet, agreement: Agreement) -> None:
    if agreement.n_known:
        sheet.paragraph(
            f"From the declared inputs alone {agreement.n_same_as_known:,} of {counted(agreement.n_known, 'answer')} "
            f"equal what the case file says: {_interval(agreement.known_lower, agreement.known_upper)}"
        )


def _split(sheet: Sheet, found: Any, work: str) -> None:
    agreement: Agreement = found.agreement
    if not agreement.split:
        return
    n_open = sum(one.settled is None for one in agreement.split)
    sheet.heading(f"{counted(len(agreement.split), 'item')} that people split on, {n_open:,} not settled")
    for one in agreement.split[:_MOST_SPLIT]:
        said = "; ".join(f"{visible(who)} {visible(text)}" for who, text in said_by(one, found.fields))
        settled = "" if one.settled is None else f"; settled: {visible(_words(one.settled, found.fields))}"
        sheet.paragraph(f"{visible(one.case)}: {said}{settled}", indent=2, hang=2)
        given = ", ".join(f"{name} {answer_text(value)}" for name, value in found.heard.one(one.case).input.items())
        sheet.paragraph(clipped(visible(given), _MOST_TEXT), indent=4, style=Style.QUIET)
    if len(agreement.split) > _MOST_SPLIT:
        sheet.paragraph(f"and {len(agreement.split) - _MOST_SPLIT:,} more: --json lists them", indent=2)
    if n_open:
        sheet.paragraph(f"`remit cases agree {work} --settle` asks the accountable person.", style=Style.QUIET)


def _questions(sheet: Sheet, found: Any) -> None:
    questions = found.heard.questions()
    if not questions:
        return
    sheet.heading(f"{counted(len(questions), 'question')}: what could not be answered")
    for who, one in questions[:_MOST_NOTES]:
        sheet.paragraph(f"{visible(one.case)}: {visible(who)} asks: {visible(one.note or '')}", indent=2, hang=2)
    if len(questions) > _MOST_NOTES:
        sheet.paragraph(f"and {len(questions) - _MOST_NOTES:,} more: --json lists them", indent=2)


def _not_counted(sheet: Sheet, found: Any) -> None:
    if found.heard.n_before:
        sheet.paragraph(
            f"{counted(found.heard.n_before, 'answer')} to an earlier version of the definition: not counted",
            style=Style.QUIET,
        )
    if found.heard.n_gone:
        sheet.paragraph(
            f"{counted(found.heard.n_gone, 'answer')} about items that are there no more: not counted",
            style=Style.QUIET,
        )
