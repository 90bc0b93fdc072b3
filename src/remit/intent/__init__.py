"""Is a strategy sentence executable? Nine slots, a verdict, findings, the next three questions. Pure."""

from remit.intent.forms import Slot
from remit.intent.reading import (
    Filled,
    FindingKind,
    IntentFinding,
    IntentQuestion,
    IntentReading,
    IntentVerdict,
    read_intent,
)
from remit.intent.statements import Statement, statements_in

__all__ = [
    "Filled",
    "FindingKind",
    "IntentFinding",
    "IntentQuestion",
    "IntentReading",
    "IntentVerdict",
    "Slot",
    "Statement",
    "read_intent",
    "statements_in",
]
