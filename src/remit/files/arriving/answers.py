"""What one person answered to many reviews, from JSONL: a line for each, as their own tool writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from remit.cases.seen import Seen
from remit.definition.flaws import shortened
from remit.definition.similar import did_you_mean
from remit.errors import CasesInvalid, Location, Problem
from remit.files.case_file.jsonl_rows import MAX_LINE, parse_line
from remit.files.case_file.opening import not_utf8, open_file
from remit.items import Json, JsonObject

__all__ = ["AnswerLine", "stream_answers"]

_LONGEST: Final = 512
_LONGEST_COMMENT: Final = 10_000
_KNOWN: Final = ("review", "key", "work", "output", "reject", "comment", "seconds")
_EXAMPLE: Final = '{"review": "01J...", "output": {...}} or {"key": "box-1", "reject": true, "comment": "why"}'


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
    if path.suffix.lower() != ".jsonl":
        raise CasesInvalid(
            f"{path} is no file of answers",
            where=Location(file=str(path)),
            expected="a file that ends in .jsonl",
            found=path.suffix or "no ending",
            mend=f"a JSON object a line: {_EXAMPLE}",
        )
    seen = Seen()
    with open_file(path) as file:
        number = 0
        while raw := file.readline(MAX_LINE + 1):
            number += 1
            if len(raw) > MAX_LINE:
                yield (_problem(path, number, f"the line is longer than {MAX_LINE} bytes", expected=_EXAMPLE),)
                return
            if raw.strip():
                one = _line(path, number, raw)
                if isinstance(one, AnswerLine) and seen.add(hash((one.review, one.work, one.key))):
                    message = f"{one.review or one.key} is answered twice"
                    one = (_problem(path, number, message, expected="one answer to each", mend="take one line out"),)
                yield one
        if not number:
            yield (_problem(path, 1, "the file is empty", expected=_EXAMPLE, found="nothing"),)


def _line(path: Path, number: int, raw: bytes) -> AnswerLine | tuple[Problem, ...]:
    try:
        values = parse_line(raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw)
    except UnicodeDecodeError as error:
        raise not_utf8(path) from error
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        found = shortened(raw.decode("utf-8", "replace"))
        return (_problem(path, number, "the line is no object", expected=_EXAMPLE, found=found),)
    problems = tuple(_faults(path, number, values))
    if problems:
        return problems
    seconds = values.get("seconds")
    return AnswerLine(
        line=number,
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
            yield _problem(
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
            yield _problem(
                path, line, f"`{name}` is no text", expected=f"1 to {longest:,} characters", found=shortened(str(value))
            )
    if (values.get("review") is None) is (values.get("key") is None):
        found = "neither" if values.get("key") is None else "both"
        yield _problem(
            path, line, "it has to be said what is answered", expected="`review` or `key`, one of them", found=found
        )
    output, reject = values.get("output"), values.get("reject")
    if not (output is None or isinstance(output, dict)) or reject not in (None, True, False):
        yield _problem(path, line, "`output` is an object, `reject` true or false", expected=_EXAMPLE)
    elif (output is None) is (reject is not True):
        found = "neither" if output is None else "both"
        yield _problem(path, line, "say one of `output` and `reject`", expected=_EXAMPLE, found=found)
    seconds = values.get("seconds")
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if seconds is not None and not (is_number and 0 <= float(str(seconds)) < float("inf")):
        yield _problem(path, line, "`seconds` is no time", expected="0 or more", found=shortened(str(seconds)))


def _problem(
    path: Path,
    line: int,
    message: str,
    *,
    expected: str | None = None,
    found: str | None = None,
    mend: str | None = None,
) -> Problem:
    where = Location(file=str(path), line=line)
    return Problem(message=message, where=where, expected=expected, found=found, mend=mend)
