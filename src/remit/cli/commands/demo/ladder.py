"""The whole ladder, once: one work from manual to software that acts alone, down by itself, and up again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from remit.cli.commands.demo.depot import Day, Depot
from remit.errors import OutsideError

if TYPE_CHECKING:
    from remit.cli.commands.demo.telling import Telling

__all__ = ["Stretch", "Walk", "climb_the_ladder"]

_PROVED = (0, 1, 4)
_MOST_DAYS = 40
_DAYS_IN_SHADOW, _DAYS_ALONE, _DAYS_ALONE_AGAIN = 2, 6, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Days in a row of which the same is to be said."""

    what: str
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """The whole way: its stretches of days, and the sentence with which the level fell by itself."""

    stretches: tuple[Stretch, ...]
    fall: str


def climb_the_ladder(telling: Telling, root: Path) -> Walk:
    """Tell it, and do it: in ``root``, the built example `postcode`, in which we are."""
    return _Climb(telling, Depot(telling, root)).tell()


class _Climb:
    """The steps, in their order."""

    def __init__(self, telling: Telling, depot: Depot) -> None:
        self._telling = telling
        self._depot = depot
        self._stretches: list[Stretch] = []

    def tell(self) -> Walk:
        self._prove()
        self._shadow()
        self._suggest()
        self._act_alone()
        fall = self._break()
        self._come_back()
        return Walk(stretches=tuple(self._stretches), fall=fall)

    def _prove(self) -> None:
        self._telling.heading("The whole ladder, once: a depot reads postcodes, 60 boxes a day")
        self._telling.text(
            "The handwriting is real; the depot and its clock are invented, and weeks pass in seconds. 497 boxes that "
            "nobody has seen arrive there, drawn with replacement, so that the same box comes more than once. What "
            "was really written is known to the sorters alone. Everything else is done by commands. Today people do "
            "the work (level manual), and somebody proves a candidate."
        )
        self._depot.show("cases", "freeze", "postcode")
        self._depot.show("prove", "postcode", "--executor", "svm", "--probe", "50", expect=_PROVED, first=3)

    def _shadow(self) -> None:
        self._telling.heading("Shadow: it answers too, nobody sees it, nothing depends on it")
        self._grant("shadow", "proved on the frozen cases")
        self._days("shadow: the sorters read every box", _DAYS_IN_SHADOW)

    def _suggest(self) -> None:
        self._telling.heading("Suggest: sorters decide, half of the boxes without seeing what it would say")
        self._grant("suggest", "two days in shadow without a fault")
        self._days("suggest: the sorters decide, half of it blind", 1)
        self._telling.text("The Director would like to save the work at once. Numbers say what that lacks:")
        self._grant("supervised", "we are behind", expect=8)
        self._climb("suggest: until the promotion test is passed")
        self._drill()
        self._depot.show("autonomy", "postcode", first=16)

    def _act_alone(self) -> None:
        self._telling.heading("Supervised: it acts alone, and a fifth of that is audited blind")
        self._grant("supervised", "the test is passed, the stop works")
        self._days("supervised: it acts alone", _DAYS_ALONE)

    def _break(self) -> str:
        """The camera is moved; the days go on until the audits have seen enough."""
        self._telling.heading("Something breaks for real: the camera hangs upside down")
        self._telling.text(
            "Somebody mounts the camera the wrong way round, and every box is turned by 180 degrees. A 6 is a perfect "
            "9 now: no rule of the definition notices it, and the candidate is as sure as ever. Nobody is told. Only "
            "the audits can find it."
        )
        days: list[Day] = []
        while not days or days[-1].level == "supervised":
            self._give_up_after(days)
            days.append(self._depot.day(camera_moved=True, shown=not days))
        self._stretches.append(Stretch(what="supervised: the camera hangs upside down", days=tuple(days)))
        self._said(days)
        fall = days[-1].sentences[-1]
        self._telling.text(
            f"On day {days[-1].number} the level falls to {days[-1].level}, and nobody had to decide it:"
        )
        self._depot.show("autonomy", "postcode", first=24)
        self._depot.show("alerts", "list")
        return fall

    def _come_back(self) -> None:
        self._telling.heading("Back again: the camera is mended, and trust is earned anew")
        self._telling.text(
            "What was seen before does not count any more, and the second try has to be surer than the first: its "
            "chance to pass by luck is half of what it was."
        )
        self._climb("suggest: on new evidence, with less delta")
        self._drill()
        self._grant("supervised", "the camera is fixed to the frame; new evidence")
        self._days("supervised: it acts alone again", _DAYS_ALONE_AGAIN)
        self._depot.show("autonomy", "postcode", first=14)
        self._depot.show("ledger", "verify")
        n = sum(day.n_acted for day in self._depot.days)
        n_items = sum(day.n_items for day in self._depot.days)
        self._telling.text(
            f"{len(self._depot.days)} days, {n_items:,} boxes, {n:,} of them acted on by software alone, each of these "
            "under a grant, a certificate and audits; and every step is in the ledger."
        )

    def _days(self, what: str, n: int) -> None:
        days = [self._depot.day(shown=number == 0) for number in range(n)]
        self._stretches.append(Stretch(what=what, days=tuple(days)))
        self._said(days)

    def _climb(self, what: str) -> None:
        """Days like the others, until nothing is missing for the next level."""
        days: list[Day] = []
        while not days or self._depot.held["missing"]:
            self._give_up_after(days)
            days.append(self._depot.day())
        self._stretches.append(Stretch(what=what, days=tuple(days)))
        self._said(days)

    def _said(self, days: list[Day]) -> None:
        n, n_acted = sum(day.n_items for day in days), sum(day.n_acted for day in days)
        n_reviewed, n_audited = sum(day.n_reviewed for day in days), sum(day.n_audited for day in days)
        told = f"{n:,} boxes, {n_acted:,} acted on alone, {n_reviewed:,} decided by people"
        if n_audited:
            told += f", {n_audited:,} audited: {sum(day.n_wrong for day in days):,} of those wrong"
        first, last = days[0].number, days[-1].number
        when = f"Day {first}" if first == last else f"Days {first} to {last}, with the same commands every day"
        self._telling.text(f"\n{when}: {told}.")

    def _drill(self) -> None:
        self._depot.show("drill", "stop", "postcode", "--by", "noor")
        self._depot.show("drill", "replay", "postcode", "--executor", "svm", "--by", "kim")

    def _grant(self, level: str, reason: str, *, expect: int = 0) -> None:
        self._depot.show(
            "grant", "postcode", "--executor", "svm", "--level", level, "--by", "ada", "--reason", reason, expect=expect
        )

    def _give_up_after(self, days: list[Day]) -> None:
        if len(days) >= _MOST_DAYS:
            raise OutsideError(
                f"after {_MOST_DAYS} days the demo is not where it should be",
                expected="another level",
                found=days[-1].level,
                mend="look at `remit autonomy postcode` in the folder of the demo",
            )
