"""The differences of two definitions for a terminal: the gravest first, then what they make void."""

from __future__ import annotations

from typing import Final

from remit.definition.differences import Change, ChangeKind, Compared
from remit.report.numbers import counted
from remit.report.terminal.sheet import Sheet, Style
from remit.report.text import visible

__all__ = ["render_differences"]

_KINDS: Final = {
    ChangeKind.BREAKING: ("Breaking: another promise, to be looked at anew", "!", Style.BAD),
    ChangeKind.LOOSENING: ("Loosening: more is let through, or less is asked", "-", Style.DOUBT),
    ChangeKind.TIGHTENING: ("Tightening: less is let through, or more is asked", "+", Style.GOOD),
    ChangeKind.WORDING: ("Wording: nothing is decided differently", "·", Style.QUIET),
}
_MOST_SHOWN: Final = 30


def render_differences(compared: Compared, *, width: int, colour: bool) -> str:
    """What changed, kind by kind, and which proofs and grants are void by it."""
    sheet = Sheet(width=width, colour=colour)
    found = compared.differences
    changes = found.changes
    sheet.heading(
        f"{found.after_id}: what changed", right=counted(len(changes), "change") if changes else "nothing changed"
    )
    sheet.paragraph(f"from {compared.before} to {compared.after}")
    if not changes:
        sheet.blank()
        sheet.paragraph("They say the same.")
        return sheet.text()
    for kind, (title, mark, style) in _KINDS.items():
        _changes(sheet, [one for one in changes if one.kind is kind], title, mark=mark, style=style)
    _void(sheet, compared)
    return sheet.text()


def _changes(sheet: Sheet, changes: list[Change], title: str, *, mark: str, style: Style) -> None:
    if not changes:
        return
    sheet.heading(title)
    for one in changes[:_MOST_SHOWN]:
        sheet.point(mark, visible(one.sentence), style=style)
    if len(changes) > _MOST_SHOWN:
        sheet.paragraph(f"and {len(changes) - _MOST_SHOWN} more: `--json` has all of them", indent=4)


def _void(sheet: Sheet, compared: Compared) -> None:
    found = compared.differences
    sheet.heading("What it makes void")
    if not found.voids_evidence:
        kept = "Proofs and grants stay: nothing changed that evidence is about."
        sheet.paragraph(f"{kept} The accountable person signs the new version with the next grant.", indent=2)
        return
    parts = ", ".join(f"`{name}`" for name in found.evidence_changed)
    sheet.paragraph(
        f"Every proof and every grant for the first version, because {parts} changed "
        f"(evidence digest {found.before_evidence_digest[:12]}, now {found.after_evidence_digest[:12]}).",
        indent=2,
    )
    for proof in compared.void_proofs:
        sheet.point("×", f"the proof of {visible(proof.executor)} of {proof.finished_at.date().isoformat()}", indent=4)
    for grant in compared.void_grants:
        granted = f"granted {grant.granted_at.date().isoformat()}"
        sheet.point("×", f"{visible(grant.executor)} at {grant.level.value}, {granted}: falls to shadow", indent=4)
