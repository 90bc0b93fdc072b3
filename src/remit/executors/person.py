"""A person as an executor: asked by a review, never by a call; in proofs the answers that were recorded."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from remit.cases.cells import ABSENT, CellFault, value_of_cell
from remit.definition.model import Definition
from remit.definition.schemas import leaf, output_schema
from remit.definition.similar import did_you_mean
from remit.errors import CasesInvalid, ExecutorInvalid, Location, Problem
from remit.executors.fingerprint import digest_of_executor, digest_of_file, inside, only
from remit.items import Answer, ExecutorSpec, Fault, FaultKind, Json, JsonObject

__all__ = ["PersonExecutor", "load_person"]

_PREFIX = "output."
_MAX_ROWS = 1_000_000
_MAX_PROBLEMS = 20


class PersonExecutor:
    """Somebody who has to be asked, with the answers that were recorded beforehand, by case."""

    __slots__ = ("_recorded", "answers_at_once", "digest", "gives_confidence", "spec")

    def __init__(self, *, spec: ExecutorSpec, digest: str, recorded: Mapping[str, Answer]) -> None:
        self.spec = spec
        self.digest = digest
        self.gives_confidence = False
        self.answers_at_once = True
        self._recorded = recorded

    def answer(self, given: JsonObject) -> Answer:
        """No person answers a call: a fault that says so."""
        del given
        return Answer(
            output=None, fault=Fault(kind=FaultKind.UNAVAILABLE, text="unavailable: a person has to be asked")
        )

    def answer_case(self, case: str, given: JsonObject) -> Answer:
        """What was recorded for a case; where nothing was, a fault."""
        return self._recorded.get(case) or self.answer(given)


def load_person(spec: ExecutorSpec, *, root: Path, definition: Definition) -> PersonExecutor:
    """The executor that an executor file of kind ``person`` describes.

    ``settings.answers`` names a CSV file of recorded answers, for proofs: ``case``, ``output.*`` and, where they were
    measured, ``seconds``.

    Raises:
        ExecutorInvalid: the file is not there.
        CasesInvalid: it holds something else.
    """
    only(spec, settings=("answers",))
    name = spec.settings.get("answers")
    if name is None:
        return PersonExecutor(spec=spec, digest=digest_of_executor(spec, {}), recorded={})
    path = inside(root, str(name), key="settings.answers")
    digest = digest_of_executor(spec, {"files": {str(name): digest_of_file(path)}})
    return PersonExecutor(spec=spec, digest=digest, recorded=_recorded(path, str(name), definition))


def _recorded(path: Path, name: str, definition: Definition) -> dict[str, Answer]:
    reader = _Recorded(name, definition)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, strict=True)
            reader.head(next(rows, []))
            for row in rows:
                if row:
                    reader.row(row, rows.line_num)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ExecutorInvalid(f"`{name}` is no CSV: {error}", where=Location(file=name)) from error
    if reader.problems:
        raise CasesInvalid(problems=reader.problems)
    return reader.answers


class _Recorded:
    """Reads recorded answers row by row and gathers what is wrong with them."""

    def __init__(self, file: str, definition: Definition) -> None:
        self.answers: dict[str, Answer] = {}
        self.problems: list[Problem] = []
        self._file = file
        self._schema = output_schema(definition)
        self._columns: list[str] = []

    def head(self, columns: list[str]) -> None:
        self._columns = columns
        known = ["case", "seconds", *(f"{_PREFIX}{field}" for field in self._schema.get("properties", {}))]
        for column in columns:
            if column not in known:
                near = did_you_mean(column, known)
                self._problem(
                    f"column `{column}` is not known",
                    1,
                    expected=", ".join(known),
                    found=column,
                    mend=f"did you mean `{near}`?" if near else "take the column out",
                )
        if "case" not in columns or not any(column.startswith(_PREFIX) for column in columns):
            self._problem(
                "the columns of recorded answers are missing",
                1,
                expected="`case` and `output.*`",
                found=", ".join(columns) or "an empty file",
                mend="name them in the first line",
            )
        if self.problems:
            raise CasesInvalid(problems=self.problems)

    def row(self, cells: list[str], line: int) -> None:
        if len(cells) != len(self._columns):
            self._problem(
                f"the row has {len(cells)} cells", line, expected=f"{len(self._columns)} cells", found=str(len(cells))
            )
            return
        row = dict(zip(self._columns, cells, strict=True))
        case = row["case"]
        if not case or case in self.answers:
            self._problem(
                f"case `{case}` was answered twice" if case else "the row names no case",
                line,
                expected="one row for each case",
            )
            return
        try:
            self.answers[case] = self._answer(row)
        except CellFault as fault:
            self._problem(str(fault), line, expected=fault.expected, found=fault.found)

    def _answer(self, row: Mapping[str, str]) -> Answer:
        output: dict[str, Json] = {}
        for column, cell in row.items():
            if column.startswith(_PREFIX):
                value = value_of_cell(cell, leaf(self._schema, column.removeprefix(_PREFIX)) or {}, column)
                if value is not ABSENT:
                    output[column.removeprefix(_PREFIX)] = value
        seconds = value_of_cell(row.get("seconds", ""), {"type": "number", "minimum": 0}, "seconds")
        return Answer(output=output, seconds=0.0 if seconds is ABSENT else float(seconds))

    def _problem(
        self, message: str, line: int, *, expected: str, found: str | None = None, mend: str | None = None
    ) -> None:
        where = Location(file=self._file, line=line)
        self.problems.append(Problem(message=message, where=where, expected=expected, found=found, mend=mend))
        if len(self.problems) > _MAX_PROBLEMS or len(self.answers) > _MAX_ROWS:
            raise CasesInvalid(problems=self.problems)
