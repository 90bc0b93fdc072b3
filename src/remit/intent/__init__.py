"""Is a strategy sentence executable? Nine slots, a verdict, findings, the next three questions. Pure."""

from remit.intent.reading import (
    Filled,
    IntentFinding,
    IntentQuestion,
    IntentReading,
    IntentVerdict,
    read_intent,
)
from remit.intent.slots import Slot

__all__ = ["Filled", "IntentFinding", "IntentQuestion", "IntentReading", "IntentVerdict", "Slot", "read_intent"]
