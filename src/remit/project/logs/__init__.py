"""What a running process says of itself: one line an event, with ids and numbers, never what an item holds."""

from remit.project.logs.events import EVENTS, FIELDS, Plain, noted, noting, say, say_bug, say_with, why_of
from remit.project.logs.writing import FORMATS, LEVELS, logging_to

__all__ = [
    "EVENTS",
    "FIELDS",
    "FORMATS",
    "LEVELS",
    "Plain",
    "logging_to",
    "noted",
    "noting",
    "say",
    "say_bug",
    "say_with",
    "why_of",
]
