"""Annotations for GitHub's checks (``--format github``): workflow commands, one a line, at their file and line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from remit.errors import Location, RemitError
from remit.readiness.finding import Readiness, State
from remit.report.numbers import counted
from remit.report.readiness_view import FindingRow, readiness_view
from remit.report.text import visible_lines

__all__ = ["github_problems", "github_readiness"]


class Annotation(StrEnum):
    """How loud an annotation is. Only an error fails a check."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


def github_problems(error: RemitError) -> str:
    """Every problem of ``error`` as ``::error file=...,line=...,col=...,title=...::...``, one a line."""
    return _lines(
        _command(
            Annotation.ERROR,
            problem.where,
            title=f"remit {problem.code or error.code}",
            text=_text(problem.message, expected=problem.expected, found=problem.found, mend=problem.mend),
        )
        for problem in error.problems
    )


def github_readiness(readiness: Readiness) -> str:
    """The findings of a readiness as annotations, and one line for the level.

    What keeps the level from being reached is an error, whether it fails or is unknown: not run is never green.
    Other failures are warnings; what is unknown or waived and not required is a notice.
    """
    view = readiness_view(readiness)
    commands = [
        _command(
            _loudness(row),
            row.where,
            title=f"remit {row.rule} {row.severity}, {row.state}",
            text=_text(row.message, expected=row.expected, found=row.found, mend=row.mend),
        )
        for row in view.findings
    ]
    commands += [
        _command(
            Annotation.NOTICE,
            Location(),
            title=f"remit {row.rule} waived until {row.until}",
            text=f"{row.severity}, {row.state}: {row.because}",
        )
        for row in view.waived
    ]
    if not view.reached:
        n = counted(len(readiness.missing[readiness.for_level]), "rule")
        commands.append(
            _command(
                Annotation.ERROR,
                Location(),
                title=view.heading,
                text=f"{readiness.for_level} is not reached: {n} to go",
            )
        )
    return _lines(commands)


def _loudness(row: FindingRow) -> Annotation:
    if row.required:
        return Annotation.ERROR
    return Annotation.WARNING if row.state is State.FAIL else Annotation.NOTICE


def _text(message: str, *, expected: str | None, found: str | None, mend: str | None) -> str:
    said = {"expected": expected, "found": found, "mend": mend}
    return "\n".join([message, *(f"{label}: {text}" for label, text in said.items() if text is not None)])


def _command(annotation: Annotation, where: Location, *, title: str, text: str) -> str:
    properties: Mapping[str, object] = {
        "file": where.file,
        "line": where.line if where.file is not None else None,
        "col": where.column if where.file is not None and where.line is not None else None,
        "title": title,
    }
    given = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value is not None)
    return f"::{annotation} {given}::{_data(text)}"


def _data(text: str) -> str:
    """Escaped as GitHub's runner reads it: percent first, then line ends, so that no text can start a command."""
    return "%0A".join(line.replace("%", "%25") for line in visible_lines(text))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _lines(commands: Iterable[str]) -> str:
    return "\n".join(commands)
