"""What reading a definition of 318 lines costs, from its text to the checked value, and importing what reads it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import yaml

from bench.figure import Figure
from bench.measure import ROOT, cpu_seconds, wall_seconds

LINES = 318
WHOLE = ROOT / "tests" / "data" / "whole.yaml"
MODE = "  - {{id: M{n}, kind: wrong, mode: another way, severity: 5, detect: \"output.team == 'other'\", tag: m{n}}}"


def definition() -> str:
    """The whole example of the tests, made longer by failure modes."""
    lines = WHOLE.read_text(encoding="utf-8").splitlines()
    at = lines.index("cases:") - 1
    more = [MODE.format(n=n) for n in range(LINES - len(lines))]
    return "\n".join([*lines[:at], *more, *lines[at:]]) + "\n"


def figures() -> Iterable[Figure]:
    """Reading beside PyYAML's own safe loader, and the import in a fresh interpreter."""
    from remit.definition.reading import read
    from remit.files.yaml_reader import read_yaml_text

    text = definition()

    def whole() -> None:
        file = read_yaml_text(text, "work/whole.yaml")
        read(file.data, file.source)

    whole()
    yield Figure(
        name=f"read a definition of {LINES} lines, every fault looked for",
        unit="ms",
        ours=cpu_seconds(whole, repeats=20) * 1e3,
        baseline=cpu_seconds(lambda: yaml.load(text, yaml.CSafeLoader), repeats=20) * 1e3,
        baseline_name="PyYAML's safe loader alone",
        goal=25,
    )
    empty = wall_seconds([sys.executable, "-c", "pass"], cwd=Path.cwd())
    with_import = wall_seconds([sys.executable, "-c", "import remit.files.definitions"], cwd=Path.cwd())
    yield Figure(name="import remit.files.definitions", unit="ms", ours=(with_import - empty) * 1e3, goal=250)
