"""The page on adoption can be followed: its file is written, its lines run, in a project beside a service."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from tests.integration.small_project import environment, make

from remit.items import Route
from remit.project import Project
from remit.store.decisions import decision_by_key

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "adopting.md").read_text(encoding="utf-8")
FILE, SCRIPT = re.findall(r"```python\n(.*?)```", PAGE, re.S)
COMMANDS = [line for block in re.findall(r"```console\n(.*?)```", PAGE, re.S) for line in block.splitlines()]


@pytest.fixture
def shop(tmp_path):
    made = make(tmp_path / "shop").split_and_freeze()
    made.write("service/app.py", FILE)
    return made


def test_the_page_can_be_followed(shop):
    for command in COMMANDS:
        said = shop.process(*shlex.split(command)[1:])
        assert said.code == 0, said.err
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=shop.root / "service",
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    with Project.open(shop.root) as project:
        record = decision_by_key(project.store, work="refunds", key="order-1")
    assert (record.decision.route, record.executor) == (Route.INCUMBENT, "desk")
