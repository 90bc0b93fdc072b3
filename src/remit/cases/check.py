"""One row of a case file into a case, or into everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from remit.cases.case import Case, CaseUse
from remit.cases.cells import ABSENT, CellFault, answer_text
from remit.cases.columns import Column, Columns, Part, at_line
from remit.definition.digests import digest_of
from remit.definition.flaws import shortened, suggestion
from remit.definition.model import Definition
from remit.definition.positions import dotted
from remit.definition.schemas import SchemaCheck, coercer, input_schema, leaf, output_schema
from remit.errors import Location, Problem
from remit.items import Json

__all__ = ["CaseCheck", "Cells"]

_MAX_ID: Final = 200
_NAMED_BY: Final = 16
_TAGS = re.compile(r"[;\s]+")
_NAMES = re.compile(r"\s*;\s*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_USES: Final = {use.value: use for use in CaseUse}
_INPUT: Final[str] = Part.INPUT.value
_EXPECTED: Final[str] = Part.EXPECTED.value
_NESTED: Final = frozenset({_INPUT, Part.EXPECTED.value, Part.SECOND.value})


@dataclass(slots=True)
class _Row:
    """What one row says, before it is checked. ``typed``: its values have the types of the schemas already."""

    row: int
    id: Json = None
    given: dict[str, Json] = field(default_factory=dict)
    expected: dict[str, Json] = field(default_factory=dict)
    second: dict[str, Json] = field(default_factory=dict)
    tags: Json = None
    labelled_by: Json = None
    split: Json = None
    slices: dict[str, Json] = field(default_factory=dict)
    typed: bool = False


class CaseCheck:
    """Checks the rows of the case files of one definition. What it compiles is compiled once.

    Args:
        definition: the definition that the cases are for.
        file: the name of the file, for the problems.
        measured: every row was held against the schemas before, and is the same: that is not done again, and the
            input comes as it is written, because deciding admits it anyway.
        unlabelled: the rows are items without a known answer. One without a name is named by the digest of its input.
    """

    def __init__(
        self, definition: Definition, *, file: str | None = None, measured: bool = False, unlabelled: bool = False
    ) -> None:
        self.columns = Columns(definition, file=file, unlabelled=unlabelled)
        self.measured = measured
        self._unlabelled = unlabelled
        self._file = file
        schema_in, self._schema_out = input_schema(definition), output_schema(definition)
        self._input_check, self._output_check = SchemaCheck(schema_in), SchemaCheck(self._schema_out)
        self._coerce_input, self._coerce_output = coercer(schema_in), coercer(self._schema_out)
        self._needed = frozenset(self.columns.needed)
        self._places: dict[str, Column | Problem] = {}
        self._own: dict[str, str] = {}

    def case(self, said: _Row) -> Case | tuple[Problem, ...]:
        """The case that a row says, or what is wrong with it, at most 20 problems a schema."""
        given, expected = said.given, said.expected
        if self._unlabelled and said.id is None:
            said.id = f"item-{digest_of(self._coerce_input(given))[:_NAMED_BY]}"
        problems = [] if _is_usual(said) else [*self._own_faults(said)]
        if not self.measured:
            problems += self._schema_problems(said)
        if problems:
            return tuple(problems)
        split = said.split
        return Case(
            id=said.id,
            input=given if said.typed or self.measured else self._coerce_input(given),
            expected=expected if said.typed or self._unlabelled else self._coerce_output(expected),
            tags=() if said.tags is None else _listed(said.tags, _TAGS),
            labelled_by=() if said.labelled_by is None else _listed(said.labelled_by, _NAMES),
            slices={name: answer_text(value) for name, value in said.slices.items()} if said.slices else {},
            second=said.second if said.typed or not said.second else self._coerce_output(said.second),
            use=None if split is None else _USES[split],
            row=said.row,
        )

    def _schema_problems(self, said: _Row) -> list[Problem]:
        problems: list[Problem] = []
        if not self._input_check.is_valid(said.given):
            problems += self._input_faults(said)
        if self._unlabelled:
            return problems
        for part, answer in ((Part.EXPECTED, said.expected), (Part.SECOND, said.second)):
            if part is Part.SECOND and not answer:
                continue
            if not self._output_check.is_valid(answer) or not self._needed <= answer.keys():
                problems += self._answer_faults(said, part, answer)
        return problems

    def _own_faults(self, said: _Row) -> Iterator[Problem]:
        control = _CONTROL.search(said.id) if isinstance(said.id, str) else None
        if control is not None:
            yield self.problem(
                said.row,
                "case",
                f"the name of the case in row {said.row} holds a control character",
                expected=f"a name of at most {_MAX_ID} characters on one line",
                found=f"U+{ord(control.group()):04X} as character {control.start() + 1} of the name",
                mend="take the character away",
            )
        elif not isinstance(said.id, str) or not said.id or len(said.id) > _MAX_ID:
            yield self.problem(
                said.row,
                "case",
                "the row names no case" if said.id in (None, "") else "the name of the case can't be used",
                expected=f"a name of at most {_MAX_ID} characters on one line",
                found="nothing" if said.id in (None, "") else shortened(str(said.id)),
                mend="give every case a name of its own",
            )
        if said.split is not None and (not isinstance(said.split, str) or said.split not in _USES):
            text = str(said.split)
            yield self.problem(
                said.row,
                "split",
                f"`split` is `{shortened(text)}`",
                expected="`tune`, `prove`, or an empty cell",
                found=shortened(text),
                mend=suggestion(text, _USES) or "remit cases split writes this column",
            )
        for column, value in (("tags", said.tags), ("labelled_by", said.labelled_by)):
            if value is not None and not _is_listable(value):
                yield self.problem(said.row, column, f"`{column}` is no text", expected="text, or a list of texts")
        for column, value in said.slices.items():
            if isinstance(value, dict | list):
                yield self.problem(
                    said.row, column, f"`{column}` is no single value", expected="text, a number, or a yes or no"
                )

    def _input_faults(self, said: _Row) -> Iterator[Problem]:
        missing = [name for name in self.columns.inputs_needed if name not in said.given]
        for name in missing:
            yield self.problem(
                said.row,
                f"input.{name}",
                f"`input.{name}` is missing",
                expected="a value: nothing in inputs.when_missing speaks of it",
                found="nothing",
                mend="fill it in, or say in inputs.when_missing what becomes of such an item",
            )
        yield from self._schema_faults(said, Part.INPUT, self._input_check, said.given)

    def _answer_faults(self, said: _Row, part: Part, answer: dict[str, Json]) -> Iterator[Problem]:
        is_second = part is Part.SECOND
        for name in self.columns.needed:
            if name not in answer:
                yield self.problem(
                    said.row,
                    f"{part}.{name}",
                    f"`{part}.{name}` is missing",
                    expected="what the second person answered" if is_second else "the right answer",
                    found="nothing",
                    mend="fill it in, or leave every `second` field of the case empty"
                    if is_second
                    else "have a person label the case, or take it out",
                )
        yield from self._schema_faults(said, part, self._output_check, answer)

    def _schema_faults(self, said: _Row, part: Part, check: SchemaCheck, value: dict[str, Json]) -> Iterator[Problem]:
        """What does not fit; that a field is missing at the top was said already, or is allowed."""
        for fault in check.faults(value):
            if fault.keyword == "required" and len(fault.path) == 1:
                continue
            column = f"{part}.{dotted(fault.path)}" if fault.path else str(part)
            yield self.problem(
                said.row,
                column,
                f"`{column}`: {fault.message}",
                expected=fault.expected,
                found=fault.found,
                mend=fault.mend,
            )

    def problem(
        self,
        row: int,
        column: str,
        message: str,
        *,
        expected: str,
        found: str | None = None,
        mend: str | None = None,
    ) -> Problem:
        """What is wrong in one cell."""
        where = Location(file=self._file, line=row, path=column)
        return Problem(message=message, where=where, expected=expected, found=found, mend=mend)

    def from_values(self, values: Mapping[str, Json], row: int) -> Case | tuple[Problem, ...]:
        """A case from values with types (JSONL, Parquet): nested ``input``, ``expected``, ``second``, or their keys.

        A null at the top is an absent value, as it is for an item.
        """
        said = _Row(row=row)
        problems: list[Problem] = []
        for name, value in values.items():
            if value is None:
                continue
            if name in _NESTED and (type(value) is dict or isinstance(value, Mapping)):
                if self.measured and name == _INPUT and type(value) is dict and not said.given:
                    said.given = value  # deciding takes out what is null
                    continue
                target = said.expected if name == _EXPECTED else _fields_of(said, Part(name))
                target |= {key: one for key, one in value.items() if one is not None or self._may_be_null(name, key)}
            elif name in self._own:
                setattr(said, self._own[name], value)
            else:
                self._put(said, name, value, problems)
        if self._unlabelled and not problems and (without_input := self.columns.no_input(values)) is not None:
            problems.append(at_line(without_input, row))
        said.split = said.split or None
        if isinstance(said.id, int) and not isinstance(said.id, bool):
            said.id = str(said.id)
        checked = self.case(said)
        if isinstance(checked, Case):
            return tuple(problems) or checked
        return (*problems, *checked)

    def _may_be_null(self, part: str, name: str) -> bool:
        kind = (leaf(self._schema_out, name) or {}).get("type", ()) if part != _INPUT else ()
        return "null" in ((kind,) if isinstance(kind, str) else kind)

    def _put(self, said: _Row, name: str, value: Json, problems: list[Problem]) -> None:
        place = self._places.get(name)
        if place is None:
            place = self._places[name] = self.columns.column(name)
        if isinstance(place, Problem):
            problems.append(at_line(place, said.row))
            return
        match place.part:
            case Part.INPUT | Part.EXPECTED | Part.SECOND:
                _fields_of(said, place.part)[place.name] = value
            case Part.SLICE:
                said.slices[place.name] = value
            case part:
                self._own[name] = _OWN_FIELDS[part]  # from the next row on without coming here
                setattr(said, _OWN_FIELDS[part], value)


class Cells:
    """Reads the rows of one CSV file, whose columns are known, with a :class:`CaseCheck`."""

    def __init__(self, check: CaseCheck, columns: Sequence[Column]) -> None:
        self._check = check
        self._columns = tuple(columns)
        at = {part: [(i, one) for i, one in enumerate(columns) if one.part is part] for part in Part}
        self._inputs = tuple((i, one.name, one.read) for i, one in at[Part.INPUT])
        self._expected = tuple((i, one.name, one.read) for i, one in at[Part.EXPECTED])
        self._second = tuple((i, one.name, one.read) for i, one in at[Part.SECOND])
        self._slices = tuple((i, one.name) for i, one in at[Part.SLICE])
        self._own = tuple((i, _OWN_FIELDS[one.part]) for i, one in enumerate(columns) if one.part in _OWN_FIELDS)
        self._typed = all(one.typed for one in columns)

    def case(self, cells: Sequence[str], row: int) -> Case | tuple[Problem, ...]:
        """The case in one row of cells, or what is wrong with it. As many cells as columns."""
        said = _Row(row)
        said.typed = self._typed
        for i, name in self._own:
            if cells[i]:
                setattr(said, name, cells[i])
        said.slices = {name: cells[i] for i, name in self._slices if cells[i]}
        try:
            said.given = {n: v for i, n, read in self._inputs if cells[i] and (v := read(cells[i])) is not ABSENT}
            said.expected = {n: v for i, n, read in self._expected if cells[i] and (v := read(cells[i])) is not ABSENT}
            if self._second:
                said.second = {n: v for i, n, read in self._second if cells[i] and (v := read(cells[i])) is not ABSENT}
        except CellFault:
            return tuple(self._faults(cells, row))
        return self._check.case(said)

    def _faults(self, cells: Sequence[str], row: int) -> Iterator[Problem]:
        for column, cell in zip(self._columns, cells, strict=True):
            name = f"{column.part}.{column.name}"
            try:
                column.read(cell)
            except CellFault as fault:
                yield self._check.problem(
                    row, name, f"`{name}` {fault}", expected=fault.expected, found=fault.found, mend=fault.mend
                )


_OWN_FIELDS: Final = {
    Part.CASE: "id",
    Part.TAGS: "tags",
    Part.LABELLED_BY: "labelled_by",
    Part.SPLIT: "split",
}


def _fields_of(said: _Row, part: Part) -> dict[str, Json]:
    match part:
        case Part.INPUT:
            return said.given
        case Part.SECOND:
            return said.second
        case _:
            return said.expected


def _is_usual(said: _Row) -> bool:
    """Whether nothing of a row but its fields needs a closer look."""
    return (
        type(said.id) is str
        and 0 < len(said.id) <= _MAX_ID
        and said.id.isprintable()
        and (said.split is None or said.split in _USES)
        and (said.tags is None or type(said.tags) is str)
        and (said.labelled_by is None or type(said.labelled_by) is str)
        and (said.typed or not said.slices)
    )


def _is_listable(value: Json) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))


def _listed(value: Json, separator: re.Pattern[str]) -> tuple[str, ...]:
    return _parted(value, separator) if isinstance(value, str) else tuple(dict.fromkeys(one for one in value if one))


@lru_cache(maxsize=1024)
def _parted(text: str, separator: re.Pattern[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in separator.split(text.strip()) if part))
