"""``remit check --watch``: the same answer again, as soon as a file of the project changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import click

from remit.cli.changes import changes
from remit.cli.output import Output, stdout_is_terminal
from remit.errors import RemitError

__all__ = ["watch"]

_LINE = 60


def watch(
    root: Path, output: Output, *, answer: Callable[[Path], object], wait: Callable[[float], None] = time.sleep
) -> None:
    """Answer now, and after every change below ``root``, until somebody interrupts.

    On a terminal each answer stands on a cleared screen. Elsewhere the answers follow each other with a line between
    them that says what changed; with ``--json`` each of them is one line. What is wrong is said, and the watch goes on.

    Args:
        root: the folder of the project.
        output: where to write.
        answer: reads everything in ``root`` anew and writes the answer.
        wait: sleeps so many seconds.

    Raises:
        UsageError: there are too many files to look at.
    """
    live = stdout_is_terminal() and not output.as_json
    looks = changes(root, wait=wait)
    for changed in chain([()], looks):
        if live:
            click.clear()
        elif changed:
            output.text(f"\n{f'---- changed: {_named(changed)} '.ljust(_LINE, '-')}\n")
        try:
            answer(root)
        except RemitError as fault:
            output.error(fault)
        if live:
            what = f"{_named(changed)} changed. " if changed else ""
            output.aside(f"\n{what}Watching the project; Ctrl-C ends it.")


def _named(changed: tuple[str, ...]) -> str:
    more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
    return ", ".join(changed[:3]) + more
