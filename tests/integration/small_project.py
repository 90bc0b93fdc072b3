"""A small project, whole: one work, two hundred cases, two functions and the clerks, made in any folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from remit.cli.main import run
from remit.project import Project, Work

SOURCE = Path(__file__).resolve().parents[2] / "src"

PROJECT = """\
currency: EUR
people:
  - {id: mira, name: Mira Olsen, roles: [author, Head of Refunds], contact: mira@shop.example}
  - {id: jonas, name: Jonas Weber, roles: [accountable, Director of Sales], contact: jonas@shop.example}
  - {id: tarek, name: Tarek Aziz, roles: [reviewer, refund clerk], contact: tarek@shop.example}
"""

DEFINITION = (Path(__file__).resolve().parents[1] / "data" / "refunds.yaml").read_text(encoding="utf-8")

DESK = '''\
"""Who pays how much back, by a rule of thumb."""


def answer(given: dict) -> tuple[dict, float]:
    """The refund, and how sure it is."""
    amount = given["amount"]
    near = min(abs(amount - 60.0), abs(amount - 120.0))
    refund = "yes" if amount < 60.0 else "ask" if amount < 120.0 else "no"
    return {"refund": refund}, min(0.99, 0.6 + near / 100.0)
'''

COUNTING = '''\
"""The desk, writing down what it is asked."""

import os
from pathlib import Path

CALLS = Path(__file__).with_name("calls.log")


def answer(given: dict) -> tuple[dict, float]:
    """The refund, and how sure it is."""
    file = os.open(CALLS, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, f"{given['amount']}\\n".encode())
    os.close(file)
    amount = given["amount"]
    near = min(abs(amount - 60.0), abs(amount - 120.0))
    refund = "yes" if amount < 60.0 else "ask" if amount < 120.0 else "no"
    return {"refund": refund}, min(0.99, 0.6 + near / 100.0)
'''

GENEROUS = '''\
"""Pays everything back."""


def answer(given: dict) -> dict:
    return {"refund": "yes"}
'''

FILES = {
    "remit.yaml": PROJECT,
    "work/refunds.yaml": DEFINITION,
    "functions/desk.py": DESK,
    "functions/generous.py": GENEROUS,
    "executors/desk.yaml": (
        'for: refunds\nkind: function\nentry: functions/desk.py:answer\nversion: "1"\n'
        "deadline: 5s\ncost_per_item: 0.01\nauthor: sam\n"
    ),
    "executors/generous.yaml": (
        'for: refunds\nkind: function\nentry: functions/generous.py:answer\nversion: "1"\n'
        "deadline: 5s\ncost_per_item: 0.0\nconfidence: none\nauthor: sam\n"
    ),
    "executors/clerks.yaml": "for: refunds\nkind: person\nincumbent: true\ncost_per_item: 2.0\n",
}

ITEM = {"amount": 20.0, "channel": "web", "dealer": False}


def rows(n: int = 200) -> list[str]:
    """The lines of a case file. In the south the clerks pay back a little more than the rule of the desk knows."""
    rng = np.random.default_rng(5)
    lines = ["case,input.amount,input.channel,input.note,input.dealer,expected.refund,tags,labelled_by,region"]
    for i in range(n):
        amount = round(float(rng.uniform(1, 200)), 2)
        channel = "web" if rng.random() < 0.6 else "shop"
        region = "south" if rng.random() < 0.5 else "north"
        more = 6 if region == "south" else 0
        right = "yes" if amount < 60 + more else "ask" if amount < 120 + more else "no"
        lines.append(f"c{i:03},{amount},{channel},note {i},no,{right},normal,tarek,{region}")
    return lines


@dataclass(frozen=True)
class Spoken:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict:
        """The one document on stdout."""
        return json.loads(self.out)


@dataclass
class Small:
    """A small project in a folder."""

    root: Path

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def read(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        text = self.read(name)
        assert text.count(old) >= 1, f"{old!r} is not in {name}"
        self.write(name, text.replace(old, new, 1))

    @property
    def work(self) -> Work:
        """The work, opened anew."""
        return Project.open(self.root).work("refunds")

    def split_and_freeze(self) -> Small:
        with self.opened() as work:
            work.split_cases(seed=7, share_prove=0.6)
            work.freeze_cases()
        return self

    def opened(self) -> _Opened:
        return _Opened(self.root)

    def process(
        self, *arguments: str, cwd: Path | None = None, stdin: str | None = None, timeout: float = 60
    ) -> Spoken:
        """Run the command line as a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "remit", *arguments],
            cwd=self.root if cwd is None else cwd,
            env=environment(),
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        return Spoken(code=done.returncode, out=done.stdout, err=done.stderr)


class _Opened:
    """A project that is closed at the end."""

    def __init__(self, root: Path) -> None:
        self._project = Project.open(root)

    def __enter__(self) -> Work:
        return self._project.work("refunds")

    def __exit__(self, *_: object) -> None:
        self._project.close()


def environment(**more: str) -> dict[str, str]:
    """The environment of a process that runs this source."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REMIT_")}  # noqa: TID251
    return {**kept, "PYTHONPATH": str(SOURCE), "PYTHONWARNINGS": "error", "COLUMNS": "100", **more}


def make(root: Path, *, n_cases: int = 200, **changes: str) -> Small:
    """Make the project in ``root``."""
    small = Small(root)
    for name, text in FILES.items():
        small.write(name, text)
    small.write("cases/refunds.csv", "\n".join(rows(n_cases)) + "\n")
    for name, text in changes.items():
        small.write(name, text)
    return small


@dataclass
class Terminal:
    """The command line in this process, in the folder it is started in."""

    capsys: object
    monkeypatch: object
    cwd: Path

    def __call__(self, *arguments: str, cwd: Path | None = None) -> Spoken:
        self.monkeypatch.chdir(self.cwd if cwd is None else cwd)
        self.capsys.readouterr()
        code = run(list(arguments))
        said = self.capsys.readouterr()
        return Spoken(code=code, out=said.out, err=said.err)
