"""What a person types: one key on a terminal, one line in a pipe."""

from __future__ import annotations

import os
import select
import sys
import termios
import tty
from typing import Any, Final, Self

__all__ = ["Ended", "Keyboard"]

_END_OF_INPUT: Final = "\x04"
_ESCAPE: Final = "\x1b"


class Ended(Exception):
    """Nothing more will be typed."""


class Keyboard:
    """Reads keys and lines from stdin: a terminal gives keys at once, a pipe gives lines.

    Inside its ``with`` block a terminal gives every key as it is typed; keys typed ahead are kept.
    """

    def __init__(self) -> None:
        self._terminal = sys.stdin.fileno() if sys.stdin.isatty() else None
        self._before: list[Any] = []

    def __enter__(self) -> Self:
        if self._terminal is not None:
            self._before = termios.tcgetattr(self._terminal)
            tty.setcbreak(self._terminal, termios.TCSANOW)
        return self

    def __exit__(self, *_: object) -> None:
        if self._terminal is not None:
            termios.tcsetattr(self._terminal, termios.TCSANOW, self._before)

    def key(self) -> str:
        """One key, or in a pipe one line without the blanks around it.

        Raises:
            Ended: the input is at its end.
        """
        if self._terminal is None:
            return self.line()
        key = _typed(self._terminal)
        if key == _END_OF_INPUT:
            raise Ended
        if key == _ESCAPE:  # an arrow and its like come as several characters: none of them is an answer
            while select.select([self._terminal], [], [], 0)[0]:
                os.read(self._terminal, 16)
            return ""
        return "" if key in ("\r", "\n") else key

    def line(self) -> str:
        """One line without the blanks around it.

        Raises:
            Ended: the input is at its end.
        """
        if self._terminal is None:
            line = sys.stdin.readline()
        else:
            termios.tcsetattr(self._terminal, termios.TCSANOW, self._before)
            try:
                line = sys.stdin.readline()
            finally:
                tty.setcbreak(self._terminal, termios.TCSANOW)
        if not line:
            raise Ended
        return line.strip()


def _typed(terminal: int) -> str:
    """One character, however many bytes it has."""
    raw = b""
    while len(raw) < 4:
        byte = os.read(terminal, 1)
        if not byte:
            raise Ended
        raw += byte
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            continue
    return ""
