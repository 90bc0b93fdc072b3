"""The command line starts fast because it imports nothing heavy that it does not need."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"
HEAVY = {
    "alembic",
    "google.protobuf",
    "jinja2",
    "numpy",
    "pandas",
    "polars",
    "pydantic_ai",
    "ray",
    "scipy",
    "skops",
    "sklearn",
    "sqlalchemy",
}

WATCH = """
import sys
from remit.cli.main import main
try:
    main()
except SystemExit as left:
    print("\\nLEFT WITH", left.code, "IMPORTED", *sys.modules)
"""


def imported(*arguments: str, cwd: Path, codes: tuple[int, ...] = (0,)) -> set[str]:
    """The modules that ``remit`` has imported when it leaves."""
    done = subprocess.run(
        [sys.executable, "-c", WATCH, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},  # noqa: TID251
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    code, _, modules = done.stdout.rsplit("LEFT WITH ", 1)[-1].partition(" IMPORTED ")
    assert code in [str(expected) for expected in codes], done.stdout[:2000] + done.stderr
    return set(modules.split())


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("prove", "--help"), ("explain", "E303")])
def test_help_imports_nothing_heavy(arguments, tmp_path):
    assert imported(*arguments, cwd=tmp_path) & HEAVY == set()


@pytest.mark.parametrize("arguments", [("intent", "Classify each ticket."), ("define", "parcel-claim")])
def test_an_intent_is_read_and_a_work_is_asked_for_without_anything_heavy(arguments, tmp_path):
    assert imported(*arguments, cwd=tmp_path, codes=(0, 1)) & HEAVY == set()


@pytest.mark.parametrize("example", ["digits", "junk-message", "mortgage", "postcode"])
def test_check_imports_nothing_heavy_but_what_checks_the_types_of_expressions(example, tmp_path):
    project = tmp_path / example
    shutil.copytree(SOURCE.parent / "examples" / example, project, ignore=shutil.ignore_patterns("downloads"))
    assert imported("check", cwd=project, codes=(0, 1)) & HEAVY <= {"google.protobuf"}
