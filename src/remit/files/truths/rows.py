"""Truths from CSV, JSONL or Parquet, a row at a time, each held against the output schema.

Columns are ``key`` or ``decision`` (which item), ``expected.*`` or ``output.*`` (what is right), ``by``, ``at`` and
``seen`` (whether whoever says so saw the executor's answer first).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from remit.cases.cells import ABSENT, CellFault, Reader, reader_of
from remit.definition.flaws import shortened
from remit.definition.model import Definition
from remit.definition.positions import dotted
from remit.definition.schemas import SchemaCheck, coercer, output_schema
from remit.definition.schemas.look import leaf, properties
from remit.definition.similar import did_you_mean
from remit.errors import Problem
from remit.files.rows import RowKind, stream_rows
from remit.files.rows.kind import at_line
from remit.items import Json, JsonObject

__all__ = ["TruthLine", "stream_truths", "truths_in"]

_OWN: Final = ("key", "decision", "by", "at", "seen")
_PARTS: Final = ("expected", "output")
_YES_NO: Final = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_LONGEST: Final = 512
_KIND: Final = RowKind(
    name="file of truths",
    one="truth",
    example='{"key": ..., "expected": {...}, "by": ..., "at": ..., "seen": false}',
    nested=frozenset(_PARTS),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthLine:
    """One row: the item by ``key`` or ``decision``, what is right, who said so and when; None where it is not said.

    ``seen`` is None where the row does not say whether the executor's answer was seen first.
    """

    line: int
    key: str | None
    decision: str | None
    expected: JsonObject
    by: str | None = None
    at: datetime | None = None
    seen: bool | None = None


def stream_truths(path: Path, *, definition: Definition) -> Iterator[TruthLine | tuple[Problem, ...]]:
    """The truths of a file in their order, or everything that is wrong with a row.

    Raises:
        FileUnreadable: the file is missing, or not UTF-8 text.
        CasesInvalid: it is neither CSV nor JSONL nor Parquet.
        InvalidInput: it is Parquet, and polars is not installed.
    """
    return stream_rows(path, _KIND, _Truths(path, definition))


def truths_in(rows: Sequence[JsonObject], *, definition: Definition) -> Iterator[TruthLine | tuple[Problem, ...]]:
    """Truths that came otherwise than in a file, counted from 1, or everything that is wrong with one of them."""
    checked = _Truths(Path("truths"), definition)
    for n, values in enumerate(rows, start=1):
        yield checked.values(values, n)


class _Truths:
    """Truths of rows, checked."""

    def __init__(self, path: Path, definition: Definition) -> None:
        schema = output_schema(definition)
        self._path = path
        self._schema = schema
        self._check = SchemaCheck(schema)
        self._admit = coercer(schema)
        self._fields = tuple(properties(schema))
        self._columns: tuple[tuple[str, str, Reader | None], ...] = ()
        self._needed = tuple(decision.id for decision in definition.decisions)

    def header(self, names: Sequence[str], line: int | None, /) -> tuple[Problem, ...]:
        problems = tuple(self._column_faults(names, line))
        self._columns = () if problems else tuple(map(self._column, names))
        return problems

    def _column(self, name: str) -> tuple[str, str, Reader | None]:
        _, _, field = name.partition(".")
        return name, field, reader_of(leaf(self._schema, field) or {}) if field else None

    def _column_faults(self, names: Sequence[str], line: int | None) -> Iterator[Problem]:
        for name in names:
            if names.count(name) > 1:
                yield self._problem(line, f"the column `{shortened(name)}` is there twice", expected="each column once")
                return
            yield from self._unknown(name, line)
        if not {"key", "decision"} & set(names):
            yield self._problem(
                line, "nothing says which item a row is about", expected="a column `key` or `decision`", found="neither"
            )

    def _unknown(self, name: str, line: int | None) -> Iterator[Problem]:
        part, _, field = name.partition(".")
        if name in _OWN or (part in _PARTS and field in self._fields):
            return
        known = [*_OWN, *(f"expected.{one}" for one in self._fields)]
        close = did_you_mean(name, known)
        yield self._problem(
            line,
            f"`{shortened(name)}` is no column of truths",
            expected="one of " + ", ".join(known),
            found=shortened(name),
            mend=f"did you mean `{close}`?" if close else "take it out",
        )

    def cells(self, cells: Sequence[str], line: int, /) -> TruthLine | tuple[Problem, ...]:
        own: dict[str, Json] = {}
        expected: dict[str, Json] = {}
        problems: list[Problem] = []
        for (name, field, read), cell in zip(self._columns, cells, strict=True):
            if read is None:
                own[name] = cell.strip() or None
                continue
            try:
                value = read(cell)
            except CellFault as fault:
                problems.append(
                    self._problem(
                        line, f"`{name}` {fault}", expected=fault.expected, found=fault.found, mend=fault.mend
                    )
                )
                continue
            if value is not ABSENT:
                expected[field] = value
        return self._line(own, expected, line, problems)

    def values(self, values: Mapping[str, Any], line: int, /) -> TruthLine | tuple[Problem, ...]:
        own: dict[str, Json] = {}
        expected: dict[str, Json] = {}
        problems: list[Problem] = []
        for name, value in values.items():
            part, _, field = name.partition(".")
            if name in _PARTS and isinstance(value, dict):
                expected.update(value)
            elif field and part in _PARTS:
                expected[field] = value
            elif name in _OWN:
                own[name] = value
            else:
                problems.extend(self._unknown(name, line))
        return self._line(own, expected, line, problems)

    def _line(
        self, own: Mapping[str, Json], expected: dict[str, Json], line: int, problems: list[Problem]
    ) -> TruthLine | tuple[Problem, ...]:
        unread = bool(problems)
        made = TruthLine(line=line, key=None, decision=None, expected=expected)
        named = {name: self._text(own.get(name), name, line, problems) for name in ("key", "decision", "by")}
        if (named["key"] is None) is (named["decision"] is None):
            found = "neither" if named["key"] is None else "both"
            problems.append(
                self._problem(line, "it has to be said which item this is", expected="a key or a decision", found=found)
            )
        if not unread:
            problems.extend(self._wrong(expected, line))
        at = self._instant(own.get("at"), line, problems)
        seen = self._seen(own.get("seen"), line, problems)
        if problems:
            return tuple(problems)
        right = self._admit(expected)
        return replace(
            made, key=named["key"], decision=named["decision"], by=named["by"], at=at, seen=seen, expected=right
        )

    def _wrong(self, expected: dict[str, Json], line: int) -> Iterator[Problem]:
        missing = [name for name in self._needed if name not in expected] or ([] if expected else ["any field"])
        for name in missing:
            yield self._problem(
                line, f"`expected.{name}` is missing", expected="the right answer", found="nothing", mend="fill it in"
            )
        for fault in self._check.faults(expected):
            if fault.keyword == "required" and len(fault.path) == 1:
                continue  # only what was decided has to be known afterwards
            where = f"expected.{dotted(fault.path)}" if fault.path else "expected"
            yield self._problem(
                line, f"`{where}`: {fault.message}", expected=fault.expected, found=fault.found, mend=fault.mend
            )

    def _text(self, value: Json, name: str, line: int, problems: list[Problem]) -> str | None:
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, str) and value.strip() and value.isprintable() and len(value) <= _LONGEST:
            return value.strip()
        problems.append(
            self._problem(
                line,
                f"`{name}` is no name",
                expected=f"1 to {_LONGEST} printable characters",
                found=shortened(str(value)),
            )
        )
        return None

    def _instant(self, value: Json, line: int, problems: list[Problem]) -> datetime | None:
        if value is None:
            return None
        try:
            found = datetime.fromisoformat(value)  # whatever is no text is a TypeError
            return (found if found.tzinfo is not None else found.replace(tzinfo=UTC)).astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            expected = "a date or a time, as 2027-06-30 or 2027-06-30T09:30:00Z"
            problems.append(self._problem(line, "`at` is no time", expected=expected, found=shortened(str(value))))
            return None

    def _seen(self, value: Json, line: int, problems: list[Problem]) -> bool | None:
        if value is None or isinstance(value, bool):
            return value
        known = _YES_NO.get(str(value).strip().lower())
        if known is None:
            problems.append(
                self._problem(line, "`seen` is neither yes nor no", expected="yes or no", found=shortened(str(value)))
            )
        return known

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
