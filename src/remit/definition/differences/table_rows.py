"""Decision tables: columns, rules that are new or gone, and the cells of rules that changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from remit.definition.differences.change import ChangeKind
from remit.definition.differences.shown import listed, shown
from remit.definition.differences.walk import Place, Walk
from remit.definition.model import HitPolicy, Table
from remit.definition.tables.cells import CellFault, parse_cell, parse_output, values_of

__all__ = ["compare_tables"]

Row = tuple[Any, ...]

_ORDER_COUNTS: Final = frozenset({HitPolicy.FIRST, HitPolicy.RULE_ORDER})
_MOST_PAIRED: Final = 200


def compare_tables(walk: Walk, place: Place, old: Table | None, new: Table | None) -> None:
    """Two decision tables of one decision; every change of one is another promise."""
    if old is None or new is None:
        table = new if old is None else old
        n = len(table.rules) if table is not None else 0
        state = "is new" if old is None else "is gone"
        walk.add(place, ChangeKind.BREAKING, f"the decision table {state}: {_counted(n)}", old, new)
        return
    walk.record(place, old, new)
    columns = [(old.in_, new.in_, "in"), (old.out, new.out, "out")]
    if any(was != now for was, now, _ in columns):
        for was, now, name in columns:
            if was != now:
                said = f"the `{name}` columns of the table are {listed(now)} instead of {listed(was)}"
                walk.add(place.key(name), ChangeKind.BREAKING, said, was, now)
        if old.rules != new.rules:
            said = f"the table has {_counted(len(new.rules))} instead of {len(old.rules)}, for other columns"
            walk.add(place.key("rules"), ChangeKind.BREAKING, said, old.rules, new.rules)
        return
    if old.rules != new.rules:
        _Rows(walk, place.key("rules"), old, new).compare()


class _Rows:
    """The rules of two tables with the same columns."""

    def __init__(self, walk: Walk, place: Place, old: Table, new: Table) -> None:
        self._walk = walk
        self._place = place
        self._old = old
        self._new = new
        self._n_in = len(new.in_)
        self._names = [*new.in_, *new.out]

    def compare(self) -> None:
        same, gone, added = _same_rows(self._old.rules, self._new.rules)
        pairs = self._paired(gone, added)
        for at, to in pairs.items():
            self._changed(at, to)
        for at in gone:
            if at not in pairs:
                row = self._old.rules[at]
                self._add(at, f"rule {at + 1} of the table is gone: {self._words(row)}", row, None)
        changed = set(pairs.values())
        for to in added:
            if to not in changed:
                row = self._new.rules[to]
                self._add(to, f"rule {to + 1} of the table is new: {self._words(row)}", None, row)
        stayed = [same[at] for at in sorted(same)]
        if stayed != sorted(stayed):
            counts = self._new.hit_policy in _ORDER_COUNTS
            kind = ChangeKind.BREAKING if counts else ChangeKind.WORDING
            first = self._new.hit_policy is HitPolicy.FIRST
            more = f"; {'the first that matches counts' if first else 'answers come in this order'}" if counts else ""
            self._walk.add(self._place, kind, f"the rules of the table stand in another order{more}")

    def _add(self, at: int, said: str, old: Row | None, new: Row | None) -> None:
        self._walk.add(
            Place(path=f"{self._place.path}.{at + 1}", subject=self._place.subject), ChangeKind.BREAKING, said, old, new
        )

    def _paired(self, gone: Sequence[int], added: Sequence[int]) -> dict[int, int]:
        """Rules that are the same rule, changed: with the same conditions, else with most cells the same."""
        pairs = self._respelt(gone, added)
        by_conditions: dict[Row, list[int]] = defaultdict(list)
        respelt = set(pairs.values())
        for to in (one for one in added if one not in respelt):
            by_conditions[self._new.rules[to][: self._n_in]].append(to)
        for at in (one for one in gone if one not in pairs):
            fitting = by_conditions[self._old.rules[at][: self._n_in]]
            if fitting:
                pairs[at] = fitting.pop(0)
        left = [at for at in gone if at not in pairs][:_MOST_PAIRED]
        taken = set(pairs.values())
        free = [to for to in added if to not in taken][:_MOST_PAIRED]
        for at in left:
            alike = {to: self._n_alike(at, to) for to in free}
            best = max(alike, key=lambda to: (alike[to], -abs(to - at)), default=None)
            if best is not None and alike[best] * 2 >= len(self._names):
                pairs[at] = best
                free.remove(best)
        return pairs

    def _respelt(self, gone: Sequence[int], added: Sequence[int]) -> dict[int, int]:
        """Rules whose cells only stand there in another spelling."""
        if not gone or not added:
            return {}
        by_meaning: dict[str, list[int]] = defaultdict(list)
        for to in added:
            by_meaning[repr(self._means(self._new.rules[to]))].append(to)
        pairs: dict[int, int] = {}
        for at in gone:
            meant = self._means(self._old.rules[at])
            fitting = by_meaning[repr(meant)]
            if meant is not None and fitting:
                pairs[at] = fitting.pop(0)
        return pairs

    def _n_alike(self, at: int, to: int) -> int:
        return sum(was == now for was, now in zip(self._old.rules[at], self._new.rules[to], strict=False))

    def _means(self, row: Row) -> Any:
        """What the cells of a rule say, however they are spelt; None where one of them can not be read."""
        try:
            tests = [_typed(parse_cell(cell)) for cell in row[: self._n_in]]
            return (tests, [_typed(parse_output(cell)) for cell in row[self._n_in :]])
        except CellFault:
            return None

    def _changed(self, at: int, to: int) -> None:
        was, now = self._old.rules[at], self._new.rules[to]
        meant = self._means(was)
        if meant is not None and meant == self._means(now):
            place = Place(path=f"{self._place.path}.{to + 1}", subject=self._place.subject)
            said = (
                f"rule {to + 1} of the table ({self._words(was)}) is written otherwise, the same answer; "
                "proofs are void because the text of the table changed"
            )
            self._walk.add(place, ChangeKind.WORDING, said, was, now)
            return
        cells = [
            f"`{name}` is {_cell(new)} instead of {_cell(old)}"
            for name, old, new in zip(self._names, was, now, strict=False)
            if old != new or type(old) is not type(new)
        ]
        self._add(to, f"rule {to + 1} of the table ({self._words(was)}) changed: {', '.join(cells)}", was, now)

    def _words(self, row: Row) -> str:
        tests = [
            f"{name} {_cell(cell)}" for name, cell in zip(self._names[: self._n_in], row, strict=False) if cell != "-"
        ]
        answers = [
            f"{name} {_cell(cell)}" for name, cell in zip(self._names[self._n_in :], row[self._n_in :], strict=False)
        ]
        return f"{' and '.join(tests) or 'always'} gives {', '.join(answers)}"


def _typed(meaning: Any) -> Any:
    """A test or a value, so that 1 and true are told apart; 5 and 5.0 are the same."""
    values = [meaning] if isinstance(meaning, bool | int | float | str) else values_of(meaning)
    return (meaning, [isinstance(value, bool) for value in values])


def _cell(cell: Any) -> str:
    """A cell as it stands in the table."""
    return f"`{cell}`" if isinstance(cell, str) else shown(cell)


def _same_rows(old: Sequence[Row], new: Sequence[Row]) -> tuple[dict[int, int], list[int], list[int]]:
    places: dict[Any, list[int]] = defaultdict(list)
    for to, row in enumerate(new):
        places[_identity(row)].append(to)
    same: dict[int, int] = {}
    gone: list[int] = []
    for at, row in enumerate(old):
        found = places[_identity(row)]
        if found:
            same[at] = found.pop(0)
        else:
            gone.append(at)
    return same, gone, sorted(to for found in places.values() for to in found)


def _identity(row: Row) -> Any:
    """The row so that 1 and true, which are equal in Python, are told apart."""
    return tuple((isinstance(cell, bool), cell) for cell in row)


def _counted(n: int) -> str:
    return f"{n:,} rule" if n == 1 else f"{n:,} rules"
