"""The events there are, the fields they may carry, and how one is said.

Both lists are closed: what is in neither can't be logged, so that no content of an item, no key of one and no token
comes into a log by somebody's oversight.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

from remit.errors import (
    ArgumentInvalid,
    CasesInvalid,
    DocumentInvalid,
    InvalidInput,
    ItemInvalid,
    OutsideError,
    RemitError,
    StoreError,
)

__all__ = ["EVENTS", "FIELDS", "LOGGER", "Plain", "noted", "noting", "say", "say_bug", "say_with", "why_of"]

LOGGER = "remit.events"
Plain = str | int | float | bool | tuple[str, ...] | None

EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "started": "the server answers",
        "ended": "the server has ended",
        "request": "a request was answered",
        "bug": "this is a bug in Remit",
        "files.taken": "changed files are taken",
        "files.refused": "changed files are not taken",
        "files.mended": "the files can be used again, and are taken",
        "work.mended": "the file of a work could not be used, and can be now",
        "work.broken": "the file of a work can't be used",
        "work.vanished": "the file of a work is gone: the work is served as it was loaded",
        "work.back": "the file of a work that was gone is there again",
        "executor.vanished": "the file of an executor is gone: it is served as it was loaded",
        "executor.back": "the file of an executor that was gone is there again",
        "sweep.leads": "this process does what happens by itself",
        "sweep.waits": "another process does what happens by itself",
        "sweep.done": "something was due, and is done",
        "sweep.fault": "something that is due could not be done",
        "sweep.well": "what is due can be done again",
        "delivery.done": "something was to be sent",
        "delivery.fault": "what is due can't be sent",
        "delivery.well": "what is due can be sent again",
        "other": "a library that Remit uses said something; its words are left out, since nobody knows what they hold",
    }
)
"""Every event, with the sentence that is said of it."""

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "request": "the id of the request, as in the header `X-Request-Id` of its answer",
        "method": "the method of a request",
        "route": "the route of a request, as it stands in the table of routes: no id, no key",
        "status": "the status of the answer",
        "seconds": "how long it took",
        "code": "the code of the error",
        "why": "why, in a fixed sentence or in the words about a file of the project",
        "person": "the id of the person who asked",
        "token": "the id of the token or the address that asked",
        "work": "the id of a work",
        "works": "ids of works",
        "executor": "the name of an executor",
        "decision": "the id of a decision",
        "review": "the id of a review",
        "outcome": "the route that an item took",
        "repeated": "whether the decision was there before",
        "trace": "the id of the trace, where telemetry is on",
        "task": "a task of the sweeper",
        "n": "how many",
        "n_sent": "how many left",
        "n_failed": "how many tries failed",
        "n_dead": "how many were given up on",
        "address": "where the server listens",
        "version": "the version of Remit",
        "store": "which database the store is in",
        "telemetry": "whether telemetry is on",
        "sweeper": "whether this server sweeps and sends",
        "error": "the class of an error",
        "stack": "where a bug was: files, lines and functions, without the words of the error",
        "logger": "the library that spoke",
        "at": "the file and line that spoke",
    }
)
"""Every field that an event may carry, with its meaning."""

_log = logging.getLogger(LOGGER)
_notes: ContextVar[dict[str, Plain] | None] = ContextVar("notes", default=None)


def say(event: str, *, level: int = logging.INFO, **fields: Plain) -> None:
    """Say that something happened, with fields of :data:`FIELDS`; as :func:`say_with`."""
    say_with(event, fields, level=level)


def say_bug(error: BaseException, **fields: Plain) -> None:
    """Say that there is a bug: the class of the error and where it was, not its words."""
    say_with("bug", {**fields, "error": type(error).__name__, "stack": _places(error)}, level=logging.ERROR)


def say_with(event: str, fields: Mapping[str, Plain], *, level: int = logging.INFO) -> None:
    """Say that something happened.

    Args:
        event: a name of :data:`EVENTS`.
        fields: of :data:`FIELDS`; those that are None are left out.
        level: how much it matters, as in :mod:`logging`.

    Raises:
        KeyError: the event or a field is not on its list.
    """
    if not _log.isEnabledFor(level):
        return
    sentence = EVENTS[event]
    kept = {name: value for name, value in fields.items() if value is not None}
    if unknown := kept.keys() - FIELDS.keys():
        raise KeyError(f"no field of the log: {', '.join(sorted(unknown))}")
    words = " ".join(f"{name}={value}" for name, value in kept.items())
    _log.log(
        level, "%s%s", sentence, f": {words}" if words else "", extra={"event": event, "said": sentence, "fields": kept}
    )


@contextmanager
def noting() -> Iterator[dict[str, Plain]]:
    """Collect what is :func:`noted` within the block, for the one line that is said at its end."""
    notes: dict[str, Plain] = {}
    token = _notes.set(notes)
    try:
        yield notes
    finally:
        _notes.reset(token)


def noted(**fields: Plain) -> None:
    """Add fields to the line of the request that is being answered, if one is."""
    notes = _notes.get()
    if notes is not None:
        notes.update(fields)


def why_of(error: RemitError) -> str:
    """What may be logged of an error: its own words where they speak of files or of the store, else its kind alone."""
    of_items = isinstance(error, ItemInvalid | CasesInvalid | ArgumentInvalid | DocumentInvalid)
    if isinstance(error, StoreError | OutsideError) or (isinstance(error, InvalidInput) and not of_items):
        return str(error)
    return (type(error).__doc__ or type(error).__name__).split("\n", 1)[0]


def _places(error: BaseException) -> tuple[str, ...]:
    """Where an error came from, outermost first."""
    places = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        module = str(trace.tb_frame.f_globals.get("__name__", "?"))
        places.append(f"{module}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return tuple(places)
