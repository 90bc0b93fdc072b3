"""Real processes of Remit, forked from one that has read all the code, and ended by their ids."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.integration.small_project import environment

SCRIPT = Path(__file__).with_name("process_maker.py")
LONGEST_S = 30.0


class Processes:
    """Starts processes and ends them; whatever still runs is ended with the ``with`` block."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._alive: set[int] = set()
        self._n = 0

    def __enter__(self) -> Self:
        self._maker = subprocess.Popen(
            [sys.executable, str(SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(OPENBLAS_NUM_THREADS="1"),
            text=True,
        )
        assert self._maker.stdout.readline() == "ready\n"
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(AssertionError, ValueError, OSError):
            self.end_all()
        self._maker.stdin.close()
        self._maker.wait(10)
        self._maker.stdout.close()

    def start(self, cwd: Path, *, ahead: float = 0.0, env: dict[str, str] | None = None, **what: object) -> Life:
        """Start ``arguments`` of the command line, or a ``batch``."""
        self._n += 1
        output = self._folder / f"life-{self._n}.txt"
        output.touch()
        asked = {"cwd": str(cwd), "env": env or {}, "output": str(output), "ahead": ahead, **what}
        pid = self._ask({"start": asked})
        self._alive.add(pid)
        return Life(self, pid, output)

    def end_all(self) -> None:
        """End whatever still runs."""
        for pid in tuple(self._alive):
            self.kill(pid)

    def kill(self, pid: int) -> int:
        """``kill -9``, and wait until it is gone."""
        self._alive.discard(pid)
        return self._ask({"kill": pid})

    def wait(self, pid: int) -> int:
        """Wait until it ends by itself."""
        self._alive.discard(pid)
        return self._ask({"wait": pid})

    def _ask(self, asked: dict[str, object]) -> int:
        self._maker.stdin.write(json.dumps(asked) + "\n")
        self._maker.stdin.flush()
        line = self._maker.stdout.readline()
        assert line, "the maker of processes is gone"
        return int(line)


class Life:
    """One process, and what it said."""

    def __init__(self, processes: Processes, pid: int, output: Path) -> None:
        self._processes = processes
        self.pid = pid
        self._output = output

    @property
    def said(self) -> str:
        return self._output.read_text()

    @property
    def lines(self) -> list[str]:
        """The whole lines."""
        return [line for line in self.said.splitlines(keepends=True) if line.endswith("\n")]

    def until(self, words: str) -> str:
        """Wait until it said this, and give all that it said."""
        over = time.monotonic() + LONGEST_S
        while words not in (said := self.said):
            assert time.monotonic() < over, said
            time.sleep(0.002)
        return said

    def kill(self) -> None:
        self._processes.kill(self.pid)

    def wait(self) -> int:
        return self._processes.wait(self.pid)
