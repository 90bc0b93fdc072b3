"""Arriving items from CSV or JSONL, a row at a time: the memory does not grow with the file.

A row has a ``key`` and an input: ``input.*`` columns, or ``{"key": ..., "input": {...}}`` a line.  The input itself is
not held against its schema here: what does not fit is an item that is decided, as ``inputs.when_missing`` says.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Final

from remit.cases.cells import ABSENT, CellFault, value_of_cell
from remit.cases.seen import Seen
from remit.definition.flaws import shortened
from remit.definition.model import Definition
from remit.definition.schemas import input_schema
from remit.definition.schemas.look import leaf, properties
from remit.definition.similar import did_you_mean
from remit.errors import CasesInvalid, Location, Problem
from remit.files.case_file.csv_rows import raise_cell_limit
from remit.files.case_file.jsonl_rows import MAX_LINE, parse_line
from remit.files.case_file.opening import not_utf8, open_file
from remit.items import Json, JsonObject

__all__ = ["ItemLine", "stream_items"]

_LONGEST: Final = 512
_OWN: Final = ("key", "input", "line", "why")  # the last two: a file of what could not be decided can be run again
_EXAMPLE: Final = 'a JSON object a line: {"key": "box-1", "input": {...}}'


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """One item of a file: ``line`` is where it begins."""

    line: int
    key: str
    input: JsonObject


def stream_items(path: Path, *, definition: Definition) -> Iterator[ItemLine | tuple[Problem, ...]]:
    """The items of a file in their order, or everything that is wrong with a row.

    Raises:
        FileUnreadable: the file is missing, or not UTF-8 text.
        CasesInvalid: it is neither CSV nor JSONL.
    """
    rows = _Rows(path, definition)
    match path.suffix.lower():
        case ".csv":
            found = rows.csv()
        case ".jsonl":
            found = rows.jsonl()
        case other:
            raise CasesInvalid(
                f"{path} is no file of items",
                where=Location(file=str(path)),
                expected="a file that ends in .csv or .jsonl",
                found=other or "no ending",
                mend="save it as CSV, with commas and UTF-8",
            )
    seen = Seen()
    for one in found:
        if isinstance(one, ItemLine) and seen.add(hash(one.key)):
            yield (
                rows.problem(
                    one.line,
                    f"the key {shortened(one.key)!r} is there twice",
                    expected="a key of its own for every item",
                    found=shortened(one.key),
                    mend="take one of the rows out",
                ),
            )
        else:
            yield one


class _Rows:
    """The rows of one file, checked."""

    def __init__(self, path: Path, definition: Definition) -> None:
        self._path = path
        self._schema = input_schema(definition)
        self._fields = tuple(properties(self._schema))
        self._is_open = not self._fields or self._schema.get("additionalProperties") is True

    def csv(self) -> Iterator[ItemLine | tuple[Problem, ...]]:
        with open_file(self._path) as binary:
            raise_cell_limit()
            reader = csv.reader(TextIOWrapper(binary, encoding="utf-8-sig", newline=""), strict=True)
            line = 1
            try:
                names = [name.strip() for name in next(reader, [])]
                faults = tuple(self._column_faults(names))
                if faults:
                    yield faults
                    return
                line = reader.line_num + 1
                for cells in reader:
                    if any(cells):
                        yield self._cells(names, cells, line)
                    line = reader.line_num + 1
            except csv.Error as error:
                yield (self.problem(line, "the row is no CSV", expected="CSV", found=str(error)),)
            except UnicodeDecodeError as error:
                raise not_utf8(self._path) from error

    def jsonl(self) -> Iterator[ItemLine | tuple[Problem, ...]]:
        with open_file(self._path) as file:
            number = 0
            while raw := file.readline(MAX_LINE + 1):
                number += 1
                if len(raw) > MAX_LINE:
                    yield (self.problem(number, f"the line is longer than {MAX_LINE} bytes", expected=_EXAMPLE),)
                    return
                if not raw.strip():
                    continue
                try:
                    values = parse_line(raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw)
                except UnicodeDecodeError as error:
                    raise not_utf8(self._path) from error
                except (ValueError, RecursionError):
                    values = None
                if isinstance(values, dict):
                    yield self._values(values, number)
                else:
                    found = shortened(raw.decode("utf-8", "replace"))
                    yield (self.problem(number, "the line is no object", expected=_EXAMPLE, found=found),)
            if not number:
                yield (self.problem(1, "the file is empty", expected=_EXAMPLE, found="nothing"),)

    def _column_faults(self, names: list[str]) -> Iterator[Problem]:
        if not any(names):
            yield self.problem(1, "the file is empty", expected="a first line that names the columns")
            return
        for name in dict.fromkeys(names):
            if names.count(name) > 1:
                yield self.problem(1, f"the column `{shortened(name)}` is there twice", expected="each column once")
            elif not self._is_column(name):
                yield self._unknown(name, 1)
        if "key" not in names:
            yield self.problem(
                1,
                "nothing names the items",
                expected="a column `key`",
                found="no such column",
                mend="add what names each item for ever, such as its number: the same file again then decides nothing "
                "twice",
            )
        if not any(name.startswith("input.") for name in names):
            known = ", ".join(f"input.{one}" for one in self._fields)
            yield self.problem(1, "there is no input", expected=known or "columns `input.<field>`")

    def _is_column(self, name: str) -> bool:
        part, dot, field = name.partition(".")
        return name == "key" or (bool(dot) and part == "input" and (self._is_open or field in self._fields))

    def _unknown(self, name: str, line: int) -> Problem:
        known = ["key", *(f"input.{one}" for one in self._fields)]
        near = f"input.{name}"
        close = near if near in known else did_you_mean(name, known)
        return self.problem(
            line,
            f"`{shortened(name)}` is no column of items",
            expected="one of " + ", ".join(known),
            found=shortened(name),
            mend=f"did you mean `{close}`?" if close else "take it out",
        )

    def _cells(self, names: list[str], cells: list[str], line: int) -> ItemLine | tuple[Problem, ...]:
        if len(cells) != len(names):
            return (
                self.problem(
                    line,
                    f"the row has {'more' if len(cells) > len(names) else 'fewer'} cells than there are columns",
                    expected=f"{len(names)} cells",
                    found=str(len(cells)),
                    mend="put text that holds a comma or a line break in double quotes",
                ),
            )
        key: Json = None
        given: dict[str, Json] = {}
        problems: list[Problem] = []
        for name, cell in zip(names, cells, strict=True):
            if name == "key":
                key = cell.strip()
                continue
            field = name.partition(".")[2]
            try:
                value = value_of_cell(cell, leaf(self._schema, field) or {}, name)
            except CellFault as fault:
                problems.append(
                    self.problem(line, str(fault), expected=fault.expected, found=fault.found, mend=fault.mend)
                )
                continue
            if value is not ABSENT:
                given[field] = value
        return self._line(key, given, line, problems)

    def _values(self, values: Mapping[str, Json], line: int) -> ItemLine | tuple[Problem, ...]:
        problems: list[Problem] = []
        given: dict[str, Json] = {}
        for name, value in values.items():
            part, dot, field = name.partition(".")
            if name == "input" and isinstance(value, dict):
                given.update(value)
            elif dot and part == "input":
                given[field] = value
            elif name == "input":
                problems.append(self.problem(line, "`input` is no object", expected=_EXAMPLE))
            elif name not in _OWN:
                problems.append(self._unknown(name, line))
        if not problems and not any(name.partition(".")[0] == "input" for name in values):
            problems.append(self.problem(line, "there is no input", expected=_EXAMPLE))
        return self._line(values.get("key"), given, line, problems)

    def _line(self, key: Json, given: JsonObject, line: int, problems: list[Problem]) -> ItemLine | tuple[Problem, ...]:
        if isinstance(key, str) and key.strip() and key.isprintable() and len(key) <= _LONGEST:
            return tuple(problems) if problems else ItemLine(line=line, key=key, input=given)
        return (
            *problems,
            self.problem(
                line,
                "the item has no key that names it for ever",
                expected=f"`key`: 1 to {_LONGEST} printable characters",
                found="nothing" if key in (None, "") else shortened(str(key)),
                mend="give it its number, or whatever names it where it came from",
            ),
        )

    def problem(
        self, line: int, message: str, *, expected: str | None = None, found: str | None = None, mend: str | None = None
    ) -> Problem:
        """What is wrong with a line."""
        where = Location(file=str(self._path), line=line)
        return Problem(message=message, where=where, expected=expected, found=found, mend=mend)
