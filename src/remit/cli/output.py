"""How a command speaks: answers on stdout, everything else on stderr, one JSON document with ``--json``."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass
from typing import Any

import click

from remit.errors import OutsideError, RemitError

__all__ = ["Output", "Progress", "guarded_stdout", "shown_output", "stdout_is_terminal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Where and how to write: ``width`` in characters, ``colour`` only for a terminal without ``NO_COLOR``.

    ``lines`` puts each document on one line, for commands that answer more than once.
    """

    as_json: bool
    colour: bool
    width: int
    lines: bool = False

    def text(self, text: str) -> None:
        """Write an answer for people. Nothing where a document was asked for."""
        if not self.as_json:
            _write(text, colour=self.colour)

    def document(self, document: Mapping[str, Any]) -> None:
        """Write the one document of ``--json``. Nothing otherwise."""
        if self.as_json:
            from remit.report.documents import document_text

            _write(document_text(document, indent=None if self.lines else 2))

    def aside(self, text: str) -> None:
        """Write what is no answer: to stderr, where that is still open."""
        with suppress(ValueError, OSError):
            click.echo(text, err=True, color=self.colour)

    def error(self, fault: RemitError) -> None:
        """Write an error: the document on stdout with ``--json``; else, or where that fails, its form on stderr."""
        from remit.report.problems import problems_document, render_problems

        if self.as_json:
            with suppress(OutsideError):
                self.document(problems_document(fault))
                return
        with suppress(ValueError, OSError):
            click.echo(render_problems(fault, colour=_colour(sys.stderr), width=self.width), err=True)


def _write(text: str, *, colour: bool | None = None) -> None:
    try:
        click.echo(text, color=colour)
    except BrokenPipeError:
        raise
    except (ValueError, OSError) as fault:  # ValueError: the stream was closed, not its file
        open_still = isinstance(fault, OSError) and fault.errno != errno.EBADF
        raise OutsideError(
            f"the answer can't be written: {getattr(fault, 'strerror', fault) if open_still else 'stdout is closed'}",
            expected="a stdout that takes it",
            mend="make room where it goes; what was recorded stays",
        ) from fault


@contextmanager
def guarded_stdout() -> Iterator[None]:
    """Keep stdout for answers while code of others runs: what it prints goes to stderr, and it can't close ours."""
    try:
        sys.stdout.flush()
        ours, theirs = os.dup(1), os.dup(2)
    except (ValueError, OSError):  # closed already, or none of its own
        yield
        return
    try:
        os.dup2(theirs, 1)
        with open(theirs, "w", encoding="utf-8", errors="backslashreplace", closefd=False) as stream:
            with redirect_stdout(stream):
                yield
            with suppress(ValueError):  # they closed it
                stream.flush()
    finally:
        os.dup2(ours, 1)
        os.close(ours)
        os.close(theirs)


def shown_output(*, as_json: bool = False, lines: bool = False) -> Output:
    """The output for this terminal, pipe or file."""
    return Output(as_json=as_json, colour=_colour(sys.stdout), width=_width(), lines=lines)


def _colour(stream: Any) -> bool:
    if os.environ.get("NO_COLOR"):  # noqa: TID251 - the terminal's own settings are the command line's to read
        return False
    if os.environ.get("FORCE_COLOR"):  # noqa: TID251
        return True
    return _is_screen(stream)


def _is_screen(stream: Any) -> bool:
    return _is_terminal(stream) and os.environ.get("TERM") != "dumb"  # noqa: TID251


def _is_terminal(stream: Any) -> bool:
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):  # closed, or taken away
        return False


def stdout_is_terminal() -> bool:
    """Whether a person reads the answers as they come, on a screen that can be cleared."""
    return _is_screen(sys.stdout)


def _width() -> int:
    return max(40, min(shutil.get_terminal_size((80, 24)).columns, 120))


_GLANCE_S = 0.1  # nobody reads faster, and writing for each of thousands of items a second takes longer than they do


class Progress:
    """A line of progress on a terminal, after the first second; silent in a pipe.

    Args:
        what: what is counted.
        total: how many there will be, where known.
    """

    def __init__(self, what: str, total: int | None) -> None:
        self._what, self._total = what, total
        self._since = time.monotonic()
        self._first: float | None = None
        self._done_before = 0
        self._shown = False
        self._last = self._since
        self._live = _is_terminal(sys.stderr)

    def __call__(self, done: int) -> None:
        """``done`` are done."""
        now = time.monotonic()
        if self._first is None:  # loading the executor came before: it says nothing about the rest
            self._first, self._done_before = now, done
        if not self._live or now - self._since < 1.0 or now - self._last < _GLANCE_S:
            return
        self._last = now
        of = f" of {self._total:,}" if self._total else ""
        counted, seconds = done - self._done_before, now - self._first
        left = f", about {seconds / counted * (self._total - done):.0f} s left" if self._total and counted else ""
        sys.stderr.write(f"\r\x1b[2K{self._what}: {done:,}{of}{left}")
        sys.stderr.flush()
        self._shown = True

    def close(self) -> None:
        """Remove the line."""
        if self._shown:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
