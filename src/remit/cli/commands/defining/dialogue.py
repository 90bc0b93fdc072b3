"""Asking a person on a plain terminal, or whoever pipes the answers: text only, one line for an answer."""

from __future__ import annotations

import sys
from enum import Enum, auto

from remit.cli.output import Output
from remit.report.terminal import render_asked, render_said

__all__ = ["Dialogue", "Word"]

MAX_LINE = 100_000


class Word(Enum):
    """What is said instead of an answer."""

    SKIP = auto()
    STOP = auto()


class Dialogue:
    """Questions out, lines in. Answers that are piped are shown behind their prompts."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._live = sys.stdin is not None and sys.stdin.isatty()

    def say(self, text: str, *, indent: int = 0) -> None:
        """A paragraph."""
        self._output.text(render_said(text, indent=indent, width=self._output.width))

    def blank(self) -> None:
        """An empty line."""
        self._output.text("")

    def question(self, heading: str, ask: str, lines: tuple[str, ...]) -> None:
        """One question with what stands below it."""
        self._output.text(render_asked(heading, ask, lines, width=self._output.width, colour=self._output.colour))

    def answer(self, why: str) -> str | Word:
        """The next line that is not a question back; :data:`Word.STOP` at the end of the input.

        Args:
            why: what is said to ``?``, as often as it is asked.
        """
        while True:
            try:
                line = self._line()
            except UnicodeDecodeError:
                self.say("That is not UTF-8 text. Say it again.", indent=2)
                continue
            if line is None:
                if self._live:
                    self.blank()
                return Word.STOP
            said = "".join(char if char.isprintable() else " " for char in line).strip()
            match said.casefold():
                case "":
                    return Word.SKIP
                case "stop" | "quit" | "exit" | ":q":
                    return Word.STOP
                case "?" | "help" | "why":
                    self.say(why, indent=2)
                case _:
                    return said

    def _line(self) -> str | None:
        if self._live:
            import readline  # noqa: F401 - arrow keys and corrections at the prompt

            try:
                return input("> ")
            except EOFError:
                return None
        raw = sys.stdin.buffer.readline(MAX_LINE)
        if not raw:
            return None
        line = raw.decode("utf-8").rstrip("\r\n")
        self._output.text(f"> {line[:500]}".rstrip())
        return line
