"""``remit intent``: is this strategy sentence executable?"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from remit.cli.options import json_option
from remit.cli.output import Output, shown_output
from remit.errors import FileUnreadable, Location, UsageError

if TYPE_CHECKING:
    from remit.intent import IntentReading, Statement

__all__ = ["intent"]

LIMIT_BYTES = 1_000_000
_FILE_ENDINGS = frozenset({".txt", ".md", ".markdown", ".text"})
_MARKDOWN = frozenset({".md", ".markdown"})


@click.command(short_help="Is this strategy sentence executable?")
@click.argument("text", metavar="TEXT|FILE|-")
@json_option
def intent(*, text: str, as_json: bool) -> None:
    """Say whether a strategy sentence can be executed, what of it is missing, and what to ask next.

    Nine things make a sentence executable: an action, a unit, an output, an input, a tolerance, who gets the doubts, a
    condition, a trigger and an owner. A FILE holds one sentence a line; in Markdown (.md) each paragraph and each entry
    of a list is one. `-` reads lines from stdin.

    \b
    Examples:
      remit intent "We want to automate customer service."
      remit intent strategy.md
      pbpaste | remit intent -
    \b
    Exit codes: 0 every sentence is an executable draft; 1 one is not yet; 2 there is no sentence.
    """  # noqa: D301
    from remit.intent import IntentVerdict, read_intent

    output = shown_output(as_json=as_json)
    statements = _statements(text)
    if statements is None:
        reading = read_intent(_sentence(text))
        _show_one(reading, output)
        readings = [reading]
    else:
        readings = [read_intent(one.text) for one in statements]
        _show_many(statements, readings, output)
    if any(reading.verdict is not IntentVerdict.EXECUTABLE_DRAFT for reading in readings):
        raise SystemExit(1)


def _sentence(text: str) -> str:
    if any(char.isalnum() for char in text):
        return text.encode("utf-8", "replace").decode("utf-8")
    raise UsageError(
        "there is no sentence",
        expected="a sentence in quotes, a file, or - for stdin",
        found=f"`{text}`" if text.strip() else "nothing",
        mend='remit intent "We want to ..."',
    )


def _statements(place: str) -> tuple[Statement, ...] | None:
    """The statements of a file or of stdin; None where ``place`` is itself the sentence."""
    from remit.files.text_file import decoded, is_file, read_text
    from remit.intent import statements_in

    if place == "-":
        content = sys.stdin.buffer.read(LIMIT_BYTES + 1)
        if len(content) > LIMIT_BYTES:
            raise FileUnreadable(
                "stdin is too large", where=Location(file="stdin"), expected=f"at most {LIMIT_BYTES:,} bytes"
            )
        found = statements_in(decoded(content, name="stdin"))
    elif _names_a_file(place) or is_file(_path(place)):
        path = _path(place)
        found = statements_in(read_text(path, limit_bytes=LIMIT_BYTES), markdown=path.suffix.casefold() in _MARKDOWN)
    else:
        return None
    if not found:
        raise UsageError(
            "there is no sentence in it", expected="one sentence a line", found=f"none in {place}", mend="write one"
        )
    return found


def _path(place: str) -> Path:
    return Path(place.replace("\0", ""))


def _names_a_file(place: str) -> bool:
    return not any(char.isspace() for char in place) and Path(place).suffix.casefold() in _FILE_ENDINGS


def _show_one(reading: IntentReading, output: Output) -> None:
    from remit.report.documents import plain, versioned
    from remit.report.terminal import render_intent

    output.document(versioned("intent", plain(reading)))
    output.text(render_intent(reading, width=output.width, colour=output.colour))


def _show_many(statements: tuple[Statement, ...], readings: list[IntentReading], output: Output) -> None:
    from remit.intent import IntentVerdict
    from remit.report.documents import plain, versioned
    from remit.report.terminal import ReadStatement, render_intents

    counts = Counter(reading.verdict for reading in readings)
    document = {
        "counts": {verdict.value: counts[verdict] for verdict in IntentVerdict},
        "statements": [{"line": one.line, **plain(reading)} for one, reading in zip(statements, readings, strict=True)],
    }
    output.document(versioned("intents", document))
    rows = [ReadStatement(line=one.line, reading=reading) for one, reading in zip(statements, readings, strict=True)]
    output.text(render_intents(rows, width=output.width, colour=output.colour))
