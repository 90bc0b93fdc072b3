"""How long the command line takes as a process, beside a Python that does nothing."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure
from bench.measure import ROOT, wall_seconds

REMIT = [sys.executable, "-m", "remit"]


def figures() -> Iterator[Figure]:
    """``remit --help`` anywhere, ``remit check`` in an example, both on the wall."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "examples" / "mortgage", folder / "mortgage")
        nothing = wall_seconds([sys.executable, "-c", "pass"], cwd=folder)
        help_ = wall_seconds([*REMIT, "--help"], cwd=folder)
        check = wall_seconds([*REMIT, "check"], cwd=folder / "mortgage", codes=(0, 1))
    for name, seconds, goal in (("remit --help, the process", help_, 300), ("remit check, the process", check, 600)):
        yield Figure(
            name=name,
            unit="ms",
            ours=seconds * 1000,
            baseline=nothing * 1000,
            baseline_name="python -c pass",
            goal=goal,
        )
