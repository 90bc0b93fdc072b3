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
    "httpx2",
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


def test_a_service_is_checked_without_a_key_and_without_what_calls_it(tmp_path):
    project = tmp_path / "digits"
    shutil.copytree(SOURCE.parent / "examples" / "digits", project)
    work = next((project / "work").glob("*.yaml")).stem
    (project / "executors" / "elsewhere.yaml").write_text(
        f'for: {work}\nkind: http\nversion: "1"\n'
        "settings: {url: https://service.example/answer, key_from: NO_SUCH_KEY_OF_OURS}\n",
        encoding="utf-8",
    )
    found = imported("check", "--executor", "elsewhere", cwd=project, codes=(0, 1))
    assert "remit.executors.http.settings" in found
    assert found & HEAVY <= {"google.protobuf"}
