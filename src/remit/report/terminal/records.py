"""Whether the record verifies, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remit.report.numbers import counted, moment
from remit.report.terminal.sheet import Cell, Column, Sheet, Style
from remit.report.text import visible
from remit.runtime.verify import Unsealed

__all__ = ["LedgerCheck", "render_ledger"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerCheck:
    """What verifying one chain came to. ``fault`` is None where it verifies, else says what does not fit.

    ``head`` is the hash of the last entry; ``at_entry`` the first entry that does not fit.  ``n_seals`` cover the
    entries up to ``sealed_to`` (None: no seal); the signatures of ``n_seals_checked`` were checked.  ``unsealed`` is
    what no seal covers.
    """

    chain: str
    n_entries: int
    head: str | None
    fault: str | None = None
    at_entry: int | None = None
    n_seals: int = 0
    n_seals_checked: int = 0
    sealed_to: int | None = None
    unsealed: Unsealed | None = None


def render_ledger(checks: Sequence[LedgerCheck], *, width: int, colour: bool) -> str:
    """Whether every chain of the record verifies, what does not fit first."""
    sheet = Sheet(width=width, colour=colour)
    broken = [check for check in checks if check.fault is not None]
    n = sum(check.n_entries for check in checks)
    if n == 0 and not broken:
        sheet.point("○", "not run: the record has no entries yet", indent=0, style=Style.QUIET)
        return sheet.text()
    if broken:
        chains = counted(len(checks), "chain")
        sheet.point("✗", f"The record does not verify: {len(broken)} of {chains} broken.", indent=0, style=Style.BAD)
    else:
        text = f"The record verifies: {counted(n, 'entry', 'entries')} in {counted(len(checks), 'chain')}."
        sheet.point("✓", text, indent=0, style=Style.GOOD)
    sheet.blank()
    columns = (
        Column(heading="chain", gives=True),
        Column(heading="entries", right=True),
        Column(heading="sealed to", right=True),
        Column(heading="head"),
        Column(heading="found", gives=True),
    )
    ordered = sorted(checks, key=lambda check: (check.fault is None, check.chain))
    sheet.table(columns, [_ledger_cells(check) for check in ordered])
    unchecked = sum(check.n_seals - check.n_seals_checked for check in checks)
    if unchecked:
        sheet.blank()
        sheet.point(
            "?",
            f"The signatures of {counted(unchecked, 'seal')} are not checked: there is no key here. "
            "Name the file that holds it: --key FILE.",
            indent=0,
            style=Style.QUIET,
        )
    for check in ordered:
        if check.unsealed is not None:
            sheet.blank()
            sheet.point("?", _not_sealed(check, check.unsealed), indent=0, style=Style.QUIET)
    return sheet.text()


def _not_sealed(check: LedgerCheck, unsealed: Unsealed) -> str:
    since = f"since entry {unsealed.first_seq:,}, of {moment(unsealed.since)}"
    if check.n_seals:
        return f"{visible(check.chain)} is not sealed {since}: `remit ledger seal` seals."
    if unsealed.key_known:
        return (
            f"No seal is there over {visible(check.chain)}: it is not sealed {since}, though there is a key here. "
            "Where it was sealed before, its seals were deleted, and nothing but a noted end shows that: --anchor FILE."
        )
    return f"No seal is there over {visible(check.chain)}: it is not sealed {since}. `remit ledger seal` seals."


def _ledger_cells(check: LedgerCheck) -> Sequence[Cell]:
    at = f"entry {check.at_entry:,}: " if check.at_entry is not None else ""
    found = (
        Cell(text=f"✗ {at}{check.fault}", style=Style.BAD)
        if check.fault is not None
        else Cell(text="✓ verifies", style=Style.GOOD)
    )
    return (
        Cell(text=visible(check.chain)),
        Cell(text=f"{check.n_entries:,}"),
        Cell(text=f"{check.sealed_to:,}" if check.sealed_to is not None else "–"),
        Cell(text=check.head[:12] if check.head is not None else "–"),
        found,
    )
