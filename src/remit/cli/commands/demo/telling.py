"""How the demo speaks: headings, text, lines of files, and commands that are run as they are shown."""

from __future__ import annotations

import contextlib
import io
import json
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from remit.errors import OutsideError

if TYPE_CHECKING:
    from remit.cli.output import Output
    from remit.project.ambient import Ambient

__all__ = ["Telling", "folded"]


class Telling:
    """A story on the terminal.

    Args:
        output: where it is told.
    """

    def __init__(self, output: Output) -> None:
        self._output = output
        self._step = 0

    def heading(self, text: str) -> None:
        """Begin the next step."""
        self._step += 1
        bar = "=" * min(self._output.width, 100)
        heading = f"{self._step}. {text}"
        self._output.text(f"\n{click.style(bar, dim=True)}")
        for line in folded(heading, width=self._output.width):
            self._output.text(click.style(line, bold=True))
        self._output.text("")

    def text(self, text: str) -> None:
        """Say something, folded to the width of the terminal."""
        self._output.text("\n".join(folded(text, width=self._output.width)))

    def excerpt(self, path: Path, starts: Sequence[str], *, most: int) -> None:
        """Some lines of a file: from each of these starts on, so many lines."""
        lines = path.read_text(encoding="utf-8").splitlines()
        self._output.text("")
        for start in starts:
            at = next((i for i, line in enumerate(lines) if line.startswith(start)), None)
            if at is None:
                continue
            for line in (*lines[at : at + most], "  ..."):
                self._output.text("\n".join(folded(f"  {line}", width=self._output.width)))

    def run(
        self, *args: str, expect: int | tuple[int, ...] = 0, first: int | None = None, ambient: Ambient | None = None
    ) -> None:
        """Show a command and run it, exactly as if it were typed; another exit code than expected ends the demo.

        ``first`` shows only so many lines of what it says.
        """
        from remit.cli.main import run

        self._output.text(f"\n{click.style('$ remit ' + shlex.join(args), fg='cyan')}")
        if first is None:
            code = run(list(args), ambient=ambient)
        else:
            heard = _Heard(live=sys.stdout.isatty())
            with contextlib.redirect_stdout(heard), contextlib.redirect_stderr(heard):
                code = run(list(args), ambient=ambient)
            lines = heard.getvalue().splitlines()
            self._output.text("\n".join(lines[:first]))
            if len(lines) > first:
                self._output.text(click.style(f"  ... {len(lines) - first} more lines", dim=True))
        _require(args, code, expect)

    def quietly(self, *args: str, expect: int | tuple[int, ...] = 0, ambient: Ambient | None = None) -> Any:
        """Run a command that was shown before and is not to be read again; its document of ``--json``."""
        from remit.cli.main import run

        heard = io.StringIO()
        with contextlib.redirect_stdout(heard), contextlib.redirect_stderr(io.StringIO()):
            code = run([*args, "--json"], ambient=ambient)
        _require(args, code, expect, said=heard.getvalue())
        return json.loads(heard.getvalue())


def _require(args: Sequence[str], code: int, expect: int | tuple[int, ...], *, said: str = "") -> None:
    if code not in ((expect,) if isinstance(expect, int) else expect):
        raise OutsideError(
            f"`remit {shlex.join(args)}` ended with {code}{': ' if said else ''}{said[:2000]}",
            expected=str(expect),
            found=str(code),
            mend="run it in the folder of the demo, with --debug",
        )


def folded(line: str, *, width: int) -> list[str]:
    """``line`` whole, in lines of at most ``width`` cells; the rest of an indented line stands two deeper."""
    from remit.report.text import wrapped

    indent = len(line) - len(line.lstrip(" "))
    deeper = indent + 2 if indent else 0
    first, *rest = wrapped(line.lstrip(" "), width - deeper)
    return [" " * indent + first, *(" " * deeper + more for more in rest)]


class _Heard(io.StringIO):
    """What a command says, kept; it speaks as to the terminal the demo runs on."""

    def __init__(self, *, live: bool) -> None:
        super().__init__()
        self._live = live

    def isatty(self) -> bool:
        return self._live
