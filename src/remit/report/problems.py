"""Errors as people and programs read them: what is wrong, where, expected and found, the mend."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from remit.errors import Problem, RemitError
from remit.report.documents import versioned
from remit.report.terminal.sheet import Style, paint
from remit.report.text import excerpt, visible, width_of, wrapped

__all__ = ["problems_document", "render_problems"]

_LABELS = 10
_LEAST_SAID = 30


def render_problems(error: RemitError, *, colour: bool, width: int = 100) -> str:
    """``error`` for a terminal: each problem with its place, its source line and a caret; how to mend it; what to ask.

    ``width`` is in cells, at least 40. The text has no last line end.
    """
    width = max(40, width)
    lines: list[str] = []
    for problem in error.problems:
        lines += [*_problem_lines(problem, error, width=width, colour=colour), ""]
    codes = dict.fromkeys(problem.code or error.code for problem in error.problems)
    count = f"{len(error.problems)} problems. " if len(error.problems) > 1 else ""
    more = ", ".join(f"`remit explain {code}`" for code in codes)
    lines += wrapped(f"{count}More: {more}", width)
    return "\n".join(lines)


def _problem_lines(problem: Problem, error: RemitError, *, width: int, colour: bool) -> Iterator[str]:
    place = visible(str(problem.where))
    said = f"{problem.code or error.code} {problem.message}"
    for line in _with_place(place, said, width):
        yield paint(line, Style.STRONG, colour=colour)
    yield from _source_lines(problem, width=width, colour=colour)
    path = problem.where.path if problem.where.file is not None else None
    labelled = (("at", path), ("expected", problem.expected), ("found", problem.found), ("mend", problem.mend))
    for label, text in labelled:
        if text is None:
            continue
        for index, line in enumerate(wrapped(text, width - _LABELS - 2)):
            name = label if index == 0 else ""
            yield f"  {paint(name.ljust(_LABELS), Style.QUIET, colour=colour)}{line}".rstrip()


def _with_place(place: str, said: str, width: int) -> list[str]:
    """What is said behind its place, which is never broken: editors and people copy it."""
    if not place:
        return wrapped(said, width)
    if width_of(place) + _LEAST_SAID > width or " " in place:
        return [f"{place}:", *wrapped(said, width)]
    return wrapped(f"{place}: {said}", width)


def _source_lines(problem: Problem, *, width: int, colour: bool) -> Iterator[str]:
    where = problem.where
    if where.excerpt is None or where.line is None:
        return
    number = str(where.line)
    gutter = f"  {number} | "
    shown = excerpt(where.excerpt, where.column or 1, width=width - len(gutter))
    yield paint(gutter, Style.QUIET, colour=colour) + shown.line.rstrip()
    if where.column is not None:
        mark = "^" * min(shown.length, max(1, width - len(gutter) - shown.indent))
        margin = paint(f"  {' ' * len(number)} | ", Style.QUIET, colour=colour)
        yield margin + " " * shown.indent + paint(mark, Style.BAD, colour=colour)


def problems_document(error: RemitError) -> dict[str, Any]:
    """``error`` as the document that ``--json`` prints: code, exit code, and every problem."""
    return versioned(
        "error",
        {
            "code": error.code,
            "error": type(error).__name__,
            "exit_code": error.exit_code,
            "message": str(error),
            "problems": [
                {
                    "code": problem.code or error.code,
                    "message": problem.message,
                    "where": problem.where,
                    "expected": problem.expected,
                    "found": problem.found,
                    "mend": problem.mend,
                }
                for problem in error.problems
            ],
        },
    )
