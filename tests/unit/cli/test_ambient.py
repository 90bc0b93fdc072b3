"""A command runs by the clock that it is given, and by the machine's own otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import click

from remit.cli import main
from remit.cli.options import opened
from remit.project.ambient import system

DAY = datetime(2031, 1, 2, tzinfo=UTC)


def test_a_command_runs_by_the_clock_that_it_is_given(tmp_path, monkeypatch):
    (tmp_path / "remit.yaml").write_text("")
    monkeypatch.chdir(tmp_path)
    seen = []

    @click.command()
    def look():
        with opened() as project:
            seen.append(project.ambient.now())

    monkeypatch.setattr(main._Commands, "get_command", lambda *_: look)
    assert main.run(["check"], ambient=replace(system(), now=lambda: DAY)) == 0
    assert main.run(["check"]) == 0
    assert seen[0] == DAY
    assert seen[1] < DAY
