"""A depot for the demo: its clock, the boxes that arrive in a day, and sorters who answer what waits for them.

Everything it does to the project it does with commands, as a person would type them.  What it knows beside is only
what the people of the depot know: which boxes arrived, and what a sorter reads in them.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from remit.project.ambient import system

if TYPE_CHECKING:
    from remit.cli.commands.demo.telling import Telling
    from remit.project.ambient import Ambient

__all__ = ["Day", "Depot"]

A_DAY = 60  # boxes, as `today.volume_per_day` of the definition says
SEED = 2027
_FIRST = datetime(2027, 3, 1, 8, tzinfo=UTC)
_SIDE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What came of one day: ``level`` at its end, ``n_found`` the wrong ones among what was audited."""

    number: int
    level: str
    n_items: int
    n_acted: int
    n_reviewed: int
    n_audited: int
    n_wrong: int
    camera_moved: bool
    sentences: tuple[str, ...]


class Depot:
    """The days of a depot, one after the other, by a clock of their own.

    Args:
        telling: where commands are shown and run.
        root: the folder of the project, in which we are.
    """

    def __init__(self, telling: Telling, root: Path) -> None:
        self._telling = telling
        self._root = root
        self._now = _FIRST
        self._n_drawn = 0
        self.days: list[Day] = []
        self.ambient: Ambient = replace(system(), now=lambda: self._now, draw=self._draw)
        with (root / "arriving" / "boxes.csv").open(encoding="utf-8", newline="") as file:
            self._boxes = [
                _Box(name=row["case"], pixels=json.loads(row["input.pixels"]), digit=row["digit"])
                for row in csv.DictReader(file)
            ]

    def show(self, *args: str, expect: int | tuple[int, ...] = 0, first: int | None = None) -> None:
        """Show a command, and run it by the clock of the depot."""
        self._telling.run(*args, expect=expect, first=first, ambient=self.ambient)
        self._now += timedelta(minutes=1)

    def ask(self, *args: str, expect: int | tuple[int, ...] = 0) -> Any:
        """Run a command that is not shown; what it says as a document."""
        return self._telling.quietly(*args, expect=expect, ambient=self.ambient)

    def day(self, *, camera_moved: bool = False, shown: bool = False) -> Day:
        """One day: boxes arrive, they are decided, sorters answer what waits; in the evening the next one begins.

        Args:
            camera_moved: the camera hangs upside down, and so does every box.
            shown: the commands are shown; a day like those before it is not told again.
        """
        number = len(self.days) + 1
        items = self._arrive(number, camera_moved=camera_moved)
        if shown:
            self.show("run", "postcode", items)
        ran = self.ask("run", "postcode", items)
        self._now += timedelta(hours=1)
        waiting = self.ask("review", "list", "postcode")["reviews"]
        n_reviewed = self._answer("review", [one for one in waiting if not one["is_audit"]], number, shown=shown)
        self._now += timedelta(minutes=10)
        before = self._changes()
        n_audited = self._answer("audit", [one for one in waiting if one["is_audit"]], number, shown=shown)
        held = self.ask("autonomy", "postcode")["held"][0]
        fell = [one for one in held["changes"] if one["by"] == "remit" and one not in before]
        day = Day(
            number=number,
            level=held["level"],
            n_items=ran["n"],
            n_acted=ran["routes"].get("act", 0),
            n_reviewed=n_reviewed,
            n_audited=n_audited,
            n_wrong=self._n_wrong([one for one in waiting if one["is_audit"]]),
            camera_moved=camera_moved,
            sentences=tuple(one["reason"] for one in fell),
        )
        self.days.append(day)
        self._now = _FIRST + timedelta(days=number)
        return day

    @property
    def held(self) -> Mapping[str, Any]:
        """What `remit autonomy --json` says of the candidate."""
        found: Mapping[str, Any] = self.ask("autonomy", "postcode")["held"][0]
        return found

    def _changes(self) -> list[Any]:
        changes: list[Any] = self.ask("autonomy", "postcode")["held"][0]["changes"]
        return changes

    def _arrive(self, number: int, *, camera_moved: bool) -> str:
        """Write the boxes of a day: drawn with replacement from those that nobody has seen; a digit stays its own."""
        path = Path("arriving") / f"day-{number:02d}.jsonl"
        lines = []
        for place in range(A_DAY):
            box = self._boxes[_drawn(f"box {number} {place}", len(self._boxes))]
            pixels = list(reversed(box.pixels)) if camera_moved else box.pixels  # turned by 180 degrees
            key = f"{number:02d}-{place + 1:02d}-{box.name}"
            lines.append(json.dumps({"key": key, "input": {"pixels": pixels}}, separators=(",", ":")) + "\n")
        (self._root / path).write_text("".join(lines), encoding="utf-8")
        return str(path)

    def _answer(self, group: str, waiting: list[Any], number: int, *, shown: bool) -> int:
        """A sorter reads every box that waits, knows the digit, and keys it; their tool writes one file of it."""
        if not waiting:
            return 0
        path = Path("answers") / f"{group}-{number:02d}.jsonl"
        path.parent.mkdir(exist_ok=True)
        digits = {box.name: box.digit for box in self._boxes}
        answers = [
            {"review": one["id"], "output": {"digit": digits[one["key"].rpartition("-")[2]]}, "seconds": 4}
            for one in waiting
        ]
        path.write_text("".join(json.dumps(one) + "\n" for one in answers), encoding="utf-8")
        command = (group, "decide", "--file", str(path), "--by", "noor")
        if shown:
            self.show(*command)
        else:
            self.ask(*command)
        return len(answers)

    def _n_wrong(self, audits: list[Any]) -> int:
        """How many of the audits found something wrong: each says so once it is decided."""
        found = [self.ask("review", "show", one["id"])["finding"] for one in audits]
        return sum(one is not None and one["wrong"] is True for one in found)

    def _draw(self) -> float:
        self._n_drawn += 1
        return _drawn(f"draw {self._n_drawn}", 2**53) / 2**53


@dataclass(frozen=True, slots=True, kw_only=True)
class _Box:
    name: str
    pixels: list[int]
    digit: str


def _drawn(what: str, n: int) -> int:
    """A number below ``n`` that only the seed decides, the same on every machine."""
    return int.from_bytes(hashlib.sha256(f"{SEED}:{what}".encode()).digest()[:8]) % n
