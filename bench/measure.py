"""How figures are taken: CPU seconds, peak memory, and each side in a process of its own."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["cpu_seconds", "in_own_process", "peak_mb", "wall_seconds"]

ROOT = Path(__file__).resolve().parents[1]


def cpu_seconds(work: Callable[[], object], *, repeats: int = 5) -> float:
    """The least CPU time of one call, of ``repeats`` calls, in seconds; what else runs only adds to it."""
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def wall_seconds(command: list[str], *, cwd: Path, codes: tuple[int, ...] = (0,), repeats: int = 9) -> float:
    """The least time on the wall of one run of a command, of ``repeats`` runs after a first one, in seconds."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    taken = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        done = subprocess.run(
            command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        taken.append(time.perf_counter() - start)
        if done.returncode not in codes:
            raise RuntimeError(f"{' '.join(command)}\n{done.stderr}")
    return min(taken[1:])


def peak_mb() -> float:
    """The most memory that this process ever held, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def in_own_process(module: str, *arguments: object) -> dict[str, Any]:
    """Runs ``python -m module arguments`` and returns the JSON object on the last line that it prints."""
    command = [sys.executable, "-m", module, *(str(argument) for argument in arguments)]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout.strip().rsplit("\n", 1)[-1])
    return found
