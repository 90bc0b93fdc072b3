"""What ``remit intent`` says, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from remit.intent import IntentReading, IntentVerdict
from remit.report.numbers import counted
from remit.report.states import Tone
from remit.report.terminal.sheet import Cell, Column, Sheet, Style, style_of

__all__ = ["ReadStatement", "render_asked", "render_intent", "render_intents", "render_said"]

_MARKS: Final = {
    IntentVerdict.INTENT_ONLY: ("○", Tone.DOUBT),
    IntentVerdict.PARTLY_DEFINED: ("○", Tone.DOUBT),
    IntentVerdict.EXECUTABLE_DRAFT: ("✓", Tone.GOOD),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadStatement:
    """One statement of a file: the line on which it begins, and its reading."""

    line: int
    reading: IntentReading


def render_intent(reading: IntentReading, *, width: int, colour: bool) -> str:
    """One sentence: its verdict, what of it is there, what keeps readers apart, what to ask next."""
    sheet = Sheet(width=width, colour=colour)
    mark, tone = _MARKS[reading.verdict]
    sheet.point(mark, _verdict(reading.verdict), indent=0, style=style_of(tone))
    sheet.paragraph(f"“{reading.text}”", indent=2, style=Style.QUIET)
    sheet.blank()
    cells = [
        (
            Cell(text="✓" if one.words is not None else "○"),
            Cell(text=one.slot.value),
            Cell(
                text=one.words if one.words is not None else "not said yet",
                style=Style.PLAIN if one.words is not None else Style.QUIET,
            ),
        )
        for one in reading.slots
    ]
    sheet.table((Column(), Column(), Column(gives=True)), cells)
    if reading.findings:
        sheet.heading("Words that each reader takes differently")
        for finding in reading.findings:
            said = ", ".join(f"“{word}”" for word in finding.words[:6])
            sheet.point("·", f"{said}: {finding.message}. {_capital(finding.mend)}.")
    _questions(sheet, reading)
    return sheet.text()


def render_intents(rows: Sequence[ReadStatement], *, width: int, colour: bool) -> str:
    """Many sentences, one line each, then how many there are of which verdict."""
    sheet = Sheet(width=width, colour=colour)
    cells = []
    for row in rows:
        mark, tone = _MARKS[row.reading.verdict]
        asked = [question.slot.value for question in row.reading.questions]
        cells.append(
            (
                Cell(text=str(row.line)),
                Cell(text=f"{mark} {row.reading.verdict.value}", style=style_of(tone)),
                Cell(text=row.reading.text),
                Cell(text=", ".join(asked), style=Style.QUIET),
            )
        )
    columns = (
        Column(heading="line", right=True),
        Column(heading="verdict"),
        Column(heading="statement", gives=True),
        Column(heading="ask next"),
    )
    sheet.table(columns, cells)
    sheet.blank()
    counts = [(verdict, sum(row.reading.verdict is verdict for row in rows)) for verdict in IntentVerdict]
    said = ", ".join(f"{n} {verdict.value}" for verdict, n in counts)
    sheet.paragraph(f"{counted(len(rows), 'statement')}: {said}.")
    if len(rows) > counts[-1][1]:
        sheet.paragraph("`remit intent TEXT` says of one sentence what is missing and what to ask.", style=Style.QUIET)
    return sheet.text()


def _verdict(verdict: IntentVerdict) -> str:
    if verdict is IntentVerdict.EXECUTABLE_DRAFT:
        return "Executable draft: two people could start from this. `remit define` makes a definition of it."
    return f"Not yet executable: {verdict.value}."


def _questions(sheet: Sheet, reading: IntentReading) -> None:
    if not reading.questions:
        return
    sheet.heading("What to ask next")
    for number, question in enumerate(reading.questions, start=1):
        sheet.point(f"{number}.", question.text)
        sheet.paragraph(f"for example: {question.example}", indent=5, hang=2, style=Style.QUIET)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def render_asked(heading: str, ask: str, lines: Sequence[str], *, width: int, colour: bool) -> str:
    """One question of the interview: where we are, the question, and what stands below it."""
    sheet = Sheet(width=width, colour=colour)
    sheet.paragraph(heading, style=Style.QUIET)
    sheet.paragraph(ask, style=Style.STRONG)
    for line in lines:
        sheet.paragraph(line, indent=2, hang=2, style=Style.QUIET)
    return f"\n{sheet.text()}"


def render_said(text: str, *, indent: int, width: int) -> str:
    """A paragraph of the interview."""
    sheet = Sheet(width=width, colour=False)
    sheet.paragraph(text, indent=indent)
    return sheet.text()
