"""Sending by a function of the project."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from remit.errors import ExecutorInvalid, Problem, ProjectInvalid
from remit.executors.source import load_callable
from remit.ledger import json_text
from remit.runtime.delivering.in_time import InTime
from remit.runtime.delivering.letter import Letter, Tried

__all__ = ["FunctionSender", "load_function"]

_MOST_CHARACTERS = 200


class FunctionSender:
    """Sends by calling ``function`` with the message, as a dict of its own.

    It is sent where the function returns None; where it raises, or returns anything else, it is tried again.
    """

    def __init__(
        self,
        name: str,
        function: Callable[[dict[str, Any]], object],
        *,
        timeout: timedelta,
        wants_input: bool,
        monotonic: Callable[[], float],
    ) -> None:
        self.name = name
        self.timeout = timeout
        self.wants_input = wants_input
        self._function = function
        self._in_time = InTime(name, timeout=timeout, monotonic=monotonic)

    def send(self, one: Letter) -> Tried:
        """Try once."""
        given = json.loads(json_text(dict(one.content)))
        return self._in_time.run(lambda _: self._call(given))

    def close(self) -> None:
        """Let go of its threads."""
        self._in_time.close()

    def _call(self, given: dict[str, Any]) -> Tried:
        try:
            returned = self._function(given)
        except BaseException as error:  # noqa: BLE001 - whatever a function of users raises is a fault of this try
            said = " ".join(str(error).split())[:_MOST_CHARACTERS]
            return Tried(fault=f"{type(error).__name__}{': ' if said else ''}{said}")
        if returned is None:
            return Tried()
        if inspect.iscoroutine(returned):
            returned.close()
        return Tried(
            fault=f"it returned a {type(returned).__name__}: a sender returns None once it is sent, else raises"
        )


def load_function(name: str, entry: str, *, root: Path) -> Callable[[dict[str, Any]], object]:
    """The function that ``senders.NAME.entry`` of remit.yaml points to.

    Raises:
        ProjectInvalid: there is none inside the project, importing it fails, or it can't be called with one message.
    """
    try:
        function = load_callable(entry, root=root).function
    except ExecutorInvalid as invalid:
        raise ProjectInvalid(problems=[_of_sender(name, problem) for problem in invalid.problems]) from invalid
    fault = _unfit(function)
    if fault is not None:
        raise ProjectInvalid(
            problems=[Problem(message=f"the sender `{name}` can't call `{entry}`: {fault}", expected=_EXPECTED)]
        )
    return function


_EXPECTED = "`def send(effect): ...`, which returns None once it is sent, and raises where it is not"


def _unfit(function: Callable[..., Any]) -> str | None:
    if inspect.iscoroutinefunction(function):
        return "it is async"
    try:
        inspect.signature(function).bind({})
    except TypeError as error:
        return str(error)
    except ValueError:  # written in C, with no signature to check
        return None
    return None


def _of_sender(name: str, problem: Problem) -> Problem:
    return Problem(
        message=f"the sender `{name}` can't be loaded: {problem.message}",
        where=problem.where,
        expected=problem.expected,
        found=problem.found,
        mend=problem.mend,
    )
