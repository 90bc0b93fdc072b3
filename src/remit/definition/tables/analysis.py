"""What a decision table leaves open and what it says twice: gaps, overlaps, rules that never decide.

Everything reported comes with an input that shows it, and that input was put to the compiled table.  What could not
be looked at, within the steps that are allowed, is said: it is unknown, not good.

Source: Calvanese et al., Semantics and analysis of DMN decision tables (2016), for what a gap, an overlap and a
masked rule are; OMG DMN 1.5, section 8.2.8, for which of them a hit policy allows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from remit.definition.expressions import activation
from remit.definition.model import Definition, HitPolicy, Json, Table
from remit.definition.schemas import coercer, input_schema, output_schema
from remit.definition.tables.columns import Column, columns_of
from remit.definition.tables.compiled import CompiledTable
from remit.definition.tables.cover import Budget, TooMuch, bits, uncovered
from remit.definition.tables.hits import answers_in_order, rank
from remit.definition.tables.pieces import Piece, Pieces, Slice

__all__ = ["Gap", "Overlap", "TableAnalysis", "Unreachable", "analyse"]

MOST_SHOWN: Final = 10
"""How many gaps, and how many overlaps, are told one by one."""

_STEPS: Final = 8_000_000
_MOST_BYTES: Final = 100_000_000
_MAY_OVERLAP: Final = (
    HitPolicy.FIRST,
    HitPolicy.PRIORITY,
    HitPolicy.COLLECT,
    HitPolicy.RULE_ORDER,
    HitPolicy.OUTPUT_ORDER,
)
_ONE_WINS: Final = (HitPolicy.FIRST, HitPolicy.PRIORITY)


class Why(StrEnum):
    """Why a rule never decides."""

    EMPTY = "empty"  # no value of a column can pass its cell
    MASKED = "masked"  # rules that come before it take all that it matches


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """An input that no rule matches.

    ``example`` is the input, with the fields that the table asks for. ``shown`` has a value for each column, also
    for computed ones; None is no value. ``certain`` says that the compiled table was asked and that such an input can
    come; False where a computed column, or a pattern of the schema, leaves that open.
    """

    example: Mapping[str, Json]
    shown: Mapping[str, Json]
    certain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """An input that two rules match, their numbers from 1. The fields are those of :class:`Gap`.

    It is a conflict where they answer differently, and harmless where they answer the same.
    """

    first: int
    second: int
    same_answer: bool
    example: Mapping[str, Json]
    shown: Mapping[str, Json]
    certain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable:
    """A rule that never decides. ``by`` are the rules that take what it matches, or ``column`` can't pass its cell."""

    rule: int
    why: Why
    by: tuple[int, ...] = ()
    column: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableAnalysis:
    """What was found. At most ten gaps and ten overlaps are told; ``more_gaps`` and ``n_overlaps`` say of the others.

    ``overlaps`` are those that the hit policy does not allow, conflicts first.  ``unknown`` says what could not be
    looked at to its end; where it is empty, and nothing is reported, there is nothing.
    """

    gaps: tuple[Gap, ...] = ()
    more_gaps: bool = False
    overlaps: tuple[Overlap, ...] = ()
    n_overlaps: int = 0
    unreachable: tuple[Unreachable, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether there is nothing to mend and nothing unknown."""
        return not (self.gaps or self.overlaps or self.unreachable or self.unknown)


def analyse(table: Table, definition: Definition, *, steps: int = _STEPS) -> TableAnalysis:
    """Every gap, every overlap that the hit policy does not allow, and every rule that never decides.

    Args:
        table: one table of the definition.
        definition: says which inputs can come, and in which order answers stand.
        steps: how much may be looked at: about a tenth of a microsecond each, times the rules through 500.

    Raises:
        TableInvalid: the table can't be used.
        ExpressionInvalid: a column is no CEL expression.
    """
    order = answers_in_order(table, output_schema(definition))
    compiled = CompiledTable(table, order=order)
    if (n_bytes := _bytes_of(compiled)) > _MOST_BYTES:
        why = f"the table is too large to be analysed: it would take {n_bytes // 1_000_000} MB"
        return TableAnalysis(unknown=(why,))
    return _Analysis(compiled, definition, order, Budget(left=steps)).whole()


def _bytes_of(compiled: CompiledTable) -> int:
    """About how much the pieces take: a bit for each rule and piece, and each different cell makes at most four."""
    n_pieces = sum(4 * len({rule.tests[i] for rule in compiled.rules}) for i in range(len(compiled.table.in_)))
    return n_pieces * len(compiled.rules) // 8


@dataclass(slots=True)
class _Found:
    """What is gathered as the analysis goes."""

    gaps: list[Gap] = field(default_factory=list)
    more_gaps: bool = False
    overlaps: list[Overlap] = field(default_factory=list)
    n_overlaps: int = 0
    unreachable: list[Unreachable] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


class _Cut:
    """One column, cut: its pieces, the slices of each rule's cell, and which rules pass each piece."""

    __slots__ = ("_touching", "column", "passing", "pieces", "slices")

    def __init__(self, column: Column, compiled: CompiledTable, number: int) -> None:
        tests = [rule.tests[number] for rule in compiled.rules]
        cut = Pieces(column.domain, dict.fromkeys(tests))
        known = {test: cut.slices(test) for test in dict.fromkeys(tests)}
        self.column = column
        self.pieces: tuple[Piece, ...] = cut.pieces
        self.slices: list[tuple[Slice, ...]] = [known[test] for test in tests]
        self.passing = self._passing()
        self._touching: dict[tuple[Slice, ...], int] = {}

    def _passing(self) -> list[int]:
        changes = [0] * (len(self.pieces) + 1)
        for rule, slices in enumerate(self.slices):
            for one in slices:
                changes[one.start] ^= 1 << rule
                changes[one.end] ^= 1 << rule
        passing: list[int] = []
        now = 0
        for change in changes[:-1]:
            now ^= change
            passing.append(now)
        return passing

    def of(self, slices: Iterable[Slice], *, certain: bool) -> list[int]:
        """The pieces of a cell, by their numbers."""
        return [
            at
            for one in slices
            for at in range(one.start, one.end)
            if not certain or (self.pieces[at].certain and self.column.path is not None)
        ]

    def touching(self, rule: int, budget: Budget, weight: int) -> int:
        """The rules whose cell has a piece in common with the cell of this one."""
        slices = self.slices[rule]
        if slices not in self._touching:
            touching = 0
            for one in slices:
                budget.spend(weight * (one.end - one.start))
                for piece in self.passing[one.start : one.end]:
                    touching |= piece
            self._touching[slices] = touching
        return self._touching[slices]


class _Analysis:
    """The analysis of one table."""

    def __init__(
        self,
        compiled: CompiledTable,
        definition: Definition,
        order: Mapping[str, Sequence[str | int | float]],
        budget: Budget,
    ) -> None:
        self._compiled = compiled
        self._policy = compiled.table.hit_policy
        self._order = order
        self._budget = budget
        self._coerce = coercer(input_schema(definition))
        self._cuts = [
            _Cut(column, compiled, number) for number, column in enumerate(columns_of(compiled.table, definition))
        ]
        self._n = len(compiled.rules)
        self._weight = 1 + self._n // 500
        self._answers = [_answer_key(rule.output) for rule in compiled.rules]
        self._found = _Found()

    def whole(self) -> TableAnalysis:
        self._find_empty()
        for look, what in (
            (self._find_overlaps, "overlaps"),
            (self._find_masked, "rules that are never reached"),
            (self._find_gaps, "gaps"),
        ):
            try:
                look()
            except TooMuch:
                self._found.unknown.append(f"the table is too intricate to look for all {what}")
                self._budget.left = max(self._budget.left, 0) + _STEPS // 10
        found = self._found
        return TableAnalysis(
            gaps=tuple(found.gaps),
            more_gaps=found.more_gaps,
            overlaps=tuple(sorted(found.overlaps, key=lambda one: one.same_answer)),
            n_overlaps=found.n_overlaps,
            unreachable=tuple(sorted(found.unreachable, key=lambda one: one.rule)),
            unknown=tuple(found.unknown),
        )

    def _find_empty(self) -> None:
        for rule in range(self._n):
            empty = next((cut for cut in self._cuts if not cut.slices[rule]), None)
            if empty is not None:
                self._found.unreachable.append(Unreachable(rule=rule + 1, why=Why.EMPTY, column=empty.column.source))

    def _find_gaps(self) -> None:
        """Gaps that are sure first; only where there is none, those that may be."""
        rules = (1 << self._n) - 1
        for certain in (True, False):
            ways = [[at for at, piece in enumerate(cut.pieces) if piece.certain or not certain] for cut in self._cuts]
            passing = [self._passing_of(cut, way, certain=certain) for cut, way in zip(self._cuts, ways, strict=True)]
            for box in uncovered(passing, rules, self._budget):
                if len(self._found.gaps) == MOST_SHOWN:
                    self._found.more_gaps = True
                    return
                chosen = [
                    self._chosen(cut, way[span.start : span.end])
                    for cut, way, span in zip(self._cuts, ways, box, strict=True)
                ]
                self._found.gaps.append(self._gap(chosen, certain=certain))
            if self._found.gaps:
                return

    def _passing_of(self, cut: _Cut, way: Sequence[int], *, certain: bool) -> list[int]:
        """Which rules pass each piece; where it has to be certain, a computed column may have any of its values."""
        if not certain or cut.column.path is not None:
            return [cut.passing[at] for at in way]
        anything = 0
        for at in way:
            anything |= cut.passing[at]
        return [anything] * len(way)

    def _chosen(self, cut: _Cut, way: Sequence[int]) -> Piece:
        """The piece of a way that shows best: certain, and with a value."""
        pieces = [cut.pieces[at] for at in way]
        return next(
            (one for one in pieces if one.certain and one.example is not None),
            next((one for one in pieces if one.certain), pieces[0]),
        )

    def _gap(self, chosen: Sequence[Piece], *, certain: bool) -> Gap:
        example = self._example(chosen)
        return Gap(
            example=example,
            shown=self._shown(chosen),
            certain=certain and self._compiled.matching(activation(input=self._coerce(example))) == (),
        )

    def _example(self, chosen: Sequence[Piece]) -> dict[str, Json]:
        """The input with a value for each column that is a field."""
        example: dict[str, Json] = {}
        for cut, piece in zip(self._cuts, chosen, strict=True):
            if cut.column.path is None or piece.example is None:
                continue
            inside = example
            for name in cut.column.path[:-1]:
                inside = inside.setdefault(name, {})
            inside[cut.column.path[-1]] = piece.example
        return example

    def _shown(self, chosen: Sequence[Piece]) -> dict[str, Json]:
        return {cut.column.source: piece.example for cut, piece in zip(self._cuts, chosen, strict=True)}

    def _mates(self, rule: int) -> int:
        """The rules that match something that this one matches too."""
        mates = (1 << self._n) - 1
        for cut in self._cuts:
            mates &= cut.touching(rule, self._budget, self._weight)
            if not mates:
                break
        return mates & ~(1 << rule)

    def _find_overlaps(self) -> None:
        if self._policy in _MAY_OVERLAP:
            return
        same: dict[object, int] = {}
        for rule, answer in enumerate(self._answers):
            same[answer] = same.get(answer, 0) | 1 << rule
        harmless: list[tuple[int, int]] = []
        doubtful: list[Overlap] = []
        for rule in range(self._n):
            self._budget.spend(self._weight)
            later = self._mates(rule) >> (rule + 1) << (rule + 1)
            alike = later & same[self._answers[rule]]
            conflicts = later & ~alike
            self._found.n_overlaps += conflicts.bit_count()
            self._keep(rule, conflicts, doubtful)
            if self._policy is HitPolicy.UNIQUE:
                self._found.n_overlaps += alike.bit_count()
                harmless += [(rule, other) for other in _some(alike, MOST_SHOWN - len(harmless))]
        for rule, other in harmless:
            self._keep(rule, 1 << other, doubtful)
        if not self._found.overlaps:
            self._found.overlaps = doubtful

    def _keep(self, rule: int, others: int, doubtful: list[Overlap]) -> None:
        for other in bits(others):
            if len(self._found.overlaps) >= MOST_SHOWN:
                return
            self._budget.spend(self._weight * 10)
            overlap = self._overlap(rule, other)
            if overlap.certain:
                self._found.overlaps.append(overlap)
            elif len(doubtful) < MOST_SHOWN:
                doubtful.append(overlap)

    def _overlap(self, rule: int, other: int) -> Overlap:
        chosen = []
        certain = True
        for cut in self._cuts:
            both = cut.of(_common(cut.slices[rule], cut.slices[other]), certain=False)
            piece = self._chosen(cut, both)
            certain = certain and piece.certain and (cut.column.path is not None or len(both) == len(cut.pieces))
            chosen.append(piece)
        example = self._example(chosen)
        if certain:
            matching = self._compiled.matching(activation(input=self._coerce(example)))
            certain = rule + 1 in matching and other + 1 in matching
        return Overlap(
            first=rule + 1,
            second=other + 1,
            same_answer=self._answers[rule] == self._answers[other],
            example=example,
            shown=self._shown(chosen),
            certain=certain,
        )

    def _find_masked(self) -> None:
        if self._policy not in _ONE_WINS:
            return
        empty = {one.rule - 1 for one in self._found.unreachable}
        before = 0
        for rule in self._by_rank():
            if rule not in empty:
                mates = self._mates(rule) & before
                if mates and self._is_masked(rule, mates):
                    by = tuple(other + 1 for other in _some(self._alone(rule, mates) or mates, MOST_SHOWN))
                    self._found.unreachable.append(Unreachable(rule=rule + 1, why=Why.MASKED, by=by))
            before |= 1 << rule

    def _by_rank(self) -> list[int]:
        """The rules, whoever wins against the others first."""
        if self._policy is HitPolicy.FIRST:
            return list(range(self._n))
        return sorted(range(self._n), key=lambda rule: rank(self._compiled.rules[rule].output, self._order))

    def _is_masked(self, rule: int, mates: int) -> bool:
        passing = [[cut.passing[at] for at in cut.of(cut.slices[rule], certain=False)] for cut in self._cuts]
        return next(uncovered(passing, mates, self._budget), None) is None

    def _alone(self, rule: int, mates: int) -> int:
        """The rules that mask this one, each of them alone."""
        for cut in self._cuts:
            for at in cut.of(cut.slices[rule], certain=False):
                mates &= cut.passing[at]
        return mates & -mates


def _answer_key(output: Mapping[str, Json]) -> tuple[tuple[str, bool, Json], ...]:
    return tuple((name, isinstance(value, bool), value) for name, value in output.items())


def _some(rules: int, most: int) -> Iterator[int]:
    for count, rule in enumerate(bits(rules)):
        if count >= most:
            return
        yield rule


def _common(one: Sequence[Slice], other: Sequence[Slice]) -> list[Slice]:
    return [
        Slice(start=max(a.start, b.start), end=min(a.end, b.end))
        for a in one
        for b in other
        if max(a.start, b.start) < min(a.end, b.end)
    ]
