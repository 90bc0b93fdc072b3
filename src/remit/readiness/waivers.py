"""Which waivers count: by the accountable person, with a reason, not expired, and never for a blocker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from remit.definition.model import Definition
from remit.readiness.catalogue import RuleCard
from remit.readiness.facts import Waiver
from remit.readiness.finding import Severity

__all__ = ["Waived", "waived"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived:
    """What the waivers say of one rule: the one that counts, or why one that is written does not."""

    waiver: Waiver | None = None
    refused: str | None = None


def waived(rule: RuleCard, definition: Definition, waivers: tuple[Waiver, ...], now: datetime) -> Waived:
    """The waiver of ``rule`` that counts on the day of ``now``, else why a written one does not."""
    refused = None
    for waiver in waivers:
        if waiver.rule != rule.id or waiver.work not in (None, definition.id):
            continue
        why_not = _refusal(rule, definition, waiver, now.date())
        if why_not is None:
            return Waived(waiver=waiver)
        refused = why_not
    return Waived(refused=refused)


def _refusal(rule: RuleCard, definition: Definition, waiver: Waiver, today: date) -> str | None:
    if rule.severity is Severity.BLOCKER:
        return f"{rule.id} is a blocker: it has no waiver"
    if waiver.until < today:
        return f"the waiver of {rule.id} expired on {waiver.until.isoformat()}"
    accountable = definition.accountable
    known = {text.casefold() for text in (accountable.role, accountable.contact) if text} if accountable else set()
    if waiver.by.casefold() not in known:
        who = accountable.role if accountable else "the accountable person, who is not named yet"
        return f"the waiver of {rule.id} is by {waiver.by}; only {who} may give it"
    if not waiver.reason.strip():
        return f"the waiver of {rule.id} gives no reason"
    return None
