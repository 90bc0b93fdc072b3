"""How long readiness takes where only definitions are known: one full definition, and projects of 200 and 1,000."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench.figure import Figure
from bench.measure import ROOT, cpu_seconds
from remit.files.definitions import load_definition
from remit.project import Project
from remit.readiness.facts import Facts
from remit.readiness.judge import judge

EXAMPLE = ROOT / "examples" / "mortgage"


def figures() -> Iterator[Figure]:
    """Judge one definition, read and judge one, read and judge 200 of one project."""
    path, now = EXAMPLE / "work" / "mortgage.yaml", datetime.now(UTC)
    file = load_definition(path, root=EXAMPLE)
    one = cpu_seconds(lambda: judge(file.definition, Facts(), now=now, source=file.source))
    yield Figure(name="all static rules on one full definition", unit="ms", ours=one * 1000, goal=50)
    read = cpu_seconds(lambda: load_definition(path, root=EXAMPLE))
    yield Figure(name="reading one full definition", unit="ms", ours=read * 1000)
    for n, goal in ((200, 3), (1000, 15)):
        with tempfile.TemporaryDirectory() as name:
            folder = project_of_many(Path(name), n)
            many = cpu_seconds(partial(check_all, folder), repeats=1)
        yield Figure(name=f"{n:,} definitions of one project read and judged", unit="s", ours=many, goal=goal)


def project_of_many(folder: Path, n: int) -> Path:
    """A project with ``n`` full definitions, each under an id of its own."""
    (folder / "work").mkdir()
    shutil.copy(EXAMPLE / "remit.yaml", folder)
    text = (EXAMPLE / "work" / "mortgage.yaml").read_text(encoding="utf-8")
    for number in range(n):
        copy = text.replace("id: mortgage\n", f"id: mortgage-{number}\n", 1)
        (folder / "work" / f"mortgage-{number}.yaml").write_text(copy, encoding="utf-8")
    return folder


def check_all(folder: Path) -> None:
    """What ``remit check`` does before it prints."""
    project = Project.open(folder)
    for id_ in project.work_ids:
        project.work(id_).check()
