"""How long `remit check --watch` takes from the write of a file to the whole answer, in one process."""

from __future__ import annotations

import contextlib
import io
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure
from bench.measure import ROOT
from remit.cli.commands.checking import checked, shown
from remit.cli.output import shown_output
from remit.cli.watching import watch
from remit.project import Project

EXAMPLE = ROOT / "examples" / "mortgage"
N_WRITES = 20


class _Over(Exception):
    """Enough was measured."""


def figures() -> Iterator[Figure]:
    """Write the definition again and again, and wait for the answer to each write."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(shutil.copytree(EXAMPLE, Path(folder) / "mortgage"))
        taken = _taken(root)
    middle, worst = statistics.median(taken) * 1000, max(taken) * 1000
    yield Figure(name="remit check --watch, from the write to the answer", unit="ms", ours=middle, goal=200)
    yield Figure(name=f"the same, the longest of {N_WRITES}", unit="ms", ours=worst)


def _taken(root: Path) -> list[float]:
    """Seconds on the wall from the end of each write to the end of its answer."""
    answered, over = threading.Event(), threading.Event()
    thread = threading.Thread(target=_watch, args=(root, answered, over))
    thread.start()
    path = root / "work" / "mortgage.yaml"
    text = path.read_text(encoding="utf-8")
    taken = []
    answered.wait()
    for number in range(N_WRITES):
        answered.clear()
        time.sleep(0.11 + number / 300)  # at another place between two looks each time
        path.write_text(f"{text}# {number}\n", encoding="utf-8")
        since = time.perf_counter()
        answered.wait()
        taken.append(time.perf_counter() - since)
    over.set()
    thread.join()
    return taken


def _watch(root: Path, answered: threading.Event, over: threading.Event) -> None:
    output = shown_output()

    def answer(where: Path) -> None:
        with contextlib.redirect_stdout(io.StringIO()), Project.open(where) as project:
            shown(checked(project, (), for_level=None, executor=None), output, format_="text")
        answered.set()

    def wait(seconds: float) -> None:
        if over.is_set():
            raise _Over
        time.sleep(seconds)

    with contextlib.suppress(_Over), contextlib.redirect_stdout(io.StringIO()):
        watch(root, output, answer=answer, wait=wait)
