"""``remit check --watch`` as a process: it answers to a real change, and ends when it is interrupted."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.small_project import environment

LONGEST = 60
"""Seconds after which a watch that says nothing is ended."""


@pytest.fixture
def watching(small) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", "from remit.cli.main import main; main()", "check", "--watch", "--json"]
    process = subprocess.Popen(
        command, cwd=small.root, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    guard = threading.Timer(LONGEST, process.kill)
    guard.start()
    yield process
    guard.cancel()
    process.kill()
    process.communicate()


def next_document(process: subprocess.Popen[str]) -> dict:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def states(document: dict) -> dict[str, str]:
    return {rule["rule"]: rule["state"] for rule in document["works"][0]["rules"]}


def test_each_change_gives_one_document_a_line_until_it_is_interrupted(small, watching):
    path = Path(small.root) / "work" / "refunds.yaml"
    text = path.read_text(encoding="utf-8")
    assert states(next_document(watching))["WD01"] == "pass"

    path.write_text(text.replace("unit: one ", "unit: many "), encoding="utf-8")
    assert states(next_document(watching))["WD01"] == "fail"

    path.write_text(text + "scope: [\n", encoding="utf-8")
    broken = next_document(watching)
    assert (broken["works"], len(broken["errors"])) == ([], 1)

    beside = path.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
    while not (mended := next_document(watching))["works"]:
        pass  # the file beside it was seen first
    assert states(mended)["WD01"] == "pass"

    watching.send_signal(signal.SIGINT)
    _, said = watching.communicate(timeout=LONGEST)
    assert watching.returncode == 130
    assert said.strip() == "interrupted"


@pytest.mark.parametrize("format_", ["github", "junit"])
def test_a_report_that_has_to_be_whole_is_not_watched(small, remit, format_):
    said = remit("check", "--watch", "--format", format_)
    assert said.code == 2
    assert "leave --watch out" in said.err
