"""The columns of a case file: which is what, and what is missing or misspelt among them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from remit.cases.cells import Reader, reader_of
from remit.definition.flaws import listing, shortened, suggestion
from remit.definition.model import Definition
from remit.definition.schemas import input_schema, leaf, output_schema, properties, required
from remit.definition.similar import did_you_mean
from remit.errors import Location, Problem
from remit.items import Json

__all__ = ["MAX_COLUMNS", "Column", "Columns", "Header", "Part", "at_line"]

MAX_COLUMNS: Final = 2000


class Part(StrEnum):
    """What a column of a case file is."""

    CASE = "case"
    INPUT = "input"
    EXPECTED = "expected"
    SECOND = "second"
    TAGS = "tags"
    LABELLED_BY = "labelled_by"
    SPLIT = "split"
    SLICE = "slice"


_OWN: Final = {part.value: part for part in (Part.CASE, Part.TAGS, Part.LABELLED_BY, Part.SPLIT)}
_SCALARS: Final = ("string", "number", "integer", "boolean")
_FIELDS: Final = (Part.INPUT, Part.EXPECTED, Part.SECOND)
_ANSWERS: Final = frozenset({Part.EXPECTED.value, Part.SECOND.value, Part.LABELLED_BY.value, Part.SPLIT.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: ``name`` is the field for inputs and answers, else the column; ``read`` reads its cells.

    ``typed``: what is read has the type of the schema already, and needs no coercing.
    """

    part: Part
    name: str
    read: Reader
    typed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The columns of one file. With problems, no row of it can be read."""

    columns: tuple[Column, ...]
    problems: tuple[Problem, ...]


class Columns:
    """What the columns of the case files of one definition may be.

    ``needed`` are the fields of the expected answer that a case can't do without: the decisions, or without
    decisions every required output.

    Args:
        definition: the work.
        file: the name of the file, for the problems.
        unlabelled: it holds items without a known answer: no column of an answer, and none of names is needed.
    """

    def __init__(self, definition: Definition, *, file: str | None = None, unlabelled: bool = False) -> None:
        self._file = file
        self._unlabelled = unlabelled
        self._schemas: Mapping[Part, Mapping[str, Json]] = {
            Part.INPUT: input_schema(definition),
            Part.EXPECTED: output_schema(definition),
            Part.SECOND: output_schema(definition),
        }
        self._slices = frozenset(definition.quality.slices) if definition.quality is not None else frozenset[str]()
        outputs = self._schemas[Part.EXPECTED]
        decided = tuple(one.id for one in definition.decisions if one.id in properties(outputs))
        self.needed = () if unlabelled else decided or required(outputs)
        when_missing = definition.inputs.when_missing if definition.inputs is not None else {}
        self.inputs_needed = tuple(
            name for name in required(self._schemas[Part.INPUT]) if "*" not in when_missing and name not in when_missing
        )

    def column(self, name: str) -> Column | Problem:
        """What one column is."""
        if self._unlabelled and name.partition(".")[0] in _ANSWERS:
            return self._problem(
                f"column `{shortened(name)}` says an answer",
                column=name,
                expected="items without a known answer: case, input.*, tags, slices",
                found=shortened(name),
                mend="take the column out: people answer, blind; or add the rows to the case file as they are",
            )
        own = _OWN.get(name)
        if own is not None:
            return Column(part=own, name=name, read=reader_of({"type": "string"}))
        start, dot, field = name.partition(".")
        for part in _FIELDS:
            if dot and start == part.value:
                return self._field(part, name, field)
        if dot or name in _FIELDS:
            return self._unknown(name, (f"{part}.{field}" for part in _FIELDS))
        if self._unlabelled and (field_like := self._named_like_a_field(name)) is not None:
            return field_like
        return Column(part=Part.SLICE, name=name, read=reader_of({"type": "string"}))

    def _named_like_a_field(self, name: str) -> Problem | None:
        """A plain column of an item that has the name of a field: taken as a slice, the input would be lost."""
        for part, mend in (
            (Part.INPUT, "did you mean `input.{}`?"),
            (Part.EXPECTED, "take the column out: people answer `{}`, blind; or call it something else"),
        ):
            known = {one.casefold(): one for one in properties(self._schemas[part])}
            field = known.get(name.casefold())
            if field is not None:
                return self._problem(
                    f"column `{shortened(name)}` is named like an {'input' if part is Part.INPUT else 'output'}",
                    column=name,
                    expected="items without a known answer: case, input.*, tags, slices",
                    found=shortened(name),
                    mend=mend.format(field),
                )
        return None

    def no_input(self, names: Iterable[str]) -> Problem | None:
        """What is wrong where an item is given under these names and none of them is an input's.

        ``names`` are columns, or the keys of one line. None where there is an input among them, where answers are
        known, and where the work has no named inputs.
        """
        inputs = tuple(properties(self._schemas[Part.INPUT]))
        plain = tuple(names)
        if not self._unlabelled or not inputs or any(name.partition(".")[0] == Part.INPUT for name in plain):
            return None
        if any(name not in _OWN and isinstance(self.column(name), Problem) for name in plain):
            return None  # that problem says which name was meant
        near = next((found for name in plain if name not in _OWN and (found := did_you_mean(name, inputs))), None)
        return self._problem(
            "there is no input",
            expected=listing([f"input.{name}" for name in inputs]),
            found=listing([shortened(name) for name in plain[:10]], joint="and") if plain else "nothing",
            mend=f"did you mean `input.{near}`?" if near else "name the columns of the input `input.<field>`",
        )

    def _field(self, part: Part, column: str, field: str) -> Column | Problem:
        schema = self._schemas[part]
        found = leaf(schema, field)
        if found is None and (properties(schema) or not schema) and schema.get("additionalProperties") is not True:
            return self._unknown(column, (f"{part}.{known}" for known in properties(schema)))
        node = found or {}
        return Column(part=part, name=field, read=reader_of(node), typed=node.get("type") in _SCALARS)

    def _unknown(self, name: str, known: Iterable[str]) -> Problem:
        names = tuple(known)
        return self._problem(
            f"column `{shortened(name)}` is no field of the definition",
            column=name,
            expected=listing(names) if names else "no such column",
            found=shortened(name),
            mend=suggestion(name, names)
            or "take the column out, or give it a name without a dot: it is then used to measure, never given away",
        )

    def header(self, names: Sequence[str], *, line: int | None = None) -> Header:
        """The columns of a file, in their order, and everything that is wrong with them."""
        problems = list(self._faults_of(names))
        columns: list[Column] = []
        for name in dict.fromkeys(names):
            match self.column(name):
                case Problem() as problem:
                    problems.append(problem)
                case column:
                    columns.append(column)
        return Header(columns=tuple(columns), problems=tuple(at_line(problem, line) for problem in problems))

    def _faults_of(self, names: Sequence[str]) -> Iterator[Problem]:
        if len(names) > MAX_COLUMNS:
            yield self._problem(
                "the file has too many columns", expected=f"at most {MAX_COLUMNS}", found=str(len(names))
            )
        seen: set[str] = set()
        for name in names:
            if not name:
                yield self._problem("a column has no name", expected="a name for every column", found="nothing")
            elif name in seen:
                yield self._problem(
                    f"column `{shortened(name)}` is there twice",
                    column=name,
                    expected="every column once",
                    mend="take one out",
                )
            seen.add(name)
        without_input = self.no_input(names)
        if without_input is not None:
            yield without_input
        yield from self._missing(seen)

    def _missing(self, names: set[str]) -> Iterator[Problem]:
        named = {} if self._unlabelled else {"case": "a name for every case, which stays the same for ever"}
        wanted = {
            **named,
            **{f"expected.{name}": "the right answer" for name in self.needed},
            **{
                f"input.{name}": "an input that nothing in `inputs.when_missing` speaks of"
                for name in self.inputs_needed
            },
        }
        if any(name.startswith(f"{Part.SECOND}.") for name in names):
            wanted |= {f"{Part.SECOND}.{name}": "what the second person answered" for name in self.needed}
        for column, what in wanted.items():
            if column not in names:
                near = did_you_mean(column, names)
                yield self._problem(
                    f"column `{column}` is missing",
                    column=column,
                    expected=f"`{column}`: {what}",
                    found=f"`{near}`" if near else "no such column",
                    mend=f"rename `{near}`" if near else "add the column",
                )
        for column in ("tags",) if self._unlabelled else ("tags", "labelled_by", "split"):
            near = did_you_mean(column, names - self._slices)
            if near is not None and near != column and column not in names:
                yield self._problem(
                    f"column `{near}` is probably `{column}`",
                    column=near,
                    expected=f"`{column}`",
                    found=f"`{near}`",
                    mend=f"rename it, or name `{near}` in quality.slices",
                )
        inputs = properties(self._schemas[Part.INPUT])
        for column in () if self._unlabelled else sorted(self._slices - names - set(inputs)):
            yield self._problem(
                f"column `{column}` is missing",
                column=column,
                expected=f"a column `{column}`: quality.slices names it, and it is no input",
                found="no such column",
                mend="add the column, or take it out of quality.slices",
            )

    def _problem(
        self,
        message: str,
        *,
        column: str | None = None,
        expected: str | None = None,
        found: str | None = None,
        mend: str | None = None,
    ) -> Problem:
        where = Location(file=self._file, path=column)
        return Problem(message=message, where=where, expected=expected, found=found, mend=mend)


def at_line(problem: Problem, line: int | None) -> Problem:
    """The same problem at a line."""
    return replace(problem, where=replace(problem.where, line=line))
