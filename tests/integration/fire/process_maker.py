"""A process that has read all the code, and forks a process of Remit whenever it is asked: a life costs milliseconds.

One JSON object a line comes in: ``{"start": {...}}`` is answered with the new process' id, ``{"kill": id}`` and
``{"wait": id}`` with how it ended.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import signal
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import remit
from remit.cli.main import run
from remit.items import Item
from remit.project import Project
from remit.project.ambient import Ambient, system


def ahead(seconds: float) -> Ambient:
    """A clock that is so many seconds ahead."""
    own = system()
    return replace(own, now=lambda: own.now() + timedelta(seconds=seconds))


def decide_batch(items: str, ambient: Ambient) -> int:
    """Decide what the file says in one batch, and say every item that came out."""
    given = json.loads(Path(items).read_text())
    with Project.open(".", ambient=ambient) as project:
        coming = (Item(key=key, input=content) for key, content in given)
        for one in project.work("refunds").decide_many(coming, executor="desk"):
            sys.stdout.write(f"{one.record.key} {one.record.id}\n")
            sys.stdout.flush()
    return 0


def live(asked: dict) -> int:
    """One life, in the process that was forked for it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(asked["cwd"])
    os.environ.update(asked["env"])  # noqa: TID251
    output = os.open(asked["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.stdout = os.fdopen(1, "w")
    sys.stderr = os.fdopen(2, "w")
    ambient = ahead(asked["ahead"])
    code = decide_batch(asked["batch"], ambient) if "batch" in asked else run(asked["arguments"], ambient=ambient)
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def main() -> None:
    for found in pkgutil.walk_packages(remit.__path__, "remit."):
        if not found.name.startswith(("remit.__main__", "remit.store.migrations.")):
            importlib.import_module(found.name)
    say, hear = os.fdopen(os.dup(1), "w"), os.fdopen(os.dup(0))
    say.write("ready\n")
    say.flush()
    for line in hear:
        asked = json.loads(line)
        if "start" in asked:
            pid = os.fork()
            if pid == 0:
                code = 70
                try:
                    code = live(asked["start"])
                finally:
                    os._exit(code)
            ended = pid
        else:
            if "kill" in asked:
                os.kill(asked["kill"], signal.SIGKILL)
            ended = os.waitpid(asked.get("kill", asked.get("wait")), 0)[1]
        say.write(f"{ended}\n")
        say.flush()


if __name__ == "__main__":
    main()
