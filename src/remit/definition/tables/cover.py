"""Do rules cover a space? Boxes of pieces, split until each is covered by one rule or touched by none.

Rules are bits of whole numbers: what one piece of one column lets pass is one number, so that a step costs one
operation for all rules together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["Budget", "Span", "TooMuch", "bits", "uncovered"]


class TooMuch(Exception):
    """The budget of steps is spent: what was not looked at yet is unknown."""


@dataclass(slots=True, kw_only=True)
class Budget:
    """How many steps may still be taken, in units of one piece for 500 rules."""

    left: int

    def spend(self, steps: int) -> None:
        """Take steps.

        Raises:
            TooMuch: there are none left.
        """
        self.left -= steps
        if self.left < 0:
            raise TooMuch


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Pieces of one column in a row: from ``start`` to before ``end``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Split:
    """Where a box is best cut: into the pieces of a column before ``at``, and the others."""

    column: int
    at: int
    low: int
    high: int
    n_rules: int


def bits(rules: int) -> Iterator[int]:
    """The numbers of the bits that are set, the lowest first."""
    while rules:
        lowest = rules & -rules
        yield lowest.bit_length() - 1
        rules ^= lowest


def uncovered(passing: Sequence[Sequence[int]], rules: int, budget: Budget) -> Iterator[tuple[Span, ...]]:
    """The boxes that none of the rules covers, each widened as far as none touches it.

    Args:
        passing: for each column, for each of its pieces in turn, the rules that pass it.
        rules: which rules count, as bits.
        budget: spent as it goes.

    Raises:
        TooMuch: the budget is spent.
    """
    if not all(passing):
        return
    weight = 1 + rules.bit_length() // 500
    found: list[tuple[Span, ...]] = []
    pending = [(tuple(Span(start=0, end=len(column)) for column in passing), rules)]
    while pending:
        box, live = pending.pop()
        if any(_inside(box, other) for other in found):
            continue
        budget.spend(weight * sum(span.end - span.start for span in box))
        live = _touching(passing, box, live)
        if not live:
            widened = _widened(passing, box, rules, weight, budget)
            found.append(widened)
            yield widened
            continue
        split = _best_split(passing, box, live)
        if split is None:
            continue
        span = box[split.column]
        for part, rest in (
            (Span(start=split.at, end=span.end), split.high),
            (Span(start=span.start, end=split.at), split.low),
        ):
            pending.append(((*box[: split.column], part, *box[split.column + 1 :]), rest))


def _touching(passing: Sequence[Sequence[int]], box: Sequence[Span], live: int) -> int:
    for column, span in zip(passing, box, strict=True):
        touching = 0
        for piece in column[span.start : span.end]:
            touching |= piece
        live &= touching
        if not live:
            break
    return live


def _best_split(passing: Sequence[Sequence[int]], box: Sequence[Span], live: int) -> _Split | None:
    """The cut that leaves the fewest rules on both sides together; None where one rule covers the whole box."""
    best: _Split | None = None
    whole = live
    for number, (column, span) in enumerate(zip(passing, box, strict=True)):
        pieces = [piece & live for piece in column[span.start : span.end]]
        everywhere = live
        for piece in pieces:
            everywhere &= piece
        whole &= everywhere
        if everywhere == live:
            continue  # nothing in this box depends on the column
        after = [0] * len(pieces)
        seen = 0
        for i in range(len(pieces) - 1, 0, -1):
            seen |= pieces[i]
            after[i] = seen
        before = 0
        for i in range(1, len(pieces)):
            before |= pieces[i - 1]
            n_rules = before.bit_count() + after[i].bit_count()
            if pieces[i] != pieces[i - 1] and (best is None or n_rules < best.n_rules):
                best = _Split(column=number, at=span.start + i, low=before, high=after[i], n_rules=n_rules)
    return None if whole else best


def _widened(
    passing: Sequence[Sequence[int]], box: Sequence[Span], rules: int, weight: int, budget: Budget
) -> tuple[Span, ...]:
    """The box, with more pieces of each column as long as no rule touches it."""
    spans = list(box)
    for number, column in enumerate(passing):
        others = _touching([*passing[:number], *passing[number + 1 :]], [*spans[:number], *spans[number + 1 :]], rules)
        budget.spend(weight * sum(span.end - span.start for span in spans))
        start, end = spans[number].start, spans[number].end
        while start > 0 and not column[start - 1] & others:
            start -= 1
        while end < len(column) and not column[end] & others:
            end += 1
        spans[number] = Span(start=start, end=end)
    return tuple(spans)


def _inside(box: Sequence[Span], other: Sequence[Span]) -> bool:
    return all(o.start <= b.start and b.end <= o.end for b, o in zip(box, other, strict=True))
