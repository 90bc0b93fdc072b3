"""The summary of a proof for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from remit.proof.document import ProofDocument
from remit.report.numbers import counted
from remit.report.proof_view import ExpectedNotice, OutlookRow, ProofView, VerdictRow, proof_view
from remit.report.states import Shown, mark_of, tone_of
from remit.report.terminal.cascading.parts import cost_against_coverage, part_shares
from remit.report.terminal.sheet import Cell, Column, Sheet, Style, style_of
from remit.report.text import clipped, padded, visible, width_of

__all__ = ["render_proof"]

_MOST_SLICES = 10
_MOST_OPEN = 4
_MOST_WRONG = 5
_MOST_DATA = 48
_SHORT_DIGEST = 12


def render_proof(
    document: ProofDocument,
    *,
    width: int,
    colour: bool,
    full: bool = True,
    stale: str | None = None,
    notice: ExpectedNotice | None = None,
) -> str:
    """What was found, in the order of what a reader needs; everything else is in the HTML report and the document.

    ``full=False`` is about one screen: the claim, the verdicts, what other budgets would allow, what it costs.

    ``stale`` says why the proof no longer counts, ``notice`` what the audits are expected to notice (see
    :func:`remit.report.proof_view.proof_view`).
    """
    view = proof_view(document, stale=stale, notice=notice, most_wrong=_MOST_WRONG, most_confusions=_MOST_WRONG)
    sheet = Sheet(width=width, colour=colour)
    sheet.heading(view.heading)
    sheet.paragraph(view.subheading, style=Style.QUIET)
    _claim(sheet, view)
    sheet.heading("Verdicts, worst first")
    if not full:
        _short(sheet, view)
        return sheet.text()
    _verdicts(sheet, view.verdicts)
    _slices(sheet, view)
    _outlook(sheet, view)
    if view.cascade is not None:
        part_shares(sheet, view.cascade)
        cost_against_coverage(sheet, view.cascade)
    _others(sheet, view)
    _wrong(sheet, view)
    _basis(sheet, view)
    return sheet.text()


def _claim(sheet: Sheet, view: ProofView) -> None:
    sheet.blank()
    style = style_of(tone_of(view.claim.state))
    sheet.point(mark_of(view.claim.state), view.claim.headline, indent=0, style=style)
    for sentence in view.claim.sentences:
        sheet.paragraph(sentence, indent=2)
    sheet.blank()
    rows = [
        (Cell(text=tile.label, style=Style.QUIET), Cell(text=tile.value, style=Style.STRONG), Cell(text=tile.note))
        for tile in view.tiles
    ]
    sheet.table((Column(), Column(), Column(gives=True)), rows)


def _verdicts(sheet: Sheet, rows: Sequence[VerdictRow]) -> None:
    width = max((width_of(row.state) for row in rows), default=0)
    for row in rows:
        style = style_of(tone_of(row.state))
        what = f"{row.id} {row.what}" if row.id else row.what
        sheet.point(f"{mark_of(row.state)} {padded(row.state, width)} ", f"{what}: {row.asked}", style=style)
        sheet.paragraph(f"{row.found}; n = {row.n}" if row.n is not None else row.found, indent=width + 6)
        if row.note:
            sheet.paragraph(row.note, indent=width + 6, style=Style.QUIET)


def _short(sheet: Sheet, view: ProofView) -> None:
    for row in view.verdicts:
        what = f"{row.id} {row.what}" if row.id else row.what
        n = f"; n = {row.n}" if row.n is not None else ""
        said = f"{mark_of(row.state)} {row.state}"
        sheet.point(said, f"{what}: {row.asked}. Found: {row.found}{n}", style=style_of(tone_of(row.state)))
    if view.slices:
        states = Counter(row.state for row in view.slices)
        counts = ", ".join(f"{n} {state}" for state, n in states.most_common())
        sheet.paragraph(
            f"{counted(len(view.slices), 'slice')}: {counts}; the worst is {_slice(view.slices[0])}", indent=2
        )
    if view.slice_certificates:
        sheet.paragraph(_alone_in(view.slice_certificates), indent=2)
    if view.second_person is not None:
        sheet.paragraph(view.second_person.short, indent=2)
    if view.cascade is not None:
        part_shares(sheet, view.cascade)
    _outlook_table(sheet, _without_repeats(view.outlook))
    _costs(sheet, view)


def _alone_in(rows: Sequence[VerdictRow]) -> str:
    """In how many slices it may act alone by their own evidence, and in which ones not."""
    open_ = [row.what for row in rows if row.state is not Shown.MET]
    n_certified = len(rows) - len(open_)
    named = ", ".join(open_[:_MOST_OPEN]) + (f" and {len(open_) - _MOST_OPEN} more" if len(open_) > _MOST_OPEN else "")
    rest = f"; not in {named} (--full says why)" if open_ else ""
    return f"certified by its own evidence in {n_certified} of {counted(len(rows), 'slice')}{rest}"


def _slice(row: VerdictRow) -> str:
    what = f"{row.id} {row.what}" if row.id else row.what
    return f"{what}: {row.state}, {row.found}"


def _without_repeats(rows: Sequence[OutlookRow]) -> list[OutlookRow]:
    """Leave out looser budgets that allow no more than a tighter one, and tighter ones as hopeless as a looser one."""
    kept: list[OutlookRow] = []
    for row in rows:
        repeats = bool(kept) and row.certified and (kept[-1].allows, kept[-1].threshold) == (row.allows, row.threshold)
        if kept and not kept[-1].is_budget and not row.certified and kept[-1].allows == row.allows:
            kept.pop()
        if row.is_budget or not repeats:
            kept.append(row)
    return kept


def _slices(sheet: Sheet, view: ProofView) -> None:
    for heading, rows in (
        ("Slices, worst first", view.slices),
        ("Acting alone in a slice, by its own evidence", view.slice_certificates),
    ):
        if not rows:
            continue
        sheet.heading(heading)
        _verdicts(sheet, rows[:_MOST_SLICES])
        if len(rows) > _MOST_SLICES:
            left = counted(len(rows) - _MOST_SLICES, "more slice")
            sheet.paragraph(f"{left} in the report.", indent=2, style=Style.QUIET)


def _outlook(sheet: Sheet, view: ProofView) -> None:
    _outlook_table(sheet, view.outlook)
    if view.routes:
        sheet.heading("Where these cases would go")
        sheet.table(
            (
                Column(heading="route"),
                Column(heading="reason", gives=True),
                Column(heading="cases", right=True),
                Column(heading="share", right=True),
            ),
            [
                (Cell(text=row.route), Cell(text=row.reason), Cell(text=row.n), Cell(text=row.share))
                for row in view.routes
            ],
        )


def _outlook_table(sheet: Sheet, rows: Sequence[OutlookRow]) -> None:
    if rows:
        sheet.heading("What an error budget allows on this evidence")
        columns = (Column(heading="wrong"), Column(heading="allows", gives=True), Column(heading="found"))
        sheet.table(columns, [_outlook_cells(row) for row in rows])


def _outlook_cells(row: OutlookRow) -> Sequence[Cell]:
    above = f", confidence {row.threshold} or more" if row.threshold is not None else ""
    return (
        Cell(text=row.budget + (" (yours)" if row.is_budget else "")),
        Cell(text=row.allows + above, style=Style.GOOD if row.certified else Style.PLAIN),
        Cell(text=row.wrong),
    )


def _others(sheet: Sheet, view: ProofView) -> None:
    if view.baselines:
        sheet.heading("Simple ways on the same cases")
        sheet.table(
            (
                Column(heading="baseline"),
                Column(heading="what it does", gives=True),
                Column(heading="wrong"),
                Column(heading="accuracy", gives=True),
            ),
            [
                (Cell(text=row.name), Cell(text=row.what), Cell(text=row.wrong), Cell(text=row.accuracy))
                for row in view.baselines
            ],
        )
    if view.second_person is not None:
        sheet.heading("Beside a second person")
        lines = view.second_person.lines
        rows = [(Cell(text=line.label, style=Style.QUIET), Cell(text=line.value)) for line in lines]
        sheet.table((Column(), Column(gives=True)), rows)
        sheet.paragraph(view.second_person.caveat, indent=2, style=Style.QUIET)
    _costs(sheet, view)


def _costs(sheet: Sheet, view: ProofView) -> None:
    if view.costs:
        sheet.heading("What 1,000 items cost")
        sheet.table(
            (
                Column(heading="policy", gives=True),
                Column(heading="estimate", right=True),
                Column(heading=f"at most ({view.sure})", right=True),
            ),
            [
                (
                    Cell(text=f"{row.policy} ({row.note})" if row.note else row.policy),
                    Cell(text=row.estimate),
                    Cell(text=row.upper),
                )
                for row in view.costs
            ],
        )


def _wrong(sheet: Sheet, view: ProofView) -> None:
    if view.confusions:
        sheet.heading("Most frequent mix-ups")
        sheet.table(
            (
                Column(heading="cases", right=True),
                Column(heading="decision"),
                Column(heading="right is", gives=True),
                Column(heading="it said", gives=True),
            ),
            [
                (Cell(text=row.n), _data(row.decision), _data(row.expected), _data(row.answered))
                for row in view.confusions
            ],
        )
    if view.wrong:
        sheet.heading("Wrong, the most confident first")
        sheet.table(
            (
                Column(heading="case", gives=True),
                Column(heading="confidence", right=True),
                Column(heading="right is", gives=True),
                Column(heading="it said", gives=True),
            ),
            [
                (_data(row.case), Cell(text=row.confidence), _data(row.expected), _data(row.answered))
                for row in view.wrong
            ],
        )
    if view.n_wrong_left_out:
        left = counted(view.n_wrong_left_out, "more wrong case")
        sheet.paragraph(f"{left} in the document.", indent=2, style=Style.QUIET)


def _basis(sheet: Sheet, view: ProofView) -> None:
    sheet.heading("What it stands on")
    rows = [(Cell(text=line.label, style=Style.QUIET), Cell(text=line.value)) for line in view.facts]
    digests = ", ".join(f"{line.label.lower()} {line.value[:_SHORT_DIGEST]}" for line in view.digests)
    rows.append((Cell(text="Digests", style=Style.QUIET), Cell(text=digests)))
    sheet.table((Column(), Column(gives=True)), rows)
    for title, texts in (("Assumes", view.assumptions), ("Limits", view.limits)):
        if texts:
            sheet.heading(title)
            for text in texts:
                sheet.point("-", text)
    sheet.heading("Again")
    sheet.paragraph(view.reproduce, indent=2, hang=2)


def _data(text: str) -> Cell:
    return Cell(text=clipped(visible(text), _MOST_DATA))
