"""What a person types: one key on a terminal, one line in a pipe."""

from __future__ import annotations

import sys

import click

__all__ = ["Ended", "Keyboard"]


class Ended(Exception):
    """Nothing more will be typed."""


class Keyboard:
    """Reads keys and lines from stdin: a terminal gives keys at once, a pipe gives lines."""

    def __init__(self) -> None:
        self._is_terminal = sys.stdin.isatty()

    def key(self) -> str:
        """One key, or in a pipe one line without the blanks around it.

        Raises:
            Ended: the input is at its end.
        """
        if not self._is_terminal:
            return self.line()
        try:
            key = click.getchar()
        except EOFError:
            raise Ended from None
        return "" if key in ("\r", "\n") else key

    def line(self) -> str:
        """One line without the blanks around it.

        Raises:
            Ended: the input is at its end.
        """
        line = sys.stdin.readline()
        if not line:
            raise Ended
        return line.strip()
