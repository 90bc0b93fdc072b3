"""The settings of an executor that calls a service, read as a record, with every fault and its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from remit.definition.flaws import Flaw
from remit.definition.positions import dotted
from remit.definition.reading.shape import Shape
from remit.errors import ExecutorInvalid, Location, Problem

__all__ = ["problem_of", "read_settings"]

T = TypeVar("T")


def read_settings(shape: Shape[T], settings: Mapping[str, Any]) -> T:
    """The settings as the record of ``shape``.

    Raises:
        ExecutorInvalid: with every unknown or missing setting and wrong value.
    """
    shaped = shape.read(dict(settings))
    if shaped.value is None:
        raise ExecutorInvalid(problems=[problem_of(flaw) for flaw in shaped.flaws])
    return shaped.value


def problem_of(flaw: Flaw) -> Problem:
    """A flaw in the settings, with the key of the executor file that it stands at."""
    return Problem(
        message=flaw.message,
        where=Location(path=dotted(("settings", *flaw.path))),
        expected=flaw.expected,
        found=flaw.found,
        mend=flaw.mend,
    )
