"""Lines of a log: readable text, or one JSON object a line."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TextIO

from remit.project.logs.events import EVENTS, LOGGER

__all__ = ["FORMATS", "LEVELS", "logging_to"]

FORMATS = ("text", "json")
LEVELS = ("debug", "info", "warning", "error")
_LONGEST = 2_000


@contextmanager
def logging_to(stream: TextIO, *, form: str = "text", level: str = "info") -> Iterator[None]:
    """Write every event of ``level`` and above to ``stream`` within the block, and what libraries warn of.

    Args:
        stream: where to; a line at a time.
        form: one of :data:`FORMATS`.
        level: one of :data:`LEVELS`.
    """
    root, own = logging.getLogger(), logging.getLogger(LOGGER)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Json() if form == "json" else _Text())
    before = own.level
    own.setLevel(level.upper())
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        own.setLevel(before)


class _Line(logging.Formatter):
    """One line for a record: ours with its fields, that of a library without its words."""

    def format(self, record: logging.LogRecord) -> str:
        event = getattr(record, "event", None)
        if event in EVENTS:
            fields: Mapping[str, Any] = getattr(record, "fields", {})
            return self.line(record, str(event), fields)
        fields = {"logger": record.name, "at": f"{record.module}:{record.lineno}"}
        kind = record.exc_info[0] if record.exc_info else None
        return self.line(record, "other", fields if kind is None else {**fields, "error": kind.__name__})

    def line(self, record: logging.LogRecord, event: str, fields: Mapping[str, Any]) -> str:
        raise NotImplementedError


class _Json(_Line):
    def line(self, record: logging.LogRecord, event: str, fields: Mapping[str, Any]) -> str:
        said = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "event": event,
            "message": EVENTS[event],
            **{name: _short(value) for name, value in fields.items()},
        }
        return json.dumps(said, ensure_ascii=True)


class _Text(_Line):
    def line(self, record: logging.LogRecord, event: str, fields: Mapping[str, Any]) -> str:
        words = "".join(f" {name}={_word(value)}" for name, value in fields.items())
        return f"{_time(record)} {record.levelname.lower():<7} {event}: {EVENTS[event]}{words and ' |' + words}"


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _short(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, tuple):
        return [_short(one) for one in value]
    if isinstance(value, str) and len(value) > _LONGEST:
        return value[:_LONGEST] + "…"
    return value


def _word(value: Any) -> str:
    """A value on its line: quoted where it could be taken for something else, or end the line."""
    if isinstance(value, tuple):
        return ",".join(_word(one) for one in value)
    text = str(value).lower() if isinstance(value, bool) else str(_short(value))
    plain = text.isascii() and text.isprintable() and not set(text) & set(' "=|')
    return text if plain and text else json.dumps(text, ensure_ascii=True)
