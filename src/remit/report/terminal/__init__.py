"""Reports as text for a terminal or a pipe. Every renderer takes its ``width`` and whether there is ``colour``."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from remit.report.terminal.differences import render_differences
    from remit.report.terminal.explanation import render_explanation
    from remit.report.terminal.intent import (
        ReadStatement,
        render_asked,
        render_intent,
        render_intents,
        render_said,
    )
    from remit.report.terminal.item import render_decision
    from remit.report.terminal.plan import render_plan
    from remit.report.terminal.proof import render_proof
    from remit.report.terminal.readiness import render_readiness
    from remit.report.terminal.records import LedgerCheck, render_ledger
    from remit.report.terminal.reviews import ReviewRow, render_reviews

__all__ = [
    "LedgerCheck",
    "ReadStatement",
    "ReviewRow",
    "render_asked",
    "render_decision",
    "render_differences",
    "render_explanation",
    "render_intent",
    "render_intents",
    "render_ledger",
    "render_plan",
    "render_proof",
    "render_readiness",
    "render_reviews",
    "render_said",
]

_HOMES = {
    "LedgerCheck": "records",
    "ReadStatement": "intent",
    "ReviewRow": "reviews",
    "render_decision": "item",
    "render_differences": "differences",
    "render_explanation": "explanation",
    "render_asked": "intent",
    "render_intent": "intent",
    "render_intents": "intent",
    "render_ledger": "records",
    "render_plan": "plan",
    "render_proof": "proof",
    "render_readiness": "readiness",
    "render_reviews": "reviews",
    "render_said": "intent",
}


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
