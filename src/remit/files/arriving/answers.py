"""What one person answered to many reviews, from JSONL: a line for each, as their own tool writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from remit.definition.flaws import shortened
from remit.definition.similar import did_you_mean
from remit.errors import Problem
from remit.files.rows import RowKind, stream_rows, unique
from remit.files.rows.kind import at_line
from remit.items import Json, JsonObject

__all__ = ["AnswerLine", "stream_answers"]

_LONGEST: Final = 512
_LONGEST_COMMENT: Final = 10_000
_KNOWN: Final = ("review", "key", "work", "output", "reject", "comment", "seconds")
_EXAMPLE: Final = '{"review": "01J...", "output": {...}} or {"key": "box-1", "reject": true, "comment": "why"}'
_KIND: Final = RowKind(name="file of answers", one="answer", example=_EXAMPLE, endings=(".jsonl",))


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine:
    """One answer: to the review of that id, or to what waits of the item of that key.

    ``output`` None refuses the item.  ``seconds`` is how long the person had it before them, None where nobody
    counted.
    """

    line: int
    review: str | None
    key: str | None
    work: str | None
    output: JsonObject | None
    comment: str | None
    seconds: float | None


def stream_answers(path: Path) -> Iterator[AnswerLine | tuple[Problem, ...]]:
    """The answers of a file in their order, or everything that is wrong with a line.

    Raises:
        FileUnreadable: the file is missing, or not UTF-8 text.
        CasesInvalid: it is not JSONL.
    """
    answers = _Answers(path)

    def rows() -> Iterator[AnswerLine | tuple[Problem, ...]]:
        return stream_rows(path, _KIND, answers)

    def twice(one: AnswerLine, first: int | None) -> Problem:
        found = None if first is None else f"first in line {first}"
        message = f"{one.review or one.key} is answered twice"
        return at_line(path, one.line, message, expected="one answer to each", found=found, mend="take one line out")

    return unique(rows, of=AnswerLine, name=_subject, line=_line, problem=twice)


def _subject(one: AnswerLine) -> tuple[str | None, ...]:
    return one.review, one.work, one.key


def _line(one: AnswerLine) -> int:
    return one.line


class _Answers:
    """Answers of lines."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def header(self, names: Sequence[str], line: int | None, /) -> tuple[Problem, ...]:
        return (at_line(self._path, line, "answers have no columns", expected=_EXAMPLE, found=shortened(str(names))),)

    def cells(self, cells: Sequence[str], line: int, /) -> tuple[Problem, ...]:
        return self.header(cells, line)

    def values(self, values: Mapping[str, Any], line: int, /) -> AnswerLine | tuple[Problem, ...]:
        problems = tuple(_faults(self._path, line, values))
        if problems:
            return problems
        seconds = values.get("seconds")
        return AnswerLine(
            line=line,
            review=values.get("review"),
            key=values.get("key"),
            work=values.get("work"),
            output=values.get("output"),
            comment=values.get("comment"),
            seconds=None if seconds is None else float(seconds),
        )


def _faults(path: Path, line: int, values: Mapping[str, Json]) -> Iterator[Problem]:
    for name in values:
        if name not in _KNOWN:
            close = did_you_mean(name, _KNOWN)
            yield at_line(
                path,
                line,
                f"`{shortened(name)}` says nothing about an answer",
                expected="one of " + ", ".join(_KNOWN),
                found=shortened(name),
                mend=f"did you mean `{close}`?" if close else "take it out",
            )
    for name, longest in (("review", _LONGEST), ("key", _LONGEST), ("work", _LONGEST), ("comment", _LONGEST_COMMENT)):
        value = values.get(name)
        if value is not None and not (isinstance(value, str) and value.strip() and len(value) <= longest):
            yield at_line(
                path, line, f"`{name}` is no text", expected=f"1 to {longest:,} characters", found=shortened(str(value))
            )
    if (values.get("review") is None) is (values.get("key") is None):
        found = "neither" if values.get("key") is None else "both"
        yield at_line(
            path, line, "it has to be said what is answered", expected="`review` or `key`, one of them", found=found
        )
    output, reject = values.get("output"), values.get("reject")
    if not (output is None or isinstance(output, dict)) or reject not in (None, True, False):
        yield at_line(path, line, "`output` is an object, `reject` true or false", expected=_EXAMPLE)
    elif (output is None) is (reject is not True):
        found = "neither" if output is None else "both"
        yield at_line(path, line, "say one of `output` and `reject`", expected=_EXAMPLE, found=found)
    seconds = values.get("seconds")
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if seconds is not None and not (is_number and 0 <= float(str(seconds)) < float("inf")):
        yield at_line(path, line, "`seconds` is no time", expected="0 or more", found=shortened(str(seconds)))
