"""Options that several commands share, and opening the project they work on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from remit.cli.output import shown_output
from remit.definition.levels import Level
from remit.errors import UsageError
from remit.project import Project
from remit.project.ambient import Ambient, system
from remit.project.logs import FORMATS, LEVELS
from remit.project.telemetry import OFF, Telemetry

__all__ = [
    "by_option",
    "engine_options",
    "json_option",
    "level_of",
    "log_options",
    "opened",
    "telemetry_here",
    "until_of",
    "work_argument",
]

F = TypeVar("F", bound=Callable[..., Any])


def json_option(function: F) -> F:
    """``--json``: one versioned document on stdout and nothing else."""
    return click.option("--json", "as_json", is_flag=True, help="Print one versioned JSON document.")(function)


def by_option(function: F) -> F:
    """``--by``: who does it, an id from ``people`` in remit.yaml."""
    return click.option(
        "--by", metavar="PERSON", help="Who you are: an id from `people` in remit.yaml (default: the only one there)."
    )(function)


def engine_options(function: F) -> F:
    """``--engine`` and ``--address``: which processes do it."""
    where = click.option(
        "--address",
        metavar="HOST:PORT",
        help="The Ray cluster (default: RAY_ADDRESS, else one of this machine that ends with the command).",
    )
    which = click.option(
        "--engine",
        metavar="ENGINE",
        default="local",
        help="`local`: this process (default). `ray`: a Ray cluster (extra `ray`).",
    )
    return which(where(function))


def work_argument(function: F) -> F:
    """``ID``: the work, by the name of its file."""
    return click.argument("work_id", metavar="ID")(function)


def log_options(function: F) -> F:
    """``--log-format`` and ``--log-level``: how a process that stays says what it does, on stderr."""
    form = click.option(
        "--log-format",
        type=click.Choice(FORMATS),
        default="text",
        show_default=True,
        help="How each line of the log on stderr is written; json for programs.",
    )
    level = click.option(
        "--log-level", type=click.Choice(LEVELS), default="info", show_default=True, help="The least that is logged."
    )
    return form(level(function))


@contextmanager
def telemetry_here() -> Iterator[Telemetry]:
    """Telemetry as the environment asks for it, usually not at all; what is left is sent at the end.

    Raises:
        OutsideError, UsageError: it asks for something that can't be had.
    """
    from remit.project.telemetry.configured import telemetry_of_settings

    ambient = _ambient()
    telemetry = telemetry_of_settings(ambient.setting, new_id=ambient.new_id)
    try:
        yield telemetry
    finally:
        telemetry.close()


def _ambient() -> Ambient:
    context = click.get_current_context(silent=True)
    found = None if context is None else context.find_object(Ambient)
    return system() if found is None else found


@contextmanager
def opened(path: str | Path = ".", *, telemetry: Telemetry = OFF) -> Iterator[Project]:
    """The project of the folder we are in, or of another one, closed at the end.

    Args:
        path: a folder of the project.
        telemetry: who watches.
    """
    ambient = _ambient()
    project = Project.open(path, ambient=replace(ambient, telemetry=telemetry) if telemetry.on else ambient)
    try:
        yield project
        for sentence in project.not_kept:
            shown_output().aside(sentence)
    finally:
        project.close()


def level_of(text: str) -> Level:
    """The level of that name.

    Raises:
        UsageError: there is none.
    """
    try:
        return Level(text.lower())
    except ValueError:
        from remit.definition.similar import did_you_mean

        names = [level.value for level in Level]
        close = did_you_mean(text.lower(), names)
        raise UsageError(
            f"there is no level `{text}`",
            expected="one of " + ", ".join(names),
            found=text,
            mend=f"did you mean `{close}`?" if close else "use one of these names",
        ) from None


def until_of(text: str | None) -> datetime | None:
    """The end of a day written as 2027-06-30, or an RFC 3339 time; aware UTC.

    Raises:
        UsageError: it is neither.
    """
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"`{text}` is no date", expected="a date such as 2027-06-30", found=text, mend="write year-month-day"
        ) from None
    if len(text) == 10:  # a day: to its end
        found = found.replace(hour=23, minute=59, second=59)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
