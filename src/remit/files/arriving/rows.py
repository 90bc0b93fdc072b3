"""Arriving items from CSV, JSONL or Parquet, a row at a time: the memory does not grow with the file.

A row has a ``key`` and an input: ``input.*`` columns, or ``{"key": ..., "input": {...}}`` a line.  The input itself is
not held against its schema here: what does not fit is an item that is decided, as ``inputs.when_missing`` says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from remit.cases.cells import ABSENT, CellFault, Reader, reader_of
from remit.definition.flaws import shortened
from remit.definition.model import Definition
from remit.definition.schemas import input_schema
from remit.definition.schemas.look import leaf, properties
from remit.definition.similar import did_you_mean
from remit.errors import Problem
from remit.files.rows import RowKind, stream_rows, unique
from remit.files.rows.kind import at_line
from remit.items import Json, JsonObject

__all__ = ["ItemLine", "stream_items"]

_LONGEST: Final = 512
_OWN: Final = ("key", "input", "line", "why")  # the last two: a file of what could not be decided can be run again
_EXAMPLE: Final = '{"key": "box-1", "input": {...}}'
_KIND: Final = RowKind(name="file of items", one="item", example=_EXAMPLE, nested=frozenset({"input"}))


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """One item of a file: ``line`` is where it begins."""

    line: int
    key: str
    input: JsonObject


def stream_items(
    path: Path, *, definition: Definition, checked: bool = False
) -> Iterator[ItemLine | tuple[Problem, ...]]:
    """The items of a file in their order, or everything that is wrong with a row.

    Args:
        path: the file.
        definition: what the items are for.
        checked: it was read before without a problem: keys are not looked at for twins again.

    Raises:
        FileUnreadable: the file is missing, or not UTF-8 text.
        CasesInvalid: it is neither CSV nor JSONL nor Parquet.
        InvalidInput: it is Parquet, and polars is not installed.
    """
    items = _Items(path, definition)

    def rows() -> Iterator[ItemLine | tuple[Problem, ...]]:
        return stream_rows(path, _KIND, items)

    def twice(one: ItemLine, first: int | None) -> Problem:
        key = shortened(one.key)
        return at_line(
            path,
            one.line,
            f"the key {key!r} is there twice",
            expected="a key of its own for every item",
            found=key if first is None else f"{key}, first in line {first}",
            mend="take one of the rows out",
        )

    if checked:
        return stream_rows(path, _KIND, items, measured=True)
    return unique(rows, of=ItemLine, name=_key, line=_line, problem=twice)


def _key(one: ItemLine) -> str:
    return one.key


def _line(one: ItemLine) -> int:
    return one.line


class _Items:
    """Items of rows."""

    def __init__(self, path: Path, definition: Definition) -> None:
        self._path = path
        self._schema = input_schema(definition)
        self._fields = tuple(properties(self._schema))
        self._is_open = not self._fields or self._schema.get("additionalProperties") is True
        self._columns: tuple[tuple[str, str, Reader], ...] = ()
        self._key_at = 0

    def header(self, names: Sequence[str], line: int | None, /) -> tuple[Problem, ...]:
        problems = tuple(self._column_faults(names, line))
        if not problems:
            self._key_at = names.index("key")
            fields = [name.partition(".")[2] for name in names]
            self._columns = tuple(
                (name, field, reader_of(leaf(self._schema, field) or {}))
                for name, field in zip(names, fields, strict=True)
            )
        return problems

    def cells(self, cells: Sequence[str], line: int, /) -> ItemLine | tuple[Problem, ...]:
        given: dict[str, Json] = {}
        problems: list[Problem] = []
        for at, (name, field, read) in enumerate(self._columns):
            if at == self._key_at:
                continue
            try:
                value = read(cells[at])
            except CellFault as fault:
                problems.append(
                    self._problem(
                        line, f"`{name}` {fault}", expected=fault.expected, found=fault.found, mend=fault.mend
                    )
                )
                continue
            if value is not ABSENT:
                given[field] = value
        return self._item(cells[self._key_at].strip(), given, line, problems)

    def _column_faults(self, names: Sequence[str], line: int | None) -> Iterator[Problem]:
        for name in dict.fromkeys(names):
            if names.count(name) > 1:
                yield self._problem(line, f"the column `{shortened(name)}` is there twice", expected="each column once")
            elif not self._is_column(name):
                yield self._unknown(name, line)
        if "key" not in names:
            yield self._problem(
                line,
                "nothing names the items",
                expected="a column `key`",
                found="no such column",
                mend="add what names each item for ever, such as its number: the same file again then decides nothing "
                "twice",
            )
        if not any(name.startswith("input.") for name in names):
            known = ", ".join(f"input.{one}" for one in self._fields)
            yield self._problem(line, "there is no input", expected=known or "columns `input.<field>`")

    def _is_column(self, name: str) -> bool:
        part, dot, field = name.partition(".")
        return name == "key" or (bool(dot) and part == "input" and (self._is_open or field in self._fields))

    def _unknown(self, name: str, line: int | None) -> Problem:
        known = ["key", *(f"input.{one}" for one in self._fields)]
        near = f"input.{name}"
        close = near if near in known else did_you_mean(name, known)
        return self._problem(
            line,
            f"`{shortened(name)}` is no column of items",
            expected="one of " + ", ".join(known),
            found=shortened(name),
            mend=f"did you mean `{close}`?" if close else "take it out",
        )

    def values(self, values: Mapping[str, Any], line: int, /) -> ItemLine | tuple[Problem, ...]:
        problems: list[Problem] = []
        given: dict[str, Json] = {}
        for name, value in values.items():
            part, dot, field = name.partition(".")
            if name == "input" and isinstance(value, dict):
                given.update(value)
            elif dot and part == "input":
                given[field] = value
            elif name == "input":
                problems.append(self._problem(line, "`input` is no object", expected=_EXAMPLE))
            elif name not in _OWN:
                problems.append(self._unknown(name, line))
        if not problems and not any(name.partition(".")[0] == "input" for name in values):
            problems.append(self._problem(line, "there is no input", expected=_EXAMPLE))
        return self._item(values.get("key"), given, line, problems)

    def _item(self, key: Json, given: JsonObject, line: int, problems: list[Problem]) -> ItemLine | tuple[Problem, ...]:
        if isinstance(key, int) and not isinstance(key, bool):
            key = str(key)
        if isinstance(key, str) and key.strip() and key.isprintable() and len(key) <= _LONGEST:
            return tuple(problems) if problems else ItemLine(line=line, key=key, input=given)
        return (
            *problems,
            self._problem(
                line,
                "the item has no key that names it for ever",
                expected=f"`key`: 1 to {_LONGEST} printable characters",
                found="nothing" if key in (None, "") else shortened(str(key)),
                mend="give it its number, or whatever names it where it came from",
            ),
        )

    def _problem(
        self,
        line: int | None,
        message: str,
        *,
        expected: str | None = None,
        found: str | None = None,
        mend: str | None = None,
    ) -> Problem:
        return at_line(self._path, line, message, expected=expected, found=found, mend=mend)
