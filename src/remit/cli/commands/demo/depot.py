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
    """What came of one day: ``level`` is that at its end, ``n_wrong`` of ``n_audited`` were wrong."""

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
        self.held: Mapping[str, Any] = {}
        """What `remit autonomy --json` said of the candidate in the evening of the last day."""
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
        reviewed = self._answer("review", [one for one in waiting if not one["is_audit"]], number, shown=shown)
        self._now += timedelta(minutes=10)
        audited = self._answer("audit", [one for one in waiting if one["is_audit"]], number, shown=shown)
        self.held = self._held()
        day = Day(
            number=number,
            level=self.held["level"],
            n_items=ran["n"],
            n_acted=ran["routes"].get("act", 0),
            n_reviewed=reviewed["n"],
            n_audited=audited["n"],
            n_wrong=audited["n_wrong"],
            camera_moved=camera_moved,
            sentences=tuple(audited["sentences"]),
        )
        self.days.append(day)
        self._now = _FIRST + timedelta(days=number)
        return day

    def _held(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.ask("autonomy", "postcode")["held"][0]
        return found

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

    def _answer(self, group: str, waiting: list[Any], number: int, *, shown: bool) -> Mapping[str, Any]:
        """A sorter reads every box that waits, knows the digit, and keys it; their tool writes one file of it."""
        if not waiting:
            return {"n": 0, "n_wrong": 0, "sentences": []}
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
        done: Mapping[str, Any] = self.ask(*command)
        return done

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
