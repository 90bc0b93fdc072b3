"""What is wrong at one path of a document, in plain words, before it is known where that path stands in a file."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from remit.definition.positions import Path, SourceMap, dotted
from remit.definition.similar import did_you_mean
from remit.errors import Location, Problem

__all__ = [
    "Flaw",
    "found",
    "in_order",
    "json_fault",
    "json_found",
    "listing",
    "problems_of",
    "shortened",
    "suggestion",
    "unknown_name",
]

_SHOWN_CHARACTERS = 60
_LISTED_NAMES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One thing that is wrong at ``path``.

    ``at_key`` points at the key of the path instead of its value; ``column`` (from 1) at a place inside its text.
    """

    path: Path
    message: str
    expected: str | None = None
    found: str | None = None
    mend: str | None = None
    at_key: bool = False
    column: int | None = None

    def below(self, n_levels: int) -> Flaw:
        """The same flaw in the document that begins ``n_levels`` further down."""
        return replace(self, path=self.path[n_levels:])

    def inside(self, above: Path) -> Flaw:
        """The same flaw in the document that holds this one at ``above``."""
        return replace(self, path=(*above, *self.path))


def problems_of(flaws: Iterable[Flaw], source: SourceMap | None = None) -> tuple[Problem, ...]:
    """The flaws as problems, each with its place in the file where that is known, in the order of the file."""
    problems = {_problem(flaw, source): None for flaw in flaws}
    return in_order(problems)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems by file and by place in the file, those without a place last."""

    def place(problem: Problem) -> tuple[str, float, float]:
        where = problem.where
        line, column = (at if at is not None else math.inf for at in (where.line, where.column))
        return where.file or "", line, column

    return tuple(sorted(problems, key=place))


def _problem(flaw: Flaw, source: SourceMap | None) -> Problem:
    return Problem(
        message=flaw.message,
        where=_where(flaw, source),
        expected=flaw.expected,
        found=flaw.found,
        mend=flaw.mend,
    )


def _where(flaw: Flaw, source: SourceMap | None) -> Location:
    if source is None:
        return Location(path=dotted(flaw.path) or None)
    if flaw.column is not None:
        return source.locate_inside(flaw.path, 1, flaw.column)
    return source.locate(flaw.path, at_key=flaw.at_key)


def suggestion(word: str, known: Iterable[str]) -> str | None:
    """``did you mean `metric`?``, or None where nothing known is near."""
    near = did_you_mean(word, known)
    return None if near is None else f"did you mean `{near}`?"


def listing(names: Iterable[str], *, joint: str = "or") -> str:
    """The names in backquotes, with commas and a last "or"; a long list ends with how many more there are."""
    quoted = [f"`{name}`" for name in names]
    if len(quoted) > _LISTED_NAMES:
        return f"{', '.join(quoted[:_LISTED_NAMES])} and {len(quoted) - _LISTED_NAMES} more"
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} {joint} {quoted[-1]}"


def unknown_name(path: Path, name: str, what: str, known: Iterable[str], *, at_key: bool = False) -> Flaw:
    """The flaw of a ``name`` that is no ``what``: which there are, and which was probably meant."""
    names = tuple(dict.fromkeys(known))
    return Flaw(
        path=path,
        message=f"`{shortened(name)}` is no {what}",
        expected=f"one of {listing(names)}" if names else f"{what}s are not given",
        found=found(name),
        mend=suggestion(name, names),
        at_key=at_key,
    )


def shortened(text: str) -> str:
    """The text on one line, cut where it is long."""
    line = " ".join(text.split()) if text.strip() else text.strip()
    return line if len(line) <= _SHOWN_CHARACTERS else f"{line[: _SHOWN_CHARACTERS - 1]}…"


def found(value: Any) -> str:
    """A JSON value in plain words: ``the text `abc```, ``the number 5``, ``a list of 3``, ``nothing``."""
    match value:
        case None:
            return "nothing"
        case bool():
            return f"`{str(value).lower()}`"
        case int() | float():
            return f"the number {_number(value)}"
        case str():
            return f"the text `{shortened(value)}`" if value.strip() else "an empty text"
        case Mapping():
            keys = listing((shortened(str(key)) for key in list(value)[:4]), joint="and")
            return f"a mapping with {keys}" if keys else "an empty mapping"
        case Sequence():
            return f"a list of {len(value)}" if len(value) else "an empty list"
        case _:
            return f"a {type(value).__name__}"


def json_found(value: Any) -> str:
    """Like :func:`found`, where the value is a whole JSON document: null is there, and says so."""
    return "null" if value is None else found(value)


def json_fault(error: Exception) -> str:
    """Why a text could not be read as JSON, in plain words."""
    match error:
        case json.JSONDecodeError():
            return f"no JSON: {error.msg} at line {error.lineno}, character {error.colno}"
        case UnicodeError():
            return "text that is not UTF-8"
        case RecursionError():
            return "values that are nested too deep"
        case _ if str(error).startswith("Exceeds the limit"):  # of digits, by the interpreter
            return f"a number of more than {sys.get_int_max_str_digits():,} digits"
        case _:
            return str(error)


def _number(value: float) -> str:
    if isinstance(value, int) and abs(value) >= 10**40:
        return "of more than 40 digits"
    return f"{value}"
